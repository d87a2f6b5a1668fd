"""Command line before the commands see it: streams in UTF-8, global options in any place, the filters in one piece."""

import functools
import inspect
import io
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from index.records import Filters

_VALUED = ("--config", "--index")
_KEEPING = ("verify", "stats", "list", "rollback", "gc")
_FLAGS = ("--quiet", "--no-color", "--version")

_HELP = {
    "issuer": ("--issuer", "NAME", "发文机关（含有即可）"),
    "type": ("--type", "TYPE", "文种，如 通知、意见、条例"),
    "number": ("--number", "NUMBER", "发文字号（写法不限，可只写一部分）"),
    "since": ("--since", "DATE", "成文日期不早于"),
    "until": ("--until", "DATE", "成文日期不晚于"),
    "as_of": ("--as-of", "DATE", "只看这一天已有的文件"),
    "duty": ("--duty", "UNIT", "责任、牵头或配合单位"),
    "validity": ("--validity", "STATE", "时效：in_force、not_yet、expired、repealed、amended、unknown"),
    "disclosure": ("--disclosure", "KIND", "公开属性：主动公开、依申请公开、不予公开"),
}


def prepare_streams() -> None:
    """Output is UTF-8 whatever the locale; what is no text is shown escaped instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def hoisted(arguments: Sequence[str]) -> list[str]:
    """The same arguments with global options first, so that they may stand after the command too.

    What follows ``--`` is left alone, and so is the value after an option that takes one. ``index`` and the name of one
    of its subcommands become one word; a folder that bears such a name is written ``./verify``.
    """
    front: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(arguments):
        word = arguments[position]
        if word == "--":
            rest.extend(arguments[position:])
            break
        if word in _VALUED and position + 1 < len(arguments):
            front.extend(arguments[position : position + 2])
            position += 1
        elif word in _FLAGS or word.startswith(tuple(f"{option}=" for option in _VALUED)):
            front.append(word)
        else:
            rest.append(word)
        position += 1
    if rest[:1] == ["index"] and rest[1:2] and rest[1] in _KEEPING:
        rest = [f"index {rest[1]}", *rest[2:]]
    return front + rest


def subcommands_of_index(incomplete: str) -> list[str]:
    """What ``qa index`` may be followed by besides paths, for the completion of a word that was begun."""
    return [name for name in _KEEPING if incomplete and name.startswith(incomplete)]


def _choices(name: str) -> Callable[[str], list[str]] | None:
    """Completes the value of a filter that has a fixed list of them."""
    from qa.filters import CHOICES

    if name not in CHOICES:
        return None
    return lambda incomplete: [choice for choice in CHOICES[name] if choice.startswith(incomplete)]


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command with a parameter ``filters`` the nine filter options in its place.

    Raises:
        UsageError: (by the command) a filter cannot be understood.
    """

    @functools.wraps(command)
    def wrapper(*args: Any, **kwargs: Any) -> None:
        from qa.filters import make_filters

        given = {name: kwargs.pop(name) for name in _HELP}
        command(*args, filters=make_filters(**given), **kwargs)

    added = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(option, metavar=metavar, help=text, rich_help_panel="筛选", autocompletion=_choices(name)),
            ],
        )
        for name, (option, metavar, text) in _HELP.items()
    ]
    signature = inspect.signature(command)
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in signature.parameters.values()
        if parameter.annotation is not Filters
    ]
    wrapper.__signature__ = signature.replace(parameters=own + added)  # type: ignore[attr-defined]
    wrapper.__annotations__ = {parameter.name: parameter.annotation for parameter in own + added}
    return wrapper
