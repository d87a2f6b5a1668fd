"""An index in Milvus, on milvus-lite: parts, editions, removal, errors, and the quality of the local index."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import CORPUS, TinyEmbedder, load, parse, write_corpus

import index.ingest
from index.backend import Backend, open_index
from index.build import build
from index.embed import open_embedder
from index.errors import IndexMissingError, IndexUnreachableError
from index.lexical import Entry
from index.load import Limits
from index.records import BuildReport
from index.search import LexicalQuery
from index.sparse import Frequencies, clause_vector
from qa import cli
from qa.cli_errors import INDEX, report
from qa.config import Settings
from qa.errors import UsageError
from qa.evaluate import Case, evaluate, read_cases
from qa.service import PolicyQA

pytest.importorskip("pymilvus", reason="the extra milvus is not installed")
pytest.importorskip("milvus_lite", reason="milvus-lite is not installed")

from index.milvus import open_milvus
from index.milvus_build import MilvusIndex, Part
from index.milvus_server import Blobs, Server, Where

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "bench" / "seeds.jsonl"
SEEDS_DEV = ROOT.parent / "shared" / "eval" / "seeds_dev.jsonl"
EMBEDDER = TinyEmbedder()


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(index.ingest, "load", load)
    monkeypatch.setattr(index.ingest, "parse", parse)
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def where(tmp_path: Path) -> Where:
    return Where(uri=str(tmp_path / "milvus.db"), vector_index="FLAT")


@pytest.fixture
def writer(where: Where, samples: Path) -> Iterator[MilvusIndex]:
    made = MilvusIndex(where, EMBEDDER)
    yield made
    made.close()


def sources(where: Where) -> list[str]:
    backend = open_milvus(where)
    try:
        return [document.source for document in backend.documents()]
    finally:
        backend.close()


def test_nothing_is_seen_before_all_parts_are_there(writer: MilvusIndex, where: Where, samples: Path) -> None:
    for number in (1, 2, 3):
        with pytest.raises(IndexMissingError, match="policy_qa"):
            open_milvus(where)
        writer.build([samples], Part(number=number, of=3), Limits())
    assert sources(where) == sorted(CORPUS)


@given(st.text(min_size=1), st.integers(1, 9))
def test_each_file_belongs_to_one_part(source: str, of: int) -> None:
    assert sum(Part(number=number, of=of).holds(source) for number in range(1, of + 1)) == 1


def test_a_second_round_is_seen_when_all_its_parts_are_done(writer: MilvusIndex, where: Where, samples: Path) -> None:
    for number in (1, 2):
        writer.build([samples], Part(number=number, of=2), Limits())
    gone = sorted(CORPUS)[0]
    (samples / gone).unlink()
    first, last = sorted((1, 2), key=lambda number: not Part(number=number, of=2).holds(gone))
    report = writer.build([samples], Part(number=first, of=2), Limits())
    assert report.documents == len(CORPUS)
    assert sources(where) == sorted(CORPUS)
    writer.build([samples], Part(number=last, of=2), Limits())
    assert sources(where) == sorted(CORPUS)[1:]


def test_processes_do_their_parts_and_a_third_answers(where: Where) -> None:
    environment = {
        **os.environ,
        "QA_INDEX__BACKEND": "milvus",
        "QA_MILVUS__URI": where.uri,
        "QA_MILVUS__VECTOR_INDEX": "FLAT",
    }

    def qa(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", "from qa.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    question = "国家级开发区工业用地产出强度2025年要达到多少？"
    assert qa("index", "seeds", "--shard", "1/2").returncode == 0
    assert qa("ask", question).returncode == INDEX
    assert qa("index", "seeds", "--shard", "2/2").returncode == 0
    assert "500万元/亩" in qa("ask", question).stdout
    assert "5 份文件" in qa("doctor").stdout
    again = qa("index", "seeds")
    assert (again.returncode, again.stderr) == (0, "")
    assert "500万元/亩" in qa("ask", question).stdout


def test_only_what_changed_is_embedded_and_a_reader_keeps_its_generation(
    writer: MilvusIndex, where: Where, samples: Path
) -> None:
    writer.build([samples], Part(), Limits())
    reader = open_milvus(where)
    before = [reader.clauses(document.id) for document in reader.documents()]
    EMBEDDER.seen.clear()
    (samples / "d/无名.txt").write_text("第九条 本方案自公布之日起施行。\n第十条 原方案废止。\n", encoding="utf-8")
    report = writer.build([samples], Part(), Limits())
    assert {file.source: file.status for file in report.files} == {
        source: "indexed" if source.startswith("d/") else "unchanged" for source in CORPUS
    }
    assert len(EMBEDDER.seen) == 2
    assert [reader.clauses(document.id) for document in reader.documents()] == before
    count = reader.manifest.clauses
    assert sorted(reader.dense(EMBEDDER.queries(["开发区"])[0], 100).keys) == list(range(count))
    reader.close()
    newer = open_milvus(where)
    assert newer.manifest.clauses == count + 1
    newer.close()


def test_a_rebuild_writes_every_row_again(writer: MilvusIndex, where: Where, samples: Path) -> None:
    writer.build([samples], Part(), Limits())
    reader, server = open_milvus(where), Server(where)
    (vectors,) = (name for name in server.call("list_collections") if name.endswith("_vectors"))
    victim = reader.documents()[0].id
    lost = reader.keys(victim)
    server.call("delete", vectors, filter=f'document like "{victim}%"')
    query = EMBEDDER.queries(["开发区"])[0]
    assert not set(lost) & set(reader.dense(query, 100).keys.tolist())
    EMBEDDER.seen.clear()
    assert {file.status for file in writer.build([samples], Part(), Limits()).files} == {"unchanged"}
    assert not EMBEDDER.seen
    assert {file.status for file in writer.build([samples], Part(), Limits(), rebuild=True).files} == {"indexed"}
    newer = open_milvus(where)
    count = newer.manifest.clauses
    assert sorted(newer.dense(query, 100).keys) == sorted(reader.dense(query, 100).keys) == list(range(count))
    for one in (reader, newer, server):
        one.close()


@pytest.mark.parametrize("words", [[], ["--shard", "1/1"]])
def test_the_command_rebuilds(where: Where, samples: Path, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_INDEX__BACKEND", "milvus")
    monkeypatch.setenv("QA_MILVUS__URI", where.uri)
    monkeypatch.setenv("QA_MILVUS__VECTOR_INDEX", "FLAT")
    asked: list[bool] = []
    plain = MilvusIndex.build

    def build(*arguments: Any, rebuild: bool, **options: Any) -> BuildReport:
        asked.append(rebuild)
        return plain(*arguments, rebuild=rebuild, **options)

    monkeypatch.setattr(MilvusIndex, "build", build)
    assert cli.run(["--quiet", "index", str(samples), *words]) == 0
    assert cli.run(["--quiet", "index", str(samples), "--rebuild", *words]) == 0
    assert asked == [False, True]


def test_a_removed_document_leaves_no_row(writer: MilvusIndex, where: Where, samples: Path) -> None:
    writer.build([samples], Part(), Limits())
    before = open_milvus(where)
    gone = before.documents()[0]
    before.close()
    writer.remove([gone.source])
    assert sources(where) == sorted(CORPUS)[1:]
    server = Server(where)
    for collection in server.call("list_collections"):
        rows = server.call("query", collection, filter="", limit=1000, output_fields=["*"])
        assert rows
        if collection.endswith(("_clauses", "_vectors")):
            assert not [row for row in rows if row["document"].startswith(gone.id)]
        else:
            assert not [row for row in rows if row["id"].startswith(gone.id)]
    server.close()
    with pytest.raises(KeyError):
        writer.remove(["nowhere.txt"])


def test_a_clause_longer_than_a_field_comes_back_whole(writer: MilvusIndex, where: Where, samples: Path) -> None:
    text = "第一条 " + "开发区" * 20_000
    (samples / "e.txt").write_text(f"{text}\n", encoding="utf-8")
    writer.build([samples], Part(), Limits())
    reader = open_milvus(where)
    last = reader.manifest.clauses - 1
    assert reader.fetch([last])[0][1].text == text
    reader.close()


@pytest.mark.parametrize("size", [0, 1, 59_999, 300_000, 5_000_000])
def test_blobs_of_any_size(where: Where, size: int) -> None:
    server = Server(where)
    blobs = Blobs(server, "blobs")
    blobs.create()
    value = np.random.default_rng(size).integers(0, 256, size, np.uint8).tobytes()
    blobs.put("one", value)
    assert blobs.get("one") == value
    assert list(blobs.present(["one", "two"])) == ["one"]
    with pytest.raises(KeyError):
        blobs.get("two")
    server.close()


def test_a_server_that_does_not_answer_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IndexUnreachableError, match=r"http://127\.0\.0\.1:1.*milvus\.uri") as caught:
        Server(Where(uri="http://127.0.0.1:1"))
    assert report(caught.value) == INDEX
    assert "127.0.0.1:1" in capsys.readouterr().err


def test_sparse_vectors_score_as_bm25() -> None:
    entries = [
        Entry(body=body, bigrams=[], heading=[], title=[]) for body in (["税", "费"], ["税", "税", "关"], ["路"] * 9)
    ]
    vectors = [clause_vector(entry) for entry in entries]
    counts: dict[int, int] = {}
    for vector in vectors:
        for place in vector:
            counts[place] = counts.get(place, 0) + 1
    frequencies = Frequencies.from_bytes(Frequencies.of(counts, 3).to_bytes())
    query = frequencies.question_vector(LexicalQuery(terms={"税": 1.0, "无": 1.0, "关": 0.0}))
    scores = [sum(weight * vector.get(place, 0.0) for place, weight in query.items()) for vector in vectors]
    rarity = np.log1p((3 - 2 + 0.5) / (2 + 0.5))
    expected = [
        rarity * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 60.0)) if tf else 0
        for tf, length in ((1, 2), (2, 3), (0, 9))
    ]
    assert scores == pytest.approx(expected, rel=1e-6)


def test_the_service_reads_and_writes_it(where: Where) -> None:
    settings = Settings(index={"backend": "milvus"}, milvus={"uri": where.uri, "vector_index": "FLAT"})  # type: ignore[arg-type]
    service = PolicyQA(settings)
    service.index_part([ROOT / "seeds"])
    first = service.ask("国家级开发区工业用地产出强度")
    assert first.hits
    service.index_part([ROOT / "seeds"])
    again = service.ask("国家级开发区工业用地产出强度")
    assert [hit.clause.id for hit in again.hits] == [hit.clause.id for hit in first.hits]
    gone = first.hits[0].document
    assert service.remove(gone.id).removed == (gone.source,)
    assert gone.id not in {hit.document.id for hit in service.ask("国家级开发区工业用地产出强度").hits}
    with pytest.raises(UsageError, match="local"):
        service.put("a.txt", b"")
    service.close()


@pytest.mark.parametrize("questions", [SEEDS, SEEDS_DEV], ids=["golden", "dev"])
def test_as_good_as_the_local_index(questions: Path, where: Where, tmp_path: Path) -> None:
    if not questions.exists():
        pytest.skip(f"{questions} is not there: the set is kept beside the checkout and not copied")
    embedder = open_embedder()
    build([ROOT / "seeds"], tmp_path / "local", embedder)
    writer = MilvusIndex(where, embedder)
    writer.build([ROOT / "seeds"], Part(), Limits())
    writer.close()
    local, milvus = (
        _hit_5(backend, read_cases(questions)) for backend in (open_index(tmp_path / "local"), open_milvus(where))
    )
    assert abs(local - milvus) <= 0.02


def _hit_5(backend: Backend, cases: Sequence[Case]) -> float:
    service = PolicyQA(Settings(), backend=backend, embedder=open_embedder())
    try:
        found = evaluate(cases, lambda question: service.ask(question, k=10), service.source_text).all.hit_5
    finally:
        service.close()
        backend.close()
    assert found is not None
    return found
