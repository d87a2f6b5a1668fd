"""What references between documents add to an answer: who cites a document, what a clause rests on, what is ended."""

from collections.abc import Sequence
from dataclasses import replace

from index.backend import Backend
from index.records import Clause, Document
from qa.records import Hit

STATES = {
    "in_force": "现行有效",
    "not_yet": "尚未施行",
    "expired": "已过有效期",
    "repealed": "已废止",
    "amended": "已被新版本取代",
    "unknown": "时效未载明",
}
"""Chinese names of the states of validity."""

ENDED = frozenset({"expired", "repealed", "amended"})
"""States of documents that no longer apply."""


_PARTS = 5


def name_of(document: Document) -> str:
    """A document as people call it: 《title》（number）, or its file where it bears no title."""
    facts = document.metadata
    title = f"《{facts.title}》" if facts.title else document.source
    return title + (f"（{facts.number}）" if facts.number else "")


def date_of(document: Document) -> str:
    """The date that is cited, empty where the document has none."""
    return document.metadata.issued_on or document.metadata.published_on or ""


def dated_name(document: Document) -> str:
    """A document with its issuer and date, for a reader who must choose between two."""
    source = "，".join(item for item in (document.metadata.issuer, date_of(document)) if item)
    return f"{name_of(document)}（{source or '日期不详'}）"


def referring(number: str, backend: Backend) -> list[Hit]:
    """The clauses that cite a document which the index does not hold, newest document first, each once."""
    keys = dict.fromkeys(backend.key_of(link.clause_id) for link in backend.links.to_unknown(number=number))
    found = list(zip(keys, backend.fetch(list(keys)), strict=True)) if keys else []
    found.sort(key=lambda item: item[1][0].metadata.issued_on or "", reverse=True)
    return [
        Hit(rank=place, score=0.0, key=key, lexical=0.0, dense=None, exact=True, document=document, clause=clause)
        for place, (key, (document, clause)) in enumerate(found, start=1)
    ]


def around(clause: Clause, backend: Backend) -> list[tuple[str, str]]:
    """What a clause cites and what cites it, as lines for a reader: (引用 or 被引用, what and where)."""
    lines = []
    for link in backend.links.of_clause(clause.id):
        name = f"《{link.title}》" if link.title else ""
        name += f"（{link.number}）" if link.number and name else link.number or ("" if name else "本文件")
        said = name + "、".join(link.parts[:_PARTS]) + ("…" if len(link.parts) > _PARTS else "")
        note = (link.warning or "").rstrip("。") or ("" if link.target_id or link.kind == "internal" else "不在索引中")
        lines.append(("引用", said + (f"【{note}】" if note else "")))
    for link in backend.links.to_clause(clause.id):
        other = link.document_id != clause.document_id
        lines.append(("被引用", (name_of(backend.document(link.document_id)) if other else "") + link.path))
    return list(dict.fromkeys(lines))


def renumbered(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits with ranks from 1 in their order."""
    return tuple(replace(hit, rank=place) for place, hit in enumerate(hits, start=1))
