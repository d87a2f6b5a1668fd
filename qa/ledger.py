"""Duties ledger (任务台账): the tasks of the index, by unit, document and year."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.backend import Backend
from index.deadlines import Deadline
from index.figures import Figure
from index.records import Document, Filters
from index.tasks import Task, TaskUnit, find_tasks, sentence_of
from index.tokens import fold


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A task with its document; units, figures and deadlines are those that were asked for."""

    document: Document
    task: Task


def ledger(
    backend: Backend,
    *,
    filters: Filters | None = None,
    unit: str | None = None,
    document: Document | None = None,
    year: int | None = None,
) -> list[Row]:
    """The tasks that meet all conditions, by document and reading order.

    Args:
        backend: the open index.
        filters: which documents count; its ``duty`` is a unit too where ``unit`` is None.
        unit: part of a body's name, as written or in its one form (``省商务厅``, ``贵州省商务厅``).
        document: this document only.
        year: tasks and targets that are due in that year, or in a period that ends in it; with responsible bodies or
            without.
    """
    filters = filters or Filters()
    unit = unit or filters.duty
    # an empty unit keeps, cheaply, the documents that name any responsible body
    some = replace(filters, duty=None if year is not None else "")
    rows: list[Row] = []
    for one in backend.documents(some):
        if document is not None and one.id != document.id:
            continue
        clauses = backend.clauses(one.id)
        if year is not None and not any(_may_name(clause.text, one, year) for clause in clauses):
            continue
        for task in find_tasks(one, clauses, targets=year is not None and unit is None):
            chosen = _chosen(task, unit, year)
            if chosen is not None:
                rows.append(Row(document=one, task=chosen))
    return rows


def each_unit(rows: list[Row]) -> Iterator[Row]:
    """The same rows with one unit each; those without units stay."""
    for row in rows:
        for unit in row.task.units or (None,):
            yield row if unit is None else replace(row, task=replace(row.task, units=(unit,)))


def _chosen(task: Task, unit: str | None, year: int | None) -> Task | None:
    """The task with what was asked for alone; None where nothing was."""
    if unit is not None:
        units = tuple(one for one in task.units if _is_unit(one, fold(unit)))
        if not units:
            return None
        task = replace(task, units=units)
    if year is not None:
        deadlines = tuple(one for one in task.deadlines if _due(one, year))
        if not deadlines:
            return None
        texts = {one.text for one in deadlines}
        sentence = sentence_of(task, deadlines[0])
        own = tuple(one for one in task.figures if not sentence or (one.deadline and one.deadline.text in texts))
        line = f"{task.line}：{sentence}" if sentence and sentence != task.line else task.line
        task = replace(task, deadlines=deadlines, figures=own, line=line)
    return task


def _is_unit(unit: TaskUnit, wanted: str) -> bool:
    return wanted in fold(unit.written) or wanted in fold(unit.normal)


def _due(deadline: Deadline, year: int) -> bool:
    """Due in the year; 2025年前 too, although its last day lies in 2024."""
    return deadline.year == year or (deadline.until is not None and f"{year}年前" in fold(deadline.text))


def _may_name(text: str, document: Document, year: int) -> bool:
    """A quick look whether a text can name a deadline in the year at all."""
    if str(year) in text or "五" in text or "二〇" in text or "年底" in text or "今年" in text or "年内" in text:
        return True
    issued = document.metadata.issued_on or document.metadata.published_on or ""
    return "年" in text and (re.search("[０-９]", text) is not None or issued[:4] in (str(year), str(year - 1)))


def shown_figure(figure: Figure) -> str:
    """A figure with its words, as the text has them: ``标准厂房利用率：80%以上``."""
    return f"{figure.subject}：{figure.text}" if figure.subject else figure.text
