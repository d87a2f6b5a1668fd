"""What a new generation can be made from: the one that counts, and drafts that interrupted builds left behind."""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.catalog import FILE, Catalog
from index.dense import KEYS, VECTORS, Dense
from index.errors import IndexDamagedError, IndexMissingError
from index.generation import Generation, Settings, check_hashes, open_generation
from index.ingest import file_digest
from index.lexical_writer import Postings
from index.load import Limits
from index.records import FileReport
from index.rows import Known, Record
from index.walk import Found
from index.writing import Finished, leftovers


@dataclass(frozen=True, kw_only=True, slots=True)
class Base:
    """Finished work, open for reading.

    Attributes:
        folder: where it lies.
        catalog: its documents.
        known: the same by source.
        dense: its vectors, None where they are of another model.
        postings: its lexical parts, None for a draft.
        generation: None for a draft.
    """

    folder: Path
    catalog: Catalog
    known: dict[str, Known]
    dense: Dense | None
    postings: Postings | None = None
    generation: Generation | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What is to be done about a file.

    Attributes:
        found: the file and its source.
        digest: of its bytes, None where it cannot be read.
        base: which of the bases holds the document as it is, None where it must be read.
        known: the document there.
        ready: what was read already, with the report on it.
    """

    found: Found
    digest: str | None
    base: int | None = None
    known: Known | None = None
    ready: tuple[Record, FileReport] | None = None

    @property
    def moved(self) -> bool:
        """Whether a document that is taken over lies in another file now."""
        return self.known is not None and str(self.found.path.absolute()) != self.known.path


def published_base(folder: Path, settings: Settings, stack: ExitStack) -> Base | None:
    """The generation that counts, None where there is none, or one that nothing can be taken from.

    Every byte is checked: what is damaged must not be copied into a generation that vouches for it.
    """
    try:
        generation = open_generation(folder)
        if generation.manifest.settings.parser != settings.parser:
            return None
        check_hashes(generation)
        return open_base(generation, settings, stack)
    except (IndexMissingError, IndexDamagedError):
        return None


def open_base(generation: Generation, settings: Settings, stack: ExitStack) -> Base:
    """A generation as a base.

    Raises:
        IndexDamagedError: it cannot be read.
    """
    manifest = generation.manifest
    catalog = stack.enter_context(Catalog(generation.path))
    same_model = manifest.settings.embedder == settings.embedder
    return Base(
        folder=generation.path,
        catalog=catalog,
        known={known.source: known for known in catalog.known()},
        dense=Dense(generation.path, settings.dimension, manifest.clauses) if same_model else None,
        postings=Postings(generation.path / "lexical", manifest.clauses),
        generation=generation,
    )


def leftover_bases(folder: Path, settings: Settings, stack: ExitStack) -> list[Base]:
    """The finished work of interrupted builds; for the one writer only."""
    found = []
    for draft, finished in leftovers(folder):
        if finished.settings.parser == settings.parser and finished.settings.format == settings.format:
            found.append(_leftover(draft, finished, settings, stack))
    return found


def _leftover(draft: Path, finished: Finished, settings: Settings, stack: ExitStack) -> Base:
    recovering = sqlite3.connect(draft / FILE)  # rolls back what was being written when the build was interrupted
    recovering.execute("SELECT count(*) FROM documents").fetchone()
    recovering.close()
    os.truncate(draft / KEYS, finished.vectors * np.dtype("<i8").itemsize)
    os.truncate(draft / VECTORS, finished.vectors * finished.settings.dimension * np.dtype("<f2").itemsize)
    catalog = stack.enter_context(Catalog(draft))
    known = catalog.known()[: finished.documents]
    same_model = finished.settings.embedder == settings.embedder
    return Base(
        folder=draft,
        catalog=catalog,
        known={one.source: one for one in known},
        dense=Dense(draft, settings.dimension, known[-1].last_key) if same_model else None,
    )


def plan(files: Sequence[Found], bases: Sequence[Base], limits: Limits) -> list[Step]:
    """What is to be done about each file; a document is taken from the first base that holds it as it is."""
    steps = []
    for found in files:
        digest = file_digest(found.path, limits)
        step = Step(found=found, digest=digest)
        for number, base in enumerate(bases):
            known = base.known.get(found.source)
            if known is not None and known.sha256 == digest:
                step = Step(found=found, digest=digest, base=number, known=known)
                break
        steps.append(step)
    return steps


def kept(known: Sequence[Known]) -> list[Step]:
    """Steps that take documents of the first base over as they are, whatever became of their files."""
    return [
        Step(found=Found(path=Path(one.path), source=one.source), digest=one.sha256, base=0, known=one) for one in known
    ]
