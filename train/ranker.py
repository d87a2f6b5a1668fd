"""Trains the ranker that is shipped: ``python -m train.ranker``.

Five folds over the questions on official documents, cut by document. For each fold an embedding is trained that has not
seen its documents, they are indexed with it, and the features of the fold's questions are written down: so the ranker
does not learn from leaked scores. Unanswerable questions are made by taking the right document, or the right clause,
out of what is searched. Shown at the end: figures of every fold by a ranker trained on the others.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.features import Sheet
from qa.rank import FORMAT, SHIPPED, evidence
from train.boosting import as_numbers, fit_trees
from train.corpus import laws, policies
from train.data import DATA, SHARED, questions
from train.linear import Floats, Groups, fit_order
from train.samples import Sample, collect
from train.validate import FOLDS
from train.worth import asked_words, worth_table

_BY_HAND = frozenset({"named", "address", "unit_duty"})
"""Features of what a question names outright: too rare in the training questions to be learned (:mod:`qa.rank`)."""


def fitted(found: Sequence[Sample], fold: int | None) -> tuple[tuple[str, ...], Floats]:
    """Names and weights of the order, learned from all folds but one (None: from all)."""
    names = tuple(
        name for name in found[0].names if name not in _BY_HAND and not name.startswith(("asks_", "question_"))
    )
    columns = [found[0].names.index(name) for name in names]
    teaching = [sample for sample in found if sample.found and sample.fold != fold]
    groups = np.repeat(np.arange(len(teaching)), [len(sample.gold) for sample in teaching])
    values = np.concatenate([sample.values[:, columns] for sample in teaching])
    gold = np.concatenate([sample.gold for sample in teaching])
    return names, fit_order(Groups(values=values, gold=gold, groups=groups))


def order_scores(sample: Sample, names: Sequence[str], weights: Floats) -> Floats:
    """Log odds of a sample's candidates."""
    return (sample.values[:, [sample.names.index(name) for name in names]] @ weights).astype(np.float32)


def facts_of(sample: Sample, scores: Floats) -> dict[str, float]:
    """What the probability rests on, for one sample."""
    order = np.lexsort((sample.keys, -scores))
    sheet = Sheet(
        names=sample.names,
        values=sample.values[order],
        best=np.zeros(len(order), np.int64),
        terms=np.zeros((0, len(order)), np.bool_),
    )
    facts = evidence(sheet, scores[order])
    return {name: value for name, value in facts.items() if name not in _BY_HAND}


def ranks_of(found: Sequence[Sample], scores: Sequence[Floats]) -> npt.NDArray[np.int64]:
    """Rank of the first right clause of each sample, from 1; a large number where there is none."""
    ranks = []
    for sample, values in zip(found, scores, strict=True):
        right = sample.gold[np.lexsort((sample.keys, -values))]
        ranks.append(int(np.argmax(right)) + 1 if right.any() else 10**6)
    return np.array(ranks)


def line(name: str, found: Sequence[Sample], ranks: npt.NDArray[np.int64]) -> str:
    """A line of the table: hit@1 and hit@5 of all questions and of paraphrases."""
    paraphrase = np.array([sample.question.kind == "paraphrase" for sample in found])
    cells = [f"{np.mean(some <= depth):.3f}" for some in (ranks, ranks[paraphrase]) for depth in (1, 5)]
    return f"| {name} | " + " | ".join(cells) + " |"


def report(found: Sequence[Sample]) -> tuple[Floats, npt.NDArray[np.bool_], tuple[str, ...]]:
    """Prints figures of every fold by a ranker trained on the others.

    Returns:
        What the probability rests on for each sample, whether the collection held the answer, and the names.
    """
    models = {fold: fitted(found, fold) for fold in range(FOLDS)}
    scores = [order_scores(sample, *models[sample.fold]) for sample in found]
    print("| collection, order | hit@1 | hit@5 | paraphrases hit@1 | hit@5 |\n|---|---|---|---|---|")
    for scenario in ("all", "few"):
        chosen = [place for place, sample in enumerate(found) if sample.scenario == scenario]
        mine = [found[place] for place in chosen]
        for name in ("lexical_share", "dense", "sum"):
            column = found[0].names.index(name)
            print(line(f"{scenario}, {name}", mine, ranks_of(mine, [sample.values[:, column] for sample in mine])))
        print(line(f"{scenario}, ranker", mine, ranks_of(mine, [scores[place] for place in chosen])))
    facts = [facts_of(sample, values) for sample, values in zip(found, scores, strict=True)]
    names = tuple(facts[0])
    values = np.array([list(one.values()) for one in facts], np.float32)
    truth = np.array([sample.found for sample in found])
    folds = np.array([sample.fold for sample in found])
    chances = np.zeros(len(found))
    for fold in range(FOLDS):
        booster = fit_trees(values[folds != fold], truth[folds != fold], names)
        chances[folds == fold] = booster.predict(values[folds == fold])
    scenarios = np.array([sample.scenario for sample in found])
    print("\n| refused below | " + " | ".join(sorted(set(scenarios))) + " |")
    for threshold in (0.2, 0.3, 0.4, 0.5, 0.6):
        shares = [f"{np.mean(chances[scenarios == one] < threshold):.2f}" for one in sorted(set(scenarios))]
        print(f"| {threshold} | " + " | ".join(shares) + " |")
    return values, truth, names


def save(found: Sequence[Sample], folder: Path, shared: Path) -> None:
    """Fits on everything and writes the ranker."""
    values, truth, facts = report(found)
    names, weights = fitted(found, None)
    trees = as_numbers(fit_trees(values, truth, facts))
    every = questions(shared=shared)
    words = asked_words(every, [*laws(shared / "corpus" / "laws"), *policies(shared / "corpus" / "policies")])
    content = {
        "format": FORMAT,
        "order": {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)},
        "evidence": facts,
        "trees": trees,
        "worth": worth_table(words),
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (folder / "ranker.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")
    entries = [
        row for path in sorted(DATA.glob("lexicon*.tsv")) for row in path.read_text(encoding="utf-8").splitlines()
    ]
    kept = dict.fromkeys("\t".join(row.split("\t")[:2]) for row in entries if row.count("\t"))
    (folder / "lexicon.tsv").write_text("\n".join(kept) + "\n", encoding="utf-8")


def main() -> None:
    """Collects, fits, reports and saves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/ and train/")
    parser.add_argument("--work", type=Path, default=Path("var/ranker"), help="where fold models and samples are kept")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, default=None, help="take only the first questions")
    arguments = parser.parse_args()
    kept = arguments.work / "samples.pickle"
    if kept.exists():
        found = pickle.loads(kept.read_bytes())
    else:
        found = collect(arguments.work, arguments.shared, arguments.threads, arguments.limit)
        kept.write_bytes(pickle.dumps(found))
    save(found, arguments.out, arguments.shared)


if __name__ == "__main__":
    main()
