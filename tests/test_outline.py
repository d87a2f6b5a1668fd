"""Levels and succession of marks."""

import pytest

from index.grammar import Mark, read_mark
from index.outline import Outline, step


def walk(lines: list[str]) -> list[int | None]:
    """Depth of each line's mark, None where it is refused."""
    marks = [read_mark(line) for line in lines]
    outline = Outline()
    depths: list[int | None] = []
    for number, mark in enumerate(marks):
        place = outline.judge(mark, [m for m in marks[number + 1 :] if m]) if mark else None
        if mark and place:
            outline.enter(mark, place)
        depths.append(place.depth if place else None)
    return depths


@pytest.mark.parametrize(
    ("lines", "depths"),
    [
        # restart under each parent
        (["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊"], [0, 1, 1, 0, 1]),
        # run-on across parents
        (["一、甲", "（一）乙", "（二）丙", "二、丁", "（三）戊", "（四）己"], [0, 1, 1, 0, 1, 1]),
        (["（一）甲", "1. 乙", "2. 丙", "（二）丁", "3. 戊"], [0, 1, 1, 0, 1]),
        # a level is skipped
        (["一、甲", "1. 乙", "2. 丙", "二、丁", "3. 戊"], [0, 1, 1, 0, 1]),
        # articles run on through chapters, items restart
        (
            ["第一章 甲", "第一条 乙", "（一）丙", "（二）丁", "第二条 戊", "第二章 己", "第三条 庚"],
            [0, 1, 2, 2, 1, 0, 1],
        ),
        # a section appears later, below its chapter
        (["第一章 甲", "第一条 乙", "第二章 丙", "第一节 丁", "第二条 戊", "第二节 己"], [0, 1, 0, 1, 2, 1]),
        # headings 一、 above articles that run on (judicial interpretations)
        (["一、甲", "第一条 乙", "第二条 丙", "二、丁", "第三条 戊"], [0, 1, 1, 0, 1]),
        # inserted article
        (["第十九条 甲", "第十九条之一 乙", "第二十条 丙"], [0, 0, 0]),
        # decimal
        (["1.1 甲", "1.2 乙", "1.2.1 丙", "1.2.2 丁", "2.1 戊"], [0, 0, 1, 1, 0]),
        # a gap of up to three is accepted, a jump is not
        (["一、甲", "三、乙"], [0, 0]),
        (["1. 甲", "9. 乙"], [0, None]),
        # a list inside another level: arabic goes on behind it
        (["1. 甲", "（一）乙", "（二）丙", "2. 丁"], [0, 1, 1, 0]),
        # a stray list in front does not swallow what follows
        (["1. 甲", "2. 乙", "一、丙", "（一）丁", "1. 戊", "二、己"], [0, 0, 0, 1, 2, 0]),
    ],
)
def test_levels(lines: list[str], depths: list[int | None]) -> None:
    assert walk(lines) == depths


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((1,), (2,), 1),
        ((10,), (10, 1), 1),
        ((10, 1), (10, 2), 1),
        ((10, 1), (11,), 1),
        ((3,), (3,), 0),
        ((1,), (5,), 4),
    ],
)
def test_step(before: tuple[int, ...], after: tuple[int, ...], expected: int) -> None:
    assert step(before, after) == expected


def test_gap_is_reported() -> None:
    outline = Outline()
    remarks = []
    for line in ("第八条 甲", "第十条 乙"):
        mark = read_mark(line)
        assert isinstance(mark, Mark)
        place = outline.judge(mark)
        assert place is not None
        outline.enter(mark, place)
        remarks.append(place.remark)
    assert remarks[1] == "编号缺失：“第八条”之后是“第十条”"
