"""Samples -> the ranker that is shipped, with figures of every fold by a ranker fitted on the others.

The weights of the order are learned on official documents; on top of them, with laws, what is added in the measure in
which the candidates are articles. The probability rests on trees over the best candidate (:func:`qa.rank.evidence`),
learned on official documents alone: of a law that is taken out, others say the same. Questions without an answer were
made by taking the right document, or the right clause, out of what is searched.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.features import ARTICLES, Sheet
from qa.rank import FORMAT, ON_ARTICLES, columns, evidence
from train.boosting import as_numbers, fit_trees
from train.corpus import laws, policies
from train.data import DATA, FOLDS, SHARED, questions
from train.linear import Floats, Groups, fit_order
from train.samples import LAWS, ON_LAWS, Sample
from train.worth import asked_words, worth_table

_BY_HAND = frozenset({"named", "address", "unit_duty", "defined"})
"""Features of what a question names outright: too rare in the training questions to be learned (:mod:`qa.rank`)."""
_PENALTY_ON_ARTICLES = 1e-3
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Order:
    """Weights of the order: float32, parallel to ``names``."""

    names: tuple[str, ...]
    weights: Floats

    def scores(self, sample: Sample) -> Floats:
        """Log odds of a sample's candidates."""
        return (columns(sample.names, sample.values, self.names) @ self.weights).astype(np.float32)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Tried:
    """Every sample judged by a ranker that was fitted on the other folds; all are parallel.

    Attributes:
        samples: the samples.
        scores: log odds of each one's candidates.
        facts: float32, (samples, facts): what the probability rests on.
        names: of the facts.
        chances: 0 to 1, how likely each is answered.
    """

    samples: Sequence[Sample]
    scores: Sequence[Floats]
    facts: Floats
    names: tuple[str, ...]
    chances: npt.NDArray[np.float64]

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """Which samples' collection held the answer."""
        return np.array([sample.found for sample in self.samples], np.bool_)


def fitted(samples: Sequence[Sample], fold: int | None) -> Order:
    """The order learned from all folds but one (None: from all)."""
    teaching = [sample for sample in samples if sample.found and sample.fold != fold]
    names = tuple(
        name for name in samples[0].names if name not in _BY_HAND and not name.startswith(("asks_", "question_"))
    )
    on_documents = [sample for sample in teaching if sample.scenario != LAWS]
    order = Order(names=names, weights=fit_order(_groups(on_documents, names)))
    return _with_articles(order, teaching)


def _with_articles(order: Order, teaching: Sequence[Sample]) -> Order:
    """An order with what is to be added to its weights on articles.

    Official documents have articles too: their samples keep it from being about laws alone.
    """
    with_some = [sample for sample in teaching if sample.values[0, sample.names.index(ARTICLES)] > 0]
    if not with_some:
        return order
    names = tuple(name + ON_ARTICLES for name in order.names)
    given = np.concatenate([order.scores(sample) for sample in with_some])
    weights = fit_order(_groups(with_some, names, given), penalty=_PENALTY_ON_ARTICLES)
    return Order(names=order.names + names, weights=np.concatenate([order.weights, weights]))


def _groups(teaching: Sequence[Sample], names: Sequence[str], given: Floats | None = None) -> Groups:
    values = np.concatenate([columns(sample.names, sample.values, names) for sample in teaching])
    return Groups(
        values=values,
        gold=np.concatenate([sample.gold for sample in teaching]),
        groups=np.repeat(np.arange(len(teaching)), [len(sample.gold) for sample in teaching]),
        given=given if given is not None else np.zeros(len(values), np.float32),
    )


def tried(samples: Sequence[Sample]) -> Tried:
    """Every sample judged by what the other folds teach."""
    orders = [fitted(samples, fold) for fold in range(FOLDS)]
    scores = [orders[sample.fold].scores(sample) for sample in samples]
    facts = [_facts_of(sample, values) for sample, values in zip(samples, scores, strict=True)]
    names, values = tuple(facts[0]), np.array([list(one.values()) for one in facts], np.float32)
    truth, folds = np.array([one.found for one in samples]), np.array([one.fold for one in samples])
    on_documents = np.array([one.scenario not in ON_LAWS for one in samples])
    chances = np.zeros(len(samples))
    for fold in range(FOLDS):
        taught = (folds != fold) & on_documents
        booster = fit_trees(values[taught], truth[taught], names)
        chances[folds == fold] = booster.predict(values[folds == fold])
    return Tried(samples=samples, scores=scores, facts=values, names=names, chances=chances)


def _facts_of(sample: Sample, scores: Floats) -> dict[str, float]:
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


def ranks_of(samples: Sequence[Sample], scores: Sequence[Floats]) -> npt.NDArray[np.int64]:
    """Rank of the first right clause of each sample, from 1; a large number where there is none."""
    ranks = []
    for sample, values in zip(samples, scores, strict=True):
        right = sample.gold[np.lexsort((sample.keys, -values))]
        ranks.append(int(np.argmax(right)) + 1 if right.any() else 10**6)
    return np.array(ranks)


def report(judged: Tried) -> str:
    """Tables in Markdown: how often the right clause stands first or among five, and what each threshold refuses."""
    lines = ["| collection, order | hit@1 | hit@5 | paraphrases hit@1 | hit@5 |", "|---|---|---|---|---|"]
    for scenario in ("all", "few", LAWS):
        chosen = [place for place, sample in enumerate(judged.samples) if sample.scenario == scenario]
        mine = [judged.samples[place] for place in chosen]
        for name in ("lexical_share", "dense", "sum") if mine else ():
            column = mine[0].names.index(name)
            lines.append(_line(f"{scenario}, {name}", mine, ranks_of(mine, [one.values[:, column] for one in mine])))
        if mine:
            lines.append(_line(f"{scenario}, ranker", mine, ranks_of(mine, [judged.scores[place] for place in chosen])))
    scenarios = np.array([sample.scenario for sample in judged.samples])
    kinds = sorted(set(scenarios))
    lines += ["", "| refused below | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for threshold in THRESHOLDS:
        shares = [f"{np.mean(judged.chances[scenarios == one] < threshold):.2f}" for one in kinds]
        lines.append(f"| {threshold} | " + " | ".join(shares) + " |")
    return "\n".join(lines)


def _line(name: str, samples: Sequence[Sample], ranks: npt.NDArray[np.int64]) -> str:
    paraphrase = np.array([sample.question.kind == "paraphrase" for sample in samples])
    cells = [
        f"{np.mean(some <= depth):.3f}" if len(some) else "–" for some in (ranks, ranks[paraphrase]) for depth in (1, 5)
    ]
    return f"| {name} | " + " | ".join(cells) + " |"


def save(judged: Tried, folder: Path, shared: Path = SHARED) -> None:
    """Fits on everything and writes the ranker, with the lexicon that it searches with."""
    order = fitted(judged.samples, None)
    on_documents = np.array([one.scenario not in ON_LAWS for one in judged.samples])
    trees = as_numbers(fit_trees(judged.facts[on_documents], judged.found[on_documents], judged.names))
    corpora = shared / "corpus"
    words = asked_words(questions(shared=shared), [*laws(corpora / "laws"), *policies(corpora / "policies")])
    content = {
        "format": FORMAT,
        "order": {name: round(float(weight), 5) for name, weight in zip(order.names, order.weights, strict=True)},
        "evidence": judged.names,
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
