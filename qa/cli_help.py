"""Chinese for what the parser brings along: headings and sentences of help pages, the talk of its options."""

import contextlib
import io
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

_TITLES = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
_OPTIONS = {
    "help": "显示这份说明。",
    "install_completion": "为当前的命令行安装自动补全。",
    "show_completion": "显示自动补全的脚本，以便自行安装。",
}
HELP_NAMES = ["-h", "--help"]


def speak_chinese(command: Any, arguments: Sequence[str]) -> None:
    """Translates the pages of a command and its subcommands, where a page is wanted.

    Args:
        command: what ``typer.main.get_command`` gives.
        arguments: the command line.
    """
    for parameter in command.params:
        if parameter.name == "install_completion":
            parameter.callback = _install
    last = command.commands.get(arguments[-1]) if arguments else command
    if not any(word in HELP_NAMES for word in arguments) and not hasattr(last, "commands"):
        return
    from typer import rich_utils  # slow to import

    for name, text in _TITLES.items():
        if hasattr(rich_utils, name):
            setattr(rich_utils, name, text)
    for one in _all(command):
        one.options_metavar = "[选项]"
        if hasattr(one, "commands"):
            one.subcommand_metavar = "命令 …"
        help_option = one.get_help_option(SimpleNamespace(help_option_names=HELP_NAMES))
        for parameter in (*one.params, help_option):
            if getattr(parameter, "name", None) in _OPTIONS:
                parameter.help = _OPTIONS[parameter.name]
            if parameter.metavar is None:  # the parser would name a type of Python
                parameter.metavar = ""
            if parameter.param_type_name == "argument":
                parameter.display_type_rich = lambda ctx: ""


def _install(ctx: Any, parameter: Any, value: bool) -> bool:
    """Installs the completion of the shell that runs this process, and says where."""
    if not value or ctx.resilient_parsing:
        return value
    import typer
    from typer.completion import install  # type: ignore[attr-defined]  # imported there for its own use

    from qa.errors import UsageError

    try:
        with contextlib.redirect_stdout(io.StringIO()):
            shell, path = install()
    except typer.Exit as error:
        raise UsageError(
            "认不出当前的命令行；请在 bash、zsh、fish 或 PowerShell 里运行 qa --install-completion。"
        ) from error
    typer.echo(f"已为 {shell} 安装自动补全（{path}），重新打开终端后生效。")
    raise typer.Exit


def _all(command: Any) -> Iterator[Any]:
    """A command, and those below it."""
    yield command
    for one in getattr(command, "commands", {}).values():
        yield from _all(one)
