"""Interpretation -> ranking: the steps of a search in their order, with what they share between questions."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.backend import Backend
from index.embed import Embedder
from index.records import Filters
from index.static import StaticEmbedder
from qa.address import meets, steps
from qa.cross import CrossRanker
from qa.front import behind, fronted
from qa.lexicon import Lexicon, read_lexicon
from qa.newer import Pair, newer_first, pair
from qa.passages import Passages
from qa.query import Query, make_query
from qa.rank import SHIPPED, Model, Ranking, rank, read_model
from qa.records import Hit, Interpretation
from qa.retrieve import CLOSER, candidates, ranks
from qa.scope import Scope, Titles, scope
from qa.words import Words

Keys = NDArray[np.int64]
LEXICON = SHIPPED / "lexicon.tsv"
_MOST_NAMED = 400
"""Of the documents that a question names so many clauses are looked at one by one, besides those found."""
_NEAR_DOCUMENTS = 3
_DEEPER = 2
"""Of each source so many times as many clauses as are asked for, where that is more than usual."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Search:
    """What was found for a question.

    Attributes:
        interpretation: of the question.
        scope: the documents that it names.
        within: keys to which the filters restrict, None for all.
        ranking: best first, None where nothing was found.
        further: the clauses behind these, where more were asked for than are compared closely.
        pair: the best clause and one of another document on the same subject, an older and a newer one.
    """

    interpretation: Interpretation
    scope: Scope
    within: Keys | None
    ranking: Ranking | None
    pair: Pair | None = None
    further: Ranking | None = None

    def hits(self, count: int) -> tuple[Hit, ...]:
        """The first ``count`` clauses."""
        if self.ranking is None:
            return ()
        found = hits(self.ranking, count, self.scope)
        if self.further is None:
            return found
        least = min(hit.score for hit in found)
        behind = hits(self.further, count - len(found), self.scope)
        return found + tuple(replace(hit, rank=hit.rank + len(found), score=min(hit.score, least)) for hit in behind)


@dataclass(slots=True)
class Pipeline:
    """Searches one backend; safe to use from several threads.

    Attributes:
        backend: the index.
        embedder: the one that the index was made with; None searches by words alone.
        lexicon: everyday expressions and their official words.
        model: the ranker.
        passages: clauses made ready, kept between questions.
        cross: scores the first clauses again; None: the ranker has the last word.
    """

    backend: Backend
    embedder: Embedder | None
    lexicon: Lexicon
    model: Model
    passages: Passages
    cross: CrossRanker | None = None
    _titles: Titles | None = None

    def search(self, interpretation: Interpretation, count: int = CLOSER) -> Search:
        """Finds and orders the clauses for a question.

        However many are asked for, the first ones are the same: what is behind them is looked for afterwards.
        """
        within = self.backend.select(interpretation.filters)
        named = self._scope(interpretation, within)
        query = self.query(interpretation, named)
        ranking = None
        if within is None or len(within):
            ranking = self.ranked(query, within, self._named_keys(query, named, within))
        if ranking is not None and self.cross is not None:
            ranking = self.cross.reordered(interpretation.question, ranking)
        found = None
        if ranking is not None:
            ranking = fronted(behind(ranking, interpretation), named, interpretation)
            found = pair(ranking, interpretation, named, self.backend)
            ranking = newer_first(ranking, found)
        further = None
        if ranking is not None and count > max(len(ranking), CLOSER):
            further = self._further(query, ranking, within, count)
        return Search(
            interpretation=interpretation, scope=named, within=within, ranking=ranking, pair=found, further=further
        )

    def _scope(self, interpretation: Interpretation, within: Keys | None) -> Scope:
        if self._titles is None:
            self._titles = Titles(self.backend.documents(Filters()))

        def allowed(document_id: str) -> bool:
            run = self.backend.keys(document_id)
            first = int(np.searchsorted(within, run.start)) if within is not None else 0
            return within is None or (first < len(within) and within[first] < run.stop)

        return scope(interpretation, self._titles, allowed)

    def query(self, interpretation: Interpretation, named: Scope) -> Query:
        """The question taken apart."""
        vector = self.embedder.queries([interpretation.question])[0] if self.embedder is not None else None
        return make_query(interpretation, self.backend, self.model.worth, self.lexicon, vector, named.named)

    def ranked(self, query: Query, within: Keys | None, named: Keys | None = None) -> Ranking | None:
        """The ranking of a query, None where no clause shares anything with it."""
        pool = candidates(query, self.backend, within, named).best(named)
        if not len(pool):
            return None
        return rank(query, pool, self.passages.get(pool.keys.tolist()), self.model, self.passages.words)

    def _further(self, query: Query, ranking: Ranking, within: Keys | None, count: int) -> Ranking | None:
        """The ranking of what a deeper search finds besides; None where that is nothing."""
        known = np.array([passage.key for passage in ranking.passages], np.int64)
        pool = candidates(query, self.backend, within, limit=_DEEPER * count).without(known)
        if not len(pool):
            return None
        return rank(query, pool, self.passages.get(pool.keys.tolist()), self.model, self.passages.words)

    def reordered(self, query: Query, ranking: Ranking, count: int) -> Ranking | None:
        """The first ``count`` clauses of a ranking in the order that another query gives them."""
        keys = np.sort(np.array([passage.key for passage in ranking.passages[:count]], np.int64))
        return self.ranked(query, keys)

    def _named_keys(self, query: Query, named: Scope, within: Keys | None) -> Keys | None:
        """Keys of the documents named; of an address without a document, those in the documents that come nearest."""
        chosen = list(named.named)
        if not chosen and query.steps:
            pool = candidates(query, self.backend, within)
            best = pool.keys[np.argsort(ranks(pool.lexical))[: 4 * _NEAR_DOCUMENTS]]
            near = [passage.document.id for passage in self.passages.get(best.tolist())]
            chosen = list(dict.fromkeys(near))[:_NEAR_DOCUMENTS]
        keys: list[int] = []
        for document_id in chosen:
            run = self.backend.keys(document_id)
            if len(run) <= _MOST_NAMED or not query.steps:
                keys.extend(run[:_MOST_NAMED])
            if query.steps:
                found = self.backend.clauses(document_id)
                keys.extend(run[clause.ordinal] for clause in found if meets(query.steps, steps(clause.path)))
        return np.unique(np.array(keys, np.int64)) if keys else None


def open_pipeline(
    backend: Backend,
    embedder: Embedder | None,
    *,
    model_folder: Path = SHIPPED,
) -> Pipeline:
    """A pipeline with the shipped ranker and lexicon.

    Args:
        backend: the index.
        embedder: the one that the index was made with.
        model_folder: where the ranker lies.

    Raises:
        ModelError: the ranker is missing or damaged.
    """
    return Pipeline(
        backend=backend,
        embedder=embedder,
        lexicon=read_lexicon([LEXICON]),
        model=read_model(model_folder),
        passages=Passages(backend, Words(embedder) if isinstance(embedder, StaticEmbedder) else None),
    )


def hits(ranking: Ranking, count: int, named: Scope) -> tuple[Hit, ...]:
    """The first clauses of a ranking as hits."""
    found = []
    embedded = bool(len(ranking.query.vector))
    address = ranking.sheet.values[:, ranking.sheet.names.index("address")]
    for place, passage in enumerate(ranking.passages[:count]):
        found.append(
            Hit(
                rank=place + 1,
                score=float(ranking.scores[place]),
                key=passage.key,
                lexical=float(ranking.lexical[place]),
                dense=float(ranking.dense[place]) if embedded else None,
                exact=passage.document.id in named.named or bool(address[place] > 0),
                document=passage.document,
                clause=passage.clause,
            )
        )
    return tuple(found)
