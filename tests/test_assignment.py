"""Our assignment against SciPy's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import linear_sum_assignment

from index.assignment import best_pairs


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=12),
        elements=st.floats(-2, 2, width=32, allow_nan=False),
    )
)
def test_the_sum_is_scipys(values: np.ndarray) -> None:
    pairs = best_pairs(values)
    rows, columns = linear_sum_assignment(values, maximize=True)
    assert len(pairs) == len(rows)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert np.isclose(sum(float(values[pair]) for pair in pairs), values[rows, columns].sum(dtype=float), atol=1e-5)


def test_a_larger_one() -> None:
    values = np.random.default_rng(3).random((150, 190), np.float32) ** 3
    rows, columns = linear_sum_assignment(values, maximize=True)
    assert best_pairs(values) == list(zip(rows.tolist(), columns.tolist(), strict=True))
