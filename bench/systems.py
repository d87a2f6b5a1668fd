"""The systems that are compared, each a way to order the clauses of one index for a question."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from bench.bm25 import Yardstick
from bench.scores import DEPTH, Found
from bench.sets import Right
from qa.answer import compose
from qa.kernels import of_maximum
from qa.pipeline import Pipeline
from qa.question import interpret
from qa.retrieve import candidates
from qa.scope import Scope

Keys = npt.NDArray[np.int64]
BM25, DENSE, FUSION, OURS = "BM25", "向量", "相加", "本项目"
SYSTEMS = (BM25, DENSE, FUSION, OURS)
_DENSE_WEIGHT = np.float32(1.2)


def rankings(pipeline: Pipeline, yardstick: Yardstick, question: str, depth: int) -> Mapping[str, Keys]:
    """Keys in the order of each system, best first, ``depth`` of them or fewer.

    - BM25: see :mod:`bench.bm25`.
    - 向量: the embedding alone.
    - 相加: the candidates of both, with the lexicon; each score divided by its maximum, vectors weighted 1.2.
    - 本项目: what ``qa ask`` ranks.
    """
    interpretation = interpret(question)
    query = pipeline.query(interpretation, Scope())
    pool = candidates(query, pipeline.backend)
    both = of_maximum(pool.lexical) + _DENSE_WEIGHT * of_maximum(np.maximum(pool.dense, 0))
    ours = [hit.key for hit in compose(pipeline.search(interpretation, depth), pipeline, count=depth).hits]
    return {
        BM25: yardstick.search(question, depth),
        DENSE: pipeline.backend.dense(query.vector, depth).keys,
        FUSION: pool.keys[np.lexsort((pool.keys, -both))][:depth],
        OURS: np.array(ours[:depth], np.int64),
    }


def judged(keys: Keys, units: Keys, right: Right) -> Found:
    """Where the answers stand in a ranking, counted in units, each at its first clause.

    Args:
        keys: the ranking.
        units: unit of every key of the index.
        right: what is right.
    """
    order = list(dict.fromkeys(units[keys].tolist()))[:DEPTH]
    ranks = [0] * right.count
    for place, unit in enumerate(order, start=1):
        answer = right.answers.get(unit)
        if answer is not None and not ranks[answer]:
            ranks[answer] = place
    path = None if right.paths is None else bool(len(keys)) and int(keys[0]) in right.paths
    return Found(ranks=tuple(ranks), path=path)
