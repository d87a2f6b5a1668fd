"""Questions -> those that teach and those that judge, which are about documents that none of the others is about."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from qa.tune.questions import Asked

HELD = 0.2
"""Share of the questions that judge."""
_MOST = 0.5
"""A document of which a greater share of the questions to be held out is about stays with those that teach."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Two parts of the questions.

    Attributes:
        teach: what is learned from.
        held: what the result is judged by.
        by: ``document``; or ``clause`` where all questions are about one document.
    """

    teach: tuple[Asked, ...]
    held: tuple[Asked, ...]
    by: str


def split(asked: Sequence[Asked], seed: int, share: float = HELD) -> Split:
    """Holds out documents, in an order that the seed draws, until they have their share of the questions.

    A question about held-out and other documents judges too, and teaches nothing. Where all are about one document,
    clauses are held out instead.
    """
    by = "document" if len(frozenset[str]().union(*(one.documents for one in asked))) > 1 else "clause"
    names = [_names(one, by) for one in asked]
    counts = Counter(name for own in names for name in own)
    wanted = share * len(asked)
    held: set[str] = set()
    taken = 0
    for name in sorted(counts, key=lambda name: _drawn(name, seed)):
        if taken >= wanted:
            break
        if counts[name] > max(_MOST * wanted, wanted - taken) and len(counts) > 1:
            continue
        held.add(name)
        taken = sum(not own.isdisjoint(held) for own in names)
    return Split(
        teach=tuple(one for one, own in zip(asked, names, strict=True) if own.isdisjoint(held)),
        held=tuple(one for one, own in zip(asked, names, strict=True) if not own.isdisjoint(held)),
        by=by,
    )


def halves(asked: Sequence[Asked], seed: int) -> tuple[tuple[Asked, ...], tuple[Asked, ...]]:
    """Two parts; questions that share their first right clause are in the same one."""
    first = [int(_drawn(str(int(one.keys[0])), seed), 16) % 2 == 0 for one in asked]
    return (
        tuple(one for one, here in zip(asked, first, strict=True) if here),
        tuple(one for one, here in zip(asked, first, strict=True) if not here),
    )


def _names(one: Asked, by: str) -> frozenset[str]:
    return one.documents if by == "document" else frozenset({str(int(one.keys[0]))})


def _drawn(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {name}".encode()).hexdigest()
