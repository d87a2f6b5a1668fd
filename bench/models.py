"""The models that have not seen what they are measured on: those of the folds."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa.features import features
from qa.pipeline import Pipeline
from qa.question import interpret
from qa.rank import SHIPPED, Model, read_model
from qa.retrieve import candidates
from qa.scope import Scope
from train.corpus import laws, policies
from train.data import FOLDS, fold_of, questions
from train.ranker import fitted
from train.samples import Sample
from train.worth import asked_words, worth_table

_PROBE = "补贴多少钱"


def fold_ranker(samples: Sequence[Sample], fold: int, worth: dict[str, float]) -> Model:
    """The shipped ranker with an order learned from all folds but one; no figure here rests on its probability."""
    order = fitted(samples, fold)
    return replace(read_model(SHIPPED), names=order.names, weights=order.weights, worth=worth)


def fold_worths(shared: Path) -> list[dict[str, float]]:
    """For each fold what words are worth, counted over the others."""
    corpora = shared / "corpus"
    asked = asked_words(questions(shared=shared), [*laws(corpora / "laws"), *policies(corpora / "policies")])
    return [worth_table(one for one in asked if fold_of(one.document) != fold) for fold in range(FOLDS)]


def fits(samples: Sequence[Sample], pipeline: Pipeline) -> bool:
    """Whether the samples hold the features of today's code."""
    query = pipeline.query(interpret(_PROBE), Scope())
    pool = candidates(query, pipeline.backend)
    passages = pipeline.passages.get(pool.keys.tolist())
    return features(query, pool, passages, pipeline.passages.words).names == samples[0].names
