"""The file of an adapted ranker: the shipped one with other weights of the order."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.rank import Model

_NAME = "ranker.json"


def write_ranker(source: Path, model: Model, order: NDArray[np.float32], folder: Path) -> None:
    """Writes a ranker.

    Args:
        source: folder of the ranker that it comes from.
        model: that ranker.
        order: its new weights of the order, parallel to ``model.names``.
        folder: where to.
    """
    content = json.loads((source / _NAME).read_text(encoding="utf-8"))
    content["order"] = {name: round(float(weight), 5) for name, weight in zip(model.names, order, strict=True)}
    (folder / _NAME).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
