"""BM25 over words, character pairs, headings and titles (tantivy).

The index holds units that :mod:`index.tokens` has cut already, joined by blanks, so that tantivy only splits at blanks.
Each entry bears its ``row``; rows stay what they are when documents come and go, keys do not. See
:mod:`index.lexical_writer` for the files.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.errors import IndexDamagedError
from index.generation import REBUILD
from index.search import Keys, LexicalQuery, Scored, Scores, exact_top, nothing

# What a match in each field is worth. The ranker sees the sum as one feature; `qa eval` decides about changes.
BODY = 1.0
BIGRAMS = 0.5
HEADING = 0.6
TITLE = 0.4

DOCUMENTS = "documents.i64"
TEXT_FIELDS = ("body", "bigrams", "heading", "title")
_TOKENIZER = "units"
_DENSE_FILTER = 0.05
_SPARE = 16
_DECIMALS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """The units of one clause, by field."""

    body: Sequence[str]
    bigrams: Sequence[str]
    heading: Sequence[str]
    title: Sequence[str]


class Lexical:
    """A finished lexical index, open for reading by any number of threads.

    Args:
        folder: where :class:`index.lexical_writer.LexicalWriter` wrote.
    """

    def __init__(self, folder: Path) -> None:
        index = _open(folder)
        register(index)
        self._schema = index.schema
        self._searcher = index.searcher()
        documents = np.fromfile(folder / DOCUMENTS, dtype="<i8").reshape(-1, 3)
        self._first_keys = np.ascontiguousarray(documents[:, 1])
        self._first_rows = np.ascontiguousarray(documents[:, 0])
        self._by_row = np.argsort(self._first_rows)
        self._sorted_rows = self._first_rows[self._by_row]

    @property
    def count(self) -> int:
        """Clauses in the index."""
        return int(self._searcher.num_docs)

    def search(self, query: LexicalQuery, limit: int, within: Keys | None = None) -> Scored:
        """The best clauses by the weighted sum of BM25 over fields.

        Args:
            query: weighted units; units with weight 0 or less are left out.
            limit: how many at most.
            within: sorted keys that count, None for all. The ranking is that of the restricted set, at any size.

        Returns:
            Clauses that share at least one unit with the query; scores rounded to 4 decimals, so that texts that
            are equal tie whatever the order in which an engine adds up its terms.
        """
        if limit < 1 or (within is not None and not len(within)) or not self.count:
            return nothing()
        parts = self._parts(query)
        if not parts:
            return nothing()
        wanted = tantivy.Query.boolean_query(parts)
        share = 1.0 if within is None else len(within) / self.count
        mask = None
        if within is not None and share < _DENSE_FILTER:
            # Few keys: the engine visits only them. The filter adds 0 to each score.
            keep = tantivy.Query.term_set_query(self._schema, "row", self._rows(within).tolist())
            keep = tantivy.Query.const_score_query(keep, 0.0)
            wanted = tantivy.Query.boolean_query([(tantivy.Occur.Must, wanted), (tantivy.Occur.Must, keep)])
            share = 1.0
        elif within is not None:
            # Many keys: naming them all to the engine costs more than reading on in the full ranking.
            mask = np.zeros(self.count, bool)
            mask[within] = True
        return exact_top(lambda count: self._fetch(wanted, count, mask), limit, int(limit / share) + _SPARE)

    def document_frequencies(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """In how many clauses' bodies each word occurs, shape (len(terms),)."""
        return np.array([self._searcher.doc_freq("body", term) for term in terms], np.int64)

    def keys(self) -> Keys:
        """The keys of all entries, sorted, for checking: 0..n-1 where each clause has one entry."""
        hits = self._searcher.search(tantivy.Query.all_query(), max(self.count, 1), count=False).hits
        return np.sort(self._keys([address for _, address in hits]))

    def _keys(self, addresses: Sequence[tantivy.DocAddress]) -> Keys:
        rows = np.array(self._searcher.fast_field_values("row", list(addresses)), np.int64)
        document = self._by_row[np.searchsorted(self._sorted_rows, rows, side="right") - 1]
        keys: Keys = rows - self._first_rows[document] + self._first_keys[document]
        return keys

    def _rows(self, keys: Keys) -> NDArray[np.int64]:
        document = np.searchsorted(self._first_keys, keys, side="right") - 1
        rows: NDArray[np.int64] = keys - self._first_keys[document] + self._first_rows[document]
        return rows

    def _parts(self, query: LexicalQuery) -> list[tuple[tantivy.Occur, tantivy.Query]]:
        fields = [("body", BODY, query.terms), ("heading", HEADING, query.terms), ("title", TITLE, query.terms)]
        fields.append(("bigrams", BIGRAMS, query.bigrams))
        parts = []
        for name, boost, units in fields:
            for unit, weight in units.items():
                if weight > 0 and boost > 0:
                    term = tantivy.Query.term_query(self._schema, name, unit, "freq")
                    parts.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, boost * weight)))
        return parts

    def _fetch(self, query: tantivy.Query, count: int, mask: NDArray[np.bool_] | None) -> tuple[Keys, Scores, float]:
        hits = self._searcher.search(query, min(count, self.count), count=False).hits
        keys = self._keys([address for _, address in hits])
        scores: Scores = np.array([score for score, _ in hits], np.float32).round(_DECIMALS)
        floor = -np.inf if len(hits) < count else float(scores[-1])
        if mask is not None and len(keys):
            kept = mask[keys]
            keys, scores = keys[kept], scores[kept]
        return keys, scores, floor


def _open(folder: Path) -> tantivy.Index:
    """Opens a finished index, also where nothing may be written (a read-only disk, files of another user).

    Raises:
        IndexDamagedError: tantivy cannot read it.
    """
    try:
        if os.access(folder, os.W_OK):
            return tantivy.Index.open(str(folder))
        # tantivy insists on a lock file beside the index, even to read; the files stay mapped when their links go.
        # A thread of its own may make that lock file again while the folder is being removed.
        with TemporaryDirectory(prefix="qa-lexical-", ignore_cleanup_errors=True) as links:
            for path in folder.glob("[!.]*"):
                (Path(links) / path.name).symlink_to(path.resolve())
            return tantivy.Index.open(links)
    except (ValueError, OSError) as error:
        raise IndexDamagedError(f"全文索引 {folder} 无法打开（{error}），{REBUILD}") from error


def schema() -> tantivy.Schema:
    """The fields of an entry."""
    builder = tantivy.SchemaBuilder()
    for name in TEXT_FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Makes the tokenizer known that an index opened or made in this process needs."""
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, analyzer)
