"""The measurements of bench.scale at a small size: each step whole, and what is made of them."""

import json
import sys
from pathlib import Path

import pytest

from bench import scale, synthetic
from bench.scale_page import by_size, rivals_table, sizes_table, write_page
from index.generation import open_generation
from index.load import load
from index.parse import parse

ROOT = Path(__file__).parents[1]
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc, which only Linux has")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds, where the corpora are looked for."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "corpus").mkdir()
    for name in ("laws", "policies"):
        (folder / "corpus" / name).symlink_to(ROOT / "seeds")
    return folder


@pytest.fixture(scope="module")
def real() -> synthetic.Material:
    return synthetic.material([ROOT / "seeds"])


def test_documents_follow_real_ones_line_by_line(real: synthetic.Material) -> None:
    models = {tuple(line.marker for line in document): document for document in real.documents}
    assert len(models) == len(real.documents) == 5
    for number in range(2 * len(models)):
        title, *lines = real.document(number).splitlines()
        assert title
        model = next(
            document
            for markers, document in models.items()
            if len(markers) == len(lines)
            and all(line.startswith(marker) for line, marker in zip(lines, markers, strict=True))
        )
        for line, copied in zip(lines, model, strict=True):
            body = line.removeprefix(copied.marker)
            assert abs(len(body) - sum(map(len, copied.sentences))) < 6 * max(1, len(copied.sentences))


def test_a_small_set_is_the_beginning_of_a_large_one(real: synthetic.Material, tmp_path: Path) -> None:
    few = synthetic.write(real, tmp_path / "few", 300)
    many = synthetic.write(real, tmp_path / "many", 1500)
    assert 0 < few < many
    names = sorted(path.relative_to(tmp_path / "few") for path in (tmp_path / "few").rglob("*.txt"))
    assert len(names) == few
    assert all((tmp_path / "few" / name).read_text() == (tmp_path / "many" / name).read_text() for name in names)
    assert len({path.read_text() for path in (tmp_path / "many").rglob("*.txt")}) == many


def test_they_are_parsed_as_documents_are(real: synthetic.Material, tmp_path: Path) -> None:
    synthetic.write(real, tmp_path, 500)
    clauses = [clause for path in tmp_path.rglob("*.txt") for clause in parse(load(path), path.name).clauses]
    assert len(clauses) >= 100
    assert sum(bool(clause.headings) for clause in clauses) >= 0.4 * len(clauses)


@LINUX
def test_all_steps_at_a_small_size(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "_REMOVED", 50)
    size, work = 2000, tmp_path / "work"
    work.mkdir()
    results = tmp_path / "results.jsonl"
    built = scale.build(work, size, shared)
    assert built["documents"] == len(list((work / f"corpus-{size}").rglob("*.txt")))
    assert built["clauses"] >= 0.1 * size and built["refused"] == 0
    scale.keep(results, size, "build", built)
    scale.keep(results, size, "search", scale.search(work, size, scale.questions(5)))
    before = open_generation(work / f"index-{size}")
    scale.keep(results, size, "change", scale.change(work, size, shared))
    assert open_generation(work / f"index-{size}").name == before.name
    assert len(list((work / f"corpus-{size}").rglob("*.txt"))) == built["documents"]
    scale.keep(results, size, "search", {**scale.read(results)[1], "questions": 7})
    (steps,) = by_size(scale.read(results))
    assert list(steps) == ["build", "search", "change"] and steps["search"]["questions"] == 7
    table = sizes_table([steps])
    assert f"| {built['clauses']:,} 条 |" in table and "| 压缩向量的召回 | 不用 |" in table
    page, plot = tmp_path / "page.md", tmp_path / "plot.svg"
    page.write_text("<!-- scale -->\n<!-- /scale -->\n", encoding="utf-8")
    write_page(scale.read(results), page, plot)
    assert table in page.read_text(encoding="utf-8") and "取候选 p99" in plot.read_text(encoding="utf-8")


def test_others_stand_beside_ours_with_ratios() -> None:
    spread = {"p50": 0.01, "p99": 0.02, "cpu": 0.01, "each_second": 100.0}
    index = {"1": spread, "2": spread}
    ours = {
        "build": {"clauses": 1000, "seconds": {"write": 3.0}, "bytes": {"dense": 1_500_000}},
        "search": {"index": index, "memory": {"VmRSS": 200 << 20}},
        "change": {"put": 1.0, "removed_clauses": {"seconds": 2.0}},
    }
    other = {
        "seconds": 6.0,
        "bytes": 500_000,
        "clauses": 1000,
        "version": "9",
        "index": index,
        "put": 4.0,
        "memory": {"VmRSS": 100 << 20},
        "removed_clauses": {"seconds": 1.0},
    }
    table = rivals_table({**ours, "txtai": other, "bm25s+FAISS": other})
    assert "| 建立：只算写入（秒） | 3.0 | 6.0（0.50） | 6.0（0.50） |" in table
    assert "| 每条字节 | 1500.0 | 500.0（3.00） | 500.0（3.00） |" in table
    assert "| 加一份文件并存盘（秒） | 1.0 | 4.0（0.25） |" in table
    assert json.dumps(other)
