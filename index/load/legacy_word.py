"""Word 97 to 2003 (.doc) -> source text, by the piece table ([MS-DOC] 2.4.1)."""

import itertools
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.legacy_word_marks import Mark, Marks
from index.load.limits import Limits
from index.load.ole import opened
from index.load.readable import is_garbled
from index.load.text import GARBLED
from index.records import SourceText, Span

_DAMAGED = "旧版 Word 文档（doc）已损坏或不完整，请用 Word 或 WPS 打开修复后另存为 docx，再重新放入。"
_OLD = "这是 Word 95 或更早的文档，暂不支持，请用 Word 或 WPS 另存为 docx 后再放入。"
_MAGIC = 0xA5EC
_WORD_97 = 0x00C1
_CLX = 0x01A2
_CHARACTERS = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "", "\x02": "", "\x01": "", "\x08": "", "\x05": ""}
_BEGIN, _SEPARATE, _END = "\x13", "\x14", "\x15"
_CELL = "\x07"
_KEPT = frozenset("\t\n\x0b\x0c\x0e\x1e")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Header:
    """What the file information block says: which table stream, and how long each story is in characters."""

    table: str
    main: int
    notes: int
    headers: int
    comments: int
    endnotes: int
    boxes: int
    clx: tuple[int, int]


def read_legacy_word(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """The text of a .doc file, one paragraph a line; tables keep their rows, fields show their results only.

    Foot notes, end notes and text boxes follow the text; headers, footers and comments are left out.

    Raises:
        LoadError: ``damaged``, ``encrypted``, ``unsupported``, ``empty`` or ``garbled``.
    """
    try:
        with opened(data) as container:
            document = container.openstream("WordDocument").read()
            header = _header(document)
            table = container.openstream(header.table).read()
        pieces = list(_pieces(document, table, header))
        marks = Marks(document, table)
    except (OSError, struct.error, IndexError, ValueError, OverflowError) as error:
        raise LoadError(_DAMAGED, code="damaged") from error
    text, tables, pages = _lines(_paragraphs(pieces, marks, header))
    if not text.strip():
        raise LoadError("Word 文档里没有文字，可能只有图片，请检查内容或先做文字识别（OCR）。", code="empty")
    if is_garbled(text):
        raise LoadError(GARBLED, code="garbled")
    return SourceText(text=text, kind="doc", one_line_per_paragraph=True, page_starts=pages, tables=tuple(tables))


def _header(document: bytes) -> _Header:
    magic, version = struct.unpack_from("<HH", document, 0)
    flags = struct.unpack_from("<H", document, 0x0A)[0]
    if magic != _MAGIC:
        raise LoadError(_OLD if magic in (0xA5DC, 0xA59B, 0xA59C) else _DAMAGED, code="unsupported")
    if version < _WORD_97:
        raise LoadError(_OLD, code="unsupported")
    if flags & 0x0100:
        raise LoadError("文档设有打开密码，请去掉密码后再放入。", code="encrypted")
    main, notes, headers, _, comments, endnotes, boxes = struct.unpack_from("<7i", document, 0x4C)
    start, length = struct.unpack_from("<II", document, _CLX)
    return _Header(
        table="1Table" if flags & 0x0200 else "0Table",
        main=main,
        notes=notes,
        headers=headers,
        comments=comments,
        endnotes=endnotes,
        boxes=boxes,
        clx=(start, length),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """A stretch of text: its characters, where it begins in the document stream, bytes a character."""

    text: str
    offset: int
    width: int


def _pieces(document: bytes, table: bytes, header: _Header) -> Iterator[_Piece]:
    """The text in order: each piece is a stretch of the document stream, in UTF-16 or in Windows-1252."""
    start, length = header.clx
    clx = table[start : start + length]
    place = 0
    while place < len(clx) and clx[place] == 1:
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    if place >= len(clx) or clx[place] != 2:
        raise ValueError("no piece table")
    size = struct.unpack_from("<I", clx, place + 1)[0]
    plc = clx[place + 5 : place + 5 + size]
    count = (len(plc) - 4) // 12
    positions = struct.unpack_from(f"<{count + 1}I", plc, 0)
    for number in range(count):
        offset = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        characters = positions[number + 1] - positions[number]
        if not 0 <= characters <= len(document):
            raise ValueError("piece out of order")
        if offset & 0x40000000:
            begin = (offset & 0x3FFFFFFF) // 2
            text = document[begin : begin + characters].decode("cp1252", errors="replace")
            yield _Piece(text=text, offset=begin, width=1)
        else:
            units = document[offset : offset + 2 * characters]
            # One unit stays one character here, so that the lengths of the stories fit; pairs are joined at the end.
            text = "".join(map(chr, struct.unpack(f"<{len(units) // 2}H", units[: len(units) // 2 * 2])))
            yield _Piece(text=text, offset=offset, width=2)


def _paragraphs(pieces: list[_Piece], marks: Marks, header: _Header) -> Iterator[tuple[str, str, Mark]]:
    """Text, closing character and mark of each paragraph or cell.

    Main text, foot notes, end notes and text boxes in this order; headers, footers and comments are passed over.
    """
    lengths = (header.main, header.notes, header.headers, header.comments, header.endnotes, header.boxes)
    if min(lengths) < 0:
        raise ValueError("negative length")
    bounds = list(itertools.accumulate(lengths, initial=0))
    wanted = [(bounds[story], bounds[story + 1]) for story in (0, 1, 4, 5)]
    kept: list[str] = []
    place = 0
    for piece in pieces:
        for number, character in enumerate(piece.text):
            if any(start <= place + number < end for start, end in wanted):
                kept.append(character)
                if character in ("\r", _CELL):
                    yield "".join(kept[:-1]), character, marks.at(piece.offset + number * piece.width)
                    kept.clear()
        place += len(piece.text)
    if kept:
        yield "".join(kept), "\r", Mark()


class _Fields:
    """Takes the codes of fields out; a field may run over several paragraphs."""

    def __init__(self) -> None:
        self._open: list[bool] = []

    def results(self, text: str) -> str:
        """The text without field codes; a field is its code, then its result."""
        if not self._open and _BEGIN not in text:
            return text
        kept: list[str] = []
        for character in text:
            if character == _BEGIN:
                self._open.append(True)
            elif character == _SEPARATE and self._open:
                self._open[-1] = False
            elif character == _END and self._open:
                self._open.pop()
            elif not any(self._open):
                kept.append(character)
        return "".join(kept)


def _lines(paragraphs: Iterable[tuple[str, str, Mark]]) -> tuple[str, list[Span], tuple[int, ...]]:
    """The text, its table rows and the offsets at which pages begin."""
    lines: list[tuple[str, bool]] = []
    breaks: list[int] = []
    row: list[str] = []
    cell: list[str] = []
    fields = _Fields()
    for raw, closing, mark in paragraphs:
        text = _readable(fields.results(raw))
        if closing == _CELL and mark.row_end:
            lines.extend(_row(row, "\n".join(cell)))
            row, cell = [], []
        elif closing == _CELL:
            row.append("\n".join((*cell, text)))
            cell = []
        elif mark.in_table:
            cell.append(text)
        else:
            lines.extend(_row(row, "\n".join(cell)))
            row, cell = [], []
            for number, part in enumerate(text.split("\x0c")):
                if number:
                    breaks.append(len(lines))
                lines.extend((line, False) for line in part.split("\n"))
    lines.extend(_row(row, "\n".join(cell)))
    return _joined(lines, breaks)


def _row(cells: list[str], rest: str) -> list[tuple[str, bool]]:
    """The lines of a row; a row of one cell is a frame around text and keeps its paragraphs."""
    filled = [cell for cell in (*cells, rest) if cell.strip()]
    if len(cells) < 2:
        return [(line, False) for cell in filled for line in cell.split("\n")]
    return [(" | ".join(" ".join(cell.split()) for cell in (*cells, rest)).rstrip(" |"), True)] if filled else []


def _joined(lines: list[tuple[str, bool]], breaks: list[int]) -> tuple[str, list[Span], tuple[int, ...]]:
    lines = [(line.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), row) for line, row in lines]
    starts = list(itertools.accumulate((len(line) + 1 for line, _ in lines), initial=0))
    text = "\n".join(line for line, _ in lines)
    tables = [Span(start=starts[i], end=starts[i] + len(line)) for i, (line, row) in enumerate(lines) if row]
    return text, tables, tuple(starts[number] for number in breaks if 0 < starts[number] < len(text))


def _readable(text: str) -> str:
    return "".join(
        _CHARACTERS.get(character, character) for character in text if character >= " " or character in _KEPT
    )
