"""Checks a memo against the index: documents, numbers, places, quotations, and whether all that is still in force."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from index.backend import Backend
from index.directory import Asked, Directory, Entry
from index.errors import LoadError
from index.load import load, read_bytes
from index.records import Document, SourceText, Span
from index.reflow import reflow
from qa.diff import Piece, marks
from qa.errors import UsageError
from qa.memo import Citation, Memo, Quotation, read_memo
from qa.verify_places import missing_place, place_clauses
from qa.verify_quotes import Holding, Near, Texts

OK, WRONG, UNSURE = "ok", "wrong", "unsure"
PROBLEMS = {
    "unknown_document": "查无此件",
    "number_differs": "文号不符",
    "title_differs": "标题不符",
    "no_such_clause": "条款不存在",
    "quotation_differs": "引文有出入",
    "other_clause": "引文不在所引条款",
    "other_document": "引文不在所引文件",
    "no_source": "引文查无出处",
    "repealed": "已废止",
    "expired": "已过有效期",
    "amended": "已有新版本",
    "not_yet": "尚未施行",
}
"""Code of a problem -> its name."""


_ENDED = re.compile(r"废止|失效|作废|停止执行|不再(?:执行|适用|有效)|取代|代替")
_SURE = 0.75
"""Likeness from which a phrase that is not said to be a source's is taken for its words all the same."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What became of one citation or quotation.

    Attributes:
        kind: ``document``, ``clause`` or ``quotation``.
        text: as the memo writes it.
        span: where it stands in the memo's readable text.
        line: its paragraph, from 1.
        state: ``ok``, ``wrong`` or ``unsure`` (nothing to check it against).
        problem: code of :data:`PROBLEMS`, None where nothing is wrong.
        message: one Chinese sentence that says what was found.
        document: the document of the index that is meant.
        clause_id: the clause that is meant, or that holds the quotation.
        pieces: for a quotation that differs: from the source's words to the memo's.
    """

    kind: str
    text: str
    span: Span
    line: int
    state: str
    problem: str | None
    message: str
    document: Document | None = None
    clause_id: str | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Verdict:
    """State, problem and message of a finding."""

    state: str
    problem: str | None
    message: str
    clause_id: str | None = None
    pieces: tuple[Piece, ...] = ()


_FINE = _Verdict(state=OK, problem=None, message="与索引一致。")


def verify(memo: Memo, backend: Backend, *, as_of: str | None = None) -> list[Finding]:
    """Checks all that a memo cites, in the order of its text.

    Args:
        memo: from :func:`qa.memo.read_memo`.
        backend: the open index.
        as_of: ISO date on which the cited documents must be in force; None: today.
    """
    return _Checker(memo, backend, as_of).run()


class _Checker:
    def __init__(self, memo: Memo, backend: Backend, as_of: str | None) -> None:
        self._memo = memo
        self._backend = backend
        self._as_of = as_of
        self._texts = Texts(backend)
        self._documents = backend.documents(None)

    @cached_property
    def _directory(self) -> Directory:
        return Directory(Entry(position=i, metadata=one.metadata) for i, one in enumerate(self._documents))

    def run(self) -> list[Finding]:
        meant = [self._meant(item) for item in self._memo.citations]
        found = [self._citation(item, meant) for item in self._memo.citations]
        found += [self._quotation(item, meant) for item in self._memo.quotations]
        return sorted(found, key=lambda item: item.span.start)

    # -- documents ----------------------------------------------------------------------------------------------

    def _meant(self, citation: Citation) -> Document | None:
        """The document that a citation means, by its title where it gives one, else by its number."""
        said = citation.reference
        return self._find(said.title, None) or self._find(None, said.number)

    def _find(self, title: str | None, number: str | None) -> Document | None:
        if title is None and number is None:
            return None
        entry = self._directory.find(Asked(title=title, number=number))
        return self._documents[entry.position] if entry else None

    def _document_of(self, index: int | None, meant: Sequence[Document | None]) -> Document | None:
        if index is None:
            return None
        owner = self._memo.citations[index].owner
        return meant[index if owner is None else owner]

    def _citation(self, citation: Citation, meant: Sequence[Document | None]) -> Finding:
        said = citation.reference
        named = citation.owner is None and (said.title is not None or said.number is not None)
        document = self._document_of(self._memo.citations.index(citation), meant)
        verdict = self._named(citation, document) if named else None
        if verdict is None or (verdict.state != WRONG and document is not None):
            place = self._place(citation, document)
            verdict = place if verdict is None or place.state == WRONG or verdict.state == OK else verdict
        if verdict.state == OK and document is not None and named and not self._says_repealed(said.span):
            verdict = self._in_force(document) or verdict
        kind = "clause" if said.parts else "document"
        return self._finding(kind, said.span, verdict, document)

    def _named(self, citation: Citation, document: Document | None) -> _Verdict:
        """Whether the document exists, and title and number agree."""
        said = citation.reference
        if said.number is not None and said.number.endswith(("提案", "建议", "议案")):
            return _Verdict(state=UNSURE, problem=None, message="提案、建议不在核对之列。")
        if document is None:
            ended = self._repealing(said.title)
            if ended is not None and self._says_repealed(said.span):
                return _Verdict(state=OK, problem=None, message=f"索引中没有原文；它确已被《{ended}》废止。")
            return _wrong("unknown_document", self._nearest(said.title, said.number, ended))
        if said.title is None or said.number is None:
            return _FINE
        by_number = self._find(None, said.number)
        if by_number is not None and by_number.id != document.id:
            return _wrong(
                "number_differs", f"{said.number}是{_name(by_number)}；{_name(document)}{_number(document)}。"
            )
        if by_number is not None:
            if self._find(said.title, None) is None:
                return _wrong("title_differs", f"{said.number}的标题是{_name(by_number)}。")
            return _FINE
        if document.metadata.number is not None:
            return _wrong("number_differs", f"{_name(document)}{_number(document)}，不是{said.number}。")
        return _Verdict(state=UNSURE, problem=None, message=f"{_name(document)}的原文没有文号，{said.number}无从核对。")

    def _repealing(self, title: str | None) -> str | None:
        """The title of the document that ended one which the index does not hold; None where none says so."""
        if title is None:
            return None
        for link in self._backend.links.to_unknown(title=title, day=self._as_of):
            if link.repealed_by is not None:
                return link.repealed_by_title
            if link.kind == "废止" and not link.parts:
                return self._backend.document(link.document_id).metadata.title
        return None

    def _nearest(self, title: str | None, number: str | None, ended: str | None) -> str:
        if title is None:
            return f"索引中没有{number}。"
        if ended is not None:
            return f"索引中没有《{title}》；它已被《{ended}》废止。"
        near = self._texts.nearest_title(title, self._documents)
        return f"索引中没有《{title}》。" + (f"最接近的是{_name(near)}。" if near else "")

    def _place(self, citation: Citation, document: Document | None) -> _Verdict:
        parts = citation.reference.parts
        if not parts or document is None:
            return (
                _FINE if not parts else _Verdict(state=UNSURE, problem=None, message="没有说明是哪份文件，无从核对。")
            )
        clauses = self._texts.clauses(document)
        for part in parts:
            if (why := missing_place(clauses, part)) is not None:
                return _wrong("no_such_clause", f"{_name(document)}{why}。")
        first = place_clauses(clauses, parts)
        return _Verdict(state=OK, problem=None, message=_FINE.message, clause_id=first[0].id if first else None)

    def _says_repealed(self, span: Span) -> bool:
        """Whether the sentence itself says that what it names has ended."""
        text = self._memo.text
        first = max(text.rfind(sign, 0, span.start) for sign in "。；\n") + 1
        last = min((at for sign in "。；\n" if (at := text.find(sign, span.end)) >= 0), default=len(text))
        return _ENDED.search(text[first:last]) is not None

    def _in_force(self, document: Document) -> _Verdict | None:
        validity = self._backend.links.validity(document.id, self._as_of)
        if validity.state not in PROBLEMS:
            return None
        proof = dict(validity.proofs).get("ended" if validity.state in ("repealed", "amended") else "expires")
        if validity.state == "not_yet":
            said = f"自{validity.effective_on}起施行"
        elif validity.state == "expired":
            said = f"有效期至{validity.expires_on}"
        else:
            by = self._by(validity.ended_by)
            said = f"自{validity.ended_on}起" if validity.ended_on else ""
            said += ("被" + by if by else "已") + ("废止" if validity.state == "repealed" else "取代")
        quoted = f"（{proof.path}：“{' '.join(proof.text.split())}”）" if proof is not None else ""
        return _wrong(validity.state, f"{_name(document)}{said}{quoted}。")

    def _by(self, document_id: str | None) -> str:
        return _name(self._backend.document(document_id)) if document_id else ""

    # -- quotations ---------------------------------------------------------------------------------------------

    def _quotation(self, quotation: Quotation, meant: Sequence[Document | None]) -> Finding:
        document = self._document_of(quotation.source, meant)
        if quotation.source is not None and document is None:
            verdict = _Verdict(state=UNSURE, problem=None, message="所引文件不在索引中，引文无从核对。")
        elif document is None:
            verdict, document = self._anywhere(quotation)
        else:
            source = self._memo.citations[quotation.source or 0]
            verdict = self._inside(quotation, document, source)
        return self._finding("quotation", quotation.span, verdict, document)

    def _inside(self, quotation: Quotation, document: Document, source: Citation) -> _Verdict:
        """Whether the words stand in the cited clause, else in the cited document, else anywhere."""
        held = self._texts.holding(document, quotation.text)
        parts = [part for part in source.reference.parts if missing_place(self._texts.clauses(document), part) is None]
        if held is not None:
            return self._in_place(held, document, parts)
        near = self._texts.nearest(document, quotation.text)
        if near is not None and (quotation.said or near.likeness >= _SURE):
            return self._differs(near, quotation, document)
        other, where = self._texts.anywhere(quotation.text)
        if not quotation.said:
            message = f"{_name(document)}里没有这句话；文中也没有说它出自那里。"
            return _Verdict(state=UNSURE, problem="no_source", message=message)
        if where is not None:
            return _wrong("other_document", f"{_name(document)}里没有这句话；它在{_name(where)}{_path(other)}。")
        return _wrong("quotation_differs", f"{_name(document)}里没有这句话，也没有相近的话。")

    def _in_place(self, held: Holding, document: Document, parts: Sequence[str]) -> _Verdict:
        wanted = {clause.ordinal for clause in place_clauses(self._texts.clauses(document), parts)}
        if parts and wanted and not wanted & set(held.ordinals):
            return _wrong("other_clause", f"这句话在{_name(document)}{_path(held)}，不在{'、'.join(parts)}。")
        return _Verdict(state=OK, problem=None, message=f"一字不差，见{_path(held)}。", clause_id=held.clause_id)

    def _anywhere(self, quotation: Quotation) -> tuple[_Verdict, Document | None]:
        held, where = self._texts.anywhere(quotation.text)
        if held is not None and where is not None:
            message = f"一字不差，见{_name(where)}{_path(held)}。"
            return _Verdict(state=OK, problem=None, message=message, clause_id=held.clause_id), where
        near, where = self._texts.near_anywhere(quotation.text)
        if near is not None and where is not None:
            return self._differs(near, quotation, where), where
        return _Verdict(state=UNSURE, problem="no_source", message="没有说明出处，索引中也没有相近的话。"), None

    def _differs(self, near: Near, quotation: Quotation, document: Document) -> _Verdict:
        pieces = marks(near.text, re.sub(r"\s+", "", quotation.text).strip("，,。；;：:、"))
        message = f"{_name(document)}{near.path}的原文是“{near.text}”。"
        return _Verdict(
            state=WRONG, problem="quotation_differs", message=message, clause_id=near.clause_id, pieces=pieces
        )

    # -- findings -----------------------------------------------------------------------------------------------

    def _finding(self, kind: str, span: Span, verdict: _Verdict, document: Document | None) -> Finding:
        text = self._memo.text
        return Finding(
            kind=kind,
            text=re.sub(r"\s+", "", text[span.start : span.end]),
            span=span,
            line=text.count("\n", 0, span.start) + 1,
            state=verdict.state,
            problem=verdict.problem,
            message=verdict.message,
            document=document,
            clause_id=verdict.clause_id,
            pieces=verdict.pieces,
        )


def verify_file(file: Path, backend: Backend, *, as_of: str | None = None) -> list[Finding]:
    """Checks a memo in a file of any kind that can be indexed (txt, md, docx, …); else as :func:`verify`.

    Raises:
        UsageError: the file does not exist or cannot be read as a document.
    """
    if not file.is_file():
        raise UsageError(f"没有 {file} 这个文件。")
    try:
        source = load(file)
    except LoadError as error:
        raise UsageError(f"{file}：{error}") from error
    return _verify_source(source, backend, as_of)


def verify_bytes(content: bytes, name: str, backend: Backend, *, as_of: str | None = None) -> list[Finding]:
    """Checks a memo that is in memory; else as :func:`verify_file`.

    Raises:
        LoadError: it cannot be read as a document.
    """
    return _verify_source(read_bytes(content, name), backend, as_of)


def _verify_source(source: SourceText, backend: Backend, as_of: str | None) -> list[Finding]:
    memo = read_memo("\n".join(paragraph.text for paragraph in reflow(source).paragraphs))
    return verify(memo, backend, as_of=as_of)


def _wrong(problem: str, message: str) -> _Verdict:
    return _Verdict(state=WRONG, problem=problem, message=message)


def _name(document: Document | None) -> str:
    if document is None:
        return ""
    title = document.metadata.title
    return f"《{title.strip('《》')}》" if title else f"“{document.source}”"


def _number(document: Document) -> str:
    return f"的文号是{document.metadata.number}" if document.metadata.number else "没有文号"


def _path(held: Holding | None) -> str:
    return held.path if held is not None else ""
