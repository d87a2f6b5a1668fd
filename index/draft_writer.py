"""Documents -> the files of a draft; passages are embedded in batches across documents."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from time import monotonic

import numpy as np

from index.approximate import Run
from index.bases import Base, Step
from index.catalog_writer import CatalogWriter
from index.dense import DenseWriter
from index.embed import Embedder
from index.generation import FileEntry
from index.ingest import settings_of
from index.lexical_writer import LexicalWriter, Taken
from index.passages import entry, passages
from index.records import Clause, Metadata
from index.rows import Known, Record
from index.stopwatch import Stopwatch
from index.writing import Finished, mark

_BATCH = 1024
_ROWS = 65_536
CHECKPOINT_SECONDS = 10.0
"""How much work an interruption costs at most."""


class DraftWriter:
    """Writes catalog, vectors and lexical index of a draft; documents must come by source.

    Args:
        draft: the folder.
        embedder: embeds the clauses.
        bases: where documents are taken from; the first is the generation that counts, if there is one.
        steps: all that will be done, from which it follows which lexical parts can stay as they are.
        clock: told the time spent in ``segment``, ``embed`` and ``write``.

    Attributes:
        runs: vectors taken from the first base so far.
    """

    def __init__(
        self, draft: Path, embedder: Embedder, bases: Sequence[Base], steps: Sequence[Step], clock: Stopwatch
    ) -> None:
        self._draft, self._embedder, self._bases, self._clock = draft, embedder, bases, clock
        taken = _linkable(bases, steps)
        self._linked = frozenset(taken.parts) if taken is not None else frozenset()
        self.runs: list[Run] = []
        self.catalog = CatalogWriter(draft, [base.folder for base in bases])
        self._dense = DenseWriter(draft, embedder.dimension)
        self._lexical = LexicalWriter(draft / "lexical", taken, len(steps))
        self._keys: list[int] = []
        self._passages: list[str] = []
        self._safe = monotonic()
        self._fresh = 0

    @property
    def counts(self) -> dict[str, int]:
        """Documents, clauses and vectors so far."""
        return {"documents": self.catalog.documents, "clauses": self.catalog.clauses, "vectors": self._dense.count}

    @property
    def linked(self) -> dict[str, FileEntry]:
        """Files of the draft that are links to those of the generation that counts, as its manifest says."""
        generation = self._bases[0].generation if self._bases else None
        if generation is None:
            return {}
        here = {f"lexical/{path.name}" for path in (self._draft / "lexical").iterdir()}
        return {name: found for name, found in generation.manifest.files.items() if name in here and _unique(name)}

    def add(self, record: Record) -> None:
        """Adds a document that was read."""
        with self._clock.stage("write"):
            first = self.catalog.add(record)
        self._post(record.document.metadata, record.clauses)
        self._embed(first, record.document.metadata, record.clauses)
        self._fresh += 1
        if monotonic() - self._safe > CHECKPOINT_SECONDS:
            self._checkpoint()

    def take(self, steps: Sequence[Step]) -> None:
        """Takes documents over from one base; they must lie there one after the other."""
        base, known = self._bases[steps[0].base or 0], [step.known for step in steps if step.known is not None]
        run, keys = range(known[0].position, known[-1].position + 1), range(known[0].first_key, known[-1].last_key)
        position = self.catalog.documents
        with self._clock.stage("write"):
            first = self.catalog.take(steps[0].base or 0, run, keys)
            for place, step in enumerate(steps):
                if step.moved:
                    self.catalog.move(position + place, str(step.found.path.absolute()))
            if base.dense is not None:
                self._take_vectors(base, keys, first)
        for one in known:
            self._take_document(base, one, first + one.first_key - keys.start)

    def _take_vectors(self, base: Base, keys: range, first: int) -> None:
        assert base.dense is not None
        self._flush()
        rows, vectors = base.dense.rows(keys.start, keys.stop)
        if base is self._bases[0]:
            before = base.dense.places(keys.start, keys.stop)
            self.runs.append(Run(start=self._dense.count, before=before.start, count=len(before)))
        for start in range(0, len(rows), _ROWS):
            part = slice(start, start + _ROWS)
            self._dense.add(rows[part] - keys.start + first, vectors[part])

    def _take_document(self, base: Base, known: Known, first: int) -> None:
        """What the run as a whole could not take: postings in parts that are written anew, vectors of another model."""
        linked = base.postings is not None and base.postings.documents[known.position, 2] in self._linked
        if linked:
            self._lexical.take(known.position, known.clauses)
        if linked and base.dense is not None:
            return
        metadata, clauses = base.catalog.document(known.id).metadata, base.catalog.clauses(known.id)
        if not linked:
            self._post(metadata, clauses)
        if base.dense is None:
            self._embed(first, metadata, clauses)

    def close(self) -> None:
        """Finishes all files."""
        self._flush()
        with self._clock.stage("write"):
            self._dense.close()
            self.catalog.close()
            self._lexical.close()

    def abandon(self) -> None:
        """Lets go of the draft's files, whatever state they are in; nothing after :meth:`close`."""
        self._dense.close()
        self.catalog.abandon()
        self._lexical.abandon()

    def _post(self, metadata: Metadata, clauses: Iterable[Clause]) -> None:
        with self._clock.stage("segment"):
            entries = [entry(metadata, clause) for clause in clauses]
        with self._clock.stage("write"):
            self._lexical.add(entries)

    def _embed(self, first: int, metadata: Metadata, clauses: Iterable[Clause]) -> None:
        for clause in clauses:
            for passage in passages(metadata, clause):
                self._keys.append(first + clause.ordinal)
                self._passages.append(passage)
            if len(self._keys) >= _BATCH:
                self._flush()

    def _flush(self) -> None:
        if not self._keys:
            return
        with self._clock.stage("embed"):
            vectors = self._embedder.passages(self._passages)
        with self._clock.stage("write"):
            self._dense.add(np.array(self._keys, np.int64), vectors)
        self._keys, self._passages = [], []

    def _checkpoint(self) -> None:
        """Brings finished work to disk, so that an interrupted build can go on from here."""
        self._flush()
        with self._clock.stage("write"):
            self._dense.sync()
            self.catalog.checkpoint()
            settings = settings_of(self._embedder)
            finished = Finished(settings=settings, documents=self.catalog.documents, vectors=self._dense.count)
            mark(self._draft, finished)
        self._safe = monotonic()


def runs(steps: Iterable[Step]) -> Iterable[list[Step]]:
    """Steps in pieces: each is one file to read, or documents that lie one after the other in one base."""
    place = 0

    def piece(step: Step) -> tuple[int | None, int]:
        nonlocal place
        place += 1
        return step.base, (step.known.position if step.known is not None else 0) - place

    for _, some in groupby(steps, key=piece):
        yield list(some)


def _linkable(bases: Sequence[Base], steps: Sequence[Step]) -> Taken | None:
    postings = bases[0].postings if bases else None
    if postings is None:
        return None
    remaining = np.zeros(len(postings.documents), bool)
    remaining[[step.known.position for step in steps if step.base == 0 and step.known is not None]] = True
    return Taken(postings=postings, parts=postings.reusable(remaining, grows=len(steps) > int(remaining.sum())))


def _unique(name: str) -> bool:
    """Whether a file's name says what is in it: a segment's name does, for it bears the segment's random id."""
    return not name.endswith((".json", ".i64"))
