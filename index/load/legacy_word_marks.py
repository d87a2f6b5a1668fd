"""Which paragraphs of a .doc file stand in tables, and where rows end ([MS-DOC] 2.8.6 PlcBtePapx, 2.9.174 PapxFkp)."""

import bisect
import struct
from dataclasses import dataclass

_PLC_PAPX = 0x0102
_PAGE = 512
_BX = 13
_IN_TABLE, _ROW_END = 0x2416, 0x2417
# Bytes of the operand by the size class in the upper three bits of a property's number; class 6 names its own size.
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)
_LONG = 0xD608


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """What a paragraph mark says of its paragraph."""

    in_table: bool = False
    row_end: bool = False


_PLAIN = Mark()


class Marks:
    """Looks up what holds for a character, by its byte offset in the document stream.

    Args:
        document: the WordDocument stream.
        table: the table stream.

    Raises:
        struct.error, ValueError: the tables are damaged.
    """

    def __init__(self, document: bytes, table: bytes) -> None:
        runs: list[tuple[int, int, Mark]] = []
        start, length = struct.unpack_from("<II", document, _PLC_PAPX)
        plc = table[start : start + length]
        count = (len(plc) - 4) // 8
        if count > 0:
            for number in struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)):
                runs.extend(_page(document, (number & 0x3FFFFF) * _PAGE))
        runs.sort(key=lambda run: run[0])
        self._starts = [run[0] for run in runs]
        self._runs = runs

    def at(self, offset: int) -> Mark:
        """The mark that governs a byte offset; a plain paragraph where none does."""
        place = bisect.bisect_right(self._starts, offset) - 1
        if place < 0:
            return _PLAIN
        _, end, mark = self._runs[place]
        return mark if offset < end else _PLAIN


def _page(document: bytes, base: int) -> list[tuple[int, int, Mark]]:
    page = document[base : base + _PAGE]
    if len(page) < _PAGE:
        raise ValueError("formatting page out of range")
    count = page[_PAGE - 1]
    bounds = struct.unpack_from(f"<{count + 1}I", page, 0)
    runs = []
    for number in range(count):
        where = page[4 * (count + 1) + _BX * number] * 2
        runs.append((bounds[number], bounds[number + 1], _mark(page, where) if where else _PLAIN))
    return runs


def _mark(page: bytes, where: int) -> Mark:
    size = page[where]
    begin = where + 1
    length = 2 * size - 1
    if size == 0:
        length = 2 * page[where + 1]
        begin += 1
    properties = page[begin + 2 : begin + length]
    found: dict[int, int] = {}
    place = 0
    while place + 2 < len(properties):
        code = struct.unpack_from("<H", properties, place)[0]
        place += 2
        width = _OPERANDS[code >> 13]
        if code == _LONG:
            width = struct.unpack_from("<H", properties, place)[0] + 1
        elif code >> 13 == 6:
            width = properties[place] + 1
        found[code] = properties[place] if place < len(properties) else 0
        place += width
    return Mark(in_table=bool(found.get(_IN_TABLE)), row_end=bool(found.get(_ROW_END)))
