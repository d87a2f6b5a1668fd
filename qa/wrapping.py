"""Lines of a terminal as Chinese is set: words and figures whole, no punctuation mark alone at a line's edge."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.text import Text

_UNIT = re.compile(r"[A-Za-z0-9.,%/+_:@&=?#-]+|.")
_NOT_FIRST = "，。、；：？！）》〉”’】〕」』…·%,.;:?!)]}"
_NOT_LAST = "（《〈“‘【〔「『([{"


def wrapped(text: Text, width: int) -> Iterator[Text]:
    """The lines of a text, none of them wider than ``width`` cells (at least 2); its own line breaks stay."""
    for line in text.split("\n", allow_blank=True):
        for piece in line.divide(_ends(line.plain, max(width, 2))):
            piece.rstrip()
            yield piece


def _ends(text: str, width: int) -> list[int]:
    """Where the lines of a text without line breaks end; the last one is left out."""
    ends: list[int] = []
    start = 0
    for unit in _UNIT.finditer(text):
        while cell_len(text[start : unit.end()]) > width and not unit[0].isspace():
            full = end = max(unit.start(), start)
            while end > start and (text[end] in _NOT_FIRST or text[end - 1] in _NOT_LAST):
                end -= 1
            if end == start:  # one word, or nothing but marks: cut where the line is full
                end = full
                while end < unit.end() and cell_len(text[start : end + 1]) <= width:
                    end += 1
            ends.append(end)
            start = end
    return ends
