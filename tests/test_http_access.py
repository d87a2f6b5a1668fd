"""Who may do what over HTTP, how often, and with how large a body."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from qa import cli
from qa.api import create_app
from qa.config import Settings
from qa.errors import ConfigError, NotFoundError, UsageError
from qa.http.access import client_of
from qa.http.limits import SMALL_BYTES, Rates
from qa.http.problems import TYPE
from qa.keys import SCOPES, Keys, keys_of
from qa.service import PolicyQA
from tests.http_samples import LOCAL, QUESTIONS, http, indexed_seeds, settings_for

FAR = ("203.0.113.9", 4711)
NOTICE = "关于做好垃圾分类工作的通知\n\n一、垃圾分类每天两次。\n".encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder that no test writes to."""
    found = tmp_path_factory.mktemp("access") / "index"
    indexed_seeds(found)
    return found


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with an index and keys that a test may change."""
    service = indexed_seeds(tmp_path / "index")
    service.close()
    return service.settings


def problem(response: Any) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["type"]).removeprefix(TYPE)


def with_keys(folder: Path, tmp_path: Path, **service: Any) -> tuple[Settings, dict[str, str]]:
    settings = settings_for(folder, keys=tmp_path / "keys.json", **service)
    return settings, {scope: keys_of(settings).add(scope, scope) for scope in SCOPES}


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


CALLS: list[tuple[str, str, str]] = [
    ("ask", "GET", "/v1/search?q=谁"),
    ("ask", "GET", "/v1/documents"),
    ("ask", "GET", "/v1/documents/nowhere"),
    ("ask", "GET", "/v1/documents/nowhere/text"),
    ("ask", "GET", "/v1/documents/nowhere/graph"),
    ("ask", "GET", "/v1/clauses/nowhere-1"),
    ("ask", "GET", "/v1/ledger"),
    ("write", "DELETE", "/v1/documents/nowhere"),
    ("admin", "GET", "/metrics"),
]


@pytest.mark.parametrize(("needed", "method", "address"), CALLS)
def test_each_key_opens_what_its_scope_says(
    folder: Path, tmp_path: Path, needed: str, method: str, address: str
) -> None:
    settings, keys = with_keys(folder, tmp_path)
    with http(settings) as client:
        assert problem(client.request(method, address)) == "no-key"
        for scope, key in keys.items():
            response = client.request(method, address, headers=bearing(key))
            if SCOPES.index(scope) >= SCOPES.index(needed):
                assert response.status_code in (200, 404)
            else:
                assert problem(response) == "forbidden"
                assert needed in response.json()["detail"] and key not in response.text


def test_no_route_is_open_by_mistake(folder: Path, tmp_path: Path) -> None:
    """Every operation but those of health asks for a key."""
    settings, _ = with_keys(folder, tmp_path)
    with http(settings) as client:
        for path, item in client.get("/openapi.json").json()["paths"].items():
            for method in item:
                address = path.replace("{id}", "x").replace("{name}", "x")
                given: dict[str, Any] = {"json": {"question": "谁"}} if path == "/v1/ask" else {}
                response = client.request(method, address, **given)
                assert (response.status_code == 401) is (path not in ("/healthz", "/readyz")), path


@pytest.mark.parametrize(
    "header", ["Bearer nonsense", "Bearer ", "Basic eDp5", "nonsense", "Bearer qa_00000000_x", "Bearer é"]
)
def test_what_is_no_key_is_refused_even_where_none_is_needed(folder: Path, tmp_path: Path, header: str) -> None:
    settings, _ = with_keys(folder, tmp_path, public=True)
    with http(settings) as client:
        response = client.get("/v1/documents", headers={"Authorization": header.encode()})
        assert problem(response) == "no-key"
        assert response.headers["www-authenticate"] == "Bearer"


def test_a_removed_key_ends_at_once(folder: Path, tmp_path: Path) -> None:
    settings, keys = with_keys(folder, tmp_path)
    with http(settings) as client:
        assert client.get("/v1/documents", headers=bearing(keys["ask"])).status_code == 200
        keys_of(settings).remove(keys["ask"].split("_")[1])
        assert problem(client.get("/v1/documents", headers=bearing(keys["ask"]))) == "no-key"
        assert client.get("/v1/documents", headers=bearing(keys["write"])).status_code == 200


@pytest.mark.parametrize(
    ("given", "public", "may"),
    [
        ({}, False, ("ask", "write", "admin")),
        ({"base_url": "http://localhost:8000"}, False, ("ask", "write", "admin")),
        ({"base_url": "http://[::1]:8000", "client": ("::1", 5)}, False, ("ask", "write", "admin")),
        ({"client": FAR}, False, ()),
        ({"client": FAR}, True, ("ask",)),
        ({"headers": {"X-Forwarded-For": "203.0.113.9"}}, False, ()),
        ({"headers": {"Forwarded": "for=203.0.113.9"}}, True, ("ask",)),
        ({"base_url": "http://evil.example"}, False, ()),
        ({"base_url": "http://[2001:db8::1]"}, False, ()),
    ],
)
def test_without_keys_only_this_machine_may_everything(
    folder: Path, given: dict[str, Any], public: bool, may: tuple[str, ...]
) -> None:
    with http(settings_for(folder, public=public), **given) as client:
        for scope, method, address in (
            ("ask", "GET", "/v1/documents"),
            ("write", "DELETE", "/v1/documents/nowhere"),
            ("admin", "GET", "/metrics"),
        ):
            assert (client.request(method, address).status_code != 401) is (scope in may), scope


def test_public_service_with_keys_lets_strangers_ask_and_no_more(folder: Path, tmp_path: Path) -> None:
    settings, keys = with_keys(folder, tmp_path, public=True)
    with http(settings, client=FAR) as client:
        assert client.post("/v1/ask", json={"question": QUESTIONS[0]}).json()["answered"]
        assert problem(client.put("/v1/documents/a.txt", content=NOTICE)) == "no-key"
        response = client.put("/v1/documents/a.txt", content=NOTICE, headers=bearing(keys["ask"]))
        assert problem(response) == "forbidden"


def test_the_file_of_keys_holds_no_key_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "a/keys.json")
    given = keys.add("门户", "write")
    text = keys.file.read_text(encoding="utf-8")
    assert given not in text and given.split("_", 2)[2] not in text
    assert keys.file.stat().st_mode & 0o077 == 0
    found = keys.find(given)
    assert found is not None and (found.name, found.scope) == ("门户", "write")
    assert keys.find(given + "x") is None and keys.find(given[:-1]) is None and keys.find("") is None


@pytest.mark.parametrize(
    ("name", "scope"), [("", "ask"), (" ", "ask"), ("x" * 81, "ask"), ("a\nb", "ask"), ("a", "root")]
)
def test_keys_need_a_name_and_a_known_scope(tmp_path: Path, name: str, scope: str) -> None:
    with pytest.raises(UsageError):
        Keys(tmp_path / "keys.json").add(name, scope)


@pytest.mark.parametrize(
    "text", ["", "{", '[{"id": 1}]', "null", '[{"id":"a","name":"a","scope":"root","sha256":"","created_at":""}]']
)
def test_a_damaged_file_of_keys_opens_nothing(folder: Path, tmp_path: Path, text: str) -> None:
    settings = settings_for(folder, keys=tmp_path / "keys.json", public=True)
    (tmp_path / "keys.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"keys\.json"):
        keys_of(settings).all()
    with http(settings) as client:
        response = client.get("/v1/documents", headers=bearing("qa_1_x"))
        assert (response.status_code, problem(response)) == (500, "fault")
        assert "keys.json" not in response.text


def test_keys_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["--index", str(tmp_path / "index"), "keys"]
    assert cli.run([*base, "add", "门户网站", "--scope", "write"]) == 0
    given = capsys.readouterr().out.strip()
    assert cli.run([*base, "list"]) == 0
    identity, scope, _, name = capsys.readouterr().out.strip().split("\t")
    assert given.startswith(f"qa_{identity}_") and (scope, name) == ("write", "门户网站")
    assert cli.run([*base, "remove", identity]) == 0
    assert cli.run([*base, "remove", identity]) == 1
    with pytest.raises(NotFoundError):
        Keys(tmp_path / "index-keys.json").remove(identity)
    assert cli.run([*base, "add", "x", "--scope", "root"]) == 2
    assert "ask、write、admin" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org"])
def test_without_keys_the_service_listens_to_this_machine_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    assert cli.run(["--index", str(tmp_path / "index"), "serve", "--host", host]) == 2
    said = capsys.readouterr().err
    assert host in said and "qa keys add" in said and "--host 127.0.0.1" in said


# -- how often ----------------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_minute_s_worth_at_once_then_one_by_one() -> None:
    clock = Clock()
    rates = Rates(6, clock)
    assert [rates.take("a") for _ in range(6)] == [0.0] * 6
    assert rates.take("a") == pytest.approx(10.0)
    assert rates.take("b") == 0.0
    clock.now += 9
    assert rates.take("a") == pytest.approx(1.0)
    clock.now += 1
    assert rates.take("a") == 0.0
    assert rates.take("a") == pytest.approx(10.0)
    clock.now += 3_600
    assert [rates.take("a") for _ in range(7)] == [*[0.0] * 6, pytest.approx(10.0)]


@pytest.mark.parametrize("per_minute", [1, 7, 60, 1_000])
def test_no_minute_sees_more_than_twice_the_bound(per_minute: int) -> None:
    clock = Clock()
    rates = Rates(per_minute, clock)
    granted = 0
    for _ in range(per_minute * 4):
        granted += rates.take("a") == 0.0
        clock.now += 60 / (per_minute * 4)
    assert granted <= 2 * per_minute
    assert Rates(0, clock).take("a") == 0.0


def limited(settings: Settings, clock: Clock, **given: Any) -> TestClient:
    app = create_app(settings, clock=clock)
    return TestClient(app, **{"client": FAR, "base_url": "http://127.0.0.1", "raise_server_exceptions": False, **given})


def test_too_often_is_told_with_the_seconds_to_wait(folder: Path) -> None:
    clock = Clock()
    with limited(settings_for(folder, public=True, requests_per_minute=2), clock) as client:
        assert [client.get("/v1/documents").status_code for _ in range(2)] == [200, 200]
        response = client.get("/v1/documents")
        assert problem(response) == "rate-limited"
        assert response.headers["retry-after"] == "30" and "30 秒" in response.json()["detail"]
        assert [client.get(free).status_code for free in ("/healthz", "/readyz", "/openapi.json")] == [200] * 3
        clock.now += 30
        assert client.get("/v1/documents").status_code == 200


def test_keys_are_counted_apart_and_guesses_are_counted_too(folder: Path, tmp_path: Path) -> None:
    settings, keys = with_keys(folder, tmp_path, requests_per_minute=1)
    with limited(settings, Clock()) as client:
        for key in keys.values():
            assert client.get("/v1/documents", headers=bearing(key)).status_code == 200
            assert problem(client.get("/v1/documents", headers=bearing(key))) == "rate-limited"
        assert problem(client.get("/v1/documents", headers=bearing("guess"))) == "no-key"
        assert problem(client.get("/v1/documents", headers=bearing("other"))) == "rate-limited"


@pytest.mark.parametrize(
    ("trusted", "statuses"),
    [((), [200, 429, 429]), (("203.0.113.0/24",), [200, 200, 429]), (("203.0.113.9",), [200, 200, 429])],
)
def test_behind_a_proxy_the_client_counts_where_the_proxy_is_trusted(
    folder: Path, trusted: tuple[str, ...], statuses: list[int]
) -> None:
    settings = settings_for(folder, public=True, requests_per_minute=1, trusted_proxies=trusted)
    with limited(settings, Clock()) as client:
        for address, status in zip(("198.51.100.1", "198.51.100.2", "10.0.0.1, 198.51.100.1"), statuses, strict=True):
            assert client.get("/v1/documents", headers={"X-Forwarded-For": address}).status_code == status


@pytest.mark.parametrize(
    ("host", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
     ("::ffff:192.0.2.1", "192.0.2.1"), ("unix", "unix")],
)  # fmt: skip
def test_addresses_are_counted_by_customer(host: str, counted: str) -> None:
    assert client_of({"type": "http", "client": (host, 1)}) == counted


# -- other origins ------------------------------------------------------------------------------------------------

SITE = "https://www.example.gov.cn"


@pytest.mark.parametrize(("origins", "allowed"), [((), False), ((SITE,), True), (("https://other.example",), False)])
def test_other_sites_may_ask_where_they_are_listed(folder: Path, origins: tuple[str, ...], allowed: bool) -> None:
    with http(settings_for(folder, origins=origins, public=True), client=FAR) as client:
        wish = {
            "Origin": SITE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        assert (client.options("/v1/ask", headers=wish).status_code == 200) is allowed
        response = client.post("/v1/ask", json={"question": QUESTIONS[0]}, headers={"Origin": SITE})
        assert (response.headers.get("access-control-allow-origin") == SITE) is allowed
        faulty = client.get("/v1/documents/nowhere", headers={"Origin": SITE})
        assert (faulty.headers.get("access-control-allow-origin") == SITE) is allowed
        writing = {**wish, "Access-Control-Request-Method": "PUT"}
        assert client.options("/v1/documents/a.txt", headers=writing).status_code != 200


# -- bodies and names ---------------------------------------------------------------------------------------------


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length is not declared."""
    for _ in range(size // 65_536):
        yield b"x" * 65_536


def test_large_bodies_end_early(folder: Path) -> None:
    settings = settings_for(folder)
    small = settings.model_copy(update={"index": settings.index.model_copy(update={"file_mb": 1})})
    with http(small) as client:
        for method, address, size in (
            ("POST", "/v1/ask", 2 * SMALL_BYTES),
            ("PUT", "/v1/documents/a.txt", 2_000_000),
            ("POST", "/v1/verify", 2_000_000),
        ):
            headers = {"Content-Type": "application/json"} if address == "/v1/ask" else {}
            for content in (b"x" * size, pieces(size)):
                response = client.request(method, address, content=content, headers=headers)
                assert (response.status_code, problem(response)) == (413, "too-large"), address


HOSTILE = [
    ("..", 404), ("../etc/passwd", 404), ("..%2f..%2fetc%2fpasswd", 404), ("%2e%2e%2fx.txt", 404), ("a%5cb.txt", 422),
    ("..%5c..%5cx", 422), ("a%00.txt", 422), ("%00", 422), ("a%0ab.txt", 422), ("%e2%80%aea.txt", 422), (".hidden", 422),
    ("~%24a.docx", 422), ("x" * 300, 422), ("字" * 100, 422), ("C:evil.txt", 422), ("%20", 422), ("a%2fb.txt", 404),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status"), HOSTILE, ids=[ascii(name)[:20] for name, _ in HOSTILE])
def test_a_name_is_never_a_path(own: Settings, tmp_path: Path, name: str, status: int) -> None:
    def files() -> set[Path]:
        return {
            path
            for path in tmp_path.rglob("*")
            if path.is_file() and not path.name.endswith((".sqlite-shm", ".sqlite-wal", ".lock"))
        }

    before = files()
    with http(own) as client:
        response = client.put(f"/v1/documents/{name}", content=NOTICE)
        assert response.status_code in (status, 405 if status == 404 else status)
        assert problem(response) in ("not-found", "invalid", "method-not-allowed")
        assert client.get("/v1/documents").json()["total"] == 5
    assert files() == before


def test_what_is_put_is_found_and_what_is_deleted_is_not(own: Settings) -> None:
    with http(own) as client:
        response = client.put("/v1/documents/垃圾分类.docx", content=NOTICE)
        taken = response.json()
        assert (response.status_code, taken["status"], taken["kind"], taken["clauses"]) == (200, "indexed", "txt", 2)
        identity = taken["document"]["id"]
        (hit,) = client.get("/v1/search", params={"q": "垃圾分类每天几次", "k": 1}).json()["hits"]
        assert hit["document"] == taken["document"]
        tag = client.get(f"/v1/documents/{identity}").headers["etag"]

        again = client.put("/v1/documents/垃圾分类.docx", content=NOTICE.replace("两".encode(), "三".encode())).json()
        assert again["document"]["id"] == identity
        shown = client.get(f"/v1/documents/{identity}", headers={"If-None-Match": tag})
        assert shown.status_code == 200 and "每天三次" in shown.text
        assert client.get("/v1/documents").json()["total"] == 6

        assert client.delete(f"/v1/documents/{identity}").status_code == 204
        assert problem(client.delete(f"/v1/documents/{identity}")) == "not-found"
        assert problem(client.get(f"/v1/documents/{identity}")) == "not-found"
        hits = client.get("/v1/search", params={"q": "垃圾分类每天几次", "k": 50}).json()["hits"]
        assert identity not in {hit["document"]["id"] for hit in hits}


@pytest.mark.parametrize("name", ["wnqq65gvpz3", "筑府办函〔2021〕33号", "市人民政府办公厅"])
def test_only_an_id_names_what_is_deleted(own: Settings, name: str) -> None:
    with http(own) as client:
        assert problem(client.delete(f"/v1/documents/{name}")) == "not-found"
        assert client.get("/v1/documents").json()["total"] == 5


def test_a_file_that_cannot_be_read_changes_nothing(own: Settings) -> None:
    with http(own) as client:
        before = client.get("/readyz").json()["generation"]
        response = client.put("/v1/documents/a.txt", content=b"\x89PNG\r\n\x1a\n" + bytes(100))
        assert problem(response) == "unreadable-file" and "PNG" in response.json()["detail"]
        assert client.get("/readyz").json()["generation"] == before


# -- logs and counters --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [False, True])
def test_questions_stand_in_the_log_only_where_that_is_wanted(
    folder: Path, caplog: pytest.LogCaptureFixture, told: bool
) -> None:
    from qa.http.logs import JsonLines

    caplog.set_level(logging.INFO, logger="qa.access")
    with http(settings_for(folder, log_questions=told), client=LOCAL) as client:
        client.post("/v1/ask", json={"question": QUESTIONS[0]}, headers={"X-Request-ID": "abc"})
        client.get("/v1/search", params={"q": "工业用地"})
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "qa.access"]
    first = json.loads(lines[0])
    assert (first["request_id"], first["route"], first["status"], first["method"]) == ("abc", "/v1/ask", 200, "POST")
    assert any("工业用地" in line for line in lines) is told
    assert not any(LOCAL[0] in line for line in lines)


def test_counters_tell_outcomes_stages_and_errors_by_few_names(folder: Path) -> None:
    with http(settings_for(folder)) as client:
        for question in QUESTIONS:
            client.post("/v1/ask", json={"question": question})
        for name in range(5):
            client.get(f"/v1/documents/nowhere{name}")
            client.get(f"/nowhere{name}")
        response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    text = response.text
    assert 'qa_answers_total{outcome="answered"}' in text and 'qa_answers_total{outcome="unknown_document"}' in text
    for stage in ("open", "search", "compose"):
        assert f'qa_stage_seconds_count{{stage="{stage}"}} {len(QUESTIONS)}.0' in text
    assert 'qa_problems_total{type="not-found"} 10.0' in text
    assert 'qa_requests_total{method="GET",route="/v1/documents/{id}",status="404"} 5.0' in text
    assert 'route="other"' in text and "nowhere" not in text
    assert "qa_requests_in_progress 1.0" in text


def test_service_that_fails_inside_says_little_and_logs_much(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(PolicyQA, "ask", broken)
    with http(settings_for(folder)) as client:
        response = client.post("/v1/ask", json={"question": "谁"})
        assert (response.status_code, problem(response)) == (500, "fault")
        assert "secret" not in response.text
    (record,) = [record for record in caplog.records if record.message == "fault"]
    assert record.exc_info is not None and record.request_id == response.headers["x-request-id"]
