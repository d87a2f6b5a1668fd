"""Filters -> a condition over the catalog's documents; both sides are folded the same way before they are compared."""

import re
from dataclasses import fields

from index.day import today
from index.docnumber import number_key, same_number
from index.records import Filters
from index.state_sql import STATE
from index.tokens import fold
from index.traditional import folding

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DAYS = STATE.count("{day}")
_ESCAPED = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def is_open(filters: Filters) -> bool:
    """True where nothing is restricted."""
    return all(getattr(filters, item.name) is None for item in fields(filters))


def serial(number: str | None) -> str | None:
    """The running number of a document number in any spelling, None where there is none."""
    key = number_key(_simplified(number)) if number else None
    return key.rpartition("|")[2] if key else None


def same(asked: str, stored: str | None) -> bool:
    """True where ``asked`` can name the document numbered ``stored``, in any spelling and either script."""
    return stored is not None and same_number(_simplified(asked), _simplified(stored))


def earliest(date: str | None) -> str | None:
    """First day an ISO date of any precision can mean: ``2021-09`` -> ``2021-09-01``."""
    return _completed(date, "01", "01")


def latest(date: str | None) -> str | None:
    """Last day an ISO date of any precision can mean, for comparing: ``2021-09`` -> ``2021-09-31``."""
    return _completed(date, "12", "31")


def condition(filters: Filters) -> tuple[str, list[str]]:
    """SQL condition over the table ``documents`` and its parameters; ``duty`` is not part of it.

    A document without a date meets no ``since`` or ``until``; ``as_of`` leaves it in, for nothing says that it is
    later. ``as_of`` leaves out what was not yet, or no longer, in force on that day, and ``validity`` means the state
    on that day; without it the state of today.

    Raises:
        ValueError: a date is not ISO; the message is Chinese.
    """
    clauses: list[str] = []
    values: list[str] = []

    def add(clause: str, *parameters: str | None) -> None:
        clauses.append(clause)
        values.extend(parameter for parameter in parameters if parameter is not None)

    if filters.issuer is not None:
        add("issuer LIKE ? ESCAPE '\\'", containing(filters.issuer))
    if filters.type is not None:
        add("type LIKE ? ESCAPE '\\'", containing(filters.type))
    if filters.number is not None:
        # The catalog's connections know same(); the column keeps it from being asked of every document.
        add("serial = ? AND same(?, number)", serial(filters.number) or "", filters.number)
    if filters.since is not None:
        add("latest >= ?", earliest(filters.since))
    if filters.until is not None:
        add("earliest <= ?", latest(filters.until))
    if filters.as_of is not None:
        day = latest(filters.as_of) or ""
        add("(earliest IS NULL OR earliest <= ?)", day)
        if filters.validity is None:
            add(f"{STATE.format(day='?')} NOT IN ('not_yet', 'expired', 'repealed', 'amended')", *_DAYS * (day,))
    if filters.validity is not None:
        add(f"{STATE.format(day='?')} = ?", *_DAYS * (latest(filters.as_of) or today(),), filters.validity)
    if filters.disclosure is not None:
        add("disclosure = ?", fold(filters.disclosure))
    return " AND ".join(clauses) or "1", values


def containing(text: str) -> str:
    """LIKE pattern (with backslash as escape) for folded text that contains ``text``."""
    return f"%{fold(text).strip().translate(_ESCAPED)}%"


def _simplified(text: str) -> str:
    return text.translate(folding())


def _completed(date: str | None, month: str, day: str) -> str | None:
    if date is None:
        return None
    match = _DATE.fullmatch(date)
    if match is None:
        raise ValueError(f"日期应写成 2021-05-31、2021-05 或 2021，而不是“{date}”。")
    return f"{match[1]}-{match[2] or month}-{match[3] or day}"
