"""The models that have not seen what they are measured on, kept in a work folder so that nothing is trained twice."""

import json
import pickle
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from bench.sets import held_law, held_stard
from index import static
from qa.features import features
from qa.pipeline import Pipeline
from qa.question import interpret
from qa.rank import SHIPPED, Model, read_model
from qa.retrieve import candidates
from qa.scope import Scope
from train.corpus import laws, policies
from train.data import Question, questions
from train.fit import Recipe
from train.material import Material, gather, train, without
from train.ranker import fitted
from train.samples import Sample, collect
from train.validate import FOLDS, fold_of
from train.worth import asked_words, worth_table

_PROBE = "补贴多少钱"


def fold_samples(work: Path, shared: Path, threads: int) -> list[Sample]:
    """The samples of :mod:`train.ranker` in its work folder, collected where they are missing."""
    kept = work / "samples.pickle"
    if kept.exists():
        found: list[Sample] = pickle.loads(kept.read_bytes())
        return found
    work.mkdir(parents=True, exist_ok=True)
    found = collect(work, shared, threads, None)
    kept.write_bytes(pickle.dumps(found))
    return found


def fold_ranker(samples: Sequence[Sample], fold: int, worth: dict[str, float]) -> Model:
    """The shipped ranker with an order learned from all folds but one; no figure here rests on its probability."""
    names, weights = fitted(samples, fold)
    return replace(read_model(SHIPPED), names=names, weights=weights, worth=worth)


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


def worth_without(every: Sequence[Question], held: Collection[str], material: Material) -> dict[str, float]:
    """What words are worth, counted without the questions held out (by id)."""
    taught = [one for one in every if one.id not in held]
    return worth_table(asked_words(taught, [*material.laws, *material.policies]))


def law_models(work: Path, shared: Path, threads: int) -> tuple[Path, Model]:
    """Embedding and ranker that saw neither the held fifth of STARD nor the questions on the laws held out.

    The ranker's weights are the shipped ones: it is taught on official documents alone.
    """
    folder, table = work / "laws" / "model", work / "laws" / "worth.json"
    if not table.exists():
        import torch

        torch.set_num_threads(threads)
        held = {one.id for one in (*held_stard(shared), *held_law())}
        material = gather(shared)
        bags, trained = train(without(material, held), Recipe())
        static.save(folder, trained.tensors(bags.keys))
        worth = worth_without(questions(shared=shared), held, material)
        table.write_text(json.dumps(worth, ensure_ascii=False), encoding="utf-8")
    return folder, replace(read_model(SHIPPED), worth=json.loads(table.read_text(encoding="utf-8")))
