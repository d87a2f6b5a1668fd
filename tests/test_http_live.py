"""The service as processes of its own: workers, a changing index, the end, and the examples of the documentation."""

import json
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from qa.service import PolicyQA
from tests.http_samples import QUESTIONS, ROOT, SEEDS, indexed_seeds

QUESTION = "垃圾分类每天几次"


class Server:
    """``qa serve`` in processes of its own; its log is gathered while it runs."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = [sys.executable, "-m", "qa.cli", "--index", str(folder), "serve", "--port", "0", *options]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "QA_SERVICE__REQUESTS_PER_MINUTE": "0"}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder.parent, env=environment)
        assert self.process.stderr is not None
        self.url = re.search(r"http://[^/]+", self.process.stderr.readline())[0]  # type: ignore[index]
        self.lines: list[str] = []
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr or ()))
        self._reader.start()

    def stop(self) -> list[dict[str, Any]]:
        """Asks it to end, waits until it has, and gives its log."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self._reader.join()
        return [json.loads(line) for line in self.lines]


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    server = Server(folder, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.terminate()
            server.process.wait()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[PolicyQA]:
    made = indexed_seeds(tmp_path / "index")
    yield made
    made.close()


def test_workers_share_an_index_and_tell_their_counters_together(service: PolicyQA) -> None:
    with served(service.settings.index.folder, "--workers", "2") as server:
        for _ in range(20):  # a connection each, so that both workers get some
            reply = httpx.post(timeout=None, url=f"{server.url}/v1/ask", json={"question": QUESTIONS[0]})
            assert reply.status_code == 200 and reply.json()["answered"]
        told = {httpx.get(timeout=None, url=f"{server.url}/metrics").text for _ in range(4)}
        assert all('qa_answers_total{outcome="answered"} 20.0' in text for text in told)
        log = server.stop()
    requests = [line for line in log if line["logger"] == "qa.access"]
    assert Counter(line["route"] for line in requests) == {"/v1/ask": 20, "/metrics": 4}
    assert not any(QUESTIONS[0] in json.dumps(line, ensure_ascii=False) for line in log)


def test_what_one_worker_takes_in_the_others_find(service: PolicyQA) -> None:
    def found(url: str) -> int:
        hits = httpx.get(timeout=None, url=f"{url}/v1/search", params={"q": QUESTION, "k": 50}).json()["hits"]
        return sum("每天两次" in hit["clause"]["text"] for hit in hits)

    with served(service.settings.index.folder, "--workers", "2") as server:
        assert [found(server.url) for _ in range(8)] == [0] * 8  # both workers have the index open
        content = "关于做好垃圾分类工作的通知\n\n一、垃圾分类每天两次。".encode()
        taken = httpx.put(timeout=None, url=f"{server.url}/v1/documents/a.txt", content=content).json()
        assert [found(server.url) for _ in range(8)] == [1] * 8
        assert httpx.delete(timeout=None, url=f"{server.url}/v1/documents/{taken['document']['id']}").status_code == 204
        assert [found(server.url) for _ in range(8)] == [0] * 8


def test_an_index_changed_by_another_process_fails_no_request(service: PolicyQA, tmp_path: Path) -> None:
    folder = service.settings.index.folder
    more = tmp_path / "more"
    more.mkdir()
    (more / "新.txt").write_text("关于做好垃圾分类工作的通知\n\n一、垃圾分类每天两次。", encoding="utf-8")
    with served(folder) as server:
        stop, statuses, generations = threading.Event(), Counter[int](), set[str]()

        def ask() -> None:
            with httpx.Client(base_url=server.url, timeout=None) as client:
                while not stop.is_set():
                    statuses[client.post("/v1/ask", json={"question": QUESTIONS[0]}).status_code] += 1
                    statuses[client.get("/v1/documents").status_code] += 1
                    generations.add(client.get("/readyz").json()["generation"])

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for asker in askers:
            asker.start()
        for paths in ([SEEDS, more], [SEEDS], [SEEDS, more]):
            command = [sys.executable, "-m", "qa.cli", "--index", str(folder), "--quiet", "index", *map(str, paths)]
            subprocess.run([*command, "--rebuild"], check=True, capture_output=True, cwd=ROOT)
        with httpx.Client(base_url=server.url, timeout=None) as client:
            while client.get("/readyz").json()["generation"] != service_generation(folder):
                pass
            (hit,) = client.get("/v1/search", params={"q": QUESTION, "k": 1}).json()["hits"]
            assert "两次" in hit["clause"]["text"]
        stop.set()
        for asker in askers:
            asker.join()
    assert set(statuses) == {200}
    assert len(generations) >= 2


def service_generation(folder: Path) -> str:
    from index.generation import current_name

    return current_name(folder)


def test_the_end_waits_for_requests_in_progress(service: PolicyQA) -> None:
    """A body that is still on its way when the end is asked for is read to its end, and answered."""
    going = threading.Event()

    def body() -> Iterator[bytes]:
        whole = json.dumps({"question": QUESTIONS[0], "stream": True}).encode()
        yield whole[:10]
        while "qa_requests_in_progress 2.0" not in httpx.get(timeout=None, url=f"{server.url}/metrics").text:
            pass  # until the service has begun with this request, beside that for the counters
        server.process.send_signal(signal.SIGTERM)
        going.set()
        yield whole[10:]

    with served(service.settings.index.folder) as server:
        assert httpx.get(timeout=None, url=f"{server.url}/readyz").status_code == 200
        headers = {"Content-Type": "application/json"}
        reply = httpx.post(timeout=None, url=f"{server.url}/v1/ask", content=body(), headers=headers)
        assert going.is_set() and reply.status_code == 200
        assert "event: done" in reply.text
        server.process.wait()
        with pytest.raises(httpx.ConnectError):
            httpx.get(timeout=None, url=f"{server.url}/healthz")


def test_a_worker_that_loads_slowly_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Uvicorn by itself ends a worker that is silent for 5 seconds: on a busy machine each, again and again."""
    from qa import cli

    made: list[Any] = []

    class Supervisor:
        def __init__(self, config: Any, sockets: list[Any]) -> None:
            made.append(config)
            self._sockets = sockets

        def run(self) -> None:
            for one in self._sockets:
                one.close()

    monkeypatch.setattr("uvicorn.supervisors.Multiprocess", Supervisor)
    monkeypatch.setattr("qa.http.logs.configure", lambda: None)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    assert cli.run(["--index", str(tmp_path / "index"), "serve", "--port", "0", "--workers", "2"]) == 0
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    assert made[0].timeout_worker_healthcheck >= 30


def test_the_cold_command_line_starts_without_the_web() -> None:
    code = "import sys, qa.cli; print([name for name in ('fastapi', 'starlette', 'uvicorn') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


# -- the documentation --------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs/http.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^curl (.+)$", PAGE, re.MULTILINE)


def request_of(line: str) -> dict[str, Any]:
    """What curl would send."""
    words = iter(shlex.split(line))
    sent: dict[str, Any] = {"method": "GET", "headers": {}, "params": None}
    fields: list[tuple[str, str]] = []
    as_query = False
    for word in words:
        if word == "-N":
            continue
        if word == "-G":
            as_query = True
        elif word == "-X":
            sent["method"] = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            sent["headers"][name] = value
        elif word in ("-d", "--data-urlencode"):
            fields.append(tuple(next(words).split("=", 1)) if as_query else ("", next(words)))  # type: ignore[arg-type]
        elif word == "--data-binary":
            sent["content"] = (ROOT / next(words).removeprefix("@")).read_bytes()
        else:
            assert word.startswith("http://127.0.0.1:8000/"), word
            sent["url"] = word
    if as_query:
        sent["params"] = dict(fields)
    elif fields:
        sent["content"] = fields[0][1].encode()
    if "content" in sent and sent["method"] == "GET":
        sent["method"] = "POST"
    return {name: value for name, value in sent.items() if value is not None}


def test_every_example_of_the_documentation_works(service: PolicyQA) -> None:
    from tests.http_samples import http

    assert len(EXAMPLES) > 12
    with http(service.settings) as client:
        for line in EXAMPLES:
            response = client.request(**request_of(line))
            assert response.status_code in (200, 204), line


def test_every_problem_and_setting_of_the_service_is_documented() -> None:
    from qa.config import ServiceSettings
    from qa.http.problems import PROBLEMS

    for name, (status, _) in PROBLEMS.items():
        assert f"| `{name}` | {status} |" in PAGE
    told = PAGE + (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    for name in ServiceSettings.model_fields:
        assert f"service.{name}" in told
