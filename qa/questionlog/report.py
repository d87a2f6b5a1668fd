"""Entries of the log -> the figures of ``qa report`` and of the page: what was asked, what had no answer, how often."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from index.backend import Backend
from index.embed import Embedder
from index.records import Clause, Document
from qa.questionlog.groups import grouped
from qa.questionlog.records import KINDS, Entry
from qa.questionlog.span import Span

COMPLAINTS = ("down", "wrong_citation", "outdated", "no_answer")
"""Kinds of feedback after which a question that was answered still waits for somebody to look at it."""
_SHOWN = 10

Named = Callable[[str], tuple[Document, Clause] | None]
"""A clause's id -> document and clause; None where the index does not hold it any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day of the trend, by this machine's clock."""

    day: str
    questions: int
    unanswered: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A clause and how many answers cite it; ``title`` is empty where the index does not hold it any more."""

    clause: str
    count: int
    document: str
    title: str
    number: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Slow:
    """A question that took long."""

    id: int
    asked_at: str
    question: str
    took_ms: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Questions of one meaning that wait for somebody, or did.

    Attributes:
        question: the first of them.
        others: other wordings, each once.
        count: how often it was asked.
        ids: of the questions, ascending; ``qa report --resolve`` takes them.
        first: when it was asked first, local time.
        last: when it was asked last.
        why: refusal reasons and complaints, with how often.
        comments: what people wrote.
        state: ``open`` as long as one of them is.
        document: what answers it now.
        note: of the person who resolved it.
        nearest: the clause that came nearest, None where none did or the index does not hold it any more.
    """

    question: str
    others: tuple[str, ...]
    count: int
    ids: tuple[int, ...]
    first: str
    last: str
    why: dict[str, int]
    comments: tuple[str, ...]
    state: str
    document: str
    note: str
    nearest: Cited | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The figures of a span of time.

    Attributes:
        since: first day, None: from the beginning.
        until: last day, None: to this day.
        questions: how many were asked.
        answered: how many were answered.
        refusal_rate: share without an answer, 0 to 1; None where nothing was asked.
        refusals: reasons, with how often; ``error`` counts failures of the program.
        doors: where questions came in, with how often.
        feedback: kinds of feedback, with how often.
        median_ms: milliseconds of the middle question; None where nothing was asked.
        p95_ms: milliseconds that 95 of 100 questions stay below.
        days: every day from the first to the last question.
        cited: the clauses cited most.
        slow: the questions that took longest.
        pending: groups of questions without an answer or with a complaint: open ones first, then by weight.
    """

    since: str | None
    until: str | None
    questions: int
    answered: int
    refusal_rate: float | None
    refusals: dict[str, int]
    doors: dict[str, int]
    feedback: dict[str, int]
    median_ms: float | None
    p95_ms: float | None
    days: tuple[Day, ...]
    cited: tuple[Cited, ...]
    slow: tuple[Slow, ...]
    pending: tuple[Group, ...]


def make_report(entries: Sequence[Entry], span: Span, embedder: Embedder, backend: Backend | None) -> Report:
    """The figures.

    Args:
        entries: of the span, oldest first.
        span: what to call it.
        embedder: the shipped one, see :func:`qa.questionlog.groups.grouped`.
        backend: names the clauses; None: there is no index, they stay without names.
    """
    named = _finder(backend)
    times = sorted(entry.took_ms for entry in entries)
    answered = sum(entry.answered for entry in entries)
    cited = Counter(clause for entry in entries for clause in entry.citations)
    slow = sorted(entries, key=lambda entry: (-entry.took_ms, entry.id))[:_SHOWN]
    feedback = Counter(said.kind for entry in entries for said in entry.feedback)
    groups = grouped([entry for entry in entries if is_pending(entry)], embedder)
    return Report(
        since=span.since.isoformat() if span.since else None,
        until=span.until.isoformat() if span.until else None,
        questions=len(entries),
        answered=answered,
        refusal_rate=round(1 - answered / len(entries), 4) if entries else None,
        refusals=_counted(entry.reason for entry in entries if not entry.answered),
        doors=_counted(entry.door for entry in entries),
        feedback={kind: feedback[kind] for kind in KINDS if feedback[kind]},
        median_ms=round(median(times), 1) if times else None,
        p95_ms=_p95(times),
        days=_days(entries),
        cited=tuple(_cited(clause, count, named) for clause, count in cited.most_common(_SHOWN)),
        slow=tuple(
            Slow(id=entry.id, asked_at=local(entry.asked_at), question=entry.question, took_ms=round(entry.took_ms, 1))
            for entry in slow
        ),
        pending=tuple(sorted((_group(group, named) for group in groups), key=_weight)),
    )


def is_pending(entry: Entry) -> bool:
    """Whether somebody should look at a question: it had no answer, or somebody complained of the answer."""
    return not entry.answered or any(said.kind in COMPLAINTS for said in entry.feedback)


def local(moment: datetime) -> str:
    """A moment by this machine's clock, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _p95(times: Sequence[float]) -> float | None:
    if len(times) < 2:
        return round(times[0], 1) if times else None
    return round(quantiles(times, n=20, method="inclusive")[-1], 1)


def _finder(backend: Backend | None) -> Named:
    def named(clause_id: str) -> tuple[Document, Clause] | None:
        if backend is None:
            return None
        try:
            return backend.fetch([backend.key_of(clause_id)])[0]
        except KeyError:
            return None

    return named


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _days(entries: Sequence[Entry]) -> tuple[Day, ...]:
    asked = Counter(entry.asked_at.astimezone().date() for entry in entries)
    unanswered = Counter(entry.asked_at.astimezone().date() for entry in entries if not entry.answered)
    if not asked:
        return ()
    first, last = min(asked), max(asked)
    all_days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(Day(day=day.isoformat(), questions=asked[day], unanswered=unanswered[day]) for day in all_days)


def _cited(clause_id: str, count: int, named: Named) -> Cited:
    found = named(clause_id)
    if found is None:
        return Cited(clause=clause_id, count=count, document="", title="", number="", path="")
    document, clause = found
    facts = document.metadata
    return Cited(
        clause=clause_id,
        count=count,
        document=document.id,
        title=facts.title or document.source,
        number=facts.number or "",
        path=clause.path,
    )


def _group(entries: Sequence[Entry], named: Named) -> Group:
    first, last = entries[0], max(entries, key=lambda entry: entry.asked_at)
    complaints = [said for entry in entries for said in entry.feedback if said.kind in COMPLAINTS]
    reasons = [entry.reason for entry in entries if not entry.answered]
    waiting = next((entry for entry in entries if entry.resolution.state == "open"), last)
    nearest = _cited(first.hits[0][0], 1, named) if first.hits else None
    return Group(
        question=first.question,
        others=tuple(dict.fromkeys(entry.question for entry in entries if entry.question != first.question)),
        count=len(entries),
        ids=tuple(sorted(entry.id for entry in entries)),
        first=local(first.asked_at),
        last=local(last.asked_at),
        why=_counted([*reasons, *(said.kind for said in complaints)]),
        comments=tuple(dict.fromkeys(said.comment for said in complaints if said.comment)),
        state=waiting.resolution.state,
        document=waiting.resolution.document,
        note=waiting.resolution.note,
        nearest=nearest if nearest is not None and nearest.document else None,
    )


def _weight(group: Group) -> tuple[bool, int, int]:
    return group.state != "open", -group.count, group.ids[0]
