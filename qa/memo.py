"""What a memo cites: documents, places in them, and word-for-word quotations, each with the document it is said of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles import place_starts, read_places
from index.records import Span
from index.references import Reference, find_references

LEAST_QUOTED = 8
"""Characters from which a text in “…” is taken for a quotation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quotation:
    """Words in quotation marks.

    Attributes:
        text: without the marks.
        span: where they stand in the memo, marks included.
        source: index of the citation that they are said of, None where none stands near.
        said: True where the memo says that the words are the source's (规定，“…” or “…”（《…》）); False where it
            merely names a document before a phrase in quotation marks.
    """

    text: str
    span: Span
    source: int | None
    said: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """A document or a place in one, as the memo names it.

    Attributes:
        reference: what the memo says.
        owner: for a place without a document (第九条): index of the citation whose document is meant, None where there
            is none; for all others None.
    """

    reference: Reference
    owner: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Memo:
    """All that is to be checked, in the order of the text.

    Attributes:
        text: the memo's readable text; paragraphs are separated by line breaks.
        citations: documents and places.
        quotations: of :data:`LEAST_QUOTED` characters or more.
    """

    text: str
    citations: tuple[Citation, ...]
    quotations: tuple[Quotation, ...]


_PAIRS = {"“": "”", "「": "」", '"': '"', "『": "』"}
_NO_QUOTATION_BEFORE = re.compile(r"(?:简称|统称|称为|所谓|名为|命名为|称作|题为|主题为)[：:]?$")
_BESIDE = re.compile(r"[（(—\-，,。\s出自见引自语]{0,6}$")
_SENTENCE = re.compile(r"[。！？\n]")
_BEGINS = re.compile(r"(?:[。；，,;\n]|其中?|^)\s*$")
_SAYING = re.compile(
    r"规定|明确|提出|要求|指出|强调|表述|载明|写明|写道|写到|写有|原文|称|提到|说明|定义|：|:|所列|即$|的“?$"
)
_CITABLE = re.compile(r"第")


def read_memo(text: str) -> Memo:
    """Takes a memo's text apart; what the quoted words themselves cite is the source's, not the memo's."""
    references = _references(text)
    memo = _memo(text, references)
    quoted = [item.span for item in memo.quotations if item.said]
    own = [item for item in references if not any(one.start < item.span.start < one.end for one in quoted)]
    return memo if len(own) == len(references) else _memo(text, own)


def _memo(text: str, references: Sequence[Reference]) -> Memo:
    citations: list[Citation] = []
    for reference in references:
        named = reference.title is not None or reference.number is not None
        if not named and not any(_CITABLE.match(part) for part in reference.parts):
            continue
        owner = None if named else _owner(text, reference.span.start, citations)
        citations.append(Citation(reference=reference, owner=owner))
    quotations = tuple(
        Quotation(
            text=text[start + 1 : end - 1],
            span=Span(start=start, end=end),
            source=source,
            said=_said(text, start, end, citations, source),
        )
        for start, end in _quoted(text, citations)
        for source in [_source(text, start, end, citations)]
    )
    return Memo(text=text, citations=tuple(citations), quotations=quotations)


def _references(text: str) -> list[Reference]:
    """The references of the text, and articles that begin a clause of it: 第十三条还要求."""
    found = list(find_references(text))
    for at in place_starts(text):
        covered = any(item.span.start <= at < item.span.end for item in found)
        places = None if covered or not _BEGINS.search(text[:at]) else read_places(text, at)
        if places is not None and "条" in places.parts[0]:
            span = Span(start=at, end=places.end)
            found.append(Reference(kind="internal", title=None, number=None, parts=places.parts, span=span))
    return sorted(found, key=lambda item: item.span.start)


def _owner(text: str, at: int, before: Sequence[Citation]) -> int | None:
    """The document that a bare 第九条 belongs to: the last one named in its paragraph or the one before."""
    for index in range(len(before) - 1, -1, -1):
        if before[index].owner is None and (before[index].reference.title or before[index].reference.number):
            return index if text.count("\n", before[index].reference.span.end, at) <= 1 else None
    return None


def _quoted(text: str, citations: Sequence[Citation]) -> list[tuple[int, int]]:
    """Outermost stretches in quotation marks within a paragraph that are long enough; not those inside a title."""
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(text):
        close = _PAIRS.get(text[index])
        end = _closing(text, index, close) if close else None
        if end is None:
            index += 1
            continue
        inside = re.sub(r"\s", "", text[index + 1 : end - 1])
        titled = any(item.reference.span.start <= index and end <= item.reference.span.end for item in citations)
        if len(inside) >= LEAST_QUOTED and not titled and not _NO_QUOTATION_BEFORE.search(text[:index]):
            found.append((index, end))
        index = end
    return found


def _closing(text: str, at: int, close: str) -> int | None:
    stop = text.find("\n", at)
    stop = len(text) if stop == -1 else stop
    depth = 0
    for index in range(at, stop):
        if text[index] == close and (depth or text[at] != close) and index > at:
            depth -= 1
            if not depth:
                return index + 1
        elif text[index] == text[at]:
            depth += 1
    return None


def _source(text: str, start: int, end: int, citations: Sequence[Citation]) -> int | None:
    """What a quotation is said of: a citation right behind it, else the last before it, else one in its sentence."""
    behind = next((i for i, item in enumerate(citations) if item.reference.span.start >= end), None)
    if behind is not None and _BESIDE.fullmatch(text[end : citations[behind].reference.span.start]):
        gap = text[end : citations[behind].reference.span.start]
        if "（" in gap or "(" in gap or "—" in gap:
            return behind
    before = [i for i, item in enumerate(citations) if item.reference.span.end <= start]
    if before and "\n" not in text[citations[before[-1]].reference.span.end : start]:
        return before[-1]
    if behind is not None and not _SENTENCE.search(text[end : citations[behind].reference.span.start]):
        return behind
    return None


def _said(text: str, start: int, end: int, citations: Sequence[Citation], source: int | None) -> bool:
    if source is None:
        return False
    span = citations[source].reference.span
    return span.start >= end or _SAYING.search(text[span.end : start].rpartition("。")[2]) is not None
