"""Adapting a static model in plain numpy: gradients, determinism, what it learns and what it leaves alone."""

import numpy as np
import pytest

from index import static
from index.adapt import AdaptRecipe, Bags, Lessons, _gradients, adapt, bags_of, encode, sums
from index.static import StaticEmbedder, StaticTensors
from index.units import unit_keys

WORDS = ["厨余垃圾", "泔水桶", "设立企业", "开公司", "道路保洁", "扫大街", "公共厕所", "茅房"]


def model(dimension: int = 16) -> StaticTensors:
    keys = np.unique(unit_keys(WORDS)[0])
    vectors = np.random.default_rng(0).normal(size=(len(keys), dimension)).astype(np.float32)
    table, scale = static.quantise(vectors)
    return StaticTensors(keys=keys, table=table, scale=scale, query_scale=scale * np.float32(0.5))


def lessons(tensors: StaticTensors) -> Lessons:
    return Lessons(
        questions=bags_of(WORDS[1::2], tensors.keys),
        passages=bags_of(WORDS[::2], tensors.keys),
        pairs=np.array([[0, 0], [1, 1], [2, 2]], np.int64),
        right={number: np.array([number]) for number in range(3)},
        hard={0: np.array([3])},
        others=np.array([3]),
    )


def test_bags_give_the_vectors_of_the_embedder() -> None:
    tensors = model()
    texts = ["厨余垃圾投放，厨余垃圾", "", "没见过的字abc", "开公司"]
    bags = bags_of(texts, tensors.keys)
    embedder = StaticEmbedder.over(tensors)
    assert np.allclose(encode(bags, tensors), embedder.passages(texts), atol=1e-6)
    assert np.allclose(encode(bags, tensors, queries=True), embedder.queries(texts), atol=1e-6)
    picked = bags.take(np.array([3, 0]))
    assert np.allclose(encode(picked, tensors), embedder.passages([texts[3], texts[0]]), atol=1e-6)


def test_gradients_are_those_of_the_loss() -> None:
    tensors = model(4)
    given = lessons(tensors)
    vectors = (static.unpack(tensors.table) * tensors.scale[:, None]).astype(np.float64)
    factors = np.log(np.full(len(vectors), 0.5))
    also = np.zeros((3, 4), np.bool_)
    also[0, 1] = True
    left, right = given.questions.take(np.array([0, 1, 2])), given.passages
    touched = np.arange(len(vectors))

    def loss(vectors: np.ndarray, factors: np.ndarray) -> float:
        summed = [
            np.stack([(rows.counts[a:b, None] * table[rows.rows[a:b]]).sum(axis=0) for a, b in zip(rows.bounds, rows.bounds[1:], strict=False)])
            for rows, table in ((left, vectors * np.exp(factors)[:, None]), (right, vectors))
        ]  # fmt: skip
        unit = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in summed]
        scores = unit[0] @ unit[1].T / 0.2
        scores[also] = -1e4
        return float(-np.mean([row[place] - np.log(np.exp(row).sum()) for place, row in enumerate(scores)]))

    moved, turned = _gradients(
        (left, right), touched, (vectors.astype(np.float32), factors.astype(np.float32)), (also, 0.2)
    )
    random = np.random.default_rng(1)
    for _ in range(12):
        row, column = random.integers(len(vectors)), random.integers(4)
        step = np.zeros_like(vectors)
        step[row, column] = 1e-4
        slope = (loss(vectors + step, factors) - loss(vectors - step, factors)) / 2e-4
        assert moved[row, column] == pytest.approx(slope, abs=2e-3)
        turn = np.zeros_like(factors)
        turn[row] = 1e-4
        slope = (loss(vectors, factors + turn) - loss(vectors, factors - turn)) / 2e-4
        assert turned[row] == pytest.approx(slope, abs=2e-3)


def test_questions_come_nearer_to_their_passages_and_nothing_else_moves() -> None:
    tensors = model()
    given = lessons(tensors)
    learned = adapt(tensors, given, AdaptRecipe(epochs=60, batch=2, dropout=0.0))

    def own(tensors: StaticTensors) -> float:
        asked, found = encode(given.questions, tensors, queries=True), encode(given.passages, tensors)
        return float(np.mean([(asked[i] @ found.T).argmax() == i for i in range(3)]))

    assert own(learned) == 1.0 > own(tensors)
    touched = np.unique(np.concatenate((given.questions.take(np.arange(3)).rows, given.passages.rows)))
    rest = np.setdiff1d(np.arange(len(tensors.keys)), touched)
    assert len(rest)
    assert np.array_equal(learned.table[rest], tensors.table[rest])


def test_same_seed_same_model() -> None:
    tensors = model()
    first, again, other = (adapt(tensors, lessons(tensors), AdaptRecipe(seed=seed)) for seed in (1, 1, 2))
    assert static.digest(first) == static.digest(again) != static.digest(other)


def test_sum_of_nothing_is_zero() -> None:
    empty = Bags(rows=np.zeros(0, np.int32), counts=np.zeros(0, np.float32), bounds=np.zeros(3, np.int64))
    assert not sums(empty, np.zeros((0, 4), np.float32)).any()
