"""The term of a document: until which day it says that it applies, and the arithmetic of days and months."""

import re
from calendar import monthrange
from datetime import date, timedelta

from index.numerals import find_dates, to_int

_SORT = (
    r"(?:[一-龥]{0,8}(?:法|条例|办法|规定|细则|规则|决定|解释|意见|通知|方案|措施|规程|准则|章程|公约|纲要|规划|标准|指南|指引|预案|政策|公告|"
    r"通告|批复|制度|目录|修正案|计划|安排|补充规定|答复|通则|协定|令|文件|函|清单))"
)
# 本法 | 本《意见》 | 本暂行办法；not: 本人 | 本市
OWN = rf"(?:本\s*《?{_SORT}》?|以上(?:规定|政策|措施)|上述(?:规定|政策|措施|举措)|(?:该|此)(?:决定|公告|解释|批复))"
APPLY = r"(?:起)?\s*(?:正式)?\s*(?:施行|实施|执行|生效|试行)"
NUMBER = r"[0-9０-９]{1,3}|[一二两三四五六七八九十]{1,3}"
# 有效期5年 | 有效期至2025年12月31日 | 试行期两年 | 有效期自…至… | 执行期限为2019年1月1日至2023年12月31日 | 试行二年
_TERM_WORD = (
    r"(?:有\s*效\s*(?:期限?|时间)|试\s*行\s*(?:期限?)?|暂行期|执行\s*期限?|施行期限?|实施期限?|政策期限?|适用期限?)"
)
_TERM_YEARS = re.compile(
    rf"{_TERM_WORD}\s*(?:暂定|为|是|定为|：|:)*\s*(?P<count>{NUMBER})\s*(?P<unit>年|个月|日)(?![月0-9])"
)
_TERM_END = re.compile(
    rf"{_TERM_WORD}\s*(?:暂定|为|是|：|:|自|从)*[^。；]{{0,30}}?(?:至|到|截至|截止到?|—|-|－|～)\s*(?P<end>[12][0-9〇○零一二三四五六七八九]{{3}}年[^，。；、]{{0,8}}?(?:日|底|月底|月末|末|(?=[，。；）)])))"
)
_UNTIL = re.compile(
    rf"{APPLY}[^。；《》]{{0,6}}?(?:，|,)?\s*(?:有效期)?(?:至|到|截至)\s*(?P<end>[12][0-9]{{3}}年[^，。；、]{{0,8}}?(?:日|底|末))"
)
_TERM_BEGINS = re.compile(
    rf"{_TERM_WORD}[^。；，]{{0,6}}[12][0-9]{{3}}年[0-9]{{1,2}}月[0-9]{{1,2}}日(?=\s*(?:起)?\s*(?:至|到|—|-))"
)
# 许可证有效期5年, 合同有效期至: about something else
_TERM_OF_OTHER = re.compile(
    r"(?:证书?|证件|证明|执照|合同|协议|批件|批文|文号|注册|登记|资格|资质|许可|名单|名录|报告|保险|保函|商标|专利权?|护照|签证|认定|认证|牌照|"
    r"标志|号码|结果|复审|备案|评审|称号|任期|聘期|专家库|的)》?(?:的)?$"
)


def ends(sentence: str, start: str | None) -> str | None:
    """Last day that a sentence names for its document, None where it names none.

    Args:
        sentence: one sentence.
        start: ISO day from which a term of years counts.
    """
    for pattern in (_TERM_END, _UNTIL):
        for match in pattern.finditer(sentence):
            if _term_is_own(sentence, match):
                return _last_day(match["end"])
    for match in _TERM_YEARS.finditer(sentence):
        if start is not None and _term_is_own(sentence, match):
            after = later(start, match["count"], match["unit"])
            return (date.fromisoformat(after) - timedelta(days=1)).isoformat() if after else None
    return None


def _term_is_own(sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()].rstrip()
    if _TERM_OF_OTHER.search(before) and not re.search(rf"{OWN}的?$", before):
        return False
    own = (
        re.search(OWN, sentence) is not None
        or re.search(r"起(?:正式)?(?:施行|实施|执行|试行)", before + match[0]) is not None
    )
    alone = before.strip(" 　（(，,") == "" and match.end() >= len(sentence.rstrip("。；）)")) - 12
    return own or alone or "未注明" in before or "政策" in before[-12:]


def _last_day(text: str) -> str | None:
    dates = find_dates(text)
    if dates and len(dates[0].iso) == 10:
        return dates[0].iso
    year = re.match(r"[12][0-9]{3}|[一二][〇○零一二三四五六七八九]{3}", text)
    value = to_int(year[0]) if year else None
    if value is None:
        return None
    if dates:
        month = int(dates[0].iso[5:7])
        return date(value, month, monthrange(value, month)[1]).isoformat()
    return date(value, 12, 31).isoformat()


def later(day: str, count: str | None, unit: str | None) -> str | None:
    """The ISO day that lies a number of 日, 个月 or 年 behind ``day``; ``day`` itself where no count is given."""
    start = date.fromisoformat(day)
    number = to_int(count) if count else None
    if count is None:
        return day
    if number is None:
        return None
    if unit in ("日", "天"):
        return (start + timedelta(days=number)).isoformat()
    return _months_later(start, number * (12 if unit == "年" else 1)).isoformat()


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def begins(text: str, start: int, end: int) -> str | None:
    """First day of a term that is written out: 执行期限为2019年1月1日至2023年12月31日."""
    match = _TERM_BEGINS.search(text, start, end)
    return find_dates(match[0])[0].iso if match else None
