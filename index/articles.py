"""Places inside an act: ``第十条第二款第（三）项``, ``第三、四条``, ``第五条至第八条``, ``前款`` -> one form each.

The form: 编 分编 章 节 条 款 项 目 with Chinese numerals and without brackets, e.g. ``第十条第二款第三项``; ``前款``
and ``本条`` stay as words, ``附件2`` has Arabic digits. Source: 立法法 and the drafting rules of the National People's
Congress name the levels; lists, ranges and lost 第 are usage.
"""

import re
from dataclasses import dataclass

from index.numerals import to_chinese, to_int

LEVELS = ("编", "分编", "章", "节", "条", "款", "项", "目")
"""Levels of an act, outermost first."""

_N = r"[（(]?\s*(?:[〇○零一二三四五六七八九十百千两]{1,9}|[0-9０-９]{1,4})\s*[）)]?"
_LIST = rf"{_N}(?:\s*(?:、|和|及|或|或者|至|到)\s*第?\s*{_N})*"
_KIND = r"(?:分编|编|章|节|条|款|项|目)"
_AFTER = r"(?:之(?P<sub>[一二三四五六七八九十]{1,3})(?![一-龥]{0,2}[间日]))?"
# 第十条 | 第三、四条 | 第（一）至（三）项 | 第二百六十条之一；not: 第三方 | 第一项目 | 第二节目 | 第一款项 | 第三章程
_UNIT = re.compile(
    rf"第\s*(?P<list>{_LIST})\s*(?P<kind>{_KIND})(?!目标|目录|目的|目建|程|约|日|能|课|款项|例|件|数){_AFTER}"
)
# 、一百一十八条: the 第 is left out in lists
_BARE_UNIT = re.compile(rf"(?P<list>{_N})\s*(?P<kind>[条款项])(?!例|件|目){_AFTER}")
# 前款 | 前两款 | 本条 | 本条第二款 | 前款第（三）项；not: 本条例 | 目前条件 | 前项目 | 成本节约 | 款前
_RELATIVE = re.compile(
    r"(?<![目之以提当生空向])前(?:[一二两三四五六七八九十]{0,2})(?:条(?!件|例)|款(?!项目|项资金)|项(?!目))"
    r"|(?<![成基样文版资根])本(?:条(?!例|件|线|路)|款(?!项)|项(?!目)|章(?!程)(?=规定|所|的|第|中|节)|节(?=规定|所|的规定|第|中))"
    r"|上(?:一)?[条款](?=规定|所|的)"
)
_FIRST_PARTS = re.compile(r"\s*前[一二两三四五六七八九十]*[款项](?!目)")
_ANNEX = re.compile(
    r"附(?P<what>件|表|录)\s*(?P<number>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}|[A-Z](?![A-Za-z]))?"
)
_JOIN = re.compile(r"\s*(?:、|和|及|以及|或|或者|与|，|至|到|—|-|~|～)\s*(?=第|[（(〇零一二三四五六七八九十百0-9])")
_INTO = re.compile(r"\s*(?:中的|中|的)?\s*(?=第)")
_START = re.compile(
    r"第(?=\s*[（(]?\s*[〇○零一二三四五六七八九十百千两0-9０-９])|前(?=[条款项一二两三四])|本(?=[条款项章节])|上(?=一?[条款])"
)
_RANGE = ("至", "到", "—", "-", "~", "～")
_LONGEST_RANGE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Places that a text names one after the other.

    Attributes:
        parts: each in the one form, in order; a range is written out (up to 60 members, else its two ends).
        end: where the words that name them end.
    """

    parts: tuple[str, ...]
    end: int


def read_places(text: str, at: int, *, within: str = "") -> Places | None:
    """The places named at ``at``, or None where none begins there.

    Args:
        text: any text.
        at: where the first word of the place must stand.
        within: a place that those named lie in, e.g. ``前款`` before ``第三项``.
    """
    match = _UNIT.match(text, at)
    if match is None:
        return None
    found: list[str] = []
    prefix: dict[str, str] = {}
    end = at
    ranged = False
    while match is not None:
        kind = match["kind"]
        numbers = _numbers(match["list"])
        if not numbers:
            break
        level = LEVELS.index(kind)
        deeper = bool(prefix) and level > max(LEVELS.index(known) for known in prefix)
        adjacent = text[end : match.start()].strip() in ("", "的", "中", "中的")
        if prefix and adjacent and not deeper:
            break
        base = {known: value for known, value in prefix.items() if LEVELS.index(known) < level}
        written = [f"第{to_chinese(number)}{kind}" for number in numbers]
        if match["sub"]:
            written[-1] += f"之{match['sub']}"
        if prefix and adjacent:
            found.pop()
        elif ranged and kind in prefix:
            written = _between(prefix[kind], written[0], kind) + written
        found.extend(within + "".join(base.values()) + item for item in written)
        prefix = {**base, kind: written[-1]}
        end = match.end()
        match, ranged = _next(text, end)
    if found and (first := _FIRST_PARTS.match(text, end)):
        # 第三百零七条之一前三款
        found[-1] += first[0].strip()
        end = first.end()
    return Places(parts=tuple(dict.fromkeys(found)), end=end) if found else None


def _next(text: str, at: int) -> tuple[re.Match[str] | None, bool]:
    into = _INTO.match(text, at)
    if into is not None and (match := _UNIT.match(text, into.end())):
        return match, False
    join = _JOIN.match(text, at)
    if join is None:
        return None, False
    sign = join[0].strip()
    if sign == "，":
        return None, False
    match = _UNIT.match(text, join.end()) or _BARE_UNIT.match(text, join.end())
    return match, sign in _RANGE


def _between(first: str, last: str, kind: str) -> list[str]:
    low = to_int(re.split("[编章节条款项目]", first[1:])[0])
    high = to_int(re.split("[编章节条款项目]", last[1:])[0])
    if low is None or high is None or not low < high <= low + _LONGEST_RANGE:
        return []
    return [f"第{to_chinese(number)}{kind}" for number in range(low + 1, high)]


def _numbers(text: str) -> list[int]:
    """The integers of ``（一）、（三）`` or ``三至五``; empty where one cannot be read."""
    pieces = re.split(r"\s*(、|和|及|或者|或|至|到)\s*第?", text)
    values: list[int] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            continue
        value = to_int(piece.strip().strip("（()）").strip())
        if value is None:
            return []
        if number and pieces[number - 1] in _RANGE and values[-1] < value <= values[-1] + _LONGEST_RANGE:
            values.extend(range(values[-1] + 1, value))
        values.append(value)
    return values


def read_relative(text: str, at: int) -> Places | None:
    """``前款``, ``前两条``, ``本条第二款``, ``前款第三项`` at ``at``, or None."""
    match = _RELATIVE.match(text, at)
    if match is None:
        return None
    word = match[0].replace("上一", "前").replace("上", "前")
    into = _INTO.match(text, match.end())
    inner = read_places(text, into.end(), within=word) if into else None
    return inner or Places(parts=(word,), end=match.end())


def read_annex(text: str, at: int) -> Places | None:
    """``附件2``, ``附件``, ``附表一`` at ``at``, or None."""
    match = _ANNEX.match(text, at)
    if match is None:
        return None
    number = match["number"] or ""
    value = to_int(number) if number and not number.isascii() else None
    digits = str(value) if value else number
    return Places(parts=(f"附{match['what']}{digits}",), end=match.end())


def place_starts(text: str) -> list[int]:
    """Where a place may begin, ascending: candidates for :func:`read_places` and :func:`read_relative`."""
    return [match.start() for match in _START.finditer(text)]
