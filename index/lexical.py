"""BM25 over words, character pairs, headings and titles (tantivy).

The index holds units that :mod:`index.tokens` has cut already, joined by blanks, so that tantivy only splits at blanks.
Each entry bears its ``row``. Today rows are clause keys; an incremental index keeps rows and renumbers keys.
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

_TOKENIZER = "units"
_TEXT_FIELDS = ("body", "bigrams", "heading", "title")
_HEAP_BYTES = 64_000_000
_LONGEST_UNIT = 100
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


class LexicalWriter:
    """Writes a new lexical index into an empty folder; memory does not grow with the corpus.

    One thread writes, so that the same input gives the same segments.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        index = tantivy.Index(_schema(), path=str(folder), reuse=False)
        _register(index)
        self._writer = index.writer(_HEAP_BYTES, 1)
        self._closed = False

    def add(self, row: int, entry: Entry) -> None:
        """Adds one clause under its row; rows must be added in ascending order."""
        document = tantivy.Document()
        document.add_unsigned("row", row)
        for name in _TEXT_FIELDS:
            document.add_text(name, _join(getattr(entry, name)))
        self._writer.add_document(document)

    def close(self) -> None:
        """Commits, waits for merges and removes tantivy's lock files: the folder is then complete and readable."""
        self._writer.commit()
        self._closed = True
        self._writer.wait_merging_threads()
        for lock in self._folder.glob(".tantivy-*.lock"):
            lock.unlink()
        # tantivy makes some files for their owner alone; a service under another user must be able to read them.
        mode = (self._folder.stat().st_mode & 0o444) | 0o200
        for path in self._folder.iterdir():
            path.chmod(mode)

    def abandon(self) -> None:
        """Stops the writing threads without a commit, so that the folder can be removed; nothing once closed."""
        if not self._closed:
            self._closed = True
            self._writer.rollback()
            self._writer.wait_merging_threads()


class Lexical:
    """A finished lexical index, open for reading by any number of threads.

    Args:
        folder: where :class:`LexicalWriter` wrote.
    """

    def __init__(self, folder: Path) -> None:
        index = _open(folder)
        _register(index)
        self._schema = index.schema
        self._searcher = index.searcher()

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
            keep = tantivy.Query.term_set_query(self._schema, "row", within.tolist())
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
        keys = np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int64)
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
        with TemporaryDirectory(prefix="qa-lexical-") as links:
            for path in folder.glob("[!.]*"):
                (Path(links) / path.name).symlink_to(path.resolve())
            return tantivy.Index.open(links)
    except (ValueError, OSError) as error:
        raise IndexDamagedError(f"全文索引 {folder} 无法打开（{error}），{REBUILD}") from error


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in _TEXT_FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_unsigned_field("row", stored=False, indexed=True, fast=True)
    return builder.build()


def _register(index: tantivy.Index) -> None:
    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_TOKENIZER, analyzer)


def _join(units: Sequence[str]) -> str:
    # A "word" of thousands of letters is an extraction accident (a base64 image); it would only bloat the dictionary.
    if max(map(len, units), default=0) > _LONGEST_UNIT:
        units = [unit for unit in units if len(unit) <= _LONGEST_UNIT]
    return " ".join(units)
