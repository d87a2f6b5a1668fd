"""The ledger as files for Excel: CSV and XLSX, one line a row, with a link to each clause."""

import csv
import io
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

from index.duties import ASSISTING, LEADING, RESPONSIBLE
from qa.errors import UsageError
from qa.ledger import Row, shown_figure
from qa.relations import STATES, date_of
from qa.visible import visible

HEADINGS = (
    "任务", "牵头单位", "责任单位", "配合单位", "规范名称", "时限", "数量目标",
    "条款", "文件", "发文字号", "日期", "时效", "条款链接",
)  # fmt: skip
"""Columns of both files; the first is frozen in XLSX with the heading."""

_WIDTHS = (46, 24, 30, 24, 36, 18, 46, 18, 40, 24, 12, 12, 12)
_ROW_LIMIT = 1_048_575  # of an XLSX sheet, its heading aside


def table(rows: Sequence[Row], link_base: str, shown: Callable[[str], str], day: str) -> list[list[str]]:
    """The cells of all rows, in the order of :data:`HEADINGS`; the last is the clause's address.

    Args:
        rows: of the ledger.
        link_base: address of the service.
        shown: masks what must not be shown.
        day: ISO day for which the validity of each document is told.
    """
    return [[*(visible(shown(cell)) for cell in _cells(row, day)), link(row, link_base)] for row in rows]


def _cells(row: Row, day: str) -> list[str]:
    facts = row.document.metadata
    task = row.task
    return [
        task.line,
        *(_units(row, role) for role in (LEADING, RESPONSIBLE, ASSISTING)),
        "、".join(dict.fromkeys(unit.normal for unit in task.units)),
        "；".join(dict.fromkeys(item.text for item in task.deadlines)),
        "；".join(shown_figure(figure) for figure in task.figures),
        task.clause.path,
        facts.title or row.document.source,
        facts.number or "",
        date_of(row.document),
        STATES[row.document.validity(day)],
    ]


def link(row: Row, link_base: str) -> str:
    """Address of a row's clause in the reading page of the service."""
    return f"{link_base.rstrip('/')}/documents/{row.document.id}#{row.task.clause.id}"


def write_csv(cells: Sequence[Sequence[str]], file: Path) -> None:
    """Writes UTF-8 with a byte order mark, by which Excel knows it.

    Raises:
        UsageError: the file cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([_harmless(cell) for cell in row] for row in cells)
    try:
        file.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise _unwritable(file, error) from error


def write_xlsx(cells: Sequence[Sequence[str]], file: Path) -> None:
    """Writes one sheet 任务台账: heading frozen and filterable, columns sized, each row linked to its clause.

    Raises:
        UsageError: the file cannot be written, or there are more rows than a sheet holds.
    """
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    if len(cells) > _ROW_LIMIT:
        raise UsageError(
            f"有 {len(cells):,} 行，超过一张表能放的 {_ROW_LIMIT:,} 行；请用 --unit、--document 或筛选条件缩小范围。"
        )
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "任务台账"
    sheet.append(HEADINGS)
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        cell.alignment = Alignment(horizontal="center", vertical="center")
    for number, row in enumerate(cells, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(row=number, column=column)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
            cell.data_type = "s"  # a text that begins with = is no formula
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        last = sheet.cell(row=number, column=len(HEADINGS))
        last.hyperlink = row[-1]
        last.value = "打开条款"
        last.font = Font(color="0563C1", underline="single")
    for column, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(HEADINGS))}{max(2, len(cells) + 1)}"
    try:
        book.save(file)
    except OSError as error:
        raise _unwritable(file, error) from error


def _units(row: Row, role: str) -> str:
    return "、".join(unit.written for unit in row.task.units if unit.role == role)


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection).

    Some take the wide forms of the signs too. A sign behind blanks counts, as it does where cells are trimmed.
    """
    read = unicodedata.normalize("NFKC", cell).strip()
    return f"'{cell}" if read.startswith(("=", "+", "@")) or (read.startswith("-") and len(read) > 1) else cell


def _unwritable(file: Path, error: OSError) -> UsageError:
    return UsageError(f"写不到 {file}（{error.strerror}）；请检查文件夹是否存在、文件是否正在被 Excel 打开。")
