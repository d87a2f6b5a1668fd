"""Citations: every quote equals the source, or there is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Clause, Document, Metadata, Span
from qa.cite import CitationError, check, cite, numbered

SOURCE = "一、工业用地产出强度达\n\n到 500 万元\n\n— 3 —\n\n/亩以上。其余另行规定。"
TEXT = "一、工业用地产出强度达到500万元/亩以上。其余另行规定。"
DOCUMENT = Document(id="d", source="d.txt", kind="txt", sha256="", length=len(SOURCE), metadata=Metadata())


def _clause(text: str = TEXT, source: str = SOURCE, spans: tuple[Span, ...] = ()) -> Clause:
    furniture = source.find("— 3 —")
    cut = (Span(start=0, end=furniture), Span(start=furniture + 5, end=len(source)))
    return Clause(
        id="d-0",
        document_id="d",
        ordinal=0,
        path="一、",
        level=1,
        kind="clause",
        marker="一、",
        heading="",
        headings=(),
        text=text,
        start=0,
        end=len(source),
        spans=spans or cut,
        parent=None,
    )


def test_a_quote_across_a_page_border_is_found_in_the_source() -> None:
    quoted = Span(start=TEXT.index("达到"), end=TEXT.index("其余"))
    citation = cite(DOCUMENT, _clause(), quoted, SOURCE)
    assert citation.quote == "达到500万元/亩以上。"
    assert SOURCE[citation.start : citation.end] == "达\n\n到 500 万元\n\n— 3 —\n\n/亩以上。"


@given(st.integers(0, len(TEXT) - 1), st.integers(1, len(TEXT)))
def test_every_stretch_of_a_clause_can_be_cited(start: int, length: int) -> None:
    quoted = Span(start=start, end=min(len(TEXT), start + length))
    citation = cite(DOCUMENT, _clause(), quoted, SOURCE)
    between = SOURCE[citation.start : citation.end].replace("— 3 —", "")
    assert "".join(between.split()) == "".join(citation.quote.split())


@pytest.mark.parametrize("text", [TEXT.replace("500", "600"), TEXT + "此句为原文所无。"])
def test_a_text_that_the_source_does_not_hold_is_refused(text: str) -> None:
    with pytest.raises(CitationError, match="qa index --rebuild"):
        cite(DOCUMENT, _clause(text), Span(start=0, end=len(text)), SOURCE)


def test_blanks_cannot_be_cited() -> None:
    with pytest.raises(CitationError):
        cite(DOCUMENT, _clause("一、 \n"), Span(start=2, end=4), SOURCE)


@pytest.mark.parametrize(
    "change", [{"start": 3}, {"end": 20}, {"quote": "达到500亿元/亩以上。"}, {"start": -5}, {"end": 10_000}]
)
def test_a_changed_citation_fails_the_check(change: dict[str, object]) -> None:
    quoted = Span(start=TEXT.index("达到"), end=TEXT.index("其余"))
    citation = cite(DOCUMENT, _clause(), quoted, SOURCE)
    check(citation, SOURCE)
    with pytest.raises(CitationError):
        check(replace(citation, **change), SOURCE)  # type: ignore[arg-type]


def test_markers_count_from_one() -> None:
    one = cite(DOCUMENT, _clause(), Span(start=0, end=4), SOURCE)
    assert [citation.marker for citation in numbered([one, one, one])] == [1, 2, 3]
