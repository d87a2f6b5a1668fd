"""What more data would bring: ``python -m train.curve``.

Trains the embedding with a quarter, a half, three quarters and all of the authored questions, then likewise of the
lexicon, everything else being the same, and measures each on held-out documents like :mod:`train.validate`, by the
embedding alone. A smaller share is part of every greater one.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from index.units import Int64
from train.data import SHARED
from train.fit import Recipe
from train.material import Material, gather, train
from train.static import add_recipe_arguments, recipe_of
from train.validate import Clauses, clauses_of, dense_scores, fold_of, ranks, table_line

SHARES = (0.25, 0.5, 0.75, 1.0)
PARTS = {"questions": ("law", "stard", "policy", "clause"), "lexicon": ("concept",)}
"""What is made less, and the kinds of pairs that belong to it."""


def thinned(material: Material, part: str, share: float, seed: int) -> Material:
    """The material with a share of the questions, or of the lexicon's concepts; each stays or goes as a whole."""
    luck = np.random.default_rng(seed).random(material.bags.counts.shape[0])
    side = 1 if part == "lexicon" else 0  # of a concept the official word, of a question the question
    groups = {
        name: [pair for pair in pairs if luck[pair[side]] < share] if name in PARTS[part] else pairs
        for name, pairs in material.groups.items()
    }
    return replace(material, groups=groups)


def measured(material: Material, clauses: Clauses, recipe: Recipe, fold: int, chosen: Sequence[int]) -> Int64:
    """Ranks of the right clauses of the ``chosen`` questions, which are those of ``fold``, held out of training."""
    held = {passage.document for passage in material.policies if fold_of(passage.document) == fold}
    bags, table = train(material, recipe, held=held)
    gold = [clauses.of[material.gold[material.questions[number].id]] for number in chosen]
    scores = dense_scores(material, bags, table.tensors(bags.keys), material.question_texts[list(chosen)])
    return ranks(clauses.best(scores), gold)


def main() -> None:
    """Trains and measures every share."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--folds", type=int, nargs="*", default=[0, 1])
    parser.add_argument("--parts", nargs="*", default=list(PARTS), choices=list(PARTS))
    parser.add_argument("--shares", type=float, nargs="*", default=list(SHARES))
    parser.add_argument("--threads", type=int, default=2)
    add_recipe_arguments(parser)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = recipe_of(arguments)
    material = gather(arguments.shared, recipe.seed)
    clauses = clauses_of(material)
    asked = {
        fold: [
            number
            for number, one in enumerate(material.questions)
            if fold_of(one.document) == fold and one.id in material.gold and one.id.startswith("q")
        ]
        for fold in arguments.folds
    }
    kinds = [material.questions[number].kind for fold in arguments.folds for number in asked[fold]]
    paraphrase = np.array([kind == "paraphrase" for kind in kinds], dtype=bool)
    print(f"{len(kinds)} questions, {int(paraphrase.sum())} paraphrases, {len(clauses.starts)} clauses searched\n")
    print("| | hit@1 | hit@5 | hit@100 | paraphrases hit@1 | hit@5 | hit@100 |\n|---|---|---|---|---|---|---|")
    for part in arguments.parts:
        for share in arguments.shares:
            start = time.monotonic()
            less = thinned(material, part, share, recipe.seed)
            found = [measured(less, clauses, recipe, fold, asked[fold]) for fold in arguments.folds]
            pairs = sum(len(less.groups[name]) for name in PARTS[part])
            name = f"{share:.0%} of {part} ({pairs} pairs, {time.monotonic() - start:.0f} s)"
            print(table_line(name, np.concatenate(found), paraphrase), flush=True)


if __name__ == "__main__":
    main()
