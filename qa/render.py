"""Records -> what a person reads on the terminal: path, number and date first, matched words marked."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from index.day import today
from index.records import Clause, Document
from qa.explain import Explanation
from qa.marking import excerpt, matched_words, occurrences
from qa.records import Citation, Found, Hit, Reply
from qa.relations import ENDED, STATES, date_of
from qa.schemas import Shapes
from qa.visible import visible
from qa.wrapping import wrapped

_MATCH = "bold yellow"
_HEAD = "bold cyan"
_DIM = "dim"
_ENDED = "bold red"


class Reader:
    """Writes for a reader.

    Args:
        console: where to; it decides on colours and width.
        shapes: masks what must not be shown.
    """

    def __init__(self, console: Console, shapes: Shapes) -> None:
        self._console = console
        self._shapes = shapes

    def reply(self, reply: Reply, *, with_question: bool = False) -> None:
        """An answer with its proofs, or a refusal with what comes nearest; then the ranked clauses."""
        words, day = matched_words(reply.interpretation.question), reply.interpretation.day
        if with_question:
            self._line(Text(f"问：{reply.interpretation.question}", style="bold"))
        if reply.answer is not None:
            self._line(Text("答：", style="bold green") + self._marked(reply.answer.text, words))
            above = None
            for citation in reply.answer.citations:
                self._citation(citation, words, day, same_place=citation.clause.id == above)
                above = citation.clause.id
            for note in reply.notes:
                self._line(Text("注意：", style="bold yellow") + Text(self._shapes.text(note)))
            rest = _others(reply.hits, reply.answer.citations)
            self._hits("相关条款", rest, words, day)
        elif reply.refusal is not None:
            self._line(Text("没有回答：", style="bold red") + Text(self._shapes.text(reply.refusal.message)))
            self._hits("最接近的条款", reply.refusal.nearest, words, day)
        self._explanation(reply.explanation)

    def found(self, found: Found) -> None:
        """Ranked clauses."""
        words = matched_words(found.interpretation.question)
        if not found.hits:
            self._line(Text("没有找到相关条款。"))
        for hit in found.hits:
            self._hit(hit, words, found.interpretation.day)
        self._explanation(found.explanation)

    def document(self, document: Document, clauses: Iterable[Clause]) -> None:
        """A document's facts and its tree of clauses."""
        facts = document.metadata
        state = document.validity(today())
        self._line(Text(facts.title or "（无标题）", style="bold"))
        rows = (
            ("发文字号", facts.number),
            ("发文机关", facts.issuer),
            ("文种", facts.type),
            ("成文日期", facts.issued_on),
            ("印发日期", facts.printed_on),
            ("公布日期", facts.published_on),
            ("施行日期", facts.effective_on),
            ("时效", STATES[state] if state != "unknown" else None),
            ("公开属性", facts.disclosure),
            ("主送", facts.addressee),
            ("签发人", facts.signatory),
            ("抄送", "、".join(facts.copies)),
            ("联系", facts.contact),
            ("来源", f"{document.source}（{document.kind}，{document.length:,} 字，id {document.id}）"),
        )
        for name, value in rows:
            if value:
                self._line(Text(f"  {name}：", style=_DIM) + Text(self._shapes.text(value)))
        self._line(Text())
        for clause in clauses:
            self._line(Text(clause.path, style=_HEAD) + Text(f"  {clause.id}", style=_DIM), max(0, clause.level - 1))
            self._line(Text(self._shapes.text(clause.text)), max(0, clause.level - 1) + 1)

    def clause(self, document: Document, clause: Clause, around: Iterable[tuple[str, str]] = ()) -> None:
        """One clause in full, and what it cites and what cites it, as :func:`qa.relations.around` says it."""
        self._line(_address(document, clause, today()))
        self._line(_place(document, clause), 1)
        self._line(Text(self._shapes.text(clause.text)), 1)
        for duty in clause.duties:
            self._line(Text(f"{duty.role}：", style=_DIM) + Text("、".join(duty.units)), 1)
        for name, said in around:
            self._line(Text(f"{name}：", style=_DIM) + Text(self._shapes.text(said)), 1)

    def documents(self, documents: Sequence[Document], day: str | None = None) -> None:
        """A list of documents: aligned for people on a terminal, tab-separated for programs in a pipe.

        What does not apply on the ISO ``day`` (None: today) is marked on the terminal.
        """
        for document in documents:
            facts = document.metadata
            date = facts.issued_on or facts.published_on or ""
            fields = (document.id, date, facts.number or "", facts.title or document.source)
            if self._console.is_terminal:
                head = Text(f"{fields[0]}  ", style=_DIM) + Text(f"{fields[1]:<10}  ") + Text(fields[2], style=_HEAD)
                self._line(head + _badge(document, day or today()))
                self._line(Text(fields[3]), 1)
            else:
                self._line(Text("\t".join(" ".join(field.split()) for field in fields)))

    def _citation(self, citation: Citation, words: Sequence[str], day: str, *, same_place: bool) -> None:
        marker = Text(f"[{citation.marker}] ", style="bold green")
        if same_place:
            self._line(marker + Text("同上", style=_DIM))
        else:
            self._line(marker + _address(citation.document, citation.clause, day))
            self._line(_place(citation.document, citation.clause), 1)
        self._line(Text("“") + self._marked(citation.quote, words) + Text("”"), 1)

    def _hits(self, title: str, hits: Sequence[Hit], words: Sequence[str], day: str) -> None:
        if hits:
            self._line(Text())
            self._line(Text(title, style="bold"))
            for hit in hits:
                self._hit(hit, words, day)

    def _hit(self, hit: Hit, words: Sequence[str], day: str) -> None:
        head = Text(f"{hit.rank}. ", style="bold") + _address(hit.document, hit.clause, day)
        self._line(head + Text(f"  {hit.score:.2f}", style=_DIM))
        self._line(_place(hit.document, hit.clause), 1)
        self._line(self._marked(excerpt(hit.clause.text, words), words), 1)

    def _explanation(self, explanation: Explanation | None) -> None:
        """Why the clauses stand where they do; nothing unless it was asked for."""
        if explanation is None:
            return
        self._line(Text())
        self._line(Text("为什么这样排", style="bold"))
        for found in explanation.expansions:
            self._line(Text(f"词表：{found.everyday} → {'、'.join(found.official)}"), 1)
        if explanation.cross_encoder:
            self._line(Text("排在前面的条款由交叉编码器重新排序；下面是重排之前各条得分的由来。"), 1)
        for hit in explanation.hits:
            self._line(Text(f"{hit.rank}. ", style="bold") + Text(hit.clause, style=_DIM), 1)
            for title, effects in (("升", hit.raised), ("降", hit.lowered)):
                shown = "，".join(f"{one.name} {one.effect:+.2f}" for one in effects)
                if shown:
                    self._line(Text(f"{title}：{shown}"), 2)

    def _marked(self, text: str, words: Sequence[str]) -> Text:
        shown = Text(self._shapes.text(text))
        for start, end in occurrences(shown.plain, words):
            shown.stylize(_MATCH, start, end)
        return shown

    def _line(self, text: Text, indent: int = 0) -> None:
        text.plain = visible(text.plain)
        if self._console.is_terminal:
            margin = "  " * indent
            for line in wrapped(text, self._console.width - len(margin)):
                self._console.print(Text(margin) + line, no_wrap=True, overflow="ignore", crop=False)
        else:
            # in a pipe a line is never broken
            lines = text.plain.split("\n")
            self._console.file.write("".join(f"{'  ' * indent if line else ''}{line}\n" for line in lines))


def _address(document: Document, clause: Clause, day: str) -> Text:
    facts = document.metadata
    number = facts.number or "无发文字号"
    date = date_of(document) or "日期不详"
    address = Text(clause.path, style=_HEAD) + Text(f" · {number} · {date}")
    return address + _badge(document, day)


def _badge(document: Document, day: str) -> Text:
    """What a reader must know of a document at first sight: that it does not apply on the day."""
    state = document.validity(day)
    return Text(f" · {STATES[state]}" if state in (*ENDED, "not_yet") else "", style=_ENDED)


def _place(document: Document, clause: Clause) -> Text:
    title = document.metadata.title
    name = f"《{title.strip('《》')}》" if title else document.source
    return Text(" › ".join((name, *clause.headings)), style=_DIM)


def _others(hits: Sequence[Hit], citations: Sequence[Citation]) -> tuple[Hit, ...]:
    cited = {citation.clause.id for citation in citations}
    return tuple(hit for hit in hits if hit.clause.id not in cited)
