"""Material -> the embedding that is shipped, in a folder, with what it was trained on and how beside it."""

import json
import time
from dataclasses import asdict
from pathlib import Path

from index import static
from train.fit import Progress, Recipe
from train.material import Material, train

REPORT = "training.json"
"""What the model was trained on and how, written beside it."""


def save(material: Material, recipe: Recipe, folder: Path, progress: Progress = lambda *_: None) -> None:
    """Trains on everything and writes the model."""
    start = time.monotonic()
    bags, table = train(material, recipe, progress=progress)
    static.save(folder, table.tensors(bags.keys))
    report = {
        "recipe": asdict(recipe),
        "pairs": {name: len(pairs) for name, pairs in material.groups.items()},
        "units": len(bags.keys),
        "seconds": round(time.monotonic() - start),
    }
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
