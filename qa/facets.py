"""What documents can be narrowed down by, with how many there are of each; every value is one of a filter's."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.records import Document
from qa.pipeline import Search

NAMES = ("issuer", "type", "year", "validity")
"""In the order in which they are shown."""

_MOST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """One way of narrowing down.

    Attributes:
        name: one of :data:`NAMES`; all but the year are names of filters, a year is ``since`` and ``until`` in one.
        counts: values and how many documents bear them; the most frequent first, years the latest first. Of more than
            twelve values the most frequent.
    """

    name: str
    counts: tuple[tuple[str, int], ...]


def facets(documents: Iterable[Document], day: str) -> tuple[Facet, ...]:
    """The facets of documents; one that no document has a value of is left out.

    Args:
        documents: each is counted once.
        day: ISO, on which validity is looked at.
    """
    counters: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
    for document in {document.id: document for document in documents}.values():
        facts = document.metadata
        date = facts.issued_on or facts.published_on
        values = (facts.issuer, facts.type, date[:4] if date else None, document.validity(day))
        for name, value in zip(NAMES, values, strict=True):
            if value:
                counters[name][value] += 1
    return tuple(Facet(name=name, counts=_ordered(name, counter)) for name, counter in counters.items() if counter)


def of_search(search: Search) -> tuple[Facet, ...]:
    """The facets of the documents whose clauses a search compared with the question."""
    if search.ranking is None:
        return ()
    return facets((passage.document for passage in search.ranking.passages), search.interpretation.day)


def _ordered(name: str, counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    most = counter.most_common(_MOST)
    return (
        tuple(sorted(most, reverse=True))
        if name == "year"
        else tuple(sorted(most, key=lambda item: (-item[1], item[0])))
    )
