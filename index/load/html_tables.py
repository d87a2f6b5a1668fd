"""Tables of web pages: metadata, data or mere layout."""

from dataclasses import dataclass

from lxml import etree

from index.load.html_lines import Line, cell_text, is_block
from index.load.labels import is_bare_label, pairs

_METADATA = 1500
_PAIR = 4
_PROSE = 200


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table, each cell a line of text; cells of tables inside belong to their own table."""

    rows: tuple[tuple[str, ...], ...]
    nested: bool
    prose: bool


def examine(table: etree._Element) -> Table:
    """Rows and nature of a table element."""
    rows = []
    nested = False
    prose = False
    for row in table.iter("tr"):
        if _owner(row) is not table:
            nested = True
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [cell_text(cell) for cell in cells]
        prose = prose or any(_is_prose(cell, text) for cell, text in zip(cells, texts, strict=True))
        if any(texts):
            rows.append(tuple(texts))
    nested = nested or any(inner is not table for inner in table.iter("table"))
    return Table(rows=tuple(rows), nested=nested, prose=prose)


def table_lines(table: etree._Element) -> list[Line] | None:
    """Lines of a table that is one; None for a table that only arranges the page.

    A table of metadata gives lines ``标签：值``; a data table gives one line a row, cells joined by `` | ``.
    """
    found = examine(table)
    if found.nested or not found.rows:
        return None if found.nested else []
    cells = [cell for row in found.rows for cell in row]
    if sum(map(len, cells)) <= _METADATA:
        # One label and its value is metadata too where the table holds nothing else.
        metadata = pairs(cells, loose=len(cells) <= _PAIR and is_bare_label(cells[0]))
        if metadata is not None:
            return [Line(text=text, metadata=True) for text in metadata]
    if max(sum(map(bool, row)) for row in found.rows) < 2 or (found.prose and len(found.rows) <= 3):
        return None
    return [Line(text=" | ".join(row).rstrip(" |"), table=True) for row in found.rows]


def _owner(row: etree._Element) -> etree._Element | None:
    parent = row.getparent()
    while parent is not None and parent.tag != "table":
        parent = parent.getparent()
    return parent


def _is_prose(cell: etree._Element, text: str) -> bool:
    """True for a cell that holds a running text of several paragraphs rather than a value."""
    return len(text) > _PROSE and sum(1 for part in cell.iter() if is_block(part)) > 3
