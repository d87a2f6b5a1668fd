"""Enumerations inside paragraphs, 一是…；二是… and 一方面…，另一方面…, told by their order."""

import re
from collections.abc import Sequence

from index.grammar import HAN, Mark
from index.numerals import to_int

# 一是认真做好…；二是…；not: 统一是, 唯一是, 这一是, 一是一二是二, 是一是否…
_ENUMERATOR = re.compile(rf"(?<![{HAN}])([一二三四五六七八九十]{{1,2}})是(?![一否])")
# 一方面，…。另一方面，…；only at the begin of a sentence; not: 从一方面看
_ASPECT = re.compile(r"(?:^|(?<=[。；：\n]))(另一方面|一方面)(?=[，,、\u3400-\u9fff])")


# what follows the last member and belongs to the whole again: …。下一步，我局将…
_RETURN = re.compile(r"(?<=[。\n])(?:下一步|下一?阶段|今后)(?=[，,])")


def _enumerators(text: str) -> list[Mark]:
    """The members of complete runs 一是, 二是, … in ``text``; a single 一是 is none."""
    marks: list[Mark] = []
    run: list[Mark] = []
    for found in _ENUMERATOR.finditer(text):
        number = to_int(found[1])
        mark = Mark(kind="enumerator", value=(number or 0,), text=found[0], start=found.start(), end=found.end())
        if number == 1:
            marks.extend(run if len(run) > 1 else [])
            run = [mark]
        elif run and number == run[-1].value[0] + 1:
            run.append(mark)
    marks.extend(run if len(run) > 1 else [])
    found_return = _RETURN.search(text, marks[-1].end) if marks else None
    if found_return is not None:
        start, end = found_return.span()
        marks.append(Mark(kind="return", value=(0,), text="", start=start, end=end))
    return marks


def _aspects(text: str) -> list[Mark]:
    """The two members of 一方面 … 另一方面 …, where both stand in ``text`` in this order."""
    marks = [
        Mark(
            kind="aspect",
            value=(1 if found[1] == "一方面" else 2,),
            text=found[1],
            start=found.start(),
            end=found.end(),
        )
        for found in _ASPECT.finditer(text)
    ]
    values = [mark.value[0] for mark in marks]
    return marks if values == [1, 2] else []


def members(paragraphs: Sequence[str]) -> dict[int, list[Mark]]:
    """The members of enumerations in a run of paragraphs of one clause.

    Args:
        paragraphs: their texts, in order; a member may begin in any of them.

    Returns:
        For each paragraph (by its position) in which members begin: their marks, with places in that paragraph.
        Members of an enumeration 一是… stand anywhere behind punctuation; 一方面… is looked for only where there is
        none. A mark of kind ``return`` tells where the text behind the last member belongs to the whole again.
    """
    joined = "\n".join(paragraphs)
    marks = _enumerators(joined) or _aspects(joined)
    starts = [0]
    for text in paragraphs:
        starts.append(starts[-1] + len(text) + 1)
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        number = next(index for index, end in enumerate(starts[1:]) if mark.start < end)
        shift = starts[number]
        local = Mark(kind=mark.kind, value=mark.value, text=mark.text, start=mark.start - shift, end=mark.end - shift)
        found.setdefault(number, []).append(local)
    return found
