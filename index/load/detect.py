"""Which kind of file is this? Told by magic bytes, members and markup, never by the suffix."""

import io
import re
import zipfile

import olefile

from index.errors import LoadError
from index.load.decode import Decoded, decode
from index.load.ole import opened

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_ARCHIVES = (
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
)
_PROGRAMS = (b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"SQLite format 3")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# <p …>, </td>, <br/>: tags that only markup has; a text that quotes one or two of them stays a text.
_TAG = re.compile(
    r"</?(?:html|head|body|div|p|span|br|table|tbody|tr|td|th|ul|ol|li|h[1-6]|a|font|img|meta|title)\b[^<>]*>", re.I
)
_OPENING = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*|<%.*?%>\s*)*<(?:!doctype|html|head|body|div|p|table|section|article|meta|span|h[1-6]|ul|center|font|img|a)\b",
    re.I | re.S,
)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} +\S.*|\|? *:?-{3,}:? *(?:\|[ :\-|]*)+|```.*|[-*+] +\[[ x]\].*)$"
    r"|\*\*[^*\n]+\*\*|!?\[[^\]\n]+\]\([^)\n]+\)",
    re.M,
)
_HEADING = re.compile(r"^#{1,6} +\S", re.M)


def kind_of(data: bytes) -> tuple[str, Decoded | None]:
    """The kind of a file, and its text where the kind is a text.

    Args:
        data: the whole file.

    Returns:
        One of ``txt``, ``md``, ``html`` with the decoded text, or ``docx``, ``doc``, ``pdf`` with None.

    Raises:
        LoadError: empty, or a kind that cannot be read; the message names the kind and the way out.
    """
    if not data:
        raise LoadError("文件是空的（0 字节），请重新获取。", code="empty")
    head = data[:1024]
    if b"%PDF-" in head:
        return "pdf", None
    if data.startswith(_OLE):
        return _ole_kind(data), None
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data), None
    _refuse_binary(data)
    if data.lstrip()[:5] == b"{\\rtf":
        raise LoadError("这是 RTF 文档，暂不支持，请用 Word 或 WPS 另存为 docx 后再放入。", code="unsupported")
    decoded = decode(data)
    text = decoded.text
    if not text.strip():
        raise LoadError("文件里只有空白，没有文字，请检查内容。", code="empty")
    if _is_html(text):
        return "html", decoded
    return ("md" if _is_markdown(text) else "txt"), decoded


def _refuse_binary(data: bytes) -> None:
    for magic, label in _IMAGES:
        if data.startswith(magic) and (magic != b"BM" or data[6:10] == b"\0\0\0\0"):
            reason = f"这是 {label} 图片，没有可读的文字，请先做文字识别（OCR），再放入识别出的文本。"
            raise LoadError(reason, code="scanned")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise LoadError("这是 WebP 图片，没有可读的文字，请先做文字识别（OCR）。", code="scanned")
    for magic, label in _ARCHIVES:
        if data.startswith(magic):
            raise LoadError(f"这是 {label} 压缩包，请解压后放入里面的文档。", code="unsupported")
    if data.startswith(_PROGRAMS):
        raise LoadError("这是程序或数据库文件，不是文档，请移出文件夹。", code="unsupported")


def _ole_kind(data: bytes) -> str:
    if len(data) < olefile.MINIMAL_OLEFILE_SIZE:
        raise LoadError("文件开头像旧版 Office 文档，但已损坏，请重新获取。", code="damaged")
    try:
        with opened(data) as container:
            names = {"/".join(entry).lower() for entry in container.listdir()}
    except (OSError, ValueError, IndexError, OverflowError) as error:
        raise LoadError("旧版 Office 文档的结构已损坏，请重新获取或用 Word 修复后另存。", code="damaged") from error
    if "worddocument" in names:
        return "doc"
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise LoadError("文档设有打开密码，请去掉密码后再放入。", code="encrypted")
    if {"workbook", "book"} & names:
        raise LoadError("这是 Excel 表格（xls），暂不支持，请另存为 docx、PDF 或文本后再放入。", code="unsupported")
    if "powerpoint document" in names:
        raise LoadError("这是演示文稿（ppt），暂不支持，请另存为 docx 或 PDF 后再放入。", code="unsupported")
    raise LoadError(
        "这是旧版 Office 或 WPS 的其他文件，不是 Word 文档，请另存为 docx 或 PDF 后再放入。", code="unsupported"
    )


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            first = archive.read("mimetype")[:80] if "mimetype" in names and _small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        reason = "文件开头像 docx 或压缩包，但已损坏或不完整，请重新获取。"
        raise LoadError(reason, code="damaged") from error
    if any(name.lower().endswith("ofd.xml") for name in names):
        raise LoadError("这是 OFD 版式文件，暂不支持，请用阅读器另存为 PDF 或 docx 后再放入。", code="unsupported")
    if any(name.startswith("xl/") for name in names):
        raise LoadError("这是 Excel 表格（xlsx），暂不支持，请另存为 docx、PDF 或文本后再放入。", code="unsupported")
    if any(name.startswith("ppt/") for name in names):
        raise LoadError("这是演示文稿（pptx），暂不支持，请另存为 docx 或 PDF 后再放入。", code="unsupported")
    if first.startswith(b"application/vnd.oasis"):
        raise LoadError("这是 OpenDocument 文档（odt 等），暂不支持，请另存为 docx 后再放入。", code="unsupported")
    if first.startswith(b"application/epub"):
        raise LoadError("这是 EPUB 电子书，暂不支持，请另存为 docx 或 PDF 后再放入。", code="unsupported")
    if "[Content_Types].xml" in names or any(name.startswith("word/") for name in names):
        return "docx"
    raise LoadError("这是 ZIP 压缩包，请解压后放入里面的文档。", code="unsupported")


def _small(archive: zipfile.ZipFile, name: str) -> bool:
    return archive.getinfo(name).file_size <= 1024


def _is_html(text: str) -> bool:
    sample = text[:200_000].lstrip("\ufeff")
    if _OPENING.match(sample):
        return True
    tags = sum(len(tag.group()) for tag in _TAG.finditer(sample))
    return tags >= 0.05 * len(sample) and "</" in sample


def _is_markdown(text: str) -> bool:
    sample = text[:200_000]
    marks = sum(1 for _ in _MARKDOWN.finditer(sample))
    return marks >= 3 or (bool(_HEADING.search(sample)) and marks >= 2) or sample.startswith("# ")
