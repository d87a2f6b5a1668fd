"""What OpenAPI says beside the shapes: errors of the routes, and examples made from the seeds."""

from typing import Any

from qa.http.problems import MEDIA_TYPE, PROBLEMS

_ALWAYS = (401, 403, 422, 429, 500, 503)


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
