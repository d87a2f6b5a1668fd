"""Wire shapes: what ``--json`` prints and other programs rely on. Names and shapes change only with a version.

Phone numbers are masked here, at the last step before anything leaves the program. A masked number keeps its length,
so offsets and lengths stay right.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from index import privacy
from index.day import today
from index.records import Clause, Document, Filters
from qa.records import Citation, Found, Hit, Interpretation, Refusal, Reply

if TYPE_CHECKING:
    from qa.explain import Explanation


class Wire(BaseModel):
    """Base of all shapes: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DutyShape(Wire):
    """Who answers for a clause."""

    role: str = Field(description="责任单位、牵头单位或配合单位")
    units: list[str] = Field(description="单位，按原文写法和顺序")


class DocumentShape(Wire):
    """A document and what it says of itself."""

    id: str
    title: str | None
    number: str | None = Field(description="发文字号，标准写法；文件没有则为 null")
    issuer: str | None
    type: str | None
    issued_on: str | None = Field(description="成文日期")
    published_on: str | None
    effective_on: str | None
    validity: str
    disclosure: str | None
    source: str = Field(description="收录时文件夹下的路径")


class ClauseShape(Wire):
    """A clause as it is cited."""

    id: str
    path: str
    heading: str
    text: str
    start: int = Field(description="在原文中的起点（Unicode 码点，含）")
    end: int = Field(description="在原文中的终点（不含）")
    duties: list[DutyShape]


class OutlineShape(Wire):
    """A clause as a part of its document's tree."""

    id: str
    path: str
    level: int
    marker: str
    heading: str
    text: str
    start: int
    end: int
    parent: str | None = Field(description="上级条款的 id")
    duties: list[DutyShape]


class CitationShape(Wire):
    """The proof of a part of an answer."""

    marker: int
    document: DocumentShape
    clause: ClauseShape
    quote: str
    start: int
    end: int


class ScoresShape(Wire):
    """Where a hit's score comes from."""

    lexical: float
    dense: float | None


class HitShape(Wire):
    """A ranked clause."""

    rank: int
    score: float
    scores: ScoresShape
    document: DocumentShape
    clause: ClauseShape


class RefusalShape(Wire):
    """Why there is no answer."""

    reason: str
    message: str
    nearest: list[HitShape]


class InterpretationShape(Wire):
    """What the question names."""

    numbers: list[str]
    articles: list[str]
    years: list[int]
    units: list[str]
    filters: dict[str, str]


class AskShape(Wire):
    """``qa ask --json``."""

    question: str
    answered: bool
    answer: str
    citations: list[CitationShape]
    refusal: RefusalShape | None
    hits: list[HitShape]
    interpretation: InterpretationShape
    took_ms: float
    notes: list[str] = Field(default=[], description="须知：所引文件或条款已失效，或另有文件给出不同数字；没有时不出现")

    @model_serializer(mode="wrap")
    def _without_empty_notes(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shape: dict[str, Any] = plain(self)
        return shape if self.notes else {name: value for name, value in shape.items() if name != "notes"}


class SearchShape(Wire):
    """``qa search --json``."""

    query: str
    hits: list[HitShape]
    interpretation: InterpretationShape
    took_ms: float


class ShowShape(Wire):
    """``qa show --json``: the clauses of a whole document cover its source text without overlap."""

    document: DocumentShape
    source_text_length: int
    clauses: list[OutlineShape]


class DocumentsShape(Wire):
    """``qa docs --json``."""

    documents: list[DocumentShape]


class Shapes:
    """Records -> wire shapes.

    Args:
        show_phone: True leaves personal mobile numbers as they are.
    """

    def __init__(self, *, show_phone: bool = False) -> None:
        self._show_phone = show_phone

    def text(self, text: str) -> str:
        """A text of a document as it may be shown."""
        return text if self._show_phone else privacy.mask_phones(text)

    def document(self, document: Document, day: str | None = None) -> DocumentShape:
        """The shape of a document; its validity is that of the ISO ``day``, None: today."""
        facts = document.metadata
        return DocumentShape(
            id=document.id,
            title=facts.title,
            number=facts.number,
            issuer=facts.issuer,
            type=facts.type,
            issued_on=facts.issued_on,
            published_on=facts.published_on,
            effective_on=facts.effective_on,
            validity=document.validity(day or today()),
            disclosure=facts.disclosure,
            source=document.source,
        )

    def clause(self, clause: Clause) -> ClauseShape:
        """The shape of a clause."""
        return ClauseShape(
            id=clause.id,
            path=clause.path,
            heading=self.text(clause.heading),
            text=self.text(clause.text),
            start=clause.start,
            end=clause.end,
            duties=_duties(clause),
        )

    def hit(self, hit: Hit, day: str | None = None) -> HitShape:
        """The shape of a hit; scores are rounded to what they can mean."""
        return HitShape(
            rank=hit.rank,
            score=round(hit.score, 4),
            scores=ScoresShape(lexical=round(hit.lexical, 3), dense=None if hit.dense is None else round(hit.dense, 4)),
            document=self.document(hit.document, day),
            clause=self.clause(hit.clause),
        )

    def citation(self, citation: Citation, day: str | None = None) -> CitationShape:
        """The shape of a citation."""
        return CitationShape(
            marker=citation.marker,
            document=self.document(citation.document, day),
            clause=self.clause(citation.clause),
            quote=self.text(citation.quote),
            start=citation.start,
            end=citation.end,
        )

    def ask(self, reply: Reply) -> AskShape:
        """The shape of a reply."""
        answer, day = reply.answer, reply.interpretation.day
        return AskShape(
            question=reply.interpretation.question,
            answered=answer is not None,
            answer=self.text(answer.text) if answer else "",
            citations=[self.citation(citation, day) for citation in answer.citations] if answer else [],
            refusal=self._refusal(reply.refusal, day) if reply.refusal else None,
            hits=[self.hit(hit, day) for hit in reply.hits],
            interpretation=_interpretation(reply.interpretation),
            took_ms=round(reply.took_ms, 1),
            notes=[self.text(note) for note in reply.notes],
        )

    def search(self, found: Found) -> SearchShape:
        """The shape of a search."""
        return SearchShape(
            query=found.interpretation.question,
            hits=[self.hit(hit, found.interpretation.day) for hit in found.hits],
            interpretation=_interpretation(found.interpretation),
            took_ms=round(found.took_ms, 1),
        )

    def show(self, document: Document, clauses: Sequence[Clause]) -> ShowShape:
        """The shape of a document with its clauses, or with some of them."""
        return ShowShape(
            document=self.document(document),
            source_text_length=document.length,
            clauses=[self._outline(clause) for clause in clauses],
        )

    def documents(self, documents: Sequence[Document], day: str | None = None) -> DocumentsShape:
        """The shape of a list of documents; ``day`` as for :meth:`document`."""
        return DocumentsShape(documents=[self.document(document, day) for document in documents])

    def _refusal(self, refusal: Refusal, day: str) -> RefusalShape:
        return RefusalShape(
            reason=refusal.reason, message=refusal.message, nearest=[self.hit(hit, day) for hit in refusal.nearest]
        )

    def _outline(self, clause: Clause) -> OutlineShape:
        return OutlineShape(
            id=clause.id,
            path=clause.path,
            level=clause.level,
            marker=clause.marker,
            heading=self.text(clause.heading),
            text=self.text(clause.text),
            start=clause.start,
            end=clause.end,
            parent=None if clause.parent is None else f"{clause.document_id}-{clause.parent}",
            duties=_duties(clause),
        )


def filters_shape(filters: Filters) -> dict[str, str]:
    """The filters that restrict anything, by name."""
    named: dict[str, Any] = {name: getattr(filters, name) for name in Filters.__slots__}
    return {name: value for name, value in named.items() if value is not None}


def _duties(clause: Clause) -> list[DutyShape]:
    return [DutyShape(role=duty.role, units=list(duty.units)) for duty in clause.duties]


def _interpretation(found: Interpretation) -> InterpretationShape:
    return InterpretationShape(
        numbers=list(found.numbers),
        articles=list(found.articles),
        years=list(found.years),
        units=list(found.units),
        filters=filters_shape(found.filters),
    )


def explained(shape: Wire, explanation: "Explanation | None") -> dict[str, Any]:
    """A shape as JSON-ready values, with ``explanation`` at its end where one was asked for."""
    values = shape.model_dump(mode="json")
    return values if explanation is None else {**values, "explanation": asdict(explanation)}
