"""What OpenAPI says beside the shapes: errors of the routes, and examples, which are real answers over the seeds."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from qa.http.problems import MEDIA_TYPE, PROBLEMS, ProblemShape

EXAMPLES = Path(__file__).with_name("examples.json")
"""Path with its parameters filled in -> what the service answers; a test holds them equal to what it does answer."""

_ALWAYS = (400, 401, 403, 422, 429, 500, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a route: those of every route, and those named."""
    titles: dict[int, list[str]] = {}
    for status, title in PROBLEMS.values():
        titles.setdefault(status, []).append(title)
    return {
        status: {
            "description": "、".join(titles[status]),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShape"}}},
        }
        for status in sorted({*_ALWAYS, *statuses})
    }


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "文件本身，种类由内容判断",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""OpenAPI of a body that is a file."""


def complete(app: FastAPI) -> None:
    """Adds to what the framework finds out: the shape of a problem, and the examples."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        schemas = described["components"]["schemas"]
        schemas["ProblemShape"] = ProblemShape.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for schema in schemas.values():
            schema.pop("description", None)  # for those who read the code
        for example in json.loads(EXAMPLES.read_text(encoding="utf-8")):
            operation = described["paths"][example["route"]][example["method"].lower()]
            operation["responses"]["200"]["content"]["application/json"]["example"] = example["response"]
        return described

    app.openapi = openapi  # type: ignore[method-assign]
