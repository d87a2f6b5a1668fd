import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from index_samples import rewrite_manifest

from index.errors import IndexDamagedError, IndexMissingError, PolicyError
from index.generation import CURRENT, MANIFEST, Generation, Settings, check_hashes, current_name, open_generation
from index.lock import IndexBusyError
from index.writing import Finished, clean, collect, kept, leftovers, mark, publish, rollback, writing

SETTINGS = Settings(embedder="tiny", dimension=8, parser="p")


def _publish(folder: Path, text: str = "data", keep: int = 2) -> Generation:
    with writing(folder, keep=keep) as draft:
        (draft / "lexical").mkdir()
        (draft / "lexical" / "segment").write_text(text)
        (draft / "catalog.sqlite").write_text(text * 2)
        return publish(draft, SETTINGS, {"documents": 1, "clauses": 2, "vectors": 2})


def test_publish_and_open(tmp_path: Path) -> None:
    made = _publish(tmp_path / "var" / "index")
    opened = open_generation(tmp_path / "var" / "index", "tiny")
    assert opened == made
    assert opened.name == "gen-000001"
    assert set(opened.manifest.files) == {"lexical/segment", "catalog.sqlite"}
    assert opened.manifest.documents == 1
    check_hashes(opened)
    assert sorted(path.name for path in (tmp_path / "var" / "index").iterdir()) == [
        CURRENT,
        "gen-000001",
        "writer.lock",
    ]


def test_the_old_generation_is_kept_and_older_ones_go(tmp_path: Path) -> None:
    for _ in range(4):
        _publish(tmp_path)
    assert current_name(tmp_path) == "gen-000004"
    assert sorted(path.name for path in tmp_path.glob("gen-*")) == ["gen-000003", "gen-000004"]


def test_no_index_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="还没有索引，请先运行 `qa index"):
        open_generation(tmp_path / "nowhere")


def test_a_failed_build_leaves_the_old_generation(tmp_path: Path) -> None:
    first = _publish(tmp_path)
    with pytest.raises(KeyboardInterrupt), writing(tmp_path) as draft:
        (draft / "half").write_text("half")
        raise KeyboardInterrupt
    assert open_generation(tmp_path) == first
    assert not list(tmp_path.glob("draft*"))


def test_leftovers_of_a_killed_writer_are_removed_and_never_read(tmp_path: Path) -> None:
    first = _publish(tmp_path)
    (tmp_path / "draft-000001").mkdir()
    (tmp_path / "draft-000001" / "half").write_text("half")
    (tmp_path / "gen-000002").mkdir()  # renamed, but the pointer never moved
    (tmp_path / f"{CURRENT}.new").write_text("gen-0")
    assert open_generation(tmp_path) == first
    second = _publish(tmp_path)
    assert open_generation(tmp_path) == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [CURRENT, "gen-000001", "gen-000003", "writer.lock"]


def _damage_pointer(folder: Path) -> None:
    (folder / CURRENT).write_text("../elsewhere")


def _damage_pointer_bytes(folder: Path) -> None:
    (folder / CURRENT).write_bytes(b"\xff\xfe")


def _no_generation(folder: Path) -> None:
    (folder / CURRENT).write_text("gen-000077\n")


def _no_manifest(folder: Path) -> None:
    (folder / "gen-000001" / MANIFEST).unlink()


def _half_manifest(folder: Path) -> None:
    path = folder / "gen-000001" / MANIFEST
    path.write_text(path.read_text()[:100])


def _list_manifest(folder: Path) -> None:
    (folder / "gen-000001" / MANIFEST).write_text("[]")


def _missing_file(folder: Path) -> None:
    (folder / "gen-000001" / "lexical" / "segment").unlink()


def _longer_file(folder: Path) -> None:
    with (folder / "gen-000001" / "catalog.sqlite").open("a") as stream:
        stream.write("x")


@pytest.mark.parametrize(
    "damage",
    [
        _damage_pointer,
        _damage_pointer_bytes,
        _no_generation,
        _no_manifest,
        _half_manifest,
        _list_manifest,
        _missing_file,
        _longer_file,
    ],
)
def test_damage_is_found_named_and_repaired_by_the_next_build(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    _publish(tmp_path)
    damage(tmp_path)
    with pytest.raises(IndexDamagedError, match=r"qa index .*--rebuild"):
        open_generation(tmp_path)
    _publish(tmp_path)
    open_generation(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [("format", 99, "第 99 版"), ("tokenizer", "other", "另一种分词"), ("embedder", "big", "向量模型 big")],
)
def test_what_was_made_otherwise_is_refused(tmp_path: Path, name: str, value: object, message: str) -> None:
    _publish(tmp_path)
    rewrite_manifest(tmp_path, lambda manifest: manifest["settings"].update({name: value}))
    with pytest.raises(IndexDamagedError, match=message):
        open_generation(tmp_path, "tiny")


def test_a_flipped_byte_of_the_same_length_is_found_on_demand(tmp_path: Path) -> None:
    generation = _publish(tmp_path)
    (generation.path / "lexical" / "segment").write_text("dat_")
    with pytest.raises(IndexDamagedError, match="segment 的内容被改动过"):
        check_hashes(open_generation(tmp_path))


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom index.writing import writing\n"
        "with writing(Path(sys.argv[1])):\n print('held', flush=True)\n sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexBusyError, match=f"进程号 {other.pid}"), writing(tmp_path):
            pass
        other.kill()
    # The lock of a dead process holds nobody up.
    _publish(tmp_path)


def test_a_second_writer_may_wait(tmp_path: Path) -> None:
    free = threading.Event()

    def hold() -> None:
        with writing(tmp_path):
            free.set()
            time.sleep(0.3)

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert free.wait(10)
        with pytest.raises(IndexBusyError, match="命令"), writing(tmp_path):
            pass
        with writing(tmp_path, wait=30):
            assert holding.done() or holding.result() is None


def test_as_many_generations_are_kept_as_asked_for(tmp_path: Path) -> None:
    for _ in range(6):
        _publish(tmp_path, keep=4)
    assert [one.name for one in kept(tmp_path)] == [f"gen-{number:06d}" for number in (3, 4, 5, 6)]
    assert [path.name for path in collect(tmp_path, 1)] == [f"gen-{number:06d}" for number in (3, 4, 5)]
    assert [(one.name, one.current) for one in kept(tmp_path)] == [("gen-000006", True)]


def test_back_and_forth(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        _publish(tmp_path, text, keep=3)
    assert rollback(tmp_path).name == "gen-000002"
    assert open_generation(tmp_path).name == "gen-000002"
    assert rollback(tmp_path, "gen-000003").name == "gen-000003"
    assert rollback(tmp_path, "gen-000001").name == "gen-000001"
    with pytest.raises(PolicyError, match="没有更早的"):
        rollback(tmp_path)
    with pytest.raises(PolicyError, match="gen-000003"):
        rollback(tmp_path, "gen-000009")
    assert _publish(tmp_path, keep=3).name == "gen-000004"
    assert [one.name for one in kept(tmp_path)] == ["gen-000001", "gen-000004"]


def test_a_damaged_generation_is_not_gone_back_to(tmp_path: Path) -> None:
    _publish(tmp_path, "one")
    _publish(tmp_path, "two")
    (tmp_path / "gen-000001" / "lexical" / "segment").write_text("onf")
    with pytest.raises(IndexDamagedError, match="segment"):
        rollback(tmp_path)
    assert open_generation(tmp_path).name == "gen-000002"


def test_drafts_that_hold_work_are_kept_but_not_for_ever(tmp_path: Path) -> None:
    for number in range(4):
        with pytest.raises(KeyboardInterrupt), writing(tmp_path) as draft:
            mark(draft, Finished(settings=SETTINGS, documents=number, vectors=0))
            raise KeyboardInterrupt
    with writing(tmp_path):
        assert [finished.documents for _, finished in leftovers(tmp_path)] == [3, 2]
    _publish(tmp_path)
    assert leftovers(tmp_path) == []
    assert clean(tmp_path, 2) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(PolicyError, match="无法写入索引目录"), writing(tmp_path / "index"):
        pass


def test_a_file_in_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("")
    with pytest.raises(PolicyError, match="无法写入索引目录"), writing(tmp_path / "index"):
        pass
