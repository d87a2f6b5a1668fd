"""Text -> sentences: the pieces that an answer may be put together from.

A piece ends at 。！？； or a line break, never inside brackets or quotation marks that close within the same line.
Pieces partition the text (blanks at their ends excepted), so a quote is always a stretch of the clause.
"""

from itertools import pairwise

from index.records import Span

_ENDS = "。！？；;!?"
_OPENING = {"（": "）", "(": ")", "“": "”", "‘": "’", "《": "》", "〔": "〕", "[": "]", "【": "】", "「": "」"}
_CLOSING = frozenset(_OPENING.values())
_LONGEST_BRACKET = 200
"""A bracket that is not closed within so many characters is taken for a slip and does not hold a sentence together."""


def sentences(text: str) -> tuple[Span, ...]:
    """The pieces of ``text`` in order, as half-open ranges of it, none of them blank."""
    cuts = [0]
    position = 0
    while position < len(text):
        character = text[position]
        if character in _OPENING:
            position = _closed_at(text, position) or position
        elif character in _ENDS or character == "\n":
            # ”） after the full stop belong to the sentence that they close
            while position + 1 < len(text) and text[position + 1] in _CLOSING:
                position += 1
            cuts.append(position + 1)
        position += 1
    cuts.append(len(text))
    return tuple(span for a, b in pairwise(cuts) if (span := _trimmed(text, a, b)) is not None)


def _closed_at(text: str, start: int) -> int | None:
    """Where the bracket that opens at ``start`` closes, None where it does not in the same line."""
    expected = [_OPENING[text[start]]]
    for position in range(start + 1, min(len(text), start + _LONGEST_BRACKET)):
        character = text[position]
        if character == "\n":
            return None
        if character == expected[-1]:
            expected.pop()
            if not expected:
                return position
        elif character in _OPENING:
            expected.append(_OPENING[character])
    return None


def _trimmed(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start=start, end=end) if end > start else None
