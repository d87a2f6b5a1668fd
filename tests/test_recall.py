"""Builds large enough, by a lowered limit, for an approximate index: proved, kept through changes, or left out."""

from pathlib import Path

import numpy as np
import pytest
from index_samples import TinyEmbedder, load, parse

import index.approximate
import index.check
import index.ingest
import index.recall
from index.backend import open_index
from index.build import How, build
from index.check import check
from index.generation import open_generation
from qa.cli_index import report_lines


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.ingest, "load", load)
    monkeypatch.setattr(index.ingest, "parse", parse)
    monkeypatch.setattr(index.approximate, "EXACT_ROWS", 200)


def _corpus(folder: Path) -> Path:
    rng, signs = np.random.default_rng(0), [chr(0x4E00 + number) for number in range(300)]
    folder.mkdir()
    for number in range(30):
        lines = ["".join(rng.choice(signs, 30)) for _ in range(20)]
        (folder / f"{number:02d}.txt").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_an_index_that_proves_itself_is_used_and_follows_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, folder, embedder = _corpus(tmp_path / "corpus"), tmp_path / "index", TinyEmbedder()
    report = build([corpus], folder, embedder)
    first = open_generation(folder)
    assert first.manifest.recall is not None and first.manifest.recall >= index.recall.LEAST
    assert first.manifest.approximate and set(index.approximate.FILES) <= set(first.manifest.files)
    assert check(folder, embedder).faults == ()
    assert check(folder, embedder).recall == first.manifest.recall == report.recall
    (corpus / "07.txt").unlink()
    build([corpus], folder, embedder, how=How(rebuild=True))
    build([corpus], tmp_path / "fresh", embedder)
    second, fresh = open_generation(folder), open_generation(tmp_path / "fresh")
    for name in index.approximate.FILES:
        assert second.manifest.files[name] == fresh.manifest.files[name] != first.manifest.files[name]
    monkeypatch.setattr(index.check, "LEAST", 1.1)
    (fault,) = check(folder, embedder).faults
    assert "近似向量查找" in fault


def test_small_changes_keep_what_was_measured_until_they_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, folder, embedder = _corpus(tmp_path / "corpus"), tmp_path / "index", TinyEmbedder()
    build([corpus], folder, embedder)
    made = open_generation(folder).manifest
    measured: list[int] = []
    monkeypatch.setattr(index.recall, "measured", lambda *_: measured.append(1) or 0.995)
    moved, rows = 0, made.vectors // 30
    for number in (3, 17, 29):  # of thirty files; a tenth of the vectors is three of them
        (corpus / f"{number:02d}.txt").unlink()
        moved += rows
        build([corpus], folder, embedder)
        manifest = open_generation(folder).manifest
        stale = moved > index.recall._STALE * manifest.vectors
        assert stale == (number == 29) == bool(measured)
        assert (manifest.moved, manifest.recall) == ((0, 0.995) if stale else (moved, made.recall))
        quantiser = index.approximate.QUANTISER
        assert (manifest.files[quantiser] != made.files[quantiser]) == stale
        assert check(folder, embedder).faults == ()


def test_what_was_left_out_is_not_tried_again_at_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus, folder, embedder = _corpus(tmp_path / "corpus"), tmp_path / "index", TinyEmbedder()
    monkeypatch.setattr(index.recall, "measured", lambda *_: 0.5)
    assert build([corpus], folder, embedder).recall == 0.5
    monkeypatch.setattr(index.recall, "measured", lambda *_: pytest.fail("measured again"))
    (corpus / "03.txt").unlink()
    report = build([corpus], folder, embedder)
    assert report.recall == 0.5
    assert any("50.0%" in line and "没有采用" in line for line in report_lines(report))
    assert not open_generation(folder).manifest.approximate


def test_an_index_that_finds_too_little_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.recall, "LEAST", 1.1)
    embedder = TinyEmbedder()
    build([_corpus(tmp_path / "corpus")], tmp_path / "index", embedder)
    generation = open_generation(tmp_path / "index")
    assert generation.manifest.recall is not None
    assert not set(index.approximate.FILES) & set(generation.manifest.files)
    assert check(tmp_path / "index", embedder).faults == ()
    with open_index(tmp_path / "index") as backend:
        assert len(backend.dense(embedder.queries(["一丁"])[0], 600)) == 600


def test_a_small_index_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.approximate, "EXACT_ROWS", 600)
    build([_corpus(tmp_path / "corpus")], tmp_path / "index", TinyEmbedder())
    assert open_generation(tmp_path / "index").manifest.recall is None
