"""The facts that the index holds: frozen, keyword-only, without input or output.

Offsets are half-open and count Unicode code points of the document's source text, that is of what the loader
read before any repair: ``source_text[start:end]`` is what a reader of the original sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A half-open stretch ``[start, end)`` of the source text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceText:
    """What a loader read from one file, exactly as read.

    Attributes:
        text: the text; all offsets of this project refer to it.
        kind: the kind told by content: ``txt``, ``md``, ``html``, ``docx``, ``doc``, ``pdf``.
        one_line_per_paragraph: True where the format itself knows its paragraphs (html, docx, doc, md): a line
            break then always ends a paragraph. False where lines may be wrapped (txt, pdf).
        page_starts: offsets at which the second and later pages begin; empty where pages are unknown.
        tables: stretches that are table rows (one row a line, cells joined by `` | ``), in order.
        title: the title kept beside the text (``<title>`` of HTML, core properties of Word), unverified.
        warnings: what could not be read although the file as a whole could; one Chinese sentence each.
    """

    text: str
    kind: str
    one_line_per_paragraph: bool
    page_starts: tuple[int, ...] = ()
    tables: tuple[Span, ...] = ()
    title: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Duty:
    """Who answers for a clause.

    Attributes:
        role: ``责任单位``, ``牵头单位`` or ``配合单位``.
        units: the single bodies as written, in order, e.g. ``("省商务厅", "各区（市、县）政府")``.
    """

    role: str
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """The unit that is retrieved and cited: one numbered clause, or one part of a document that bears no number.

    The clauses of a document, in reading order, partition its source text: the first starts at 0, each ends
    where the next starts, the last ends with the text. A parent's clause holds its own words only (marker,
    heading, lead-in), not those of its children. A paragraph that returns to a parent after its children is a
    further clause with the parent's path and no marker.

    Attributes:
        id: ``<document id>-<ordinal>``, stable while the document is unchanged, safe in a URL.
        document_id: id of the document.
        ordinal: position in the document, from 0.
        path: the document's own markers from the outermost in, e.g. ``二、（四）9.``; see the contract.
        level: depth, 1 for a clause of the outermost system; 0 for head, preamble, closing, signature.
        kind: ``head`` (头部), ``preamble`` (前言), ``clause``, ``closing`` (结尾), ``signature`` (落款).
        marker: the marker as written (``9.``, ``第三条``, ``一是``), empty where there is none.
        heading: the heading without its marker, empty where there is none.
        headings: the headings of all ancestors with their markers, outermost first, e.g.
            ``("二、主要任务", "（四）着力提高开发区集约水平。")``.
        text: the repaired, readable text of this clause alone, marker and heading included; paragraphs are
            separated by one line break.
        start: begin of its stretch of the source.
        end: end of its stretch of the source.
        spans: the pieces of ``[start, end)`` that hold its text; page furniture lies between them.
        parent: ordinal of the parent clause, None for the outermost.
        duties: who answers for it.
        duty_spans: where in ``text`` (not in the source) the lists of duties stand; they are not embedded.
    """

    id: str
    document_id: str
    ordinal: int
    path: str
    level: int
    kind: str
    marker: str
    heading: str
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    spans: tuple[Span, ...]
    parent: int | None
    duties: tuple[Duty, ...] = ()
    duty_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Metadata:
    """What a document says of itself; None or empty where it says nothing. Never guessed.

    Dates are ISO (``2021-05-31``; ``2021-09`` where the document gives no day).

    Attributes:
        title: over several lines joined, without line breaks.
        number: the 发文字号 in its standard form, e.g. ``筑府办函〔2021〕33号``.
        issuer: the issuing body; two or three are joined with ``、``, of more the first one stands.
        type: 文种: 通知, 意见, 方案, 答复, 办法, 条例, 法律, 司法解释, 新闻, …
        issued_on: 成文日期, the date that is cited; for laws the latest adoption or amendment.
        printed_on: 印发日期 of the colophon.
        published_on: 公布/发布日期.
        effective_on: 施行日期 where the text names it.
        disclosure: ``主动公开``, ``依申请公开``, ``不予公开``.
        addressee: 主送机关 or the person addressed, without the colon.
        copies: 抄送, the single bodies.
        signatory: 签发人.
        contact: 联系人 and 联系电话 as written.
        enclosed_title: title of the 办法 or 方案 that a notice issues.
    """

    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    type: str | None = None
    issued_on: str | None = None
    printed_on: str | None = None
    published_on: str | None = None
    effective_on: str | None = None
    disclosure: str | None = None
    addressee: str | None = None
    copies: tuple[str, ...] = ()
    signatory: str | None = None
    contact: str | None = None
    enclosed_title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """The days that decide whether a document applies; ISO, None where nothing says it.

    Attributes:
        effective_on: first day.
        expires_on: last day of its term.
        ended_on: the day from which another document repeals or amends it; empty where that day is not known.
        ended_how: ``repealed`` or ``amended``, None where nothing ends it.
    """

    effective_on: str | None = None
    expires_on: str | None = None
    ended_on: str | None = None
    ended_how: str | None = None

    def state(self, day: str) -> str:
        """``in_force``, ``not_yet``, ``expired``, ``repealed``, ``amended`` or ``unknown`` on an ISO day."""
        if self.ended_how is not None and (self.ended_on or "") <= day:
            return self.ended_how
        if self.expires_on is not None and self.expires_on < day:
            return "expired"
        if self.effective_on is not None:
            return "in_force" if self.effective_on <= day else "not_yet"
        return "in_force" if self.expires_on is not None else "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One document of the index.

    Attributes:
        id: short, from ``source`` alone, safe in a URL.
        source: path of the file under the folder that was indexed, with ``/``.
        kind: kind of file found (``txt``, ``pdf``, …).
        sha256: of the file's bytes, hexadecimal.
        length: code points of the source text.
        metadata: what the document says of itself.
        times: from when and until when it applies.
    """

    id: str
    source: str
    kind: str
    sha256: str
    length: int
    metadata: Metadata
    times: Times = field(default_factory=Times)

    def validity(self, day: str) -> str:
        """Its state on an ISO day, see :meth:`Times.state`."""
        return self.times.state(day)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """A document taken apart: what ``index.parse.parse`` gives.

    Attributes:
        metadata: what the document says of itself.
        clauses: in reading order; they partition the source text.
        remarks: gaps and doubles in numbering, unplaced text and the like; one Chinese sentence each.
    """

    metadata: Metadata
    clauses: tuple[Clause, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """Restricts a search before ranking; None means no restriction.

    ``issuer``, ``type`` and ``duty`` match as substrings, ``number`` in any spelling, ``since`` and ``until`` are
    inclusive ISO dates on ``issued_on`` (or, where that is missing, ``published_on``), ``as_of`` is an ISO date:
    documents issued later do not count.
    """

    issuer: str | None = None
    type: str | None = None
    number: str | None = None
    since: str | None = None
    until: str | None = None
    as_of: str | None = None
    duty: str | None = None
    validity: str | None = None
    disclosure: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReport:
    """What became of one file.

    Attributes:
        source: as in :class:`Document`.
        status: ``indexed``, ``unchanged``, ``refused``, or ``ignored`` (no document by rule: data files, READMEs).
        kind: kind found, None where that could not be told.
        clauses: how many were found.
        unplaced: characters of the source (white space aside) that stand in no clause's text.
        remarks: gaps in numbering, warnings of the loader, …
        reason: for ``refused`` and ``ignored``: what the file is and what to do.
        code: for ``refused``: the error's code.
    """

    source: str
    status: str
    kind: str | None = None
    clauses: int = 0
    unplaced: int = 0
    remarks: tuple[str, ...] = ()
    reason: str | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What a build did: one entry a file, seconds by stage, totals, and the sources that are in the index no longer.

    ``recall`` is that of the approximate vector index, None where there are too few vectors to need one, or nothing was
    written; below :data:`index.recall.LEAST` the index searches all vectors one by one.
    """

    files: tuple[FileReport, ...]
    documents: int
    clauses: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    recall: float | None = None
