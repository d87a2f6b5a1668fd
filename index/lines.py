"""Lines of a source text with their places."""

import unicodedata
from dataclasses import dataclass

from index.records import SourceText

# blanks of every width, controls, and what is invisible
_STRIP = (
    " \t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2000\u2001\u2002\u2003\u2009\u200a"
    "\u200b\u200c\u200d\u2028\u2029\u202f\u3000\ufeff"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the source that holds more than blanks.

    Attributes:
        text: without blanks at its ends.
        start: source offset of its first character.
        indent: blanks before it.
        gap: empty lines before it.
        page: number of its page, from 0; 0 for all where pages are unknown.
        table: True for a row of a table.
    """

    text: str
    start: int
    indent: int = 0
    gap: int = 0
    page: int = 0
    table: bool = False


def width(text: str) -> float:
    """Width of a text in Han characters: narrow characters count half."""
    narrow = sum(1 for char in text if unicodedata.east_asian_width(char) in ("Na", "H", "N"))
    return len(text) - narrow / 2


def split_lines(source: SourceText) -> list[Line]:
    """The lines of a source text that hold more than blanks, in order."""
    lines: list[Line] = []
    offset = gap = page = table = 0
    for raw in source.text.split("\n"):
        text = raw.strip(_STRIP)
        start = offset + (len(raw) - len(raw.lstrip(_STRIP)))
        offset += len(raw) + 1
        if not text:
            gap += 1
            continue
        while page < len(source.page_starts) and source.page_starts[page] <= start:
            page += 1
        while table < len(source.tables) and source.tables[table].end <= start:
            table += 1
        in_table = table < len(source.tables) and source.tables[table].start <= start
        indent = len(raw) - len(raw.lstrip(_STRIP))
        lines.append(Line(text=text, start=start, indent=indent, gap=gap, page=page, table=in_table))
        gap = 0
    return lines
