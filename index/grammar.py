"""Numbering marks of official documents: which characters open a clause, and which only look like it.

Every pattern stands below with an example and a counter-example. What a mark *means* (its level, whether it
follows the one before) is decided in :mod:`index.outline`; here it is only read.
"""

import re
import unicodedata
from dataclasses import dataclass

from index.numerals import to_int

HAN = "\u3400-\u9fff\uf900-\ufaff"
_CN = "[〇○零一二三四五六七八九十百千]{1,7}"
_DIGITS = "[0-9０-９]{1,3}"

STATUTORY = ("book", "subbook", "part", "chapter", "section", "article")
"""Kinds whose order is fixed by drafting practice (编 分编 部分 章 节 条), outermost first."""

_STATUTORY_WORDS = {
    "编": "book",
    "分编": "subbook",
    "部分": "part",
    "篇": "part",
    "章": "chapter",
    "节": "section",
    "条": "article",
}

NATURAL_ORDER = (*STATUTORY, "cn", "cn_paren", "decimal", "arabic", "arabic_paren", "arabic_half", "circled", "latin")
"""The usual order of levels, used only where a document's own order leaves the choice open."""


# 一、总体要求……3 | 1.1 目的.......... 5：a line of a contents list; not: 等等……
CONTENTS_LINE = re.compile(r"(?:[.．·…‥_]\s*){4,}[\s\d\-—()（）IVX]*$|[…]{2,}\s*\d+\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A numbering mark as read at one place.

    Attributes:
        kind: ``book`` … ``article``, ``cn`` (一、), ``cn_paren`` (（一）), ``arabic`` (1.), ``arabic_paren``
            (（1）), ``arabic_half`` (1）), ``circled`` (①), ``decimal`` (1.2.1), ``latin`` (a)).
        value: its number; several for a decimal mark and for 第十条之一.
        text: as it stands in a path: as written, blanks taken out, a lost 、 or bracket put back.
        start: where it begins in the text that was read.
        end: where the words behind it begin.
        doubtful: True for a form that is a mark only if it follows its predecessor exactly.
    """

    kind: str
    value: tuple[int, ...]
    text: str
    start: int
    end: int
    doubtful: bool = False


# 第三章 总则 | 第一百零一条 | 第1条 | 第十条之一 | 第二部分；not: 第三条规定的, 第三条第一款, 第三、四条
_STATUTORY_MARK = re.compile(rf"第\s*({_CN}|{_DIGITS})\s*(分编|部分|[编篇章节条])(?:之({_CN}))?")
# a reference goes on like this: 第三条规定… 第十条、第十一条… 第二章所称… (第三条 规定…, with a blank, is an article)
_REFERENCE_TAIL = re.compile(
    r"第|[、，,；;。）)》”]|规定|所称|所列|所述|至第|和第|或者第|以及第|及第|与第|中[“的]|的(?:规定|要求|决定|修改|内容|情形)|之规定|另有规定|外[，,]|修改为|改为"
)
# 一、总体要求 | 十二．保障 | 壹、 | —、(a dash typed for 一)；not: 一、二、三等奖 | 一、二级 | 一般 | 一方面
_CN_MARK = re.compile(rf"({_CN}|[壹贰叁肆伍陆柒捌玖拾]{{1,3}}|[—－](?=、))\s*(、|[．.](?![0-9０-９])|，(?=关于))")
_CN_LIST = re.compile(rf"{_CN}(?:[、级等类]|至{_CN}级)")
# 一 总体要求 (the 、 lost): doubtful; not: 一般 | 一个
_CN_BARE = re.compile(rf"({_CN})[\s\u3000]+(?=[{HAN}“《])")
# （一）指导思想 | (十二) | ㈠；not: （试行） | （一期） | 具备（一）（二）条件之一
_CN_PAREN = re.compile(rf"[（(]\s*({_CN})\s*[）)]\s*[、.．]?|([㈠-㈩])")
# （一加强领导 or 一）加强领导 (one bracket lost): doubtful
_CN_PAREN_BROKEN = re.compile(rf"[（(]({_CN})(?=[{HAN}“《])(?![^）)]{{0,30}}[）)])|({_CN})[）)]")
_PAREN_LIST = re.compile(r"[、（(和至或]|条件|项|款")
# 1. 优化 | 12．推进 | １、 | ⒈；not: 1.5亿元 | 2021.5.31 | 0.35
_ARABIC = re.compile(rf"({_DIGITS})\s*[.．﹒]\s*(?![0-9０-９])|({_DIGITS})\s*、|([⒈-⒛])\s*")
# 2.2018、2019年度材料: an item whose words begin with a year: doubtful
_ARABIC_YEAR = re.compile(r"([0-9]{1,2})[.．](?=(?:19|20)[0-9]{2}[、年—-])")
# （1）有场所 | (2) | ⑴；not: （1）in 详见附件（1）
_ARABIC_PAREN = re.compile(rf"[（(]\s*({_DIGITS})\s*[）)]\s*[、.．]?|([⑴-⒇])")
# 1）申请表 | 2)
_ARABIC_HALF = re.compile(rf"({_DIGITS})\s*[）)]\s*[、.．]?")
# ①对… | ⑪ | ❶
_CIRCLED = re.compile(r"([①-⑳❶-❿⓵-⓾])\s*[、.．]?")
# 1.1 编制目的 | 4.2.1.1；not: 1.5亿元 | 2.7% | 3.5米 | 2021.5
_DECIMAL = re.compile(
    rf"([0-9]{{1,2}}(?:[.．][0-9]{{1,2}}){{1,4}})[.．]?\s*(?=[{HAN}“《（A-Za-z])(?!\s*(?:[万亿]?[元人个吨米亩倍分]|[万亿]|公里|平方|厘|毫|千|年|月|号|小时|mm|cm|km|m\b|kg|%))"
)
# 1 总则 (top of a decimal document): doubtful
_DECIMAL_TOP = re.compile(rf"([0-9]{{1,2}})[\s\u3000]+(?=[{HAN}])")
# a) 名称 | A.名称
_LATIN = re.compile(r"([a-z])\s*[）)]\s*|([A-H])\s*[.．、]\s*(?![A-Za-z0-9])")

_CN_DASH = {"—": "一", "－": "一"}


def _plain(text: str) -> str:
    """Without blanks."""
    return re.sub(r"\s+", "", text)


def _number(text: str) -> int | None:
    return to_int(unicodedata.normalize("NFKC", _CN_DASH.get(text, text)).strip("(). "))


def _statutory(text: str, at: int) -> Mark | None:
    found = _STATUTORY_MARK.match(text, at)
    if found is None:
        return None
    kind = _STATUTORY_WORDS[found[2]]
    number, suffix = _number(found[1]), _number(found[3]) if found[3] else None
    end = found.end()
    if number is None or (end < len(text) and not text[end].isspace() and _REFERENCE_TAIL.match(text, end)):
        return None
    if kind != "article" and end < len(text) and not text[end].isspace():
        # 第一章总则 is a heading, 第二章的… or 第一节课 is not: a heading without blank is short and unpunctuated
        rest = re.split(rf"第{_CN}条", text[end:])[0]
        if kind in ("book", "part", "section") and not re.match(rf"[{HAN}：:“《]", rest):
            return None
        if len(rest) > 40 or re.search(r"[。；，]", rest):
            return None
    value = (number,) if suffix is None else (number, suffix)
    while end < len(text) and (text[end].isspace() or (text[end] in "：:、" and kind != "article")):
        end += 1
    return Mark(kind=kind, value=value, text=_plain(found[0]), start=at, end=end)


def _chinese(text: str, at: int) -> Mark | None:
    found = _CN_MARK.match(text, at)
    if found:
        number = _number(found[1])
        if number is None or number == 0 or _CN_LIST.match(text, found.end()):
            return None
        body = _CN_DASH.get(found[1], found[1])
        end = found.end()
        while end < len(text) and text[end].isspace():
            end += 1
        mark = body + ("、" if found[2] == "，" else found[2])
        return Mark(kind="cn", value=(number,), text=mark, start=at, end=end, doubtful=found[2] == "，")
    found = _CN_BARE.match(text, at)
    if found and (number := _number(found[1])):
        return Mark(kind="cn", value=(number,), text=found[1] + "、", start=at, end=found.end(), doubtful=True)
    return None


def _chinese_paren(text: str, at: int) -> Mark | None:
    found = _CN_PAREN.match(text, at)
    if found:
        number = _number(found[1] or found[2])
        if number is None or _PAREN_LIST.match(text, found.end()):
            return None
        body = f"（{found[1]}）" if found[1] else found[2]
        end = found.end()
        while end < len(text) and text[end].isspace():
            end += 1
        return Mark(kind="cn_paren", value=(number,), text=body, start=at, end=end)
    found = _CN_PAREN_BROKEN.match(text, at)
    if found and (number := _number(found[1] or found[2])):
        body = f"（{found[1] or found[2]}）"
        return Mark(kind="cn_paren", value=(number,), text=body, start=at, end=found.end(), doubtful=True)
    return None


def _simple(kind: str, pattern: re.Pattern[str], text: str, at: int) -> Mark | None:
    found = pattern.match(text, at)
    if found is None:
        return None
    number = _number(next(group for group in found.groups() if group))
    if number is None or number == 0:
        return None
    end = found.end()
    while end < len(text) and text[end].isspace():
        end += 1
    return Mark(kind=kind, value=(number,), text=_plain(found[0]), start=at, end=end)


def _decimal(text: str, at: int) -> Mark | None:
    found = _DECIMAL.match(text, at)
    if found:
        plain = unicodedata.normalize("NFKC", found[1])
        value = tuple(int(part) for part in plain.split("."))
        if 0 in value:
            return None
        return Mark(kind=f"decimal{len(value)}", value=value, text=plain, start=at, end=found.end())
    return None


def _arabic_year(text: str, at: int) -> Mark | None:
    found = _ARABIC_YEAR.match(text, at)
    if found is None or int(found[1]) == 0:
        return None
    return Mark(kind="arabic", value=(int(found[1]),), text=found[0], start=at, end=found.end(), doubtful=True)


def _latin(text: str, at: int) -> Mark | None:
    found = _LATIN.match(text, at)
    if found is None:
        return None
    letter = found[1] or found[2]
    value = ord(letter.lower()) - ord("a") + 1
    return Mark(kind="latin", value=(value,), text=_plain(found[0]), start=at, end=found.end())


def read_mark(text: str, at: int = 0) -> Mark | None:
    """The numbering mark that begins at ``text[at]``, or None.

    Whether it opens a clause depends on the marks before it: see :class:`index.outline.Outline`.
    """
    if at >= len(text):
        return None
    first = text[at]
    if first == "第":
        return _statutory(text, at)
    if first in "（(㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩":
        return _chinese_paren(text, at) or _simple("arabic_paren", _ARABIC_PAREN, text, at)
    if first.isdigit() or "⑴" <= first <= "⒛" or first in "❶❷❸❹❺❻❼❽❾❿⓵⓶⓷⓸⓹⓺⓻⓼⓽⓾":
        return (
            _simple("circled", _CIRCLED, text, at)
            or _decimal(text, at)
            or _arabic_year(text, at)
            or _simple("arabic", _ARABIC, text, at)
            or _simple("arabic_paren", _ARABIC_PAREN, text, at)
            or _simple("arabic_half", _ARABIC_HALF, text, at)
        )
    if first.isascii():
        return _latin(text, at)
    return _chinese(text, at) or _chinese_paren(text, at)


def read_decimal_top(text: str) -> Mark | None:
    """The mark of ``1 总则``, to be asked for only in a document that numbers 1.1, 1.2 below it."""
    found = _DECIMAL_TOP.match(text)
    if found is None or int(found[1]) == 0:
        return None
    return Mark(kind="decimal1", value=(int(found[1]),), text=found[1], start=0, end=found.end(), doubtful=True)


def split_heading(text: str) -> tuple[str, str]:
    """Heading and rest of the words behind a mark; the heading is empty where the words are plain text.

    A heading stands alone in its paragraph (no full stop but one at its end), or is a first sentence of at most 30
    characters without a comma before further text (``加强组织领导。各级政府要…``), or ends with a colon
    (``基本情况：…``, at most 12 characters).
    """
    body = text.strip()
    colon = re.match(rf"[{HAN}“”、（）]{{2,12}}[：:]", body)
    if colon and len(body) > colon.end():
        return colon[0], body[colon.end() :]
    stop = body.find("。")
    if (stop == -1 and len(body) <= 50 and body[-1:] not in "；;，,：:、") or (
        stop == len(body) - 1 and len(body) <= 25
    ):
        return body, ""
    if 0 < stop <= 30 and stop < len(body) - 1 and not re.search(r"[；：]|，.*，", body[:stop]):
        return body[: stop + 1], body[stop + 1 :]
    return "", body
