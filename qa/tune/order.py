"""Rankings of questions whose right clauses are known -> weights of the order, not far from those shipped."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.rank import Model, Ranking, columns
from qa.tune.questions import Asked

Floats = NDArray[np.float32]
PENALTY = 0.02
"""On the squared change of a weight, for features put on one scale: a hundred questions move the weights a little."""
_STEPS = 200
_RATE = 0.02


def fit_order(model: Model, asked: Sequence[Asked], found: Sequence[Ranking | None]) -> Floats:
    """Weights under which the right candidates of each question are the likeliest.

    Args:
        model: where to start, and what to stay near.
        asked: the questions.
        found: their rankings by that model; those without a right candidate teach nothing.

    Returns:
        float32, parallel to ``model.names``.
    """
    values, rest, gold, sizes = [], [], [], []
    for one, ranking in zip(asked, found, strict=True):
        if ranking is None:
            continue
        right = np.isin([passage.key for passage in ranking.passages], one.keys)
        if not right.any():
            continue
        own = columns(ranking.sheet.names, ranking.sheet.values, model.names)
        values.append(own)
        rest.append(ranking.raw - own @ model.weights)
        gold.append(right)
        sizes.append(len(right))
    if not values:
        return model.weights
    starts = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    return _descend(model.weights, np.concatenate(values), np.concatenate(rest), (np.concatenate(gold), starts))


def _descend(
    weights: Floats, values: Floats, rest: Floats, groups: tuple[NDArray[np.bool_], NDArray[np.int64]]
) -> Floats:
    """Adam over all questions at once on ``-log(share of the right candidates)``."""
    gold, starts = groups
    which = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(gold))))
    scale = values.std(axis=0) + np.float32(1e-6)
    scaled = values / scale
    first = np.zeros(values.shape[1], np.float32)
    second = np.zeros(values.shape[1], np.float32)
    base = weights * scale
    now = base.copy()
    for step in range(1, _STEPS + 1):
        scores = scaled @ now + rest
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[which])
        shares /= np.add.reduceat(shares, starts)[which]
        right = shares * gold
        right /= np.maximum(np.add.reduceat(right, starts), np.float32(1e-9))[which]
        gradient = scaled.T @ (shares - right) / len(starts) + 2 * PENALTY * (now - base)
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * np.square(gradient)
        length = _RATE * (1 - step / (_STEPS + 1)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        now = now - length * first / (1 - 0.9**step)
    return np.asarray(now / scale, np.float32)
