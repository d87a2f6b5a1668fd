"""The running text of a Word file: paragraphs, tables, text boxes, notes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from index.load.word_numbering import Numbering, W, is_on, number
from index.records import Span

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_SYMBOLS = {
    "F0B7": "•",
    "F0A7": "▪",
    "F06C": "●",
    "F06E": "■",
    "F0FC": "✓",
    "F0FE": "☑",
    "F0A8": "□",
    "F052": "☑",
    "F0A3": "□",
}
# Left out with all they hold: deleted and moved text, properties, codes of fields, the second copy of a drawing.
_SKIPPED = frozenset(
    {
        *(f"{W}{name}" for name in ("del", "moveFrom", "rPr", "pPr", "sectPr", "instrText", "delText", "delInstrText")),
        *(f"{W}{name}" for name in ("tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "rt", "fldData", "ruby")),
        f"{_MC}Fallback",
    }
)
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}


@dataclass(slots=True)
class _Run:
    """Text of the paragraph being read, text boxes anchored in it, and the fields that are open."""

    parts: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)

    @property
    def visible(self) -> bool:
        """False between the begin of a field and its result."""
        return "code" not in self.fields

    def write(self, text: str) -> None:
        if self.visible:
            self.parts.append(text)


class Body:
    """Collects the lines of a document in reading order.

    Args:
        numbering: gives paragraphs their automatic marks.
    """

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._lines: list[str] = []
        self._length = 0
        self._open = ""
        self._notes: dict[str, str] = {}
        self.tables: list[Span] = []
        self.page_starts: list[int] = []
        self.pictures = 0

    @property
    def text(self) -> str:
        """All lines so far."""
        return "\n".join(self._lines)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the file sees and this text lacks."""
        return (f"文档中有 {self.pictures} 张图片，图片里的文字没有读取。",) if self.pictures else ()

    def read(self, root: etree._Element) -> None:
        """Reads the main part."""
        body = root.find(f"{W}body")
        self._blocks(body if body is not None else root)
        self._end_open()

    def read_notes(self, root: etree._Element, part: str) -> None:
        """Reads foot notes or end notes that the main part refers to; each becomes a line ``[1] …`` at the end."""
        for note in root:
            label = self._notes.get(f"{part}{note.get(f'{W}id')}")
            if label is not None:
                texts = [self._paragraph(paragraph)[0].strip() for paragraph in note.iter(f"{W}p")]
                self._add(f"{label} {' '.join(filter(None, texts))}")

    def _add(self, line: str, *, table: bool = False, pages: tuple[int, ...] = ()) -> None:
        self.page_starts.extend(self._length + page for page in pages)
        if table and line.strip():
            self.tables.append(Span(start=self._length, end=self._length + len(line)))
        self._lines.append(line)
        self._length += len(line) + 1

    def _end_open(self) -> None:
        if self._open:
            self._add(self._open)
            self._open = ""

    def _blocks(self, parent: etree._Element) -> None:
        for element in _blocks(parent):
            if element.tag == f"{W}tbl":
                self._end_open()
                self._table(element)
            else:
                self._block_paragraph(element)

    def _block_paragraph(self, element: etree._Element) -> None:
        text, boxes, pages = self._paragraph(element)
        shift = len(self._open)
        text = self._open + text
        self._open = ""
        if is_on(element.find(f"{W}pPr/{W}rPr/{W}del")):
            # A deleted paragraph mark: the text runs on into the next paragraph.
            self._open = text
        else:
            self._add(text, pages=tuple(page + shift for page in pages))
        for box in boxes:
            self._end_open()
            self._blocks(box)

    def _paragraph(self, element: etree._Element) -> tuple[str, list[etree._Element], list[int]]:
        """Text of a paragraph with its mark, its text boxes, and where pages begin in it."""
        run = _Run()
        self._inline(element, run)
        text = "".join(run.parts)
        properties = element.find(f"{W}pPr")
        if properties is not None and is_on(properties.find(f"{W}pageBreakBefore")):
            run.pages.insert(0, 0)
        mark = self._numbering.mark(properties) if text.strip() else ""
        return mark + (text.lstrip() if mark else text), run.boxes, [page + len(mark) for page in run.pages]

    def _inline(self, parent: etree._Element, run: _Run) -> None:
        stack = list(reversed(parent))
        while stack:
            element = stack.pop()
            tag = element.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                if tag == f"{W}ruby":
                    stack.extend(reversed(element.findall(f"{W}rubyBase")))
                continue
            if tag == f"{W}r" and is_on(element.find(f"{W}rPr/{W}vanish")):
                continue
            if tag.endswith("}txbxContent"):
                run.boxes.append(element)
            elif tag in (f"{W}t", _MATH_TEXT):
                run.write(element.text or "")
            elif tag.startswith(W) and self._special(tag[len(W) :], element, run):
                continue
            else:
                stack.extend(reversed(element))

    def _special(self, name: str, element: etree._Element, run: _Run) -> bool:
        """Handles what is a character or a switch rather than a container; False for anything else."""
        if name in _CHARACTERS:
            is_page = element.get(f"{W}type") == "page"
            run.write("\n" if is_page else _CHARACTERS[name])
            if is_page:
                run.pages.append(len("".join(run.parts)))
        elif name == "lastRenderedPageBreak":
            run.pages.append(len("".join(run.parts)))
        elif name == "sym":
            code = (element.get(f"{W}char") or "").upper()
            run.write(_SYMBOLS.get(code) or _character(code))
        elif name == "fldChar":
            _field(element.get(f"{W}fldCharType"), run)
        elif name in ("footnoteReference", "endnoteReference"):
            run.write(self._note(name.removesuffix("Reference") + "s", element.get(f"{W}id")))
        else:
            self.pictures += name in ("drawing", "pict") and not any(True for _ in element.iter(f"{W}txbxContent"))
            return False
        return True

    def _note(self, part: str, name: str | None) -> str:
        key = f"{part}{name}"
        return self._notes.setdefault(key, f"[{len(self._notes) + 1}]")

    def _table(self, table: etree._Element) -> None:
        rows = [row for row in _nested(table, "tr") if not is_on(row.find(f"{W}trPr/{W}del"))]
        cells = [_nested(row, "tc") for row in rows]
        if max(map(len, cells), default=0) < 2:
            # A frame around text, not a table.
            for row in cells:
                for cell in row:
                    self._blocks(cell)
                    self._end_open()
            return
        for row in cells:
            line = " | ".join(self._cell(cell) for cell in row).rstrip(" |")
            if line:
                self._add(line, table=True)

    def _cell(self, cell: etree._Element) -> str:
        """Text of a cell in one line; the lower part of a cell that runs over several rows is empty."""
        texts: list[str] = []
        for block in _blocks(cell):
            if block.tag == f"{W}tbl":
                texts.extend(
                    " ".join(self._cell(inner) for inner in _nested(row, "tc")) for row in _nested(block, "tr")
                )
                continue
            text, boxes, _ = self._paragraph(block)
            texts.append(text)
            for box in boxes:
                texts.extend(self._paragraph(paragraph)[0] for paragraph in box.iter(f"{W}p"))
        return " ".join(" ".join(texts).split())


def _field(kind: str | None, run: _Run) -> None:
    """A field is its code, then its result; only the result is text."""
    if kind == "begin":
        run.fields.append("code")
    elif kind == "separate" and run.fields:
        run.fields[-1] = "result"
    elif kind == "end" and run.fields:
        run.fields.pop()


def _blocks(parent: etree._Element) -> list[etree._Element]:
    """Paragraphs and tables of a container, those in content controls and tracked insertions included."""
    return _descend(parent, lambda element: element.tag in (f"{W}p", f"{W}tbl"))


def _nested(parent: etree._Element, name: str) -> list[etree._Element]:
    """Rows of a table or cells of a row, those in content controls included, those of tables inside not."""
    return _descend(parent, lambda element: element.tag == W + name)


def _descend(parent: etree._Element, wanted: Callable[[etree._Element], bool]) -> list[etree._Element]:
    result = []
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        if wanted(element):
            result.append(element)
        elif element.tag not in (f"{W}p", f"{W}tbl"):
            stack.extend(reversed(element))
    return result


def _character(code: str) -> str:
    found = number(str(int(code, 16)) if code and all(digit in "0123456789ABCDEF" for digit in code) else None)
    return chr(found) if 32 <= found < 0xE000 else ""
