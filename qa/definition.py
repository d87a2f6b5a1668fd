"""Does a clause say what the thing asked about is?"""

import re
from collections.abc import Sequence

import numpy as np

from qa.asks import KINDS
from qa.kernels import Floats
from qa.passages import Passage
from qa.query import Query

# 本条例所称X是指…; X包括甲、乙; X（以下简称…）由甲、乙组成; “1”即甲  --  not 是否
_SAYS = re.compile(r"是指|指的是|包括|包含|分为|即(?!使|将|可)|(?<!还)是(?![否不由])|由[^，。；]{2,40}(?:组成|构成)")
_ASKED = KINDS.index("definition")
_REACH = 24
"""Characters before the verb in which the thing must be named."""
_NAMED = 0.5
"""Share of the question's weight that must stand there."""


def defined(query: Query, passages: Sequence[Passage]) -> Floats:
    """How surely each clause says what the thing asked about is: as its best sentence does, float32, (candidates,)."""
    return np.array([says(query, passage.folded).max(initial=0.0) for passage in passages], np.float32)


def says(query: Query, sentences: Sequence[str]) -> Floats:
    """How surely each sentence says what the thing asked about is.

    Args:
        query: the question.
        sentences: folded.

    Returns:
        float32, (sentences,): the share of the question's weight that stands shortly before a word that defines, 0
        where that is less than a half or the question does not ask what something is.
    """
    total = float(query.weights.sum())
    if not query.asks.flags[_ASKED] or total <= 0:
        return np.zeros(len(sentences), np.float32)
    words = [(term, float(w) / total) for term, w in zip(query.terms, query.weights, strict=True) if w > 0]
    return np.array([_said(sentence, words) for sentence in sentences], np.float32)


def _said(sentence: str, words: Sequence[tuple[str, float]]) -> float:
    held = [(word, share) for word, share in words if word in sentence]
    if sum(share for _, share in held) < _NAMED:
        return 0.0
    best = 0.0
    for verb in _SAYS.finditer(sentence):
        before = sentence[max(0, verb.start() - _REACH) : verb.start()]
        best = max(best, sum(share for word, share in held if word in before))
    return best if best >= _NAMED else 0.0
