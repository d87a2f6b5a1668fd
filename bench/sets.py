"""The question sets, and which clauses of an index are right for each question."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.backend import Backend
from index.records import Clause, Document
from qa.evaluate import Case, Gold, matches, read_cases
from qa.records import Hit
from train.data import DATA, Question, law_questions, policy_questions

Keys = npt.NDArray[np.int64]
HELD = Path(__file__).parent / "data" / "seeds_held.jsonl"
SEEDS_DEV = Path("eval") / "seeds_dev.jsonl"
STARD = Path("train") / "stard_train.jsonl"
LAWS_FOLD = 0
"""The fold whose questions on laws are asked; it holds out a fifth of STARD."""
_LAWS_ASKED = 25
"""Everyday questions are asked about one law in so many; a multiple of five, so that all are of :data:`LAWS_FOLD`."""
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question of a set.

    Attributes:
        id: within its set.
        text: the question.
        type: kind of question.
        group: what it is drawn with in the bootstrap: its document, or itself.
        case: for sets with quotes: what is right.
        articles: for laws: all (file, article) that are right.
    """

    id: str
    text: str
    type: str
    group: str
    case: Case | None = None
    articles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Right:
    """What is right for a question in one index.

    Attributes:
        answers: unit (see :class:`Units`) -> number of the answer that it is.
        count: how many different answers there are.
        paths: keys of clauses that bear the right path too; None where the set names no paths.
    """

    answers: Mapping[int, int]
    count: int
    paths: frozenset[int] | None


def part(name: str, parts: int) -> int:
    """A number from 0 to ``parts - 1`` from a name alone."""
    return int(hashlib.sha1(name.encode()).hexdigest(), 16) % parts


def seeds(path: Path) -> list[Asked]:
    """The answerable questions of a set in the form of ``qa eval``; each is its own group, for documents are few."""
    return [
        Asked(id=case.id, text=case.question, type=case.type, group=case.id, case=case)
        for case in read_cases(path)
        if case.answerable
    ]


def policies() -> list[Asked]:
    """``policies_q*``: questions on real official documents, with a quote of the right clause."""
    found = [one for one in policy_questions(DATA) if one.source == "policy" and one.id.startswith("q")]
    return [
        Asked(
            id=one.id,
            text=one.text,
            type=one.kind or "other",
            group=one.document,
            case=Case(
                id=one.id,
                question=one.text,
                type=one.kind or "other",
                answerable=True,
                gold=(Gold(document=one.document, path="", quote=one.quote),),
            ),
        )
        for one in found
    ]


def held_stard(shared: Path) -> list[Question]:
    """A fifth of STARD's questions, by hash of the id."""
    path = shared / STARD
    return [one for one in law_questions(path, "stard") if part(one.id, 5) == LAWS_FOLD] if path.exists() else []


def held_law() -> list[Question]:
    """The everyday questions on one law in 25, by hash of the file's name."""
    every = law_questions(DATA / "law_questions.jsonl", "law")
    return [one for one in every if part(one.document, _LAWS_ASKED) == LAWS_FOLD]


def on_laws(held: Iterable[Question], taught: Iterable[Question]) -> list[Asked]:
    """Questions on articles; the type tells whether some question of the training asks about one of the articles.

    Each is its own group where the training asks about the same laws, else all questions on a law are one.
    """
    known = {place for one in taught for place in one.articles}
    return [
        Asked(
            id=one.id,
            text=one.text,
            type="见过的条文" if known.intersection(one.articles) else "没见过的条文",
            group=one.id if one.source == "stard" else one.document,
            articles=one.articles,
        )
        for one in held
    ]


class Units:
    """What counts as one result of an index: a clause, or in laws a whole article with its items.

    Args:
        backend: the index.
        by_article: count articles.
    """

    def __init__(self, backend: Backend, *, by_article: bool) -> None:
        self.by_article = by_article
        self._hits: dict[str, list[Hit]] = defaultdict(list)
        self.articles: dict[tuple[str, str], int] = {}
        numbers: list[int] = []
        for document in backend.documents():
            run = backend.keys(document.id)
            for key, clause in zip(run, backend.clauses(document.id), strict=True):
                numbers.append(self._number(key, document, clause))
        self.of = np.array(numbers, np.int64)

    def _number(self, key: int, document: Document, clause: Clause) -> int:
        if not self.by_article:
            self._hits[document.source.rsplit("/", 1)[-1]].append(_hit(key, document, clause))
            return key
        article = _ARTICLE.search(clause.path)
        if article is None:
            return key
        return self.articles.setdefault((_tail(document.source), article[0]), key)

    def right(self, asked: Asked) -> Right | None:
        """What is right for a question; None where the index does not hold it (a file that cannot be read)."""
        if asked.case is None:
            places = [self.articles.get((_tail(file), article)) for file, article in asked.articles]
            known = list(dict.fromkeys(place for place in places if place is not None))
            if not known:
                return None
            return Right(answers={place: number for number, place in enumerate(known)}, count=len(known), paths=None)
        found = [(hit, gold) for gold in asked.case.gold for hit in self._in(gold.document) if matches(hit, gold)]
        if not found:
            return None
        has_path = any(gold.path for gold in asked.case.gold)
        paths = frozenset(hit.key for hit, gold in found if matches(hit, gold, with_path=True))
        return Right(answers={hit.key: 0 for hit, _ in found}, count=1, paths=paths if has_path else None)

    def _in(self, document: str) -> Sequence[Hit]:
        name = document.rsplit("/", 1)[-1]
        if name in self._hits:
            return self._hits[name]
        return [hit for file, hits in self._hits.items() if file.startswith(name) for hit in hits]


def _hit(key: int, document: Document, clause: Clause) -> Hit:
    return Hit(rank=1, score=0.0, key=key, lexical=0.0, dense=None, document=document, clause=clause)


def _tail(path: str) -> str:
    """Folder and name of a file of the laws: no two of them share both."""
    return "/".join(path.rsplit("/", 2)[-2:])
