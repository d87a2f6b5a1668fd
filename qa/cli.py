"""The command ``qa``: parses arguments, calls one method of the service, renders. It holds no logic of its own.

Data goes to stdout, talk to stderr. Exit codes: 0 answered or done; 1 no evidence; 2 wrong usage or configuration;
3 index missing or damaged; 4 some files could not be read; 70 a fault of this program; 130 interrupted.

Heavy modules are imported inside the commands: ``qa ask`` has to start in about a second.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.models import TyperInfo

from index.records import Filters
from qa import cli_arguments, cli_graph, cli_keep, cli_keys, cli_policy, cli_report, cli_serve, cli_tune
from qa.cli_help import HELP_NAMES, speak_chinese
from qa.cli_state import State, state

app = typer.Typer(
    name="qa",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": HELP_NAMES},
)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON（多个问题时每行一个）。")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="说明每条因为什么排在这里，词表带来了哪些公文说法。")]
CountOption = Annotated[int | None, typer.Option("-k", metavar="N", help="给出多少条相关条款（1–200）。")]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"qa {version('policy-qa')}")
        raise typer.Exit


@app.callback(help="政策问答：对公文提问，得到有出处的回答。全局选项写在命令之前或之后都可以。")
def options(
    ctx: typer.Context,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="配置文件（默认 ./config.yaml）。")] = None,
    index: Annotated[Path | None, typer.Option(metavar="DIR", help="索引文件夹（优先于配置文件）。")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="不在标准错误上输出进度和提示。")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="不用颜色（也可设环境变量 NO_COLOR）。")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本。")] = False,
) -> None:
    """Keeps the global options; they may stand before or after the command."""
    ctx.obj = State(config=config, index=index, quiet=quiet, no_color=no_color)


@app.command(
    "index", help="建立或更新索引，使它与所给的文件和文件夹一致。\n\n读不了的文件会在报告中说明原因，不影响其他文件。"
)
def index_command(
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="文件或文件夹。", autocompletion=cli_arguments.subcommands_of_index),
    ],
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重新建立，不沿用旧索引。")] = False,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="把收录报告写成 JSON 文件。")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只说会做什么、大约多久，什么也不写。")] = False,
    shard: Annotated[
        str | None,
        typer.Option("--shard", metavar="I/N", help="只收录第 I 份，共 N 份（仅 Milvus），最后写完的一份发布。"),
    ] = None,
) -> None:
    """Makes the index equal to the paths."""
    from qa.cli_index import run_index, run_preview

    if dry_run:
        raise typer.Exit(run_preview(state(ctx), paths, rebuild=rebuild))
    raise typer.Exit(run_index(state(ctx), paths, rebuild=rebuild, report_file=report, shard=shard))


@app.command(
    help="回答一个问题并给出出处；证据不足时不回答。\n\n"
    "不写问题：在终端上逐个提问；从管道读入时每行一个问题，加 --json 则每行输出一个 JSON。"
)
@cli_arguments.with_filters
def ask(
    ctx: typer.Context,
    filters: Filters,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="问题；- 或管道：每行一个问题。")
    ] = None,
    as_json: JsonOption = False,
    k: CountOption = None,
    explain: ExplainOption = False,
) -> None:
    """Answers questions."""
    from qa.cli_ask import Wanted, run_ask

    raise typer.Exit(run_ask(state(ctx), question or [], filters, Wanted(k=k, as_json=as_json, explain=explain)))


@app.command(help="只查找相关条款，不作回答。\n\n按相关程度排列，每条给出条款路径、发文字号和日期。")
@cli_arguments.with_filters
def search(
    ctx: typer.Context,
    filters: Filters,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="要查找的话。")],
    as_json: JsonOption = False,
    k: CountOption = None,
    explain: ExplainOption = False,
) -> None:
    """Ranks clauses."""
    current = state(ctx)
    found = current.service.search(" ".join(query), filters, k, explain=explain)
    if as_json:
        from qa.schemas import explained

        current.write_json(explained(current.shapes.search(found), found.explanation))
    else:
        current.reader.found(found)
    raise typer.Exit(0 if found.hits else 1)


@app.command(
    help="显示一份文件的信息和全部条款，或其中一条。\n\nDOCUMENT 可以是 id、任何写法的发文字号，或标题（的一部分）。"
)
def show(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="id、发文字号（写法不限）或标题。")],
    clause: Annotated[str | None, typer.Argument(metavar="CLAUSE", help="条款的 id 或路径，如 二、（四）9.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Shows a document or one of its clauses."""
    current = state(ctx)
    service = current.service
    found = service.document(document)
    clauses = [service.clause(found, clause)] if clause is not None else service.clauses(found)
    if as_json:
        current.write_json(current.shapes.show(found, clauses))
    elif clause is not None:
        current.reader.clause(found, clauses[0], service.around(clauses[0]))
    else:
        current.reader.document(found, clauses)


@app.command(help="列出索引中的文件。\n\n在管道中每行一份：id、日期、发文字号、标题，以制表符分隔。")
@cli_arguments.with_filters
def docs(ctx: typer.Context, filters: Filters, as_json: JsonOption = False) -> None:
    """Lists documents."""
    current = state(ctx)
    from index.filters import latest

    found, day = current.service.documents(filters), latest(filters.as_of)
    if as_json:
        current.write_json(current.shapes.documents(found, day))
    else:
        current.reader.documents(found, day)
        current.talk(f"共 {len(found)} 份文件。")


@app.command("eval", help="用一份题集检验检索、引用和拒答的质量。\n\n题集的写法见 docs/evaluation.md。")
def eval_command(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="题集，每行一题。")],
    as_json: JsonOption = False,
) -> None:
    """Evaluates a question set."""
    from qa.cli_eval import run_eval

    raise typer.Exit(run_eval(state(ctx), file, as_json=as_json))


@app.command(help="检查安装、模型、索引和磁盘，并说明每个问题怎样解决。\n\n有问题时退出码为 3（索引）或 2（其他）。")
def doctor(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Checks the installation."""
    from qa.doctor import run_doctor

    raise typer.Exit(run_doctor(state(ctx), as_json=as_json))


app.registered_commands += cli_keep.app.registered_commands
app.registered_commands += cli_policy.app.registered_commands
app.registered_commands += cli_graph.app.registered_commands
app.registered_commands += cli_tune.app.registered_commands
app.registered_commands += cli_serve.app.registered_commands
app.registered_groups.append(TyperInfo(cli_keys.app, name="keys"))
app.registered_commands += cli_report.app.registered_commands


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: runs the command and ends the process with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit code; the message of every expected error goes to stderr."""
    from qa import cli_errors

    cli_arguments.prepare_streams()
    command = typer.main.get_command(app)
    speak_chinese(command, arguments)
    try:
        code = command(cli_arguments.hoisted(arguments), prog_name="qa", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001  the border: every error becomes a message and an exit code
        return cli_errors.report(error)
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
