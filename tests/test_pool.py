"""Which candidates are worth comparing word by word."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieve import Pool, ranks

SCORES = st.lists(st.tuples(st.floats(0, 30), st.floats(-1, 1)), min_size=1, max_size=30)


@given(SCORES, st.integers(1, 12), st.lists(st.integers(0, 40), max_size=3))
def test_the_best_and_those_named_are_kept_as_they_are(
    scores: list[tuple[float, float]], count: int, named: list[int]
) -> None:
    lexical, dense = np.array(scores, np.float32).T
    keys = np.arange(len(scores), dtype=np.int64) * 2
    pool = Pool(keys=keys, lexical=lexical, dense=dense, lexical_rank=ranks(lexical), dense_rank=ranks(dense))
    wanted = np.array(sorted(set(named)), np.int64)
    best = pool.best(wanted, count)
    kept = np.isin(pool.keys, best.keys)
    assert kept[np.isin(pool.keys, wanted)].all()
    assert min(count, len(pool)) <= len(best) <= count + len(wanted)
    others = kept & ~np.isin(pool.keys, wanted)
    if others.any() and not kept.all():
        assert pool.sum[others].min() >= pool.sum[~kept].max()
    assert best.lexical_rank.tolist() == pool.lexical_rank[kept].tolist()
    assert best.dense.tolist() == pool.dense[kept].tolist()
