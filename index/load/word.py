"""Word (docx) -> source text."""

from lxml import etree

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.limits import Limits
from index.load.package import Package
from index.load.readable import is_garbled
from index.load.text import GARBLED
from index.load.word_body import Body
from index.load.word_numbering import Numbering
from index.records import SourceText

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


def read_word(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """The text of a docx file, one paragraph a line, automatic numbers written out.

    Tables keep their rows, text boxes and foot notes are included, inserted text counts, deleted and hidden text,
    headers and footers do not.

    Raises:
        LoadError: ``damaged``, ``encrypted``, ``too_large``, ``empty``, ``scanned`` or ``garbled``.
    """
    with Package(data, limits) as package:
        main = _main_part(package)
        root = package.part(main) if main else None
        if root is None or main is None:
            reason = "压缩包里没有 Word 正文，不是完整的 docx 文档，请用 Word 或 WPS 另存后再放入。"
            raise LoadError(reason, code="damaged")
        folder = main.rpartition("/")[0]
        prefix = f"{folder}/" if folder else ""
        numbering = Numbering(package.part(f"{prefix}numbering.xml"), package.part(f"{prefix}styles.xml"))
        body = Body(numbering)
        body.read(_native(root))
        for name in ("footnotes", "endnotes"):
            notes = package.part(f"{prefix}{name}.xml")
            if notes is not None:
                body.read_notes(_native(notes), name)
        title = _core_title(package)
    return _source(body, title)


def _source(body: Body, title: str | None) -> SourceText:
    text = body.text
    if not text.strip():
        if body.pictures:
            reason = f"文档里只有 {body.pictures} 张图片，没有可读的文字，请先做文字识别（OCR），再放入识别出的文本。"
            raise LoadError(reason, code="scanned")
        raise LoadError("Word 文档里没有文字，请检查内容。", code="empty")
    if is_garbled(text):
        raise LoadError(GARBLED, code="garbled")
    return SourceText(
        text=text,
        kind="docx",
        one_line_per_paragraph=True,
        page_starts=tuple(start for start in body.page_starts if 0 < start < len(text)),
        tables=tuple(body.tables),
        title=title,
        warnings=body.warnings,
    )


def _main_part(package: Package) -> str | None:
    """Name of the part with the text: from the relations of the package, else the usual name."""
    relations = package.part("_rels/.rels")
    for relation in relations.iter(_RELATION) if relations is not None else ():
        target = (relation.get("Target") or "").lstrip("/")
        if (relation.get("Type") or "").endswith("/officeDocument") and target in package.names:
            return target
    return "word/document.xml" if "word/document.xml" in package.names else None


def _native(root: etree._Element) -> etree._Element:
    """The part itself, with the names of the strict variant of the format replaced by the usual ones."""
    strict = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
    usual = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    if isinstance(root.tag, str) and root.tag.startswith(strict):
        for element in root.iter(etree.Element):
            if isinstance(element.tag, str) and element.tag.startswith(strict):
                element.tag = usual + element.tag[len(strict) :]
            for name, content in list(element.attrib.items()):
                if isinstance(name, str) and name.startswith(strict):
                    element.set(usual + name[len(strict) :], content)
    return root


def _core_title(package: Package) -> str | None:
    try:
        core = package.part("docProps/core.xml")
    except LoadError:
        # The title is a convenience; a document whose properties are damaged is still a document.
        return None
    found = core.find(_TITLE) if core is not None else None
    return (found.text or "").strip() or None if found is not None else None
