"""Generations change under the feet of readers, and no reader notices."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from index_samples import TinyEmbedder

import qa.reading
from index.errors import IndexDamagedError, IndexMissingError
from qa.config import Settings
from qa.reading import Reading, Readings
from qa.service import PolicyQA


class Closable:
    """Stands in for a backend that must not be used once closed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    def close(self) -> None:
        assert not self.closed
        self.closed = True


class Shelf:
    """Generations that can be published and opened."""

    def __init__(self) -> None:
        self.name = "1"
        self.broken = False
        self.opened: list[Closable] = []

    def open(self) -> Reading:
        name = self.name
        if self.broken:
            raise IndexDamagedError(f"{name} is broken")
        backend: Any = Closable(name)
        self.opened.append(backend)
        return Reading(name=name, backend=backend, embedder=TinyEmbedder(), assemble=_assemble)


def _assemble(backend: Any, embedder: Any) -> Any:
    return f"pipeline of {backend.name}"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.reading, "CHECK_SECONDS", 0.0)
    monkeypatch.setattr(qa.reading, "RETRY_SECONDS", 0.0)


def _readings() -> tuple[Shelf, Readings]:
    shelf = Shelf()
    return shelf, Readings(lambda: shelf.name, shelf.open)


def test_a_newer_generation_is_read_and_the_older_one_let_go() -> None:
    shelf, readings = _readings()
    with readings.hold() as first:
        assert first.name == "1"
    shelf.name = "2"
    with readings.hold() as second:
        assert second.name == "2"
    assert [backend.closed for backend in shelf.opened] == [True, False]


def test_who_holds_a_generation_keeps_it() -> None:
    shelf, readings = _readings()
    with readings.hold() as outer:
        shelf.name = "2"
        with readings.hold() as inner:
            assert inner is outer
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_name, readings).result() == "2"
        assert not shelf.opened[0].closed
    assert shelf.opened[0].closed
    assert not shelf.opened[1].closed


def _name(readings: Readings) -> str:
    with readings.hold() as reading:
        return reading.name


def test_the_pointer_is_not_asked_for_more_often_than_need_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.reading, "CHECK_SECONDS", 1000.0)
    shelf, readings = _readings()
    assert _name(readings) == "1"
    shelf.name = "2"
    assert _name(readings) == "1"
    readings.renew()
    assert _name(readings) == "2"


def test_what_is_published_while_one_is_opened_is_not_taken_for_known(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(qa.reading, "CHECK_SECONDS", 0.5)
    monkeypatch.setattr(qa.reading, "monotonic", lambda: now[0])
    shelf = Shelf()

    def slowly() -> Reading:
        opened = shelf.open()
        now[0] += 0.8
        if shelf.name == "2":
            shelf.name = "3"  # published a moment after 2 was begun to be opened
        return opened

    readings = Readings(lambda: shelf.name, slowly)
    assert _name(readings) == "1"
    shelf.name = "2"
    assert _name(readings) == "2"
    assert _name(readings) == "3"


def test_a_newer_generation_that_cannot_be_opened_is_reported_and_the_older_one_serves() -> None:
    shelf, readings = _readings()
    assert _name(readings) == "1"
    shelf.name, shelf.broken = "2", True
    assert _name(readings) == "1"
    assert readings.trouble == "2 is broken"
    shelf.broken = False
    assert _name(readings) == "2"
    assert readings.trouble is None


def test_where_none_is_open_the_error_is_raised() -> None:
    shelf, readings = _readings()
    shelf.broken = True
    with pytest.raises(IndexDamagedError):
        _name(readings)
    shelf.broken = False
    assert _name(readings) == "1"


def test_what_was_ready_for_questions_is_so_again_before_it_is_handed_out() -> None:
    shelf, readings = _readings()
    with readings.hold() as reading:
        assert reading.pipeline() == "pipeline of 1"
    shelf.name = "2"
    with readings.hold() as reading:
        assert reading._pipeline == "pipeline of 2"


def test_closing_waits_for_the_last_holder() -> None:
    shelf, readings = _readings()
    with readings.hold():
        readings.close()
        assert not shelf.opened[0].closed
    assert shelf.opened[0].closed
    assert _name(readings) == "1"
    assert len(shelf.opened) == 2


def test_many_readers_of_many_generations_never_meet_a_closed_one() -> None:
    shelf, readings = _readings()
    stop = threading.Event()

    def read() -> int:
        held = 0
        while not stop.is_set():
            with readings.hold() as reading:
                backend: Any = reading.backend
                assert not backend.closed
                assert backend.name == reading.name
            held += 1
        return held

    with ThreadPoolExecutor(8) as pool:
        readers = [pool.submit(read) for _ in range(8)]
        try:
            for number in range(2, 200):
                shelf.name = str(number)
                readings.renew()
                assert _name(readings) == str(number)
        finally:
            stop.set()
        assert all(reader.result() > 0 for reader in readers)
    assert _name(readings) == "199"
    assert [backend.closed for backend in shelf.opened[:-1]] == [True] * (len(shelf.opened) - 1)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., PolicyQA]:
    settings = Settings()
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": tmp_path / "index"})})
    return lambda embedder=None: PolicyQA(settings, embedder=embedder or TinyEmbedder())


def test_what_another_process_publishes_is_seen(tmp_path: Path, make: Callable[..., PolicyQA]) -> None:
    writer, reader = make(), make()
    with pytest.raises(IndexMissingError):
        reader.documents()
    (tmp_path / "in").mkdir()
    for number in range(4):
        (tmp_path / "in" / f"{number}.txt").write_text(
            f"关于第{number}项工作的通知\n\n一、办好第{number}项工作。", "utf-8"
        )
        writer.index([tmp_path / "in"])
        assert len(reader.documents()) == number + 1
        assert reader.search(f"第{number}项工作", k=1).hits[0].document.source == f"{number}.txt"


def test_a_request_of_several_calls_sees_one_generation(tmp_path: Path, make: Callable[..., PolicyQA]) -> None:
    writer, reader = make(), make()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("关于路灯的通知\n\n一、路灯三天内修好。", "utf-8")
    writer.index([tmp_path / "in"])
    with reader.reading():
        document = reader.document("a.txt")
        (tmp_path / "in" / "b.txt").write_text("关于垃圾的通知\n\n一、垃圾每天清运。", "utf-8")
        (tmp_path / "in" / "a.txt").unlink()
        writer.index([tmp_path / "in"])
        assert reader.clauses(document)
        assert [found.source for found in reader.documents()] == ["a.txt"]
    assert [found.source for found in reader.documents()] == ["b.txt"]


def test_an_index_of_another_model_is_not_searched(tmp_path: Path, make: Callable[..., PolicyQA]) -> None:
    reader = make()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("关于路灯的通知\n\n一、路灯三天内修好。", "utf-8")
    make().index([tmp_path / "in"])
    assert reader.search("路灯").hits
    make(TinyEmbedder(16, "other")).index([tmp_path / "in"])
    assert reader.search("路灯").hits  # of the generation at hand
    assert "tiny-16-other" in (reader.trouble or "")
    reader.close()
    with pytest.raises(IndexDamagedError, match="tiny-16-other"):
        reader.search("路灯")
