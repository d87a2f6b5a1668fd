"""Plain text and Markdown -> source text."""

import re

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.limits import Limits
from index.load.markdown import plain
from index.load.readable import is_garbled
from index.records import SourceText

GARBLED = "文字是乱码（字体编码表损坏或转码出错），无法读取，请换用原始文件或重新做文字识别（OCR）。"

# A line end of old systems; replaced one for one, so that offsets stay those of the decoded text.
_LONE_BREAK = re.compile(r"\r(?!\n)|[\u2028\u2029\u0085]")


def read_text(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """Plain text.

    The text is kept as decoded, Windows line ends included; a lone carriage return becomes a line feed in its place.
    A form feed begins a page.

    Raises:
        LoadError: ``garbled``.
    """
    if decoded is None:
        raise LoadError("文件没有可读的文字，请检查内容。", code="empty")
    text = _LONE_BREAK.sub("\n", decoded.text)
    if is_garbled(text):
        raise LoadError(GARBLED, code="garbled")
    pages = tuple(found.end() for found in re.finditer("\f", text) if found.end() < len(text))
    return SourceText(text=text, kind="txt", one_line_per_paragraph=False, page_starts=pages, warnings=decoded.warnings)


def read_markdown(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """Markdown without its marks; see :func:`index.load.markdown.plain`.

    Raises:
        LoadError: ``garbled``.
    """
    source = read_text(data, decoded, limits)
    return plain(source)
