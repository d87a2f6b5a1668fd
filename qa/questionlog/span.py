"""Days as people write them -> a span of time, by this machine's clock."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qa.errors import UsageError
from qa.filters import make_filters


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Whole days.

    Attributes:
        since: the first day; None: from the beginning.
        until: the last day, itself included; None: to this day.
    """

    since: date | None = None
    until: date | None = None

    @property
    def start(self) -> datetime | None:
        """The first moment."""
        return datetime.combine(self.since, time()).astimezone() if self.since else None

    @property
    def end(self) -> datetime | None:
        """The first moment after."""
        return datetime.combine(self.until + timedelta(days=1), time()).astimezone() if self.until else None


EVER = Span()
"""All days."""


def span(since: str | None, until: str | None) -> Span:
    """The span that is meant; a month or a year stands for its first or its last day.

    Raises:
        UsageError: a day cannot be understood or is none, or the end lies before the beginning.
    """
    given = make_filters(since=since, until=until)
    found = Span(since=_day(given.since, last=False), until=_day(given.until, last=True))
    if found.since and found.until and found.until < found.since:
        raise UsageError(f"--until {found.until} 早于 --since {found.since}。")
    return found


def _day(text: str | None, *, last: bool) -> date | None:
    if text is None:
        return None
    try:
        year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
        if not 1970 <= year <= 9998:
            raise ValueError("out of range")
        month = month or (12 if last else 1)
        return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    except ValueError as error:
        raise UsageError(f"日期“{text}”看不懂；请写成 2021-05-31、2021-05 或 2021。") from error
