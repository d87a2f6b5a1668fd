import os
from pathlib import Path

import pytest

from index.errors import PolicyError
from index.walk import find


def _make(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def _sources(*paths: Path) -> list[str]:
    return [found.source for found in find(paths).files]


def test_files_come_in_order_of_their_source(tmp_path: Path) -> None:
    _make(tmp_path, "b/2.txt", "b/10.txt", "a.txt", "b.txt", "深/层/文.pdf", "无后缀")
    assert _sources(tmp_path) == ["a.txt", "b.txt", "b/10.txt", "b/2.txt", "无后缀", "深/层/文.pdf"]
    assert [found.path.read_text() for found in find([tmp_path]).files] == _sources(tmp_path)


def test_what_is_no_document_is_left_out_by_rule(tmp_path: Path) -> None:
    _make(tmp_path, "a.txt", ".hidden", ".git/config", "~$a.docx", "Thumbs.db", "__MACOSX/a.txt")
    _make(tmp_path, "manifest.jsonl", "README.md", "LICENSE", "data.CSV", "sub/Readme_cn.md")
    findings = find([tmp_path])
    assert [found.source for found in findings.files] == ["a.txt", "sub/Readme_cn.md"]
    assert {report.source: report.status for report in findings.reports} == dict.fromkeys(
        ["manifest.jsonl", "README.md", "LICENSE", "data.CSV"], "ignored"
    )
    assert all(report.reason for report in findings.reports)


def test_a_file_that_is_named_is_always_taken(tmp_path: Path) -> None:
    _make(tmp_path, "README.md", "sub/a.json")
    assert _sources(tmp_path / "README.md", tmp_path / "sub" / "a.json") == ["README.md", "a.json"]


def test_a_file_reached_twice_counts_once(tmp_path: Path) -> None:
    _make(tmp_path, "in/a.txt", "in/b.txt")
    assert _sources(tmp_path / "in", tmp_path / "in" / "a.txt", tmp_path / "in") == ["a.txt", "b.txt"]


def test_roots_are_told_apart_only_where_they_must_be(tmp_path: Path) -> None:
    _make(tmp_path, "x/甲/a.txt", "x/乙/b.txt", "y/甲/a.txt")
    assert _sources(tmp_path / "x" / "甲", tmp_path / "x" / "乙") == ["a.txt", "b.txt"]
    assert _sources(tmp_path / "x" / "甲", tmp_path / "x" / "乙", tmp_path / "y" / "甲") == [
        "x/乙/b.txt",
        "x/甲/a.txt",
        "y/甲/a.txt",
    ]


def test_a_single_file_and_a_folder_with_the_same_name_in_it(tmp_path: Path) -> None:
    _make(tmp_path, "one/a.txt", "two/a.txt")
    assert _sources(tmp_path / "one", tmp_path / "two" / "a.txt") == ["one/a.txt", "two/a.txt"]


def test_a_slip_of_the_pen_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"找不到 .*nowhere，请检查路径"):
        find([tmp_path, tmp_path / "nowhere"])


def test_a_broken_link_is_passed_on_to_the_loader(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "target")
    assert _sources(tmp_path) == ["gone.txt"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    _make(tmp_path, "a/b.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert _sources(tmp_path) == ["a/b.txt"]


def test_a_folder_without_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path, "open/a.txt", "closed/b.txt")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    findings = find([tmp_path])
    assert [found.source for found in findings.files] == ["open/a.txt"]
    (report,) = findings.reports
    assert (report.source, report.status, report.code) == ("closed/", "refused", "unreadable")
    assert "权限" in (report.reason or "")


def test_names_that_are_no_text_are_kept_apart(tmp_path: Path) -> None:
    for name in (b"\xb0\xa1.txt", b"\xb0\xa2.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    first, second = _sources(tmp_path)
    assert first != second
    for source in (first, second):
        source.encode()


def test_decomposed_names_are_composed(tmp_path: Path) -> None:
    (tmp_path / "e\u0301.txt").write_text("x")
    assert _sources(tmp_path) == ["é.txt"]
