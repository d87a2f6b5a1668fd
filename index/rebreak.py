"""Puts back line breaks that a source has lost.

Texts copied from a site's search index hold a whole document in one line; a page break may have swallowed the break
before an article. A break is put back where a mark stands that exactly continues the numbering, and at the borders of
title, number, addressee and signature, which have forms of their own.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.grammar import HAN, Mark, read_mark
from index.lines import Line
from index.outline import Outline

Group = tuple[str, tuple[int, ...], Line]
"""Text of a paragraph, source offset of each character, its first line."""

_LOST_LENGTH = 200
_FEW_LINES = 6
_INSIDE = re.compile(
    r"第[〇零一二三四五六七八九十百\d]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|\d{1,2}\s*[.．、]"
)
_BREAK_BEFORE = "。；：！？”）)》;:"
_GLUED_HEADING = 40
_BLANK_RUN = re.compile(r"[ \t\xa0]*\u3000{2,}\s*|[ \xa0\u2002\u2003]{3,}\s*|(?<=[。：])[ \u3000\xa0]+")
_KIND_WORDS = "通知|意见|决定|公告|通告|通报|批复|复函|函|答复|方案|办法|规定|细则|条例|规划|纲要|计划|措施|指南|要点"
_NUMBER = re.compile(
    rf"([{HAN}]{{1,10}}?)\s*[〔\[【（(﹝［]\s*(?:19|20)\d{{2}}\s*[〕\]】）)﹞］]\s*第?\s*\d{{1,4}}\s*号"
)
_TITLE_THEN = re.compile(rf"(?:的|关于[^。：]{{4,80}})(?:{_KIND_WORDS})(?:[（(](?:试行|暂行)[）)])?")
_BODIES = re.compile(r"政府|部门|单位|[局委厅办院校所处会]|公司|企业|中心|代表|委员|同志|乡镇|街道|机构")
_DATE_FORM = (
    r"(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
    r"|[二一][〇○零九][〇○零一二三四五六七八九]{2}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
)
_DATE = re.compile(_DATE_FORM)
_TAIL = re.compile(r"附\s*件\s*\d{0,2}\s*[:：]?|[（(]此件|[（(]联系人|[（(]附\s*注|抄送\s*[:：]")
# …贯彻执行。某市人民政府2021年8月24日（此件公开发布）…
_SIGNATURE = re.compile(rf"(?<=[。：])\s*([{HAN}（）]{{4,40}}?)\s*({_DATE_FORM})\s*([（(]此件[^）)]{{2,10}}[）)])?")
_CONTENTS = re.compile(r"目\s*录(?=\s*第[一1]|\s*一、)")
_SHORTEST_CODE = 2


def rebreak(groups: Sequence[Group]) -> list[Group]:
    """The same paragraphs, split where line breaks were lost; characters and their places stay as they are."""
    result: list[Group] = []
    outline = Outline()
    longest = max((len(text) for text, _, _ in groups), default=0)
    lines = len([1 for text, _, _ in groups if len(text) > 20])
    one_liner = lines <= _FEW_LINES and longest > (_LOST_LENGTH if lines > 1 else _LOST_LENGTH / 2)
    issuer = _issuer(groups[0][0]) if groups else ""
    titles = _announced("\n".join(text for text, _, _ in groups), issuer) if one_liner else []
    for group in groups:
        if group[2].table:
            result.append(group)
            continue
        lost = len(group[0]) > _LOST_LENGTH and _runs(group[0]) >= 2
        pieces = [group]
        if one_liner:
            pieces = [part for piece in pieces for part in _split(piece, _blank_runs(piece[0]))]
            pieces = [part for piece in pieces for part in _split(piece, _borders(piece[0], issuer, titles))]
        for piece in pieces:
            result.extend(_split(piece, _marks_inside(piece[0], outline, lost=lost or one_liner)))
    return result


def _split(group: Group, places: Sequence[int]) -> list[Group]:
    text, positions, line = group
    parts = []
    edges = [0, *places, len(text)]
    for start, end in pairwise(edges):
        piece = text[start:end]
        blank = len(piece) - len(piece.lstrip())
        if piece.strip():
            first = line if start == 0 else Line(text=piece, start=positions[start], indent=blank, table=line.table)
            parts.append((piece, positions[start:end], first))
    return parts


def _runs(text: str) -> int:
    """How many marks of the strong kinds continue one another inside ``text``."""
    best = 0
    for kind in ("cn", "cn_paren", "article"):
        expected = None
        length = 0
        for mark, _ in _inside(text):
            if mark.kind == kind and (mark.value[0] == 1 if expected is None else mark.value[0] == expected):
                expected, length = mark.value[0] + 1, length + 1
            elif mark.kind == "article" == kind and expected is None:
                expected, length = mark.value[0] + 1, 1
        best = max(best, length)
    return best


def _inside(text: str) -> Iterator[tuple[Mark, str]]:
    """Candidate marks anywhere in ``text`` with the character before each."""
    for found in _INSIDE.finditer(text):
        at = found.start()
        before = text[:at].rstrip()[-1:] if at else ""
        if re.match(r"[第一二三四五六七八九十百\d、之条款项至和]", before) and (at and not text[at - 1].isspace()):
            continue
        mark = read_mark(text, at)
        if mark is None or mark.doubtful or mark.kind.startswith("decimal"):
            continue
        if mark.kind == "cn" and re.match(r"[一二三四五六七八九十]", text[mark.end :]):
            continue
        yield mark, before


def _marks_inside(text: str, outline: Outline, *, lost: bool) -> list[int]:
    """Places at which a mark exactly continues the numbering; opens what it finds in ``outline``."""
    places = []
    start = read_mark(text)
    if start is not None:
        place = outline.judge(start)
        if place is not None:
            outline.enter(start, place)
    if not lost and "第" not in text:
        return []
    candidates = list(_inside(text))
    previous_end, previous_kind = (start.end, start.kind) if start is not None else (0, "")
    for number, (mark, before) in enumerate(candidates):
        if mark.start == 0:
            continue
        spaced = text[mark.start - 1].isspace() or before in _BREAK_BEFORE
        glued = mark.start - previous_end <= _GLUED_HEADING and not re.search(
            "[。；，：]", text[previous_end : mark.start]
        )
        article = mark.kind in ("article", "chapter", "section")
        if article and not (before in "。；：”" or (glued and previous_kind in ("book", "chapter", "section"))):
            continue
        if not lost and not (article and (outline.continues(mark) or outline.follows(mark))):
            continue
        if not (spaced or glued or mark.kind == "cn"):
            continue
        following = [other for other, _ in candidates[number + 1 :]]
        begins = mark.value == (1,)
        if begins and not any(other.kind == mark.kind and other.value == (2,) for other in following):
            continue
        place = outline.judge(mark, following)
        if place is None or (place.remark and not begins):
            continue
        outline.enter(mark, place)
        places.append(mark.start)
        previous_end, previous_kind = mark.end, mark.kind
    return places


def _blank_runs(text: str) -> list[int]:
    """Ends of runs of blanks that stand for a line break, outside of brackets."""
    places = []
    for found in _BLANK_RUN.finditer(text):
        before = text[: found.start()]
        if before.count("《") > before.count("》") or before.count("（") > before.count("）"):
            continue
        if found.start() > 0 and found.end() < len(text):
            places.append(found.end())
    return places


def _issuer(text: str) -> str:
    """The body that a text's title begins with, empty where it begins otherwise."""
    found = re.match(rf"([{HAN}]{{4,25}}?)(?:关于|印发|转发)", text)
    return found[1] if found else ""


def _borders(text: str, issuer: str, titles: Sequence[str]) -> list[int]:
    """Borders of title, number, addressee, signature, contents list and enclosed titles in a text of one line."""
    places = {*_head_borders(text[:400]), *_signature_borders(text), *_tail_borders(text)}
    if issuer:
        for found in re.finditer(rf"{issuer}\s*(?={_DATE_FORM})", text):
            places.update(found.span())
    for title in titles:
        for found in re.finditer(re.escape(title), text):
            if found.start() in places or re.search(
                r"附\s*件\s*\d*[:：]?$", text[max(0, found.start() - 6) : found.start()]
            ):
                places.update((found.start(), found.end()))
    for found in _CONTENTS.finditer(text):
        places.update(found.span())
    return sorted(place for place in places if 0 < place < len(text))


def _head_borders(head: str) -> set[int]:
    places: set[int] = set()
    number = _NUMBER.search(head[:250])
    title = _title(head[: number.end(1) - _SHORTEST_CODE] if number else head[:160], number is not None)
    if number is not None and not re.search("[。：]|[（(《]$", head[: number.start(1)]):
        places.add(number.end())
        if title is not None and title.end() >= number.start(1):
            places.add(title.end())
        elif title is None:
            places.add(number.start(1))
    elif title is not None and re.match(r"\s*(?:各|[^。，：]{2,30}[：，、])", head[title.end() :]):
        places.add(title.end())
    begin = max(places, default=0)
    colon = head.find("：", begin)
    addressee = head[begin:colon]
    named = _BODIES.search(addressee) and not re.match(r"\s*[一二三四五]、|\s*附", addressee)
    if colon > 0 and len(addressee) < 300 and "。" not in addressee and named:
        places.add(colon + 1)
    return places


def _title(head: str, numbered: bool) -> re.Match[str] | None:
    """The title at the begin of a text: up to the first 文种 behind which an addressee stands, or the last."""
    title = None
    for found in _TITLE_THEN.finditer(head):
        if head[: found.end()].count("《") == head[: found.end()].count("》"):
            title = found
            if not numbered and re.match(r"各|[^。，]{2,30}(?:政府|局|委|厅|公司|单位)", head[found.end() :]):
                break
    return title


def _signature_borders(text: str) -> set[int]:
    """Name, date and note of a signature that stands between two sentences."""
    places: set[int] = set()
    for found in _SIGNATURE.finditer(text):
        if re.match(r"\s*印发", text[found.end(2) :]):
            places.add(found.start(1))
            continue
        places.update(found.span(group)[side] for group in (1, 2, 3) if found[group] for side in (0, 1))
    return places


def _announced(text: str, issuer: str) -> list[str]:
    """Titles that the text names in 《》 near its begin or lists as annexes."""
    titles = re.findall(r"《([^《》]{6,60})》", text[:900])
    listed = re.search(r"附\s*件\s*[:：](.{0,400})", text)
    if listed:
        titles += [re.split(r"[。\d]|附件", name)[0].strip() for name in re.split(r"\d\s*[.．、]", listed[1])]
    if issuer:
        titles = [title.removesuffix(issuer) for title in titles]
    return [title for title in dict.fromkeys(titles) if len(title) >= 6]


def _tail_borders(text: str) -> set[int]:
    places: set[int] = set()
    stop = max(text.rfind("。"), text.rfind("。”"))
    for found in _TAIL.finditer(text):
        before = text[: found.start()].rstrip()
        if before and before[-1] in "。；日）)":
            places.add(found.start())
    found_date = _DATE.search(text, max(0, stop))
    if found_date is not None:
        between = text[stop + 1 : found_date.start()]
        if len(between) <= 120 and not re.search("[。；：，]", between):
            printed = re.match(r"\s*印发", text[found_date.end() :])
            places.update((stop + 1,) if printed else (stop + 1, *found_date.span()))
    return places
