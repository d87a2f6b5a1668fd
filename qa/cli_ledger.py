"""``qa ledger``: the tasks as a table on the terminal, as lines in a pipe, as JSON, CSV or XLSX."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.day import today
from index.filters import latest
from index.records import Filters
from qa.cli_errors import DONE, REFUSED
from qa.cli_state import State
from qa.ledger import Row, each_unit, shown_figure
from qa.policy_schemas import ledger_shape
from qa.relations import ENDED, STATES, date_of


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerQuery:
    """What ``qa ledger`` was asked for; see its help."""

    unit: str | None
    document: str | None
    year: int | None
    each: bool
    csv: Path | None
    xlsx: Path | None
    link_base: str
    as_json: bool


def run_ledger(state: State, query: LedgerQuery, filters: Filters) -> int:
    """Writes the ledger and returns the exit code: 1 where there is no task."""
    service = state.service
    document = service.document(query.document) if query.document is not None else None
    day = latest(filters.as_of) or today()
    rows = service.ledger(filters=filters, unit=query.unit, document=document, year=query.year)
    if query.each:
        rows = list(each_unit(rows))
    if query.csv is not None or query.xlsx is not None:
        _write_files(state, query, rows, day)
    if query.as_json:
        state.write_json(ledger_shape(rows, state.shapes, day))
    elif query.csv is None and query.xlsx is None:
        _show(state, rows, day)
    state.talk(f"共 {len(rows)} 项任务。")
    return DONE if rows else REFUSED


def _write_files(state: State, query: LedgerQuery, rows: Sequence[Row], day: str) -> None:
    from qa.ledger_files import table, write_csv, write_xlsx

    cells = table(rows, query.link_base, state.shapes.text, day)
    for file, write in ((query.csv, write_csv), (query.xlsx, write_xlsx)):
        if file is not None:
            write(cells, file)
            state.talk(f"已写出 {file}")


def _show(state: State, rows: Sequence[Row], day: str) -> None:
    if not state.console.is_terminal:
        for row in rows:
            fields = (
                row.document.metadata.number or "",
                date_of(row.document),
                row.task.clause.path,
                row.task.line,
                _units(row),
                *_aims(row),
                STATES[row.document.validity(day)],
            )
            state.write_line("\t".join(" ".join(state.shapes.text(field).split()) for field in fields))
        return
    from rich.table import Table

    shown = Table(show_lines=True, header_style="bold")
    for heading, ratio in (("条款", 2), ("任务", 4), ("单位", 5), ("时限", 2), ("数量目标", 4)):
        shown.add_column(heading, ratio=ratio, overflow="fold")
    before = ""
    for row in rows:
        if row.document.id != before:
            before = row.document.id
            facts = row.document.metadata
            ended = STATES[validity] if (validity := row.document.validity(day)) in (*ENDED, "not_yet") else None
            parts = (facts.title or row.document.source, facts.number, date_of(row.document), ended)
            name = " ".join(part for part in parts if part)
            shown.add_row("", name, "", "", "", style="bold cyan")
        shown.add_row(row.task.clause.path, state.shapes.text(row.task.line), _units(row), *_aims(row))
    if rows:
        state.console.print(shown)
    else:
        state.console.print("没有这样的任务。")


def _units(row: Row) -> str:
    roles: dict[str, list[str]] = {}
    for unit in row.task.units:
        name = unit.written if unit.normal == unit.written else f"{unit.written}（{unit.normal}）"
        roles.setdefault(unit.role, []).append(name)
    return "；".join(f"{role}：{'、'.join(names)}" for role, names in roles.items())


def _aims(row: Row) -> tuple[str, str]:
    deadlines = "；".join(dict.fromkeys(item.text for item in row.task.deadlines))
    return deadlines, "；".join(shown_figure(figure) for figure in row.task.figures)
