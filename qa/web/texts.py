"""Records -> what templates show: texts in pieces, some of them marked. Templates escape; nothing here is HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Clause, Span
from qa.marking import occurrences, pieces
from qa.schemas import AskShape

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """A part of an answer and the marker of its proof; the last part of an answer may have none."""

    text: str
    marker: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A paragraph of a clause; of a clause with a heading the first is split into heading and rest."""

    text: Pieces
    heading: bool = False


def marked(text: str, words: Sequence[str]) -> Pieces:
    """A text with the words marked."""
    return tuple(pieces(text, occurrences(text, words)))


def answer(shape: AskShape) -> tuple[Sentence, ...]:
    """An answer cut at its markers. A quote may hold ``[1]`` too: each marker is looked for behind its own quote."""
    found, at = [], 0
    for citation in shape.citations:
        quoted = shape.answer.find(citation.quote, at)
        sign = f"[{citation.marker}]"
        place = shape.answer.find(sign, quoted + len(citation.quote) if quoted >= 0 else at)
        if place < 0:
            continue
        found.append(Sentence(text=shape.answer[at:place].strip(), marker=citation.marker))
        at = place + len(sign)
    if shape.answer[at:].strip():
        found.append(Sentence(text=shape.answer[at:].strip(), marker=None))
    return tuple(found)


def paragraphs(clause: Clause, shown: str, cited: Span | None) -> tuple[Paragraph, ...]:
    """The paragraphs of a clause with the cited stretch marked.

    Args:
        clause: the clause.
        shown: its text as it may be shown, as long as the text itself.
        cited: stretch of the text, None for none.
    """
    cuts = [(cited.start, cited.end)] if cited else []
    ends = _heading_end(clause)
    found, at = [], 0
    for line in shown.split("\n"):
        start, end = at, at + len(line)
        at = end + 1
        parts = [(start, min(end, ends), True), (ends, end, False)] if start < ends else [(start, end, False)]
        for first, last, heading in parts:
            if last > first:
                inside = [(a - first, b - first) for a, b in cuts]
                found.append(Paragraph(text=tuple(pieces(shown[first:last], inside)), heading=heading))
    return tuple(found)


def _heading_end(clause: Clause) -> int:
    """Where marker and heading end in the text of a clause; 0 where it has no heading."""
    if clause.level < 1 or not clause.heading:
        return 0
    place = clause.text.find(clause.heading)
    return place + len(clause.heading) if 0 <= place <= len(clause.marker) + 2 else 0
