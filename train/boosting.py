"""Boosted trees for the probability that a question is answered, trained by LightGBM and written down as numbers."""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from train.linear import Floats

_RISING = ("soft_", "near_", "cover_", "dense", "quantity_", "figure_", "focus_quantity", "focus_close", "gap", "place")
"""Beginnings of the names of features of which more must never make an answer less likely."""
_FREE = ("cover_heading", "cover_document", "dense_log_rank", "dense_ahead", "soft_gain")


def fit_trees(values: Floats, truth: npt.NDArray[np.bool_], names: Sequence[str], seed: int = 0) -> lightgbm.Booster:
    """Trees whose sum is the log odds of ``truth``; both outcomes weigh the same in sum.

    Args:
        values: float32, (n, features).
        truth: bool, (n,).
        names: of the features.
        seed: of everything random.
    """
    rising = [int(name.startswith(_RISING) and name not in _FREE) for name in names]
    weight = np.where(truth, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    settings: dict[str, Any] = {
        "objective": "binary",
        "num_leaves": 8,
        "learning_rate": 0.05,
        "min_data_in_leaf": 40,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "feature_fraction": 0.5,
        "lambda_l2": 5.0,
        "monotone_constraints": rising,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": seed,
        "verbose": -1,
    }
    return lightgbm.train(settings, lightgbm.Dataset(values, label=truth, weight=weight), num_boost_round=150)


def as_numbers(booster: lightgbm.Booster) -> dict[str, list[Any]]:
    """The trees in the form that :func:`qa.trees.read_trees` reads."""
    table: dict[str, list[Any]] = {name: [] for name in ("roots", "features", "limits", "left", "right", "values")}

    def add(node: dict[str, Any]) -> int:
        place = len(table["features"])
        for name in ("features", "limits", "left", "right", "values"):
            table[name].append(0)
        if "leaf_value" in node:
            table["features"][place], table["values"][place] = -1, round(float(node["leaf_value"]), 5)
            return place
        table["features"][place] = int(node["split_feature"])
        # Values are float32: a limit rounded to 6 digits could fall on the other side of one of them.
        table["limits"][place] = float(node["threshold"])
        table["left"][place] = add(node["left_child"])
        table["right"][place] = add(node["right_child"])
        return place

    for tree in booster.dump_model()["tree_info"]:
        table["roots"].append(add(tree["tree_structure"]))
    return table
