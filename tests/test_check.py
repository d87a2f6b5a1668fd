"""What is wrong with an index is found, named, and said how to repair; and the commands that look after one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from index_samples import TinyEmbedder, rewrite_manifest, write_corpus

from index.build import build
from index.check import check
from index.errors import IndexMissingError
from index.generation import open_generation
from qa import cli, models
from qa.cli_errors import INDEX

FILES = ("CURRENT", "manifest.json", "catalog.sqlite", "dense.f16", "dense.keys", "lexical/meta.json",
         "lexical/parts.json", "lexical/documents.i64", "*.idx", "*.term", "*.fast", "*.fieldnorm", "*.store")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build([write_corpus(tmp_path / "corpus")], tmp_path / "index", TinyEmbedder())
    return tmp_path / "index"


def _file(folder: Path, name: str) -> Path:
    path = open_generation(folder).path
    if name == "CURRENT":
        return folder / name
    return next(path.rglob(name)) if name.startswith("*") else path / name


def test_what_is_whole_is_whole(folder: Path) -> None:
    found = check(folder, TinyEmbedder())
    assert found.faults == ()
    assert (found.generation, found.documents) == ("gen-000001", 4)
    assert found.sample == found.clauses > 10


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        check(tmp_path, None)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_one_byte_changed_in_any_file(folder: Path, name: str, where: float) -> None:
    path = _file(folder, name)
    content = bytearray(path.read_bytes())
    content[int(where * (len(content) - 1))] ^= 0x01
    path.write_bytes(content)
    (fault, *others) = check(folder, TinyEmbedder()).faults
    assert path.name in fault or path.parent.name in fault
    assert "qa index" in fault and "--rebuild" in fault
    assert not others
    build([folder.parent / "corpus"], folder, TinyEmbedder())
    assert check(folder, TinyEmbedder()).faults == ()


def test_the_files_of_the_list_are_all_there_are(folder: Path) -> None:
    path = open_generation(folder).path
    named = {_file(folder, name) for name in FILES}
    rest = {file for file in path.rglob("*") if file.is_file()} - named
    assert {file.suffix for file in rest} <= {".pos", ".lock"}


def test_a_file_that_does_not_belong(folder: Path) -> None:
    stranger = open_generation(folder).path / "note.txt"
    stranger.write_text("x")
    (fault,) = check(folder, TinyEmbedder()).faults
    assert str(stranger) in fault


def test_another_model_is_told(folder: Path) -> None:
    (fault,) = check(folder, TinyEmbedder(32, "other")).faults
    assert "tiny-32-other" in fault


class Liar(TinyEmbedder):
    """Bears the same name and makes other vectors."""

    def __init__(self) -> None:
        super().__init__(32, "liar")
        self.identity = TinyEmbedder().identity


def test_vectors_of_another_make_are_found(folder: Path) -> None:
    faults = check(folder, Liar()).faults
    assert faults and all("向量与重新计算的不同" in fault for fault in faults)


def _vouched(folder: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Changes a file behind the back of all hashes."""
    import hashlib

    path = _file(folder, name)
    path.write_bytes(change(path.read_bytes()))
    entry = {"size": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    relative = path.relative_to(open_generation_folder(folder)).as_posix()
    rewrite_manifest(folder, lambda manifest: manifest["files"].update({relative: entry}))


def open_generation_folder(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text().split()[0]


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("dense.keys", lambda old: old[:-8] + old[-16:-8], "向量与条款不是一一对应"),
        ("dense.f16", lambda old: b"\x00\x44" * (len(old) // 2), "长度不是 1"),
        ("lexical/documents.i64", lambda old: old[:8] + (1).to_bytes(8, "little") + old[16:], "不是一一对应"),
    ],
)
def test_parts_that_do_not_fit_each_other(
    folder: Path, name: str, change: Callable[[bytes], bytes], message: str
) -> None:
    _vouched(folder, name, change)
    assert any(message in fault for fault in check(folder, TinyEmbedder()).faults)


@pytest.fixture
def qa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(models, "chosen_embedder", lambda settings: TinyEmbedder())
    return lambda *words: cli.run(["--index", str(tmp_path / "index"), *map(str, words)])


def test_the_commands(tmp_path: Path, qa: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: object, code: int = 0) -> str:
        capsys.readouterr()
        assert qa(*words) == code
        return capsys.readouterr().out

    corpus = write_corpus(tmp_path / "corpus")
    assert "新增 4 个" in said("index", corpus, "--dry-run")
    assert not (tmp_path / "index").exists()
    said("index", corpus)
    assert "完好" in said("index", "verify")
    assert json.loads(said("index", "stats", "--json"))["documents"] == 4
    (corpus / "d" / "无名.txt").unlink()
    assert "移出  d/无名.txt" in said("index", corpus, "--dry-run")
    assert "移出 1 份" in said("index", corpus)
    assert [line[:12] for line in said("index", "list").splitlines()] == ["  gen-000001", "* gen-000002"]
    assert "gen-000001" in said("index", "rollback")
    assert json.loads(said("docs", "--json"))["documents"][3]["source"] == "d/无名.txt"
    assert "gen-000002" in said("index", "gc", "--keep", 1)
    assert "没有可删的" in said("index", "gc")
    assert qa("index", "rollback") == 2
    assert "没有更早的索引" in capsys.readouterr().err
    (tmp_path / "index" / "gen-000001" / "dense.f16").open("r+b").write(b"xx")
    assert "dense.f16" in said("index", "verify", code=INDEX)


def test_a_folder_may_bear_the_name_of_a_command(
    tmp_path: Path, qa: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_corpus(tmp_path / "verify")
    monkeypatch.chdir(tmp_path)
    assert qa("index", "./verify") == 0
    assert "已收录 4 个" in capsys.readouterr().out
    assert qa("index", "--", "verify") == 0
    assert "未变 4 个" in capsys.readouterr().out


def test_a_change_of_model_is_said_beforehand(
    tmp_path: Path, qa: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = write_corpus(tmp_path / "corpus")
    qa("index", corpus)
    monkeypatch.setattr(models, "chosen_embedder", lambda settings: TinyEmbedder(16, "new"))
    capsys.readouterr()
    assert qa("index", corpus, "--dry-run") == 0
    assert "全部重新计算向量" in capsys.readouterr().out
    assert qa("index", corpus) == 0
    assert "全部重新计算向量" in capsys.readouterr().err
