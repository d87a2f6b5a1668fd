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
    build([corpus], folder, embedder)
    first = open_generation(folder)
    assert first.manifest.recall is not None and first.manifest.recall >= index.recall.LEAST
    assert index.approximate.FILE in first.manifest.files
    assert check(folder, embedder).faults == ()
    (corpus / "07.txt").unlink()
    build([corpus], folder, embedder)
    build([corpus], tmp_path / "fresh", embedder, how=How(rebuild=True))
    second, fresh = open_generation(folder), open_generation(tmp_path / "fresh")
    name = index.approximate.FILE
    assert second.manifest.files[name] == fresh.manifest.files[name] != first.manifest.files[name]
    monkeypatch.setattr(index.check, "LEAST", 1.1)
    (fault,) = check(folder, embedder).faults
    assert "近似向量查找" in fault


def test_an_index_that_finds_too_little_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.recall, "LEAST", 1.1)
    embedder = TinyEmbedder()
    build([_corpus(tmp_path / "corpus")], tmp_path / "index", embedder)
    generation = open_generation(tmp_path / "index")
    assert generation.manifest.recall is not None
    assert index.approximate.FILE not in generation.manifest.files
    assert check(tmp_path / "index", embedder).faults == ()
    with open_index(tmp_path / "index") as backend:
        assert len(backend.dense(embedder.queries(["一丁"])[0], 600)) == 600


def test_a_small_index_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.approximate, "EXACT_ROWS", 600)
    build([_corpus(tmp_path / "corpus")], tmp_path / "index", TinyEmbedder())
    assert open_generation(tmp_path / "index").manifest.recall is None
