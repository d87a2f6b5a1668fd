"""``qa tune``: a bar while it learns, then the figures before and after, and what became of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli_errors import DONE, REFUSED
from qa.cli_state import State, state
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.tune.run import Report

app = typer.Typer()

_NAMES = {"hit_1": "hit@1", "hit_5": "hit@5", "recall_100": "R@100", "mrr": "MRR"}


@app.command(
    help="用自己的题目调整嵌入和排序。\n\n模型学会本单位的说法；几分钟，不需要显卡。"
    "题目按文件留出一部分做检验；留出的题目上没有一项变差才装上，索引随之换新。中断不会改变任何东西。"
    "题目的写法见 docs/tuning.md。没有装上时退出码为 1。"
)
def tune(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="QUESTIONS.jsonl", help="题目，每行一题。")] = None,
    force: Annotated[bool, typer.Option("--force", help="检验变差也装上。")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="撤销上一次：换回之前的模型。")] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="随机数种子：同样的种子得到同样的结果。")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """Adapts the models."""
    current = state(ctx)
    if undo == (file is not None):
        raise UsageError("请写出题目文件（qa tune 题目.jsonl），或用 --undo 撤销上一次。")
    with _progress(current) as progress:
        if file is None:
            identity = current.service.untune(progress=progress)
            current.write_line(f"已换回 {identity}，索引已更新。")
            raise typer.Exit(DONE)
        report = current.service.tune(file, force=force, seed=seed, progress=progress)
    if as_json:
        current.write_json(asdict(report))
    else:
        for line in lines(report):
            current.write_line(line)
    raise typer.Exit(DONE if report.installed is not None else REFUSED)


def lines(report: "Report") -> list[str]:
    """The report for people."""
    held = {"document": "按文件留出", "clause": "只涉及一份文件，按条款留出"}[report.by]
    told = [f"学习 {report.teach} 题，检验 {report.held} 题（{held}）。"]
    if report.lost:
        some = "、".join(map(str, report.lost[:10]))
        told.append(
            f"有 {len(report.lost)} 题的答案不在索引中，没有用：第 {some} 行{'等' if len(report.lost) > 10 else ''}。"
        )
    if report.before is None or report.after is None:
        told.append(
            "没有装上：这些题目与所标的答案看不出联系（与随机搭配没有差别）。请检查答案是不是错了行；"
            "确实无误时加 --force。"
        )
        return told
    told.append("        " + "  ".join(f"{name:>6}" for name in _NAMES.values()))
    for title, figures in (("调整前", report.before), ("调整后", report.after)):
        told.append(f"{title}  " + "  ".join(f"{value:6.3f}" for value in asdict(figures).values()))
    if report.installed is None:
        worse = "、".join(_NAMES[name] for name in report.fallen)
        reason = f"{worse} 变差" if worse else "各项都没有变化"
        told.append(f"没有装上：留出的题目上{reason}。模型和索引都保持原样；仍要装上请加 --force。")
    else:
        forced = "（有指标变差，按 --force 装上）" if report.fallen else ""
        told.append(
            f"已装上 {report.installed}（力度 {report.strength:.0%}）{forced}，索引已换新。撤销：qa tune --undo"
        )
    return told


@contextmanager
def _progress(state: State) -> Iterator[Callable[[str, int, int], None]]:
    """A bar where a person watches, else nothing."""
    if not sys.stderr.isatty() or state.quiet:
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=state.talker(), transient=True) as bar:
        tasks: dict[str, object] = {}

        def step(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield step
