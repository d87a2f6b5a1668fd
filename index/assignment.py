"""Pairing the rows of a matrix with its columns so that the sum of their values is as large as can be.

The shortest augmenting path method of Jonker and Volgenant (1987), one path a row, its inner loop over arrays. SciPy's
``linear_sum_assignment`` does the same; it is not used, for it alone would more than double what has to be installed.
A test holds the two equal.
"""

import numpy as np
from numpy.typing import NDArray


def best_pairs(values: NDArray[np.floating]) -> list[tuple[int, int]]:
    """The pairs (row, column) with the largest sum; each row and column at most once, min(rows, columns) pairs.

    Args:
        values: finite, shape (rows, columns).

    Returns:
        Pairs by ascending row. Of equal sums one, always the same.
    """
    if values.size == 0:
        return []
    if values.shape[0] > values.shape[1]:
        return sorted((row, column) for column, row in best_pairs(values.T))
    costs = values.max() - values.astype(np.float64)
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    row_of = np.full(columns, -1)
    for start in range(rows):
        _augment(start, costs, (row_price, column_price), row_of)
    return sorted((int(row), column) for column, row in enumerate(row_of) if row >= 0)


def _augment(
    start: int,
    costs: NDArray[np.float64],
    prices: tuple[NDArray[np.float64], NDArray[np.float64]],
    row_of: NDArray[np.int_],
) -> None:
    """Gives row ``start`` a column; rows that had one may change theirs along the cheapest path."""
    row_price, column_price = prices
    columns = costs.shape[1]
    distance = np.full(columns, np.inf)
    before = np.full(columns, -1)
    done = np.zeros(columns, bool)
    row, column, reached = start, -1, 0.0
    while True:
        through = reached + costs[row] - row_price[row] - column_price
        closer = ~done & (through < distance)
        distance[closer] = through[closer]
        before[closer] = column
        column = int(np.argmin(np.where(done, np.inf, distance)))
        reached = float(distance[column])
        done[column] = True
        if row_of[column] < 0:
            break
        row = int(row_of[column])
    passed = done & (row_of >= 0)
    row_price[start] += reached
    row_price[row_of[passed]] += reached - distance[passed]
    column_price[done] -= reached - distance[done]
    while column >= 0:
        previous = int(before[column])
        row_of[column] = row_of[previous] if previous >= 0 else start
        column = previous
