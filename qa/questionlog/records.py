"""What the question log holds: frozen, keyword-only, without input or output. Nothing here names or places a person."""

from dataclasses import dataclass
from datetime import datetime

from index.errors import PolicyError
from qa.errors import UsageError

DOORS = ("cli", "http", "page", "widget")
"""Where a question came in."""

ERROR = "error"
"""Stands in the place of a refusal's reason where the program failed."""

KINDS = {
    "up": "有用",
    "down": "没有用",
    "wrong_citation": "引用不对",
    "outdated": "已过时",
    "no_answer": "没答到",
    "click": "点开条款",
}
"""Kinds of feedback and how they are shown."""

STATES = {"open": "待处理", "answered": "已有文件可答", "out_of_scope": "不属于本库"}
"""What became of a question without a good answer, and how that is shown."""

MOST_COMMENT = 1_000
"""Characters that a comment or a note may have."""


class QuestionLogError(PolicyError):
    """The question log cannot be read or written; the text names the file and the cause."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Who hands a question to the service; a question without an origin (a test, a benchmark) is not logged.

    Attributes:
        door: one of :data:`DOORS`.
        request: id of the request, by which feedback names the question later; empty where there is none.
    """

    door: str
    request: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """What somebody said of an answer.

    Attributes:
        kind: one of :data:`KINDS`.
        clause: id of the clause that is meant; empty: the answer as a whole.
        comment: in the person's own words; may be empty.
    """

    kind: str
    clause: str = ""
    comment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """What became of a question without a good answer.

    Attributes:
        state: one of :data:`STATES`.
        document: what answers it now, as the person who resolved it wrote it; may be empty.
        note: in that person's words; may be empty.
    """

    state: str = "open"
    document: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A question that was asked.

    Attributes:
        id: number in the log; never given twice.
        asked_at: with time zone UTC.
        door: where it came in.
        question: as asked; mobile numbers are masked unless ``privacy.show_phone``.
        numbers: document numbers that it names.
        articles: addresses of clauses that it names.
        answered: whether there was an answer.
        reason: of the refusal, or :data:`ERROR`; empty where answered.
        took_ms: milliseconds from question to reply.
        hits: ids of the ranked clauses with their scores, best first; of a refusal the nearest.
        citations: ids of the cited clauses, each once, in the order of the answer.
        feedback: what was said of it, oldest first.
        resolution: what became of it.
    """

    id: int
    asked_at: datetime
    door: str
    question: str
    numbers: tuple[str, ...]
    articles: tuple[str, ...]
    answered: bool
    reason: str
    took_ms: float
    hits: tuple[tuple[str, float], ...]
    citations: tuple[str, ...]
    feedback: tuple[Feedback, ...] = ()
    resolution: Resolution = Resolution()


def ids_of(text: str) -> list[int]:
    """Numbers of questions as people write them: ``12`` or ``12,15,20``.

    Raises:
        UsageError: they cannot be understood.
    """
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    if not all(part.isascii() and part.isdecimal() and len(part) < 18 for part in parts):
        raise UsageError(f"编号“{text[:80]}”看不懂；请写成 12 或 12,15,20，编号见 qa report。")
    return [int(part) for part in parts]
