from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import index.lexical
import index.lexical_writer
from index.errors import IndexDamagedError
from index.lexical import Entry, Lexical
from index.lexical_writer import LexicalWriter, Postings
from index.search import LexicalQuery, exact_top

COUNT = 600


@pytest.fixture(scope="module")
def lexical(tmp_path_factory: pytest.TempPathFactory) -> Lexical:
    folder = tmp_path_factory.mktemp("lexical")
    writer = LexicalWriter(folder)
    for row in range(COUNT):
        body = ["条款", *(["税收"] * (row % 7 == 0)), *(["退税"] * (row % 50 == 3)), f"词{row % 11}"]
        writer.add([Entry(body=body, bigrams=[f"对{row % 5}"], heading=["总则"], title=["办法"])])
    writer.close()
    return Lexical(folder)


@settings(max_examples=80, deadline=None)
@given(
    first=st.integers(0, COUNT - 1),
    step=st.integers(1, 200),
    limit=st.integers(1, 700),
    units=st.sets(st.sampled_from(["条款", "税收", "退税", "词3", "总则", "办法"]), min_size=1),
)
def test_any_selectivity_gives_the_restricted_full_ranking(
    lexical: Lexical, first: int, step: int, limit: int, units: set[str]
) -> None:
    query = LexicalQuery(terms={unit: 1.0 + len(unit) for unit in sorted(units)}, bigrams={"对2": 0.5})
    full = lexical.search(query, COUNT)
    within = np.arange(first, COUNT, step)
    found = lexical.search(query, limit, within)
    kept = np.isin(full.keys, within)
    assert list(found.keys) == list(full.keys[kept][:limit])
    assert list(found.scores) == list(full.scores[kept][:limit])


def test_equal_entries_come_by_key_at_every_limit(lexical: Lexical) -> None:
    query = LexicalQuery(terms={"总则": 1.0})
    full = lexical.search(query, COUNT)
    assert list(full.keys) == list(range(COUNT))
    for limit in (1, 17, 200, COUNT - 1):
        assert list(lexical.search(query, limit).keys) == list(range(limit))


def test_weights_of_zero_and_below_are_left_out(lexical: Lexical) -> None:
    assert len(lexical.search(LexicalQuery(terms={"条款": 0.0, "退税": -1.0}), 5)) == 0


def test_document_frequencies(lexical: Lexical) -> None:
    assert list(lexical.document_frequencies(["条款", "退税", "无"])) == [COUNT, 12, 0]


def test_units_with_blanks_or_of_monstrous_length_do_no_harm(tmp_path: Path) -> None:
    writer = LexicalWriter(tmp_path)
    writer.add([Entry(body=["a" * 100_000, "税"], bigrams=[], heading=[], title=[])])
    writer.close()
    lexical = Lexical(tmp_path)
    assert list(lexical.search(LexicalQuery(terms={"税": 1.0, "a" * 100_000: 1.0}), 5).keys) == [0]


def test_parts_have_the_size_that_suits_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the first ones are so small that a large index has three times as many, each of which every search visits."""
    monkeypatch.setattr(index.lexical_writer, "_LEAST_PART", 10)
    sizes = {}
    for documents in (0, 100):
        writer = LexicalWriter(tmp_path / f"{documents}", documents=documents)
        for number in range(100):
            writer.add([Entry(body=[f"税{number}"], bigrams=[], heading=[], title=[])] * (8 + 4 * (number % 2)))
        writer.close()
        part = Postings(tmp_path / f"{documents}", 1000).documents[:, 2]
        sizes[documents] = np.bincount(part, np.tile([8, 12], 50))
    assert len(sizes[0]) > 30
    assert 15 <= len(sizes[100]) <= 17
    assert (sizes[100][:-1] >= 1000 // 16).all()


def test_an_empty_index_answers(tmp_path: Path) -> None:
    LexicalWriter(tmp_path).close()
    assert len(Lexical(tmp_path).search(LexicalQuery(terms={"税": 1.0}), 5)) == 0


def test_a_folder_that_cannot_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = LexicalWriter(tmp_path)
    writer.add([Entry(body=["税"], bigrams=[], heading=[], title=[])])
    writer.close()
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(index.lexical.os, "access", lambda path, mode: False)
    assert len(Lexical(tmp_path).search(LexicalQuery(terms={"税": 1.0}), 5)) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")
    with pytest.raises(IndexDamagedError, match="无法打开"):
        Lexical(tmp_path)


def test_exact_top_goes_on_until_a_tie_is_whole() -> None:
    # The engine gives equal scores in descending key order, the worst case.
    keys = np.arange(40)[::-1]
    scores = np.ones(40, np.float32)

    def fetch(count: int) -> tuple[np.ndarray, np.ndarray, float]:
        return keys[:count], scores[:count], -np.inf if count > 40 else 1.0

    assert list(exact_top(fetch, 3, 4).keys) == [0, 1, 2]


def test_exact_top_counts_a_key_once_with_its_best_score() -> None:
    keys = np.array([7, 7, 2, 7])
    scores = np.array([0.9, 0.8, 0.8, 0.1], np.float32)

    def fetch(count: int) -> tuple[np.ndarray, np.ndarray, float]:
        return keys[:count], scores[:count], -np.inf if count > 4 else float(scores[:count][-1])

    best = exact_top(fetch, 2, 2)
    assert list(best.keys) == [7, 2]
    assert list(best.scores) == pytest.approx([0.9, 0.8])
