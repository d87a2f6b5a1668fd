"""What bench.speed hands to the other systems, and its tables."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.indexing import cold_table, indexing_table, tenth
from bench.policy import table as policy_table
from bench.speed import OURS, Times, export, measure, opened, report
from index.backend import LocalBackend
from index.dense import Dense
from index.embed import Embedder, open_embedder
from index.passages import passages
from index.tokens import terms
from index.walk import find
from qa.pipeline import open_pipeline

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[LocalBackend]:
    folder = tmp_path_factory.mktemp("speed")
    opened(folder, ROOT / "seeds", embedder).close()  # makes it
    with opened(folder, ROOT / "nowhere", embedder) as found:  # finds it
        yield found


def test_words_and_vectors_of_a_clause_stand_at_its_key(
    backend: LocalBackend, embedder: Embedder, tmp_path: Path
) -> None:
    asked = ["标准厂房租金补贴多少", "谁负责招商引资"]
    export(backend, embedder, asked, tmp_path)
    words = (tmp_path / "words.jsonl").read_text(encoding="utf-8").splitlines()
    vectors = np.load(tmp_path / "vectors.npy")
    count = backend.manifest.clauses
    assert len(words) == len(vectors) == count
    dense = Dense(backend.generation.path, embedder.dimension, count)
    several = [key for key in range(count) if len(dense.rows(key, key + 1)[0]) > 1]
    assert several
    for key in (0, count - 1, *several[:5]):
        document, clause = backend.fetch([key])[0]
        assert set(terms(clause.text)) <= set(words[key].split())
        whole = embedder.passages(passages(document.metadata, clause)[:1])[0]
        assert float(whole @ vectors[key]) == pytest.approx(1, abs=1e-3)
    assert np.load(tmp_path / "asked.npy") == pytest.approx(embedder.queries(asked))
    assert len(json.loads((tmp_path / "asked.json").read_text(encoding="utf-8"))) == 2


def test_each_question_after_the_warm_up_is_timed_once(backend: LocalBackend, embedder: Embedder) -> None:
    times = measure(open_pipeline(backend, embedder), None, ["问题一", "标准厂房", "谁负责"], warm=1)
    assert list(times) == [OURS]
    assert len(times[OURS].wall) == len(times[OURS].cpu) == 2


def test_ratios_are_ours_by_theirs() -> None:
    times = {OURS: Times(wall=[0.010, 0.020, 0.030], cpu=[0.01] * 3), "txtai": Times(wall=[0.040] * 3, cpu=[0.02] * 3)}
    line = report(times, 1000, {"txtai": "9"}).splitlines()[-1]
    assert line == "| txtai | 40.0 | 40.0 | 20.0 | 0.50 | 0.50 |"


def test_indexing_tables() -> None:
    part = {"documents": 10, "clauses": 100, "seconds": {"load": 1.0, "total": 2.0}, "cpu": 1.5, "peak": 2**20}
    whole = {"documents": 100, "clauses": 1000, "seconds": {"load": 10.0, "total": 25.0}, "cpu": 15.0, "peak": 2**21}
    table = indexing_table(part, whole)
    assert "| 合计（秒） | 2.0 | 25.0 | 12.5 |" in table
    assert "| 处理器时间（秒） | 1.5 | 15.0 | 10.0 |" in table
    assert "| 内存峰值（MB） | 1 | 2 | 2.0 |" in table
    assert "| `a` | 1.00 | 0.25 |" in cold_table({"a": [1.0, 9.0, 0.5], "b": [4.0, 4.0, 4.0]})


def test_a_tenth_keeps_names(tmp_path: Path) -> None:
    folder = tmp_path / "all"
    for number in range(20):
        (folder / f"{number % 2}").mkdir(parents=True, exist_ok=True)
        (folder / f"{number % 2}" / f"{number:02}.txt").write_text("第一条　内容。", encoding="utf-8")
    sample = tenth(folder, tmp_path / "laws")
    assert len(find([sample]).files) == 2


def test_what_policy_tools_cost() -> None:
    lines = policy_table((2.0, 3.0), (9.0, 0.9), 10, 100).splitlines()
    assert lines[-2].endswith("| 2.0 | 3.0 | 1.50 |")
    assert lines[-1].endswith("| 90.0 | 99.0 | 1.10 |")
