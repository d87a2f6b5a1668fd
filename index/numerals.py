"""Chinese numerals and dates in every script that official documents use, to integers and ISO dates and back."""

import re
from dataclasses import dataclass
from datetime import date

from index.records import Span

_ZERO = "〇○零ＯOo０0◯Ｏ"
_DIGITS = {
    **dict.fromkeys(_ZERO, 0),
    **{char: value for value, char in enumerate("一二三四五六七八九", start=1)},
    **{char: value for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)},
    **{char: value for value, char in enumerate("123456789", start=1)},
    **{char: value for value, char in enumerate("１２３４５６７８９", start=1)},
    "两": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
    "弌": 1,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_MYRIAD = "万萬"
_ENCLOSED: dict[str, int] = {}
for _first, _start, _count in (
    ("①", 1, 20), ("㉑", 21, 15), ("㊱", 36, 15), ("⑴", 1, 20), ("⒈", 1, 20), ("㈠", 1, 10), ("㊀", 1, 10),
    ("❶", 1, 10), ("⓫", 11, 10), ("⓵", 1, 10), ("➀", 1, 10), ("➊", 1, 10), ("Ⅰ", 1, 12), ("ⅰ", 1, 12),
):  # fmt: skip
    _ENCLOSED.update({chr(ord(_first) + step): _start + step for step in range(_count)})

_CHINESE_DIGITS = "〇一二三四五六七八九"


def to_int(text: str) -> int | None:
    """The integer that a numeral spells, or None where ``text`` is no numeral or could be read in two ways.

    Understood: ``二十三``, ``一百零一``, ``二〇二一`` (and ○ 零 O for the zero), ``廿三``, ``壹佰``, ``12``, ``１２``,
    ``①``, ``⑴``, ``⒈``, ``㈠``, ``Ⅳ``, brackets around them aside. ``二百五`` is None: it may mean 205 or 250.
    """
    body = text.strip()
    if body in _ENCLOSED:
        return _ENCLOSED[body]
    if len(body) > 2 and body[0] in "（(" and body[-1] in "）)":
        body = body[1:-1].strip()
    if not body:
        return None
    if all(char in _DIGITS for char in body):
        return _positional(body)
    for mark in _MYRIAD:
        if body.count(mark) == 1:
            return _myriads(body, mark)
    return _below_myriad(body, lead=True)


def _positional(body: str) -> int | None:
    if "两" in body and len(body) > 1:
        return None
    return int("".join(str(_DIGITS[char]) for char in body))


def _myriads(body: str, mark: str) -> int | None:
    high, low = body.split(mark)
    above = _below_myriad(high, lead=True) if len(high) != 1 else _DIGITS.get(high) or _below_myriad(high, lead=True)
    if not above:
        return None
    if not low:
        return above * 10_000
    if low[0] in _ZERO:
        below = _below_myriad(low.lstrip(_ZERO), lead=False)
        return None if not below or below >= 1000 else above * 10_000 + below
    below = _below_myriad(low, lead=False)
    return None if below is None or below < 1000 else above * 10_000 + below


def _below_myriad(body: str, *, lead: bool) -> int | None:
    """Value of a numeral with 十, 百, 千; ``lead``: it begins the number, so that 十二 needs no 一."""
    if len(body) == 1 and body in _DIGITS and body not in _ZERO:
        return _DIGITS[body]
    total, last_unit, index, zero = 0, 10_000, 0, False
    while index < len(body):
        char = body[index]
        if char in _ZERO:
            if zero or index == 0 or last_unit <= 10:
                return None
            zero, index = True, index + 1
            continue
        if char in _TENS:
            value, unit, step = _TENS[char], 10, 1
        elif char in ("十", "拾") and ((index == 0 and lead) or index > 0):
            value, unit, step = 10, 10, 1
        elif char in _DIGITS:
            following = body[index + 1 : index + 2]
            unit = _UNITS.get(following, 1)
            value, step = _DIGITS[char] * unit, 1 + (unit > 1)
        else:
            return None
        skipped = last_unit < 10_000 and unit < last_unit // 10
        if unit >= last_unit or (skipped != zero and total):
            return None
        total, last_unit, zero, index = total + value, unit, False, index + step
    return None if zero or not total else total


def to_chinese(number: int) -> str:
    """The usual Chinese numeral of an integer of 0 to 99,999,999: ``12`` is 十二, ``101`` 一百零一, ``0`` 〇.

    Raises:
        ValueError: where the number is outside of that range.
    """
    if not 0 <= number < 100_000_000:
        raise ValueError(f"{number} 超出可写成中文数字的范围（0 至 99999999）。")
    if number < 10:
        return _CHINESE_DIGITS[number]
    high, low = divmod(number, 10_000)
    text = _group(low)
    if high:
        text = _group(high) + "万" + (("零" if low < 1000 else "") + text if low else "")
    return text[1:] if text.startswith("一十") else text


def _group(number: int) -> str:
    """Numeral of 1 to 9,999 (empty for 0)."""
    text, gap = "", False
    for unit, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _CHINESE_DIGITS[digit] + mark
        gap = not digit
    return text


# -- dates -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDate:
    """A date in a text.

    Attributes:
        iso: ``2021-05-31``, or ``2021-09`` where no day is given.
        span: where it stands.
        printed: True where 印发 follows (the day of printing, not of the document).
    """

    iso: str
    span: Span
    printed: bool


_B = r"[ \t\u3000\xa0\u2002\u2003\u200b]*"
_A = "0-9０-９"
_C = "〇○零Ｏo0O◯０一二三四五六七八九"
# 2021年5月31日 | ２０１１年１１月１日 | 二〇〇九年五月十五日 | 一九九七年元月廿八日 | 二OO四年八月 | 2021 年 9 月
_YEAR = rf"(?P<y>(?:[12１２]{_B}(?:[{_A}]{_B}){{3}})|[一二](?:{_B}[{_C}]){{3}})"
_SMALL = rf"(?:[{_A}]{_B}[{_A}]|[{_A}]|[一二三四五六七八九十廿卅元]{{1,3}})"
_SPELLED = re.compile(
    rf"(?<![{_A}一二三四五六七八九十〇○零]){_YEAR}{_B}年{_B}(?P<m>{_SMALL}){_B}月(?:份?{_B}(?P<d>{_SMALL}){_B}[日号])?"
)
# 2021-05-31 | 2021.5.31 | 2021/5/31；not: 2021.5 | 12021-05-31 | 2021-05-311 | 2021.5.31.2 | 192.168.5.31
_NUMERIC = re.compile(
    rf"(?<![{_A}.．/-])(?P<y>[12][0-9]{{3}})(?P<s>[-./．－—])(?P<m>[0-9]{{1,2}})(?P=s)(?P<d>[0-9]{{1,2}})(?![0-9]|[./-][0-9])"
)
# 20210531 alone between non-digits
_COMPACT = re.compile(r"(?<![0-9A-Za-z])(?P<y>(?:19|20)[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9A-Za-z年])")
_PRINTED = re.compile(rf"{_B}印{_B}[发制]")


def find_dates(text: str) -> tuple[FoundDate, ...]:
    """The dates in a text, in order; impossible ones (``2021年13月1日``) are left out, years lie in 1900–2099."""
    found = []
    taken: list[Span] = []
    for pattern in (_SPELLED, _NUMERIC, _COMPACT):
        for match in pattern.finditer(text):
            span = Span(start=match.start(), end=match.end())
            if any(span.start < other.end and other.start < span.end for other in taken):
                continue
            iso = _iso(match["y"], match["m"], match["d"])
            if iso is not None:
                taken.append(span)
                found.append(FoundDate(iso=iso, span=span, printed=_PRINTED.match(text, span.end) is not None))
    return tuple(sorted(found, key=lambda item: item.span.start))


def iso_date(text: str) -> str | None:
    """The ISO form of a text that is a date and nothing else (blanks and a closing 印发 aside), or None."""
    body = text.strip()
    dates = find_dates(body)
    if len(dates) != 1 or dates[0].span.start:
        return None
    rest = body[dates[0].span.end :].strip()
    return dates[0].iso if not rest or _PRINTED.fullmatch(rest) else None


def _iso(year: str, month: str, day: str | None) -> str | None:
    y, m = to_int(_tight(year)), 1 if month == "元" else to_int(_tight(month))
    d = None if day is None else to_int(_tight(day))
    if y is None or m is None or not 1900 <= y <= 2099 or not 1 <= m <= 12 or (day is not None and d is None):
        return None
    if d is None:
        return f"{y:04d}-{m:02d}"
    try:
        return date(y, m, d).isoformat()
    except ValueError:  # 2021年2月30日 is no date
        return None


def _tight(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)
