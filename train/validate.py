"""How well clauses of unseen documents are found: ``python -m train.validate``.

Five folds over the questions on official documents, cut by document: what a fold asks about was never seen in training,
neither question nor text. Searched are the clauses of all documents of ``corpus/policies``. Shown are BM25 alone, the
embedding alone, and the sum of both, each divided by its maximum for the question, with the embedding weighted 1.2.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch

from index.static import StaticTensors, unpack
from index.units import Int64, keys_of
from train.bags import Bags, document_frequency
from train.data import FOLDS, SHARED, Question, fold_of
from train.fit import Recipe
from train.material import Material, gather, train
from train.mine import encode

DEPTHS = (1, 5, 100)
_WEIGHT = 1.2
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b of BM25 (Robertson and Zaragoza 2009)

Float32 = npt.NDArray[np.float32]


def bm25(passages: sp.csr_matrix, queries: sp.csr_matrix) -> Float32:
    """Scores of BM25, shape ``(queries, passages)``."""
    frequency = document_frequency(passages)
    idf = np.log(1 + (passages.shape[0] - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    lengths = np.asarray(passages.sum(axis=1)).ravel()
    weighted = passages.copy()
    norm = _SATURATION * (1 - _LENGTH + _LENGTH * np.repeat(lengths, np.diff(passages.indptr)) / lengths.mean())
    weighted.data = (weighted.data * (_SATURATION + 1) / (weighted.data + norm)).astype(np.float32)
    scores: Float32 = (queries @ (weighted @ sp.diags(idf)).T.tocsr()).toarray()
    return scores


def summed(lexical: Float32, dense: Float32) -> Float32:
    """Both scores, each divided by its maximum for the question."""
    parts = [scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-6) for scores in (lexical, dense)]
    result: Float32 = parts[0] + np.float32(_WEIGHT) * parts[1]
    return result


def ranks(scores: Float32, gold: Sequence[Int64]) -> Int64:
    """Rank of the best right clause for each question, from 1.

    Args:
        scores: shape ``(questions, clauses)``.
        gold: right clauses of each question.
    """
    pairs = zip(scores, gold, strict=True)
    return np.array([1 + np.sum(values > values[right].max()) for values, right in pairs], dtype=np.int64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clauses:
    """Which passages make up which clause, as stand one after the other in ``material.policies``.

    Attributes:
        starts: first passage of each clause.
        of: clause of each passage.
        whole: which passages are whole clauses: BM25 searches these alone.
    """

    starts: Int64
    of: Int64
    whole: npt.NDArray[np.bool_]

    def best(self, scores: Float32) -> Float32:
        """From scores of passages (columns) to scores of clauses: the best of each."""
        best: Float32 = np.maximum.reduceat(scores, self.starts, axis=1)
        return best


def clauses_of(material: Material) -> Clauses:
    """The clauses that the passages of the official documents make up."""
    names = [(passage.document, passage.clause) for passage in material.policies]
    begins = np.array([True] + [one != other for one, other in pairwise(names)], dtype=bool)
    whole = np.array([passage.whole for passage in material.policies], dtype=bool) | begins
    return Clauses(starts=np.flatnonzero(begins), of=np.cumsum(begins) - 1, whole=whole)


def dense_scores(material: Material, bags: Bags, tensors: StaticTensors, questions: Int64) -> Float32:
    """Cosines with all clauses, by the table as it is shipped."""
    vectors = unpack(tensors.table) * tensors.scale[:, None]
    asked = encode(bags.counts[questions], vectors, tensors.query_scale / tensors.scale)
    scores: Float32 = asked @ encode(bags.counts[material.policy_texts], vectors).T
    return scores


def words_and_pairs(bags: Bags) -> sp.csr_matrix:
    """Counts without single characters, which only add noise to BM25."""
    characters = keys_of([chr(point) for point in range(0x3400, 0xA000)])
    return bags.counts[:, ~np.isin(bags.keys, characters)].tocsr()


def table_line(name: str, found: Int64, paraphrase: npt.NDArray[np.bool_]) -> str:
    """One line of the table: shares found among the first 1, 5, 100, of all and of paraphrases."""
    cells = [f"{np.mean(some <= depth):.3f}" for some in (found, found[paraphrase]) for depth in DEPTHS]
    return f"| {name} | " + " | ".join(cells) + " |"


def main() -> None:
    """Trains and measures the folds that are asked for; every value of the recipe is an option."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--folds", type=int, nargs="*", default=list(range(FOLDS)))
    parser.add_argument(
        "--all-questions", action="store_true", help="count authored extensions too, not policies_q* alone"
    )
    parser.add_argument("--threads", type=int, default=2)
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = Recipe(**{field.name: getattr(arguments, field.name) for field in fields(Recipe)})
    material = gather(arguments.shared, recipe.seed)
    lexical = words_and_pairs(material.bags)
    clauses = clauses_of(material)
    found: dict[str, list[Int64]] = {"BM25": [], "embedding": [], "sum": []}
    asked: list[Question] = []
    for fold in arguments.folds:
        start = time.monotonic()
        chosen = [
            number
            for number, one in enumerate(material.questions)
            if fold_of(one.document) == fold
            and one.id in material.gold
            and (arguments.all_questions or one.id.startswith("q"))
        ]
        held = {passage.document for passage in material.policies if fold_of(passage.document) == fold}
        bags, table = train(material, recipe, held=held)
        questions = material.question_texts[chosen]
        gold = [clauses.of[material.gold[material.questions[number].id]] for number in chosen]
        words = np.zeros((len(chosen), len(clauses.of)), dtype=np.float32)
        words[:, clauses.whole] = bm25(lexical[material.policy_texts[clauses.whole]], lexical[questions])
        scores = {
            "BM25": clauses.best(words),
            "embedding": clauses.best(dense_scores(material, bags, table.tensors(bags.keys), questions)),
        }
        scores["sum"] = summed(scores["BM25"], scores["embedding"])
        for name, values in scores.items():
            found[name].append(ranks(values, gold))
        asked += [material.questions[number] for number in chosen]
        print(
            f"fold {fold}: {len(chosen)} questions, {len(held)} documents, {time.monotonic() - start:.0f} s", flush=True
        )
    paraphrase = np.array([one.kind == "paraphrase" for one in asked], dtype=bool)
    print(f"\n{len(asked)} questions, {int(paraphrase.sum())} paraphrases, {len(clauses.starts)} clauses searched\n")
    print("| | hit@1 | hit@5 | hit@100 | paraphrases hit@1 | hit@5 | hit@100 |\n|---|---|---|---|---|---|---|")
    for name, parts in found.items():
        print(table_line(name, np.concatenate(parts), paraphrase))


if __name__ == "__main__":
    main()
