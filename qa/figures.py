"""Features of quantities: what a question asks for in figures, and whether a clause states it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.asks import FIGURE
from qa.kernels import Floats, any_by_group, best_by_group, presence, weighted_share
from qa.passages import Passage
from qa.query import Query

Sentences = tuple[Sequence[str], NDArray[np.int64]]
"""Folded sentences of all candidates, one after the other, and the first of each candidate."""


def figure_columns(
    query: Query, passages: Sequence[Passage], layout: Sentences, best: NDArray[np.int64]
) -> dict[str, Floats]:
    """Does the clause, and the sentence that covers the question best, state the quantity that is asked for?

    Args:
        query: the question.
        passages: the candidates.
        layout: their sentences.
        best: for each candidate the index of the sentence that covers the question best.

    Returns:
        Columns, each float32, (candidates,): 1 where it does, -1 where it does not, 0 where none is asked for.
    """
    sentences, starts = layout
    columns: dict[str, Floats] = {}
    wanted = query.asks.patterns
    in_sentence = np.zeros(len(passages), np.float32)
    in_text = np.zeros(len(passages), np.float32)
    plain = np.zeros(len(passages), np.float32)
    for number, passage in enumerate(passages):
        chosen = passage.folded[best[number]] if passage.folded else ""
        in_sentence[number] = float(any(p.search(chosen) for p in wanted))
        in_text[number] = float(any(p.search(part) for p in wanted for part in passage.folded))
        plain[number] = float(bool(passage.figures) and passage.figures[best[number]])
    asked = np.float32(bool(wanted))
    figure = np.float32(query.asks.figure)
    columns["quantity_sentence"] = asked * (2 * in_sentence - 1)
    columns["quantity_text"] = asked * (2 * in_text - 1)
    columns["figure_sentence"] = figure * (2 * plain - 1)
    columns["figure_text"] = figure * np.array([2.0 * any(p.figures) - 1 for p in passages], np.float32)
    if query.numbers:
        held = any_by_group(presence(query.numbers, sentences), starts).mean(axis=0)
        columns["numbers"] = (2 * held - 1).astype(np.float32)
    else:
        columns["numbers"] = np.zeros(len(passages), np.float32)
    return columns


def focus_columns(query: Query, passages: Sequence[Passage], layout: Sentences, soft: Floats) -> dict[str, Floats]:
    """What stands nearest to the asking word: is it met, in a sentence that states the quantity, and close to it?

    Args:
        query: the question.
        passages: the candidates.
        layout: their sentences.
        soft: float32, (terms, sentences): how far each sentence meets each word of the question.

    Returns:
        Columns, each float32, (candidates,), 0 to 1.
    """
    sentences, starts = layout
    columns: dict[str, Floats] = {}
    focused = weighted_share(soft, query.focus)
    columns["focus_sentence"] = best_by_group(focused, starts)
    columns["focus_text"] = weighted_share(np.maximum.reduceat(soft, starts, axis=1), query.focus)
    asked = bool(query.asks.patterns) or query.asks.figure
    if not asked:
        columns["focus_quantity"] = columns["focus_sentence"]
        columns["focus_lacks"] = np.zeros(len(passages), np.float32)
        columns["focus_close"] = np.zeros(len(passages), np.float32)
        return columns
    states = np.array(_states_quantity(query, passages, len(focused)), np.float32)
    columns["focus_quantity"] = best_by_group(focused * states, starts)
    columns["focus_lacks"] = columns["focus_sentence"] - columns["focus_quantity"]
    heaviest = [query.terms[place] for place in np.argsort(-query.focus, kind="stable")[:2]]
    close = np.array(
        [_closeness(heaviest, query, text) if state else 0.0 for text, state in zip(sentences, states, strict=True)],
        np.float32,
    )
    columns["focus_close"] = best_by_group(close, starts)
    return columns


def _states_quantity(query: Query, passages: Sequence[Passage], count: int) -> list[bool]:
    """For each sentence whether it states what is asked for, at least some figure."""
    found: list[bool] = []
    for passage in passages:
        if query.asks.patterns:
            own = [any(p.search(part) for p in query.asks.patterns) for part in passage.folded]
        else:
            own = list(passage.figures)
        found.extend(own or [False])
    return found[:count]


def _closeness(words: Sequence[str], query: Query, text: str) -> float:
    """How near a quantity stands to one of the words in a sentence: 1 touching, 0 where the words are missing."""
    places = [at for word in words if (at := text.find(word)) >= 0]
    if not places:
        return 0.0
    patterns = query.asks.patterns or (FIGURE,)
    quantities = [match.start() for pattern in patterns for match in pattern.finditer(text)]
    gaps = [abs(a - b) for a in places for b in quantities]
    return float(np.exp(-min(gaps, default=100) / 15))
