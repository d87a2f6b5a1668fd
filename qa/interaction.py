"""Question × clause, word by word: how near the words of a clause come in meaning to those of the question.

A clause has one vector, or a few; the word that matters may drown in it. Here every word of the question looks for the
word of each sentence that is most like it (late interaction, MaxSim), and the question as a whole is compared with each
sentence, each two neighbouring ones, and these under their headings. The vector of a sentence is the sum of its words',
so what a comparison needs of it beyond the question are three numbers, worked out once a clause (:class:`Inner`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from index.tokens import terms_by_line
from qa.kernels import Floats, best_by_group, weighted_share, windows
from qa.query import Query
from qa.words import Rows, Words

_CLEAR = np.float32(0.35)
"""Cosine up to which two words count as strangers in ``near_clear``; any two words of one field reach it."""
_SMALL = np.float32(1e-9)
_NO_ROWS: Rows = np.zeros(0, np.int32)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Inner:
    """The words of a clause; S is the sum of the word vectors of a sentence, H that of title and headings.

    Attributes:
        rows: rows of its words in :class:`qa.words.Words`, sentence by sentence, in each sentence once.
        sentences: int32, the sentence of each.
        heading: rows of the words of title and headings, each once.
        products: float32, (sentences, 3): S·S, S·S of the next sentence (0 for the last), S·H.
        square: H·H.
    """

    rows: Rows = field(default_factory=_NO_ROWS.copy)
    sentences: Rows = field(default_factory=_NO_ROWS.copy)
    heading: Rows = field(default_factory=_NO_ROWS.copy)
    products: Floats = field(default_factory=lambda: np.zeros((1, 3), np.float32))
    square: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Groups:
    """Sentences of all candidates, one after the other: first of each clause, clause of each."""

    starts: NDArray[np.int64]
    groups: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Likeness:
    """What the question has to do with the words of the candidates.

    Attributes:
        sentences: float32, (terms, sentences): the greatest cosine with a word of the sentence, 0 to 1.
        headings: float32, (terms, clauses): with a word of title and headings.
        to_sentences: float32, (sentences,): question · S.
        to_headings: float32, (clauses,): question · H.
    """

    sentences: Floats
    headings: Floats
    to_sentences: Floats
    to_headings: Floats


def inners(clauses: Sequence[tuple[Sequence[str], str]], words: Words) -> list[Inner]:
    """The words of several clauses, each given by its folded sentences (at least one) and its title and headings.

    All are cut and looked up together: one by one that costs three times as much.
    """
    lines = [line for sentences, heading in clauses for line in (*sentences, heading.replace("\n", " "))]
    contents = [[word for word in dict.fromkeys(found) if len(word) > 1] for found in terms_by_line(lines)]
    rows = words.rows([word for content in contents for word in content])
    sums = np.zeros((len(lines), words.dimension), np.float32)
    sizes = np.array([len(content) for content in contents], np.int64)
    ends = np.cumsum(sizes)
    if len(rows):
        held = np.flatnonzero(sizes)
        sums[held] = np.add.reduceat(words.sums(rows), (ends - sizes)[held], axis=0)
    squares = np.einsum("ij,ij->i", sums, sums)
    following = np.einsum("ij,ij->i", sums[:-1], sums[1:])
    made = []
    first = 0
    for sentences, _ in clauses:
        last = first + len(sentences)  # the line of title and headings
        start = ends[first] - sizes[first]
        products = np.zeros((len(sentences), 3), np.float32)
        products[:, 0] = squares[first:last]
        products[:-1, 1] = following[first : last - 1]
        products[:, 2] = sums[first:last] @ sums[last]
        made.append(
            Inner(
                rows=rows[start : ends[last - 1]],
                sentences=np.repeat(np.arange(len(sentences), dtype=np.int32), sizes[first:last]),
                heading=rows[ends[last - 1] : ends[last]],
                products=products,
                square=float(squares[last]),
            )
        )
        first = last + 1
    return made


def interaction(
    query: Query,
    inners: Sequence[Inner],
    layout: Groups,
    held: tuple[Floats, Floats],
    words: Words | None,
) -> dict[str, Floats]:
    """Columns for all candidates, each float32, (clauses,).

    Args:
        query: the question.
        inners: of the candidates.
        layout: of their sentences.
        held: how far each term is met by its letters or the lexicon, 0 to 1: in the sentences (terms, sentences), and
            around the clause in headings and document (terms, clauses).
        words: where the words were looked up; None: the columns tell no more than ``held``.
    """
    soft, around = held
    like = _likeness(query, inners, layout, words)
    columns = _shares(query, layout, np.maximum(soft, like.sentences), around)
    columns.update(_word_columns(query, layout, like))
    columns.update(_sentence_columns(inners, layout, like))
    return columns


def _likeness(query: Query, inners: Sequence[Inner], layout: Groups, words: Words | None) -> _Likeness:
    count, total = len(inners), len(layout.groups)
    near = np.zeros((len(query.terms), total + count), np.float32)
    whole = np.zeros(total + count, np.float32)
    rows = np.concatenate([*(one.rows for one in inners), *(one.heading for one in inners)])
    if words is not None and len(rows) and len(query.terms):
        # headings stand behind the sentences as if they were further ones
        inside = [one.sentences + start for one, start in zip(inners, layout.starts, strict=True)]
        above = np.repeat(np.arange(total, total + count), [len(one.heading) for one in inners])
        places = np.concatenate([*inside, above])
        different, column = words.different(rows)
        cosines, products = words.likeness(words.rows(query.terms), query.vector, different)
        # single characters have no meaning of their own
        cosines[[len(term) < 2 for term in query.terms]] = 0
        firsts = np.flatnonzero(np.diff(places, prepend=-1))
        near[:, places[firsts]] = np.maximum.reduceat(cosines[:, column], firsts, axis=1)
        whole = np.bincount(places, products[column], total + count).astype(np.float32)
    return _Likeness(
        sentences=near[:, :total], headings=near[:, total:], to_sentences=whole[:total], to_headings=whole[total:]
    )


def _shares(query: Query, layout: Groups, near: Floats, around: Floats) -> dict[str, Floats]:
    """The share of the question's weight that is met, where a word also counts as far as some word is like it."""
    by_clause = np.maximum.reduceat(near, layout.starts, axis=1)
    in_sentence = best_by_group(weighted_share(near, query.weights), layout.starts)
    in_window = weighted_share(windows(near, layout.groups), query.weights)
    return {
        "near_sentence": in_sentence,
        "near_window": best_by_group(in_window, layout.starts),
        "near_text": weighted_share(by_clause, query.weights),
        "near_union": weighted_share(np.maximum(by_clause, around), query.weights),
        "near_focus": best_by_group(weighted_share(near, query.focus), layout.starts),
        "near_behind": in_sentence - in_sentence.max(initial=0.0),
    }


def _word_columns(query: Query, layout: Groups, like: _Likeness) -> dict[str, Floats]:
    """The likeness of words alone, with what stands above the clause; and by how much it exceeds the usual."""
    weights = query.weights * np.array([len(term) > 1 for term in query.terms], np.float32)
    union = np.maximum(np.maximum.reduceat(like.sentences, layout.starts, axis=1), like.headings)
    clear = np.asarray(np.maximum(union - _CLEAR, 0) / (1 - _CLEAR), np.float32)
    share = weighted_share(union, weights)
    return {
        "near_heading": weighted_share(like.headings, weights),
        "near_clear": weighted_share(clear, weights),
        "near_above": share - share.mean(),
    }


def _sentence_columns(inners: Sequence[Inner], layout: Groups, like: _Likeness) -> dict[str, Floats]:
    """Cosines of the question with sentences and with two neighbouring ones, alone and under their headings."""
    products = np.concatenate([one.products for one in inners])
    square = np.array([one.square for one in inners], np.float32)
    above, to_above = square[layout.groups], like.to_headings[layout.groups]
    single = (like.to_sentences, products[:, 0], products[:, 2])
    double = tuple(values + _next(values, layout.groups) for values in single)
    double = (double[0], double[1] + 2 * products[:, 1], double[2])
    columns: dict[str, Floats] = {}
    for name, (asked, own, shared) in (("sentence", single), ("window", double)):
        alone = best_by_group(_cosine(asked, own), layout.starts)
        under = best_by_group(_cosine(asked + to_above, own + 2 * shared + above), layout.starts)
        columns[f"meaning_{name}"], columns[f"meaning_{name}_under"] = alone, under
        columns[f"meaning_{name}_behind"] = alone - alone.max(initial=-1.0)
        columns[f"meaning_{name}_under_behind"] = under - under.max(initial=-1.0)
    half = _cosine(
        like.to_sentences + np.float32(0.5) * to_above, products[:, 0] + products[:, 2] + np.float32(0.25) * above
    )
    columns["meaning_half_under"] = best_by_group(half, layout.starts)
    columns["meaning_heading"] = _cosine(like.to_headings, square)
    return columns


def _next(values: Floats, groups: NDArray[np.int64]) -> Floats:
    """What the next sentence of the same clause has, 0 for the last."""
    following = np.zeros_like(values)
    following[:-1] = values[1:] * (groups[:-1] == groups[1:])
    return following


def _cosine(product: Floats, square: Floats) -> Floats:
    """``product`` over the length whose square is given; 0 where that is nothing (or, by rounding, less)."""
    cosines: Floats = np.where(square > _SMALL, product / np.sqrt(np.maximum(square, _SMALL)), np.float32(0))
    return cosines
