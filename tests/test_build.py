import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import CORPUS, TinyEmbedder, load, parse, rewrite_manifest, write_corpus

import index.draft_writer
import index.ingest
import index.lexical_writer
import index.writing
from index.backend import LexicalQuery, open_index
from index.build import How, build
from index.check import check
from index.errors import IndexDamagedError, IndexMissingError, LoadError, PolicyError
from index.generation import current_name
from index.ingest import document_id
from index.records import BuildReport, FileReport, Filters, Parsed, SourceText
from index.single import put, remove
from index.tokens import terms


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_or_refuse(path: Path, *, limits: object = None) -> SourceText:
        if path.name.startswith("坏"):
            raise LoadError("文件是空的，请重新获取。", code="empty")
        return load(path)

    def parse_or_fail(source: SourceText, identity: str) -> Parsed:
        if "除零" in source.text:
            raise ZeroDivisionError("division by zero")
        parsed = parse(source, identity)
        if "缝" in source.text:
            first, *others = parsed.clauses
            return Parsed(metadata=parsed.metadata, clauses=(replace(first, start=1), *others))
        if "漏" in source.text:
            return Parsed(metadata=parsed.metadata, clauses=parsed.clauses[1:])
        return parsed

    monkeypatch.setattr(index.writing, "flush", lambda path: None)  # only the speed of these tests depends on it
    monkeypatch.setattr(index.ingest, "load", load_or_refuse)
    monkeypatch.setattr(index.ingest, "parse", parse_or_fail)


def _statuses(report: BuildReport) -> dict[str, str]:
    return {item.source: item.status for item in report.files}


def _contents(folder: Path, embedder: TinyEmbedder) -> list[object]:
    """All that can be read from an index, to compare two of them."""
    found: list[object] = []
    with open_index(folder, embedder=embedder.identity) as index_:
        for document in index_.documents():
            found += [document, index_.source_text(document.id), index_.clauses(document.id)]
            found += [index_.links.of_document(document.id), index_.links.to_document(document.id)]
            found += [index_.links.validity(document.id), index_.keys(document.id)]
        found.append(index_.select(Filters(duty="市财政局")).tolist())  # type: ignore[union-attr]
        for text in ("开发区产出强度", "第九条 施行", "退税", "甲"):
            query = LexicalQuery(terms=dict.fromkeys(terms(text), 1.0))
            for best in (index_.lexical(query, 20), index_.dense(embedder.queries([text])[0], 20)):
                found += [best.keys.tolist(), best.scores.tolist()]
    return found


def test_a_build_reports_every_file(tmp_path: Path) -> None:
    corpus = write_corpus(
        tmp_path / "corpus", {**CORPUS, "坏.txt": "", "除零.txt": "除零\n", "漏.txt": "漏\n二\n", "缝.txt": "缝\n"}
    )
    (corpus / "manifest.jsonl").write_text("{}")
    report = build([corpus], tmp_path / "index", TinyEmbedder())
    assert list(_statuses(report)) == sorted(_statuses(report))
    assert _statuses(report) == {
        **dict.fromkeys(CORPUS, "indexed"),
        "坏.txt": "refused",
        "除零.txt": "refused",
        "漏.txt": "refused",
        "缝.txt": "refused",
        "manifest.jsonl": "ignored",
    }
    by_source = {item.source: item for item in report.files}
    assert by_source["坏.txt"] == FileReport(
        source="坏.txt", status="refused", reason="文件是空的，请重新获取。", code="empty"
    )
    assert by_source["除零.txt"].code == "internal"
    assert "ZeroDivisionError" in (by_source["除零.txt"].reason or "")
    assert by_source["漏.txt"].code == by_source["缝.txt"].code == "internal"
    assert by_source["a/开发区.txt"].kind == "txt"
    assert by_source["a/开发区.txt"].clauses == 10
    assert by_source["a/开发区.txt"].unplaced == 0
    assert report.documents == len(CORPUS)
    assert report.clauses == sum(item.clauses for item in report.files)
    assert set(report.seconds) == {"load", "parse", "segment", "embed", "write", "total"}


def test_progress_names_each_file_and_ends_full(tmp_path: Path) -> None:
    calls: list[tuple[int, int, str]] = []
    build(
        [write_corpus(tmp_path / "corpus")],
        tmp_path / "index",
        TinyEmbedder(),
        progress=lambda done, total, source: calls.append((done, total, source)),
    )
    assert calls == [*((done, 4, source) for done, source in enumerate(sorted(CORPUS))), (4, 4, "")]


def test_unchanged_files_are_taken_over(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    embedder = TinyEmbedder()
    build([corpus], tmp_path / "index", embedder)
    (corpus / "d" / "无名.txt").write_text("第九条 本办法自2022年起施行。\n", encoding="utf-8")
    (corpus / "c" / "新闻.txt").unlink()
    (corpus / "aa.txt").write_text("新的一条。\n", encoding="utf-8")
    embedder.seen.clear()
    report = build([corpus], tmp_path / "index", embedder)
    assert _statuses(report) == {
        "a/开发区.txt": "unchanged",
        "aa.txt": "indexed",
        "b/便利化.txt": "unchanged",
        "d/无名.txt": "indexed",
    }
    assert embedder.seen == ["新的一条。", "第九条 本办法自2022年起施行。"]
    build([corpus], tmp_path / "fresh", embedder)
    assert _contents(tmp_path / "index", embedder) == _contents(tmp_path / "fresh", embedder)
    build([corpus], tmp_path / "index", embedder)
    assert _contents(tmp_path / "index", embedder) == _contents(tmp_path / "fresh", embedder)


def test_rebuild_takes_nothing_over(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    report = build([corpus], tmp_path / "index", TinyEmbedder(), how=How(rebuild=True))
    assert set(_statuses(report).values()) == {"indexed"}


def test_another_model_embeds_everything_again_but_keeps_the_clauses(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    other = TinyEmbedder(48, "other")
    report = build([corpus], tmp_path / "index", other)
    assert set(_statuses(report).values()) == {"unchanged"}
    assert len(other.seen) == report.clauses
    build([corpus], tmp_path / "fresh", other)
    assert _contents(tmp_path / "index", other) == _contents(tmp_path / "fresh", other)


def test_another_parser_parses_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    monkeypatch.setattr(index.ingest, "parser_fingerprint", lambda: "other")
    report = build([corpus], tmp_path / "index", TinyEmbedder())
    assert set(_statuses(report).values()) == {"indexed"}


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    (tmp_path / "index" / "gen-000001" / "catalog.sqlite").write_bytes(b"nothing")
    report = build([corpus], tmp_path / "index", TinyEmbedder())
    assert set(_statuses(report).values()) == {"indexed"}
    assert len(_contents(tmp_path / "index", TinyEmbedder())) > 10


def test_where_nothing_can_be_indexed_the_old_index_stays(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    write_corpus(tmp_path / "bad", {"坏.txt": "x"})
    report = build([tmp_path / "bad"], tmp_path / "index", TinyEmbedder())
    assert (report.documents, _statuses(report)) == (0, {"坏.txt": "refused"})
    with open_index(tmp_path / "index") as index_:
        assert index_.manifest.documents == 4
    build([tmp_path / "bad"], tmp_path / "other", TinyEmbedder())
    with pytest.raises(IndexMissingError):
        open_index(tmp_path / "other")


def test_a_slip_of_the_pen_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="找不到"):
        build([tmp_path / "nowhere"], tmp_path / "index", TinyEmbedder())
    assert not (tmp_path / "index").exists()


def test_a_failing_model_leaves_the_old_index(tmp_path: Path) -> None:
    class Failing(TinyEmbedder):
        def passages(self, texts: Sequence[str]) -> np.ndarray:
            raise RuntimeError("no model")

    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    with pytest.raises(RuntimeError):
        build([corpus], tmp_path / "index", Failing(), how=How(rebuild=True))
    assert len(_contents(tmp_path / "index", TinyEmbedder())) > 10
    assert not (tmp_path / "index" / "draft").exists()


def test_a_long_clause_is_embedded_in_pieces_and_found_once(tmp_path: Path) -> None:
    sentences = [f"第{number}项任务由各部门按照职责分工抓好落实。" for number in range(100)]
    corpus = write_corpus(tmp_path / "corpus", {"a.txt": "".join(sentences) + "\n短条。\n"})
    embedder = TinyEmbedder()
    build([corpus], tmp_path / "index", embedder)
    with open_index(tmp_path / "index") as index_:
        assert index_.manifest.clauses == 2
        assert index_.manifest.vectors > 3
        best = index_.dense(embedder.queries(["".join(sentences[-5:])])[0], 10)
        assert best.keys.tolist() == [0, 1]


def test_a_path_that_changes_its_bytes_keeps_its_id(tmp_path: Path) -> None:
    assert document_id("a/b.txt") == document_id("a/b.txt") != document_id("a/c.txt")
    assert document_id("公文.txt").isalnum()


TEXTS = (
    "甲\n乙\n",
    "第九条 施行。\n 甲\n",
    "title=退税\n退税办法\n",
    "坏\n",
    "丙" * 600 + "\n丁\n",
    "title=甲市收费条例\nissued_on=2001-02-03\n第一条 收费。责任单位：市财政局、市税务局\n第二条 免费。\n",
    "title=甲市收费条例\nissued_on=2011-02-03\n第一条 收费。\n",
    "title=甲市财政管理条例\nissued_on=2020-01-02\n第一条 依照《甲市收费条例》第二条收费。\n"
    "第二条 本条例自2021年1月1日起施行，《甲市收费条例》同时废止。\n",
)
FILES = st.dictionaries(
    st.sampled_from(["a.txt", "b.txt", "c/a.txt", "c/b.txt", "甲.txt", "乙.txt", "坏.txt", "d/丙.txt"]),
    st.sampled_from(TEXTS),
    min_size=1,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.lists(FILES, min_size=2, max_size=5), part=st.sampled_from([1, 4, 8192]))
def test_any_sequence_of_changes_ends_like_a_build_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, states: list[dict[str, str]], part: int
) -> None:
    embedder = TinyEmbedder()
    folder = tmp_path_factory.mktemp("sequence")
    corpus = folder / "corpus"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.lexical_writer, "_LEAST_PART", part)
        for state in states:
            shutil.rmtree(corpus, ignore_errors=True)
            write_corpus(corpus, state)
            build([corpus], folder / "index", embedder)
    if (folder / "index" / "CURRENT").exists() and set(states[-1]) != {"坏.txt"}:
        build([corpus], folder / "fresh", embedder)
        assert _contents(folder / "index", embedder) == _contents(folder / "fresh", embedder)
        assert check(folder / "index", embedder).faults == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, *TEXTS])), min_size=1, max_size=8))
def test_any_sequence_of_single_documents_ends_like_a_build_from_scratch(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[str, str | None]]
) -> None:
    embedder = TinyEmbedder()
    folder = tmp_path_factory.mktemp("single")
    inbox = write_corpus(folder / "in", {"甲.txt": TEXTS[5], "乙.txt": TEXTS[7]})
    build([inbox], folder / "index", embedder)
    for name, text in moves:
        if text is not None:
            put(folder / "index", f"{name}.txt", text.encode(), embedder, How())
        elif (folder / "index" / "uploads" / f"{name}.txt").exists():
            remove(folder / "index", document_id(f"uploads/{name}.txt"), embedder, How())
    if (folder / "index" / "uploads").is_dir():
        shutil.copytree(folder / "index" / "uploads", folder / "fresh" / "uploads")
    build([inbox], folder / "fresh", embedder)
    assert _contents(folder / "index", embedder) == _contents(folder / "fresh", embedder)
    assert check(folder / "index", embedder).faults == ()


@pytest.mark.parametrize("failing_at", [3, 7])
def test_an_interrupted_build_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing_at: int
) -> None:
    class Failing(TinyEmbedder):
        left = failing_at

        def passages(self, texts: Sequence[str]) -> np.ndarray:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return super().passages(texts)

    corpus = write_corpus(
        tmp_path / "corpus", {f"{number}.txt": f"第{number}件\n第九条 施行。\n" for number in range(10)}
    )
    monkeypatch.setattr(index.draft_writer, "CHECKPOINT_SECONDS", -1.0)
    with pytest.raises(KeyboardInterrupt):
        build([corpus], tmp_path / "index", Failing())
    with pytest.raises(IndexMissingError):
        open_index(tmp_path / "index")
    (corpus / "1.txt").write_text("第一件改过\n", encoding="utf-8")
    embedder = TinyEmbedder()
    report = build([corpus], tmp_path / "index", embedder)
    assert sum(status == "unchanged" for status in _statuses(report).values()) == failing_at - 1
    assert len(embedder.seen) == 2 * (10 - failing_at) + 1
    build([corpus], tmp_path / "fresh", embedder)
    assert _contents(tmp_path / "index", embedder) == _contents(tmp_path / "fresh", embedder)
    assert not list((tmp_path / "index").glob("draft*"))


def test_a_disk_that_fails_is_said_so_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    embedder = TinyEmbedder()
    build([corpus], tmp_path / "index", embedder)
    before = _contents(tmp_path / "index", embedder)
    (corpus / "d" / "无名.txt").unlink()

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(index.writing, "flush", full)
        with pytest.raises(PolicyError, match=r"No space left on device.*没有变"):
            build([corpus], tmp_path / "index", embedder)
    assert _contents(tmp_path / "index", embedder) == before
    build([corpus], tmp_path / "index", embedder)
    assert len(_contents(tmp_path / "index", embedder)) < len(before)


def test_what_did_not_change_makes_no_new_generation(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    report = build([corpus], tmp_path / "index", TinyEmbedder())
    assert current_name(tmp_path / "index") == "gen-000001"
    assert (report.documents, report.clauses) == (4, sum(file.clauses for file in report.files))


def test_a_folder_that_moved_is_noted(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    build([corpus], tmp_path / "index", TinyEmbedder())
    corpus.rename(tmp_path / "moved")
    embedder = TinyEmbedder()
    report = build([tmp_path / "moved"], tmp_path / "index", embedder)
    assert set(_statuses(report).values()) == {"unchanged"} and not embedder.seen
    with open_index(tmp_path / "index") as index_:
        assert index_.path(document_id("d/无名.txt")) == str(tmp_path / "moved" / "d" / "无名.txt")


def test_a_reader_keeps_its_generation_when_its_folder_is_gone(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    embedder = TinyEmbedder()
    build([corpus], tmp_path / "index", embedder)
    with open_index(tmp_path / "index") as reader:
        first = [document.source for document in reader.documents()]
        for number in range(3):
            (corpus / "d" / "无名.txt").write_text(f"第{number}条\n", encoding="utf-8")
            build([corpus], tmp_path / "index", embedder)
        assert not reader.generation.path.exists()
        with ThreadPoolExecutor(2) as pool:
            assert [document.source for document in pool.submit(reader.documents).result()] == first
        assert len(reader.fetch(reader.lexical(LexicalQuery(terms={"第九条": 1.0}), 5).keys)) == 3
        assert len(reader.dense(embedder.queries(["第九条"])[0], 50)) == reader.manifest.clauses


def test_parts_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    build([write_corpus(tmp_path / "corpus")], tmp_path / "index", TinyEmbedder())
    rewrite_manifest(tmp_path / "index", lambda manifest: manifest.update(vectors=manifest["vectors"] + 1))
    with pytest.raises(IndexDamagedError, match="数目不符"):
        open_index(tmp_path / "index")


def test_the_index_is_no_document_of_the_folder_it_lies_in(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    index_folder = tmp_path / "var" / "index"
    build([corpus], index_folder, TinyEmbedder())
    put(index_folder, "甲.txt", TEXTS[0].encode(), TinyEmbedder(), How())
    report = build([corpus], index_folder, TinyEmbedder())
    assert list(_statuses(report)) == [*sorted(CORPUS), "uploads/甲.txt"]


def test_a_name_that_is_no_text_does_no_harm(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    name = os.fsdecode("公文".encode("gbk")) + ".txt"
    try:
        (corpus / name).write_text("甲\n", encoding="utf-8")
    except OSError:
        pytest.skip("the file system takes only text")
    report = build([corpus], tmp_path / "index", TinyEmbedder())
    (source,) = set(_statuses(report)) - set(CORPUS)
    with open_index(tmp_path / "index") as index_:
        assert index_.path(document_id(source)) == str(corpus / name)
    assert set(_statuses(build([corpus], tmp_path / "index", TinyEmbedder())).values()) == {"unchanged"}
