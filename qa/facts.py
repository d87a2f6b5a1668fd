"""Questions about a document itself (number, signatory, dates, disclosure) -> the lines of its head or signature block.

Which document is meant is judged by what the question says beside the fact that it asks for: its title, issuer,
addressee, preamble and year. The fact is then quoted from the document, never from the catalog.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.backend import Backend
from index.numerals import FoundDate, find_dates
from index.records import Clause, Document, Span
from index.tokens import fold
from qa.features import met
from qa.kernels import Floats, weighted_share
from qa.query import Query
from qa.rank import Ranking

_LINES = {
    "number": r"号",
    "signatory": r"签\s*发\s*人",
    "disclosure": r"公\s*开",
    "printed_on": r"印\s*发",
    "issued_on": r"年",
    "effective_on": r"施行|实施|执行|生效",
    "issuer": r"",
    "addressee": r"[：:]\s*$",
    "copies": r"抄\s*[送报]",
    "contact": r"联系(?:人|电话|方式)|电\s*话",
    "printed_copies": r"共\s*印|印\s*\d+\s*份",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in _LINES.items()}
# words that ask for the fact and say nothing about which document is meant
_ASKING = re.compile(
    r"签发人?|发文字号|文号|字号|公文|编号|印发|主动|依申请|不予|公开|方式|属性|抄送|主送|联系人?|电话|日期|时间|共印|几份|多少份|成文"
    r"|发文|机关|单位|部门|几月几[号日]|哪[年月日天]|哪一?[份个家]|什么时候|何时|文件|施行|实施|生效|最新|目前|能查到"
)
_SEVERAL = re.compile(
    r"分别|各(?:是|自)|[两几]份|两个|[三四五]份|一样不|是否相同|有(?:什么|何|啥)(?:不同|区别)|换成|换了|都是"
)
_LATEST = re.compile(r"最新|最近(?:的|一)|最后(?:一|的)|现行|目前.{0,4}(?:最新|有效)")
_STRONG = frozenset({"number", "signatory", "disclosure", "copies", "printed_copies", "printed_on"})
_ABOUT = 0.55
"""Share of the rest of the question that a document's own particulars must hold before a weak field is answered from
them: 什么时候出台 may well ask for what a clause says."""
_CLOSE = 0.12
_KINDS = ("head", "signature", "closing", "preamble")
_MOST_DOCUMENTS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """A quoted line of a document's head or signature block."""

    document: Document
    clause: Clause
    span: Span


def facts(fields: Sequence[str], query: Query, ranking: Ranking, backend: Backend) -> list[Fact]:
    """The lines that state the facts asked for, of the document or documents meant; empty where none is found.

    Args:
        fields: names from :data:`qa.fields.FIELDS`.
        query: the question taken apart.
        ranking: what the search found, the source of the documents considered.
        backend: for the documents' clauses.
    """
    meant = documents_meant(fields, query, ranking, backend)
    if "issuer" in fields and "印" in query.folded:
        # who printed it stands in the colophon, beside the day of printing
        fields = [name for name in fields if name != "issuer"] + ["printed_on"]
    found: list[Fact] = []
    for document in meant:
        found.extend(_lines_of(document, fields, backend))
    return found


def documents_meant(fields: Sequence[str], query: Query, ranking: Ranking, backend: Backend) -> list[Document]:
    """The documents that a question about a document means, the best one first; several only where it asks for such."""
    documents = _considered(query, ranking, backend)
    if not documents:
        return []
    about = _about(query, ranking, documents, backend)
    order = np.argsort(-about, kind="stable")
    best = float(about[order[0]])
    if best < _ABOUT and not query.named and not (set(fields) & _STRONG):
        return []
    if _LATEST.search(query.folded):
        near = [documents[place] for place in order if about[place] >= best - 2 * _CLOSE]
        return sorted(near, key=_date, reverse=True)[:1]
    years = [year for year in query.years if any(_date(d).startswith(year) for d in documents)]
    if len(years) > 1:
        picked = [next(documents[p] for p in order if _date(documents[p]).startswith(year)) for year in years]
        return list(dict.fromkeys(picked))
    if _SEVERAL.search(query.folded) or len(query.named) > 1:
        return [documents[place] for place in order[:3] if about[place] >= best - 2 * _CLOSE]
    return [documents[order[0]]]


def _considered(query: Query, ranking: Ranking, backend: Backend) -> list[Document]:
    documents = {passage.document.id: passage.document for passage in ranking.passages}
    if query.named:
        return [backend.document(name) for name in sorted(query.named)]
    return list(documents.values())[:_MOST_DOCUMENTS]


def _about(query: Query, ranking: Ranking, documents: Sequence[Document], backend: Backend) -> Floats:
    """How well each document is what the question speaks of, about 0 to 1."""
    asking = np.array([_ASKING.search(term) is None for term in query.terms], np.float32)
    weights = query.weights * asking
    texts = [_particulars(document, backend) for document in documents]
    own = met(query, texts)
    share = weighted_share(own, weights)
    years = np.array([_year_bonus(query, document) for document in documents], np.float32)
    content = np.array([_best_score(ranking, document) for document in documents], np.float32)
    return np.asarray(share + years + np.float32(0.2) * content, np.float32)


def _year_bonus(query: Query, document: Document) -> float:
    if not query.years or not _date(document):
        return 0.0
    return 0.15 if _date(document)[:4] in query.years else -0.2


def _best_score(ranking: Ranking, document: Document) -> float:
    scores = [float(s) for s, p in zip(ranking.scores, ranking.passages, strict=True) if p.document.id == document.id]
    top = float(ranking.scores[0]) or 1.0
    return max(scores, default=0.0) / top


def _date(document: Document) -> str:
    return document.metadata.issued_on or document.metadata.published_on or document.metadata.printed_on or ""


def _particulars(document: Document, backend: Backend) -> str:
    facts_ = document.metadata
    parts: list[str] = [
        part for part in (facts_.title, facts_.enclosed_title, facts_.number, facts_.issuer, facts_.type) if part
    ]
    parts.extend(clause.text for clause in _outer(backend.clauses(document.id)))
    return fold("\n".join(parts))


def _outer(clauses: Iterable[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.kind in _KINDS]


def _lines_of(document: Document, fields: Sequence[str], backend: Backend) -> list[Fact]:
    """One stretch for each field; stretches of one clause that touch become one."""
    clauses = _outer(backend.clauses(document.id))
    every = backend.clauses(document.id) if "effective_on" in fields else clauses
    spans: dict[str, list[Span]] = {}
    for name in fields:
        place = _line(name, document, every if name == "effective_on" else clauses)
        if place is not None:
            spans.setdefault(place[0].id, []).append(place[1])
    found = []
    for clause in every:
        for span in _joined(spans.get(clause.id, []), clause.text):
            found.append(Fact(document=document, clause=clause, span=span))
    return found


def _line(name: str, document: Document, clauses: Sequence[Clause]) -> tuple[Clause, Span] | None:
    """Where the field stands: the line that fits its pattern and, where the catalog knows the value, holds it."""
    if name == "printed_on" and document.metadata.printed_on is None:
        name = "issued_on"  # without a colophon people mean the day under the signature
    value = getattr(document.metadata, name, None)
    if value is None and name != "printed_copies":
        return None
    places = [(clause, span) for clause in clauses for span in _lines(clause.text)]
    if name in ("issued_on", "printed_on"):
        # the signature block dates the document; a date in the head is often that of publication
        places.sort(key=lambda place: place[0].kind != "signature")
    for clause, span in places:
        line = clause.text[span.start : span.end]
        if _COMPILED[name].search(line) and (value is None or _states(name, line, value)):
            return clause, span
    return None


def _states(name: str, line: str, value: object) -> bool:
    if name.endswith("_on"):
        return any(_iso(found).startswith(str(value)) for found in find_dates(line)) or (
            name == "effective_on" and "之日起" in line
        )
    if name == "disclosure" or name == "contact":
        return True
    visible = "".join(fold(line).split())
    wanted = value if isinstance(value, tuple) else (str(value),)
    return any("".join(fold(part).split()) in visible for part in wanted)


def _iso(found: FoundDate) -> str:
    return found.iso


def _lines(text: str) -> list[Span]:
    spans, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append(Span(start=start, end=start + len(line)))
        start += len(line) + 1
    return spans


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(set(spans), key=lambda one: (one.start, one.end)):
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(start=joined[-1].start, end=max(span.end, joined[-1].end))
        else:
            joined.append(span)
    return joined
