"""Clause -> the fewest of its sentences that answer a question."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from index.records import Span
from qa.address import meets
from qa.definition import says
from qa.features import met
from qa.kernels import Floats
from qa.passages import Passage
from qa.query import Query

Embed = Callable[[Sequence[str]], Floats]

_MOST = 3
_NEW = 0.14
"""Share of the question's weight that a further sentence must add."""
_LEANS = re.compile(r"^(?:其中|该|此|上述|前款|前述|对此|但是?|并且?|同时|具体|即|也|这些?|那|凡?符合(?:上述|前))")
# 由哪几个部门落实, 归谁牵头  --  not 靠哪些设施, 负责人的条件
_BODIES = re.compile(
    r"谁|责任单位|责任部门|责任落|牵头|归口|主管|哪[^，。？]{0,6}(?:部门|单位|厅|局|委|办|政府|机构|机关)|(?:几|多少)[个家]?(?:部门|单位|厅|局)"
    r"|负责(?![任人])"
)
_LEAST_LENGTH = 6
_MEANING = 1.5
_QUANTITY = 0.3
_DEFINITION = 0.6
"""What it counts that a sentence says what the thing asked about is."""


def best_sentences(query: Query, passage: Passage, embed: Embed | None = None) -> list[Span]:
    """The stretches of the clause's text to quote, in its order; sentences that touch are one stretch.

    Args:
        query: the question taken apart.
        passage: the clause.
        embed: texts -> vectors of passages, to compare sentences with the question; None leaves meaning out.

    Returns:
        At least one stretch, unless the clause is empty.
    """
    spans = _quotable(passage)
    if not spans:
        return []
    if query.steps and meets(query.steps, passage.steps):
        # asked for by its address: its beginning says what it is about
        return [passage.spans[place] for place in range(min(2, len(passage.spans)))]
    if _asks_for_duties(query, passage):
        return [_inside_brackets(passage.clause.text, span) for span in passage.clause.duty_spans]
    texts = [passage.folded[place] for place in spans]
    held = met(query, texts)
    scores = query.weights @ held / max(float(query.weights.sum()), 1e-6)
    if embed is not None and len(query.vector):
        raw = [passage.clause.text[passage.spans[p].start : passage.spans[p].end] for p in spans]
        scores = scores + _MEANING * (embed(raw) @ query.vector)
    if query.asks.patterns:
        scores = scores + _QUANTITY * np.array([any(p.search(t) for p in query.asks.patterns) for t in texts])
    scores = scores + _DEFINITION * says(query, texts)
    chosen = _chosen(query, held, scores, texts)
    return _joined([passage.spans[spans[place]] for place in chosen], passage.clause.text)


def _quotable(passage: Passage) -> list[int]:
    """Sentences that say something: no bare marker, no list of duties."""
    duties = passage.clause.duty_spans
    kept = []
    for place, span in enumerate(passage.spans):
        inside = any(duty.start <= span.start and span.end <= duty.end + 2 for duty in duties)
        if not inside and span.end - span.start >= _LEAST_LENGTH:
            kept.append(place)
    return kept or list(range(len(passage.spans)))


def _asks_for_duties(query: Query, passage: Passage) -> bool:
    return bool(passage.clause.duty_spans) and _BODIES.search(query.folded) is not None


def _inside_brackets(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and (text[start] in "（([【" or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in "）)]】。" or text[end - 1].isspace()):
        end -= 1
    return Span(start=start, end=end)


def _chosen(query: Query, held: Floats, scores: Floats, texts: Sequence[str]) -> list[int]:
    first = int(np.argmax(scores))
    chosen = [first]
    covered = held[:, first].copy()
    total = max(float(query.weights.sum()), 1e-6)
    while len(chosen) < min(_MOST, len(texts)):
        gains = query.weights @ np.maximum(held - covered[:, None], 0) / total
        gains[chosen] = 0
        best = int(np.argmax(gains + 1e-3 * scores))
        if gains[best] < _NEW:
            break
        chosen.append(best)
        covered = np.maximum(covered, held[:, best])
    if _LEANS.match(texts[first]) and first > 0 and first - 1 not in chosen:
        chosen.append(first - 1)
    return sorted(chosen)


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(start=joined[-1].start, end=span.end)
        else:
            joined.append(span)
    return joined
