"""A static model and pairs of texts -> the same model, moved so that each question finds its own passage.

Plain numpy, so that a service can learn where no training library is installed. The objective is that of the training
of the shipped model (each question should find its own passage among those of the batch and some hard wrong ones,
other right ones not counted as wrong); the start is the model itself, and a unit moves by a share of its own length,
so that a few hundred questions shift meanings without undoing what was learned before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index import static
from index.static import StaticTensors
from index.units import Int64, unit_keys

Float32 = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""

_BLOCK = 4096
_BUDGET = 8_000
"""Rows gathered at a time in :func:`encode`: few enough to stay in the cache of one core."""
_FADE = 0.98


@dataclass(frozen=True, kw_only=True, slots=True)
class AdaptRecipe:
    """How a model is adapted; ``docs/tuning.md`` says what the values were measured against.

    Attributes:
        epochs: how often each pair is seen.
        batch: pairs in a step.
        temperature: by which cosines are divided before the softmax.
        rate: share of a unit's own length that it moves in a step at the start; falls in a straight line to a tenth.
        dropout: share of the units that a step leaves out at random.
        hard: wrong passages for each question beside those of the batch.
        others: passages of the index drawn at random as wrong ones for all questions of a step.
        seed: of everything random.
    """

    epochs: int = 4
    batch: int = 256
    temperature: float = 0.06
    rate: float = 0.04
    dropout: float = 0.1
    hard: int = 2
    others: int = 256
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bags:
    """Texts as counted rows of a model's table.

    Attributes:
        rows: int32, rows of the table, those of one text after those of the other, each once a text.
        counts: float32, how often each occurs.
        bounds: int64, ``texts + 1``: those of text ``i`` are ``rows[bounds[i]:bounds[i + 1]]``.
    """

    rows: npt.NDArray[np.int32]
    counts: Float32
    bounds: Int64

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, numbers: Int64) -> "Bags":
        """The bags of some texts, in their order."""
        lengths = self.bounds[numbers + 1] - self.bounds[numbers]
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        where = np.arange(bounds[-1]) + np.repeat(self.bounds[numbers] - bounds[:-1], lengths)
        return Bags(rows=self.rows[where], counts=self.counts[where], bounds=bounds)


def bags_of(texts: Sequence[str], keys: Int64) -> Bags:
    """Takes texts apart; units that are not among the ascending ``keys`` of the model are left out."""
    parts = [_bag_block(texts[first : first + _BLOCK], keys) for first in range(0, len(texts), _BLOCK)]
    lengths = np.concatenate([np.diff(part.bounds) for part in parts]) if parts else np.zeros(0, np.int64)
    return Bags(
        rows=np.concatenate([part.rows for part in parts]) if parts else np.zeros(0, np.int32),
        counts=np.concatenate([part.counts for part in parts]) if parts else np.zeros(0, np.float32),
        bounds=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
    )


def _bag_block(texts: Sequence[str], keys: Int64) -> Bags:
    found, bounds = unit_keys(texts)
    rows, known = static.lookup(keys, found)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(bounds))[known]
    joined, counts = np.unique(owner * max(len(keys), 1) + rows[known], return_counts=True)
    owners = joined // max(len(keys), 1)
    return Bags(
        rows=(joined % max(len(keys), 1)).astype(np.int32),
        counts=counts.astype(np.float32),
        bounds=np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=len(texts))))).astype(np.int64),
    )


def sums(bags: Bags, vectors: Float32) -> Float32:
    """Sum of the vectors of each bag's rows, shape ``(len(bags), dimension)``; ``vectors`` are those of the rows."""
    total = np.zeros((len(bags), vectors.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(bags.bounds))
    if len(filled):
        total[filled] = np.add.reduceat(vectors * bags.counts[:, None], bags.bounds[filled], axis=0)
    return total


def encode(bags: Bags, tensors: StaticTensors, *, queries: bool = False) -> Float32:
    """Vectors of bags, length one, as :class:`index.static.StaticEmbedder` makes them of the texts."""
    scale = tensors.query_scale if queries else tensors.scale
    vectors = static.unpack(tensors.table) * scale[:, None]
    found = np.zeros((len(bags), vectors.shape[1]), np.float32)
    first = 0
    while first < len(bags):
        last = max(first + 1, int(np.searchsorted(bags.bounds, bags.bounds[first] + _BUDGET, side="right")) - 1)
        part = bags.take(np.arange(first, min(last, len(bags))))
        found[first : first + len(part)] = sums(part, vectors[part.rows])
        first += len(part)
    return static.normalise(found)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Lessons:
    """What belongs together.

    Attributes:
        questions: bags of the questions.
        passages: bags of the passages.
        pairs: int64, ``(n, 2)``: numbers of a question and of a passage that is right for it.
        right: by question, the numbers of all its right passages.
        hard: by question, the numbers of passages that seem right and are not, best first.
        others: numbers of passages from all over the index.
    """

    questions: Bags
    passages: Bags
    pairs: Int64
    right: Mapping[int, Int64]
    hard: Mapping[int, Int64]
    others: Int64


class _Mover:
    """Adam with one second moment a row and no first one: a step touches few of the rows."""

    def __init__(self, size: int) -> None:
        self._second = np.zeros(size, np.float32)
        self._step = 0

    def lengths(self, rows: Int64, gradient: Float32, rate: float) -> Float32:
        """By what the gradient of each row is to be multiplied."""
        self._step += 1
        squares = np.square(gradient).mean(axis=1) if gradient.ndim == 2 else np.square(gradient)
        second = _FADE * self._second[rows] + (1 - _FADE) * squares
        self._second[rows] = second
        found: Float32 = (rate / (np.sqrt(second / (1 - _FADE**self._step)) + 1e-10)).astype(np.float32)
        return found


def adapt(
    tensors: StaticTensors, lessons: Lessons, recipe: AdaptRecipe, progress: Progress = lambda *_: None
) -> StaticTensors:
    """Moves a model towards the lessons; the same lessons and recipe give the same model.

    Args:
        tensors: the model; is left as it is.
        lessons: over its rows.
        recipe: how.
        progress: is told after each step.
    """
    vectors = static.unpack(tensors.table) * tensors.scale[:, None]
    factors = np.log(np.maximum(tensors.query_scale / tensors.scale, np.float32(1e-6)))
    own = np.sqrt(np.square(vectors).mean(axis=1))
    movers = _Mover(len(vectors)), _Mover(len(vectors))
    random = np.random.default_rng(recipe.seed)
    steps = recipe.epochs * -(-len(lessons.pairs) // recipe.batch)
    for step, batch in enumerate(_batches(lessons, recipe, random)):
        rate = recipe.rate * (1 - 0.9 * step / steps) * min(1.0, (step + 1) / 10)
        questions, passages = batch[:, 0], _with_wrong(lessons, batch, recipe, random)
        left = _dropped(lessons.questions.take(questions), recipe.dropout, random)
        right = _dropped(lessons.passages.take(passages), recipe.dropout, random)
        touched = np.unique(np.concatenate((left.rows, right.rows))).astype(np.int64)
        also = _also_right(lessons.right, questions, passages)
        moved, turned = _gradients((left, right), touched, (vectors, factors), (also, recipe.temperature))
        vectors[touched] -= moved * (movers[0].lengths(touched, moved, rate) * own[touched])[:, None]
        factors[touched] -= turned * movers[1].lengths(touched, turned, rate)
        progress(step + 1, steps)
    table, scale = static.quantise(vectors)
    return StaticTensors(
        keys=tensors.keys, table=table, scale=scale, query_scale=(scale * np.exp(factors)).astype(np.float32)
    )


def mixed(base: StaticTensors, moved: StaticTensors, share: float) -> StaticTensors:
    """A model that lies between two of the same keys: a ``share`` of the way from ``base`` to ``moved``."""
    ends = [static.unpack(one.table) * one.scale[:, None] for one in (base, moved)]
    turns = [np.log(np.maximum(one.query_scale / one.scale, np.float32(1e-6))) for one in (base, moved)]
    table, scale = static.quantise((1 - share) * ends[0] + share * ends[1])
    factors = np.exp((1 - share) * turns[0] + share * turns[1])
    return StaticTensors(keys=base.keys, table=table, scale=scale, query_scale=(scale * factors).astype(np.float32))


def _batches(lessons: Lessons, recipe: AdaptRecipe, random: np.random.Generator) -> Iterator[Int64]:
    for _ in range(recipe.epochs):
        order = random.permutation(len(lessons.pairs))
        for first in range(0, len(order), recipe.batch):
            yield lessons.pairs[order[first : first + recipe.batch]]


def _with_wrong(lessons: Lessons, batch: Int64, recipe: AdaptRecipe, random: np.random.Generator) -> Int64:
    """The right passages of a batch, one a pair, and after them the hard wrong ones and others."""
    drawn = [batch[:, 1]]
    for question in batch[:, 0].tolist():
        wrong = lessons.hard.get(question)
        if wrong is not None and len(wrong):
            drawn.append(random.choice(wrong, size=min(recipe.hard, len(wrong)), replace=False))
    drawn.append(random.choice(lessons.others, size=min(recipe.others, len(lessons.others)), replace=False))
    return np.concatenate(drawn)


def _dropped(bags: Bags, share: float, random: np.random.Generator) -> Bags:
    kept = random.random(len(bags.counts)) >= share
    return Bags(rows=bags.rows, counts=bags.counts * kept, bounds=bags.bounds)


def _also_right(right: Mapping[int, Int64], questions: Int64, passages: Int64) -> npt.NDArray[np.bool_]:
    """Which passages are right for which questions, but for each question's own one."""
    also = np.stack([np.isin(passages, right[question]) for question in questions.tolist()])
    own = np.arange(len(questions))
    also[own, own] = False
    return also


def _gradients(
    bags: tuple[Bags, Bags],
    touched: Int64,
    parameters: tuple[Float32, Float32],
    how: tuple[npt.NDArray[np.bool_], float],
) -> tuple[Float32, Float32]:
    """Gradients of the loss by the vectors and by the logarithms of the factors of the touched rows."""
    (left, right), (vectors, factors), (also, temperature) = bags, parameters, how
    places = [np.searchsorted(touched, part.rows) for part in bags]
    own, factor = vectors[touched], np.exp(factors[touched]).astype(np.float32)
    asked = own * factor[:, None]
    summed = sums(left, asked[places[0]]), sums(right, own[places[1]])
    lengths = [np.maximum(np.linalg.norm(part, axis=1, keepdims=True), np.float32(1e-6)) for part in summed]
    unit = [part / length for part, length in zip(summed, lengths, strict=True)]
    scores = unit[0] @ unit[1].T / np.float32(temperature)
    scores[also] = -1e4
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(left)), np.arange(len(left))] -= 1
    shares /= np.float32(len(left) * temperature)
    back = shares @ unit[1], shares.T @ unit[0]
    inner = [
        (part - (part * one).sum(axis=1, keepdims=True) * one) / length
        for part, one, length in zip(back, unit, lengths, strict=True)
    ]
    by_asked = _spread(left, places[0], inner[0], len(touched))
    moved = by_asked * factor[:, None] + _spread(right, places[1], inner[1], len(touched))
    return moved, (by_asked * asked).sum(axis=1)


def _spread(bags: Bags, places: Int64, gradient: Float32, size: int) -> Float32:
    """Gradient of sums -> gradient of the rows that were summed."""
    owner = np.repeat(np.arange(len(bags)), np.diff(bags.bounds))
    order = np.argsort(places, kind="stable")
    starts = np.flatnonzero(np.diff(places[order], prepend=-1))
    parts = gradient[owner[order]] * bags.counts[order][:, None]
    total = np.zeros((size, gradient.shape[1]), np.float32)
    if len(order):
        total[places[order][starts]] = np.add.reduceat(parts, starts, axis=0)
    return total
