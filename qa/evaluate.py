"""Metrics of a question set: which clauses came first, what was quoted, what was refused.

A returned clause matches a gold entry when its document is the same and its text holds the gold quote; the path
matches when, besides, it equals the gold path. Both are compared after NFKC, without white space, paths without a
final ``.`` or ``、``. Any one of the gold clauses is right.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from unicodedata import normalize

from index.errors import PolicyError
from qa.cite import CitationError, check
from qa.records import Citation, Hit, Reply


class QuestionSetError(PolicyError):
    """A file of questions cannot be used; the message names the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gold:
    """One right clause: the source of its document (or the beginning of its file name), its path, words of it."""

    document: str
    path: str
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A question with what is right for it."""

    id: str
    question: str
    type: str
    answerable: bool
    gold: tuple[Gold, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one question.

    Attributes:
        case: the question.
        rank: of the first hit that matches, from 1; 0 where none does.
        path_first: the first hit matches with its path.
        answered: not refused.
        quoted: some citation's quote overlaps a gold quote by half its characters or more.
        citations: how many were given.
        exact: how many of them equal the source.
    """

    case: Case
    rank: int
    path_first: bool
    answered: bool
    quoted: bool
    citations: int
    exact: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """Figures of a set of questions, each between 0 and 1; None where nothing was to be counted.

    ``hit_1``, ``hit_5``, ``path_1`` and ``mrr_10`` are over answerable questions, ``quote_1`` over answered ones,
    ``refusal_precision`` over refused ones, ``refusal_recall`` over unanswerable ones, ``exactness`` over citations.
    """

    questions: int
    hit_1: float | None
    hit_5: float | None
    path_1: float | None
    mrr_10: float | None
    quote_1: float | None
    refusal_precision: float | None
    refusal_recall: float | None
    exactness: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluation:
    """Figures of all questions and by type, and what became of each."""

    all: Figures
    by_type: Mapping[str, Figures]
    outcomes: tuple[Outcome, ...]

    def to_dict(self) -> dict[str, object]:
        """JSON-ready: ``{"all": {...}, "by_type": {...}, "missed": [ids], "wrongly_refused": [ids], ...}``."""
        return {
            "all": asdict(self.all),
            "by_type": {name: asdict(figures) for name, figures in self.by_type.items()},
            "missed": [o.case.id for o in self.outcomes if o.case.answerable and o.rank != 1],
            "wrongly_refused": [o.case.id for o in self.outcomes if o.case.answerable and not o.answered],
            "wrongly_answered": [o.case.id for o in self.outcomes if not o.case.answerable and o.answered],
        }


def read_cases(path: Path) -> list[Case]:
    """The questions of a JSONL file.

    Raises:
        QuestionSetError: the file cannot be read, or a line is not of the form that ``docs/`` describes.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionSetError(f"读不了题集 {path}：{error}。需要一个 UTF-8 编码的 JSONL 文件。") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                cases.append(_case(json.loads(line), number))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                message = f"题集 {path} 第 {number} 行有误（{error!r}）；每行应是含 question 与 gold 的 JSON 对象。"
                raise QuestionSetError(message) from error
    if not cases:
        raise QuestionSetError(f"题集 {path} 里没有题目。")
    return cases


def evaluate(cases: Iterable[Case], ask: Callable[[str], Reply], source_text: Callable[[str], str]) -> Evaluation:
    """Asks every question and counts.

    Args:
        cases: the questions.
        ask: gives the reply with at least ten hits.
        source_text: document id -> source text, for the exactness of citations.
    """
    outcomes = tuple(judge(case, ask(case.question), source_text) for case in cases)
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.case.type].append(outcome)
    return Evaluation(
        all=figures(outcomes), by_type={kind: figures(kinds[kind]) for kind in sorted(kinds)}, outcomes=outcomes
    )


def judge(case: Case, reply: Reply, source_text: Callable[[str], str]) -> Outcome:
    """What became of one question."""
    rank = next((place for place, hit in enumerate(reply.hits, start=1) if _matches(hit, case.gold)), 0)
    citations = reply.answer.citations if reply.answer is not None else ()
    return Outcome(
        case=case,
        rank=rank,
        path_first=rank == 1 and any(matches(reply.hits[0], gold, with_path=True) for gold in case.gold),
        answered=reply.answer is not None,
        quoted=any(overlaps(citation.quote, gold.quote) for citation in citations for gold in case.gold),
        citations=len(citations),
        exact=sum(_exact(citation, source_text) for citation in citations),
    )


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """Figures of some outcomes."""
    answerable = [o for o in outcomes if o.case.answerable]
    refused = [o for o in outcomes if not o.answered]
    unanswerable = [o for o in outcomes if not o.case.answerable]
    citations = sum(o.citations for o in outcomes)
    return Figures(
        questions=len(outcomes),
        hit_1=_share([o.rank == 1 for o in answerable]),
        hit_5=_share([0 < o.rank <= 5 for o in answerable]),
        path_1=_share([o.path_first for o in answerable]),
        mrr_10=_share([1 / o.rank if 0 < o.rank <= 10 else 0.0 for o in answerable]),
        quote_1=_share([o.quoted for o in outcomes if o.answered]),
        refusal_precision=_share([not o.case.answerable for o in refused]),
        refusal_recall=_share([not o.answered for o in unanswerable]),
        exactness=sum(o.exact for o in outcomes) / citations if citations else None,
    )


def matches(hit: Hit, gold: Gold, *, with_path: bool = False) -> bool:
    """Whether a hit is the gold clause."""
    if not _same_document(hit.document.source, gold.document) or squash(gold.quote) not in squash(hit.clause.text):
        return False
    return not with_path or _path(hit.clause.path) == _path(gold.path)


def overlaps(quote: str, gold: str) -> bool:
    """Whether a quote holds a stretch of the gold quote, half as long as the gold quote or longer."""
    given, wanted = squash(quote), squash(gold)
    matcher = SequenceMatcher(None, given, wanted, autojunk=False)
    return bool(wanted) and 2 * matcher.find_longest_match().size >= len(wanted)


def squash(text: str) -> str:
    """NFKC without white space."""
    return re.sub(r"\s+", "", normalize("NFKC", text))


def _case(row: Mapping[str, object], number: int) -> Case:
    gold = row.get("gold") or []
    if not isinstance(gold, list):
        raise TypeError("gold is no list")
    found = tuple(Gold(document=str(g["doc"]), path=str(g.get("clause") or ""), quote=str(g["quote"])) for g in gold)
    return Case(
        id=str(row.get("id", number)),
        question=str(row["question"]),
        type=str(row.get("type") or "other"),
        answerable=bool(row.get("answerable", bool(found))),
        gold=found,
    )


def _matches(hit: Hit, gold: Sequence[Gold]) -> bool:
    return any(matches(hit, one) for one in gold)


def _same_document(source: str, gold: str) -> bool:
    name = source.rsplit("/", 1)[-1]
    return source == gold or name.startswith(gold) or source.endswith("/" + gold)


def _path(path: str) -> str:
    return squash(path).rstrip(".、")


def _exact(citation: Citation, source_text: Callable[[str], str]) -> bool:
    try:
        check(citation, source_text(citation.document.id))
    except CitationError:
        return False
    return True


def _share(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None
