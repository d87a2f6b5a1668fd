"""Questions a day as a bar chart: plain SVG without scripts or style attributes, so that any content policy lets it be.

Colours come from the page's style sheet by class (``bar``, ``bar unanswered``, ``axis``).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

from qa.questionlog.report import Day

_WIDTH, _HEIGHT = 720, 200
_LEFT, _TOP, _FOOT = 40, 12, 24
_WIDEST = 24
"""A bar with the room beside it is no wider, so that a few days do not look like much."""

_MOST_BARS = 92
"""From so many days on a bar is a week, which begins on Monday (ISO 8601)."""


def plot(days: Sequence[Day]) -> str:
    """The chart; the empty text where there is nothing to draw."""
    if not days:
        return ""
    weekly = len(days) > _MOST_BARS
    bars = _weeks(days) if weekly else list(days)
    most = max(bar.questions for bar in bars)
    step = min(_WIDEST, (_WIDTH - _LEFT) / len(bars))
    scale = (_HEIGHT - _TOP - _FOOT) / most
    unit = "周" if weekly else "日"
    drawn = "".join(_bar(bar, _LEFT + place * step, step, scale, weekly=weekly) for place, bar in enumerate(bars))
    floor = _HEIGHT - _FOOT
    label = f"每{unit}问题数：{_days(bars)}，最多的一{unit} {most} 个"
    return (
        f'<svg class="plot" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<line class="axis" x1="{_LEFT}" y1="{floor}" x2="{_WIDTH}" y2="{floor}"/>'
        f'<text class="label" x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{most}</text>'
        f'<text class="label" x="{_LEFT - 6}" y="{floor}" text-anchor="end">0</text>'
        f'<text class="label" x="{_LEFT}" y="{_HEIGHT - 6}">{_days(bars)}</text>'
        f"{drawn}</svg>"
    )


def _days(bars: Sequence[Day]) -> str:
    return bars[0].day if len(bars) == 1 else f"{bars[0].day} 至 {bars[-1].day}"


def _bar(bar: Day, left: float, step: float, scale: float, *, weekly: bool) -> str:
    """The questions of a day, those without an answer at the foot."""
    width = max(0.5, step * 0.8)
    floor = _HEIGHT - _FOOT
    lower, whole = bar.unanswered * scale, bar.questions * scale
    title = f"{bar.day}{' 起一周' if weekly else ''}：{bar.questions} 个问题，{bar.unanswered} 个没有回答"
    parts = (("bar", floor - whole, whole - lower), ("bar unanswered", floor - lower, lower))
    drawn = "".join(
        f'<rect class="{name}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
        for name, top, height in parts
        if height > 0
    )
    return f"<g><title>{escape(title)}</title>{drawn}</g>"


def _weeks(days: Sequence[Day]) -> list[Day]:
    weeks: dict[date, list[Day]] = {}
    for day in days:
        found = date.fromisoformat(day.day)
        weeks.setdefault(found - timedelta(days=found.weekday()), []).append(day)
    return [
        Day(
            day=monday.isoformat(),
            questions=sum(day.questions for day in week),
            unanswered=sum(day.unanswered for day in week),
        )
        for monday, week in weeks.items()
    ]
