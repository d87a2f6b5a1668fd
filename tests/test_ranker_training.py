"""Training the ranker: what is learned on articles besides, how the probability is judged, jobs in processes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the extra: pip install 'policy-qa[transformers]'")
pytest.importorskip("lightgbm", reason="needs the extra: pip install 'policy-qa[dev]'")

from qa.rank import ON_ARTICLES, columns
from train.calibration import BINS, reliability_of
from train.data import Question
from train.folds import side_by_side
from train.ranker import Order, fitted, ranks_of
from train.samples import LAWS, Sample

NAMES = ("words", "meaning", "question_articles")


def _samples(scenario: str, teller: int, count: int = 60) -> list[Sample]:
    """Questions whose right clause is the one with the greatest value of one feature; the other is chance."""
    random = np.random.default_rng(count + teller)
    found = []
    for number in range(count):
        values = random.random((6, 3)).astype(np.float32)
        values[:, 2] = scenario == LAWS
        found.append(
            Sample(
                question=Question(id=f"{scenario}{number}", text="几天", source="law"),
                fold=number % 5,
                scenario=scenario,
                names=NAMES,
                values=values,
                gold=np.arange(6) == np.argmax(values[:, teller]),
                found=True,
                keys=np.arange(6),
            )
        )
    return found


def test_articles_are_ordered_by_what_tells_on_articles_and_documents_as_before() -> None:
    documents, on_laws = _samples("all", 0), _samples(LAWS, 1)
    alone, both = fitted(documents, None), fitted(documents + on_laws, None)
    assert both.names == ("words", "meaning", f"words{ON_ARTICLES}", f"meaning{ON_ARTICLES}")
    assert np.allclose(both.weights[:2], alone.weights, atol=1e-4)
    for order, samples, least in ((alone, documents, 0.95), (both, documents, 0.95), (both, on_laws, 0.95)):
        assert np.mean(ranks_of(samples, [order.scores(one) for one in samples]) == 1) >= least
    assert np.mean(ranks_of(on_laws, [alone.scores(one) for one in on_laws]) == 1) < 0.5


def test_a_fold_is_not_taught_by_itself() -> None:
    samples = _samples("all", 0)
    spoilt = [one if one.fold else _spoilt(one) for one in samples]
    assert np.array_equal(fitted(samples, 0).weights, fitted(spoilt, 0).weights)
    assert not np.array_equal(fitted(samples, 1).weights, fitted(spoilt, 1).weights)


def _spoilt(sample: Sample) -> Sample:
    return Sample(
        question=sample.question,
        fold=sample.fold,
        scenario=sample.scenario,
        names=sample.names,
        values=sample.values,
        gold=sample.gold[::-1].copy(),
        found=True,
        keys=sample.keys,
    )


@given(st.floats(0, 1, width=32))
def test_a_weight_on_articles_counts_in_their_measure(share: float) -> None:
    values = np.array([[0.5, 0.25, share], [1.0, 0.5, share]], np.float32)
    order = Order(names=("words", f"words{ON_ARTICLES}"), weights=np.array([2.0, 4.0], np.float32))
    found = columns(NAMES, values, order.names)
    assert np.allclose(found, [[0.5, 0.5 * share], [1.0, share]])
    assert np.allclose(values[:, 0], [0.5, 1.0]), "the sheet is not written to"
    assert np.allclose(found @ order.weights, (2 + 4 * share) * values[:, 0])


def test_a_probability_that_is_kept_has_no_error_and_one_that_is_not_has_its_distance() -> None:
    random = np.random.default_rng(0)
    said = random.random(20_000)
    truth = random.random(20_000) < said
    kept = reliability_of(said, truth)
    assert kept.error < 0.02
    assert reliability_of(np.full(1_000, 0.9), np.arange(1_000) < 500).error == pytest.approx(0.4)
    assert kept.share.sum() == pytest.approx(1)
    assert len(kept.share) == BINS


@pytest.mark.parametrize(
    ("said", "truth", "area"),
    [
        ([0.1, 0.2, 0.8, 0.9], [False, False, True, True], 1.0),
        ([0.9, 0.8, 0.2, 0.1], [False, False, True, True], 0.0),
        ([0.5, 0.5, 0.5, 0.5], [False, False, True, True], 0.5),
        ([0.1, 0.6, 0.4, 0.9], [False, False, True, True], 0.75),
        ([0.0, 1.0], [False, True], 1.0),
    ],
)
def test_the_area_counts_pairs_in_the_right_order(said: list[float], truth: list[bool], area: float) -> None:
    assert reliability_of(said, np.array(truth)).area == pytest.approx(area)


def test_jobs_run_in_processes_of_their_own_and_a_failed_one_is_told(tmp_path: Path) -> None:
    written = tmp_path / "here"
    local: list[int] = []

    def writes() -> int:
        local.append(1)
        written.write_text("x", encoding="utf-8")
        return 7

    def fails() -> int:
        raise ValueError("no such fold")

    assert dict(side_by_side({"a": writes, "b": lambda: 8}, 2)) == {"a": 7, "b": 8}
    assert written.exists() and not local
    with pytest.raises(ValueError, match="no such fold"):
        list(side_by_side({"c": fails}, 1))
