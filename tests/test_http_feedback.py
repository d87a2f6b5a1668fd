"""Questions asked over HTTP are in the question log, by the door they came through, and feedback finds them."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from qa.http.feedback import Kind
from qa.keys import keys_of
from qa.questionlog.records import KINDS, Feedback, Resolution
from qa.service import PolicyQA
from tests.http_samples import QUESTIONS, http, indexed_seeds


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    return indexed_seeds(tmp_path_factory.mktemp("feedback") / "index")


def opened(index: PolicyQA, file: Path, *, enabled: bool) -> PolicyQA:
    log = index.settings.log.model_copy(update={"enabled": enabled, "file": file})
    return PolicyQA(index.settings.model_copy(update={"log": log}))


@pytest.fixture
def service(index: PolicyQA, tmp_path: Path) -> PolicyQA:
    return opened(index, tmp_path / "questions.sqlite", enabled=True)


@pytest.fixture
def client(service: PolicyQA) -> Iterator[TestClient]:
    with http(service.settings, service) as found:
        yield found


def ask(client: TestClient, **headers: str) -> str:
    answer = client.post("/v1/ask", json={"question": QUESTIONS[0]}, headers=headers)
    assert answer.status_code == 200
    return str(answer.headers["X-Request-ID"])


def test_the_schema_names_every_kind() -> None:
    assert get_args(Kind) == tuple(KINDS)


@pytest.mark.parametrize(
    ("header", "door"), [("page", "page"), ("widget", "widget"), ("", "http"), ("cli", "http"), ("<b>", "http")]
)
def test_the_door_is_told_by_a_header(client: TestClient, service: PolicyQA, header: str, door: str) -> None:
    ask(client, **{"X-Policy-QA-Client": header})
    assert [entry.door for entry in service.questions.entries()] == [door]


@pytest.mark.parametrize("kind", KINDS)
def test_feedback_finds_its_question(client: TestClient, service: PolicyQA, kind: str) -> None:
    number = ask(client)
    clause = service.questions.entries()[0].citations[0]
    said = {"request_id": number, "kind": kind, "clause": clause, "comment": "看过了"}
    for _ in range(2):
        assert client.post("/v1/feedback", json=said).status_code == 204
    assert service.questions.entries()[0].feedback == (Feedback(kind=kind, clause=clause, comment="看过了"),)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"request_id": "no-such-request"}, 404),
        ({"request_id": ""}, 422),
        ({"kind": "like"}, 422),
        ({"clause": "nowhere-1"}, 422),
        ({"comment": "长" * 1_001}, 422),
        ({"ip": "10.0.0.1"}, 422),
    ],
)
def test_feedback_that_cannot_be_is_a_problem(
    client: TestClient, service: PolicyQA, changed: dict[str, str], status: int
) -> None:
    answer = client.post("/v1/feedback", json={"request_id": ask(client), "kind": "up", **changed})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert service.questions.entries()[0].feedback == ()


def test_without_a_log_there_is_nothing_to_say(index: PolicyQA, tmp_path: Path) -> None:
    service = opened(index, tmp_path / "questions.sqlite", enabled=False)
    with http(service.settings, service) as client:
        answer = client.post("/v1/feedback", json={"request_id": ask(client), "kind": "up"})
    assert answer.status_code == 404 and "log.enabled" in answer.json()["detail"]
    assert list(tmp_path.iterdir()) == []


def test_a_broken_log_fails_feedback_but_no_answer(client: TestClient, service: PolicyQA, tmp_path: Path) -> None:
    number = ask(client)
    service.questions.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "questions.sqlite").write_bytes(b"no database" * 100)
    ask(client)
    assert service.questions.failures == 1
    answer = client.post("/v1/feedback", json={"request_id": number, "kind": "up"})
    assert answer.status_code == 503 and answer.json()["type"] == "urn:policy-qa:no-log"


def test_the_report_page_shows_questions_as_text_and_gives_them_a_state(client: TestClient, service: PolicyQA) -> None:
    client.post("/v1/ask", json={"question": '<script>alert(1)</script>"><img src=x onerror=alert(1)> 天气\u202e'})
    shown = client.get("/admin/report")
    assert shown.status_code == 200 and shown.headers["cache-control"] == "no-store"
    assert "<script>alert" not in shown.text and "<img" not in shown.text and "\u202e" not in shown.text
    assert "&lt;script&gt;alert(1)" in shown.text and "<svg" in shown.text
    (entry,) = service.questions.entries()
    given = {"ids": str(entry.id), "state": "out_of_scope", "document": "", "note": "不归我们"}
    done = client.post("/admin/report", data=given, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/admin/report")
    assert service.questions.entries()[0].resolution == Resolution(state="out_of_scope", note="不归我们")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_resolves_nothing(client: TestClient, service: PolicyQA, headers: dict[str, str]) -> None:
    client.post("/v1/ask", json={"question": QUESTIONS[-1]})
    given = {"ids": str(service.questions.entries()[0].id), "state": "answered"}
    assert client.post("/admin/report", data=given, headers=headers).status_code == 403
    assert service.questions.entries()[0].resolution == Resolution()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"ids": "1", "state": "lost"}, 422),
        ({"ids": "x", "state": "open"}, 422),
        ({"ids": "99999", "state": "open"}, 404),
        ({str(number): "x" for number in range(9)}, 400),
    ],
)
def test_a_state_that_cannot_be_is_a_problem(client: TestClient, given: dict[str, str], status: int) -> None:
    answer = client.post("/admin/report", data=given)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(("scope", "status"), [("", 401), ("ask", 403), ("write", 403), ("admin", 200)])
def test_the_report_needs_the_scope_admin(index: PolicyQA, tmp_path: Path, scope: str, status: int) -> None:
    chosen = index.settings.service.model_copy(update={"keys": tmp_path / "keys.json"})
    service = PolicyQA(index.settings.model_copy(update={"service": chosen}))
    keys = keys_of(service.settings)
    given = {name: keys.add(name, name) for name in ("ask", "write", "admin")}
    with http(service.settings, service) as client:
        headers = {"Authorization": f"Bearer {given[scope]}"} if scope else {}
        assert client.get("/admin/report", headers=headers).status_code == status
        assert client.post("/admin/report", headers=headers).status_code == (status if status != 200 else 422)
