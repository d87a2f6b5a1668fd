"""Names as people write them -> one document or clause of the index, or an error that says what comes near."""

import re
from collections.abc import Sequence

from index.backend import Backend
from index.day import today
from index.directory import spellings
from index.docnumber import number_key
from index.records import Clause, Document, Filters
from index.tokens import fold
from qa.address import meets, steps
from qa.errors import NotFoundError
from qa.relations import ENDED

_SHOWN = 5
_MARKS = re.compile(r"[《》〈〉“”\"'\s]")
_LAST_MARKS = ".、．"


def find_document(backend: Backend, name: str) -> Document:
    """The document that ``name`` means: an id, a number or part of one in any spelling, a title or part, a source.

    Raises:
        NotFoundError: none is meant, or more than one.
    """
    text = name.strip()
    try:
        return backend.document(text)
    except KeyError:
        pass  # no id: it may be a number or a title
    if number_key(text) is not None and (found := backend.documents(Filters(number=text))):
        return _only(found, text)
    documents = backend.documents(None)
    wanted = _bare(text)
    if wanted:
        for fits in (_equals, _equals_short, _holds):
            found = [document for document in documents if fits(document, wanted)]
            if found:
                return _only(_applying(found) if fits is not _holds else found, text)
    raise NotFoundError(
        f"索引中没有“{name}”这份文件；可以在全部文件（qa docs，网页的“文件”）中找，再用 id、发文字号或标题指明。"
    )


def find_clause(clauses: Sequence[Clause], name: str, document: Document) -> Clause:
    """The clause of a document that ``name`` means: an id, a path or an address in any spelling.

    A path that several clauses share (a parent's own words before and after its children) means the first.

    Raises:
        NotFoundError: none is meant, or several of different paths.
    """
    text = name.strip()
    wanted = _path(text)
    asked = steps(text)
    for found in (
        [clause for clause in clauses if clause.id == text],
        [clause for clause in clauses if _path(clause.path) == wanted],
        [clause for clause in clauses if asked and meets(asked, steps(clause.path))],
    ):
        paths = list(dict.fromkeys(clause.path for clause in found))
        if len(paths) == 1:
            return found[0]
        if paths:
            raise NotFoundError(f"“{name}”可以指 {_list(paths)}，请写出完整的条款路径。")
    title = document.metadata.title or document.source
    raise NotFoundError(f"《{title}》里没有条款“{name}”；可以用 qa show {document.id} 查看全部条款。")


def _only(found: Sequence[Document], name: str) -> Document:
    if len(found) == 1:
        return found[0]
    shown = [f"{_title(document)}（id {document.id}）" for document in found]
    raise NotFoundError(f"“{name}”可以指 {len(found)} 份文件：{_list(shown)}；请用 id 指明。")


def _list(names: Sequence[str]) -> str:
    return "、".join(names[:_SHOWN]) + (" 等" if len(names) > _SHOWN else "")


def _title(document: Document) -> str:
    facts = document.metadata
    return f"《{facts.title}》" if facts.title else document.source


def _names(document: Document) -> list[str]:
    facts = document.metadata
    names = [name for name in (facts.title, facts.enclosed_title, document.source) if name]
    return [_bare(name) for name in names]


def _equals(document: Document, wanted: str) -> bool:
    return wanted in _names(document)


def _equals_short(document: Document, wanted: str) -> bool:
    """Whether it is the title without 中华人民共和国, （试行） or the place: 民法典, 优化营商环境条例."""
    facts = document.metadata
    titles = [title for title in (facts.title, facts.enclosed_title) if title]
    return wanted in {_bare(name) for title in titles for name in spellings(title) if name}


def _applying(found: Sequence[Document]) -> Sequence[Document]:
    """Of several texts of one title the one that still applies, where there is just one; else all."""
    applying = [document for document in found if document.validity(today()) not in ENDED]
    return applying if len(applying) == 1 else found


def _holds(document: Document, wanted: str) -> bool:
    return any(wanted in name for name in _names(document))


def _bare(name: str) -> str:
    return _MARKS.sub("", fold(name))


def _path(path: str) -> str:
    return _MARKS.sub("", fold(path)).rstrip(_LAST_MARKS)
