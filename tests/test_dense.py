from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.dense
from index.dense import Dense, DenseWriter


def _unit(rows: int, dimension: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _write(folder: Path, keys: np.ndarray, vectors: np.ndarray) -> None:
    writer = DenseWriter(folder, vectors.shape[1])
    for first in range(0, len(keys), 7):
        writer.add(keys[first : first + 7], vectors[first : first + 7])
    writer.close()


@pytest.mark.parametrize("view", [True, False])
def test_search_equals_the_plain_product(tmp_path: Path, view: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not view:
        monkeypatch.setattr(index.dense, "_VIEW_FIELDS", ("no such field",))
    vectors = _unit(300, 24)
    _write(tmp_path, np.arange(300), vectors)
    dense = Dense(tmp_path, 24, 300)
    query = _unit(1, 24, seed=1)[0]
    expected = vectors.astype(np.float16).astype(np.float32) @ query
    found = dense.search(query, 300)
    np.testing.assert_allclose(found.scores, expected[found.keys], atol=1e-5)
    assert found.keys[0] == np.argmax(expected)
    assert sorted(found.keys) == list(range(300))


@settings(max_examples=50, deadline=None)
@given(chosen=st.sets(st.integers(0, 59)), limit=st.integers(1, 70))
def test_filters_and_clauses_of_several_rows(
    tmp_path_factory: pytest.TempPathFactory, chosen: set[int], limit: int
) -> None:
    folder = tmp_path_factory.mktemp("dense")
    keys = np.sort(np.concatenate([np.arange(60), np.arange(0, 60, 3), np.arange(0, 60, 3)]))
    vectors = _unit(len(keys), 16)
    _write(folder, keys, vectors)
    dense = Dense(folder, 16, 60)
    query = _unit(1, 16, seed=2)[0]
    rows = np.round(vectors.astype(np.float16).astype(np.float32) @ query, 6)
    best = {key: max(rows[keys == key]) for key in chosen}
    found = dense.search(query, limit, np.array(sorted(chosen), np.int64))
    assert len(found.keys) == min(limit, len(chosen))
    assert set(found.keys) <= chosen
    np.testing.assert_allclose(found.scores, sorted(best.values(), reverse=True)[:limit], atol=1e-5)


def test_equal_vectors_come_by_key(tmp_path: Path) -> None:
    _write(tmp_path, np.arange(100), np.repeat(_unit(1, 8), 100, axis=0))
    dense = Dense(tmp_path, 8, 100)
    assert list(dense.search(_unit(1, 8)[0], 5).keys) == [0, 1, 2, 3, 4]


def test_rows_give_back_what_was_written(tmp_path: Path) -> None:
    keys = np.array([0, 1, 1, 2, 5])
    vectors = _unit(5, 8)
    _write(tmp_path, keys, vectors)
    found, rows = Dense(tmp_path, 8, 6).rows(1, 3)
    assert list(found) == [1, 1, 2]
    np.testing.assert_array_equal(rows, vectors[1:4].astype(np.float16))


def test_nothing_in_it(tmp_path: Path) -> None:
    DenseWriter(tmp_path, 8).close()
    assert len(Dense(tmp_path, 8, 0).search(_unit(1, 8)[0], 5)) == 0


@pytest.mark.parametrize(
    ("vectors", "message"),
    [(np.ones((2, 9), np.float32), "shape"), (np.full((2, 8), np.nan, np.float32), "finite")],
)
def test_wrong_vectors_are_refused(tmp_path: Path, vectors: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DenseWriter(tmp_path, 8).add(np.arange(2), vectors)


def test_keys_must_ascend(tmp_path: Path) -> None:
    writer = DenseWriter(tmp_path, 8)
    writer.add(np.array([3, 3]), _unit(2, 8))
    with pytest.raises(ValueError, match="ascend"):
        writer.add(np.array([2]), _unit(1, 8))
    with pytest.raises(ValueError, match="ascend"):
        writer.add(np.array([5, 4]), _unit(2, 8))
    writer.close()
