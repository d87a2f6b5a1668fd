"""Source text -> readable paragraphs, each character of which keeps its place in the source.

Nothing is rewritten: readable text is source text with characters left out (line breaks inside a paragraph,
blanks between Han characters, page furniture), so that every quote can be cut from the source again.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.furniture import drop_furniture
from index.grammar import CONTENTS_LINE, HAN, read_mark
from index.lines import Line, split_lines, width
from index.rebreak import rebreak
from index.records import SourceText, Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One readable paragraph.

    Attributes:
        text: without line breaks, without blanks at its ends.
        positions: source offset of each character of ``text``, strictly increasing, same length.
        indent: blanks before the first character on its source line.
        table: True for a row of a table.
    """

    text: str
    positions: tuple[int, ...]
    indent: int = 0
    table: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Readable:
    """The paragraphs of a document in reading order, and what was dropped as page furniture.

    Attributes:
        paragraphs: none of them empty.
        furniture: stretches of the source that hold more than blanks and stand in no paragraph, in order.
        length: code points of the source text.
    """

    paragraphs: tuple[Paragraph, ...]
    furniture: tuple[Span, ...]
    length: int


_TERMINAL = "。！？；：!?;:…"
_CLOSERS = "”』」）)】》]〕"
# what opens a paragraph of its own whatever stands before it
_OPENER = re.compile(
    r"附\s*件\s*[0-9０-９一二三四五六七八九十]*\s*[：:．.、]?\s*(?:$|[0-9０-９《\u3400-\u9fff])|附[表录图]|抄\s*送|主\s*送|[（(](?:此|本)件|[（(]\s*附\s*注|[（(]联系"
    rf"|[{HAN}]{{2,12}}[〔\[（(【]\d{{4}}[〕\]）)】]\s*第?\s*\d+\s*号$"
    r"|下一步[，,]|下一?阶段[，,]|今后[，,]|联系(?:人|电话|方式)|签发人|[0-9０-９〇○零一二三四五六七八九十]{4}\s*年\s*[0-9０-９一二三四五六七八九十]{1,3}\s*月\s*"
    r"[0-9０-９一二三四五六七八九十]{1,3}\s*日\s*$|[（(]?共\s*印|专栏|目\s*录\s*$|第[一二三四五六七八九十百零〇\d]+[编章节]\s|[（(]\s*\d{4}\s*年[^）)]*通过"
)
_MARK_LINE = ("cn", "cn_paren", "article", "chapter", "section", "book", "part", "subbook")
# a title ends like this, whatever its length
_TITLE_END = re.compile(
    r"的?(?:通知|意见|决定|公告|通告|通报|批复|函|复函|答复|报告|请示|方案|办法|规定|细则|条例|规划|纲要|计划|措施|指南|要点)(?:[（(][^）)]{1,20}[）)])?$"
)
_FULL = 0.8
"""A wrapped line is full at this share of the usual width (grammar of official documents, 12.1)."""
_MIN_LONG = 30
"""In a text whose lines are paragraphs, a line shorter than this many Han widths was never wrapped."""


def reflow(source: SourceText) -> Readable:
    """Readable paragraphs of a source text.

    Lines that a page or a column had wrapped are joined, page numbers, running heads, separator lines and headings
    doubled by extraction are dropped, line breaks that the source had lost are put back before clauses, title and
    signature. ``furniture`` tells what was dropped.
    """
    lines, furniture = drop_furniture(split_lines(source), source)
    groups = [[line] for line in lines] if source.one_line_per_paragraph else _join(lines)
    paragraphs = []
    for group in rebreak([_glue(group) for group in groups]):
        text, positions, first = group
        kept = _readable(text, first.table)
        cleaned = "".join(text[index] for index in kept)
        if cleaned:
            paragraphs.append(
                Paragraph(
                    text=cleaned,
                    positions=tuple(positions[index] for index in kept),
                    indent=first.indent,
                    table=first.table,
                )
            )
    return Readable(paragraphs=tuple(paragraphs), furniture=tuple(furniture), length=len(source.text))


def _glue(group: Sequence[Line]) -> tuple[str, tuple[int, ...], Line]:
    """Text, positions and first line of a paragraph; a blank stays where Latin words met at a line end."""
    text = ""
    positions: list[int] = []
    for line in group:
        if text and _latin(text[-1]) and _latin(line.text[0]) and not (text[-1].isdigit() and line.text[0].isdigit()):
            text += " "
            positions.append(positions[-1] + 1)
        text += line.text
        positions.extend(range(line.start, line.start + len(line.text)))
    return text, tuple(positions), group[0]


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


# -- joining wrapped lines -------------------------------------------------------------------------------------


def _join(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines grouped into paragraphs."""
    usual = _usual_width(lines)
    indented = _indents_paragraphs(lines)
    headings = {_plain(CONTENTS_LINE.sub("", line.text)) for line in lines if CONTENTS_LINE.search(line.text)}
    groups: list[list[Line]] = []
    for line in lines:
        announced = bool(headings) and bool(groups) and _plain("".join(part.text for part in groups[-1])) in headings
        opens = announced or (indented and line.indent >= 2)
        if groups and not opens and _continues(groups[-1], line, usual):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _indents_paragraphs(lines: Sequence[Line]) -> bool:
    """True where first lines of paragraphs are set off by two blanks and no line inside a sentence is."""
    first = sum(1 for line in lines if line.indent == 2)
    inside = [
        after.indent >= 2
        for before, after in pairwise(lines)
        if not before.table and before.text[-1] in "，、" and width(before.text) >= _MIN_LONG / 2
    ]
    return first >= 5 and len(inside) >= 5 and sum(inside) <= 0.02 * len(inside)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _usual_width(lines: Sequence[Line]) -> float | None:
    """The width at which lines were wrapped, in Han characters; None where lines are paragraphs.

    Lines are wrapped if most lines that end without punctuation are about as wide as the widest common ones.
    """
    lines = [line for line in lines if not line.table and not CONTENTS_LINE.search(line.text)]
    widths = sorted(width(line.text) for line in lines)
    if len(widths) < 8:
        return None
    wide = widths[int(len(widths) * 0.9)]
    if not 15 <= wide <= 75:
        return None
    long = [line for line in lines if width(line.text) >= _FULL * wide]
    broken = [line for line in long if line.text[-1] not in _TERMINAL + _CLOSERS]
    over = sum(1 for value in widths if value > wide * 1.35)
    return wide if len(broken) >= 0.3 * len(lines) and over <= 0.05 * len(widths) else None


def _continues(group: Sequence[Line], line: Line, usual: float | None) -> bool:
    """True if ``line`` goes on with the paragraph of ``group``."""
    last = group[-1]
    if line.table or last.table or CONTENTS_LINE.search(last.text) or CONTENTS_LINE.search(line.text):
        return False
    whole = "".join(part.text for part in group)
    open_bracket = _open_bracket(whole)
    if open_bracket and usual is not None:
        return len(whole) < 1500
    if _OPENER.match(line.text):
        return False
    mark = read_mark(line.text)
    if mark is not None and (mark.kind in _MARK_LINE or whole[-1] in _TERMINAL + _CLOSERS) and not open_bracket:
        return False
    if mark is not None and mark.kind.startswith("decimal") and not re.search("[，。；]", whole) and not open_bracket:
        return False
    if re.search(r"\d年$", last.text) and re.match(r"\d{1,2}月", line.text):
        return True
    end = last.text[-1]
    if usual is None:
        if open_bracket and width(last.text) >= _MIN_LONG:
            return True
        broken_sentence = "。" in last.text or width(last.text) >= _MIN_LONG
        return (
            broken_sentence
            and end not in _TERMINAL + _CLOSERS
            and not _TITLE_END.search(last.text)
            and (mark is None or mark.kind == "latin")
            and line.indent < 2
        )
    if mark is not None and not mark.doubtful and width(last.text) < _FULL * usual:
        return False
    full = width(last.text) + _first_unit(line.text) > usual * 0.97 or width(last.text) >= _FULL * usual
    if not full:
        return False
    if line.indent >= 2 and line.indent > last.indent + 1 and end in _TERMINAL + _CLOSERS:
        return False
    if end in "。！？：:" and width(last.text) < usual - 2:
        return False
    return not (_TITLE_END.search(whole) and whole.startswith(("关于", "印发")))


def _open_bracket(text: str) -> bool:
    """True if a round bracket or title mark is open at the end of ``text`` (not the one of a mark such as 1）)."""
    for opener, closer in (("（(", "）)"), ("《", "》"), ("〔", "〕")):
        depth = 0
        for char in text[-400:]:
            if char in opener:
                depth += 1
            elif char in closer and depth:
                depth -= 1
        if depth:
            return True
    return False


def _first_unit(text: str) -> float:
    """Width of what cannot be broken at the begin of a line: a Latin word, a number, or one character."""
    found = re.match(r"[A-Za-z0-9.%+-]+|.[，。、；：）”》]?", text)
    return width(found[0]) if found else 1.0


# -- leaving blanks out ----------------------------------------------------------------------------------------

_BLANKS = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u00ad\x00-\x1f]+")
_LABEL = re.compile(rf"[{HAN}]{{2,6}}(?:[ \u3000]?[{HAN}])?[：:]")
_AFTER_MARK = re.compile(
    r"第\s*[〇零一二三四五六七八九十百千\d]+\s*(?:条(?:之[一二三四五六七八九十]+)?|分编|部分|[编章节篇])$|附\s*件\s*\d*$|[一二三四五六七八九十]$|\d{1,2}[.．、]?$|\d{1,2}(?:[.．]\d{1,2})+$"
)


def _readable(text: str, table: bool) -> list[int]:
    """Places of the characters of ``text`` that a reader needs: superfluous blanks left out."""
    keep: list[int] = []
    at = 0
    names = _is_list_of_names(text)
    for found in _BLANKS.finditer(text):
        keep.extend(range(at, found.start()))
        at = found.end()
        if found.start() == 0 or found.end() == len(text):
            continue
        before, after = text[: found.start()], text[found.end() :]
        visible = next((index for index in range(*found.span()) if text[index] in " \u3000\xa0\t\u2002\u2003"), None)
        if visible is not None and (table or names or _keeps_blank(before, after, found[0])):
            keep.append(visible)
    keep.extend(range(at, len(text)))
    return keep


def _keeps_blank(before: str, after: str, blank: str) -> bool:
    left, right = before[-1], after[0]
    if _AFTER_MARK.fullmatch(before.strip()) and not (right.isdigit() or right in "年月日"):
        return True
    if _LABEL.match(after):
        return not before.endswith(("，", "。", "、", "；"))
    if _wide(left) and _wide(right):
        apart = "\u3000" in blank or len(blank.strip("\u200b\u200c\ufeff")) >= 2
        single_left = len(before) < 2 or before[-2].isspace()
        single_right = len(after) < 2 or after[1].isspace()
        return apart and not single_left and not single_right and _han(left) and _han(right)
    return not (_wide(left) or _wide(right))


def _is_list_of_names(text: str) -> bool:
    """True for 张三 李四 王五: three or more tokens of 2–4 Han characters and nothing else."""
    tokens = text.split()
    return len(tokens) >= 3 and all(re.fullmatch(rf"[{HAN}]{{2,4}}", token) for token in tokens)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" or char in "“”‘’—…·"


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
