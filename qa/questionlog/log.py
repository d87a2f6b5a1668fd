"""Questions in, questions out: what the service, the report and the export say to the store.

    reply --record--> Store <--feedback, resolve-- people
                        |
                     entries --> report, export

A log that fails never fails an answer: :meth:`QuestionLog.record` reports the failure and returns. What a person does
on purpose (feedback, resolving, reading the report) raises instead.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from index import privacy
from qa.config import Settings
from qa.errors import NotFoundError, UsageError
from qa.questionlog.export import write_pairs
from qa.questionlog.records import (
    DOORS,
    ERROR,
    KINDS,
    MOST_COMMENT,
    STATES,
    Entry,
    Feedback,
    Origin,
    QuestionLogError,
    Resolution,
)
from qa.questionlog.span import EVER, Span
from qa.questionlog.store import Store, now, stamp
from qa.records import Interpretation, Reply
from qa.schemas import filters_shape

_LOG = logging.getLogger(__name__)
_OPPOSITE = {"up": "down", "down": "up"}


class QuestionLog:
    """The questions of one service; safe to use from several threads, and beside other processes.

    Args:
        settings: say whether anything is written, where, for how long, and whether mobile numbers are kept.

    Attributes:
        enabled: False: nothing is written; what was written before can still be read.
        failures: how many questions could not be written since the start.
    """

    def __init__(self, settings: Settings) -> None:
        chosen = settings.log
        index = settings.index.folder.absolute()
        self.store = Store(chosen.file or index.with_name(f"{index.name}-questions.sqlite"), chosen.retention_days)
        self.enabled = chosen.enabled
        self.failures = 0
        self._show_phone = settings.privacy.show_phone

    def record(self, origin: Origin, interpretation: Interpretation, reply: Reply | None, took_ms: float) -> None:
        """Writes down a question and what came of it, where enabled; a failure is reported in the log and counted.

        Args:
            origin: where the question came in.
            interpretation: holds the question.
            reply: None where the program failed.
            took_ms: milliseconds from question to reply or failure.

        Raises:
            ValueError: the door is not one of :data:`qa.questionlog.records.DOORS`.
        """
        if origin.door not in DOORS:
            raise ValueError(f"no such door: {origin.door}")
        if not self.enabled:
            return
        row = (
            stamp(now()),
            origin.door,
            origin.request,
            self._masked(interpretation.question),
            self._masked(_json(_named(interpretation))),
            reply is not None and reply.answer is not None,
            _reason(reply),
            took_ms,
            _json(_hits(reply)),
            _json(_citations(reply)),
        )
        try:
            with self.store.writing() as rows:
                rows.execute(
                    "INSERT INTO question (asked_at, door, request, question, interpretation, answered, reason,"
                    " took_ms, hits, citations) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    row,
                )
        except QuestionLogError as error:
            self.failures += 1
            _LOG.error("有一个问题没有记下：%s", error)

    def feedback(self, request: str, said: Feedback) -> None:
        """Writes down what somebody said of the answer to a request; said twice it counts once.

        Raises:
            UsageError: the kind is unknown, the comment too long, or the answer showed no such clause.
            NotFoundError: the log is off, or no such question is in it.
            QuestionLogError: the log cannot be written.
        """
        if not self.enabled:
            raise NotFoundError("没有开启问题记录，收不了反馈；要开启请在 config.yaml 中写 log.enabled: true。")
        if said.kind not in KINDS:
            raise UsageError(f"不认识的反馈 {said.kind}；可用的有：{'、'.join(KINDS)}。")
        _check_length(said.comment)
        with self.store.writing() as rows:
            found = rows.execute(
                "SELECT id, hits, citations FROM question WHERE request = ? AND request <> '' ORDER BY id DESC",
                (request,),
            ).fetchone()
            if found is None:
                raise NotFoundError("没有这个问题的记录：编号不对，或者已过保留期。")
            question, hits, citations = found
            shown = {clause for clause, _ in json.loads(hits)} | set(json.loads(citations))
            if said.clause and said.clause not in shown:
                raise UsageError(f"这次回答没有列出条款 {said.clause}。")
            rows.execute(
                "DELETE FROM feedback WHERE question = ? AND kind = ? AND clause = ?",
                (question, _OPPOSITE.get(said.kind, ""), said.clause),
            )
            rows.execute(
                "INSERT OR REPLACE INTO feedback (question, given_at, kind, clause, comment) VALUES (?, ?, ?, ?, ?)",
                (question, stamp(now()), said.kind, said.clause, self._masked(said.comment)),
            )

    def resolve(self, numbers: Sequence[int], resolution: Resolution) -> None:
        """Says what became of questions that waited for somebody.

        Raises:
            UsageError: the state is unknown, or the note too long.
            NotFoundError: a number is not in the log; nothing is changed then.
            QuestionLogError: the log cannot be written.
        """
        if resolution.state not in STATES:
            raise UsageError(f"不认识的状态 {resolution.state}；可用的有：{'、'.join(STATES)}。")
        _check_length(resolution.note)
        _check_length(resolution.document)
        with self.store.writing() as rows:
            for number in numbers:
                if rows.execute("SELECT 1 FROM question WHERE id = ?", (number,)).fetchone() is None:
                    raise NotFoundError(f"没有编号为 {number} 的问题；编号见 qa report。")
                rows.execute(
                    "INSERT OR REPLACE INTO resolution (question, resolved_at, state, document, note)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (number, stamp(now()), resolution.state, resolution.document, self._masked(resolution.note)),
                )

    def entries(self, span: Span = EVER) -> list[Entry]:
        """The questions asked in a span, oldest first.

        Raises:
            QuestionLogError: the log cannot be read.
        """
        first = stamp(span.start) if span.start else ""
        last = stamp(span.end) if span.end else "~"
        with self.store.reading() as rows:
            if rows is None:
                return []
            questions = rows.execute(
                "SELECT id, asked_at, door, question, interpretation, answered, reason, took_ms, hits, citations"
                " FROM question WHERE asked_at >= ? AND asked_at < ? ORDER BY asked_at, id",
                (first, last),
            ).fetchall()
            said: dict[int, list[Feedback]] = defaultdict(list)
            for question, kind, clause, comment in rows.execute(
                "SELECT question, kind, clause, comment FROM feedback ORDER BY given_at, rowid"
            ):
                said[question].append(Feedback(kind=kind, clause=clause, comment=comment))
            resolved = {
                question: Resolution(state=state, document=document, note=note)
                for question, state, document, note in rows.execute(
                    "SELECT question, state, document, note FROM resolution"
                )
            }
        return [_entry(row, said.get(row[0], ()), resolved.get(row[0], Resolution())) for row in questions]

    def export(self, file: Path, span: Span = EVER) -> int:
        """Writes the questions with the clauses that readers found right, for ``qa tune``; gives their number.

        Raises:
            UsageError: the file cannot be written.
            QuestionLogError: the log cannot be read.
        """
        return write_pairs(self.entries(span), file)

    def check(self) -> str:
        """Whether the log can be written: a sentence about it for ``qa doctor``.

        Raises:
            QuestionLogError: it cannot.
        """
        with self.store.writing() as rows:
            (count,) = rows.execute("SELECT count(*) FROM question").fetchone()
        return f"{self.store.file}：{count:,} 个问题，{self.store.file.stat().st_size / 1e6:.1f} MB"

    def close(self) -> None:
        """Lets go of the file."""
        self.store.close()

    def _masked(self, text: str) -> str:
        return text if self._show_phone else privacy.mask_phones(text)


def _check_length(text: str) -> None:
    if len(text) > MOST_COMMENT:
        raise UsageError(f"说明有 {len(text):,} 个字，超过上限 {MOST_COMMENT:,} 个。")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _named(interpretation: Interpretation) -> dict[str, Any]:
    """What a question names, in the words of the wire."""
    return {
        "numbers": interpretation.numbers,
        "articles": interpretation.articles,
        "years": interpretation.years,
        "units": interpretation.units,
        "filters": filters_shape(interpretation.filters),
    }


def _reason(reply: Reply | None) -> str:
    if reply is None:
        return ERROR
    return reply.refusal.reason if reply.refusal is not None else ""


def _hits(reply: Reply | None) -> list[tuple[str, float]]:
    if reply is None:
        return []
    nearest = reply.refusal.nearest if reply.refusal is not None else ()
    return [(hit.clause.id, round(hit.score, 4)) for hit in reply.hits or nearest]


def _citations(reply: Reply | None) -> list[str]:
    if reply is None or reply.answer is None:
        return []
    return list(dict.fromkeys(citation.clause.id for citation in reply.answer.citations))


def _entry(row: Sequence[Any], said: Iterable[Feedback], resolution: Resolution) -> Entry:
    number, asked_at, door, question, interpretation, answered, reason, took_ms, hits, citations = row
    named = json.loads(interpretation)
    return Entry(
        id=number,
        asked_at=datetime.fromisoformat(asked_at),
        door=door,
        question=question,
        numbers=tuple(named["numbers"]),
        articles=tuple(named["articles"]),
        answered=bool(answered),
        reason=reason,
        took_ms=took_ms,
        hits=tuple((clause, score) for clause, score in json.loads(hits)),
        citations=tuple(json.loads(citations)),
        feedback=tuple(said),
        resolution=resolution,
    )
