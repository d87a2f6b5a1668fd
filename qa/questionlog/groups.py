"""Questions that ask the same in other words -> groups, so that a gap in the documents is seen once, with its weight.

The rule: a question joins the group whose **first** question is the nearest, if it is near enough: inner product of the
shipped embedding at least 0.7, or at least half of their words and character pairs in common. Questions that name
different document numbers or clauses never share a group: 第九条 is not 第十条, however alike the rest. Otherwise it
begins a group of its own. Comparing with the first question alone keeps groups from growing along a chain.

0.7 was chosen on the STARD training questions: see docs/questionlog.md.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from index.embed import Embedder
from index.tokens import bigrams, fold, terms
from qa.questionlog.records import Entry

NEAR = 0.7
"""Least inner product of two questions of a group."""
ALIKE = 0.5
"""Least share of common words and character pairs (Jaccard) that makes a group without the embedding."""


def grouped(entries: Sequence[Entry], embedder: Embedder) -> list[list[Entry]]:
    """The groups, in the order of their first questions; the same entries give the same groups.

    Args:
        entries: oldest first.
        embedder: the shipped one; the thresholds hold for no other.
    """
    same: defaultdict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        same[(fold(entry.question), _named(entry))].append(entry)
    texts = list(same.values())
    if not texts:
        return []
    vectors = embedder.queries([text[0].question for text in texts])
    units = [frozenset((*terms(text[0].question), *bigrams(text[0].question))) for text in texts]
    leaders: defaultdict[Hashable, list[int]] = defaultdict(list)
    groups: dict[int, list[Entry]] = {}
    for number, text in enumerate(texts):
        rivals = leaders[_named(text[0])]
        found = _nearest(number, rivals, vectors, units)
        if found is None:
            rivals.append(number)
            groups[number] = list(text)
        else:
            groups[found] += text
    return list(groups.values())


def _nearest(number: int, leaders: Sequence[int], vectors: np.ndarray, units: Sequence[frozenset[str]]) -> int | None:
    """The leader that a question joins, None where none is near enough; of equals the earliest."""
    if not leaders:
        return None
    near = vectors[list(leaders)] @ vectors[number]
    best = int(near.argmax())
    if near[best] >= NEAR:
        return leaders[best]
    own = units[number]
    alike = [len(own & units[leader]) / max(1, len(own | units[leader])) for leader in leaders]
    best = int(np.argmax(alike))
    return leaders[best] if alike[best] >= ALIKE else None


def _named(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(entry.numbers), frozenset(entry.articles)
