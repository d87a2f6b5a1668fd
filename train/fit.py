"""Pairs of texts -> unit vectors, by gradient descent over sparse bags.

The objective is the one of sentence-transformers' MultipleNegativesRankingLoss: of all right texts in the batch, each
left text should find its own. Three things differ from its trainer, and make a run take a minute or two instead of
an hour: each text is taken apart once instead of once a step, only the rows that a batch touches are read and moved,
and a batch is two sparse products. Known second answers in the batch are not taken for wrong ones.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from torch import Tensor
from torch.nn import functional

from index.static import StaticTensors, quantise
from index.units import Int64
from train.bags import Bags
from train.mine import Pool, mine

Progress = Callable[[int, int, float], None]
"""Called after each step with its number, the number of all steps, and the loss."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How the embedding is trained; what each value was measured against stands in ``docs/experiments.md``.

    Attributes:
        dimension: length of the vectors.
        units: size of the vocabulary.
        epochs: how often each pair is seen.
        batch: pairs in a step, and so how many wrong answers each right one is held against.
        temperature: by which cosines are divided before the softmax.
        rate: step length at the start; it falls in a straight line to a tenth of that.
        dropout: share of the units that a step leaves out at random, so that no single one is relied upon.
        spread: standard deviation of the vectors at the start; small, so that learned parts outweigh it.
        hard: wrong answers for each question beside those of the batch, drawn from what the model so far ranks high.
        seed: of everything random.
    """

    dimension: int = 192
    units: int = 80_000
    epochs: int = 3
    batch: int = 1024
    temperature: float = 0.06
    rate: float = 0.01
    dropout: float = 0.1
    spread: float = 0.02
    hard: int = 1
    seed: int = 0


class Table:
    """Unit vectors in training: a direction and a weight for each unit, and a factor for its use in questions."""

    def __init__(self, weights: npt.NDArray[np.float32], recipe: Recipe) -> None:
        generator = torch.Generator().manual_seed(recipe.seed)
        self.directions = torch.randn(len(weights), recipe.dimension, generator=generator) * recipe.spread
        self.weights = torch.from_numpy(weights).log()
        self.factors = torch.zeros(len(weights))

    def vectors(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Unit vectors in clauses, and the factors by which they are multiplied in questions."""
        return (self.directions * self.weights.exp()[:, None]).numpy(), self.factors.exp().numpy()

    def tensors(self, keys: Int64) -> StaticTensors:
        """The table as it is shipped."""
        vectors, factors = self.vectors()
        table, scale = quantise(vectors)
        return StaticTensors(keys=keys, table=table, scale=scale, query_scale=(scale * factors).astype(np.float32))


class _SparseProduct(torch.autograd.Function):
    """``matrix @ dense``, forwards and backwards over the entries that are not zero."""

    @staticmethod
    def forward(ctx: Any, dense: Tensor, matrix: sp.csr_matrix) -> Tensor:
        ctx.matrix = matrix
        return torch.from_numpy(matrix @ dense.numpy())

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return torch.from_numpy(ctx.matrix.T @ gradients[0].contiguous().numpy()), None


def _product(dense: Tensor, matrix: sp.csr_matrix) -> Tensor:
    product: Tensor = _SparseProduct.apply(dense, matrix)  # type: ignore[no-untyped-call]
    return product


class _Adam:
    """Adam for tables of which a step touches some rows: a row has one second moment, and no first one."""

    def __init__(self, size: int) -> None:
        self.second = torch.zeros(size)
        self.step = 0

    def move(self, values: Tensor, rows: Tensor, gradient: Tensor, rate: float) -> None:
        """Moves ``values[rows]`` against ``gradient``."""
        self.step += 1
        squares = gradient.square() if gradient.dim() == 1 else gradient.square().mean(dim=1)
        second = self.second[rows].mul_(0.99).add_(squares, alpha=0.01)
        self.second[rows] = second
        length = rate / ((second / (1 - 0.99**self.step)).sqrt() + 1e-10)
        values[rows] -= gradient * (length if gradient.dim() == 1 else length[:, None])


def fit(
    bags: Bags,
    weights: npt.NDArray[np.float32],
    groups: Mapping[str, Int64],
    recipe: Recipe,
    *,
    pools: Sequence[Pool] = (),
    progress: Progress = lambda *_: None,
) -> Table:
    """Trains unit vectors.

    Args:
        bags: all texts, over the vocabulary.
        weights: first weight of each unit.
        groups: pairs by kind, each of shape ``(n, 2)``: numbers of left and right texts.
        recipe: how.
        pools: where hard wrong answers are looked for.
        progress: is told how it goes.
    """
    random = np.random.default_rng(recipe.seed)
    pairs = np.concatenate(list(groups.values()))
    texts = bags.counts.shape[0]
    known = sp.csr_matrix((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(texts, texts))
    table = Table(weights, recipe)
    movers = (_Adam(len(weights)), _Adam(len(weights)), _Adam(len(weights)))
    steps = recipe.epochs * -(-len(pairs) // recipe.batch)
    hard: Mapping[int, Int64] = {}
    step = 0
    for epoch in range(recipe.epochs):
        if epoch and recipe.hard:
            hard = mine(bags.counts, table.vectors(), pools, known)
        for batch in _batches(pairs, recipe.batch, random):
            rate = recipe.rate * (1 - 0.9 * step / steps) * min(1.0, (step + 1) / 20)
            left = batch[:, 0]
            right = np.concatenate((batch[:, 1], _drawn(hard, left, recipe.hard, random)))
            bag = bags.counts[np.concatenate((left, right))]
            bag.data = np.where(random.random(bag.nnz) < recipe.dropout, np.float32(0), bag.data)
            loss = _step(table, movers, bag, known[left][:, right], (recipe.temperature, rate))
            step += 1
            progress(step, steps, loss)
    return table


def _drawn(hard: Mapping[int, Int64], left: Int64, each: int, random: np.random.Generator) -> Int64:
    """For each text of ``left`` that has any, ``each`` of its hard wrong answers."""
    drawn = [random.choice(hard[text], size=each, replace=False) for text in left.tolist() if text in hard]
    return np.concatenate(drawn) if drawn else np.zeros(0, dtype=np.int64)


def _batches(pairs: Int64, size: int, random: np.random.Generator) -> Iterator[Int64]:
    order = random.permutation(len(pairs))
    for first in range(0, len(pairs), size):
        yield pairs[order[first : first + size]]


def _step(
    table: Table, movers: Sequence[_Adam], bag: sp.csr_matrix, known: sp.csr_matrix, how: tuple[float, float]
) -> float:
    """One step on a bag of left texts, as many as ``known`` has rows, and right ones; gives the loss."""
    temperature, rate = how
    touched, local = np.unique(bag.indices, return_inverse=True)
    bag = sp.csr_matrix((bag.data, local, bag.indptr), shape=(bag.shape[0], len(touched)))
    rows = torch.from_numpy(touched.astype(np.int64))
    values = (table.directions, table.weights, table.factors)
    parts = [value[rows].requires_grad_() for value in values]
    split = known.shape[0]
    loss = _loss(parts, (bag[:split], bag[split:]), known, temperature)
    loss.backward()  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for mover, value, part in zip(movers, values, parts, strict=True):
            if part.grad is not None:
                mover.move(value, rows, part.grad, rate)
    return float(loss.item())


def _loss(
    parts: Sequence[Tensor], bags: tuple[sp.csr_matrix, sp.csr_matrix], known: sp.csr_matrix, temperature: float
) -> Tensor:
    directions, weights, factors = parts
    vectors = directions * weights.exp()[:, None]
    left = functional.normalize(_product(vectors * factors.exp()[:, None], bags[0]), eps=1e-6)
    right = functional.normalize(_product(vectors, bags[1]), eps=1e-6)
    scores = left @ right.T / temperature
    own = torch.arange(len(left))
    also_right = torch.from_numpy(known.toarray())
    also_right[own, own] = False
    return functional.cross_entropy(scores.masked_fill(also_right, -1e4), own)
