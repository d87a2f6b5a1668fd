"""HTML -> source text: the document of a web page without the page around it."""

import re
from collections.abc import Mapping

from lxml import etree
from lxml import html as lxml_html

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.html_content import content_of, is_boilerplate, is_clean, is_kept, is_link, metadata_of, prune
from index.load.html_lines import Line, lines_of, tidy
from index.load.html_tables import table_lines
from index.load.labels import is_bare_label
from index.load.limits import Limits
from index.load.readable import is_garbled
from index.load.text import GARBLED
from index.records import SourceText, Span

_PROLOGUE = re.compile(r"<\?.*?\?>|<%.*?%>|<!\[CDATA\[|\]\]>|[\x00-\x08\x0b\x0e-\x1f\x7f\ufeff\ufffe\uffff]", re.S)
_BARE_BLANK = re.compile(r"&nbsp(?!;)")
_STYLING = re.compile(r"</?(?:span|font|b|strong|i|em|u|o:p)\b[^<>]*>", re.I)
_NESTING = re.compile(r"</?(?:div|section|article|center|blockquote|ul|ol|dl)\b[^<>]*>", re.I)
_FEW_CHARACTERS = 30


def read_html(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """The document of a web page, one paragraph a line.

    Menus, bread crumbs, scripts, hidden copies, share bars and page feet go. Tables keep their rows, metadata tables
    become lines ``标签：值``. The title of the page stands in ``title`` and, where the page shows it, in the text.

    Raises:
        LoadError: ``empty``, ``scanned`` (pictures of pages only) or ``garbled``.
    """
    if decoded is None:
        raise LoadError("网页没有内容，请重新保存网页。", code="empty")
    root = _parsed(decoded.text)
    if root is None:
        raise LoadError("网页里没有任何文字，请重新保存网页。", code="empty")
    images = sum(1 for _ in root.iter("img"))
    title = _title(root)
    prune(root)
    lines = _document_lines(root, title)
    _check(lines, images)
    source = _assembled(lines, title, decoded)
    if is_garbled(source.text):
        raise LoadError(GARBLED, code="garbled")
    return source


def _parsed(text: str) -> etree._Element | None:
    cleaned = _BARE_BLANK.sub("&nbsp;", _PROLOGUE.sub("", text))
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(cleaned, parser=parser)
        if _is_too_deep(parser):
            # The parser stopped on the way down: without the tags that only nest, it reaches the end.
            root = lxml_html.document_fromstring(_NESTING.sub("<br>", _STYLING.sub("", cleaned)), parser=parser)
            if _is_too_deep(parser):
                raise LoadError("网页的标签嵌套过深，无法完整读取，请另存为文本后再放入。", code="damaged")
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return root


def _is_too_deep(parser: lxml_html.HTMLParser) -> bool:
    return any("depth" in entry.message.lower() for entry in parser.error_log)


def _title(root: etree._Element) -> str | None:
    """Title that the page names: the article's meta element, else a heading that <title> repeats, else <title>."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle" and (meta.get("content") or "").strip():
            return tidy(meta.get("content") or "")
    whole = next((tidy("".join(map(str, element.itertext()))) for element in root.iter("title")), "")
    headings = [tidy("".join(map(str, element.itertext()))) for element in root.iter("h1", "h2", "h3")]
    for heading in headings:
        if len(heading) >= 6 and heading in whole:
            return heading
    return whole or None


def _document_lines(root: etree._Element, title: str | None) -> list[Line]:
    tables: dict[etree._Element, list[Line]] = {}
    for table in root.iter("table"):
        if not any(ancestor in tables for ancestor in table.iterancestors("table")):
            found = table_lines(table)
            if found is not None:
                tables[table] = found
    metadata = {table for table, found in tables.items() if found and all(line.metadata for line in found)}
    box = _outside_tables(content_of(root, metadata), tables)
    core = lines_of(box, tables)
    before: list[Line] = []
    after: list[Line] = []
    while (outer := box.getparent()) is not None:
        outer_before, outer_after = _around(outer, box, tables)
        if not is_clean(outer_before + outer_after):
            break
        box = outer
        before, after = outer_before + before, after + outer_after
    if box is not root:
        outer_before, outer_after = _around(root, box, tables)
        before = [line for line in metadata_of(outer_before) if is_kept(line, title, before=True)] + before
        after = after + [line for line in metadata_of(outer_after) if is_kept(line, title, before=False)]
    before = _without_repeated_title(metadata_of(before), core)
    lines = [line for line in (*before, *core, *after) if not is_boilerplate(line) and not is_bare_label(line.text)]
    while len(lines) > 1 and is_link(lines[-1]):
        lines.pop()
    return lines


def _outside_tables(element: etree._Element, tables: Mapping[etree._Element, list[Line]]) -> etree._Element:
    """The element itself, or what holds the table in which it stands."""
    for ancestor in [element, *element.iterancestors()]:
        if ancestor in tables:
            parent = ancestor.getparent()
            element = ancestor if parent is None else parent
    return element


def _around(
    outer: etree._Element, inner: etree._Element, tables: Mapping[etree._Element, list[Line]]
) -> tuple[list[Line], list[Line]]:
    """Lines of an element before and after one that it holds."""
    mark = Line(text="\x00")
    lines = lines_of(outer, {**tables, inner: [mark]})
    place = lines.index(mark)
    return lines[:place], lines[place + 1 :]


def _without_repeated_title(before: list[Line], core: list[Line]) -> list[Line]:
    """Lines before the document without a title that the document's own first lines repeat."""
    opening = "".join("".join(line.text.split()) for line in core[:6])
    return [
        line
        for line in before
        if line.metadata or len(line.text) < 8 or not opening.startswith("".join(line.text.split()))
    ]


def _check(lines: list[Line], images: int) -> None:
    characters = sum(len("".join(line.text.split())) for line in lines)
    if characters < _FEW_CHARACTERS and images:
        reason = f"网页里只有 {images} 张图片，没有可读的文字，请先做文字识别（OCR），再放入识别出的文本。"
        raise LoadError(reason, code="scanned")
    if not characters:
        raise LoadError("网页里没有正文文字，请重新保存网页。", code="empty")


def _assembled(lines: list[Line], title: str | None, decoded: Decoded) -> SourceText:
    tables = []
    length = 0
    for line in lines:
        if line.table:
            tables.append(Span(start=length, end=length + len(line.text)))
        length += len(line.text) + 1
    return SourceText(
        text="\n".join(line.text for line in lines),
        kind="html",
        one_line_per_paragraph=True,
        tables=tuple(tables),
        title=title,
        warnings=decoded.warnings,
    )
