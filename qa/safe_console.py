"""What a console prints, whatever it is made of -> the same without anything that steers the terminal."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.segment import Segment

from qa.visible import visible


class Safe(RenderHook):
    """Made for :meth:`rich.console.Console.push_render_hook`: tables, panels and texts all go through it."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """The same things, each to be printed through :func:`qa.visible.visible`."""
        return [_Visible(renderable) for renderable in renderables]


class _Visible:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterable[Segment]:
        for segment in console.render(self._renderable, options):
            # control segments are the console's own: it moves the cursor of a progress bar
            yield segment if segment.control else Segment(visible(segment.text), segment.style)
