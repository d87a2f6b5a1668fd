"""Everything that the embedding is trained on and measured with, taken apart once."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.units import Int64
from train import corpus, data
from train.bags import Bags, choose, count_units
from train.corpus import Passage
from train.data import Question
from train.fit import Progress, Recipe, Table, fit
from train.mine import Pool
from train.pairs import Pairs, Texts, concept_pairs, gold_passages, question_pairs, sentence_pairs

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """Texts, what belongs together, and where the answers stand.

    Attributes:
        bags: all texts.
        groups: pairs by kind.
        laws: articles; ``law_texts`` are the numbers of their texts.
        policies: clauses of official documents; ``policy_texts`` likewise.
        questions: all questions; ``question_texts`` likewise.
        gold: for questions on ``policies``: which of these answer, by id of the question.
    """

    bags: Bags
    groups: dict[str, Pairs]
    laws: list[Passage]
    law_texts: Int64
    policies: list[Passage]
    policy_texts: Int64
    questions: list[Question]
    question_texts: Int64
    gold: dict[str, list[int]]


def gather(shared: Path = data.SHARED, seed: int = 0, say: Say = print) -> Material:
    """Reads data and corpora; what ``shared`` lacks is left out."""
    laws = corpus.laws(shared / "corpus" / "laws")
    policies = corpus.policies(shared / "corpus" / "policies")
    questions, texts = data.questions(shared=shared), Texts()
    sources = {
        source: [one for one in questions if one.source == source] for source in ("law", "stard", "policy", "clause")
    }
    law_gold = gold_passages([*sources["law"], *sources["stard"]], laws)
    gold = gold_passages(sources["policy"], policies)
    groups = {
        "law": question_pairs(texts, sources["law"], laws, law_gold),
        "stard": question_pairs(texts, sources["stard"], laws, law_gold),
        "policy": question_pairs(texts, sources["policy"], policies, gold),
        "clause": question_pairs(texts, sources["clause"], [], {}),
        "concept": concept_pairs(texts, data.concepts()),
        "sentence": sentence_pairs(texts, (*laws, *policies), seed),
    }
    law_texts = _numbers(texts, (passage.full for passage in laws))
    policy_texts = _numbers(texts, (passage.full for passage in policies))
    question_texts = _numbers(texts, (question.text for question in questions))
    say("pairs: " + ", ".join(f"{name} {len(pairs)}" for name, pairs in groups.items()))
    lost = len(sources["policy"]) - len(gold)
    say(f"{len(laws)} articles, {len(policies)} clauses; {lost} of {len(sources['policy'])} quotes not found")
    return Material(
        bags=count_units(texts.all),
        groups=groups,
        laws=laws,
        law_texts=law_texts,
        policies=policies,
        policy_texts=policy_texts,
        questions=questions,
        question_texts=question_texts,
        gold=gold,
    )


def without(material: Material, held: Collection[str]) -> Material:
    """The material without the pairs of some questions (by id); all texts of the corpora stay."""
    numbers = {
        int(number) for one, number in zip(material.questions, material.question_texts, strict=True) if one.id in held
    }
    taught = ("law", "stard", "policy", "clause")
    groups = {
        name: [pair for pair in pairs if name not in taught or pair[0] not in numbers]
        for name, pairs in material.groups.items()
    }
    return replace(material, groups=groups)


def _numbers(texts: Texts, these: Iterable[str]) -> Int64:
    return np.array([texts.add(text) for text in these], dtype=np.int64)


def train(
    material: Material, recipe: Recipe, *, held: Collection[str] = (), progress: Progress = lambda *_: None
) -> tuple[Bags, Table]:
    """Trains on all documents but those held out, of which neither questions nor text are used.

    Returns:
        The bags over the vocabulary that was chosen, and the trained table.
    """
    held = frozenset(held)
    groups = {
        name: np.array([pair[:2] for pair in pairs if pair[2] not in held], dtype=np.int64).reshape(-1, 2)
        for name, pairs in material.groups.items()
    }
    kept = np.array([passage.document not in held for passage in material.policies], dtype=bool)
    passages = np.unique(np.concatenate((material.law_texts, material.policy_texts[kept])))
    asked = [groups[name][:, 0] for name in ("law", "stard", "policy", "clause")]
    questions = np.unique(np.concatenate((*asked, groups["concept"].ravel())))
    bags, weights = choose(material.bags, passages, questions, recipe.units)
    policies = np.concatenate((material.policy_texts[kept], groups["clause"][:, 1]))
    pools = (
        Pool(questions=np.concatenate((groups["law"], groups["stard"]))[:, 0], passages=material.law_texts),
        Pool(questions=np.concatenate((groups["policy"], groups["clause"]))[:, 0], passages=policies),
    )
    return bags, fit(bags, weights, groups, recipe, pools=pools, progress=progress)
