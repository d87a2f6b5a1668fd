"""Errors -> Chinese messages on stderr and exit codes."""

import re
import sys
import traceback

from index.errors import IndexDamagedError, IndexMissingError, IndexUnreachableError, ModelError, PolicyError
from qa.visible import visible

DONE, REFUSED, USAGE, INDEX, UNREAD, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130
"""Exit codes of the contract, and 70 (EX_SOFTWARE) for a fault of this program."""


def report(error: BaseException) -> int:
    """Says what went wrong and gives the exit code."""
    if isinstance(error, KeyboardInterrupt):
        _say("已中断。")
        return INTERRUPTED
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAULT
    if isinstance(error, BrokenPipeError):
        # the reader (head, less) has left; nothing is wrong
        sys.stdout = None
        return DONE
    if isinstance(error, PolicyError):
        _say(str(error))
        return _code(error)
    kind = type(error).__name__
    if kind == "Abort":  # what the parser makes of Ctrl-C
        return report(KeyboardInterrupt())
    if kind == "Exit":
        return getattr(error, "exit_code", DONE)
    if hasattr(error, "format_message"):
        return _usage(error, kind)
    traceback.print_exception(error)
    _say("程序出错了，这不是您的问题；请把上面的信息报告给开发者。")
    return FAULT


def _code(error: PolicyError) -> int:
    from qa.errors import NotFoundError

    if isinstance(error, (IndexMissingError, IndexDamagedError, IndexUnreachableError, ModelError)):
        return INDEX
    return REFUSED if isinstance(error, NotFoundError) else USAGE


def _usage(error: BaseException, kind: str) -> int:
    """A wrong command line, as the parser (typer, or click below it) found it."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "qa"
    if kind == "NoArgsIsHelpError":
        sys.stderr.write(f"{error}\n")
        return USAGE
    parameter = getattr(error, "param", None)
    name = getattr(parameter, "metavar", None) or getattr(parameter, "name", None) or "参数"
    option = getattr(error, "option_name", "")
    possible = "、".join(sorted(getattr(error, "possibilities", None) or ()))
    messages = {
        "MissingParameter": f"缺少 {name}",
        "NoSuchOption": f"不认识的选项 {option}" + (f"，是不是 {possible}" if possible else ""),
        "BadParameter": f"{_option(parameter) or name} 的值不合适：{error}",
        "BadOptionUsage": f"选项 {option} 后面要有一个值",
    }
    unknown = re.search(r"No such command '(.+)'", str(error))
    if unknown is not None:
        messages[kind] = (
            f"没有“{unknown[1]}”这个命令；可用的有：{'、'.join(context.command.commands)}" if context else ""
        )
    text = messages.get(kind, f"用法不对：{error}")
    _say(f"{text}。用法见 {command} --help")
    return USAGE


def _option(parameter: object) -> str:
    return " / ".join(getattr(parameter, "opts", ()) or ())


def _say(message: str) -> None:
    sys.stderr.write(f"{visible(message)}\n")
