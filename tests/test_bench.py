"""The figures of bench/ on cases small enough to check by hand, and against ranx."""

from math import log, log2
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from bench.bm25 import _weighted, units
from bench.compare import moves, sign_test
from bench.pages import put
from bench.quality import Result, read, stamps, write
from bench.render import below
from bench.scores import FIGURES, Found, bootstrap, figures
from bench.sets import Asked, Right, part
from bench.systems import BM25, OURS, SYSTEMS, judged

COLUMN = {name: place for place, name in enumerate(FIGURES)}


def test_figures_of_one_answer() -> None:
    values = figures(
        [Found(ranks=(1,), path=True), Found(ranks=(3,), path=False), Found(ranks=(0,)), Found(ranks=(11,))]
    )
    assert values[:, COLUMN["hit@1"]].tolist() == [1, 0, 0, 0]
    assert values[:, COLUMN["hit@5"]].tolist() == [1, 1, 0, 0]
    assert values[:2, COLUMN["path@1"]].tolist() == [1, 0]
    assert np.isnan(values[2:, COLUMN["path@1"]]).all()
    assert values[:, COLUMN["MRR@10"]] == pytest.approx([1, 1 / 3, 0, 0])
    assert values[:, COLUMN["nDCG@10"]] == pytest.approx([1, 1 / log2(4), 0, 0])
    assert values[:, COLUMN["R@100"]].tolist() == [1, 1, 0, 1]


def test_figures_of_several_answers() -> None:
    values = figures([Found(ranks=(2, 0, 40))])[0]
    ideal = 1 + 1 / log2(3) + 1 / log2(4)
    assert values[COLUMN["nDCG@10"]] == pytest.approx((1 / log2(3)) / ideal)
    assert values[COLUMN["R@100"]] == pytest.approx(2 / 3)
    assert values[COLUMN["MRR@10"]] == pytest.approx(1 / 2)


def test_bootstrap_knows_constant_differences_and_their_sign() -> None:
    better = np.ones((50, 1)) - np.zeros((50, 1))
    mean, low, high = bootstrap(better, [str(number) for number in range(50)])[0]
    assert (mean, low, high) == (1, 1, 1)


def test_bootstrap_interval_is_that_of_the_normal_law() -> None:
    values = np.random.default_rng(1).normal(0.3, 1.0, size=(400, 1))
    mean, low, high = bootstrap(values, [str(number) for number in range(400)], resamples=4000)[0]
    error = values.std() / np.sqrt(400)
    assert mean == pytest.approx(values.mean())
    assert low == pytest.approx(values.mean() - 1.96 * error, abs=0.02)
    assert high == pytest.approx(values.mean() + 1.96 * error, abs=0.02)


def test_bootstrap_draws_groups_whole() -> None:
    """Ten copies of each of 40 values tell no more than the 40 values."""
    values = np.random.default_rng(2).normal(size=(40, 1))
    single = bootstrap(values, [str(number) for number in range(40)])[0]
    copied = bootstrap(np.repeat(values, 10, axis=0), [str(number // 10) for number in range(400)])[0]
    assert copied == pytest.approx(single)


def test_bootstrap_keeps_groups_and_their_values_together() -> None:
    """Large groups are right, small ones wrong: mixed up, the interval would lie elsewhere."""
    sizes = np.arange(1, 31)
    groups = [str(number) for number in np.repeat(sizes, sizes)]
    values = (np.repeat(sizes, sizes) > 15).astype(float)[:, None]
    mean, low, high = bootstrap(values, groups)[0]
    assert mean == pytest.approx(sizes[15:].sum() / sizes.sum())
    assert mean - 0.2 < low < mean < high < 1


def test_bootstrap_is_repeatable_and_weighs_questions_alike() -> None:
    values = np.array([[1.0], [0.0], [0.0], [0.0]])
    groups = ["a", "b", "b", "b"]
    first, second = bootstrap(values, groups), bootstrap(values, groups)
    assert first.tolist() == second.tolist()
    assert first[0, 0] == 0.25


def test_units_count_once_and_equal_answers_are_one() -> None:
    units = np.array([0, 0, 2, 3, 3, 5])  # clauses 0, 1 and 3, 4 are items of one article each
    right = Right(answers={3: 0, 5: 1}, count=2, paths=None)
    assert judged(np.array([1, 0, 4, 3, 2, 5]), units, right) == Found(ranks=(2, 4))
    either = Right(answers={2: 0, 5: 0}, count=1, paths=frozenset({5}))
    assert judged(np.array([5, 2]), units, either) == Found(ranks=(1,), path=True)
    assert judged(np.array([2, 5]), units, either) == Found(ranks=(1,), path=False)
    assert judged(np.array([], np.int64), units, either) == Found(ranks=(0,), path=False)


def _result(id: str, *, ours: int, other: int = 1, type: str = "fact") -> Result:
    found = [Found(ranks=(other,)) for _ in SYSTEMS]
    found[SYSTEMS.index(OURS)] = Found(ranks=(ours,))
    return Result(set="policies", asked=Asked(id=id, text="", type=type, group=id), found=tuple(found))


def test_won_and_lost_are_not_swapped() -> None:
    old = [_result("up", ours=4), _result("down", ours=1), _result("same", ours=1), _result("gone", ours=2)]
    new = [_result("up", ours=1), _result("down", ours=0), _result("same", ours=1), _result("fresh", ours=1)]
    won, lost = moves(old, new, OURS, 1)
    assert [(one.id, one.old, one.new) for one in won] == [("up", 4, 1)]
    assert [(one.id, one.old, one.new) for one in lost] == [("down", 1, 0)]
    assert [one.id for one in moves(old, new, OURS, 5)[1]] == ["down"]
    assert moves(old, new, BM25, 1) == ([], [])


def test_sign_test() -> None:
    assert sign_test(0, 0) == 1
    assert sign_test(5, 5) == 1
    assert sign_test(10, 0) == pytest.approx(2 / 2**10)
    assert sign_test(0, 10) == sign_test(10, 0)


def test_types_below_bm25_are_named() -> None:
    results = [_result("1", ours=2, type="fact"), _result("2", ours=1, other=3, type="paraphrase")]
    assert below(results, ["fact", "paraphrase"]) == ["fact（1 题）：hit@1 0.000，BM25 1.000"]


def test_results_are_read_as_written(tmp_path: Path) -> None:
    results = [_result("1", ours=2), _result("2", ours=0)]
    write(results, tmp_path / "run.jsonl", {"policies": "today"})
    assert read(tmp_path / "run.jsonl") == results
    assert stamps(tmp_path / "run.jsonl") == {"policies": "today"}
    assert stamps(tmp_path / "none.jsonl") == {}


def test_a_part_of_the_names_is_chosen_by_name_alone() -> None:
    shares = [part(f"stard{number}", 5) == 0 for number in range(2000)]
    assert 0.17 < np.mean(shares) < 0.23


def test_yardstick_is_bm25_as_bm25s_has_it() -> None:
    """By hand: two clauses of three and one unit; the question's unit stands in the first only."""
    matrix = sp.csr_matrix(np.array([[1.0, 2.0], [1.0, 0.0]], np.float32))
    weights = _weighted(matrix).toarray()
    norms = [1.2 * (0.25 + 0.75 * length / 2) for length in (3, 1)]
    common, rare = log(1 + 0.5 / 2.5), log(1 + 1.5 / 1.5)
    assert weights[0] == pytest.approx([common * 2.2 / (1 + norms[0]), rare * 4.4 / (2 + norms[0])])
    assert weights[1] == pytest.approx([common * 2.2 / (1 + norms[1]), 0])


def test_units_of_the_yardstick() -> None:
    found = units("补贴补贴多少")
    assert found["补贴"] > 1
    assert all(len(unit) > 1 for unit in found)


def test_tables_replace_what_stands_between_their_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- speed -->\nold\n<!-- /speed -->\nafter\n", encoding="utf-8")
    put(page, "speed", "new")
    put(page, "speed", "newer")
    assert page.read_text(encoding="utf-8") == "before\n<!-- speed -->\n\nnewer\n\n<!-- /speed -->\nafter\n"
    with pytest.raises(ValueError, match="quality"):
        put(page, "quality", "x")
