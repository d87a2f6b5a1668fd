"""Everyday expressions -> the words that official documents use for them.

A lexicon file has lines of official words, a tab, everyday words (each list separated by ``|``), and optionally a tab
and a domain. The shipped one is written for this project; a user's own file has the same form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from index.tokens import fold

_SHORTEST = 2
_LONGEST = 12
_MOST_OFFICIAL = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Concept:
    """An everyday expression found in a question at ``[start, end)`` and the official words for it."""

    start: int
    end: int
    official: tuple[str, ...]


class Lexicon:
    """Everyday expression -> official words.

    Args:
        entries: folded everyday expression -> folded official words.
    """

    def __init__(self, entries: Mapping[str, tuple[str, ...]]) -> None:
        self._entries = entries

    @property
    def entries(self) -> Mapping[str, tuple[str, ...]]:
        """Everyday expression -> official words."""
        return self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def concepts(self, folded: str) -> tuple[Concept, ...]:
        """The expressions that ``folded`` holds, by position; of expressions within one another only the longest."""
        found: list[Concept] = []
        reached = 0
        for start in range(len(folded)):
            for size in range(min(_LONGEST, len(folded) - start), _SHORTEST - 1, -1):
                official = self._entries.get(folded[start : start + size])
                if official is not None and start + size > reached:
                    found.append(Concept(start=start, end=start + size, official=official))
                    reached = start + size
                    break
        return tuple(found)


def read_lexicon(paths: Iterable[Path]) -> Lexicon:
    """The lexicon of one or more files; files that come later add to earlier ones."""
    entries: dict[str, dict[str, None]] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            columns = line.split("\t")
            if len(columns) < 2 or line.startswith("#"):
                continue
            official = fold(columns[0]).split("|")
            for expression in fold(columns[1]).split("|"):
                if _SHORTEST <= len(expression) <= _LONGEST:
                    entries.setdefault(expression, {}).update(dict.fromkeys(official))
    return Lexicon({expression: tuple(words)[:_MOST_OFFICIAL] for expression, words in entries.items()})
