"""An index whose vectors are those of a model on trial, held in memory beside the index on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.adapt import Bags, bags_of, encode
from index.backend import LocalBackend
from index.reembed import embedded_texts
from index.search import Scored
from index.static import StaticTensors
from index.units import Int64

Keys = NDArray[np.int64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Corpus:
    """What is embedded, taken apart once.

    Attributes:
        keys: int64, ascending: the clause of each row.
        bags: of each row, over the model's table.
    """

    keys: Keys
    bags: Bags

    def rows_of(self, key: int) -> Keys:
        """The rows of a clause."""
        first, last = np.searchsorted(self.keys, [key, key + 1])
        return np.arange(first, last)


def take_apart(backend: LocalBackend, units: Int64, progress: Any) -> Corpus:
    """Takes every text of an index apart; ``progress`` is told documents done and in all."""
    keys: list[int] = []
    texts: list[str] = []
    parts: list[Bags] = []
    total = backend.manifest.documents
    for done, (_, _, own_keys, own_texts) in enumerate(embedded_texts(backend), start=1):
        keys.extend(own_keys)
        texts.extend(own_texts)
        if len(texts) > 4096 or done == total:
            parts.append(bags_of(texts, units))
            texts = []
            progress(done, total)
    return Corpus(keys=np.array(keys, np.int64), bags=joined(parts))


def joined(parts: Sequence[Bags]) -> Bags:
    """Bags after bags."""
    lengths = np.concatenate([np.diff(part.bounds) for part in parts])
    return Bags(
        rows=np.concatenate([part.rows for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        bounds=np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
    )


class Trial:
    """A backend that gives everything from an index but the vectors.

    Args:
        backend: the index.
        corpus: its texts.
        tensors: the model on trial.
    """

    def __init__(self, backend: LocalBackend, corpus: Corpus, tensors: StaticTensors) -> None:
        self._backend = backend
        self.vectors = encode(corpus.bags, tensors)
        # as the index keeps them
        self._kept = self.vectors.astype(np.float16).astype(np.float32)
        self._keys, self._starts = np.unique(corpus.keys, return_index=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    def dense(self, vector: Float32, limit: int, within: Keys | None = None) -> Scored:
        """See :meth:`index.backend.Backend.dense`."""
        scores = np.round(np.maximum.reduceat(self._kept @ vector, self._starts), 6).astype(np.float32)
        keys = self._keys
        if within is not None:
            inside = np.isin(keys, within)
            keys, scores = keys[inside], scores[inside]
        order = np.lexsort((keys, -scores))[:limit]
        return Scored(keys=keys[order], scores=scores[order])
