"""Writes the lexical index in parts: immutable groups of segments that the next generation can take as they are.

    lexical/
      <segment>.idx .term .fast …   tantivy's; of a part that did not change, hard links to those of the last generation
      meta.json                     tantivy's list of segments
      parts.json                    the same by part
      documents.i64                 first row, first key and part of each document, in index order

An entry bears its row, which stays what it is as long as its part is not written anew; keys, which count the clauses of
the whole index, are told from rows by ``documents.i64``. A part that loses a document is written anew, without it:
tantivy would only mark its entries as deleted, and they would go on counting in every score and lie in the files.
"""

import json
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.lexical import DOCUMENTS, TEXT_FIELDS, Entry, register, schema

PARTS = "parts.json"
_META = "meta.json"
_MANAGED = ".managed.json"
_HEAP_BYTES = 64_000_000
_LONGEST_UNIT = 100
_LEAST_PART = 8_192
_SHARE = 16
"""A part holds up to a sixteenth of the clauses: less makes each search slower (over 100,000 clauses 13 parts cost 1.2
ms more than one), more makes each change slower."""


Segments = list[dict[str, Any]]
"""Tantivy's entries for the segments of a part."""


class Postings:
    """The parts of a finished lexical index.

    Args:
        folder: where :class:`LexicalWriter` wrote.
        clauses: how many the index holds.
    """

    def __init__(self, folder: Path, clauses: int) -> None:
        self.folder = folder
        self._clauses = clauses
        self.documents: NDArray[np.int64] = np.fromfile(folder / DOCUMENTS, dtype="<i8").reshape(-1, 3)
        self.parts: list[Segments] = json.loads((folder / PARTS).read_text(encoding="utf-8"))

    @property
    def next_row(self) -> int:
        """The first row that no document bears."""
        ends = self.documents[:, 0] + np.diff(self.documents[:, 1], append=self._clauses)
        return int(ends.max(initial=0))

    def reusable(self, kept: NDArray[np.bool_], *, grows: bool) -> set[int]:
        """The parts that can be taken as they are.

        Args:
            kept: of each document, in index order, whether it is in the new index too.
            grows: whether anything is new, so that parts that are less than half full had better be filled.
        """
        part = self.documents[:, 2]
        sizes = np.bincount(part, np.diff(self.documents[:, 1], append=self._clauses), len(self.parts))
        lost = np.bincount(part, ~kept, len(self.parts)) > 0
        small = sizes < _capacity(self._clauses) / 2 if grows or lost.any() else np.zeros(len(sizes), bool)
        return set(np.flatnonzero(~lost & ~small).tolist())


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """Parts of another lexical index that a new one takes as they are."""

    postings: Postings
    parts: Collection[int]


class LexicalWriter:
    """Writes a new lexical index into an empty folder; memory does not grow with the corpus.

    Documents must come in index order. One thread writes each part, so that the same input gives the same segments.

    Args:
        folder: made if need be.
        taken: what is linked from another index.
        documents: how many will come, so that parts get the size that suits the whole from the beginning; 0: unknown.
    """

    def __init__(self, folder: Path, taken: Taken | None = None, documents: int = 0) -> None:
        self._folder = folder
        self._expected = documents
        folder.mkdir(parents=True, exist_ok=True)
        self._clauses = 0
        self._documents: list[tuple[int, int, int]] = []
        self._parts: list[Segments] = []
        self._finishing: list[Future[Segments]] = []
        self._pool = ThreadPoolExecutor(1)  # a part is finished while the next one is written
        self._part: _Part | None = None
        self._old: NDArray[np.int64] = np.empty((0, 3), np.int64)
        self._new_part: dict[int, int] = {}
        self._next_row = 0
        if taken is not None:
            self._link(taken)

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds a document, clause by clause."""
        if self._part is None:
            self._part = _Part(self._folder / f".part-{len(self._finishing)}")
        first = self._next_row
        for entry in entries:
            self._part.add(self._next_row, entry)
            self._next_row += 1
        self._documents.append((first, self._clauses, len(self._parts) + len(self._finishing)))
        self._clauses += self._next_row - first
        if self._part.count >= _capacity(
            self._clauses * max(self._expected, len(self._documents)) // len(self._documents)
        ):
            self._finish_part()

    def take(self, position: int, clauses: int) -> None:
        """Takes a document from the other index: its position there and its number of clauses; its part is linked."""
        row, _, part = self._old[position].tolist()
        self._documents.append((row, self._clauses, self._new_part[part]))
        self._clauses += clauses

    def close(self) -> None:
        """Finishes what is open: the folder is then complete and readable."""
        self._finish_part()
        self._pool.shutdown()
        self._parts += [done.result() for done in self._finishing]
        tantivy.Index(schema(), path=str(self._folder), reuse=False)
        meta = json.loads((self._folder / _META).read_text(encoding="utf-8"))
        meta["segments"] = [segment for part in self._parts for segment in part]
        (self._folder / _META).write_text(json.dumps(meta, indent=1), encoding="utf-8")
        (self._folder / PARTS).write_text(json.dumps(self._parts), encoding="utf-8")
        np.array(self._documents, "<i8").reshape(-1, 3).tofile(self._folder / DOCUMENTS)
        (self._folder / _MANAGED).unlink(missing_ok=True)
        _tidy(self._folder, (_META, PARTS, DOCUMENTS))

    def abandon(self) -> None:
        """Stops the writing threads, so that the folder can be removed; nothing once closed."""
        self._pool.shutdown()
        if self._part is not None:
            self._part.abandon()
            self._part = None

    def _link(self, taken: Taken) -> None:
        postings = taken.postings
        self._old = postings.documents
        self._next_row = postings.next_row
        for part in sorted(taken.parts):
            self._new_part[part] = len(self._parts)
            self._parts.append(postings.parts[part])
            for segment in postings.parts[part]:
                for path in postings.folder.glob(f"{_stem(segment)}.*"):
                    link(path, self._folder / path.name)

    def _finish_part(self) -> None:
        if self._part is not None:
            self._finishing.append(self._pool.submit(self._part.finish))
            self._part = None


class _Part:
    """One part on the way, in a folder of its own inside that of the index."""

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self._folder = folder
        folder.mkdir()
        index = tantivy.Index(schema(), path=str(folder), reuse=False)
        register(index)
        self._writer = index.writer(_HEAP_BYTES, 1)

    def add(self, row: int, entry: Entry) -> None:
        document = tantivy.Document()
        document.add_unsigned("row", row)
        for name in TEXT_FIELDS:
            document.add_text(name, _join(getattr(entry, name)))
        self._writer.add_document(document)
        self.count += 1

    def finish(self) -> Segments:
        """Commits, waits for merges, and moves the segments' files into the index's folder."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        segments: Segments = json.loads((self._folder / _META).read_text(encoding="utf-8"))["segments"]
        for segment in segments:
            names = [path.name for path in self._folder.glob(f"{_stem(segment)}.*")]
            for name in names:
                (self._folder / name).rename(self._folder.parent / name)
            _tidy(self._folder.parent, names)
        shutil.rmtree(self._folder)
        return segments

    def abandon(self) -> None:
        self._writer.rollback()
        self._writer.wait_merging_threads()


def link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system knows no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _stem(segment: dict[str, Any]) -> str:
    return str(segment["segment_id"]).replace("-", "")


def _capacity(clauses: int) -> int:
    return max(_LEAST_PART, clauses // _SHARE)


def _tidy(folder: Path, names: Iterable[str]) -> None:
    """Tantivy makes some files for their owner alone; a service under another user must be able to read them."""
    mode = (folder.stat().st_mode & 0o444) | 0o200
    for name in names:
        (folder / name).chmod(mode)
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


def _join(units: Sequence[str]) -> str:
    # A "word" of thousands of letters is an extraction accident (a base64 image); it would only bloat the dictionary.
    if max(map(len, units), default=0) > _LONGEST_UNIT:
        units = [unit for unit in units if len(unit) <= _LONGEST_UNIT]
    return " ".join(units)
