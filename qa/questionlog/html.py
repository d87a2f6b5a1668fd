"""The report as HTML: the part that a page puts into its frame, and a file that stands alone. All text is escaped."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from qa.questionlog.plot import plot
from qa.questionlog.records import MOST_COMMENT, STATES
from qa.questionlog.report import Report
from qa.questionlog.words import counted
from qa.visible import visible

_WEB = Path(__file__).parents[1] / "web"


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(_WEB / "templates")
    chosen = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    chosen.finalize = lambda value: visible(value) if type(value) is str else value
    return chosen


def body(report: Report, *, enabled: bool, action: str = "", links: bool = False) -> Markup:
    """The report without a frame.

    Args:
        report: the figures.
        enabled: whether questions are written down now.
        action: address that the forms send a state to; empty: no forms.
        links: whether clauses link to their reading pages.
    """
    return Markup(_templates().get_template("report_body.html").render(**_values(report, enabled, action, links)))


def page(report: Report, *, enabled: bool) -> str:
    """The report as a file of its own: no script, nothing loaded."""
    style = Markup((_WEB / "static" / "report.css").read_text(encoding="utf-8"))
    values = _values(report, enabled, "", links=False)
    return _templates().get_template("report_file.html").render(style=style, **values)


def _values(report: Report, enabled: bool, action: str, links: bool) -> dict[str, object]:
    return {
        "report": report,
        "plot": Markup(plot(report.days)),
        "counted": counted,
        "states": STATES,
        "most": MOST_COMMENT,
        "enabled": enabled,
        "action": action,
        "links": links,
    }
