"""The quick form of ``bench.crash``: a few killed writers, full disks, changed bytes; writers and readers at once."""

from collections.abc import Callable
from functools import partial

import pytest

from bench.crash import Outcome, flips, full_disk, kills, run, together


@pytest.mark.parametrize(
    ("trial", "least"),
    [
        (partial(kills, count=4, seed=1), {"searches meanwhile": 1}),
        (partial(full_disk, count=4, seed=2), {"said that writing failed": 1}),
        (partial(flips, seed=3), {"found and named": 50}),
        (partial(together, seconds=3.0, writers=2, readers=2), {"updates": 1, "searches": 1}),
    ],
    ids=["kills", "full disk", "one byte changed", "writers and readers at once"],
)
def test_trial(trial: Callable[..., Outcome], least: dict[str, int]) -> None:
    (outcome,) = run([trial])
    assert outcome.wrong == []
    assert all(outcome.counts[name] >= count for name, count in least.items()), outcome.counts
