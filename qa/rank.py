"""Candidates -> a ranking with one calibrated probability each, by a small learned model.

Two models over the features of :mod:`qa.features`, trained by ``train/ranker.py``: a linear one orders the candidates
of a question, trees tell from the best of them how likely the question is answered at all. Both are plain numbers in a
JSON file, so a score can be taken apart (:func:`reasons`). Equal scores go by key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.errors import ModelError
from qa.features import ARTICLES, Sheet, features
from qa.kernels import Floats
from qa.passages import Passage
from qa.query import Query
from qa.retrieve import Pool
from qa.trees import Trees, read_trees
from qa.words import Words

SHIPPED = Path(__file__).parents[1] / "index" / "models" / "ranker"
FORMAT = 3
ON_ARTICLES = " on articles"
"""Ends the name of a weight that counts in the measure in which the candidates are articles: laws are asked about, and
written, in other words than notices."""
NAMED = 4.0
"""What it counts, in log odds, that a clause's document is named by the question, and what it costs that another is.
Set by hand: a question that names a number or title means it."""
ADDRESS = 4.0
"""What it counts that the clause bears the address that the question gives."""
DUTY = 1.5
"""What it counts that a body named in the question bears the clause, alone; where it shares it, less."""
DEFINED = 2.5
"""What it counts that the clause says what the thing is that the question asks about."""
_SURE = 3.0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Model:
    """The learned numbers.

    Attributes:
        names: the features that the order rests on, see :func:`columns`.
        weights: of these features.
        evidence: the names of what the probability rests on, see :func:`evidence`.
        trees: of the probability, over these.
        worth: for common words of questions, the share of answers in which they stand.
    """

    names: tuple[str, ...]
    weights: Floats
    evidence: tuple[str, ...]
    trees: Trees
    worth: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Ranking:
    """The candidates of a question, best first; arrays are parallel to ``passages``.

    Attributes:
        query: the question taken apart.
        passages: the candidates.
        scores: float32, 0 to 1, descending: how likely the clause answers.
        answerable: 0 to 1: how likely any of them does.
        sheet: features, in the order of the passages.
        raw: log odds of the order, before calibration.
        lexical: BM25 scores.
        dense: inner products.
    """

    query: Query
    passages: tuple[Passage, ...]
    scores: Floats
    answerable: float
    sheet: Sheet
    raw: Floats
    lexical: Floats
    dense: Floats

    def __len__(self) -> int:
        return len(self.passages)


def read_model(folder: Path = SHIPPED) -> Model:
    """The model in a folder. Raises ModelError where it is missing or of another format."""
    path = folder / "ranker.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ModelError(f"排序模型 {path} 的格式是 {content['format']}，本程序需要 {FORMAT}；请重新安装。")
        return Model(
            names=tuple(content["order"]),
            weights=np.array(list(content["order"].values()), np.float32),
            evidence=tuple(content["evidence"]),
            trees=read_trees(content["trees"]),
            worth=content["worth"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"排序模型 {path} 不存在或已损坏（{error!r}）；请重新安装本程序。") from error


def rank(query: Query, pool: Pool, passages: Sequence[Passage], model: Model, words: Words | None = None) -> Ranking:
    """Orders the candidates; ``passages`` are those of ``pool``, in its order, at least one."""
    sheet = features(query, pool, passages, words)
    raw = ordering(sheet, model)
    order = np.lexsort((pool.keys, -raw))
    sorted_sheet = Sheet(
        names=sheet.names, values=sheet.values[order], best=sheet.best[order], terms=sheet.terms[:, order]
    )
    sorted_raw = raw[order]
    answerable = probability(sorted_sheet, sorted_raw, model)
    return Ranking(
        query=query,
        passages=tuple(passages[place] for place in order),
        scores=calibrated(sorted_raw, answerable),
        answerable=answerable,
        sheet=sorted_sheet,
        raw=sorted_raw,
        lexical=pool.lexical[order],
        dense=pool.dense[order],
    )


def ordering(sheet: Sheet, model: Model) -> Floats:
    """Log odds of each candidate against the others, shape (candidates,)."""
    learned = columns(sheet.names, sheet.values, model.names) @ model.weights
    named = sheet.values[:, sheet.names.index("named")]
    address = sheet.values[:, sheet.names.index("address")]
    duty = sheet.values[:, sheet.names.index("unit_duty")]
    defined = sheet.values[:, sheet.names.index("defined")]
    return np.asarray(learned + NAMED * named + ADDRESS * address + DUTY * duty + DEFINED * defined, np.float32)


def columns(names: Sequence[str], values: Floats, wanted: Sequence[str]) -> Floats:
    """What the weights of an order are applied to.

    Args:
        names: of the features.
        values: float32, (candidates, features).
        wanted: names of weights: of a feature by itself, or with :data:`ON_ARTICLES` behind it.

    Returns:
        float32, (candidates, wanted).
    """
    found = values[:, [names.index(name.removesuffix(ON_ARTICLES)) for name in wanted]]
    only = np.array([name.endswith(ON_ARTICLES) for name in wanted], np.bool_)
    found[:, only] *= values[:, names.index(ARTICLES), None]
    return found


def evidence(sheet: Sheet, raw: Floats) -> dict[str, float]:
    """What tells whether the question is answered: the best candidate's features, and how it stands out.

    Args:
        sheet: features, best candidate first.
        raw: log odds in the same order.
    """
    facts = {name: float(value) for name, value in zip(sheet.names, sheet.values[0], strict=True)}
    facts["raw"] = float(raw[0])
    facts["gap"] = float(raw[0] - raw[1]) if len(raw) > 1 else 3.0
    facts["ahead_of_many"] = float(raw[0] - raw[: min(len(raw), 20)].mean())
    top = sheet.values[:3]
    for name in _BEST_OF_THREE:
        facts[f"{name}_of_3"] = float(top[:, sheet.names.index(name)].max())
    return facts


_BEST_OF_THREE = ("soft_union", "cover_union", "dense", "quantity_text", "pairs_text", "cover_sentence")


def probability(sheet: Sheet, raw: Floats, model: Model) -> float:
    """How likely the question is answered by what was found, 0 to 1."""
    facts = evidence(sheet, raw)
    value = model.trees([facts[name] for name in model.evidence])
    # An address in a document that is named leaves nothing to doubt; either alone makes an answer likelier.
    value += _SURE * max(facts["named"], 0.0) * (0.5 + facts["address"]) + facts["address"] + facts["unit_duty"]
    value += facts["defined"]
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def calibrated(raw: Floats, answerable: float) -> Floats:
    """Each clause's share of the probability that the question is answered, monotone in ``raw``.

    The shares are those of a softmax, so that two clauses that say the same divide it.
    """
    shares = np.exp(raw - raw.max())
    return np.asarray(answerable * shares / shares.sum(), np.float32)


def reasons(ranking: Ranking, place: int, model: Model) -> list[tuple[str, float]]:
    """What raised (above 0) and lowered a clause against the average candidate, the greatest effects first."""
    values = columns(ranking.sheet.names, ranking.sheet.values, model.names)
    effects: dict[str, float] = {}
    for name, effect in zip(model.names, (values[place] - values.mean(axis=0)) * model.weights, strict=True):
        feature = name.removesuffix(ON_ARTICLES)
        effects[feature] = effects.get(feature, 0.0) + float(effect)
    return sorted(effects.items(), key=lambda one: -abs(one[1]))
