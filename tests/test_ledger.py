"""The duties ledger over the seeds: rows by unit and year, and the files for Excel."""

import csv
import json
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from index.duties import LEADING, RESPONSIBLE
from index.parse import parse
from index.records import Document, Metadata, SourceText
from index.tasks import Task, find_tasks
from qa import cli
from qa.relations import STATES

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("index")
    assert cli.run(["--quiet", "--index", str(found), "index", str(ROOT / "seeds")]) == 0
    return found


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def tasks(text: str, *, issuer: str = "青山县人民政府", targets: bool = False) -> list[Task]:
    parsed = parse(SourceText(text=text, kind="txt", one_line_per_paragraph=True), "d")
    metadata = Metadata(issuer=issuer, issued_on="2021-03-01")
    document = Document(id="d", source="d.txt", kind="txt", sha256="", length=len(text), metadata=metadata)
    return find_tasks(document, parsed.clauses, targets=targets)


def test_each_list_of_a_paragraph_closes_a_task_of_its_own() -> None:
    found = tasks(
        "关于优化服务的措施\n一、简化审批。推行告知承诺。（省商务厅牵头，省财政厅配合）压缩时限，2021年底前压减50%以上。（县政务局负责）\n"
        "二、加强监管。健全机制。\n牵头单位：县财政局\n责任单位：各乡镇政府\n"
    )
    assert [(task.line, [(unit.role, unit.written) for unit in task.units]) for task in found] == [
        ("简化审批", [("牵头单位", "省商务厅"), ("配合单位", "省财政厅")]),
        ("压缩时限，2021年底前压减50%以上", [("责任单位", "县政务局")]),
        ("加强监管", [("牵头单位", "县财政局"), ("责任单位", "各乡镇政府")]),
    ]
    assert [item.until for item in found[1].deadlines] == ["2021-12-31"]
    assert [(item.value, item.bound) for item in found[1].figures] == [(50, "at_least")]
    assert found[2].units[0].normal == "青山县财政局"


def test_the_first_of_each_list_leads_where_the_document_says_so() -> None:
    found = tasks(
        "一、降低成本。减税。（财政部、税务总局负责。列第一位者为牵头单位，下同）\n二、扩大开放。（商务部、海关总署负责）\n三、做好落实。（审计署负责）\n",
        issuer="国务院",
    )
    assert [[unit.role for unit in task.units] for task in found] == [
        [LEADING, RESPONSIBLE],
        [LEADING, RESPONSIBLE],
        [RESPONSIBLE],
    ]
    assert found[0].units[1].normal == "国家税务总局"


def test_a_heading_above_gives_the_deadline_where_the_text_has_none() -> None:
    found = tasks("一、到2025年主要目标\n（一）建成标准厂房100万平方米。\n（二）培育企业50家以上。\n", targets=True)
    assert [(task.line, task.deadlines[0].until) for task in found[-2:]] == [
        ("建成标准厂房100万平方米", "2025-12-31"),
        ("培育企业50家以上", "2025-12-31"),
    ]


def run_json(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert cli.run(["ledger", "--json", "--quiet", "--index", str(folder), *arguments]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert shape["count"] == len(shape["rows"])
    rows: list[dict[str, object]] = shape["rows"]
    return rows


@pytest.mark.parametrize("unit", ["省商务厅", "贵州省商务厅"])
def test_tasks_of_a_unit_by_either_name(unit: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run_json(folder, capsys, "--unit", unit)
    assert len(rows) == 12
    assert {json.dumps(row["units"], ensure_ascii=False) for row in rows} == {
        '[{"role": "责任单位", "written": "省商务厅", "normal": "贵州省商务厅"}]'
    }


def test_the_targets_of_a_year_are_one_query(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = run_json(folder, capsys, "--year", "2025", "--document", "筑府办函2021年33号")
    assert [row["clause"]["path"] for row in rows] == [  # type: ignore[index]
        "一、", "二、（二）5.", "二、（三）7.", "二、（四）9.", "二、（四）10.", "二、（六）14.", "二、（七）16.",
    ]  # fmt: skip
    figures = rows[3]["figures"]
    assert [(item["subject"], item["value"], item["unit"], item["bound"]) for item in figures] == [  # type: ignore[attr-defined]
        ("国家级、省级开发区工业用地产出强度", 5_000_000, "元/亩", "at_least"),
        ("国家级、省级开发区工业用地产出强度", 3_000_000, "元/亩", "at_least"),
    ]
    assert all("2025" in item["text"] or "十四五" in item["text"] for row in rows for item in row["deadlines"])  # type: ignore[attr-defined]


def test_no_task_exits_with_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ledger", "--unit", "省航天局", "--index", str(folder)]) == 1
    assert "0 项任务" in capsys.readouterr().err


def test_files_for_excel(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--csv", "a.csv", "--xlsx", "a.xlsx", "--link-base", "http://qa.example/"]
    assert cli.run(["ledger", "--index", str(folder), "--each", "--unit", "贵安新区", *arguments]) == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline="")))
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert sheet.freeze_panes == "B2"
    assert sheet.max_row == len(lines) > 20
    assert [cell.value for cell in sheet[1]] == lines[0]
    assert [cell.value or "" for cell in sheet[2]][:-1] == lines[1][:-1]
    assert sheet.column_dimensions["A"].width > 30
    link = sheet.cell(row=2, column=len(lines[0]))
    assert dict(zip(lines[0], lines[1], strict=True))["时效"] in STATES.values()
    assert link.hyperlink is not None
    assert link.hyperlink.target == lines[1][-1]
    assert lines[1][-1].startswith("http://qa.example/documents/")


def test_a_file_that_cannot_be_written_is_a_message(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["ledger", "--index", str(folder), "--xlsx", "nowhere/a.xlsx"]) == 2
    assert "nowhere/a.xlsx" in capsys.readouterr().err


def test_cells_never_become_formulas(tmp_path: Path) -> None:
    from qa.ledger_files import HEADINGS, write_csv, write_xlsx

    row = ["=1+1", "+1", "@a", "-2", "-", "a", "\x01b", "\n =1", "＝1", *[""] * (len(HEADINGS) - 10), "http://x/"]
    write_csv([row], tmp_path / "a.csv")
    write_xlsx([row], tmp_path / "a.xlsx")
    lines = list(csv.reader((tmp_path / "a.csv").open(encoding="utf-8-sig", newline="")))
    assert lines[1][:6] == ["'=1+1", "'+1", "'@a", "'-2", "-", "a"]
    assert lines[1][7:9] == ["'\n =1", "'＝1"]
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert (sheet["A2"].data_type, sheet["A2"].value, sheet["G2"].value) == ("s", "=1+1", "b")
