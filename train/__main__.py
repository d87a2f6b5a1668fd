"""Rebuilds everything that ships: ``python -m train``.

Units and embedding; five folds by document, each an embedding that has not seen it and the samples that the ranker
learns from; ranker, calibration and a learning curve. What the work folder holds of
an earlier run is used again; after a change of data or recipe name an empty one. The same data and seed give the same
models.
"""

import argparse
import time
from pathlib import Path

import torch

from index.embed import SHIPPED
from train import curve, ranker, static
from train.calibration import draw, reliability
from train.data import SHARED
from train.fit import Progress, Recipe
from train.folds import collect, side_by_side
from train.material import gather

STEPS = ("embedding", "ranker", "curve")


def _printer(every: int = 60) -> Progress:
    """Says every so many steps how far training is."""
    start = time.monotonic()

    def tell(step: int, steps: int, loss: float) -> None:
        if step % every == 0 or step == steps:
            print(f"  step {step}/{steps}, loss {loss:.3f}, {time.monotonic() - start:.0f} s", flush=True)

    return tell


def main() -> None:
    """Trains, reports and saves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", nargs="*", default=list(STEPS), choices=STEPS)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/ and train/; may be absent")
    parser.add_argument("--work", type=Path, default=Path("var/train"), help="models and samples of the folds")
    parser.add_argument("--out", type=Path, default=SHIPPED.parent, help="where static/ and ranker/ are written")
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time, each with one thread")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    recipe, start = Recipe(seed=arguments.seed), time.monotonic()
    torch.set_num_threads(1)
    material = gather(arguments.shared, recipe.seed)
    parts: list[str] = []

    def done(title: str, text: str) -> None:
        parts.append(f"## {title}\n\n{text}\n")
        print(f"\n{title}, {time.monotonic() - start:.0f} s\n{text}\n", flush=True)

    if "embedding" in arguments.steps:
        static.save(material, recipe, arguments.out / "static", _printer())
        done("embedding", (arguments.out / "static" / static.REPORT).read_text(encoding="utf-8"))
    if "ranker" in arguments.steps:
        judged = ranker.tried(collect(arguments.work, arguments.shared, arguments.workers, material))
        ranker.save(judged, arguments.out / "ranker", arguments.shared)
        done("ranker, five folds", ranker.report(judged))
        draw(reliability(judged), arguments.work / "reliability.svg")
        done("calibration on official documents", reliability(judged).table())
        done("calibration on laws", reliability(judged, on_laws=True).table())
    if "curve" in arguments.steps:
        ranks = dict(side_by_side(curve.jobs(material, arguments.work, recipe), arguments.workers))
        done("learning curve", curve.report(material, ranks))
    (arguments.work / "report.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
