"""The lines of a piece of a web page: one paragraph a line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

_BLOCK_NAMES = """
address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer
form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody td tfoot th
thead tr ul ucapcontent ucaptitle
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_HAN_GAP = re.compile(
    r"(?<=[\u3001-\u301f\u4e00-\u9fff\uff01-\uff5e])[ ]*\n[ \n]*(?=[\u3001-\u301f\u4e00-\u9fff\uff01-\uff5e])"
)
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a page.

    Attributes:
        text: without line break.
        linked: how many of its characters stand in links.
        table: True for a row of a data table.
        metadata: True for a ``标签：值`` line of a metadata table.
        heading: True for h1 to h3.
    """

    text: str
    linked: int = 0
    table: bool = False
    metadata: bool = False
    heading: bool = False


def is_block(element: etree._Element) -> bool:
    """True for elements that begin and end a line."""
    return isinstance(element.tag, str) and element.tag in _BLOCKS


def tidy(text: str) -> str:
    """Text of markup as a browser shows it: runs of white space are one blank; none where Han text was wrapped."""
    text = _HAN_GAP.sub("", re.sub(r"[\r\f\v\t]", "\n", text))
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def cell_text(cell: etree._Element) -> str:
    """All text of a cell in one line; paragraphs inside are joined by one blank."""
    return " ".join(line.text for line in lines_of(cell))


@dataclass(slots=True)
class _Writer:
    """Collects the characters of the current line."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    links: int = 0
    preformatted: int = 0
    heading: bool = False

    def write(self, text: str | None) -> Iterator[Line]:
        if not text:
            return
        if self.preformatted:
            *whole, text = text.split("\n")
            for piece in whole:
                self.parts.append(piece)
                yield from self.flush()
        self.parts.append(text)
        if self.links:
            self.linked += len("".join(text.split()))

    def flush(self) -> Iterator[Line]:
        text = tidy("".join(self.parts))
        if text:
            yield Line(text=text, linked=self.linked, heading=self.heading)
        self.parts.clear()
        self.linked = 0
        self.heading = False


def lines_of(root: etree._Element, instead: Mapping[etree._Element, Sequence[Line]] | None = None) -> list[Line]:
    """Lines of everything under an element, in order.

    Args:
        root: the element; its own tail does not count.
        instead: lines that stand for whole elements (tables); what follows these elements is kept.

    Returns:
        Lines with text; ``<br>`` and block elements end a line.
    """
    instead = instead or {}
    writer = _Writer()
    lines: list[Line] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        is_element = isinstance(element.tag, str)
        if event == "start":
            if element in instead:
                lines.extend(writer.flush())
                lines.extend(instead[element])
                walk.skip_subtree()
                continue
            if is_element:
                lines.extend(_open(writer, element))
                lines.extend(writer.write(element.text))
        else:
            if is_element and element not in instead:
                lines.extend(_close(writer, element))
            if element is not root:
                lines.extend(writer.write(element.tail))
    lines.extend(writer.flush())
    return lines


def _open(writer: _Writer, element: etree._Element) -> Iterator[Line]:
    if is_block(element) or element.tag == "br":
        yield from writer.flush()
    writer.links += element.tag == "a"
    writer.preformatted += element.tag == "pre"
    writer.heading = writer.heading or element.tag in ("h1", "h2", "h3")


def _close(writer: _Writer, element: etree._Element) -> Iterator[Line]:
    if is_block(element):
        yield from writer.flush()
    writer.links -= element.tag == "a"
    writer.preformatted -= element.tag == "pre"
