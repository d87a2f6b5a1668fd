"""Trains the embedding that is shipped: ``python -m train.static``.

Reads the authored questions and concepts of ``train/data`` and, where it is present, the folder ``shared`` beside the
checkout (corpora, STARD). Two cores need a few minutes. The same data, seed and number of threads give the same model.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, fields
from pathlib import Path

import torch

from index import static
from index.embed import SHIPPED
from train.data import SHARED
from train.fit import Progress, Recipe
from train.material import gather, train

REPORT = "training.json"
"""What the model was trained on and how, written beside it."""


def printer(every: int = 50) -> Progress:
    """Says every so many steps how far training is and what the loss is."""
    start, total = time.monotonic(), 0.0

    def tell(step: int, steps: int, loss: float) -> None:
        nonlocal total
        total += loss
        if step % every == 0 or step == steps:
            mean, total = total / (step % every or every), 0.0
            print(f"  step {step}/{steps}, loss {mean:.3f}, {time.monotonic() - start:.0f} s", file=sys.stderr)

    return tell


def add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each field of :class:`train.fit.Recipe`."""
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)


def recipe_of(arguments: argparse.Namespace) -> Recipe:
    """The recipe that the options name."""
    return Recipe(**{field.name: getattr(arguments, field.name) for field in fields(Recipe)})


def main() -> None:
    """Trains and saves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/ and train/")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--threads", type=int, default=2)
    add_recipe_arguments(parser)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe, start = recipe_of(arguments), time.monotonic()
    material = gather(arguments.shared, recipe.seed)
    print(f"taken apart: {material.bags.counts.shape[0]} texts, {time.monotonic() - start:.0f} s")
    bags, table = train(material, recipe, progress=printer())
    config = static.save(arguments.out, table.tensors(bags.keys))
    report = {
        "recipe": asdict(recipe),
        "pairs": {name: len(pairs) for name, pairs in material.groups.items()},
        "units": len(bags.keys),
        "seconds": round(time.monotonic() - start),
    }
    (arguments.out / REPORT).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    size = (arguments.out / static.TENSORS).stat().st_size
    print(f"saved {arguments.out}: {len(bags.keys)} units, {size / 1e6:.1f} MB, {config.sha256[:16]}")


if __name__ == "__main__":
    main()
