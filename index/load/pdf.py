"""PDF with a text layer -> source text, one printed line a line."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.limits import Limits
from index.load.pdf_chars import segments_of
from index.load.pdf_lines import ordered, rendered
from index.load.readable import is_garbled
from index.load.text import GARBLED
from index.records import SourceText

# PDFium keeps global state: only one thread may be inside it.
_LOCK = threading.Lock()
# A page with fewer visible characters than this and a picture on it is taken for a scan.
_FEW = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    text: str
    pictured: bool

    @property
    def is_scan(self) -> bool:
        """True for a page that shows a picture and hardly any text."""
        return self.pictured and len("".join(self.text.split())) < _FEW


def read_pdf(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """The text layer of a PDF in reading order.

    Each printed line is a line; its indentation is written as ideographic blanks where the file holds none.
    ``page_starts`` is complete. Pages that are pictures are named in ``warnings``.

    Raises:
        LoadError: ``damaged``, ``encrypted``, ``too_large``, ``empty``, ``scanned`` or ``garbled``.
    """
    with _LOCK:
        document = _opened(data)
        try:
            if len(document) > limits.pages:
                reason = f"PDF 有 {len(document)} 页，超过上限 {limits.pages} 页，请拆分后再放入。"
                raise LoadError(reason, code="too_large")
            pages = list(_pages(document, limits))
        except pypdfium2.PdfiumError as error:
            raise LoadError("PDF 有损坏的页面，无法读取，请用阅读器重新导出或另存后再放入。", code="damaged") from error
        finally:
            document.close()
    return _source(pages)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise LoadError("PDF 设有打开密码，请去掉密码后再放入。", code="encrypted") from error
        raise LoadError("PDF 已损坏或不完整，无法打开，请重新获取。", code="damaged") from error


def _pages(document: pypdfium2.PdfDocument, limits: Limits) -> Iterator[_Page]:
    characters = 0
    for number in range(len(document)):
        page = document[number]
        try:
            text = rendered(ordered(segments_of(page)))
            few = len("".join(text.split())) < _FEW
            pictured = few and any(True for _ in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        finally:
            page.close()
        characters += len(text)
        if characters > limits.characters:
            reason = f"PDF 的文字超过上限 {limits.characters} 个字符，请拆分后再放入。"
            raise LoadError(reason, code="too_large")
        yield _Page(text=text, pictured=pictured)


def _source(pages: list[_Page]) -> SourceText:
    scans = [number for number, page in enumerate(pages, 1) if page.is_scan]
    visible = sum(len("".join(page.text.split())) for page in pages)
    if not visible or (scans and visible < _FEW * len(pages)):
        if scans:
            reason = f"这是扫描的 PDF（{len(pages)} 页都是图片），没有文字层，请先做文字识别（OCR）再放入。"
            raise LoadError(reason, code="scanned")
        if visible == 0:
            reason = "PDF 里没有文字层，可能是扫描件或文字已转成图形，请先做文字识别（OCR）再放入。"
            raise LoadError(reason, code="scanned")
    text = ""
    starts = []
    for page in pages:
        starts.append(len(text))
        text += page.text + "\n"
    text = text.removesuffix("\n")
    if is_garbled(text):
        raise LoadError(GARBLED, code="garbled")
    return SourceText(
        text=text,
        kind="pdf",
        one_line_per_paragraph=False,
        page_starts=tuple(starts[1:]),
        warnings=_warnings(pages, scans),
    )


def _warnings(pages: list[_Page], scans: list[int]) -> tuple[str, ...]:
    broken = [number for number, page in enumerate(pages, 1) if is_garbled(page.text)]
    found = []
    if scans:
        found.append(f"第 {_listed(scans)} 页是图片，没有文字层，内容没有读取。")
    if broken:
        found.append(f"第 {_listed(broken)} 页的文字是乱码。")
    return tuple(found)


def _listed(numbers: list[int]) -> str:
    shown = "、".join(map(str, numbers[:10]))
    return f"{shown} 等 {len(numbers)}" if len(numbers) > 10 else shown
