"""Tasks of a document: what is to be done, by whom, in which role, until when, and to which figures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.bodies import Context, normal_body, place_of
from index.deadlines import Deadline, find_deadlines
from index.duties import ASSISTING, LEADING, RESPONSIBLE, find_duties
from index.figures import Figure, find_figures
from index.records import Clause, Document, Span

ROLES = (LEADING, RESPONSIBLE, ASSISTING)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskUnit:
    """A body that has to do with a task.

    Attributes:
        role: ``牵头单位``, ``责任单位`` or ``配合单位``.
        written: as the document writes it: ``省商务厅``.
        normal: its one form in this document: ``贵州省商务厅``.
    """

    role: str
    written: str
    normal: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One task: the text of a clause that ends with a list of bodies, or a clause that names a target.

    Attributes:
        clause: the clause that holds it.
        span: where it stands in the clause's text, the list aside.
        line: what is to be done, in one line cut from the text: the heading, else the first sentence.
        units: who does it, in the order of the document.
        deadlines: in the order of the text; one of the headings above where the text itself has none.
        figures: in the order of the text.
    """

    clause: Clause
    span: Span
    line: str
    units: tuple[TaskUnit, ...]
    deadlines: tuple[Deadline, ...]
    figures: tuple[Figure, ...]


_FIRST_LEADS_ALWAYS = re.compile(r"第一(?:位|名)?(?:者|的)?(?:单位)?(?:为|是|系)牵头[^）)]{0,6}下同")
_SENTENCE = re.compile(r"[^。；！？\n]*(?:[。；！？\n]|$)")
_SENTENCE_END = re.compile(r"[。！？\n]")
_MARKER_END = re.compile(r"^[\s、.．:：)）]+")
_LONGEST_LINE = 80
_KINDS = ("clause", "preamble", "closing")


def find_tasks(document: Document, clauses: Sequence[Clause], *, targets: bool = False) -> list[Task]:
    """The tasks of a document in reading order.

    Args:
        document: for its place and date.
        clauses: all its clauses.
        targets: whether text without responsible bodies counts too, where it names a dated deadline.
    """
    context = place_of(document.metadata, clauses)
    issued = document.metadata.issued_on or document.metadata.published_on
    found = []
    first_leads = False
    before: tuple[Clause, Span] | None = None
    for clause in clauses:
        if clause.kind not in _KINDS:
            continue
        for piece, lists in _pieces(clause):
            # lists in lines of their own may have become a clause: they close the text before them
            alone = not clause.text[piece.start : piece.end].strip()
            holder, span = before if alone and before is not None else (clause, piece)
            before = holder, span
            units = _units(lists, context, first_leads=first_leads)
            if _FIRST_LEADS_ALWAYS.search(lists):
                first_leads = True
            if units or targets:
                task = _task(holder, span, units, issued)
                if units or any(item.until for item in task.deadlines):
                    found.append(task)
    return found


def _pieces(clause: Clause) -> Iterator[tuple[Span, str]]:
    """Stretches of text and the lists that close them; lists that follow each other close the same stretch."""
    start, stop, end, lists = 0, 0, 0, ""
    for span in clause.duty_spans:
        between = clause.text[end : span.start].strip("。；;，, \n\u3000")
        if lists and between:
            yield Span(start=start, end=stop), lists
            start, lists = end, ""
        if not lists:
            stop = span.start
        lists += clause.text[span.start : span.end] + "\n"
        end = span.end
    if lists:
        yield Span(start=start, end=stop), lists
    if clause.text[end:].strip("。；;，, \n\u3000"):
        yield Span(start=end, end=len(clause.text)), ""


def _units(lists: str, context: Context, *, first_leads: bool) -> tuple[TaskUnit, ...]:
    duties, _ = find_duties(f"。{lists}")
    found = [(duty.role, unit) for duty in duties for unit in duty.units]
    if first_leads and found and all(role == RESPONSIBLE for role, _ in found) and len(found) > 1:
        found[0] = LEADING, found[0][1]
    return tuple(TaskUnit(role=role, written=unit, normal=normal_body(unit, context)) for role, unit in found)


def _task(clause: Clause, span: Span, units: tuple[TaskUnit, ...], issued: str | None) -> Task:
    text = clause.text[span.start : span.end]
    deadlines = find_deadlines(text, issued)
    if not any(item.until for item in deadlines) and clause.headings:
        deadlines += tuple(item for item in find_deadlines(clause.headings[-1], issued) if item.until)
    return Task(
        clause=clause,
        span=span,
        line=_line(clause, span),
        units=units,
        deadlines=deadlines,
        figures=find_figures(text, issued),
    )


def sentence_of(task: Task, deadline: Deadline) -> str:
    """The sentence of a task that names the deadline, on one line; empty where a heading above names it."""
    text = task.clause.text[task.span.start : task.span.end]
    if re.sub(r"\s+", "", text[deadline.span.start : deadline.span.end]) != deadline.text:
        return ""
    start = max(text.rfind(sign, 0, deadline.span.start) for sign in "。！？\n") + 1
    if deadline.span.start - start > _LONGEST_LINE // 2:  # begin near the deadline, it must be seen
        start = max(start, *(text.rfind(sign, start, deadline.span.start) + 1 for sign in "，；："))
    return shortened(_SENTENCE_END.split(text[start:], maxsplit=1)[0])


def shortened(text: str) -> str:
    """A text on one line, at most 80 characters."""
    line = re.sub(r"\s+", " ", text).strip("。；：: ")
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


def _line(clause: Clause, span: Span) -> str:
    """The heading, or the first sentence; an enumerated member (一是…) is led by nothing else than its own words."""
    if span.start == 0 and clause.heading:
        return clause.heading.rstrip("。：: ")
    text = clause.text[span.start : span.end]
    if span.start == 0 and clause.marker and text.startswith(clause.marker):
        text = text[len(clause.marker) :]
    text = _MARKER_END.sub("", text).lstrip("。；;，, \n\u3000")
    for match in _SENTENCE.finditer(text):
        if len(sentence := shortened(match[0])) > 1:
            return sentence
    return clause.headings[-1].rstrip("。：: ") if clause.headings else ""
