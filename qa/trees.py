"""Boosted decision trees as plain numbers, so that a learned model needs no library to be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Trees:
    """A sum of trees; nodes of all trees stand in one list.

    Attributes:
        roots: node at which each tree begins.
        features: per node the column that is asked for, -1 for a leaf.
        limits: per node: a value up to this goes left.
        left: per node the next one on the left.
        right: per node the next one on the right.
        values: per leaf what it adds.
    """

    roots: tuple[int, ...]
    features: tuple[int, ...]
    limits: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    values: tuple[float, ...]

    def __call__(self, row: Sequence[float]) -> float:
        """The sum over all trees for one row of features."""
        total = 0.0
        for node in self.roots:
            while self.features[node] >= 0:
                node = self.left[node] if row[self.features[node]] <= self.limits[node] else self.right[node]
            total += self.values[node]
        return total


def read_trees(content: Mapping[str, Any]) -> Trees:
    """Trees from JSON. Raises KeyError, TypeError or ValueError where it is of another form."""
    columns = {name: tuple(content[name]) for name in ("roots", "features", "limits", "left", "right", "values")}
    trees = Trees(**columns)
    count = len(trees.features)
    if any(len(columns[name]) != count for name in ("limits", "left", "right", "values")):
        raise ValueError("trees: columns differ in length")
    for node, feature in enumerate(trees.features):
        if feature >= 0 and not (node < trees.left[node] < count and node < trees.right[node] < count):
            raise ValueError("trees: a node is not followed by its children")
    return trees
