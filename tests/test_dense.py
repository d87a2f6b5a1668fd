from itertools import pairwise
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.dense
from index import approximate
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


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dense, np.ndarray]:
    """An approximate index over 1,500 clauses of two rows that lie in 40 groups."""
    folder = tmp_path_factory.mktemp("approximate")
    vectors = _unit(40, 24)[np.arange(3000) % 40] + 0.3 * _unit(3000, 24, seed=3)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    _write(folder, np.arange(3000) // 2, vectors)
    approximate.write(folder, vectors.astype(np.float16))
    dense = Dense(folder, 24, 1500)
    assert dense.approximate is not None
    return dense, vectors


def test_approximate_search_finds_the_nearest_with_exact_scores(
    large: tuple[Dense, np.ndarray],
) -> None:
    dense, _ = large
    same = []
    for query in _unit(20, 24, seed=4):
        near, right = dense.search(query, 20), dense.search(query, 20, exact=True)
        scores = dict(zip(right.keys.tolist(), right.scores.tolist(), strict=True))
        assert all(
            scores.get(key, score) == pytest.approx(score, abs=2e-6)
            for key, score in zip(near.keys, near.scores, strict=True)
        )
        same.append(np.isin(right.keys, near.keys).mean())
    assert np.mean(same) >= 0.9


@settings(max_examples=60, deadline=None)
@given(data=st.data(), share=st.sampled_from([0.001, 0.01, 0.05, 0.5, 0.9, 1.0]), limit=st.sampled_from([1, 10, 1400]))
def test_filters_hold_at_any_share(
    large: tuple[Dense, np.ndarray], data: st.DataObject, share: float, limit: int
) -> None:
    """What comes is in the filter, is as many as there are, and is scored as an exact scan scores it."""
    dense, vectors = large
    seed = data.draw(st.integers(0, 2**20))
    chosen = np.sort(np.random.default_rng(seed).choice(1500, max(1, int(share * 1500)), replace=False))
    query = _unit(1, 24, seed=seed)[0]
    best = np.max((vectors.astype(np.float16).astype(np.float32) @ query).reshape(-1, 2), axis=1)
    for exact in (False, True):
        found = dense.search(query, limit, chosen, exact=exact)
        assert len(found) == min(limit, len(chosen))
        assert np.isin(found.keys, chosen).all()
        np.testing.assert_allclose(found.scores, best[found.keys], atol=1e-5)
        assert (np.diff(found.scores) <= 0).all()
    np.testing.assert_allclose(found.scores, np.sort(best[chosen])[::-1][:limit], atol=1e-5)


@pytest.mark.parametrize(("share", "named"), [(0.03, False), (0.1, True), (0.5, True), (0.9, True)])
def test_filters_find_as_much_as_searches_without(
    large: tuple[Dense, np.ndarray], monkeypatch: pytest.MonkeyPatch, share: float, named: bool
) -> None:
    """Also where the filter leaves out just what is nearest: then all that meet it are compared."""
    dense, vectors = large
    monkeypatch.setattr(index.dense, "_MOST", 0.5)
    assert dense.approximate is not None
    asked: list[int] = []
    rows = dense.approximate.rows
    monkeypatch.setattr(dense.approximate, "rows", lambda query, count: asked.append(count) or rows(query, count))

    def recall(within: np.ndarray | None) -> float:
        same = []
        for query in _unit(30, 24, seed=4):
            near, right = dense.search(query, 5, within), dense.search(query, 5, within, exact=True)
            assert within is None or np.isin(near.keys, within).all()
            same.append(np.isin(right.keys, near.keys).mean())
        return float(np.mean(same))

    whole = recall(None)
    asked.clear()
    some = np.sort(np.random.default_rng(9).choice(1500, int(share * 1500), replace=False))
    assert recall(some) >= whole - 0.02
    assert bool(asked) == named
    query = vectors[0]
    far = np.sort(np.argsort((vectors @ query).reshape(-1, 2).max(axis=1))[: int(share * 1500)])
    right = dense.search(query, 5, far, exact=True)
    assert np.isin(right.keys, dense.search(query, 5, far).keys).mean() >= 0.8


def test_equal_vectors_give_equal_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        approximate.write(tmp_path / name, _unit(3000, 16).astype(np.float16))
    for name in approximate.FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("dimension", [7, 8, 24])
def test_an_approximate_index_reads_its_file_in_place_as_faiss_would_make_it(tmp_path: Path, dimension: int) -> None:
    """Rows of two numbers a part and, where the dimension is odd, of one; rows that fill no block."""
    vectors = _unit(3001, dimension).astype(np.float16)
    approximate.write(tmp_path, vectors)
    made = approximate.opened(tmp_path, 3001)
    assert made is not None
    assert made.mapped
    plain = faiss.read_index(str(tmp_path / approximate.QUANTISER))
    plain.add(vectors.astype(np.float32))
    for query in _unit(5, dimension, seed=1):
        expected = np.sort(plain.search(query[np.newaxis], 50)[1][0])
        np.testing.assert_array_equal(made.rows(query[np.newaxis], 50), expected)
    np.testing.assert_array_equal(made.codes(np.arange(3001)), plain.pq.compute_codes(vectors.astype(np.float32)))


def test_an_approximate_index_is_copied_where_faiss_cannot_read_it_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    approximate.write(tmp_path, _unit(3000, 16).astype(np.float16))
    mapped = approximate.opened(tmp_path, 3000)
    monkeypatch.setattr(approximate, "_NO_TABLE", (1, 1))
    copied = approximate.opened(tmp_path, 3000)
    assert mapped is not None
    assert copied is not None
    assert (mapped.mapped, copied.mapped) == (True, False)
    query = _unit(1, 16, seed=1)
    np.testing.assert_array_equal(mapped.rows(query, 90), copied.rows(query, 90))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_rows_that_stay_keep_their_bits(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Rows go, come and move: the files are those that the old way of making bits makes of the new vectors."""
    folder = tmp_path_factory.mktemp("before")
    old = _unit(500, 16).astype(np.float16)
    approximate.write(folder, old)
    before = approximate.opened(folder, 500)
    assert before is not None
    cuts = sorted(data.draw(st.sets(st.integers(0, 500), min_size=2, max_size=8)))
    parts, runs, count = [], [], 0
    for number, (first, last) in enumerate(pairwise(cuts)):
        if data.draw(st.booleans()):
            runs.append(approximate.Run(start=count, before=first, count=last - first))
            parts.append(old[first:last])
        else:
            parts.append(_unit(last - first, 16, seed=100 + number).astype(np.float16))
        count += last - first
    vectors = np.concatenate(parts)
    spliced, plain = tmp_path_factory.mktemp("spliced"), tmp_path_factory.mktemp("plain")
    approximate.write(spliced, vectors, before, runs)
    approximate.write(plain, vectors, before)
    for name in approximate.FILES:
        assert (spliced / name).read_bytes() == (plain / name).read_bytes()
