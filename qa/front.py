"""What a question names outright stands first: the document of a number or title, the clause of an address in it.

The ranking alone makes that likely; here it is made sure, without touching the order of all the rest.
"""

from dataclasses import replace

import numpy as np

from qa.naming import only_names
from qa.passages import Passage
from qa.rank import Ranking
from qa.records import Interpretation
from qa.relations import ENDED, date_of
from qa.scope import Scope

_BEHIND = 2.0
"""What it costs, in log odds, that a document no longer applies: less than being named, more than wording."""


def fronted(ranking: Ranking, named: Scope, interpretation: Interpretation) -> Ranking:
    """The ranking with what is named first.

    A question that asks for nothing else gets one clause of each document named, the newest document first; any other
    question gets the best clause of a named document first, with the address asked for where one bears it.
    """
    wanted = set(named.named)
    inside = [place for place, passage in enumerate(ranking.passages) if passage.document.id in wanted]
    if not inside:
        return ranking
    address = ranking.sheet.values[:, ranking.sheet.names.index("address")]
    if ranking.query.steps and any(address[place] > 0 for place in inside):
        first = [place for place in inside if address[place] > 0]
        first.sort(key=lambda place: _farther(ranking.passages[place], ranking.query.steps[-1].kind))
        front = first if only_names(interpretation) else first[:1]
    elif only_names(interpretation):
        best: dict[str, int] = {}
        for place in inside:
            best.setdefault(ranking.passages[place].document.id, place)
        front = sorted(best.values(), key=lambda place: date_of(ranking.passages[place].document), reverse=True)
    else:
        front = inside[:1]
    chosen = set(front)
    return permuted(ranking, [*front, *(place for place in range(len(ranking)) if place not in chosen)])


def _farther(passage: Passage, kind: str) -> tuple[bool, bool, bool]:
    """How far a clause is from the address asked for: of another kind, of an annex, a further paragraph only."""
    clause = passage.clause
    return (
        passage.steps[-1].kind != kind,
        clause.path.startswith("附"),
        not (clause.marker and clause.path.endswith(clause.marker)),
    )


def behind(ranking: Ranking, interpretation: Interpretation) -> Ranking:
    """The ranking with clauses of documents that no longer apply set back, so that an equal one in force leads.

    A question as of a day, or for documents of one state, gets them in their own order: its filter has chosen already.
    """
    filters = interpretation.filters
    ended = np.array([passage.document.validity(interpretation.day) in ENDED for passage in ranking.passages])
    if not ended.any() or filters.as_of is not None or filters.validity is not None:
        return ranking
    order = np.argsort(-(ranking.raw - _BEHIND * ended), kind="stable")
    return permuted(ranking, order.tolist())


def permuted(ranking: Ranking, order: list[int]) -> Ranking:
    """The ranking in another order; scores and log odds stay descending and so go to the new places."""
    if order == list(range(len(order))):
        return ranking
    places = np.array(order, np.int64)
    sheet = ranking.sheet
    return replace(
        ranking,
        passages=tuple(ranking.passages[place] for place in order),
        sheet=replace(sheet, values=sheet.values[places], best=sheet.best[places], terms=sheet.terms[:, places]),
        lexical=ranking.lexical[places],
        dense=ranking.dense[places],
    )
