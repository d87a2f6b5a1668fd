"""The characters of a PDF page with their places, as runs that stand together in the file."""

import ctypes
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

# What PDFium puts for a hyphen at a line end.
_HYPHEN = "\ufffe"
# Characters this much smaller than their neighbours are set apart: marks of foot notes, exponents.
SMALL = 0.75
# A gap of this many character heights may be the space between two columns.
WIDE = 1.2


@dataclass(slots=True)
class Segment:
    """A run of characters on one printed line.

    Attributes:
        text: the characters.
        left, right, bottom, top: its box in points, y upwards.
        size: height of its tallest character in points.
        after_gap: True where it follows the run before it on the same line, after a wide gap.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    after_gap: bool = False


def segments_of(page: pypdfium2.PdfPage) -> list[Segment]:
    """The runs of a page in the order of the file.

    A run ends where PDFium sees a line end, where the next character stands on another line or far to the left, has
    another size, or follows a wide gap.
    """
    text_page = page.get_textpage()
    try:
        return _segments(text_page.raw, text_page.count_chars())
    finally:
        text_page.close()


def _segments(raw: "pdfium.FPDF_TEXTPAGE", count: int) -> list[Segment]:
    box = pdfium.FS_RECTF()
    pointer = ctypes.byref(box)
    result: list[Segment] = []
    current: Segment | None = None
    blanks = ""
    high = 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0xFFFD
            high = 0
        character = "-" if chr(code) == _HYPHEN else chr(code)
        if character in "\r\n" or pdfium.FPDFText_IsGenerated(raw, index):
            if character in "\r\n":
                current = None
            blanks = "" if current is None else blanks + character
            continue
        if character < " " or not pdfium.FPDFText_GetLooseCharBox(raw, index, pointer):
            continue
        gap = bool(blanks) and current is not None and box.left - current.right > WIDE * current.size
        if current is None or gap or _is_elsewhere(current, box):
            height = box.top - box.bottom
            current = Segment(character, box.left, box.right, box.bottom, box.top, height, gap)
            result.append(current)
        else:
            _extend(current, blanks + character, box)
        blanks = ""
    return [segment for segment in result if segment.text.strip()]


def _is_elsewhere(segment: Segment, box: "pdfium.FS_RECTF") -> bool:
    """True where a character cannot belong to the run before it."""
    height = min(segment.size, float(box.top - box.bottom))
    overlap = min(segment.top, float(box.top)) - max(segment.bottom, float(box.bottom))
    if overlap < 0.3 * height or box.left < segment.left - 0.5 * segment.size:
        return True
    # Figures of another size may be marks of foot notes: they are looked at on their own.
    size = float(box.top - box.bottom)
    return size < SMALL * segment.size or segment.size < SMALL * size


def _extend(segment: Segment, text: str, box: "pdfium.FS_RECTF") -> None:
    segment.text += text
    segment.left = min(segment.left, box.left)
    segment.right = max(segment.right, box.right)
    segment.bottom = min(segment.bottom, box.bottom)
    segment.top = max(segment.top, box.top)
    segment.size = max(segment.size, box.top - box.bottom)
