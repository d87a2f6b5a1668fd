"""What all commands share: the global options, and the service, console and shapes made from them when first used."""

import json
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from qa.visible import escaped, visible

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from qa.config import Settings
    from qa.render import Reader
    from qa.schemas import Shapes
    from qa.service import PolicyQA


@dataclass(frozen=True, kw_only=True)
class State:
    """The global options of one call."""

    config: Path | None
    index: Path | None
    quiet: bool
    no_color: bool

    @cached_property
    def settings(self) -> "Settings":
        """Settings, with ``--index`` over the file. Raises ConfigError."""
        from qa.config import load_settings

        settings = load_settings(self.config)
        if self.index is None:
            return settings
        return settings.model_copy(update={"index": settings.index.model_copy(update={"folder": self.index})})

    @cached_property
    def service(self) -> "PolicyQA":
        """The service. Raises ConfigError."""
        from qa.service import PolicyQA

        return PolicyQA(self.settings)

    @cached_property
    def shapes(self) -> "Shapes":
        """Wire shapes, masked as the settings say."""
        from qa.schemas import Shapes

        return Shapes(show_phone=self.settings.privacy.show_phone)

    @cached_property
    def console(self) -> "Console":
        """Where data is written for people."""
        return _console(sys.stdout, plain=self.plain)

    @cached_property
    def reader(self) -> "Reader":
        """Writes records for people."""
        from qa.render import Reader

        return Reader(self.console, self.shapes)

    @property
    def plain(self) -> bool:
        """No colours: asked for by option or by the variable NO_COLOR (https://no-color.org)."""
        return self.no_color or bool(os.environ.get("NO_COLOR"))

    def talk(self, message: str) -> None:
        """Says something beside the data, on stderr, unless told to be quiet."""
        if not self.quiet:
            sys.stderr.write(f"{visible(message)}\n")

    def talker(self) -> "Console":
        """A console on stderr, for progress."""
        return _console(sys.stderr, plain=self.plain)

    def write_line(self, text: str) -> None:
        """Writes data for people to stdout, one line or several; nothing in it steers the terminal."""
        sys.stdout.write(f"{visible(text)}\n")

    def write_json(self, shape: "BaseModel | dict[str, Any]", *, one_line: bool = False) -> None:
        """Writes one JSON value to stdout."""
        value = shape if isinstance(shape, dict) else shape.model_dump(mode="json")
        text = escaped(json.dumps(value, ensure_ascii=False, indent=None if one_line else 2))
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def state(ctx: typer.Context) -> State:
    """The state of this call."""
    found = ctx.obj
    if not isinstance(found, State):
        raise TypeError("the callback of the app has not run")
    return found


def _console(stream: Any, *, plain: bool) -> "Console":
    from rich.console import Console

    from qa.safe_console import Safe

    console = Console(file=stream, no_color=plain, highlight=False, markup=False, emoji=False, soft_wrap=False)
    console.push_render_hook(Safe())
    return console
