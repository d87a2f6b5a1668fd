"""What the service says of itself: the committed description is the true one, and its examples are real answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from qa.api import create_app
from qa.config import Settings
from qa.http.describe import EXAMPLES
from qa.http.problems import MEDIA_TYPE
from tests.http_samples import ROOT, http, indexed_seeds

FILE = ROOT / "docs/openapi.json"
DESCRIBED: dict[str, Any] = create_app(Settings()).openapi()
OPERATIONS = [(path, method, said) for path, item in DESCRIBED["paths"].items() for method, said in item.items()]
CHANGING = ("took_ms", "seconds", "generation")


def is_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" for sign in text)


def settled(value: Any) -> Any:
    """A value without what differs from run to run."""
    if isinstance(value, dict):
        return {name: settled(part) for name, part in value.items() if name not in CHANGING}
    return [settled(part) for part in value] if isinstance(value, list) else value


def test_the_committed_description_is_the_true_one() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == DESCRIBED, "python -m qa.api > docs/openapi.json"


@pytest.mark.parametrize(("path", "method", "said"), OPERATIONS, ids=[f"{one[1]} {one[0]}" for one in OPERATIONS])
def test_every_operation_is_explained(path: str, method: str, said: dict[str, Any]) -> None:
    assert is_chinese(said["summary"])
    for status, response in said["responses"].items():
        if int(status) >= 400:
            assert list(response["content"]) == [MEDIA_TYPE], status
    for parameter in said.get("parameters", ()):
        if parameter["in"] == "query":
            assert is_chinese(parameter["description"]), parameter["name"]


@pytest.mark.parametrize("name", sorted(DESCRIBED["components"]["schemas"]))
def test_every_field_is_explained(name: str) -> None:
    for field, said in DESCRIBED["components"]["schemas"][name]["properties"].items():
        assert is_chinese(said.get("description", "")), field


def test_examples_are_what_the_service_answers(tmp_path: Path) -> None:
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    assert {example["route"] for example in examples} >= {
        path
        for path, _, said in OPERATIONS
        if "application/json" in said["responses"].get("200", {}).get("content", {}) and path.startswith("/v1/")
    } - {"/v1/feedback"}
    service = indexed_seeds(tmp_path / "index")
    with http(service.settings, service) as client:
        for example in examples:
            body = {"json": example["body"]} if isinstance(example["body"], dict) else {"content": example["body"]}
            response = client.request(example["method"], example["address"], **(body if example["body"] else {}))
            assert settled(response.json()) == settled(example["response"]), example["address"]
