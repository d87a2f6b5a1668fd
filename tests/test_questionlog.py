"""The question log: what is written and what never is, by many at once, for how long; and what a broken one does."""

import json
import logging
import multiprocessing
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qa.cli_state import State
from qa.config import Settings
from qa.doctor import findings
from qa.errors import NotFoundError, UsageError
from qa.question import interpret
from qa.questionlog import store
from qa.questionlog.log import QuestionLog
from qa.questionlog.records import DOORS, ERROR, KINDS, Feedback, Origin, QuestionLogError, Resolution
from qa.service import PolicyQA

ROOT = Path(__file__).parents[1]
ANSWERED = "国家级开发区工业用地产出强度2025年要达到多少？"
REFUSED = "黔府办发〔2021〕6号第九条怎么考核开发区？"
HTTP = Origin(door="http", request="req-1")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questionlog") / "index"
    PolicyQA(Settings.model_validate({"index": {"folder": folder}})).index([ROOT / "seeds"])
    return folder


def settings(file: Path, index: Path = Path("none"), **more: Any) -> Settings:
    log = {"enabled": True, "file": file, **more}
    return Settings.model_validate({"index": {"folder": index}, "log": log})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "var" / "questions.sqlite"


@pytest.fixture
def service(index: Path, file: Path) -> PolicyQA:
    return PolicyQA(settings(file, index))


def ask(service: PolicyQA, question: str, origin: Origin = HTTP) -> None:
    service.ask(question, origin=origin)


def columns(file: Path) -> dict[str, list[str]]:
    connection = sqlite3.connect(file)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in tables}
    connection.close()
    return found


def test_an_answer_and_a_refusal_are_written_as_they_were(service: PolicyQA) -> None:
    replies = {question: service.ask(question, origin=HTTP) for question in (ANSWERED, REFUSED)}
    answered, refused = service.questions.entries()
    reply = replies[ANSWERED]
    assert reply.answer is not None
    assert (answered.question, answered.answered, answered.reason, answered.door) == (ANSWERED, True, "", "http")
    assert answered.hits == tuple((hit.clause.id, round(hit.score, 4)) for hit in reply.hits)
    assert answered.citations == tuple(dict.fromkeys(one.clause.id for one in reply.answer.citations))
    assert answered.took_ms >= reply.took_ms
    assert (refused.answered, refused.reason, refused.citations) == (False, "unknown_document", ())
    assert (refused.numbers, refused.articles) == (("黔府办发〔2021〕6号",), ("第九条",))
    assert answered.id < refused.id and datetime.now(UTC) - refused.asked_at < timedelta(hours=1)


@pytest.mark.parametrize("door", DOORS)
def test_every_door_is_told_apart(service: PolicyQA, door: str) -> None:
    ask(service, REFUSED, Origin(door=door))
    assert [entry.door for entry in service.questions.entries()] == [door]


def test_an_unknown_door_is_a_mistake_of_the_program(service: PolicyQA) -> None:
    with pytest.raises(ValueError, match="fax"):
        ask(service, REFUSED, Origin(door="fax"))


def test_what_was_no_question_and_what_nobody_asked_is_not_written(service: PolicyQA, file: Path) -> None:
    with pytest.raises(UsageError):
        ask(service, "？！")
    service.ask(ANSWERED)
    service.search(ANSWERED)
    assert service.questions.entries() == [] and not file.exists()


def test_off_by_default_and_then_nothing_is_written(index: Path, file: Path) -> None:
    assert not Settings().log.enabled
    service = PolicyQA(settings(file, index, enabled=False))
    ask(service, ANSWERED)
    with pytest.raises(NotFoundError, match=r"log\.enabled"):
        service.questions.feedback("req-1", Feedback(kind="up"))
    assert service.questions.entries() == []
    assert not file.parent.exists()


def test_a_failure_of_the_program_is_a_question_without_an_answer(tmp_path: Path, file: Path) -> None:
    service = PolicyQA(settings(file, tmp_path / "no index"))
    with pytest.raises(Exception, match="qa index"):
        ask(service, ANSWERED)
    (entry,) = service.questions.entries()
    assert (entry.question, entry.answered, entry.reason, entry.hits) == (ANSWERED, False, ERROR, ())


def test_no_column_leads_to_a_person(service: PolicyQA, file: Path) -> None:
    ask(service, ANSWERED)
    found = columns(file)
    assert found["question"] == [
        "id", "asked_at", "door", "request", "question", "interpretation", "answered", "reason", "took_ms", "hits",
        "citations",
    ]  # fmt: skip
    assert found["feedback"] == ["question", "given_at", "kind", "clause", "comment"]
    assert found["resolution"] == ["question", "resolved_at", "state", "document", "note"]
    assert set(found) <= {"question", "feedback", "resolution", "sqlite_sequence"}


@pytest.mark.parametrize("path", ["", "-wal", "-shm"])
def test_only_the_owner_can_read_the_file(service: PolicyQA, file: Path, path: str) -> None:
    ask(service, ANSWERED)
    assert stat.S_IMODE(Path(f"{file}{path}").stat().st_mode) == 0o600


@pytest.mark.parametrize(("show", "seen"), [(False, "138****5678"), (True, "13812345678")])
def test_mobile_numbers_are_masked_as_everywhere_else(index: Path, file: Path, show: bool, seen: str) -> None:
    chosen = settings(file, index).model_copy(update={"privacy": Settings().privacy.model_copy()})
    chosen = chosen.model_copy(update={"privacy": chosen.privacy.model_copy(update={"show_phone": show})})
    service = PolicyQA(chosen)
    ask(service, "开发区产出强度是多少，请回电13812345678")
    service.questions.feedback("req-1", Feedback(kind="no_answer", comment="请打13812345678"))
    (entry,) = service.questions.entries()
    assert entry.question.endswith(seen) and entry.feedback[0].comment.endswith(seen)
    assert b"13812345678" not in file.read_bytes() + Path(f"{file}-wal").read_bytes() or show


@pytest.mark.parametrize("kind", KINDS)
def test_feedback_finds_the_last_question_of_a_request(service: PolicyQA, kind: str) -> None:
    for question in (REFUSED, ANSWERED):
        ask(service, question)
    clause = service.questions.entries()[-1].citations[0]
    for _ in range(2):
        service.questions.feedback("req-1", Feedback(kind=kind, clause=clause, comment="看过了"))
    first, last = service.questions.entries()
    assert first.feedback == ()
    assert last.feedback == (Feedback(kind=kind, clause=clause, comment="看过了"),)


def test_a_changed_mind_counts_once(service: PolicyQA) -> None:
    ask(service, ANSWERED)
    for kind in ("up", "down", "outdated"):
        service.questions.feedback("req-1", Feedback(kind=kind))
    assert [said.kind for said in service.questions.entries()[0].feedback] == ["down", "outdated"]


@pytest.mark.parametrize(
    ("request_id", "said", "error"),
    [
        ("req-2", Feedback(kind="up"), NotFoundError),
        ("", Feedback(kind="up"), NotFoundError),
        ("' OR 1=1 --", Feedback(kind="up"), NotFoundError),
        ("req-1", Feedback(kind="like"), UsageError),
        ("req-1", Feedback(kind="click", clause="nowhere-1"), UsageError),
        ("req-1", Feedback(kind="down", comment="长" * 1_001), UsageError),
    ],
)
def test_feedback_that_cannot_be_is_refused(
    service: PolicyQA, request_id: str, said: Feedback, error: type[Exception]
) -> None:
    ask(service, ANSWERED)
    ask(service, ANSWERED, Origin(door="cli"))
    with pytest.raises(error):
        service.questions.feedback(request_id, said)
    assert all(entry.feedback == () for entry in service.questions.entries())


def test_a_question_without_an_answer_gets_a_state(service: PolicyQA) -> None:
    for question in (REFUSED, ANSWERED):
        ask(service, question)
    refused, _ = service.questions.entries()
    done = Resolution(state="answered", document="黔府办发〔2021〕6号", note="已补录，回电13812345678")
    service.questions.resolve([refused.id], Resolution(state="out_of_scope"))
    service.questions.resolve([refused.id], done)
    with pytest.raises(NotFoundError, match="999"):
        service.questions.resolve([refused.id, 999], Resolution())
    with pytest.raises(UsageError, match="forgotten"):
        service.questions.resolve([refused.id], Resolution(state="forgotten"))
    assert service.questions.entries()[0].resolution == Resolution(
        state="answered", document="黔府办发〔2021〕6号", note="已补录，回电138****5678"
    )


def test_every_write_removes_what_is_too_old(service: PolicyQA, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = QuestionLog(settings(file, retention_days=30))
    ask(service, ANSWERED)
    today = store.now()
    log.feedback("req-1", Feedback(kind="up"))
    monkeypatch.setattr("qa.questionlog.log.now", lambda: today + timedelta(days=29))
    monkeypatch.setattr("qa.questionlog.store.now", lambda: today + timedelta(days=29))
    log.record(Origin(door="cli"), interpret("第二个问题"), None, 1.0)
    assert [entry.question for entry in log.entries()] == [ANSWERED, "第二个问题"]
    monkeypatch.setattr("qa.questionlog.store.now", lambda: today + timedelta(days=31))
    log.check()
    assert [entry.question for entry in log.entries()] == ["第二个问题"]
    log.close()
    service.close()
    left = sqlite3.connect(file)
    assert left.execute("SELECT count(*) FROM feedback").fetchone() == (0,)
    left.close()
    assert ANSWERED.encode() not in file.read_bytes()


def _write(file: Path, name: str, count: int) -> None:
    log = QuestionLog(settings(file))
    for number in range(count):
        log.record(Origin(door="http", request=f"{name}-{number}"), interpret(f"{name}的第{number}个问题"), None, 1.0)
        log.feedback(f"{name}-{number}", Feedback(kind="no_answer"))
    log.close()


def test_several_processes_write_at_once_and_nothing_is_lost(file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(file, name, 50)) for name in ("甲", "乙", "丙", "丁")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    entries = QuestionLog(settings(file)).entries()
    assert {entry.question for entry in entries} == {f"{name}的第{n}个问题" for name in "甲乙丙丁" for n in range(50)}
    assert len({entry.id for entry in entries}) == 200
    assert all(entry.feedback for entry in entries)


def break_folder(file: Path) -> None:
    file.parent.parent.mkdir(exist_ok=True)
    file.parent.write_text("a file where the folder should be")


def break_content(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database at all, but long enough to be looked at" * 100)


def break_version(file: Path) -> None:
    file.parent.mkdir(parents=True)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize("broken", [break_folder, break_content, break_version])
def test_a_broken_log_never_fails_an_answer_but_is_reported(
    service: PolicyQA, file: Path, broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken(file)
    with caplog.at_level(logging.ERROR):
        reply = service.ask(ANSWERED, origin=HTTP)
    assert reply.answer is not None
    assert service.questions.failures == 1
    assert str(file) in caplog.text and ANSWERED not in caplog.text
    with pytest.raises(QuestionLogError, match="权限"):
        service.questions.check()


def test_a_log_that_is_moved_away_is_made_anew(service: PolicyQA, file: Path) -> None:
    ask(service, ANSWERED)
    service.questions.store.close()
    ask(service, ANSWERED)
    file.rename(file.with_name("old.sqlite"))
    ask(service, REFUSED)
    assert [entry.question for entry in service.questions.entries()] == [REFUSED]
    assert service.questions.failures == 0


@pytest.mark.parametrize(
    ("enabled", "broken", "state"), [(False, False, "ok"), (True, False, "ok"), (True, True, "fail")]
)
def test_doctor_tells_of_the_log(
    index: Path, file: Path, monkeypatch: pytest.MonkeyPatch, enabled: bool, broken: bool, state: str
) -> None:
    if broken:
        break_content(file)
    monkeypatch.setenv("QA_LOG__ENABLED", json.dumps(enabled))
    monkeypatch.setenv("QA_LOG__FILE", str(file))
    found = findings(State(config=None, index=index, quiet=True, no_color=True))
    (finding,) = [one for one in found if one.name == "问题记录"]
    assert finding.state == state
    assert file.exists() == enabled
