"""The candidates for numbering marks at the beginning of the paragraphs of one body."""

import re
from collections.abc import Sequence
from itertools import pairwise

from index.grammar import CONTENTS_LINE, Mark, read_decimal_top, read_mark
from index.outline import step
from index.reflow import Paragraph

STRONG = ("book", "subbook", "part", "chapter", "section", "article", "cn", "cn_paren")
"""Kinds that are marks even among the cells of a table that became lines, or inside a box."""


def candidate_marks(paragraphs: Sequence[Paragraph], span: range) -> dict[int, Mark]:
    """Marks by paragraph, tables and quoted wording of other acts left out.

    Args:
        paragraphs: of the whole document.
        span: the body, as places in ``paragraphs``.
    """
    texts = {index: paragraphs[index].text for index in span}
    marks: dict[int, Mark] = {}
    flat = _flat_tables(paragraphs, span)
    quoting = False
    for index in span:
        text = texts[index]
        if paragraphs[index].table or (index in flat and (m := read_mark(text)) and m.kind not in STRONG):
            continue
        if quoting:
            quoting = not _closes_quote(text)
            continue
        if text.startswith("“") and text.count("“") > text.count("”"):
            # new wording of another act, quoted over several paragraphs: “第二十条 …
            quoting = read_mark(text, 1) is not None and any(
                _closes_quote(texts[later]) for later in span if later > index
            )
            continue
        mark = read_mark(text)
        if mark is not None and not CONTENTS_LINE.search(text):
            marks[index] = mark
    if not _articles_run(marks):
        marks = {index: mark for index, mark in marks.items() if mark.kind != "article"}
    if sum(mark.kind == "decimal2" for mark in marks.values()) >= 2:
        for index in span:
            top = read_decimal_top(texts[index]) if index not in marks else None
            if top is not None and len(texts[index]) <= 40:
                marks[index] = top
        for index, mark in list(marks.items()):
            if mark.kind == "arabic" and _tops_decimals(mark, index, marks):
                marks[index] = Mark(kind="decimal1", value=mark.value, text=mark.text, start=mark.start, end=mark.end)
    return marks


def _articles_run(marks: dict[int, Mark]) -> bool:
    """False where lines begin with articles of another act (a list of crimes), told by numbers that do not run on."""
    values = [mark.value for _, mark in sorted(marks.items()) if mark.kind == "article"]
    steps = [step(before, after) == 1 for before, after in pairwise(values)]
    return sum(steps) * 2 >= len(steps)


def _tops_decimals(mark: Mark, index: int, marks: dict[int, Mark]) -> bool:
    """True if ``1.`` is followed by ``1.1`` before the next number of its kind: it is the top of a decimal tree."""
    for later in sorted(marks):
        if later <= index:
            continue
        other = marks[later]
        if other.kind == "decimal2":
            return other.value[0] == mark.value[0]
        if other.kind == mark.kind:
            return False
    return False


def _closes_quote(text: str) -> bool:
    return text.count("”") > text.count("“")


def _flat_tables(paragraphs: Sequence[Paragraph], span: range) -> set[int]:
    """Paragraphs inside runs of six or more short unpunctuated lines: tables whose cells became lines."""
    flat: set[int] = set()
    run: list[int] = []
    for index in [*span, None]:
        text = paragraphs[index].text if index is not None else "。"
        if index is not None and len(text) <= 14 and not re.search(r"[。；：，]", text):
            run.append(index)
            continue
        if len(run) >= 6:
            flat.update(run)
        run = []
    return flat
