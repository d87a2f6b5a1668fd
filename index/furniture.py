"""What pages and extraction left between the lines: page numbers, running heads, separators, doubled headings."""

import re
from collections import Counter
from collections.abc import Sequence

from index.lines import Line, width
from index.records import SourceText, Span

# — 3 — | -3- | ·3· | 第 3 页 共 10 页 | 3 / 10 | Page 3；not: 2021 | 1.
_PAGE_NUMBER = re.compile(
    r"[—\-–－─·•~～\s]*[-—–－─·•]\s*[0-9０-９]{1,4}\s*[-—–－─·•][—\-–－─·•~～\s]*"
    r"|第\s*[0-9０-９]{1,4}\s*页(?:\s*[，,/]?\s*共\s*[0-9０-９]{1,4}\s*页)?|[Pp]age\s*\d{1,4}(?:\s*of\s*\d{1,4})?"
)
_BARE_NUMBER = re.compile(r"[0-9０-９]{1,4}(?:\s*/\s*[0-9０-９]{1,4})?|[IVXivx]{1,6}")
# ----- | ===== | *****；a line of nothing but marks
_SEPARATOR = re.compile(r"[-=*_~·.…—─━＝﹍—\s]{4,}")
_FIELD_CODE = re.compile(r"(?:PAGE|TOC|HYPERLINK|NUMPAGES)\b.*(?:MERGEFORMAT|\\[a-z])")
_HEADING_WIDTH = 40
_MIN_PAGES = 3


def drop_furniture(lines: Sequence[Line], source: SourceText) -> tuple[list[Line], list[Span]]:
    """The lines that carry text, and the stretches of the source that were dropped, both in order."""
    numbers = _bare_page_numbers(lines, bool(source.page_starts))
    heads = _running_heads(lines) if source.page_starts else set()
    kept: list[Line] = []
    dropped: list[Span] = []
    for index, line in enumerate(lines):
        if not line.table and (index in numbers or index in heads or _is_debris(line) or _repeats(lines, index, kept)):
            dropped.append(Span(start=line.start, end=line.start + len(line.text)))
        else:
            kept.append(line)
    return kept, dropped


def _is_debris(line: Line) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text) or _SEPARATOR.fullmatch(line.text) or _FIELD_CODE.search(line.text))


def _bare_page_numbers(lines: Sequence[Line], paged: bool) -> set[int]:
    """Lines that are nothing but a number and count pages.

    With known pages: the first or last line of a page. Without: at least three numbers that each follow the one
    before by 1, with text of at least five lines between them (a table's cells stand closer).
    """
    bare = [index for index, line in enumerate(lines) if _BARE_NUMBER.fullmatch(line.text)]
    if paged:
        last = len(lines) - 1
        return {
            index
            for index in bare
            if index in (0, last)
            or lines[index - 1].page != lines[index].page
            or lines[index + 1].page != lines[index].page
        }
    found: set[int] = set()
    run: list[int] = []
    for index in bare:
        text = lines[index].text
        if not text.isdigit():
            continue
        if run and int(text) == int(lines[run[-1]].text) + 1 and index - run[-1] > 5:
            run.append(index)
        elif not run or index - run[-1] > 5:
            found.update(run if len(run) >= _MIN_PAGES else [])
            run = [index]
    found.update(run if len(run) >= _MIN_PAGES else [])
    return found


def _running_heads(lines: Sequence[Line]) -> set[int]:
    """First and last lines of pages that stand, digits aside, on three pages and on a third of all."""
    edges: dict[int, str] = {}
    pages = {line.page for line in lines}
    for index, line in enumerate(lines):
        first = index == 0 or lines[index - 1].page != line.page
        last = index == len(lines) - 1 or lines[index + 1].page != line.page
        if (first or last) and width(line.text) <= _HEADING_WIDTH:
            edges[index] = re.sub(r"[\d\s]+", "", line.text)
    counts = Counter(edges.values())
    least = max(_MIN_PAGES, len(pages) / 3)
    return {index for index, text in edges.items() if len(text) >= 3 and counts[text] >= least}


def _repeats(lines: Sequence[Line], index: int, kept: Sequence[Line]) -> bool:
    """True for a heading that extraction wrote twice in a row, with running text behind it."""
    line = lines[index]
    if not kept or kept[-1].text != line.text or len(line.text) < 4 or width(line.text) > _HEADING_WIDTH:
        return False
    if line.text[-1] in "。；：，！？" or line.text.isdigit():
        return False
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    return width(following) > 20 or following.endswith(("。", "：", "；"))
