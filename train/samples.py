"""What the ranker learns from: each authored question with the features of its candidates, without leaked scores.

For each fold of the documents an embedding is trained that has not seen them; they are indexed with it, and the fold's
questions are put to several collections, among them some that do not answer.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from index.backend import LocalBackend, open_index
from index.build import build
from index.static import StaticEmbedder
from qa.asks import has_figure
from qa.features import Sheet, features
from qa.lexicon import Lexicon, read_lexicon
from qa.passages import Passage, Passages
from qa.places import agreement
from qa.query import Query, make_query
from qa.question import interpret
from qa.retrieve import candidates
from qa.words import Words
from train.corpus import laws, policies, squash
from train.data import DATA, Question, fold_of, fold_of_question, questions
from train.worth import asked_words, worth_table

_FIGURES = re.compile(
    r"\d[\d.,]*%?|百分之[一二三四五六七八九十百]+|(?<!第)[一二三四五六七八九十百千两]+(?=[个家人名亩户件万亿元日天年月次倍])"
)
_PLACES = (
    "贵阳",
    "遵义",
    "南昌",
    "赣州",
    "杭州",
    "温州",
    "重庆",
    "武汉",
    "西安",
    "广州",
    "深圳",
    "成都",
    "长沙",
    "合肥",
    "天津",
)
_FEW = 5
"""Documents in the small collections that stand beside the full one."""
_LATER, _OF_LAWS, _WITHOUT_LAW = 4, 4, 3
"""One in so many of the later questions on policies, of those on laws; of these, one in so many without its law."""
LAWS = "laws"
ON_LAWS = frozenset({LAWS, "no law"})
"""Scenarios on laws, with and without an answer."""
ANSWERED = ("all", "few", LAWS)
"""Scenarios in which the collection holds the answer."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sample:
    """The candidates of one question in one collection.

    Attributes:
        question: the question.
        fold: of its document.
        scenario: ``all``, ``few``; without an answer ``no document``, ``few, no document``, ``no clause``,
            ``no figure``, ``other place``, ``written`` (to be unanswerable); on laws ``laws`` and ``no law``.
        names: of the features.
        values: float32, (candidates, features).
        gold: bool, (candidates,).
        found: whether the collection holds the answer at all.
        keys: of the candidates.
    """

    question: Question
    fold: int
    scenario: str
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]
    gold: npt.NDArray[np.bool_]
    found: bool
    keys: npt.NDArray[np.int64]


class Collection:
    """An index of all official documents, made with a fold's embedding."""

    def __init__(
        self, backend: LocalBackend, embedder: StaticEmbedder, lexicon: Lexicon, worth: dict[str, float]
    ) -> None:
        self.backend, self.embedder, self.lexicon, self.worth = backend, embedder, lexicon, worth
        self.passages = Passages(backend, Words(embedder))
        self.keys = {d.source.rsplit("/", 1)[-1]: np.array(backend.keys(d.id), np.int64) for d in backend.documents()}
        self.everything = np.sort(np.concatenate(list(self.keys.values())))
        self.texts = [squash(clause.text) for _, clause in backend.fetch(self.everything)]

    def gold(self, question: Question) -> npt.NDArray[np.int64]:
        """Keys of the clauses that hold the question's quote, or of its articles with all their items."""
        if question.articles:
            found = [self._article(file, article) for file, article in question.articles]
            return np.unique(np.concatenate([np.zeros(0, np.int64), *found])).astype(np.int64)
        quote = squash(question.quote)
        return np.array([k for k in self.keys.get(question.document, ()) if quote in self.texts[k]], np.int64)

    def _article(self, file: str, article: str) -> npt.NDArray[np.int64]:
        keys = self.keys.get(file.rsplit("/", 1)[-1], np.zeros(0, np.int64))
        whole = re.compile(re.escape(article) + r"(?!之)")
        own = [
            key for key, (_, clause) in zip(keys, self.backend.fetch(keys), strict=True) if whole.search(clause.path)
        ]
        return np.array(own, np.int64)

    def query(self, text: str) -> Query:
        """A question taken apart."""
        vector = self.embedder.queries([text])[0]
        return make_query(interpret(text), self.backend, self.worth, self.lexicon, vector)

    def sheet(self, trial: "Trial") -> tuple[npt.NDArray[np.int64], Sheet] | None:
        """Candidates and their features; None where nothing is found."""
        pool = candidates(trial.query, self.backend, trial.within).best()
        if not len(pool):
            return None
        found = self.passages.get(pool.keys.tolist())
        passages = [without_figures(one) if one.key in trial.spoilt else one for one in found]
        return pool.keys, features(trial.query, pool, passages, self.passages.words)

    def near(self, question: Question, query: Query) -> list[str]:
        """The other documents that come nearest to a question: who asks a wrong collection asks about its subjects."""
        others = np.setdiff1d(self.everything, self.keys[question.document])
        pool = candidates(query, self.backend, others, limit=30)
        return sorted({p.document.source.rsplit("/", 1)[-1] for p in self.passages.get(pool.keys.tolist())})


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Trial:
    """One question put to one collection.

    Attributes:
        scenario: its name.
        query: the question.
        within: the keys that the collection has, None for all.
        spoilt: keys of clauses whose figures are taken away.
    """

    scenario: str
    query: Query
    within: npt.NDArray[np.int64] | None
    spoilt: frozenset[int] = frozenset()


def without_figures(passage: Passage) -> Passage:
    """The clause as if it spoke of the matter without naming a quantity."""
    folded = tuple(_FIGURES.sub("若干", part) for part in passage.folded)
    return replace(passage, folded=folded, figures=tuple(has_figure(part) for part in folded))


def samples(collection: Collection, asked: Sequence[Question], fold: int, seed: int) -> Iterator[Sample]:
    """Each question in the full collection, in a small one, and in one that does not answer it."""
    choose = random.Random(seed)
    for question in asked:
        gold = collection.gold(question)
        if len(gold):
            for trial in _trials(collection, question, gold, choose):
                yield from _sampled(collection, question, fold, trial, gold)


def law_samples(collection: Collection, asked: Sequence[Question], fold: int) -> Iterator[Sample]:
    """Each question on laws in all of them, and some where the laws that answer are missing."""
    for question in asked:
        gold = collection.gold(question)
        if not len(gold):
            continue
        query = collection.query(question.text)
        yield from _sampled(collection, question, fold, Trial(scenario=LAWS, query=query, within=None), gold)
        if crc32(question.id.encode()) % _WITHOUT_LAW == 0:
            own = [collection.keys[file.rsplit("/", 1)[-1]] for file, _ in question.articles]
            within = np.setdiff1d(collection.everything, np.concatenate(own))
            yield from _sampled(collection, question, fold, Trial(scenario="no law", query=query, within=within), gold)


def _sampled(
    collection: Collection, question: Question, fold: int, trial: "Trial", gold: npt.NDArray[np.int64]
) -> Iterator[Sample]:
    """The sample of a trial; none where nothing is found."""
    made = collection.sheet(trial)
    if made is not None:
        keys, sheet = made
        yield Sample(
            question=question,
            fold=fold,
            scenario=trial.scenario,
            names=sheet.names,
            values=sheet.values.astype(np.float32),
            gold=np.isin(keys, gold),
            found=trial.scenario in ANSWERED,
            keys=keys,
        )


def written(folder: Path = DATA) -> list[Question]:
    """Questions written to be unanswerable, each beside the document that comes near."""
    found = []
    for path in sorted(folder.glob("policies_*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row.get("answerable") is False:
                found.append(
                    Question(
                        id=row["id"],
                        text=row["question"],
                        source="unanswerable",
                        kind="unanswerable",
                        document=row["file"],
                    )
                )
    return found


def unanswered(collection: Collection, asked: Sequence[Question], fold: int, seed: int) -> Iterator[Sample]:
    """Each question written to be unanswerable, in the full collection and in a small one about its subject."""
    choose = random.Random(seed)
    for question in asked:
        if question.document not in collection.keys:
            continue
        query = collection.query(question.text)
        near = collection.near(question, query)
        few = choose.sample(near, min(len(near), _FEW - 1))
        small = np.sort(np.concatenate([collection.keys[name] for name in (question.document, *few)]))
        for within in (None, small):
            trial = Trial(scenario="written", query=query, within=within)
            yield from _sampled(collection, question, fold, trial, np.zeros(0, np.int64))


def _trials(
    collection: Collection, question: Question, gold: npt.NDArray[np.int64], choose: random.Random
) -> Iterator[Trial]:
    query = collection.query(question.text)
    yield Trial(scenario="all", query=query, within=None)
    own = collection.keys[question.document]
    near = collection.near(question, query)
    few = choose.sample(near, min(len(near), _FEW - 1))
    small = np.sort(np.concatenate([own, *(collection.keys[name] for name in few)]))
    yield Trial(scenario="few", query=query, within=small)
    made = choose.choice(("no document", "few, no document", "no clause"))
    if made == "no document":
        yield Trial(scenario=made, query=query, within=np.setdiff1d(collection.everything, own))
    elif made == "few, no document" and len(few):
        chosen = choose.sample(near, min(len(near), _FEW))
        within = np.sort(np.concatenate([collection.keys[name] for name in chosen]))
        yield Trial(scenario=made, query=query, within=within)
    else:
        yield Trial(scenario="no clause", query=query, within=np.setdiff1d(small, gold))
    if query.asks.patterns or query.asks.figure:
        yield Trial(scenario="no figure", query=query, within=small, spoilt=frozenset(gold.tolist()))
    elsewhere = _moved(query, collection.passages.get(gold[:1].tolist())[0], choose)
    if elsewhere:
        yield Trial(scenario="other place", query=collection.query(elsewhere), within=small)


def _moved(query: Query, answer: Passage, choose: random.Random) -> str | None:
    """The question asked of another place, where question and document name one; None where they do not."""
    if len(query.places) != 1 or agreement(query.places, answer.card.places) <= 0:
        return None
    here = next(iter(query.places))
    there = choose.choice([name for name in _PLACES if name != here and not {name} & answer.places])
    return query.folded.replace(here, there)


def fold_samples(fold: int, model: Path, shared: Path, work: Path) -> list[Sample]:
    """Samples of all questions of a fold.

    Args:
        fold: its number.
        model: folder of an embedding that has not seen it.
        shared: folder with ``corpus/`` and ``train/``.
        work: where the corpora are indexed.
    """
    every = questions(shared=shared)
    corpora = shared / "corpus"
    words = asked_words(every, [*laws(corpora / "laws"), *policies(corpora / "policies")])
    worth = worth_table(one for one in words if fold_of(one.document) != fold)
    lexicon = read_lexicon(sorted(DATA.glob("lexicon*.tsv")))
    embedder = StaticEmbedder(model)
    found: list[Sample] = []
    with _collection(corpora / "policies", work / "policies", embedder, lexicon, worth) as collection:
        asked = [one for one in every if one.source == "policy" and fold_of(one.document) == fold and _taught(one)]
        found.extend(samples(collection, asked, fold, seed=fold))
        found.extend(unanswered(collection, [one for one in written() if fold_of(one.document) == fold], fold, fold))
    on_laws = [one for one in every if _taught_of_laws(one) and fold_of_question(one) == fold]
    if on_laws and (corpora / "laws").exists():
        with _collection(corpora / "laws", work / "laws", embedder, lexicon, worth) as collection:
            found.extend(law_samples(collection, on_laws, fold))
    return found


@contextmanager
def _collection(
    corpus: Path, folder: Path, embedder: StaticEmbedder, lexicon: Lexicon, worth: dict[str, float]
) -> Iterator[Collection]:
    """The corpus indexed with a fold's embedding; the next fold takes over what was read and parsed."""
    build([corpus], folder, embedder)
    with open_index(folder, embedder=embedder.identity) as backend:
        yield Collection(backend, embedder, lexicon, worth)


def _taught(question: Question) -> bool:
    """All questions of the first authors, and a quarter of the later ones: more of them only cost time."""
    return question.id.startswith("q") or crc32(question.id.encode()) % _LATER == 0


def _taught_of_laws(question: Question) -> bool:
    """All of STARD, and a quarter of the everyday questions on laws."""
    return question.source == "stard" or (question.source == "law" and crc32(question.id.encode()) % _OF_LAWS == 0)
