"""Wire shapes of the ledger: what ``qa ledger --json`` prints; names and shapes change only with a version."""

from collections.abc import Sequence

from pydantic import Field

from index.deadlines import Deadline
from index.figures import Figure
from qa.ledger import Row
from qa.schemas import ClauseShape, DocumentShape, Shapes, Wire


class UnitShape(Wire):
    """A body that has to do with a task."""

    role: str = Field(description="责任单位、牵头单位或配合单位")
    written: str = Field(description="原文写法，如 省商务厅")
    normal: str = Field(description="规范名称，如 贵州省商务厅")


class DeadlineShape(Wire):
    """Until when."""

    text: str = Field(description="原文写法")
    since: str | None = Field(description="起始日；只说期限的为 null")
    until: str | None = Field(description="截止日；从某事起算的（30日内）为 null")


class FigureShape(Wire):
    """A figure with the words it belongs to."""

    kind: str = Field(description="money、percent、area、length、mass、volume、energy、period 或 count")
    value: float = Field(description="按基本单位计的数值；幅度取下限")
    highest: float | None = Field(description="幅度的上限")
    unit: str = Field(description="单位")
    bound: str = Field(description="at_least、at_most、more_than、less_than、about 或 exact")
    text: str = Field(description="原文写法")
    subject: str = Field(description="是什么的数量")
    deadline: str | None = Field(description="到什么时候，原文写法")


class TaskShape(Wire):
    """One row of the ledger."""

    task: str = Field(description="任务，原文的句子")
    units: list[UnitShape] = Field(description="有关的单位")
    deadlines: list[DeadlineShape] = Field(description="时限")
    figures: list[FigureShape] = Field(description="数量目标")
    document: DocumentShape = Field(description="所在的文件")
    clause: ClauseShape = Field(description="所在的条款")


class LedgerShape(Wire):
    """``qa ledger --json``."""

    count: int = Field(description="多少项")
    rows: list[TaskShape] = Field(description="任务，按文件和条款的顺序")


def ledger_shape(rows: Sequence[Row], shapes: Shapes, day: str) -> LedgerShape:
    """Rows -> shape, masked as ``shapes`` says; validity is that of the ISO ``day``."""
    return LedgerShape(count=len(rows), rows=[_task(row, shapes, day) for row in rows])


def _task(row: Row, shapes: Shapes, day: str) -> TaskShape:
    task = row.task
    return TaskShape(
        task=shapes.text(task.line),
        units=[UnitShape(role=unit.role, written=unit.written, normal=unit.normal) for unit in task.units],
        deadlines=[_deadline(item) for item in task.deadlines],
        figures=[_figure(item) for item in task.figures],
        document=shapes.document(row.document, day),
        clause=shapes.clause(task.clause),
    )


def _deadline(item: Deadline) -> DeadlineShape:
    return DeadlineShape(text=item.text, since=item.since, until=item.until)


def _figure(item: Figure) -> FigureShape:
    return FigureShape(
        kind=item.kind,
        value=item.value,
        highest=item.highest,
        unit=item.unit,
        bound=item.bound,
        text=item.text,
        subject=item.subject,
        deadline=item.deadline.text if item.deadline else None,
    )
