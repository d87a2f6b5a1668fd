"""What passes between the steps of answering: frozen, keyword-only, without input or output.

question --interpret--> Interpretation --retrieve, rank--> Hits --compose--> Answer or Refusal --service--> Reply
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.day import today
from index.filters import latest
from index.records import Clause, Document, Filters

if TYPE_CHECKING:
    from qa.explain import Explanation
    from qa.facets import Facet

REFUSAL_REASONS = ("no_evidence", "off_topic", "filtered_out", "unknown_document")


@dataclass(frozen=True, kw_only=True, slots=True)
class Interpretation:
    """What a question says of itself, before any search.

    Attributes:
        question: as asked, blanks at both ends aside. Folding (width, script, case) is left to the search.
        numbers: document numbers named, in the standard form (``筑府办函〔2021〕33号``), or of a partly given number
            what was given (``〔2021〕33号``, ``33号``); in order, each once.
        articles: addresses of clauses in the form of a path (``第九条``, ``第三章第二十一条``, ``二、（四）9.``).
        years: four-digit years named, ascending.
        units: bodies named (``省商务厅``), in order, each once.
        titles: what stands in 《》, in order, each once.
        kinds: what is asked for, of the names in :data:`qa.question.KINDS`; empty where nothing tells.
        fields: metadata fields asked for, as in :class:`index.records.Metadata` (``number``, ``signatory``,
            ``disclosure``, ``issued_on``, ``printed_on``, …); empty unless the question asks for one.
        filters: the filters of the call; the question itself sets none.
        today: ISO day on which the question came.
    """

    question: str
    numbers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    today: str = field(default_factory=today)

    @property
    def day(self) -> str:
        """The day as of which is asked: that of the filter ``as_of``, else the one on which the question came."""
        return latest(self.filters.as_of) or self.today


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A ranked clause.

    Attributes:
        rank: from 1.
        score: calibrated, between 0 and 1: how likely the clause answers the question.
        key: the backend's key of the clause; breaks ties.
        lexical: BM25 score, 0.0 where the lexical search did not find it.
        dense: inner product, between -1 and 1; None where there is no embedding.
        exact: True where number, title or address named in the question hit it outright.
        document: the document of the clause.
        clause: the clause.
    """

    rank: int
    score: float
    key: int
    lexical: float
    dense: float | None
    exact: bool = False
    document: Document
    clause: Clause


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """The proof of a sentence of an answer, re-checked against the source text.

    Attributes:
        marker: from 1; stands as ``[1]`` in the answer.
        document: the cited document.
        clause: the cited clause.
        quote: repaired text of a span of the clause.
        start: where the quote begins in the source text.
        end: where it ends there; white space and page furniture aside the source between them equals the quote.
    """

    marker: int
    document: Document
    clause: Clause
    quote: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer cut from the source.

    Attributes:
        text: sentences of the source, each followed by the marker of its citation: ``…[1]…[2]``.
        citations: one a marker, ascending; never empty.
    """

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why there is no answer.

    Attributes:
        reason: one of :data:`REFUSAL_REASONS`.
        message: one or two Chinese sentences: why, and what the asker can do.
        nearest: at most three hits that come nearest.
    """

    reason: str
    message: str
    nearest: tuple[Hit, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What :meth:`qa.service.PolicyQA.ask` gives; exactly one of ``answer`` and ``refusal`` is there.

    Attributes:
        interpretation: holds the question.
        answer: the answer, None where refused.
        refusal: why not, None where answered.
        hits: the ranked clauses.
        took_ms: milliseconds from question to reply.
        notes: Chinese sentences for the reader: what is cited no longer applies, or another document contradicts it.
        explanation: why the hits stand where they do; None unless asked for.
        facets: what the documents that were looked at can be narrowed down by.
    """

    interpretation: Interpretation
    answer: Answer | None
    refusal: Refusal | None
    hits: tuple[Hit, ...]
    took_ms: float
    notes: tuple[str, ...] = ()
    explanation: "Explanation | None" = None
    facets: "tuple[Facet, ...]" = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What :meth:`qa.service.PolicyQA.search` gives: ranked clauses only, and why if that was asked for."""

    interpretation: Interpretation
    hits: tuple[Hit, ...]
    took_ms: float
    explanation: "Explanation | None" = None
