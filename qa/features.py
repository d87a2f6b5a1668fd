"""(Question, clause) -> features that mean the same in every corpus, for all candidates of a question at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.address import meets
from qa.asks import KINDS as ASKED
from qa.definition import defined
from qa.figures import figure_columns, focus_columns
from qa.interaction import Groups, interaction
from qa.kernels import (
    Flags,
    Floats,
    any_by_group,
    argbest_by_group,
    best_by_group,
    longest_runs,
    of_maximum,
    presence,
    weighted_share,
    windows,
)
from qa.passages import KINDS as HELD
from qa.passages import Passage
from qa.places import agreement
from qa.query import Query
from qa.retrieve import Pool
from qa.words import Words

# 它负责哪项工作, 牵头哪些任务  --  not 由谁负责
_TASKS = re.compile(
    r"(?:负责|牵头|承担|分管|主管|配合)[^，。？]{0,4}(?:哪|什么|啥|几)|(?:职责|任务|分工|关系)[^，。？]{0,4}(?:哪|什么|啥)?"
)
# 《条例》第九条 and everything below it; 第一章, 一、（二） are not
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千]+条")
_CONCEPT = np.float32(0.7)
"""What a word counts that stands in the clause only as its official equivalent."""

ARTICLES = "question_articles"
"""The feature that tells what share of the candidates are articles of a law or regulation, or stand in one."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Sheet:
    """Features of all candidates of one question.

    Attributes:
        names: of the columns.
        values: float32, (candidates, features).
        best: for each candidate the index of the sentence that covers the question best.
        terms: bool, (terms, candidates): words of the question that stand in the clause, its headings or its document.
    """

    names: tuple[str, ...]
    values: Floats
    best: NDArray[np.int64]
    terms: Flags


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Layout:
    """Segments of all candidates: first every sentence, then headings, then profiles of the documents."""

    sentences: list[str]
    starts: NDArray[np.int64]
    groups: NDArray[np.int64]
    headings: list[str]
    profiles: list[str]
    documents: NDArray[np.int64]


def features(query: Query, pool: Pool, passages: Sequence[Passage], words: Words | None = None) -> Sheet:
    """Features of the candidates of a question.

    Args:
        query: the question taken apart.
        pool: the candidates, at least one.
        passages: theirs, in the same order.
        words: where the passages' words were looked up; None: words count as near only if the lexicon says so.
    """
    layout = _lay_out(passages)
    columns: dict[str, Floats] = {}
    columns.update(_source_columns(pool))
    covered, in_sentence, in_any, soft, around = _coverage_columns(query, layout, columns)
    sentences = Groups(starts=layout.starts, groups=layout.groups)
    columns.update(interaction(query, [passage.inner for passage in passages], sentences, (soft, around), words))
    _pair_columns(query, layout, columns)
    best = argbest_by_group(in_sentence, layout.groups, len(passages)) - layout.starts
    columns.update(figure_columns(query, passages, (layout.sentences, layout.starts), best))
    columns.update(focus_columns(query, passages, (layout.sentences, layout.starts), soft))
    _context_columns(query, passages, columns)
    _kind_columns(query, passages, columns)
    _document_columns(layout, columns)
    _question_columns(query, covered, in_any, columns)
    articles = np.array([bool(_ARTICLE.search(passage.clause.path)) for passage in passages], np.float32)
    columns[ARTICLES] = np.full(len(passages), articles.mean(), np.float32)
    names = tuple(columns)
    values = np.stack([columns[name].astype(np.float32) for name in names], axis=1)
    return Sheet(names=names, values=values, best=best, terms=in_any)


def _lay_out(passages: Sequence[Passage]) -> _Layout:
    sentences: list[str] = []
    starts = np.zeros(len(passages), np.int64)
    for number, passage in enumerate(passages):
        starts[number] = len(sentences)
        sentences.extend(passage.folded or ("",))
    counts = np.diff(np.append(starts, len(sentences)))
    numbers: dict[str, int] = {}
    documents = np.array([numbers.setdefault(p.card.profile, len(numbers)) for p in passages], np.int64)
    return _Layout(
        sentences=sentences,
        starts=starts,
        groups=np.repeat(np.arange(len(passages)), counts),
        headings=[passage.heading for passage in passages],
        profiles=list(numbers),
        documents=documents,
    )


def _source_columns(pool: Pool) -> dict[str, Floats]:
    second = np.partition(pool.dense, -2)[-2] if len(pool) > 1 else np.float32(0)
    return {
        "lexical_share": of_maximum(pool.lexical),
        "dense": pool.dense,
        "dense_behind": pool.dense - pool.dense.max(initial=0.0),
        "dense_ahead": np.maximum(pool.dense - second, 0),
        "lexical_reciprocal": (1.0 / (1.0 + pool.lexical_rank)).astype(np.float32),
        "dense_reciprocal": (1.0 / (1.0 + pool.dense_rank)).astype(np.float32),
        "lexical_log_rank": np.log1p(pool.lexical_rank).astype(np.float32),
        "dense_log_rank": np.log1p(pool.dense_rank).astype(np.float32),
        "sum": pool.sum,
    }


def _coverage_columns(
    query: Query, layout: _Layout, columns: dict[str, Floats]
) -> tuple[Floats, Floats, Flags, Floats, Floats]:
    """Shares of the question's weight that sentences, clause, headings and document hold."""
    segments = [*layout.sentences, *layout.headings, *layout.profiles]
    found = presence(query.terms, segments)
    official = _concepts_held(query, segments)
    soft = _softened(query, found, official)
    count, middle = len(layout.sentences), len(layout.sentences) + len(layout.headings)
    text = any_by_group(found[:, :count], layout.starts)
    heading, profile = found[:, count:middle], found[:, middle:][:, layout.documents]
    soft_text = np.maximum.reduceat(soft[:, :count], layout.starts, axis=1)
    soft_around = np.maximum(soft[:, count:middle], soft[:, middle:][:, layout.documents])
    sentence = weighted_share(soft[:, :count], query.weights)
    union = text | heading | profile
    soft_union = np.maximum(soft_text, soft_around)
    in_text = weighted_share(text, query.weights)
    exact_sentence = weighted_share(found[:, :count], query.weights)
    pairs_of_sentences = windows(soft[:, :count], layout.groups)
    columns["cover_text"] = in_text
    columns["cover_sentence"] = best_by_group(exact_sentence, layout.starts)
    columns["cover_window"] = best_by_group(weighted_share(pairs_of_sentences, query.weights), layout.starts)
    columns["cover_heading"] = weighted_share(heading, query.weights)
    columns["cover_document"] = weighted_share(profile, query.weights)
    columns["cover_union"] = weighted_share(union, query.weights)
    columns["soft_text"] = weighted_share(soft_text, query.weights)
    columns["soft_sentence"] = best_by_group(sentence, layout.starts)
    columns["soft_union"] = weighted_share(soft_union, query.weights)
    columns["soft_gain"] = columns["soft_union"] - columns["cover_union"]
    columns["rare_text"] = weighted_share(text, query.rarity)
    columns["cover_behind"] = columns["soft_union"] - columns["soft_union"].max(initial=0.0)
    columns["document_behind"] = columns["cover_document"] - columns["cover_document"].max(initial=0.0)
    _rarest_columns(query, soft_union, columns)
    tie = np.float32(1e-3) * weighted_share(official, np.ones(official.shape[0], np.float32))[:count]
    return columns["soft_union"], sentence + tie, union, soft[:, :count], soft_around


def met(query: Query, texts: Sequence[str]) -> Floats:
    """How far each word of the question is met by each folded text: 1 itself, 0.7 by an official word for it, else 0.

    Returns:
        float32, (terms, texts).
    """
    return _softened(query, presence(query.terms, texts), _concepts_held(query, texts))


def _softened(query: Query, found: Flags, official: Floats) -> Floats:
    by_concept = _CONCEPT * ((query.links @ official) > 0)
    return np.maximum(found.astype(np.float32), by_concept).astype(np.float32)


def _concepts_held(query: Query, segments: Sequence[str]) -> Floats:
    """Which concepts have an official word in which segment, as 0 or 1: shape (concepts, segments)."""
    words = [word for concept in query.concepts for word in concept]
    if not words:
        return np.zeros((0, len(segments)), np.float32)
    sizes = [len(concept) for concept in query.concepts]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.logical_or.reduceat(presence(words, segments), starts, axis=0).astype(np.float32)


def _rarest_columns(query: Query, held: Floats, columns: dict[str, Floats]) -> None:
    """Whether the weightiest words of the question are met at all: by the clause, its headings or its document."""
    count = held.shape[1]
    order = np.argsort(-query.weights, kind="stable")
    for place in range(3):
        column = held[order[place]] if place < len(order) else np.ones(count, np.float32)
        columns[f"weightiest_{place + 1}"] = column
    total = max(float(query.weights.sum()), 1e-6)
    missing = (query.weights[:, None] * (1 - held)).max(axis=0, initial=0.0)
    columns["heaviest_missing"] = (missing / total).astype(np.float32)


def _pair_columns(query: Query, layout: _Layout, columns: dict[str, Floats]) -> None:
    found = presence(query.pairs, [*layout.sentences, *layout.headings])
    count = len(layout.sentences)
    text = any_by_group(found[:, :count], layout.starts)
    in_sentence = weighted_share(found[:, :count], query.pair_weights)
    runs = longest_runs(found[:, :count]).astype(np.float32)
    columns["pairs_text"] = weighted_share(text, query.pair_weights)
    columns["pairs_sentence"] = best_by_group(in_sentence, layout.starts)
    columns["pairs_heading"] = weighted_share(found[:, count:], query.pair_weights)
    columns["longest_run"] = np.minimum(best_by_group(runs, layout.starts), 10)
    columns["run_share"] = best_by_group(runs, layout.starts) / np.float32(max(len(query.pairs), 1))


def _context_columns(query: Query, passages: Sequence[Passage], columns: dict[str, Floats]) -> None:
    """Places, years and addresses: do they agree, or exclude each other?"""
    cards = {p.card.profile: agreement(query.places, p.card.places) for p in passages}
    columns["place"] = np.array([_place(query, p, cards[p.card.profile]) for p in passages], np.float32)
    columns["year"] = np.array([_year_agreement(query, p) for p in passages], np.float32)
    columns["document_year"] = np.array([float(p.card.year in query.years) for p in passages], np.float32)
    columns["document_type"] = np.array(
        [float(bool(p.card.type) and p.card.type in query.folded) for p in passages], np.float32
    )
    columns["named"] = np.array([_named(query, p) for p in passages], np.float32)
    columns["unit_duty"] = np.array([_unit_duty(query, p) for p in passages], np.float32)
    columns["address"] = np.array([_address(query, p) for p in passages], np.float32)


def _place(query: Query, passage: Passage, of_document: float) -> float:
    """Agreement with the document's place, or with the clause where that names every place of the question."""
    if query.places and query.places <= passage.places:
        return max(of_document, 0.7)
    return of_document


def _named(query: Query, passage: Passage) -> float:
    if not query.named:
        return 0.0
    return 1.0 if passage.document.id in query.named else -1.0


def _address(query: Query, passage: Passage) -> float:
    """1 where the clause bears the address asked for, less where it is a further paragraph of that clause."""
    if not meets(query.steps, passage.steps):
        return 0.0
    clause = passage.clause
    return 1.0 if clause.marker and clause.path.endswith(clause.marker) else 0.3


def _unit_duty(query: Query, passage: Passage) -> float:
    """1 where a body named in the question bears the clause alone, less where it shares it, 0 where it does not.

    Twice that where the question asks for the tasks of a body.
    """
    shares = [
        0.5 + 0.5 / len(duty.units)
        for duty in passage.clause.duties
        for unit in duty.units
        if any(asked in unit or unit in asked for asked in query.units)
    ]
    return max(shares, default=0.0) * (2.0 if _TASKS.search(query.folded) else 1.0)


def _year_agreement(query: Query, passage: Passage) -> float:
    if not query.years:
        return 0.0
    if passage.years & set(query.years):
        return 1.0
    if passage.card.year in query.years:
        return 0.5
    return -1.0 if passage.years else -0.3


def _kind_columns(query: Query, passages: Sequence[Passage], columns: dict[str, Floats]) -> None:
    """What is asked × what the clause holds."""
    asked = dict(zip(ASKED, query.asks.flags, strict=True))
    held = {name: np.array([p.kinds[i] for p in passages], np.float32) for i, name in enumerate(HELD)}
    duties = np.array([float(bool(p.clause.duties)) for p in passages], np.float32)
    columns["who_duties"] = np.float32(asked["who"]) * duties
    columns["who_dutiful"] = np.float32(asked["who"]) * (2 * held["dutiful"] - 1)
    columns["defined"] = defined(query, passages)
    columns["defines"] = np.float32(asked["definition"]) * (2 * held["defines"] - 1)
    columns["when_dated"] = np.float32(asked["when"]) * (2 * held["dated"] - 1)
    columns["penalty"] = np.float32(asked["penalty"]) * (2 * held["penal"] - 1)
    columns["rules"] = np.float32(asked["yes_no"] or asked["procedure"]) * (2 * held["rules"] - 1)
    kinds = [p.clause.kind for p in passages]
    for kind in ("head", "preamble", "closing", "signature"):
        columns[f"is_{kind}"] = np.array([float(k == kind) for k in kinds], np.float32)
    lengths = np.array([len(p.clause.text) for p in passages], np.float32)
    columns["log_length"] = np.log1p(lengths)
    own = np.array([len(p.clause.heading) + len(p.clause.marker) for p in passages], np.float32)
    columns["heading_only"] = (lengths <= own + 2).astype(np.float32)
    columns["level"] = np.array([min(p.clause.level, 4) for p in passages], np.float32)


def _document_columns(layout: _Layout, columns: dict[str, Floats]) -> None:
    """How good the three best clauses of the same document are: a question about a document meets several."""
    scores = columns["sum"]
    best = np.zeros(int(layout.documents.max()) + 1, np.float32)
    for document in range(len(best)):
        own = np.sort(scores[layout.documents == document])[::-1][:3]
        best[document] = own.sum() / 3
    columns["document_sum"] = best[layout.documents]
    columns["document_sum_behind"] = columns["document_sum"] - best.max(initial=0.0)


def _question_columns(query: Query, covered: Floats, held: Flags, columns: dict[str, Floats]) -> None:
    """What holds for the question as a whole; the order does not rest on it, the probability does.

    A word is unknown where no candidate holds it: the lexical search brings a clause for each word that any clause of
    the searched ones has.
    """
    count = len(covered)
    total = max(float(query.weights.sum()), 1e-6)
    unknown = float((query.weights * ~held.any(axis=1)).sum()) / total
    columns["question_terms"] = np.full(count, np.log1p(len(query.terms)), np.float32)
    columns["question_unknown"] = np.full(count, unknown, np.float32)
    columns["question_best_cover"] = np.full(count, covered.max(initial=0.0), np.float32)
    for name, flag in zip(ASKED, query.asks.flags, strict=True):
        columns[f"asks_{name}"] = np.full(count, flag, np.float32)
