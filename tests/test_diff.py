"""Versions compared: six pairs of real laws against what their amending decisions change, and small made-up ones."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load import load
from index.parse import parse
from index.records import Clause, Metadata
from qa import cli
from qa.diff import ADDED, CHANGED, MOVED, REMOVED, SAME, STATES, Comparison, compare, marks
from qa.diff_html import page

ROOT = Path(__file__).parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
TRUTH = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "diff_laws.jsonl").read_text(encoding="utf-8").splitlines()
]

OLD = """青山县茶叶管理办法

第一章 总则

第一条 为了发展茶叶产业，制定本办法。

第二条 县农业局负责茶叶管理工作。

第三条 茶园面积不少于五亩的，可以申请补助。

第四条 违反本办法第三条规定，骗取补助的，责令退回。

第五条 本办法自2015年1月1日起施行。
"""
NEW = """青山县茶叶管理办法

第一章 总则

第一条 为了发展茶叶产业，制定本办法。

第二条 茶叶产业发展坚持生态优先。

第三条 县农业农村局负责茶叶管理工作。

第四条 茶园面积不少于五亩的，可以申请补助。

第五条 违反本办法第四条规定，骗取补助的，责令退回。
"""


def side(path: Path) -> tuple[Metadata, tuple[Clause, ...]]:
    parsed = parse(load(path), "d")
    return parsed.metadata, parsed.clauses


@pytest.fixture
def made(tmp_path: Path) -> Comparison:
    (tmp_path / "old.txt").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.txt").write_text(NEW, encoding="utf-8")
    return compare(side(tmp_path / "old.txt"), side(tmp_path / "new.txt"))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not there")
@pytest.mark.parametrize("row", TRUTH, ids=lambda row: Path(row["new"]).stem[:30])
def test_laws_differ_where_their_amending_decision_says(row: dict[str, object]) -> None:
    """Every changed article is found, and none that is not changed is called so."""
    found = compare(side(CORPUS / "laws_old_versions" / str(row["old"])), side(CORPUS / "laws" / str(row["new"])))

    def articles(state: str) -> list[tuple[str, str]]:
        pairs = [(change.old, change.new) for change in found.changes if change.state == state]
        named = [(old.marker if old else "", new.marker if new else "") for old, new in pairs]
        return [pair for pair in named if any(marker.endswith("条") for marker in pair)]

    assert articles(CHANGED) == [tuple(pair) for pair in row["changed"]]  # type: ignore[attr-defined]
    assert [new for _, new in articles(ADDED)] == row["added"]
    assert [old for old, _ in articles(REMOVED)] == row["removed"]


def test_clauses_are_matched_across_renumbering(made: Comparison) -> None:
    shown = [
        (change.state, change.old.marker if change.old else "", change.new.marker if change.new else "")
        for change in made.changes
    ]
    assert shown == [
        (SAME, "第一章", "第一章"),
        (SAME, "第一条", "第一条"),
        (ADDED, "", "第二条"),
        (CHANGED, "第二条", "第三条"),
        (MOVED, "第三条", "第四条"),
        (MOVED, "第四条", "第五条"),
        (REMOVED, "第五条", ""),
    ]
    assert made.counts == {ADDED: 1, REMOVED: 1, CHANGED: 1, MOVED: 2, SAME: 2}
    assert [change.only_references for change in made.changes] == [False] * 5 + [True, False]
    assert [(piece.kind, piece.text) for piece in made.changes[3].pieces] == [
        ("equal", "县农业"),
        ("insert", "农村"),
        ("equal", "局负责茶叶管理工作。"),
    ]


def test_an_article_is_never_matched_with_a_chapter(tmp_path: Path) -> None:
    old = "青山县培训办法\n\n第一章 总则\n\n第一条 为了发展，制定本办法。\n\n第二条 教师培训、教师进修。\n"
    new = "青山县培训办法\n\n第一章 总则\n\n第一条 为了发展，制定本办法。\n\n第二章 教师培训、教师进修\n\n第二条 县财政局负责拨款。\n"
    for name, text in (("old", old), ("new", new)):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    found = compare(side(tmp_path / "old.txt"), side(tmp_path / "new.txt"))
    assert found.counts == {ADDED: 2, REMOVED: 1, CHANGED: 0, MOVED: 0, SAME: 2}


def test_the_page_is_escaped_and_has_no_scripts(tmp_path: Path) -> None:
    hostile = "第一条 <script>alert(1)</script>不得<b>擅自</b>改变。\n\n第二条 本办法自印发之日起施行。\n"
    for name, text in (("old", hostile), ("new", hostile.replace("擅自", "私自"))):
        (tmp_path / f"{name}.txt").write_text(f"<i>办法\n\n{text}", encoding="utf-8")
    shown = page(compare(side(tmp_path / "old.txt"), side(tmp_path / "new.txt")))
    assert "<script" not in shown and "<b>擅" not in shown and "<i>" not in shown
    assert "&lt;script&gt;" in shown and "<del>擅</del>" in shown and "<ins>私</ins>" in shown


@given(st.text("甲乙丙丁第一条（1)，。\n", max_size=40), st.text("甲乙丙丁第一条(１)，。\n", max_size=40))
def test_marks_give_back_both_texts(old: str, new: str) -> None:
    pieces = marks(old, new)
    folded = str.maketrans("（１", "(1")
    assert "".join(piece.text for piece in pieces if piece.kind != "delete").translate(folded) == new.translate(folded)
    assert "".join(piece.text for piece in pieces if piece.kind != "insert").translate(folded) == old.translate(folded)


def test_a_document_is_the_same_as_itself() -> None:
    found = compare(
        side(ROOT / "seeds" / "002_70bcae04ba0a5a5e.txt"), side(ROOT / "seeds" / "002_70bcae04ba0a5a5e.txt")
    )
    assert {state for state in STATES if found.counts[state]} == {SAME}


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    Path("old.txt").write_text(OLD, encoding="utf-8")
    Path("new.txt").write_text(NEW, encoding="utf-8")
    assert cli.run(["diff", "old.txt", "new.txt"]) == 0
    out = capsys.readouterr().out
    assert "新增 1 条，删除 1 条，修改 1 条，移位 2 条，不变 2 条" in out
    assert "县农业{+农村+}局负责" in out
    assert "\x1b" not in out
    assert cli.run(["diff", "old.txt", "new.txt", "--json", "--html", "d.html"]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert shape["counts"]["移位"] == 2
    assert shape["changes"][3]["pieces"][1] == {"kind": "insert", "text": "农村"}
    assert Path("d.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    Path("empty.txt").write_bytes(b"")
    assert cli.run(["diff", "empty.txt", "new.txt"]) == 2
    assert "empty.txt" in capsys.readouterr().err
