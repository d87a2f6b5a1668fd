"""Figures in a text: amounts, percentages, counts, areas, periods, with bound, words and deadline."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from index.deadlines import Deadline, find_deadlines
from index.numerals import to_int
from index.quantities import BEFORE, HAN_UNIT, KINDS, NUMBER, UNIT, bound_after, bound_before, bound_far
from index.records import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One figure of a text.

    Attributes:
        kind: ``money``, ``percent``, ``area``, ``length``, ``mass``, ``volume``, ``energy``, ``period`` or ``count``.
        value: in the plain unit (``1.5亿元`` is 150000000 元); of a range its lower end.
        highest: upper end of a range (``2—3个``), None where it is none.
        unit: plain unit, ``元``, ``%``, ``元/亩``, ``家``; 万 and 亿 are in the value.
        bound: ``at_least`` (以上, 不低于), ``at_most`` (以下, 不超过, 以内), ``more_than`` (超过, 余), ``less_than``,
            ``about`` (左右, 约), or ``exact``.
        text: as written with its bound, blanks left out: ``5个以上``, ``不低于80%``.
        subject: the words it belongs to, those before it and the noun behind it: ``新建`` + ``国家级外贸转型升级基地``.
        deadline: the deadline that governs it, None where its sentence names none.
        span: where it stands in the text, bound included.
    """

    kind: str
    value: float
    highest: float | None
    unit: str
    bound: str
    text: str
    subject: str
    deadline: Deadline | None
    span: Span


_B = r"[ \t\u3000\xa0\n]*"
_FIGURE = re.compile(
    rf"(?:(?P<bound>{BEFORE}){_B})?(?<![第０-９0-9.．A-Za-z（(][０-９0-9])(?<![第〔\[号A-Za-z0-9０-９.．+＋“×])(?:"
    rf"(?P<a>{NUMBER})(?:{_B}(?P<ua>{UNIT}))?{_B}(?:—{{1,2}}|－|-|–|~|～|至|到){_B}(?P<b>{NUMBER}){_B}(?P<ub>{UNIT})"
    rf"|(?P<n>{NUMBER}){_B}(?P<more>余|多)?{_B}(?P<u>{UNIT})"
    rf"|百分之(?P<hp>[零〇一二三四五六七八九十百]{{1,5}}(?:点[零〇一二三四五六七八九]{{1,3}})?)(?:至百分之(?P<hq>[零〇一二三四五六七八九十百]{{1,5}}))?"
    rf"|(?<![一二三四五六七八九十百千零〇])(?P<h>[一二两三四五六七八九十百千][零一二三四五六七八九十百千]{{0,7}}){_B}(?P<uh>{HAN_UNIT})"
    r"|(?P<fold>翻[一两二三]?番)"
    r")(?![〔\[])"
)
# 3年行动 | 24小时自助服务大厅 | 2年期 | 90年代 | 1个工作日 of a name; 一年一度
_NAME_AFTER = re.compile(
    r"[十百千万亿]*(?:年(?:行动|规划|计划|代|期|制|版|级|度)|小时(?:自助|服务|在线|值班|热线|不打烊|开放|营业)|元级|月份|分钟(?:生活|商)圈|天候|"
    r"元(?:店|区|素|件|旦|宵|月|年)|个(?:别|人|体|性)|位(?:于|置)|项目|次(?:日|年|要)|年(?!以|左|内|期满|后|前|之|的|[，。；、）)有]|底|\s|$))"
)
_CLAUSE_ENDS = "，,。；;：:！？\n（("
_SENTENCE_ENDS = "。！？\n"
_LIST_GAP = re.compile(rf"{_B}(?:[、和及与]|以及|或|分别)?{_B}(?:分别)?{_B}")
_LEAD = re.compile(
    r"^(?:[、和及与]|以及|并|力争|争取|确保|其中|原则上|各项|分别|每年|年均|累计|均|要|将|应当|应(?!当)|须|按照|对|到)*(?=.{3})"
)
_TAIL = re.compile(
    r"(?:分别|均|都|(?<![供响效适对反相])应|须|要|将|(?<!许)可|保持|稳定|控制|力争|争取|确保|实现|要求|由|增加到|提高到|提升到|增长到|降低到|下降到|压缩到|缩短到|达到|达|为|在|是|至|到|不)+$"
)
_NOUN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9“”＋+·、]{1,24}?(?=[，,。；;：:、（(和及与]|以及|$)")
_SHORTEST_SUBJECT = 3
_LONGEST_SUBJECT = 36


def find_figures(text: str, issued_on: str | None = None) -> tuple[Figure, ...]:
    """The figures in a text, in order, none overlapping another or a date.

    Args:
        text: any text.
        issued_on: ISO date of the document, for deadlines such as 年底前.
    """
    deadlines = find_deadlines(text, issued_on)
    found: list[Figure] = []
    for match in _FIGURE.finditer(text):
        figure = _figure(text, match)
        if figure is None or any(_dated(figure.span, item, text) for item in deadlines):
            continue
        deadline = _governing(text, figure.span.start, figure.span.end, deadlines)
        found.append(replace(figure, deadline=deadline))
    found = _shared_bounds(text, found)
    return tuple(_with_subjects(text, found, deadlines))


def _dated(span: Span, deadline: Deadline, text: str) -> bool:
    """Whether a figure is a part of a deadline; a term such as 30日内 stays a figure too."""
    return deadline.until is not None and span.start < deadline.span.end and deadline.span.start < span.end


# -- one figure ------------------------------------------------------------------------------------------------------


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    read = _values(match)
    if read is None:
        return None
    low, high, unit = read
    after, end = bound_after(text, match.end())
    at = next((match.start(group) for group in ("ub", "u", "uh") if match[group]), match.end())
    if (after is None and _NAME_AFTER.match(text, at)) or _is_date(text, match, unit):
        return None
    spoken = bound_before(match["bound"]) if match["bound"] else None
    if match["h"] and spoken is None and after is None and KINDS.get(unit) not in ("money", "period"):
        return None  # 一个, 两项: words rather than figures
    if unit == "日" and spoken is None and after is None:
        return None  # a day of a month, or of a table
    far = bound_far(text, match.start()) if unit == "%" else None
    bound = after or spoken or ("more_than" if match["more"] else far or "exact")
    start = match.start()
    return Figure(
        kind=KINDS.get(unit.split("/")[0], "count"),
        value=float(low),
        highest=None if high is None else float(high),
        unit=unit,
        bound=bound,
        text=re.sub(r"\s+", "", text[start:end]),
        subject="",
        deadline=None,
        span=Span(start=start, end=end),
    )


def _values(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str] | None:
    if match["fold"]:
        times = to_int(match["fold"][1:-1] or "一")
        return (Decimal(2 ** (times or 1)), None, "倍")
    if match["hp"]:
        low = _percent(match["hp"])
        return None if low is None else (low, _percent(match["hq"]) if match["hq"] else None, "%")
    if match["h"]:
        scale, unit = _unit(match["uh"])
        number = to_int(match["h"])
        return None if number is None else (number * scale, None, unit)
    if match["n"]:
        scale, unit = _unit(match["u"])
        return _decimal(match["n"]) * scale, None, unit
    scale, unit = _unit(match["ub"])
    first = _unit(match["ua"])[0] if match["ua"] else scale
    if match["ua"] and _unit(match["ua"])[1] not in (unit, ""):
        return None
    low, high = _decimal(match["a"]) * first, _decimal(match["b"]) * scale
    return (low, high, unit) if low < high else None


def _percent(text: str) -> Decimal | None:
    whole, _, part = text.partition("点")
    number = to_int(whole)
    if number is None:
        return None
    digits = "".join(str(to_int(sign) or 0) for sign in part)
    return Decimal(f"{number}.{digits}" if digits else number)


def _decimal(text: str) -> Decimal:
    plain = re.sub(r"[\s,，]", "", text).replace("．", ".")
    return Decimal(plain)


def _unit(text: str) -> tuple[Decimal, str]:
    """Scale and plain unit of a unit as written: 万元/亩 is 10000 and 元/亩."""
    plain = re.sub(r"\s+", "", text).replace("％", "%").replace("／", "/").replace("㎡", "平方米")
    scale = Decimal(1)
    while plain[:1] and plain[0] in "十百千万亿":
        scale *= {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[plain[0]]
        plain = plain[1:]
    return scale, {"百分点": "个百分点", "工作日": "个工作日", "人民币": "元", "元人民币": "元"}.get(plain, plain)


def _is_date(text: str, match: re.Match[str], unit: str) -> bool:
    """2021年, 5月31日, 8时30分: parts of a date or a time; and 3.项, the end of a mark."""
    number = match["n"] or ""
    before = text[: match.start("n")].rstrip()[-1:] if number else ""
    if unit == "年":
        return len(number) >= 4 or before in ("前", "第") or (match["h"] is not None and len(match["h"]) >= 4)
    if unit in ("日", "分", "天") and before in ("月", "时", "第"):
        return True
    return before in ("第", "/", "-") or (unit == "号")


# -- bounds, subjects and deadlines ----------------------------------------------------------------------------------


def _shared_bounds(text: str, found: Sequence[Figure]) -> list[Figure]:
    """分别达到500万元/亩、300万元/亩以上: the bound behind the last holds for all of the list."""
    result = list(found)
    for index in range(len(result) - 2, -1, -1):
        this, after = result[index], result[index + 1]
        gap = text[this.span.end : after.span.start]
        if this.bound == "exact" and this.unit == after.unit and re.fullmatch(rf"{_B}[、和及]{_B}", gap):
            result[index] = replace(this, bound=after.bound)
    return result


def _with_subjects(text: str, found: Sequence[Figure], deadlines: Sequence[Deadline]) -> list[Figure]:
    result: list[Figure] = []
    for index, figure in enumerate(found):
        previous = result[index - 1] if index else None
        if previous is not None and _LIST_GAP.fullmatch(text[previous.span.end : figure.span.start]):
            result.append(replace(figure, subject=previous.subject))
            continue
        floor = previous.span.end if previous is not None else 0
        limit = found[index + 1].span.start if index + 1 < len(found) else len(text)
        noun = _noun(text[figure.span.end : limit]) if figure.kind == "count" else ""
        words = _before(text, figure.span.start, floor, deadlines, len(noun))
        if not words and not noun and previous is not None:
            words = previous.subject
        result.append(replace(figure, subject=_shortened(words + noun)))
    return result


def _shortened(subject: str) -> str:
    """The end of a long subject, from a member of its list on where it is one."""
    if len(subject) <= _LONGEST_SUBJECT:
        return subject
    kept = subject[-_LONGEST_SUBJECT:]
    first, mark, rest = kept.partition("、")
    return rest if mark and len(rest) >= _SHORTEST_SUBJECT and len(first) < _LONGEST_SUBJECT // 2 else kept


def _before(text: str, at: int, floor: int, deadlines: Sequence[Deadline], behind: int) -> str:
    """The words before a figure, back to a comma; further back where too little stands there and ``behind`` it."""
    start = at
    for _ in range(3):
        start = _clause_start(text, start - 1, floor)
        words = _trimmed(text, start, at, deadlines)
        if len(words) + behind >= _SHORTEST_SUBJECT or start <= floor or text[start - 1] in _SENTENCE_ENDS:
            return words
    return words


def _clause_start(text: str, at: int, floor: int) -> int:
    """Behind the last comma before ``at`` that stands in no bracket, or behind the bracket that is open there."""
    depth = 0
    for index in range(at - 1, floor - 1, -1):
        if text[index] in "）)":
            depth += 1
        elif text[index] in "（(" and depth:
            depth -= 1
        elif text[index] in _CLAUSE_ENDS and not depth:
            return index + 1
    return floor


def _trimmed(text: str, start: int, at: int, deadlines: Sequence[Deadline]) -> str:
    words = text[start:at]
    for item in reversed(deadlines):
        if start <= item.span.start and item.span.end <= at:
            words = words[: item.span.start - start] + words[item.span.end - start :]
    plain = re.sub(r"[\s，,：:；;]+", "", words).lstrip("（(")
    return _LEAD.sub("", _TAIL.sub("", plain)).strip("、")


def _noun(after: str) -> str:
    """The noun behind a count: 3个以上[国家级外贸转型升级示范基地]."""
    match = _NOUN.match(after.lstrip(" \u3000"))
    return match[0].lstrip("的") if match else ""


def _governing(text: str, start: int, end: int, deadlines: Sequence[Deadline]) -> Deadline | None:
    """The deadline that stands last before the figure in its sentence, else one in the words right behind it."""
    first = max(text.rfind(sign, 0, start) for sign in _SENTENCE_ENDS) + 1
    before = [item for item in deadlines if first <= item.span.start and item.span.end <= start and item.until]
    if before:
        return before[-1]
    stop = min((at for sign in "，。；！？\n" if (at := text.find(sign, end)) >= 0), default=len(text))
    behind = [item for item in deadlines if end <= item.span.start and item.span.end <= stop + 1 and item.until]
    return behind[0] if behind else None
