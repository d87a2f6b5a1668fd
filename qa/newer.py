"""Two documents on one subject: the newer one leads, and the answer names both with their dates.

One subject have documents of one place that bear one title but for its years and numbers, or that both speak at
length of the same thing, in so many words, for which the question asks. Acts of legislation are left out: between
them a special law or a higher rank may go before the date, and a newer text of the same act is known as such.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.backend import Backend
from index.bodies import Context, place_of
from index.filters import earliest
from index.records import Document
from index.tokens import fold
from qa.front import permuted
from qa.passages import Passage
from qa.rank import Ranking
from qa.records import Interpretation
from qa.relations import ENDED, date_of, dated_name
from qa.scope import Scope

_LOOKED_AT = 8
_AS_GOOD = 2.0
"""Log odds within which a clause of the newer document goes before one of the older."""
_APART = 90
"""Days that two documents must lie apart to be an older and a newer one."""
_LEAST = 5
"""Characters that the name of a thing must have to be told from a common word: 开放创新平台, not 开发区."""
_AT_LENGTH = 2
"""Clauses that must name the thing in each document, unless its title does."""
_ACTS = frozenset({"法律", "行政法规", "部门规章", "规章", "地方性法规", "司法解释"})
_NAMES = re.compile(
    r"[\u4e00-\u9fff]{2,6}?(?:省|自治区|自治州|自治县)|[\u4e00-\u9fff]{2,4}?[市县区](?=人民|政府|委)"
    r"|国务院|最高人民(?:法院|检察院)|(?:人民)?政府|办公[厅室]"
)
_OTHER = re.compile(r"[^\u4e00-\u9fff]")
_YEARS = re.compile(r"[0-9〇零一二三四五六七八九十]+|[第年度批次季期月]|[（(][^（）()]*[）)]|关于|印发|公布|发布")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Clauses of two documents on one subject.

    Attributes:
        newer: of the newer document.
        older: of the older one.
        level: whether both answer about as well; the newer then leads and both are quoted.
        note: one Chinese sentence that names both with their dates.
    """

    newer: Passage
    older: Passage
    level: bool
    note: str


def pair(ranking: Ranking, interpretation: Interpretation, named: Scope, backend: Backend) -> Pair | None:
    """The best clause and the next one of another document on the same subject; None where there is none.

    A question that names a document or a year has chosen itself.
    """
    best = ranking.passages[0]
    if named.named or interpretation.numbers or interpretation.years or not _counts(best.document, interpretation):
        return None
    for place, other in enumerate(ranking.passages[1:_LOOKED_AT], start=1):
        if not _counts(other.document, interpretation) or not _apart(best.document, other.document):
            continue
        if not _same_title(best.document, other.document):
            things = _things(interpretation.question, best, other)
            if not things or not _speak_of_one(things, best.document, other.document, backend):
                continue
        if _same_place(best.document, other.document, backend):
            level = float(ranking.raw[0] - ranking.raw[place]) <= _AS_GOOD
            newer, older = (other, best) if date_of(other.document) > date_of(best.document) else (best, other)
            return Pair(newer=newer, older=older, level=level, note=_note(newer.document, older.document))
    return None


def newer_first(ranking: Ranking, found: Pair | None) -> Ranking:
    """The ranking with the newer clause in the first place, where both answer about as well."""
    if found is None or not found.level or ranking.passages[0] is found.newer:
        return ranking
    keys = [passage.key for passage in ranking.passages]
    first = keys.index(found.newer.key)
    return permuted(ranking, [first, *(place for place in range(len(keys)) if place != first)])


def _counts(document: Document, interpretation: Interpretation) -> bool:
    facts = document.metadata
    return facts.type not in _ACTS and date_of(document) != "" and document.validity(interpretation.day) not in ENDED


def _apart(one: Document, other: Document) -> bool:
    if one.id == other.id:
        return False
    days = [date.fromisoformat(earliest(date_of(document)) or "") for document in (one, other)]
    return abs((days[0] - days[1]).days) >= _APART


def _same_title(one: Document, other: Document) -> bool:
    """Whether both bear one title but for years and numbers: 2021年度工作要点, 2022年度工作要点."""
    bare = [_YEARS.sub("", fold(document.metadata.title or "")) for document in (one, other)]
    return bare[0] == bare[1] and len(bare[0]) >= _LEAST


def _things(question: str, one: Passage, other: Passage) -> list[str]:
    """Words of the question, five characters each, that both clauses hold; names of bodies and places aside."""
    texts = ["\n".join((passage.heading, *passage.folded, passage.card.title)) for passage in (one, other)]
    runs = _OTHER.split(_NAMES.sub(" ", fold(question)))
    words = [run[start : start + _LEAST] for run in runs for start in range(len(run) - _LEAST + 1)]
    return [word for word in words if all(word in text for text in texts)]


def _speak_of_one(things: Sequence[str], one: Document, other: Document, backend: Backend) -> bool:
    """Whether both documents name one of the things at length, or in their titles."""
    left = list(things)
    for document in (one, other):
        titles = fold(f"{document.metadata.title}{document.metadata.enclosed_title}")
        texts = [fold(clause.text) for clause in backend.clauses(document.id)] if left else []
        left = [word for word in left if word in titles or sum(word in text for text in texts) >= _AT_LENGTH]
    return bool(left)


def _same_place(one: Document, other: Document, backend: Backend) -> bool:
    places = [place_of(document.metadata, backend.clauses(document.id)) for document in (one, other)]
    return _place(places[0]) == _place(places[1])


def _place(context: Context) -> tuple[bool, str | None, str | None, str | None]:
    return context.central, context.province, context.city, context.county


def _note(newer: Document, older: Document) -> str:
    return (
        f"同一事项有两份文件：较新的是{dated_name(newer)}，较早的是{dated_name(older)}；"
        "请以较新的为先，并核对较早的是否仍然适用。"
    )
