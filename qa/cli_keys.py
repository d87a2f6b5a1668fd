"""``qa keys``: who may use the HTTP service."""

import sys
from typing import Annotated

import typer

from qa.cli_state import state
from qa.visible import visible

app = typer.Typer(help="HTTP 服务的密钥：新建、列出、停用。", no_args_is_help=True)


@app.command(
    "add",
    help="新建一个密钥，写到标准输出；只显示这一次，文件里只存散列。\n\n"
    "权限：ask 提问和阅读；write 还可以写入和删除文件；admin 还可以看运行指标和问题报告。",
)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="给谁用，如 门户网站。")],
    scope: Annotated[str, typer.Option("--scope", metavar="SCOPE", help="权限：ask、write 或 admin。")] = "ask",
) -> None:
    """Makes a key."""
    from qa.keys import keys_of

    current = state(ctx)
    sys.stdout.write(f"{keys_of(current.settings).add(name, scope)}\n")
    sys.stdout.flush()
    current.talk("请现在保存：这个密钥不会再显示。用法：Authorization: Bearer 密钥")


@app.command("list", help="列出密钥：编号、权限、建立时间、名称，以制表符分隔；密钥本身不存，也就看不到。")
def list_keys(ctx: typer.Context) -> None:
    """Lists the keys."""
    from qa.keys import keys_of

    current = state(ctx)
    found = keys_of(current.settings).all()
    for key in found:
        sys.stdout.write(f"{key.id}\t{key.scope}\t{key.created_at}\t{visible(key.name)}\n")
    current.talk(f"共 {len(found)} 个密钥。")


@app.command("remove", help="停用一个密钥；正在运行的服务立即不再认它。")
def remove(
    ctx: typer.Context,
    identity: Annotated[str, typer.Argument(metavar="ID", help="编号，见 qa keys list。")],
) -> None:
    """Ends a key."""
    from qa.keys import keys_of

    current = state(ctx)
    gone = keys_of(current.settings).remove(identity)
    current.talk(f"已停用 {gone.id}（{visible(gone.name)}）。")
