"""What pages and extraction left between the lines: page numbers, running heads, separators, doubled headings."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from index.grammar import read_mark
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
# 2 市级总规一般包括…, the 2 being a page number; not: 2 个, 2021 年, 3.
_GLUED_NUMBER = re.compile(
    r"([0-9]{1,3})\s*(?=[\u3400-\u9fff“《（])(?!\s*[年月日个项家万亿元人次天倍名条款章户亩米岁分届位类种所])"
)
# 附件1：某表, on the first page of each annex
_ANNEX = re.compile(r"附\s*[件表录图]")
_DIGITS = 3
_PAGE_LINES = 5
_MIN_CHAIN = 4
_HEADING_WIDTH = 40
_MIN_PAGES = 3


def drop_furniture(lines: Sequence[Line], source: SourceText) -> tuple[list[Line], list[Span]]:
    """The lines that carry text, and the stretches of the source that were dropped, both in order.

    A page number that was glued to the first line of its page is cut off that line.
    """
    numbers = _edge_numbers(lines) if source.page_starts else _counted_numbers(lines)
    heads = _running_heads(lines, numbers) if source.page_starts else set()
    kept: list[Line] = []
    dropped: list[Span] = []
    for index, line in enumerate(lines):
        if line.table:
            kept.append(line)
        elif index in numbers and numbers[index] < len(line.text):
            cut = numbers[index]
            rest = line.text[cut:].lstrip()
            dropped.append(Span(start=line.start, end=line.start + len(line.text[:cut].rstrip())))
            kept.append(replace(line, text=rest, start=line.start + len(line.text) - len(rest), indent=0))
        elif index in numbers or index in heads or _is_debris(line) or _repeats(lines, index, kept):
            dropped.append(Span(start=line.start, end=line.start + len(line.text)))
        else:
            kept.append(line)
    return kept, dropped


def _is_debris(line: Line) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(line.text) or _SEPARATOR.fullmatch(line.text) or _FIELD_CODE.search(line.text))


def _edge_numbers(lines: Sequence[Line]) -> dict[int, int]:
    """Lines that are nothing but a number and stand first or last on their page; each with its length."""
    last = len(lines) - 1
    return {
        index: len(line.text)
        for index, line in enumerate(lines)
        if _BARE_NUMBER.fullmatch(line.text)
        and (index in (0, last) or lines[index - 1].page != line.page or lines[index + 1].page != line.page)
    }


def _counted_numbers(lines: Sequence[Line]) -> dict[int, int]:
    """Page numbers of a text whose pages are unknown: where each stands, and how many characters it takes.

    Candidates are lines that are a number, and numbers glued to a line in the midst of a sentence. Page numbers are
    those that form the longest chain counting up by 1 or 2 with at least five lines of text between two (the cells
    of a table stand closer), four of them at least.
    """
    candidates: list[tuple[int, int, int]] = []
    for index, line in enumerate(lines):
        if line.text.isdigit() and len(line.text) <= _DIGITS:
            candidates.append((index, int(line.text), len(line.text)))
        elif index:
            glued = _GLUED_NUMBER.match(line.text)
            if glued and (lines[index - 1].text[-1] not in "。：；！？" or read_mark(line.text, glued.end())):
                candidates.append((index, int(glued[1]), glued.end(1)))
    best: list[tuple[int, int]] = []  # length of the chain that ends here, and the candidate before
    for position, (index, number, _) in enumerate(candidates):
        length, before = 1, -1
        for earlier in range(position):
            pages = number - candidates[earlier][1]
            distance = index - candidates[earlier][0]
            if 1 <= pages <= 2 and distance > _PAGE_LINES * pages and best[earlier][0] >= length:
                length, before = best[earlier][0] + 1, earlier
        best.append((length, before))
    if not best or max(best)[0] < _MIN_CHAIN:
        return {}
    found: dict[int, int] = {}
    position = best.index(max(best))
    while position >= 0:
        index, _, cut = candidates[position]
        found[index] = cut
        position = best[position][1]
    return found


def _running_heads(lines: Sequence[Line], numbers: Collection[int]) -> set[int]:
    """First and last lines of pages (page numbers aside) that stand, digits aside, on a third of all pages.

    On three of them at least; where there are but two pages, on both, word for word.
    """
    edges: dict[int, str] = {}
    texts = [index for index, line in enumerate(lines) if index not in numbers and not _is_debris(line)]
    pages = {line.page for line in lines}
    for place, index in enumerate(texts):
        line = lines[index]
        first = place == 0 or lines[texts[place - 1]].page != line.page
        last = place == len(texts) - 1 or lines[texts[place + 1]].page != line.page
        short = width(line.text) <= _HEADING_WIDTH and line.text[-1] not in "。；：，、！？"
        if (first or last) and short and not _ANNEX.match(line.text):
            edges[index] = re.sub(r"\s+" if len(pages) < _MIN_PAGES else r"[\d\s]+", "", line.text)
    counts = Counter(edges.values())
    least = max(min(_MIN_PAGES, len(pages)), 2, len(pages) / 3)
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
