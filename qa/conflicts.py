"""Two documents in force that give different figures for the same thing and place: both are shown, the newer first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.figures import Figure, find_figures
from index.records import Span
from index.tokens import fold
from qa.passages import Passage
from qa.places import agreement
from qa.query import Query
from qa.rank import Ranking
from qa.relations import ENDED, date_of, dated_name

_LOOKED_AT = 12
_SAME_SUBJECT = 0.75
"""Share of characters that the words of two figures must have in common to be about one thing."""
_SHORTEST = 3
# 可以并处, 处以罚款: what every act says of its own offences names no thing
_PENALTY = re.compile(r"可以?|应当|并?处以?|罚款|罚金|违法所得|没收|情节严重的?|的")
_ENDS = "。！？；\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rival:
    """A clause that contradicts the answer.

    Attributes:
        passage: the clause.
        span: its sentence, in the clause's text.
        note: one Chinese sentence that says what differs.
        newer: whether its document is the newer one.
    """

    passage: Passage
    span: Span
    note: str
    newer: bool


def rival(query: Query, ranking: Ranking, best: Passage, spans: Sequence[Span], day: str) -> Rival | None:
    """The first clause of another document in force that gives another figure for what the answer's figure is about.

    Args:
        query: the question; only such as ask for a figure are looked at.
        ranking: the clauses found.
        best: the clause that answers.
        spans: what is quoted of it.
        day: ISO day as of which is asked.
    """
    if not query.asks.figure or best.document.validity(day) in ENDED:
        return None
    own = [figure for figure in find_figures(best.clause.text) if _inside(figure, spans)]
    for other in ranking.passages[:_LOOKED_AT]:
        if other.document.id == best.document.id or other.document.validity(day) in ENDED:
            continue
        if not _same_place(best, other):
            continue
        for figure in find_figures(other.clause.text) if own else ():
            for mine in own:
                if contradict(mine, figure):
                    return _rival(best, other, mine, figure)
    return None


def _inside(figure: Figure, spans: Sequence[Span]) -> bool:
    return any(span.start <= figure.span.start and figure.span.end <= span.end for span in spans)


def _same_place(one: Passage, other: Passage) -> bool:
    mine, theirs = one.card.places, other.card.places
    return agreement(mine, theirs) == 1.0 or (not mine and not theirs)


def contradict(one: Figure, other: Figure) -> bool:
    """Whether two figures are different values of one thing, due at one time where they are due."""
    if (one.kind, one.unit) != (other.kind, other.unit) or (one.value, one.highest) == (other.value, other.highest):
        return False
    if (one.deadline is None) != (other.deadline is None):
        return False
    if one.deadline is not None and other.deadline is not None and one.deadline != other.deadline:
        return False
    mine, theirs = (_PENALTY.sub("", fold(figure.subject)) for figure in (one, other))
    if min(len(mine), len(theirs)) < _SHORTEST:
        return False
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= _SAME_SUBJECT


def _rival(best: Passage, other: Passage, mine: Figure, figure: Figure) -> Rival:
    text = other.clause.text
    start = max(text.rfind(sign, 0, figure.span.start) for sign in _ENDS) + 1
    ends = [at for at in (text.find(sign, figure.span.end) for sign in _ENDS) if at >= 0]
    span = Span(start=start, end=min(ends) + 1 if ends else len(text))
    newer = date_of(other.document) > date_of(best.document)
    said = [_said(other, figure), _said(best, mine)] if newer else [_said(best, mine), _said(other, figure)]
    subject = figure.subject if newer else mine.subject
    note = f"两份文件对“{subject}”给出的数字不同：{'，'.join(said)}；较新的列在前面，请核对。"
    return Rival(passage=other, span=span, note=note, newer=newer)


def _said(passage: Passage, figure: Figure) -> str:
    return f"{dated_name(passage.document)}为{figure.text}"
