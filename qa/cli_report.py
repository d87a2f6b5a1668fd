"""``qa report``: what was asked and what had no answer; exports questions for ``qa tune``; closes questions."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli_errors import DONE
from qa.cli_state import State, state
from qa.errors import UsageError
from qa.visible import visible

if TYPE_CHECKING:
    from qa.questionlog.report import Cited, Group, Report

app = typer.Typer()


@app.command(
    help="问题报告：问了什么、哪些没有答上、反馈如何。\n\n需要先开启 log.enabled。"
    "--export 写出读者认可的题目，供 qa tune 使用；--resolve 给没有答上的问题记下处理结果。见 docs/questionlog.md。"
)
def report(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="从这一天起。")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="到这一天为止（含）。")] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="写成网页。")] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.jsonl", help="写出题目，供 qa tune 使用。")
    ] = None,
    resolve: Annotated[
        str | None, typer.Option("--resolve", metavar="ID,…", help="处理这些问题，编号以逗号分隔。")
    ] = None,
    status: Annotated[
        str, typer.Option("--state", metavar="STATE", help="处理结果：open、answered、out_of_scope。")
    ] = "answered",
    document: Annotated[str, typer.Option("--document", metavar="DOCUMENT", help="现在可以回答它的文件。")] = "",
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="说明。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """Reports, exports or resolves."""
    current = state(ctx)
    if resolve is not None:
        from qa.questionlog.records import Resolution, ids_of

        numbers = ids_of(resolve)
        current.service.questions.resolve(numbers, Resolution(state=status, document=document, note=note))
        current.talk(f"已记下 {len(numbers)} 个问题的处理结果。")
        raise typer.Exit(DONE)
    if document or note or status != "answered":
        raise UsageError("--state、--document、--note 与 --resolve 一起用，例如：qa report --resolve 12 --note 已补录")
    if export is not None:
        from qa.questionlog.span import span

        count = current.service.questions.export(export, span(since, until))
        current.talk(f"已写出 {count} 题：{export}。用法：qa tune {export}")
        raise typer.Exit(DONE)
    _write(current, current.service.report(since=since, until=until), html=html, as_json=as_json)


def _write(current: State, found: "Report", *, html: Path | None, as_json: bool) -> None:
    enabled = current.service.questions.enabled
    if html is not None:
        from qa.questionlog.html import page

        try:
            html.write_text(visible(page(found, enabled=enabled)), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"写不了 {html}（{error.strerror}）；请检查路径和权限。") from error
        current.talk(f"已写出 {html}。")
    if as_json:
        current.write_json(asdict(found))
    elif html is None:
        for line in lines(found, enabled=enabled):
            current.write_line(line)


def lines(found: "Report", *, enabled: bool) -> Iterator[str]:
    """The report for people."""
    from qa.questionlog.words import counted

    if not found.questions:
        yield "这段时间没有记录。" + (
            "" if enabled else "没有开启问题记录；要开启请在 config.yaml 中写 log.enabled: true。"
        )
        return
    rate = f"{found.refusal_rate or 0:.1%}"
    yield f"{found.since or '最早的记录'} 至 {found.until or '现在'}：{found.questions:,} 个问题，{rate} 没有回答"
    yield f"  来自：{counted(found.doors)}"
    if found.refusals:
        yield f"  没有回答的原因：{counted(found.refusals)}"
    if found.feedback:
        yield f"  反馈：{counted(found.feedback)}"
    yield f"  用时：中位数 {found.median_ms} 毫秒，95% 不超过 {found.p95_ms} 毫秒"
    yield "要处理的问题："
    for group in found.pending:
        yield from _group_lines(group)
    if not found.pending:
        yield "  没有"
    yield "引用最多的条款："
    yield from (f"  {cited.count} 次  {place(cited)}" for cited in found.cited)
    yield "最慢的问题："
    yield from (f"  {slow.took_ms} 毫秒  {slow.question}（编号 {slow.id}，{slow.asked_at}）" for slow in found.slow)


def _group_lines(group: "Group") -> Iterator[str]:
    from qa.questionlog.records import STATES
    from qa.questionlog.words import counted

    yield f"  [{STATES[group.state]}] {group.question}"
    told = "".join((f"：{group.document}" if group.document else "", f"（{group.note}）" if group.note else ""))
    numbers = ",".join(map(str, group.ids))
    yield f"      {group.count} 次，最近 {group.last}；{counted(group.why)}{told}；编号 {numbers}"
    yield from (f"      也问：{other}" for other in group.others)
    yield from (f"      反馈：{comment}" for comment in group.comments)
    if group.nearest is not None:
        yield f"      最接近的条款：{place(group.nearest)}"


def place(cited: "Cited") -> str:
    """Where a clause stands."""
    if not cited.document:
        return f"{cited.clause}（索引中已没有）"
    return f"{cited.path}，{cited.title}" + (f"（{cited.number}）" if cited.number else "")
