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

    id: str = Field(description="短的标识，来源不变则不变，可以放在网址里")
    title: str | None = Field(description="标题；读不到则为 null")
    number: str | None = Field(description="发文字号，标准写法；文件没有则为 null")
    issuer: str | None = Field(description="发文机关")
    type: str | None = Field(description="文种，如 通知、办法")
    issued_on: str | None = Field(description="成文日期")
    published_on: str | None = Field(description="公布日期")
    effective_on: str | None = Field(description="施行日期")
    validity: str = Field(description="时效：in_force、not_yet、expired、repealed、amended、unknown")
    disclosure: str | None = Field(description="公开属性：主动公开、依申请公开、不予公开，没有写明为 null")
    source: str = Field(description="收录时文件夹下的路径")


class ClauseShape(Wire):
    """A clause as it is cited."""

    id: str = Field(description="标识，文件不变则不变")
    path: str = Field(description="条款路径：文件自己的编号，从外到内，如 二、（四）9.")
    heading: str = Field(description="标题，没有则为空")
    text: str = Field(description="这一条款自己的文字，已修复断行")
    start: int = Field(description="在原文中的起点（Unicode 码点，含）")
    end: int = Field(description="在原文中的终点（不含）")
    duties: list[DutyShape] = Field(description="责任单位")


class OutlineShape(Wire):
    """A clause as a part of its document's tree."""

    id: str = Field(description="标识，文件不变则不变")
    path: str = Field(description="条款路径")
    level: int = Field(description="层级，1 为最外层；文头、前言、结尾、落款为 0")
    marker: str = Field(description="编号，按原文写法")
    heading: str = Field(description="标题，没有则为空")
    text: str = Field(description="这一条款自己的文字，不含下级")
    start: int = Field(description="在原文中的起点（Unicode 码点，含）")
    end: int = Field(description="在原文中的终点（不含）")
    parent: str | None = Field(description="上级条款的 id")
    duties: list[DutyShape] = Field(description="责任单位")


class CitationShape(Wire):
    """The proof of a part of an answer."""

    marker: int = Field(description="回答里的标记，[1] 的 1")
    document: DocumentShape = Field(description="所引的文件")
    clause: ClauseShape = Field(description="所引的条款")
    quote: str = Field(description="引文，从原文剪下")
    start: int = Field(description="引文在原文中的起点（Unicode 码点，含）")
    end: int = Field(description="引文在原文中的终点（不含）")


class ScoresShape(Wire):
    """Where a hit's score comes from."""

    lexical: float = Field(description="按词的得分（BM25）")
    dense: float | None = Field(description="按意思的得分（内积），没有嵌入模型则为 null")


class HitShape(Wire):
    """A ranked clause."""

    rank: int = Field(description="名次，从 1 起")
    score: float = Field(description="有多大把握回答了问题，0 到 1")
    scores: ScoresShape = Field(description="得分的来源")
    document: DocumentShape = Field(description="所在的文件")
    clause: ClauseShape = Field(description="条款")


class RefusalShape(Wire):
    """Why there is no answer."""

    reason: str = Field(description="no_evidence、off_topic、filtered_out 或 unknown_document")
    message: str = Field(description="为什么不回答，可以怎么办")
    nearest: list[HitShape] = Field(description="最接近的条款，至多 3 条")


class InterpretationShape(Wire):
    """What the question names."""

    numbers: list[str] = Field(description="问到的发文字号")
    articles: list[str] = Field(description="问到的条款")
    years: list[int] = Field(description="问到的年份")
    units: list[str] = Field(description="问到的单位")
    filters: dict[str, str] = Field(description="起作用的筛选条件")


class AskShape(Wire):
    """``qa ask --json``."""

    question: str = Field(description="问题")
    answered: bool = Field(description="是否回答")
    answer: str = Field(description="回答：原文的句子，各带引用标记；拒答时为空")
    citations: list[CitationShape] = Field(description="每个标记的出处")
    refusal: RefusalShape | None = Field(description="拒答的原因；回答了则为 null")
    hits: list[HitShape] = Field(description="相关条款，按名次")
    interpretation: InterpretationShape = Field(description="从问题里读出了什么")
    took_ms: float = Field(description="用时（毫秒）")
    notes: list[str] = Field(default=[], description="须知：所引文件或条款已失效，或另有文件给出不同数字；没有时不出现")

    @model_serializer(mode="wrap")
    def _without_empty_notes(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shape: dict[str, Any] = plain(self)
        return shape if self.notes else {name: value for name, value in shape.items() if name != "notes"}


class SearchShape(Wire):
    """``qa search --json``."""

    query: str = Field(description="要查找的话")
    hits: list[HitShape] = Field(description="相关条款，按名次")
    interpretation: InterpretationShape = Field(description="从问题里读出了什么")
    took_ms: float = Field(description="用时（毫秒）")


class ShowShape(Wire):
    """``qa show --json``: the clauses of a whole document cover its source text without overlap."""

    document: DocumentShape = Field(description="文件的信息")
    source_text_length: int = Field(description="原文的字数（Unicode 码点）")
    clauses: list[OutlineShape] = Field(description="条款，按阅读顺序")


class DocumentsShape(Wire):
    """``qa docs --json``."""

    documents: list[DocumentShape] = Field(description="文件，按 source 排列")


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
