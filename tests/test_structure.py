"""Metadata and clause paths against documents that were read by eye."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.structure import measure, measure_paths, read

SHARED = Path(__file__).parents[2] / "shared"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there")


@pytest.mark.parametrize(
    ("truth", "folder", "least"),
    [
        ("chunk_truth_seeds.jsonl", SHARED, 1.0),
        ("chunk_truth_dev.jsonl", SHARED / "corpus", 0.98),
        ("chunk_truth_rendered_dev.jsonl", SHARED / "corpus", 0.98),
    ],
)
def test_fields_and_paths(truth: str, folder: Path, least: float) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in (SHARED / "eval" / truth).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parsed = read(folder / row["file"])
        for field, good, _, _ in [*measure(row, parsed.metadata), *measure_paths(row, parsed.clauses)]:
            total[field] += 1
            right[field] += good
    assert {"title", "number", "date", "issuer", "path", "n_top"} <= set(total)
    assert {field: right[field] / count for field, count in total.items() if right[field] < least * count} == {}


def test_fields_of_all_policies() -> None:
    """Title, number, date and issuer of 145 documents; what their readers wrote otherwise is in `bench/structure.py`."""
    folder = SHARED / "corpus" / "policies"
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["file"] in ("zj_01.html", "pdftxt_bj_gongbao_garbled.txt"):  # unreadable
            continue
        for field, good, _, _ in measure(row, read(folder / row["file"]).metadata):
            total[field] += 1
            right[field] += good
    assert all(right[field] >= 0.95 * total[field] for field in ("title", "number", "date", "issuer"))
