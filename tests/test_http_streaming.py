"""Answers as a stream of events, and work that is bounded, timed and dropped when nobody waits for it."""

import asyncio
import gc
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from qa.api import create_app
from qa.config import Settings
from qa.http.problems import TYPE, Problem
from qa.http.streaming import stream
from qa.http.work import Work
from qa.schemas import AskShape, Shapes
from qa.service import PolicyQA
from qa.watch import AbandonedError, Watch
from tests.http_samples import LOCAL, QUESTIONS, http, indexed_seeds, settings_for

Event = tuple[str, Any]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    return indexed_seeds(tmp_path_factory.mktemp("stream") / "index")


@pytest.fixture(scope="module")
def client(service: PolicyQA) -> Iterator[TestClient]:
    with http(service.settings, PolicyQA(service.settings)) as opened:
        yield opened


def read(text: str) -> list[Event]:
    """The events of a stream; comments are left out, as readers do."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stream_put_together_is_the_plain_answer(client: TestClient, question: str) -> None:
    plain = client.post("/v1/ask", json={"question": question}).json()
    response = client.post("/v1/ask", json={"question": question, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    events = read(response.text)
    names = [name for name, _ in events]
    order = ["hit", "citation", "token", "done"]
    assert names == sorted(names, key=order.index) and names.count("done") == 1
    whole = events[-1][1] | {
        "hits": [data for name, data in events if name == "hit"],
        "citations": [data for name, data in events if name == "citation"],
        "answer": "".join(data["text"] for name, data in events if name == "token"),
    }
    assert {**whole, "took_ms": 0} == {**plain, "took_ms": 0}
    assert AskShape.model_validate(whole).answered is plain["answered"]


def test_each_sentence_comes_with_its_marker(client: TestClient) -> None:
    events = read(client.post("/v1/ask", json={"question": QUESTIONS[0], "stream": True}).text)
    markers = [data["marker"] for name, data in events if name == "citation"]
    tokens = [data["text"] for name, data in events if name == "token"]
    assert [f"[{marker}]" for marker in markers] == [token[token.rindex("[") :] for token in tokens]


@pytest.mark.parametrize(("question", "status"), [(" ", 422), ("谁" * 3_000, 422)])
def test_what_is_wrong_from_the_beginning_is_no_stream(client: TestClient, question: str, status: int) -> None:
    response = client.post("/v1/ask", json={"question": question, "stream": True})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def events_of(task: Callable[[], Any], heartbeat: float) -> str:
    """The stream of a task that gives an answer or fails, as it goes over the wire."""

    async def gathered() -> str:
        made = asyncio.ensure_future(task())
        return "".join([piece async for piece in stream(made, {"state": {"request_id": "r"}}, heartbeat)])

    return asyncio.run(gathered())


def test_silence_is_filled_with_comments(service: PolicyQA) -> None:
    shape = Shapes().ask(service.ask(QUESTIONS[0]))

    async def slow() -> AskShape:
        await asyncio.sleep(0.2)
        return shape

    text = events_of(slow, 0.02)
    assert text.startswith(": ") and text.count("\n\n: ") >= 2
    assert read(text)[-1][0] == "done"


@pytest.mark.parametrize(
    ("error", "name"), [(Problem("timeout", "太久。"), "timeout"), (ZeroDivisionError("secret"), "fault")]
)
def test_what_fails_later_is_told_in_the_stream(error: Exception, name: str) -> None:
    async def failing() -> AskShape:
        await asyncio.sleep(0.05)
        raise error

    (event,) = read(events_of(failing, 0.02))
    assert event[0] == "error"
    assert (event[1]["type"], event[1]["request_id"]) == (TYPE + name, "r")
    assert "secret" not in event[1]["detail"]


def test_who_stops_reading_ends_the_work() -> None:
    ended = []

    async def endless() -> AskShape:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)
        raise AssertionError

    async def part() -> None:
        made = asyncio.ensure_future(endless())
        pieces: AsyncIterator[str] = stream(made, {"state": {}}, 0.01)
        await anext(pieces)
        await pieces.aclose()  # type: ignore[attr-defined]
        await asyncio.wait({made})

    asyncio.run(part())
    assert ended == [True]


# -- work ---------------------------------------------------------------------------------------------------------


def test_more_than_may_wait_is_refused_and_told_when_to_come_again() -> None:
    free = threading.Event()

    async def crowd() -> list[Any]:
        work = Work(threads=1, most=2, seconds=None)
        jobs = [asyncio.ensure_future(work.run(lambda: free.wait() and "done")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as raised:
            await work.run(lambda: "never")
        free.set()
        results = [raised.value, *await asyncio.gather(*jobs), await work.run(lambda: "later")]
        await asyncio.sleep(0.01)
        assert work.jobs == 0
        return results

    refused, *others = asyncio.run(crowd())
    assert (refused.name, refused.status, refused.headers) == ("overloaded", 503, {"Retry-After": "1"})
    assert others == ["done", "done", "later"]


def test_what_takes_too_long_is_given_up_and_ends_at_its_next_step() -> None:
    watch, free, ended = Watch(), threading.Event(), threading.Event()

    def job() -> None:
        with watch.stage("search"):
            free.wait()
        try:
            with watch.stage("compose"):
                raise AssertionError("went on")
        except AbandonedError:
            ended.set()
            raise

    async def impatient() -> tuple[Problem, int]:
        work = Work(threads=1, most=4, seconds=0.05)
        with pytest.raises(Problem) as raised:
            await work.run(job, watch)
        running = work.jobs
        free.set()
        await asyncio.to_thread(ended.wait)
        return raised.value, running

    problem, running = asyncio.run(impatient())
    assert (problem.name, problem.status) == ("timeout", 503) and "Retry-After" in problem.headers
    assert running == 1  # it counts until it has really ended
    assert set(watch.seconds) == {"search"}


def test_what_nobody_waits_for_never_begins() -> None:
    free, begun = threading.Event(), []

    async def leaving() -> None:
        work = Work(threads=1, most=4, seconds=None)
        first = asyncio.ensure_future(work.run(free.wait))
        second = asyncio.ensure_future(work.run(lambda: begun.append(True)))
        await asyncio.sleep(0.01)
        second.cancel()
        await asyncio.wait({second})
        free.set()
        await first
        await asyncio.sleep(0.01)
        assert work.jobs == 0
        work.close()

    asyncio.run(leaving())
    assert begun == []


@pytest.mark.parametrize(("error", "told"), [(AbandonedError(), 0), (ValueError("broken"), 1)])
def test_only_a_real_failure_of_abandoned_work_stands_in_the_log(
    caplog: pytest.LogCaptureFixture, error: Exception, told: int
) -> None:
    work = Work(threads=1, most=2, seconds=None)
    begun, free = threading.Event(), threading.Event()

    def job() -> None:
        begun.set()
        free.wait()
        raise error

    async def leave() -> None:
        asked = asyncio.ensure_future(work.run(job))
        await asyncio.to_thread(begun.wait)
        asked.cancel()
        await asyncio.wait({asked})
        free.set()
        while work.jobs:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()  # a result that nobody took is told when it is let go

    with caplog.at_level(logging.ERROR):
        asyncio.run(leave())
    work.close()
    assert len(caplog.records) == told


def test_errors_of_a_job_are_its_caller_s() -> None:
    def job() -> None:
        raise TimeoutError("the job's own")

    async def run() -> None:
        await Work(threads=1, most=1, seconds=5.0).run(job)

    with pytest.raises(TimeoutError, match="own"):
        asyncio.run(run())


def test_the_stages_of_a_question_are_watched(service: PolicyQA) -> None:
    watch = Watch()
    service.ask(QUESTIONS[0], watch=watch)
    assert list(watch.seconds) == ["open", "search", "compose"]
    watch.abandon()
    with pytest.raises(AbandonedError):
        service.ask(QUESTIONS[0], watch=watch)


# -- clients that go, and services that are full -------------------------------------------------------------------


class Slow(PolicyQA):
    """A service whose answers wait until they are let go; it notes which were given up."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.begun, self.free, self.given_up = threading.Event(), threading.Event(), threading.Event()

    def ask(self, *args: Any, watch: Watch | None = None, **kwargs: Any) -> Any:
        self.begun.set()
        self.free.wait()
        try:
            return super().ask(*args, watch=watch, **kwargs)
        except AbandonedError:
            self.given_up.set()
            raise


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_goes_ends_the_work(service: PolicyQA, streamed: bool) -> None:
    slow = Slow(service.settings)
    app = create_app(service.settings, slow)
    body = json.dumps({"question": QUESTIONS[0], "stream": streamed}).encode()
    sent: list[Message] = []

    async def leave() -> None:
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": body, "more_body": False}
            await asyncio.to_thread(slow.begun.wait)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": "/v1/ask", "raw_path": b"/v1/ask", "query_string": b"", "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")], "client": LOCAL,
            "server": ("127.0.0.1", 80),
        }  # fmt: skip
        await app(scope, receive, send)

    asyncio.run(leave())
    slow.free.set()
    assert slow.given_up.wait(60)
    assert sent[0]["status"] == 499


def test_a_full_service_says_so_and_recovers(service: PolicyQA) -> None:
    settings = settings_for(service.settings.index.folder, concurrency=1)
    slow = Slow(settings)
    with http(settings, slow) as client:
        first: list[Any] = []
        asking = threading.Thread(
            target=lambda: first.append(client.post("/v1/ask", json={"question": QUESTIONS[0]}).status_code)
        )
        asking.start()
        assert slow.begun.wait(60)
        response = client.get("/v1/documents")
        assert (response.status_code, response.json()["type"]) == (503, f"{TYPE}overloaded")
        assert response.headers["retry-after"] == "1"
        assert client.get("/healthz").status_code == 200
        slow.free.set()
        asking.join()
        assert first == [200]
        assert client.get("/v1/documents").status_code == 200


def test_a_question_that_takes_too_long_is_a_problem(service: PolicyQA, tmp_path: Path) -> None:
    settings = settings_for(service.settings.index.folder, timeout_seconds=1)
    slow = Slow(settings)
    with http(settings, slow) as client:
        response = client.post("/v1/ask", json={"question": QUESTIONS[0]})
        assert (response.status_code, response.json()["type"]) == (503, f"{TYPE}timeout")
        slow.free.set()
        assert slow.given_up.wait(60)
