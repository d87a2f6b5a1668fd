"""What a caller gives as filters -> checked :class:`index.records.Filters`."""

from index.numerals import iso_date
from index.records import Filters
from qa.errors import UsageError

NAMES = ("issuer", "type", "number", "since", "until", "as_of", "duty", "validity", "disclosure")
VALIDITY = ("in_force", "not_yet", "expired", "repealed", "amended", "unknown")
DISCLOSURE = ("主动公开", "依申请公开", "不予公开")
_DATES = ("since", "until", "as_of")
CHOICES = {"validity": VALIDITY, "disclosure": DISCLOSURE}


def make_filters(**values: str | None) -> Filters:
    """Checked filters; blanks at the ends are dropped and dates may be written in any usual way.

    Args:
        **values: of :data:`NAMES`; None and empty: no restriction.

    Raises:
        UsageError: a name, date or choice is not known; the message says what is.
    """
    checked: dict[str, str | None] = {}
    for name, value in values.items():
        if name not in NAMES:
            raise UsageError(f"不认识的筛选条件 {name}；可用的有：{'、'.join(NAMES)}。")
        text = (value or "").strip()
        checked[name] = _checked(name, text) if text else None
    return Filters(**checked)


def whole_day(text: str | None) -> str | None:
    """An ISO day; None where there is none.

    Raises:
        UsageError: it is no date, or one without its day.
    """
    day = make_filters(as_of=text).as_of
    if day is not None and len(day) != len("2021-05-31"):
        raise UsageError(f"日期要写到日，如 2021-05-31，而不是“{text}”。")
    return day


def _checked(name: str, text: str) -> str:
    if name in _DATES:
        return _date(name, text)
    if name in CHOICES and text not in CHOICES[name]:
        raise UsageError(f"筛选条件 {name} 的值“{text}”不认识；可用的有：{'、'.join(CHOICES[name])}。")
    return text


def _date(name: str, text: str) -> str:
    digits = text.rstrip("年")
    if len(digits) == 4 and digits.isascii() and digits.isdecimal():
        return digits
    iso = text if _is_month(text) else iso_date(text)
    if iso is None:
        raise UsageError(f"筛选条件 {name} 的日期“{text}”看不懂；请写成 2021-05-31、2021-05 或 2021。")
    return iso


def _is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdecimal() and len(month) == 2 and month.isdecimal() and 1 <= int(month) <= 12
