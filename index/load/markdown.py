"""Markdown -> source text: marks of markup go, words stay."""

import html
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from index.records import SourceText, Span

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.M)
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$")
_RULE = re.compile(r"[ ]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)$")
_FENCE = re.compile(r"[ ]{0,3}(?:`{3,}|~{3,})")
_QUOTE = re.compile(r"(?:[ ]{0,3}>[ ]?)+")
_BULLET = re.compile(r"([ \t]*)[*+][ \t]+(?=\S)")
_TASK = re.compile(r"([ \t]*-[ \t]+)\[[ xX]\][ \t]+")
_DIVIDER = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\n]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"(`+)(.+?)\1")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--.*?-->")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SENTENCE_END = tuple("。！？；：.!?;:”」』）)】")


@dataclass(slots=True)
class _Page:
    """What has been written so far."""

    lines: list[str] = field(default_factory=list)
    tables: list[Span] = field(default_factory=list)
    length: int = 0

    def add(self, line: str, *, table: bool = False) -> None:
        if table and line.strip():
            self.tables.append(Span(start=self.length, end=self.length + len(line)))
        self.lines.append(line)
        self.length += len(line) + 1


def plain(source: SourceText) -> SourceText:
    """A Markdown text without its marks.

    Heading marks, emphasis, link targets, fences, rules, front matter and inline tags go. Bullets become ``- ``.
    Table rows become cells joined by `` | ``. Words, numbers and line breaks stay, so that what is quoted is what
    a reader of the rendered page sees.

    Args:
        source: the text with its marks.

    Returns:
        The text without them; ``one_line_per_paragraph`` is False where single line breaks wrap sentences.
    """
    text, title = _without_front_matter(source.text)
    page = _Page()
    lines = text.split("\n")
    fenced = False
    for number, raw in enumerate(lines):
        line = raw.rstrip("\r")
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            page.add(line)
        elif _is_row(lines, number):
            if not _DIVIDER.match(line):
                page.add(_row(line), table=True)
        else:
            for piece in _BREAK.split(_unmarked(line)):
                page.add(piece)
    written = "\n".join(page.lines)
    return replace(
        source,
        text=written,
        kind="md",
        one_line_per_paragraph=not _is_wrapped(page.lines),
        page_starts=(),
        tables=tuple(page.tables),
        title=title or _first_heading(lines),
    )


def _without_front_matter(text: str) -> tuple[str, str | None]:
    found = _FRONT_MATTER.match(text)
    if not found or ":" not in found[1]:
        return text, None
    title = _FRONT_TITLE.search(found[1])
    return text[found.end() :], title[1].strip() if title else None


def _first_heading(lines: Iterable[str]) -> str | None:
    for line in lines:
        found = _HEADING.match(line.rstrip("\r"))
        if found and found[1]:
            return _inline(found[1]).strip() or None
    return None


def _is_row(lines: list[str], number: int) -> bool:
    """True inside a table: cells between bars, with a divider line in the same block."""
    if "|" not in lines[number]:
        return False
    first = number
    while first > 0 and "|" in lines[first - 1]:
        first -= 1
    return any(_DIVIDER.match(line.rstrip("\r")) and "|" in line for line in lines[first : min(first + 3, number + 2)])


def _row(line: str) -> str:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return " | ".join(_inline(_BREAK.sub(" ", cell)).strip() for cell in cells)


def _unmarked(line: str) -> str:
    if _RULE.match(line):
        return ""
    line = _QUOTE.sub("", line, count=1) if line.lstrip().startswith(">") else line
    heading = _HEADING.match(line)
    if heading:
        line = heading[1]
    line = _TASK.sub(r"\1", _BULLET.sub(r"\1- ", line, count=1), count=1)
    return _inline(line)


def _inline(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    text = _CODE.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    text = "".join(part if _BREAK.fullmatch(part) else _TAG.sub("", part) for part in re.split(r"(<br\s*/?>)", text))
    return html.unescape(_ESCAPE.sub(r"\1", text))


def _is_wrapped(lines: list[str]) -> bool:
    """True where single line breaks cut sentences: most lines that have a direct follower end in mid-sentence."""
    followed = [one for one, other in itertools.pairwise(lines) if len(one.strip()) > 15 and other.strip()]
    open_ended = sum(not line.rstrip().endswith(_SENTENCE_END) for line in followed)
    return len(followed) >= 4 and open_ended > 0.6 * len(followed)
