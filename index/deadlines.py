"""Until when something is to be done: 到2025年, 2021年11月30日前, “十四五”期间, 年底前."""

import calendar
import re
from dataclasses import dataclass

from index.numerals import to_int
from index.records import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A time by which, or during which, something is to be done.

    Attributes:
        text: as written, blanks left out.
        since: first day of a period (``“十四五”期间``: ``2021-01-01``), ISO; None where only the end is named.
        until: last day, ISO: of ``到2025年`` and ``2025年底前`` it is ``2025-12-31``, of ``2025年前`` ``2024-12-31``;
            None where the text counts from an event (``30日内``) or from a year that is not known (``年底前``).
        span: where it stands.
    """

    text: str
    since: str | None
    until: str | None
    span: Span

    @property
    def year(self) -> int | None:
        """The year in which it ends."""
        return int(self.until[:4]) if self.until else None


_B = r"[ \t\u3000\xa0]*"
_D = "0-9０-９"
_YEAR = rf"(?:(?:[12１２]{_B}(?:[{_D}]{_B}){{3}})|[一二][〇○零Ｏo一二三四五六七八九]{{3}})"
_AIM = r"(?:力争|争取|确保|计划|预计|原则上|务必)?"
_DOES = (
    r"(?:前?(?:要|将|应)?(?:基本|全面|全部|全省|全市|全国|初步|累计)?"
    r"(?:达到|达|实现|完成|建成|建设|形成|培育|新增|力争|争取|确保|突破|超过|新建|启动))"
)
# 到2025年 | 2021年11月30日前 | 2021年6月底前 | 2025年前 | 力争2025年达到；not: 截至2020年底 | 2020年，全省完成
_DATED = re.compile(
    rf"(?P<kind>(?<![截直以])[到至]|于|在)?{_B}{_AIM}(?<![{_D}])(?P<y>{_YEAR})年"
    rf"(?:{_B}(?P<m>[{_D}]{{1,2}}|[一二三四五六七八九十]{{1,2}}){_B}月份?(?:{_B}(?P<d>[{_D}]{{1,2}}){_B}[日号])?)?"
    rf"{_B}(?P<part>年底|年末|底|末|中旬|上旬|下旬|上半年|下半年|[一二三四1-4]季度)?{_B}(?P<before>之?以?前(?!后|提|沿|期|往|景|列|瞻))?"
    rf"(?P<does>(?={_B}{_DOES}))?"
)
# 2021—2025年 | 2016年至2020年 | 2019-2021年期间
_YEARS = re.compile(
    rf"(?<![{_D}])(?P<a>{_YEAR})年?{_B}(?:至|到|—{{1,2}}|－|-|–|~|～){_B}(?P<b>{_YEAR})年(?!{_B}[{_D}]{{1,2}}{_B}月)"
)
# “十四五”期间 | “十四五”末 | 到“十四五”期末 | 十三五时期；not: “十四五”规划
_PLAN = re.compile(
    rf"(?<![进迈]入)(?P<to>[到至])?{_B}[“\"]?(?<![进迈]入[“\"])(?<![一二三四五六七八九十])(?P<n>[一二三四五六七八九]|十[一二三四五六七八九]?|二十)五[”\"]?{_B}(?P<what>期间|时期|期末|规划期末|末|以来|期内)"
)
# 年底前 | 今年底前 | 今年内 | 明年6月底前 | 年内
_RELATIVE = re.compile(
    rf"(?<![{_D}年〇一二三四五六七八九半])(?P<y>今年|本年度?|当年|明年|次年)?{_B}(?:(?P<m>[{_D}]{{1,2}}){_B}月{_B}(?:(?P<d>[{_D}]{{1,2}})[日号]|底|末)?{_B}前"
    rf"|(?P<end>年底|底)(?:前|之前|以前)|年内(?!容)|(?<=年)内)"
)
# 30日内 | 5个工作日内 | 三年内 | 3年时间内
_COUNT = rf"(?:[{_D}]{{1,4}}|[一二三四五六七八九十百两半]{{1,4}})"
_WITHIN = re.compile(
    rf"(?:(?:自|从)[^，。；、]{{2,20}}之日起{_B})?(?<![第{_D}.．至到-]){_COUNT}{_B}(?:个?工作日|日|天|个?月|年|小时|分钟|周){_B}(?:时间)?(?:以内|之内|内)(?!容|部|地|外|陆|设)"
)
_TITLE = re.compile("《[^》]*》")
_STATISTIC = re.compile(r"(?:截至|截止|截止到|截至到|自|从|以)$")


def find_deadlines(text: str, issued_on: str | None = None) -> tuple[Deadline, ...]:
    """The deadlines in a text, in order, none overlapping another.

    Args:
        text: any text.
        issued_on: ISO date of the document, from which 今年 and 年底前 count; None: they stay without a day.
    """
    found: list[Deadline] = []
    for match in _YEARS.finditer(text):
        first, last = _year(match["a"]), _year(match["b"])
        if first and last and first < last:
            _keep(found, text, match, f"{first}-01-01", f"{last}-12-31")
    for match in _PLAN.finditer(text):
        number = to_int(match["n"])
        if number and match["what"] != "以来":
            first = 1966 + 5 * (number - 3)
            end = match["to"] or match["what"].endswith("末")
            _keep(found, text, match, None if end else f"{first}-01-01", f"{first + 4}-12-31")
    base = int(issued_on[:4]) if issued_on else None
    for match in _DATED.finditer(text):
        until = _until(text, match)
        past = match["kind"] is None and not match["before"] and base is not None and until and int(until[:4]) < base
        if until is not None and not past:
            _keep(found, text, match, None, until)
    for match in _RELATIVE.finditer(text):
        year = base + (match["y"] in ("明年", "次年")) if base else None
        month, day = _number(match["m"]), _number(match["d"])
        _keep(found, text, match, None, _iso(year, month or 12, day) if year else None)
    for match in _WITHIN.finditer(text):
        _keep(found, text, match, None, None)
    titles = [(match.start(), match.end()) for match in _TITLE.finditer(text)]
    kept = [item for item in found if not any(first < item.span.start < last for first, last in titles)]
    return tuple(sorted(kept, key=lambda item: item.span.start))


def _keep(found: list[Deadline], text: str, match: re.Match[str], since: str | None, until: str | None) -> None:
    written = match[0].strip()
    start = match.start() + match[0].index(written) if written else match.start()
    end = start + len(written)
    if not written or any(start < other.span.end and other.span.start < end for other in found):
        return
    plain = re.sub(r"\s+", "", text[start:end])
    found.append(Deadline(text=plain, since=since, until=until, span=Span(start=start, end=end)))


def _until(text: str, match: re.Match[str]) -> str | None:
    """The last day that a dated deadline leaves; None where the date is none: no 到, no 前, nothing that is to be."""
    if match["kind"] not in ("到", "至") and not match["before"] and match["does"] is None:
        return None
    if _STATISTIC.search(text[: match.start()]) or text[match.end() : match.end() + 1] in ("以", "起", "度", "版"):
        return None
    year, month, day = _year(match["y"]), _number(match["m"]), _number(match["d"])
    if year is None or not 1949 <= year <= 2100:
        return None
    part = match["part"] or ""
    if match["before"] and not part and month is None:
        return f"{year - 1}-12-31"
    if part == "上半年":
        return f"{year}-06-30"
    if part.endswith("季度"):
        return _iso(year, 3 * (to_int(part[0]) or 4), None)
    return _iso(year, month or 12, day)


def _iso(year: int, month: int, day: int | None) -> str | None:
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return f"{year}-{month:02d}-{min(day or last, last):02d}"


def _year(text: str) -> int | None:
    return to_int(re.sub(r"\s", "", text))


def _number(text: str | None) -> int | None:
    return to_int(text) if text else None
