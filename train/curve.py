"""What more data would bring: a quarter, a half, three quarters and all of the questions, and likewise of the lexicon.

Everything else being the same, each share trains an embedding, measured on held-out documents by the embedding alone.
A smaller share is part of every greater one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.static import StaticEmbedder
from index.units import Int64
from train.data import fold_of
from train.fit import Recipe
from train.folds import Jobs, fold_model
from train.material import Material
from train.validate import clauses_of, ranks, table_line

SHARES = (0.25, 0.5, 0.75, 1.0)
PARTS = {"questions": ("law", "stard", "policy", "clause"), "lexicon": ("concept",)}
"""What is made less, and the kinds of pairs that belong to it."""
FOLDS = (0, 1)
"""Two of the five are enough to see a slope."""


def thinned(material: Material, part: str, share: float, seed: int) -> Material:
    """The material with a share of the questions, or of the lexicon's concepts; each stays or goes as a whole."""
    luck = np.random.default_rng(seed).random(material.bags.counts.shape[0])
    side = 1 if part == "lexicon" else 0  # of a concept the official word, of a question the question
    groups = {
        name: [pair for pair in pairs if luck[pair[side]] < share] if name in PARTS[part] else pairs
        for name, pairs in material.groups.items()
    }
    return replace(material, groups=groups)


def asked_of(material: Material, fold: int) -> list[int]:
    """Numbers of the questions of ``policies_q*`` on the documents of a fold."""
    return [
        number
        for number, one in enumerate(material.questions)
        if fold_of(one.document) == fold and one.id in material.gold and one.id.startswith("q")
    ]


def measured(material: Material, model: Path, chosen: Sequence[int]) -> Int64:
    """Ranks of the right clauses of the ``chosen`` questions among those of all documents, by a model alone."""
    embedder, clauses = StaticEmbedder(model), clauses_of(material)
    asked = embedder.queries([material.questions[number].text for number in chosen])
    scores = asked @ embedder.passages([passage.full for passage in material.policies]).T
    return ranks(clauses.best(scores), [clauses.of[material.gold[material.questions[n].id]] for n in chosen])


def jobs(material: Material, work: Path, recipe: Recipe) -> Jobs:
    """What has to be trained and measured for the curve; each gives ranks.

    The whole is the folds' own model, in ``work``.
    """
    return {
        _name(part, share, fold): _job(material, work, recipe, (part, share, fold))
        for part in PARTS
        for share in SHARES
        for fold in FOLDS
    }


def _name(part: str, share: float, fold: int) -> str:
    return f"{share:.0%} of {part}, fold {fold}"


def _job(material: Material, work: Path, recipe: Recipe, what: tuple[str, float, int]) -> Callable[[], Int64]:
    part, share, fold = what

    def run() -> Int64:
        folder = work if share == 1 else work / "curve" / f"{part}-{share:.0%}"
        less = material if share == 1 else thinned(material, part, share, recipe.seed)
        return measured(material, fold_model(less, fold, folder, recipe), asked_of(material, fold))

    return run


def report(material: Material, found: Mapping[str, Int64]) -> str:
    """The curve as a table in Markdown."""
    kinds = [material.questions[number].kind for fold in FOLDS for number in asked_of(material, fold)]
    paraphrase = np.array([kind == "paraphrase" for kind in kinds], dtype=bool)
    lines = [
        f"{len(kinds)} questions, {int(paraphrase.sum())} paraphrases",
        "",
        "| | hit@1 | hit@5 | hit@100 | paraphrases hit@1 | hit@5 | hit@100 |",
        "|---|---|---|---|---|---|---|",
    ]
    for part in PARTS:
        for share in SHARES:
            values = np.concatenate([found[_name(part, share, fold)] for fold in FOLDS])
            lines.append(table_line(f"{share:.0%} of {part}", values, paraphrase))
    return "\n".join(lines)
