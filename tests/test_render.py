"""What a reader sees: excerpts, marks, and texts that look like markup."""

import io
import re
from dataclasses import replace
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.records import Clause, Document, Metadata, Span
from qa.marking import excerpt, matched_words, occurrences, pieces
from qa.records import Answer, Citation, Hit, Interpretation, Refusal, Reply
from qa.render import Reader
from qa.schemas import Shapes
from qa.visible import visible

TEXT = "9. 提高亩产效益。到2025年，国家级开发区产出强度达到[bold]500万元/亩[/bold]以上，联系13612345678。"


def document(**facts: str) -> Document:
    return Document(id="abc", source="a/b.txt", kind="txt", sha256="0", length=100, metadata=Metadata(**facts))


def clause(text: str = TEXT) -> Clause:
    return Clause(
        id="abc-1", document_id="abc", ordinal=1, path="二、（四）9.", level=3, kind="clause", marker="9.", heading="",
        headings=("二、主要任务",), text=text, start=10, end=10 + len(text), spans=(Span(start=10, end=10 + len(text)),),
        parent=None,
    )  # fmt: skip


def reply(*, refused: bool = False) -> Reply:
    about = document(title="某方案", number="筑府办函〔2021〕33号", issued_on="2021-05-31")
    hit = Hit(rank=1, score=0.9, key=1, lexical=1.0, dense=0.5, document=about, clause=clause())
    quote = TEXT[3:]
    answer = Answer(
        text=f"{quote}[1]",
        citations=(Citation(marker=1, document=about, clause=clause(), quote=quote, start=13, end=10 + len(TEXT)),),
    )
    refusal = Refusal(reason="no_evidence", message="没有找到。", nearest=(hit,))
    return Reply(
        interpretation=Interpretation(question="国家级开发区产出强度"),
        answer=None if refused else answer,
        refusal=refusal if refused else None,
        hits=(hit,),
        took_ms=1.0,
    )


def shown(what: Reply, *, terminal: bool = False, show_phone: bool = False) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=terminal, width=200, highlight=False, markup=False, color_system="standard"
    )
    Reader(console, Shapes(show_phone=show_phone)).reply(what)
    return stream.getvalue()


def test_path_number_and_date_stand_before_the_text() -> None:
    lines = shown(reply()).splitlines()
    assert lines[0].startswith("答：")
    assert lines[1] == "[1] 二、（四）9. · 筑府办函〔2021〕33号 · 2021-05-31"
    assert lines[2].strip() == "《某方案》 › 二、主要任务"


def test_text_is_never_taken_for_markup() -> None:
    assert "[bold]500万元/亩[/bold]" in shown(reply())
    assert "[bold]" in shown(reply(), terminal=True)


def test_phone_is_masked() -> None:
    assert "136****5678" in shown(reply())
    assert "13612345678" in shown(reply(), show_phone=True)


def test_matched_words_are_marked_on_a_terminal_only() -> None:
    assert "\x1b[1;33m" in shown(reply(), terminal=True)
    assert "\x1b" not in shown(reply())


def test_refusal_shows_what_comes_nearest() -> None:
    text = shown(reply(refused=True))
    assert "没有回答：没有找到。" in text
    assert "最接近的条款" in text and "二、（四）9." in text


def test_what_a_document_does_not_say_is_said_so() -> None:
    hit = Hit(rank=1, score=0.1, key=0, lexical=0.0, dense=None, document=document(), clause=clause("条文"))
    refusal = Refusal(reason="no_evidence", message="无。", nearest=(hit,))
    text = shown(
        Reply(interpretation=Interpretation(question="问"), answer=None, refusal=refusal, hits=(hit,), took_ms=0.0)
    )
    assert "无发文字号 · 日期不详" in text and "a/b.txt" in text


def test_words_are_found_in_any_width_and_case() -> None:
    assert occurrences("ＡＩ与ai，２０２５年", ["ai", "2025"]) == [(0, 2), (3, 5), (6, 10)]


def test_matched_words_leave_out_single_characters() -> None:
    assert "的" not in matched_words("开发区的产出强度")
    assert "开发区" in matched_words("開發區的產出強度")


@given(st.text(max_size=600), st.lists(st.text(min_size=1, max_size=5), max_size=4), st.integers(20, 200))
def test_excerpt_is_a_stretch_of_the_text(text: str, words: list[str], length: int) -> None:
    found = excerpt(text, words, length)
    line = " ".join(text.split())
    assert len(found) <= length + 2
    assert found.strip("…") in line or found in line
    assert len(line) > length or found == line


def test_excerpt_holds_the_words() -> None:
    text = "前" * 500 + "产出强度" + "后" * 500
    assert "产出强度" in excerpt(text, ["产出强度"])


def test_second_quote_of_a_clause_does_not_repeat_its_place() -> None:
    once = reply()
    assert once.answer is not None
    (first,) = once.answer.citations
    twice = replace(once, answer=Answer(text="甲[1]乙[2]", citations=(first, replace(first, marker=2))))
    assert shown(twice).count("筑府办函〔2021〕33号 · 2021-05-31") == 1
    assert "[2] 同上" in shown(twice)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_document_cannot_steer_the_terminal(terminal: bool) -> None:
    hostile = "正文\x1b]0;title\x07\x1b[2J\u202e倒\x9b31m"
    about = document(title="标\x1b[31m题")
    hit = Hit(rank=1, score=0.1, key=0, lexical=0.0, dense=None, document=about, clause=clause(hostile))
    refusal = Refusal(reason="no_evidence", message="无。", nearest=(hit,))
    asked = Reply(interpretation=Interpretation(question="正文"), answer=None, refusal=refusal, hits=(), took_ms=0.0)
    text = shown(asked, terminal=terminal)
    for sign in ("\x1b]", "\x1b[2J", "\x1b[31m题", "\x07", "\u202e", "\x9b"):
        assert sign not in text
    assert "正文" in "".join(re.sub(r"\x1b\[[0-9;]*m", "", text))


@given(st.text())
def test_what_is_printed_has_the_same_length_and_no_controls(text: str) -> None:
    found = visible(text)
    assert len(found) == len(text)
    assert not any(category(sign) == "Cc" and sign not in "\n\t" for sign in found)


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45)).map(lambda pair: (min(pair), max(pair)))),
)
def test_pieces_join_to_the_text_and_mark_the_ranges(text: str, ranges: list[tuple[int, int]]) -> None:
    found = list(pieces(text, sorted(ranges)))
    assert "".join(part for part, _ in found) == text
    flags = [marked for part, marked in found for _ in part]
    assert flags == [any(start <= at < end for start, end in ranges) for at in range(len(text))]
