"""发文字号: the number of an official document in any spelling, and the one form in which it is kept.

Standard form (GB/T 9704): the issuer's token, the year in hexagonal brackets, the serial number, 号:
``筑府办函〔2021〕33号``. Orders and announcements count otherwise and keep their 第: ``国务院令第707号``,
``国家税务总局公告2020年第5号``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from index.numerals import to_int
from index.records import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundNumber:
    """A document number, or a part of one, as read in a text.

    Attributes:
        token: the issuer's token (``筑府办函``, ``国务院令``), empty where the text does not say it.
        year: four digits (two-digit years lie in 19xx), None where the text does not say it.
        serial: the running number.
        ordinal: True for the 第N号 of orders and announcements.
        span: where it stands.
    """

    token: str
    year: int | None
    serial: int
    ordinal: bool
    span: Span

    @property
    def complete(self) -> bool:
        """True where the number names one document: it has a token, and a year unless it is of an order."""
        return bool(self.token) and (self.year is not None or self.ordinal)

    @property
    def number(self) -> str:
        """Its standard form; of a part, as much of it as the text says."""
        if self.ordinal:
            return self.token + (f"{self.year}年" if self.year else "") + f"第{self.serial}号"
        return self.token + (f"〔{self.year}〕" if self.year else "") + f"{self.serial}号"


_B = r"[\s\u200b\u200c\ufeff\xa0\u2002\u2003\u3000]*"
_D = "0-9０-９"
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_OPEN = r"[〔［\[【(（﹝「<＜〖{｛„�]"
_CLOSE = r"[〕］\]】)）﹞」>＞〗}｝‟�]"
_TOKEN = rf"(?P<token>[{_HAN}]{{1,30}})"
# 2021 | 98 | 二〇二一
_YEAR = rf"(?P<year>(?:[12１２]{_B}(?:[{_D}]{_B}){{3}})|(?:[{_D}]{{2}})|[一二][〇零○一二三四五六七八九]{{3}})"
_CHINESE = "[〇零一二三四五六七八九十百千]{1,7}"
# 国发〔2021〕三十三号, as it is spoken; only with 号
_ANY_SERIAL = rf"(?P<serial>(?:[{_D}]{_B}){{1,5}}|{_CHINESE}(?={_B}号))"
# what a serial number with 号 must not go on to: 33号楼, 3号线, 28号台风, 1428号提案
_NOT_AFTER = (
    r"(?!楼|台风|线|提案|建议|议案|院|门|店|机|路|房|库|厅|馆|井|矿|坝|桥|船|轮|车|位|柜|电话|码|段|地|宗|病|池|炉|字)"
)

# 筑府办函〔2021〕33号 | 黔府发[2018]第7号 | 财税(98)12号 | 某政办〔2019〕14
# not: 〔筹〕 | （2021—2025年） | （2020）京01民终12号
_BRACKETED = re.compile(
    rf"(?:{_TOKEN}{_B})?{_OPEN}{_B}{_YEAR}{_B}(?:年{_B})?{_CLOSE}{_B}第?{_B}{_ANY_SERIAL}{_B}(?P<mark>号{_NOT_AFTER})?"
)
# 国家税务总局公告2020年第5号 | 令2021年第8号 | 筑府办函2021年33号 | 2020年第12号公告；not: 2021年5月31日 | 2020年第12期
_YEARLY = re.compile(
    rf"(?:{_TOKEN}{_B})?(?<![{_D}]){_YEAR}{_B}年{_B}(?P<nth>第)?{_B}{_ANY_SERIAL}{_B}号{_B}(?P<after>令|公告|通告)?{_NOT_AFTER}"
)
# 某某省人民政府令第27号 | 国令第707号 | 主席令第七十二号
_ORDER = re.compile(
    rf"(?P<token>[{_HAN}]{{0,30}}(?:令|公告|通告)){_B}[（(]?{_B}第{_B}"
    rf"(?P<serial>(?:[{_D}]{_B}){{1,5}}|[〇零一二三四五六七八九十百千]{{1,7}}){_B}号"
)
# 筑府办函2021-33号 is seen in questions only: token, year and serial with a hyphen or nothing but a blank between
_LOOSE = re.compile(rf"{_TOKEN}{_B}(?P<year>(?:19|20)[0-9]{{2}})[-—_ /]{{1,2}}(?P<serial>[0-9]{{1,4}})号{_NOT_AFTER}")
# 33号文 | 第33号令 | the whole text is 33号；not: 第33号楼 | 中山路33号 | 5月3号 | 第1428号提案
_BARE = re.compile(
    rf"(?<![{_D}路街道巷弄里村区楼幢栋座月.．〇零一二三四五六七八九十百千])第?{_B}{_ANY_SERIAL}号"
    rf"(?={_B}(?:文|令|公告|通告|函|$|[，。？?！,、；;]))"
)

# a token never holds these: what stands before them belongs to the sentence
_SENTENCE = re.compile(
    r".*(?:按照|根据|依据|依照|遵照|参照|结合|贯彻|落实|执行|印发|转发|下发|发布|公布|文件|通知|请问|什么|以及|或者|关于|"
    r"[条款项](?:和|及|以及|与|或|或者)|文号为?|字号为?|发文|编号为?|废止|同意|收悉|详见|其中|[的及与号年在是了见查找问叫日])"
)
_TOKEN_END = re.compile(r"[发函字规电文复议案释办通厅政府告令明知委监批审提报党组人财综会纪备管法立便党]$")
# 原国家食品药品监督管理总局令 is the order of a body that is no more; not 原平市, 原阳县, 原州区
_FORMER = re.compile(r"^原(?=国家|中华人民共和国|(?![平阳州])[一-龥]{1,10}[部局委]令)")
_ORDERS = ("令", "公告", "通告")


def find_numbers(text: str, *, partial: bool = False) -> tuple[FoundNumber, ...]:
    """The document numbers in a text, in order.

    Args:
        text: any text; a token that runs into the sentence before it is cut where that can be told.
        partial: whether parts (``2021年33号``, ``〔2021〕33号``, ``33号文``) are given too, as questions name them.
    """
    found: list[FoundNumber] = []
    for candidate in _candidates(text):
        if not candidate.complete and not partial:
            continue
        if all(candidate.span.start >= other.span.end or candidate.span.end <= other.span.start for other in found):
            found.append(candidate)
    return tuple(sorted(found, key=lambda item: item.span.start))


def _candidates(text: str) -> Iterator[FoundNumber]:
    """Candidates, the surest form first; they may overlap."""
    for match in _BRACKETED.finditer(text):
        token = _token(match)
        if (token or match["mark"]) and (found := _found(match, token)):
            yield found
    for match in _ORDER.finditer(text):
        token = _token(match)
        if token and (found := _found(match, token, ordinal=True)):
            yield found
    for match in _YEARLY.finditer(text):
        token, after = _token(match), match["after"] or ""
        if after:
            found = _found(match, token + after, ordinal=True)
        elif token.endswith(_ORDERS):
            found = _found(match, token, ordinal=True)
        else:
            found = _found(match, token if _TOKEN_END.search(token) else "")
        if found:
            yield found
    for match in _LOOSE.finditer(text):
        token = _token(match)
        if _TOKEN_END.search(token) and (found := _found(match, token)):
            yield found
    for match in _BARE.finditer(text):
        if found := _found(match, ""):
            yield found


def _token(match: re.Match[str]) -> str:
    token = _FORMER.sub("", _SENTENCE.sub("", match["token"] or ""))
    before = match.string[: match.end("token") - len(token)].rstrip()[-1:] if token else ""
    # 国发〔2014〕51号和财税〔2020〕41号: 和 joins the two
    return token[1:] if before in ("号", "》", "）", ")") and token[:1] in ("和", "或") else token


def _found(match: re.Match[str], token: str, *, ordinal: bool = False) -> FoundNumber | None:
    """The number that was matched, None where year or serial are none."""
    groups = match.groupdict()
    serial = to_int(_tight(groups["serial"]))
    year = to_int(_tight(groups["year"])) if groups.get("year") else None
    if year is not None and year < 100:
        year += 1900
    if not serial or (year is not None and not 1940 <= year <= 2099):
        return None
    start, end = match.start(), match.end("serial")
    if groups.get("token"):
        start = match.end("token") - len(token) if token else _after_blanks(match.string, match.end("token"))
    rest = re.match(rf"{_B}号{_B}(?:令|公告|通告)?" if groups.get("after") else rf"{_B}号", match.string[end:])
    end = end + rest.end() if rest else match.start("serial") + len(groups["serial"].rstrip())
    return FoundNumber(token=token, year=year, serial=serial, ordinal=ordinal, span=Span(start=start, end=end))


def _after_blanks(text: str, at: int) -> int:
    blanks = re.compile(_B).match(text, at)
    return blanks.end() if blanks else at


def _tight(text: str) -> str:
    return re.sub(r"[\s\u200b\u200c\ufeff]", "", text)


def standard_number(text: str) -> str | None:
    """The standard form of a text that is one complete number and nothing else (brackets around it aside), or None."""
    body = text.strip(" \t\r\n\u3000\xa0\u200b\ufeff")
    if len(body) > 2 and body[0] in "（(" and body[-1] in "）)":
        body = body[1:-1].strip()
    numbers = find_numbers(body)
    if len(numbers) == 1 and (numbers[0].span.start, numbers[0].span.end) == (0, len(body)):
        return numbers[0].number
    return None


@lru_cache(maxsize=65_536)
def number_key(text: str) -> str | None:
    """A key that is equal for all spellings of one number (``筑府办函|2021|33``), or None where there is none.

    A part of a number has a key with empty places: ``2021年33号`` gives ``|2021|33``.
    """
    numbers = find_numbers(text, partial=True)
    if not numbers:
        return None
    first = numbers[0]
    return f"{first.token}|{first.year or ''}|{first.serial}"


def same_number(asked: str, stored: str) -> bool:
    """True where ``asked``, a number or a part of one in any spelling, can name the document numbered ``stored``.

    What ``asked`` does not say is left open; a token may lack its beginning (``府办函〔2021〕33号``) or run into the
    words of the question before it. ``国令第707号`` and ``中华人民共和国国务院令第707号`` are one order.
    """
    one, other = number_key(asked), number_key(stored)
    if one is None or other is None:
        return False
    token, year, serial = one.split("|")
    stored_token, stored_year, stored_serial = other.split("|")
    token, stored_token = _plain_token(token), _plain_token(stored_token)
    return (
        serial == stored_serial
        and (not year or year == stored_year)
        and (not token or token.endswith(stored_token) or (len(token) > 1 and stored_token.endswith(token)))
    )


def _plain_token(token: str) -> str:
    """Spellings of one order's token made equal: 中华人民共和国国务院令, 国务院令 and 国令."""
    return token.removeprefix("中华人民共和国").replace("国务院令", "国令")
