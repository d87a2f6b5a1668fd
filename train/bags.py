"""Texts as bags of units: one sparse row a text, one column a unit of the vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from index.units import Int64, unit_keys

_BATCH = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Bags:
    """Counts of units.

    Attributes:
        counts: float32, CSR, shape ``(texts, len(keys))``.
        keys: keys of the columns, ascending.
    """

    counts: sp.csr_matrix
    keys: Int64


def count_units(texts: Sequence[str]) -> Bags:
    """Takes all texts apart."""
    rows: list[npt.NDArray[np.int32]] = []
    keys: list[Int64] = []
    for first in range(0, len(texts), _BATCH):
        found, bounds = unit_keys(texts[first : first + _BATCH])
        keys.append(found)
        rows.append(np.repeat(np.arange(first, first + len(bounds) - 1, dtype=np.int32), np.diff(bounds)))
    vocabulary, columns = np.unique(np.concatenate(keys), return_inverse=True)
    ones = np.ones(len(columns), dtype=np.float32)
    counts = sp.csr_matrix((ones, (np.concatenate(rows), columns)), shape=(len(texts), len(vocabulary)))
    counts.sum_duplicates()
    return Bags(counts=counts, keys=vocabulary)


def document_frequency(counts: sp.csr_matrix) -> Int64:
    """In how many rows each column is not zero."""
    return np.bincount(counts.indices, minlength=counts.shape[1]).astype(np.int64)


def choose(bags: Bags, passages: Int64, questions: Int64, size: int) -> tuple[Bags, npt.NDArray[np.float32]]:
    """The vocabulary: the units that occur in most texts, those of questions and word lists counting three times.

    Args:
        bags: all texts.
        passages: numbers of the texts that are searched.
        questions: numbers of the texts that are asked, and of single words.
        size: how many units to keep at most; one that occurs once is never kept.

    Returns:
        The bags over the chosen units, and for each of these its inverse document frequency, at least 0.3.
    """
    in_passages = document_frequency(bags.counts[passages])
    score = in_passages + 3 * document_frequency(bags.counts[questions])
    best = np.argsort(-score, kind="stable")[:size]
    kept = np.sort(best[score[best] >= 2])
    weights = np.log((len(passages) + 1) / (in_passages[kept] + 0.5))
    return (
        Bags(counts=bags.counts[:, kept].tocsr(), keys=bags.keys[kept]),
        np.maximum(weights, 0.3).astype(np.float32),
    )
