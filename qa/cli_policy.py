"""The commands that only a policy tool has: the duties ledger, the check of a memo, the comparison of two versions."""

from pathlib import Path
from typing import Annotated

import typer

from index.records import Filters
from qa import cli_arguments
from qa.cli_state import state

app = typer.Typer()

_JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command(
    help="任务台账：谁负责，做什么，到什么时候，达到多少。\n\n"
    "可按单位、文件、年份筛选（--year 2025 即各项2025年目标），可写成 CSV 或 Excel 文件。"
)
@cli_arguments.with_filters
def ledger(
    ctx: typer.Context,
    filters: Filters,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="UNIT", help="单位，原文写法或全称，如 省商务厅。")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="DOCUMENT", help="只看这份文件：id、发文字号或标题。")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", min=1949, max=2100, help="到这一年为止的任务和目标。")
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="每个单位一行（默认每项任务一行）。")] = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="写成 CSV（Excel 可直接打开）。")] = None,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", metavar="FILE", help="写成 Excel 文件，每行链接到条款。")
    ] = None,
    link_base: Annotated[
        str, typer.Option("--link-base", metavar="URL", help="条款链接所指的服务地址。")
    ] = "http://127.0.0.1:8000",
    as_json: _JsonOption = False,
) -> None:
    """Shows the duties ledger."""
    from qa.cli_ledger import LedgerQuery, run_ledger

    query = LedgerQuery(
        unit=unit, document=document, year=year, each=each, csv=csv, xlsx=xlsx, link_base=link_base, as_json=as_json
    )
    raise typer.Exit(run_ledger(state(ctx), query, filters))


@app.command(
    help="核对一份材料所引的文件、文号、条款、原话和时效。\n\n"
    "材料可以是 txt、md、docx 等；引号内 8 个字以上的话逐字核对。有错时退出码为 1。"
)
def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="要核对的材料。")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="所引文件应在这一天有效（默认今天）。")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="核对无误的也列出。")] = False,
    as_json: _JsonOption = False,
) -> None:
    """Checks a memo."""
    from qa.cli_verify import run_verify

    raise typer.Exit(run_verify(state(ctx), file, as_of=as_of, every=every, as_json=as_json))


@app.command(
    help="对比一份文件的两个版本，逐条标出增删、修改和移位。\n\n"
    "OLD、NEW 可以是文件，也可以是索引中的文件（id、发文字号或标题）；--html 写成左右对照的网页。"
)
def diff(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="旧版本。")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="新版本。")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="写成左右对照的网页。")] = None,
    every: Annotated[bool, typer.Option("--all", help="不变的条款也显示。")] = False,
    as_json: _JsonOption = False,
) -> None:
    """Compares two versions."""
    from qa.cli_diff import run_diff

    raise typer.Exit(run_diff(state(ctx), (old, new), html=html, every=every, as_json=as_json))
