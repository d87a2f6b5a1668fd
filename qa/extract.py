"""Clause -> the fewest of its sentences that answer a question."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from index.records import Span
from qa.kernels import Floats, presence
from qa.passages import Passage
from qa.query import Query

Embed = Callable[[Sequence[str]], Floats]

_MOST = 3
_NEW = 0.18
"""Share of the question's weight that a further sentence must add."""
_LEANS = re.compile(r"^(?:其中|该|此|上述|前款|前述|对此|但是?|并且?|同时|具体|即|也|这些?|那|凡?符合(?:上述|前))")
_LEAST_LENGTH = 6
_MEANING = 0.8
_QUANTITY = 0.3


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
    if _asks_for_duties(query, passage):
        return [_inside_brackets(passage.clause.text, span) for span in passage.clause.duty_spans]
    texts = [passage.folded[place] for place in spans]
    held = _held(query, texts)
    scores = query.weights @ held / max(float(query.weights.sum()), 1e-6)
    if embed is not None and len(query.vector):
        raw = [passage.clause.text[passage.spans[p].start : passage.spans[p].end] for p in spans]
        scores = scores + _MEANING * (embed(raw) @ query.vector)
    if query.asks.patterns:
        scores = scores + _QUANTITY * np.array([any(p.search(t) for p in query.asks.patterns) for t in texts])
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
    who = query.asks.flags[0] > 0
    return who and bool(passage.clause.duty_spans)


def _inside_brackets(text: str, span: Span) -> Span:
    start, end = span.start, span.end
    while start < end and (text[start] in "（([【" or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in "）)]】。" or text[end - 1].isspace()):
        end -= 1
    return Span(start=start, end=end)


def _held(query: Query, texts: Sequence[str]) -> Floats:
    """How far each word of the question is in each sentence, itself or by an official word for it."""
    held = presence(query.terms, texts).astype(np.float32)
    for column, concept in enumerate(query.concepts):
        official = presence(concept, texts).any(axis=0)
        held = np.maximum(held, np.float32(0.7) * query.links[:, column : column + 1] * official[None, :])
    return held


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
