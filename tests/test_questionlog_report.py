"""What the question log tells: groups, figures, the page, the training pairs that ``qa tune`` reads, and ``qa report``."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from index.embed import open_embedder
from qa import cli
from qa.config import Settings
from qa.errors import UsageError
from qa.questionlog.export import pairs
from qa.questionlog.groups import grouped
from qa.questionlog.html import body, page
from qa.questionlog.plot import plot
from qa.questionlog.records import Entry, Feedback, Origin, Resolution
from qa.questionlog.report import Day, make_report
from qa.questionlog.span import EVER, span
from qa.service import PolicyQA
from qa.tune.questions import Resolver, read_rows

ROOT = Path(__file__).parents[1]
ANSWERED = "国家级开发区工业用地产出强度2025年要达到多少？"
REFUSED = "黔府办发〔2021〕6号怎么考核开发区？"
NOON = datetime(2024, 3, 5, 4, tzinfo=UTC)
EMBEDDER = open_embedder()


def entry(number: int, question: str = "公积金怎么提取", **more: Any) -> Entry:
    values = {
        "id": number, "asked_at": NOON + timedelta(minutes=number), "door": "http", "question": question,
        "numbers": (), "articles": (), "answered": False, "reason": "no_evidence", "took_ms": 10.0, "hits": (),
        "citations": (),
    }  # fmt: skip
    return Entry(**{**values, **more})


def answered(number: int, *said: Feedback, question: str = ANSWERED, citations: tuple[str, ...] = ("a-1",)) -> Entry:
    return entry(number, question, answered=True, reason="", citations=citations, feedback=said)


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["公积金怎么提取", "公积金怎么取出来？", "我想取公积金", "怎么提取住房公积金"], [[0, 1, 2, 3]]),
        (["公积金怎么提取", "公积金怎么提取", "公积金 怎么提取"], [[0, 1, 2]]),
        (["谁管开发区", "开发区谁负责", "开发区由谁负责管理？"], [[0, 1, 2]]),
        (["公积金怎么提取", "公积金贷款最多能贷多少", "失业金怎么领"], [[0], [1], [2]]),
        (["丂丄丅怎么办理", "丂丄丅怎么办"], [[0, 1]]),  # words that the embedding never saw
        ([], []),
    ],
)
def test_questions_of_one_meaning_share_a_group(questions: list[str], expected: list[list[int]]) -> None:
    entries = [entry(number, question) for number, question in enumerate(questions)]
    assert [[one.id for one in group] for group in grouped(entries, EMBEDDER)] == expected


def test_questions_that_name_different_clauses_never_share_a_group() -> None:
    named = [("甲办〔2021〕1号", "第九条"), ("甲办〔2021〕1号", "第十条"), ("甲办〔2021〕2号", "第九条")]
    entries = [
        entry(place, f"{number}{article}怎么规定", numbers=(number,), articles=(article,))
        for place, (number, article) in enumerate(named * 2)
    ]
    assert [[one.id for one in group] for group in grouped(entries, EMBEDDER)] == [[0, 3], [1, 4], [2, 5]]


def test_figures_of_a_span() -> None:
    entries = [
        answered(1),
        answered(2, Feedback(kind="up"), Feedback(kind="click", clause="a-1"), citations=("a-1", "b-2")),
        entry(3, door="widget", took_ms=900.0, hits=(("a-1", 0.1),)),
        entry(4, "公积金怎么取出来？", door="widget", reason="error", asked_at=NOON + timedelta(days=2)),
    ]
    found = make_report(entries, EVER, EMBEDDER, None)
    assert (found.questions, found.answered, found.refusal_rate) == (4, 2, 0.5)
    assert found.refusals == {"no_evidence": 1, "error": 1}
    assert found.doors == {"http": 2, "widget": 2}
    assert found.feedback == {"up": 1, "click": 1}
    assert [(day.questions, day.unanswered) for day in found.days] == [(3, 1), (0, 0), (1, 1)]
    assert [(cited.clause, cited.count) for cited in found.cited] == [("a-1", 2), ("b-2", 1)]
    assert found.slow[0].id == 3 and found.median_ms == 10.0
    (group,) = found.pending
    assert (group.question, group.others, group.count, group.ids) == (
        "公积金怎么提取", ("公积金怎么取出来？",), 2, (3, 4),
    )  # fmt: skip
    assert group.why == {"no_evidence": 1, "error": 1} and group.state == "open"


def test_figures_of_nothing() -> None:
    found = make_report([], span("2024-03", "2024-03"), EMBEDDER, None)
    assert (found.questions, found.refusal_rate, found.median_ms, found.days, found.pending) == (0, None, None, (), ())
    assert (found.since, found.until) == ("2024-03-01", "2024-03-31")


@pytest.mark.parametrize(
    ("said", "waits"),
    [
        ((), False),
        ((Feedback(kind="up"), Feedback(kind="click", clause="a-1")), False),
        ((Feedback(kind="wrong_citation", clause="a-1", comment="引的是旧文件"),), True),
        ((Feedback(kind="outdated"),), True),
        ((Feedback(kind="no_answer"),), True),
        ((Feedback(kind="up"), Feedback(kind="down")), True),
    ],
)
def test_an_answer_with_a_complaint_waits_for_somebody(said: tuple[Feedback, ...], waits: bool) -> None:
    found = make_report([answered(1, *said)], EVER, EMBEDDER, None).pending
    assert len(found) == waits
    assert not waits or found[0].comments == tuple(one.comment for one in said if one.comment)


def test_a_group_is_open_as_long_as_one_of_its_questions_is_and_the_open_ones_come_first() -> None:
    done = Resolution(state="answered", document="公积金管理条例", note="已补录")
    entries = [entry(1, resolution=done), entry(2, resolution=done), entry(3, "失业金怎么领")]
    found = make_report(entries, EVER, EMBEDDER, None).pending
    assert [(group.question, group.state, group.document) for group in found] == [
        ("失业金怎么领", "open", ""), ("公积金怎么提取", "answered", "公积金管理条例"),
    ]  # fmt: skip
    reopened = make_report([*entries, entry(4)], EVER, EMBEDDER, None).pending
    assert [(group.count, group.state) for group in reopened] == [(3, "open"), (1, "open")]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_days_are_those_of_the_clock_on_the_wall(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        found = span("2024-03-05", "2024-03-05")
        assert found.start is not None and found.end is not None
        assert found.end - found.start == timedelta(days=1)
        late = entry(1, asked_at=found.end - timedelta(seconds=1))
        assert [day.day for day in make_report([late], EVER, EMBEDDER, None).days] == ["2024-03-05"]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2024", "2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29"),
        ("2024年3月5日", None, "2024-03-05", "None"),
        (None, None, "None", "None"),
    ],
)
def test_days_may_be_written_as_everywhere(since: str | None, until: str | None, first: str, last: str) -> None:
    found = span(since, until)
    assert (str(found.since), str(found.until)) == (first, last)


@pytest.mark.parametrize(
    ("since", "until"), [("2024-13", None), ("gestern", None), ("0001", None), (None, "9999"), ("2024", "2023")]
)
def test_days_that_are_none_are_refused(since: str | None, until: str | None) -> None:
    with pytest.raises(UsageError):
        span(since, until)


@pytest.mark.parametrize(("days", "bars"), [(1, 1), (92, 92), (93, 14), (400, 58)])
def test_the_chart_is_plain_svg_with_one_bar_a_day_or_a_week(days: int, bars: int) -> None:
    first = NOON.date()
    chart = plot([Day(day=str(first + timedelta(days=n)), questions=n % 5 + 1, unanswered=n % 2) for n in range(days)])
    root = ElementTree.fromstring(chart)
    titles = [title.text or "" for title in root.iter("title")]
    assert len(titles) == bars
    assert sum(int(title.split("：")[1].split(" ")[0]) for title in titles) == sum(n % 5 + 1 for n in range(days))
    assert not [element for element in root.iter() if {"style", "onload"} & set(element.attrib)]
    for bar in root.iter("rect"):
        assert float(bar.attrib["y"]) >= 0 and float(bar.attrib["y"]) + float(bar.attrib["height"]) <= 176.1


def test_no_days_no_chart() -> None:
    assert plot([]) == ""


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'


def hostile_report() -> Any:
    said = Feedback(kind="down", comment=HOSTILE)
    entries = [
        entry(1, HOSTILE, resolution=Resolution(state="open", document=HOSTILE, note=HOSTILE)),
        entry(2, HOSTILE.lower() + "？"),
        answered(3, said, citations=(HOSTILE,)),
    ]
    return make_report(entries, EVER, EMBEDDER, None)


def test_a_question_is_text_in_the_file_and_on_the_page() -> None:
    found = hostile_report()
    for text in (page(found, enabled=True), str(body(found, enabled=True, action="/admin/report", links=True))):
        assert "<script" not in text and "<img" not in text and "49" not in text
        assert text.count("&lt;script&gt;") >= 5
    assert "<form" not in page(found, enabled=True)
    assert 'name="ids" value="1,2"' in str(body(found, enabled=True, action="/admin/report"))


def test_the_file_stands_alone() -> None:
    text = page(hostile_report(), enabled=True)
    assert "http:" not in text and "https:" not in text and "<link" not in text and "url(" not in text


CLICK, UP = Feedback(kind="click", clause="a-1"), Feedback(kind="up")


@pytest.mark.parametrize(
    ("said", "clauses"),
    [
        ((CLICK,), ["a-1"]),
        ((UP,), ["c-1", "c-2"]),
        ((Feedback(kind="up", clause="b-2"), CLICK), ["b-2", "a-1"]),
        ((UP, Feedback(kind="outdated", clause="c-1")), ["c-2"]),
        ((CLICK, Feedback(kind="wrong_citation", clause="a-1")), None),
        ((CLICK, Feedback(kind="no_answer")), None),
        ((CLICK, Feedback(kind="down")), None),
        ((UP, Feedback(kind="wrong_citation")), None),
        ((Feedback(kind="down", clause="c-1"), CLICK), ["a-1"]),
        ((), None),
    ],
)
def test_pairs_are_what_readers_found_right(said: tuple[Feedback, ...], clauses: list[str] | None) -> None:
    found = list(pairs([answered(1, *said, citations=("c-1", "c-2"))]))
    assert found == ([{"question": ANSWERED, "clauses": clauses}] if clauses else [])


def test_pairs_of_one_question_are_joined_and_a_complaint_of_one_reader_counts_for_all() -> None:
    other = Feedback(kind="click", clause="b-2")
    entries = [
        answered(1, CLICK),
        answered(2, other, CLICK),
        answered(3, Feedback(kind="wrong_citation", clause="a-1")),
    ]
    assert list(pairs(entries)) == [{"question": ANSWERED, "clauses": ["b-2"]}]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "index"
    PolicyQA(Settings.model_validate({"index": {"folder": folder}})).index([ROOT / "seeds"])
    return folder


@pytest.fixture
def arguments(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("QA_LOG__ENABLED", "true")
    monkeypatch.setenv("QA_LOG__FILE", str(tmp_path / "questions.sqlite"))
    return ["--index", str(index)]


@pytest.fixture
def service(arguments: list[str], index: Path) -> PolicyQA:
    return PolicyQA(Settings.model_validate({"index": {"folder": index}}))


def test_what_the_log_exports_is_what_tune_reads(
    service: PolicyQA, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = service.ask(ANSWERED, origin=Origin(door="http", request="one"))
    assert reply.answer is not None
    service.questions.feedback("one", Feedback(kind="up"))
    service.ask(REFUSED, origin=Origin(door="http", request="two"))
    file = tmp_path / "pairs.jsonl"
    assert cli.run([*arguments, "report", "--export", str(file)]) == 0
    assert "1 题" in capsys.readouterr().err
    found, lost = Resolver(service.backend).asked(read_rows(file))
    assert lost == [] and [asked.text for asked in found] == [ANSWERED]
    assert found[0].documents == {reply.answer.citations[0].document.id}
    keys = {service.backend.key_of(citation.clause.id) for citation in reply.answer.citations}
    assert set(found[0].keys.tolist()) == keys


def test_report_on_the_command_line(
    service: PolicyQA, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*arguments, "ask", ANSWERED]) == 0
    assert cli.run([*arguments, "ask", REFUSED]) == 1
    capsys.readouterr()
    assert cli.run([*arguments, "report", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["questions"], found["refusal_rate"], found["doors"]) == (2, 0.5, {"cli": 2})
    assert found["cited"][0]["path"] == "二、（四）9." and found["cited"][0]["number"] == "筑府办函〔2021〕33号"
    (group,) = found["pending"]
    assert (group["question"], group["why"], group["state"]) == (REFUSED, {"unknown_document": 1}, "open")
    number = str(group["ids"][0])
    assert (
        cli.run([*arguments, "report", "--resolve", number, "--document", "黔府办发〔2021〕6号", "--note", "已补录"])
        == 0
    )
    html = tmp_path / "report.html"
    assert cli.run([*arguments, "report", "--html", str(html)]) == 0
    assert "二、（四）9.，" in html.read_text(encoding="utf-8")
    capsys.readouterr()
    assert cli.run([*arguments, "report"]) == 0
    out = capsys.readouterr().out
    assert f"[已有文件可答] {REFUSED}" in out and "：黔府办发〔2021〕6号（已补录）；编号" in out
    assert "二、（四）9.，" in out


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (["--resolve", "1,x"], 2, "编号"),
        (["--resolve", ""], 2, "编号"),
        (["--resolve", "77"], 1, "77"),
        (["--resolve", "1", "--state", "lost"], 2, "lost"),
        (["--note", "已补录"], 2, "--resolve"),
        (["--since", "2024-99"], 2, "2024-99"),
        (["--html", "/nowhere/at/all.html"], 2, "/nowhere/at/all.html"),
        (["--export", "/nowhere/at/all.jsonl"], 2, "/nowhere/at/all.jsonl"),
    ],
)
def test_report_says_what_is_wrong(
    arguments: list[str], capsys: pytest.CaptureFixture[str], given: list[str], code: int, told: str
) -> None:
    assert cli.run([*arguments, "report", *given]) == code
    assert told in capsys.readouterr().err


def test_report_without_an_index_still_counts(
    service: PolicyQA, tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    service.ask(ANSWERED, origin=Origin(door="page"))
    assert cli.run(["--index", str(tmp_path / "none"), "report"]) == 0
    assert "索引中已没有" in capsys.readouterr().out


def test_report_of_a_log_that_is_off_says_how_to_turn_it_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["report"]) == 0
    assert "log.enabled: true" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_question_must_not_steer_the_terminal(
    service: PolicyQA, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    service.ask("产出强度\u202e是多少", origin=Origin(door="http", request="one"))
    service.questions.feedback("one", Feedback(kind="down", comment="\x1b]0;owned\x07\x1b[2J"))
    assert cli.run([*arguments, "report"]) == 0
    out = capsys.readouterr().out
    assert "owned" in out and not {"\x1b", "\x07", "\u202e"} & set(out)
