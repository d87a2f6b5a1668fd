"""Array kernels of the ranker: which units stand in which segments of text, for all candidates at once."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
_NUMERIC = re.compile(r"[\d.]+%?")


def presence(units: Sequence[str], segments: Sequence[str]) -> Flags:
    """Which units stand in which segments.

    Args:
        units: folded; a bare figure counts only where no digit touches it (``3`` does not stand in ``13``).
        segments: folded.

    Returns:
        bool, shape (units, segments).
    """
    flags = np.zeros((len(units), len(segments)), np.bool_)
    if not len(segments):
        return flags
    text = "\n".join(segments)
    starts = np.concatenate([[0], np.cumsum([len(segment) + 1 for segment in segments])])
    for row, unit in enumerate(units):
        if unit:
            flags[row, np.searchsorted(starts, _occurrences(unit, text), side="right") - 1] = True
    return flags


def _occurrences(unit: str, text: str) -> list[int]:
    if _NUMERIC.fullmatch(unit):
        return [match.start() for match in re.finditer(rf"(?<![\d.]){re.escape(unit)}(?![\d%]|\.\d)", text)]
    found = []
    start = text.find(unit)
    while start >= 0:
        found.append(start)
        start = text.find(unit, start + 1)
    return found


def any_by_group(flags: Flags, starts: NDArray[np.int64]) -> Flags:
    """Union over consecutive columns: shape (units, groups); ``starts`` are the groups' first columns, none empty."""
    return np.logical_or.reduceat(flags, starts, axis=1) if len(starts) else flags[:, :0]


def weighted_share(flags: Flags | Floats, weights: Floats) -> Floats:
    """Share of the units' weight that each column holds: float32, (columns,), 0 to 1; 0 where nothing weighs."""
    total = float(weights.sum())
    if total <= 0:
        return np.zeros(flags.shape[1], np.float32)
    return ((weights @ flags) / np.float32(total)).astype(np.float32)


def best_by_group(values: Floats, starts: NDArray[np.int64]) -> Floats:
    """Maximum over consecutive entries of each group, shape (groups,)."""
    return np.maximum.reduceat(values, starts) if len(starts) else values[:0]


def argbest_by_group(values: Floats, groups: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Index (into ``values``) of each group's greatest value, the first of equal ones; ``groups`` are sorted."""
    order = np.lexsort((np.arange(len(values)), -values, groups))
    _, first = np.unique(groups[order], return_index=True)
    best = np.zeros(count, np.int64)
    best[groups[order][first]] = order[first]
    return best


def windows(soft: Floats, groups: NDArray[np.int64]) -> Floats:
    """Each sentence (column) united with the next one of the same clause: the greater of both, (terms, sentences)."""
    joined = soft.copy()
    if soft.shape[1] > 1:
        same = groups[:-1] == groups[1:]
        joined[:, :-1] = np.maximum(soft[:, :-1], soft[:, 1:] * same)
    return joined


def longest_runs(flags: Flags) -> NDArray[np.int64]:
    """Longest run of consecutive units that stand in each segment, shape (segments,)."""
    current = np.zeros(flags.shape[1], np.int64)
    longest = np.zeros(flags.shape[1], np.int64)
    for row in flags:
        current = (current + 1) * row
        np.maximum(longest, current, out=longest)
    return longest


def of_maximum(values: Floats) -> Floats:
    """Each value divided by the greatest; all 0 where none is above 0."""
    top = float(values.max()) if len(values) else 0.0
    return (values / np.float32(top)).astype(np.float32) if top > 0 else np.zeros_like(values)
