"""The addresses of the HTTP service over the seeds: the same objects as the other doors give."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa import cli
from qa.schemas import Shapes
from qa.service import PolicyQA
from tests.http_samples import QUESTIONS, http, indexed_seeds


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    return indexed_seeds(tmp_path_factory.mktemp("http") / "index")


@pytest.fixture(scope="module")
def client(service: PolicyQA) -> Iterator[TestClient]:
    with http(service.settings, PolicyQA(service.settings)) as opened:
        yield opened


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name != "took_ms"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_door_gives_the_same_answer(
    service: PolicyQA, client: TestClient, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    over_http = client.post("/v1/ask", json={"question": question}).json()
    direct = Shapes().ask(service.ask(question)).model_dump(mode="json")
    folder = str(service.settings.index.folder)
    assert cli.run(["--index", folder, "ask", "--json", question]) in (0, 1)
    at_the_terminal = json.loads(capsys.readouterr().out)
    assert timeless(over_http) == timeless(direct) == timeless(at_the_terminal)
    found = client.get("/v1/search", params={"q": question}).json()
    assert timeless(found) == timeless(Shapes().search(service.search(question)).model_dump(mode="json"))
