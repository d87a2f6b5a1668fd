"""The addresses of the HTTP service over the seeds: the same objects as the other doors give."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.load import load
from qa import cli
from qa.http.problems import PROBLEMS, TYPE, ProblemShape
from qa.schemas import Shapes
from qa.service import PolicyQA
from tests.http_samples import QUESTIONS, SEEDS, http, indexed_seeds

NUMBER = "筑府办函〔2021〕33号"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    return indexed_seeds(tmp_path_factory.mktemp("http") / "index")


@pytest.fixture(scope="module")
def client(service: PolicyQA) -> Iterator[TestClient]:
    with http(service.settings, PolicyQA(service.settings)) as opened:
        yield opened


def timeless(value: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in value.items() if name != "took_ms"}


def at_the_terminal(service: PolicyQA, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert cli.run(["--index", str(service.settings.index.folder), *arguments, "--json"]) in (0, 1)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_door_gives_the_same_answer(
    service: PolicyQA, client: TestClient, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    over_http = timeless(client.post("/v1/ask", json={"question": question}).json())
    assert over_http == timeless(Shapes().ask(service.ask(question)).model_dump(mode="json"))
    assert over_http == timeless(at_the_terminal(service, capsys, "ask", question))
    found = timeless(client.get("/v1/search", params={"q": question}).json())
    assert found == timeless(Shapes().search(service.search(question)).model_dump(mode="json"))
    assert found == timeless(at_the_terminal(service, capsys, "search", question))


def test_questions_are_of_every_kind(service: PolicyQA) -> None:
    """Else the test before would hold less equal than it says."""
    replies = [service.ask(question) for question in QUESTIONS]
    assert {reply.answer is None for reply in replies} == {True, False}
    assert len({reply.refusal.reason for reply in replies if reply.refusal}) >= 2


def test_documents_and_clauses_are_those_of_the_command_line(
    service: PolicyQA, client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = client.get("/v1/documents").json()
    assert listed["documents"] == at_the_terminal(service, capsys, "docs")["documents"]
    assert (listed["total"], listed["next_cursor"]) == (5, None)
    for document in listed["documents"]:
        shown = client.get(f"/v1/documents/{document['id']}").json()
        assert shown == at_the_terminal(service, capsys, "show", document["id"])
        text = client.get(f"/v1/documents/{document['id']}/text").text
        assert len(text) == shown["source_text_length"]
        last = shown["clauses"][-1]
        assert client.get(f"/v1/clauses/{last['id']}").json() == {**shown, "clauses": [last]}
        graph = client.get(f"/v1/documents/{document['id']}/graph").json()
        assert graph == at_the_terminal(service, capsys, "graph", document["id"])


def test_text_is_what_offsets_refer_to(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"question": QUESTIONS[0]}).json()
    (citation,) = reply["citations"]
    text = client.get(f"/v1/documents/{citation['document']['id']}/text").text
    quoted = text[citation["start"] : citation["end"]]
    assert "".join(quoted.split()) == "".join(citation["quote"].split())
    assert text == load(SEEDS / citation["document"]["source"]).text


@pytest.mark.parametrize("name", [NUMBER, "筑府办函2021年33号", "推进开发区高质量发展的实施方案"])
def test_a_document_answers_to_its_names(client: TestClient, name: str) -> None:
    assert client.get(f"/v1/documents/{name}").json()["document"]["number"] == NUMBER


def test_ledger_and_verify_are_those_of_the_command_line(
    service: PolicyQA, client: TestClient, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = client.get("/v1/ledger", params={"unit": "市商务局", "document": NUMBER}).json()
    assert rows == at_the_terminal(service, capsys, "ledger", "--unit", "市商务局", "--document", NUMBER)
    assert rows["count"] > 0
    memo = tmp_path / "汇报.txt"
    memo.write_text(
        "根据《不存在的办法》和《关于推进开发区高质量发展的实施方案》（筑府办函〔2021〕34号）。", encoding="utf-8"
    )
    checked = client.post("/v1/verify", params={"name": str(memo)}, content=memo.read_bytes()).json()
    assert checked == at_the_terminal(service, capsys, "verify", str(memo))
    assert checked["counts"]["wrong"] == 2


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_put_together_are_the_whole_list(client: TestClient, limit: int) -> None:
    whole = client.get("/v1/documents").json()["documents"]
    gathered: list[Any] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        response = client.get("/v1/documents", params=query)
        page = response.json()
        assert len(page["documents"]) <= limit and page["total"] == len(whole)
        gathered += page["documents"]
        assert (page["next_cursor"] is None) == ("link" not in response.headers)
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert gathered == whole


def test_filters_restrict(client: TestClient) -> None:
    listed = client.get("/v1/documents", params={"issuer": "贵阳市"}).json()["documents"]
    assert listed and all("贵阳市" in document["issuer"] for document in listed)
    body = {"question": QUESTIONS[0], "filters": {"issuer": "没有这个机关"}}
    assert client.post("/v1/ask", json=body).json()["refusal"]["reason"] == "filtered_out"


@pytest.mark.parametrize("address", ["/v1/documents", f"/v1/documents/{NUMBER}", f"/v1/documents/{NUMBER}/text"])
def test_who_has_it_already_is_told_so(client: TestClient, address: str) -> None:
    first = client.get(address)
    tag = first.headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(address, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_clauses_have_tags_of_their_own(client: TestClient) -> None:
    clauses = client.get(f"/v1/documents/{NUMBER}").json()["clauses"]
    tags = {client.get(f"/v1/clauses/{clause['id']}").headers["etag"] for clause in clauses[:5]}
    assert len(tags) == 5


def test_long_answers_travel_compressed(client: TestClient) -> None:
    with client.stream("GET", f"/v1/documents/{NUMBER}", headers={"Accept-Encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())
        assert response.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw)) == client.get(f"/v1/documents/{NUMBER}").json()


HEADED = ["/", "/documents", f"/documents/{NUMBER}", "/static/site.css", "/widget.js", "/widget.json", "/healthz", "/readyz",
          "/metrics", "/openapi.json", f"/v1/documents/{NUMBER}", f"/v1/documents/{NUMBER}/text", "/v1/documents",
          "/v1/documents/nowhere", "/nowhere"]  # fmt: skip


@pytest.mark.parametrize("address", HEADED)
def test_head_is_get_without_its_body(client: TestClient, address: str) -> None:
    told = {"X-Request-ID": "the-same"}
    get, head = (client.request(method, address, headers=told) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.status_code in (200, 404)
    # the counters count the request for them, too
    left_out = {"content-length"} if address == "/metrics" else set[str]()
    assert [one for one in head.headers.items() if one[0] not in left_out] == [
        one for one in get.headers.items() if one[0] not in left_out
    ]


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("GET", "/v1/ask", "POST"),
        ("HEAD", "/v1/ask", "POST"),
        ("POST", "/v1/documents/a", "GET, PUT, DELETE, HEAD"),
        ("PUT", "/admin/report", "GET, POST, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
def test_a_refused_method_is_told_which_would_do(client: TestClient, method: str, address: str, allowed: str) -> None:
    response = client.request(method, address)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_health(client: TestClient, service: PolicyQA) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["documents"], ready["trouble"]) == ("ready", 5, None)
    assert ready["model"] == service.embedder.identity


def test_without_an_index_the_process_lives_but_is_not_ready(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from tests.http_samples import settings_for

    with http(settings_for(tmp_path / "none")) as client:
        assert "qa index" in caplog.text
        assert client.get("/healthz").status_code == 200
        for response in (client.get("/readyz"), client.post("/v1/ask", json={"question": "谁负责？"})):
            problem = ProblemShape.model_validate(response.json())
            assert (response.status_code, problem.type) == (503, f"{TYPE}no-index")
            assert "qa index" in problem.detail and response.headers["retry-after"]


JSON = {"Content-Type": "application/json"}
FAULTY: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("GET", "/nowhere", {}, "not-found", "openapi.json"),
    ("GET", "/v1/documents/nowhere", {}, "not-found", "nowhere"),
    ("GET", "/v1/documents/nowhere/text", {}, "not-found", "nowhere"),
    ("GET", "/v1/documents/nowhere/graph", {}, "not-found", "nowhere"),
    ("GET", "/v1/clauses/nowhere-1", {}, "not-found", "nowhere-1"),
    ("DELETE", "/v1/documents/nowhere", {}, "not-found", "nowhere"),
    ("POST", "/healthz", {}, "method-not-allowed", "Allow"),
    ("PATCH", "/v1/ask", {}, "method-not-allowed", "Allow"),
    ("POST", "/v1/ask", {"content": b"{", "headers": JSON}, "malformed", "JSON"),
    ("POST", "/v1/ask", {"content": b"\xff", "headers": JSON}, "malformed", ""),
    ("POST", "/v1/ask", {"content": b'{"question": "\\ud800"}', "headers": JSON}, "invalid", "question"),
    ("POST", "/v1/ask", {"content": b"", "headers": JSON}, "invalid", "请求体"),
    ("POST", "/v1/ask", {"content": b"[]", "headers": JSON}, "invalid", "JSON 对象"),
    ("POST", "/v1/ask", {"data": {"question": "谁负责？"}}, "media-type", "application/json"),
    ("POST", "/v1/ask", {"json": {}}, "invalid", "question：缺少"),
    ("POST", "/v1/ask", {"json": {"question": ""}}, "invalid", "question：不应为空"),
    ("POST", "/v1/ask", {"json": {"question": " \n"}}, "invalid", "问题"),
    ("POST", "/v1/ask", {"json": {"question": 5}}, "invalid", "question：应为文字"),
    ("POST", "/v1/ask", {"json": {"question": "\x00\x01\x02"}}, "invalid", ""),
    ("POST", "/v1/ask", {"json": {"question": "谁" * 2_001}}, "invalid", "2,000"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "k": 51}}, "invalid", "k：不大于 50"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "k": 0}}, "invalid", "k：不小于 1"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "k": 10**30}}, "invalid", "k"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "colour": 1}}, "invalid", "colour：不认识"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "filters": {"since": "昨天"}}}, "invalid", "昨天"),
    ("POST", "/v1/ask", {"json": {"question": "谁", "filters": {"x": "y"}}}, "invalid", "filters.x"),
    ("POST", "/v1/ask", {"json": {"question": " ", "stream": True}}, "invalid", "问题"),
    ("POST", "/v1/ask", {"json": {"question": "谁" * 100_000}}, "too-large", "256 kB"),
    ("GET", "/v1/search", {}, "invalid", "q：缺少"),
    ("GET", "/v1/search", {"params": {"q": "谁", "k": "many"}}, "invalid", "k：应为整数"),
    ("GET", "/v1/search", {"params": {"q": "谁", "valdity": "in_force"}}, "invalid", "valdity：不认识"),
    ("GET", "/v1/documents", {"params": {"limit": 501}}, "invalid", "limit"),
    ("GET", "/v1/documents", {"params": {"cursor": "%%%"}}, "invalid", "next_cursor"),
    ("GET", "/v1/documents", {"params": {"cursor": "_w"}}, "invalid", "next_cursor"),
    ("GET", "/v1/documents", {"params": {"validity": "dead"}}, "invalid", "in_force"),
    ("GET", "/v1/ledger", {"params": {"document": "nowhere"}}, "not-found", "nowhere"),
    ("GET", "/v1/ledger", {"params": {"year": 12}}, "invalid", "year"),
    ("POST", "/v1/verify", {"content": b""}, "invalid", "请求体"),
    ("POST", "/v1/verify", {"content": b"\x89PNG\r\n\x1a\n" + bytes(64)}, "unreadable-file", "PNG"),
    ("POST", "/v1/verify", {"content": b"x", "params": {"as_of": "2024"}}, "invalid", "2024"),
    ("POST", "/v1/verify", {"files": {"file": b"x"}}, "media-type", "表单"),
    ("PUT", "/v1/documents/a.txt", {"files": {"file": b"x"}}, "media-type", "表单"),
    ("PUT", "/v1/documents/a.txt", {"data": {"x": "y"}}, "media-type", "application/octet-stream"),
    ("PUT", "/v1/documents/a.txt", {"content": b""}, "invalid", "请求体"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address", "given", "name", "said"), FAULTY)
def test_every_error_is_a_problem(
    client: TestClient, method: str, address: str, given: dict[str, Any], name: str, said: str
) -> None:
    response = client.request(method, address, **given)
    assert response.headers["content-type"] == "application/problem+json"
    problem = ProblemShape.model_validate(response.json())
    assert (problem.type, problem.status, problem.title) == (TYPE + name, *PROBLEMS[name])
    assert response.status_code == problem.status
    assert problem.request_id == response.headers["x-request-id"]
    assert said in problem.detail


@pytest.mark.parametrize(
    ("given", "kept"),
    [("a", True), ("5f0c-2d8e.4b_7", True), ("x" * 64, True), ("x" * 65, False), ("-a", False), ("a b", False),
     ("<script>", False), ("a\tb", False), ("", False)],
)  # fmt: skip
def test_request_ids_are_taken_over_where_they_are_harmless(client: TestClient, given: str, kept: bool) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": given})
    assert (response.headers["x-request-id"] == given) is kept
    assert len(response.headers["x-request-id"]) in (len(given), 32)


def test_every_response_tells_browsers_to_be_careful(client: TestClient) -> None:
    for address in ("/healthz", "/v1/documents", "/nowhere"):
        headers = client.get(address).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_phone_numbers_are_masked_in_the_text_too(tmp_path: Path) -> None:
    from tests.http_samples import settings_for

    service = PolicyQA(settings_for(tmp_path / "index"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("关于垃圾分类的通知\n\n一、联系人张三，电话13812345678。", encoding="utf-8")
    service.index([tmp_path / "in"])
    with http(service.settings) as client:
        (document,) = client.get("/v1/documents").json()["documents"]
        assert "13812345678" not in client.get(f"/v1/documents/{document['id']}/text").text
        assert "13812345678" not in client.get(f"/v1/documents/{document['id']}").text


@pytest.mark.parametrize(
    ("said", "door"), [("widget", "widget"), ("page", "page"), ("cli", "http"), ("x", "http"), ("", "http")]
)
def test_page_and_widget_say_who_asks(service: PolicyQA, monkeypatch: pytest.MonkeyPatch, said: str, door: str) -> None:
    seen: list[tuple[str, str]] = []
    own = PolicyQA(service.settings)
    monkeypatch.setattr(own.questions, "record", lambda origin, *_: seen.append((origin.door, origin.request)))
    with http(service.settings, own) as client:
        response = client.post("/v1/ask", json={"question": "谁"}, headers={"X-Policy-QA-Client": said})
    assert seen == [(door, response.headers["x-request-id"])]
