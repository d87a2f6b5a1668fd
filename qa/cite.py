"""Builds citations, and checks each against the source before anyone sees it.

A clause's text is its source with characters left out (white space, page furniture), so both hold the same visible
characters in the same order, and a quote's place in the source is found by counting them.
"""

from collections.abc import Sequence
from dataclasses import replace

from index.errors import PolicyError
from index.records import Clause, Document, Span
from qa.records import Citation


class CitationError(PolicyError):
    """A quote does not equal the source at its offsets; it must not be shown."""


def cite(document: Document, clause: Clause, quoted: Span, source: str, *, marker: int = 1) -> Citation:
    """The citation of a stretch of a clause's text.

    Args:
        document: of the clause.
        clause: the clause.
        quoted: half-open stretch of ``clause.text`` that holds more than blanks.
        source: the document's source text.
        marker: the number that stands in the answer.

    Raises:
        CitationError: the clause's text is not what its spans cut from the source.
    """
    quote = clause.text[quoted.start : quoted.end].strip()
    before = len(_visible(clause.text[: quoted.start]))
    count = len(_visible(quote))
    places = [at for span in clause.spans for at in range(span.start, span.end) if not source[at : at + 1].isspace()]
    if not count or before + count > len(places):
        raise CitationError(_complaint(document, clause, quote))
    chosen = places[before : before + count]
    citation = Citation(
        marker=marker, document=document, clause=clause, quote=quote, start=chosen[0], end=chosen[-1] + 1
    )
    check(citation, source)
    return citation


def quoted_in(clause: Clause, source: str, start: int, end: int) -> Span | None:
    """The way back: which stretch of the clause's text is ``source[start:end]``; None where that holds none of it."""
    before = inside = 0
    for span in clause.spans:
        before += len(_visible(source[span.start : min(span.end, max(span.start, start))]))
        inside += len(_visible(source[max(span.start, start) : min(span.end, end)]))
    places = [at for at, sign in enumerate(clause.text) if not sign.isspace()][before : before + inside]
    return Span(start=places[0], end=places[-1] + 1) if places else None


def check(citation: Citation, source: str) -> None:
    """Raises CitationError unless the quote is words of its clause and equals the source between its offsets.

    Both are compared without white space, the source also without what lies between the clause's spans (furniture).
    """
    clause = citation.clause
    kept = [
        source[max(span.start, citation.start) : min(span.end, citation.end)]
        for span in clause.spans
        if span.start < citation.end and span.end > citation.start
    ]
    exact = (
        0 <= citation.start < citation.end <= len(source)
        and _visible("".join(kept)) == _visible(citation.quote)
        and citation.quote in clause.text
    )
    if not exact:
        raise CitationError(_complaint(citation.document, clause, citation.quote))


def numbered(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The same citations with markers 1, 2, … in their order."""
    return tuple(replace(citation, marker=place) for place, citation in enumerate(citations, start=1))


def _visible(text: str) -> str:
    return "".join(text.split())


def _complaint(document: Document, clause: Clause, quote: str) -> str:
    return (
        f"引文与原文不符，已弃用：{document.source} {clause.path}“{quote[:30]}”；"
        "索引可能与原文件不一致，请重新运行 qa index --rebuild。"
    )
