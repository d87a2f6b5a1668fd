"""Paths -> a new generation: each file is loaded, parsed, cut into units, embedded and written, one after the other.

Memory holds one document and one batch of passages at a time. A bad file costs only itself. A file whose bytes, and
whose parser, are those of the previous generation keeps its clauses, and its vectors if the model is the same.
"""

import hashlib
from base64 import b32encode
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog, CatalogWriter
from index.dense import Dense, DenseWriter
from index.embed import Embedder
from index.errors import IndexDamagedError, IndexMissingError, LoadError
from index.generation import Settings, open_generation, publish, writing
from index.lexical import LexicalWriter
from index.load import Limits, load
from index.parse import parse
from index.passages import entry, passages
from index.records import BuildReport, Clause, Document, FileReport
from index.rows import Record
from index.search import Keys
from index.stopwatch import Stopwatch
from index.walk import Found, find

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the source at work (empty at the end)."""

_BATCH = 1024


def build(
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
    limits: Limits | None = None,
) -> BuildReport:
    """Makes the index equal to the paths: what is new is added, what changed is replaced, what is gone is removed.

    Readers see the old index until the new one is complete and on disk. Where no file at all can be indexed, the old
    index, if any, stays.

    Args:
        paths: files and folders, see :func:`index.walk.find`.
        folder: the index folder; made if need be.
        embedder: embeds the clauses; questions must be embedded with the same one.
        progress: told before each file and at the end.
        rebuild: True takes nothing from the previous generation.
        limits: upper bounds for a file.

    Returns:
        One entry a file, sorted by source, and seconds for ``load``, ``parse``, ``segment``, ``embed``, ``write`` and
        ``total``.

    Raises:
        PolicyError: a path does not exist, the folder cannot be written, or another process is writing it.
        ModelError: the model fails.
    """
    clock = Stopwatch()
    findings = find(paths)
    settings = Settings(embedder=embedder.identity, dimension=embedder.dimension, parser=parser_fingerprint())
    reports = list(findings.reports)
    with ExitStack() as stack:
        draft = stack.enter_context(writing(folder))
        previous = None if rebuild else _previous(folder, settings, stack)
        reader = _Reader(previous=previous, limits=limits or Limits(), clock=clock)
        writer = _Writer(draft, embedder, clock)
        stack.callback(writer.abandon)
        for done, found in enumerate(findings.files):
            if progress:
                progress(done, len(findings.files), found.source)
            outcome, report = reader.read(found)
            reports.append(report)
            if outcome:
                writer.add(outcome)
        writer.close()
        if writer.catalog.documents:
            with clock.stage("write"):
                publish(draft, settings, writer.counts, datetime.now(UTC).isoformat(timespec="seconds"))
    if progress:
        progress(len(findings.files), len(findings.files), "")
    return BuildReport(
        files=tuple(sorted(reports, key=lambda report: report.source)),
        documents=writer.catalog.documents,
        clauses=writer.catalog.clauses,
        seconds=clock.seconds(),
    )


def document_id(source: str) -> str:
    """Id of a document: 12 letters and digits (60 bits) from its source alone, safe in a URL."""
    return b32encode(hashlib.sha256(source.encode()).digest())[:12].decode().lower()


@cache
def parser_fingerprint() -> str:
    """Hash of the code that turns a file into clauses: with other code nothing is taken over from an old index."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outcome:
    """A document to write; ``rows`` are its vectors in the previous generation, if they can be taken over."""

    record: Record
    rows: tuple[Keys, NDArray[np.float16]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Previous:
    catalog: Catalog
    dense: Dense | None
    ids: dict[str, str]


def _previous(folder: Path, settings: Settings, stack: ExitStack) -> _Previous | None:
    """The generation to take from, None where there is none or it is damaged: then everything is made anew."""
    try:
        generation = open_generation(folder)
        manifest = generation.manifest
        if manifest.settings.parser != settings.parser:
            return None
        catalog = stack.enter_context(Catalog(generation.path))
    except (IndexMissingError, IndexDamagedError):
        return None
    same_model = manifest.settings.embedder == settings.embedder
    dense = Dense(generation.path, settings.dimension, manifest.clauses) if same_model else None
    return _Previous(catalog=catalog, dense=dense, ids=catalog.ids())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    """File -> document, from the file itself or from the previous generation."""

    previous: _Previous | None
    limits: Limits
    clock: Stopwatch

    def read(self, found: Found) -> tuple[_Outcome | None, FileReport]:
        try:
            with self.clock.stage("load"):
                digest = self._digest(found.path)
                outcome = self._unchanged(found.source, digest)
            status = "unchanged" if outcome else "indexed"
            record = outcome.record if outcome else self._parsed(found, digest)
        except LoadError as error:
            return None, FileReport(source=found.source, status="refused", reason=str(error), code=error.code)
        except Exception as error:  # noqa: BLE001  the border: a fault in parsing one file must not cost the others
            fault = f"{type(error).__name__}: {error}"
            reason = f"程序处理这个文件时出错（{fault}），文件未收录；请把文件和这行信息报告给开发者。"
            return None, FileReport(source=found.source, status="refused", reason=reason, code="internal")
        report = FileReport(
            source=found.source,
            status=status,
            kind=record.document.kind,
            clauses=len(record.clauses),
            unplaced=record.unplaced,
            remarks=record.remarks,
        )
        return outcome or _Outcome(record=record), report

    def _digest(self, path: Path) -> str | None:
        """Hash of the file's bytes; None where the loader will refuse it and say why."""
        try:
            if not path.is_file() or path.stat().st_size > self.limits.file_bytes:
                return None
            with path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            return None

    def _unchanged(self, source: str, digest: str | None) -> _Outcome | None:
        if self.previous is None or digest is None or source not in self.previous.ids:
            return None
        catalog = self.previous.catalog
        identity = self.previous.ids[source]
        if catalog.document(identity).sha256 != digest:
            return None
        keys = catalog.keys(identity)
        rows = None
        if self.previous.dense:
            old_keys, vectors = self.previous.dense.rows(keys.start, keys.stop)
            rows = old_keys - keys.start, vectors
        return _Outcome(record=catalog.record(identity), rows=rows)

    def _parsed(self, found: Found, digest: str | None) -> Record:
        with self.clock.stage("load"):
            source = load(found.path, limits=self.limits)
        if digest is None:
            raise LoadError("文件在读取过程中被改动，请等它写完后再试。", code="unreadable")
        with self.clock.stage("parse"):
            identity = document_id(found.source)
            parsed = parse(source, identity)
            _check(parsed.clauses, identity, len(source.text))
            placed = sum(_characters(clause.text) for clause in parsed.clauses)
            return Record(
                document=Document(
                    id=identity,
                    source=found.source,
                    kind=source.kind,
                    sha256=digest,
                    length=len(source.text),
                    metadata=parsed.metadata,
                ),
                text=source.text,
                clauses=parsed.clauses,
                unplaced=_characters(source.text) - placed,
                remarks=parsed.remarks,
            )


class _Writer:
    """Documents -> the files of a draft; passages are embedded in batches across documents."""

    def __init__(self, draft: Path, embedder: Embedder, clock: Stopwatch) -> None:
        self._embedder = embedder
        self._clock = clock
        self.catalog = CatalogWriter(draft)
        self._dense = DenseWriter(draft, embedder.dimension)
        self._lexical = LexicalWriter(draft / "lexical")
        self._keys: list[int] = []
        self._passages: list[str] = []

    @property
    def counts(self) -> dict[str, int]:
        return {"documents": self.catalog.documents, "clauses": self.catalog.clauses, "vectors": self._dense.count}

    def add(self, outcome: _Outcome) -> None:
        record = outcome.record
        metadata = record.document.metadata
        with self._clock.stage("write"):
            first = self.catalog.add(record)
        for clause in record.clauses:
            with self._clock.stage("segment"):
                units = entry(metadata, clause)
            with self._clock.stage("write"):
                self._lexical.add(first + clause.ordinal, units)
        if outcome.rows is not None:
            self._flush()
            keys, vectors = outcome.rows
            self._dense.add(keys + first, vectors)
            return
        for clause in record.clauses:
            for passage in passages(metadata, clause):
                self._keys.append(first + clause.ordinal)
                self._passages.append(passage)
            if len(self._keys) >= _BATCH:
                self._flush()

    def close(self) -> None:
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

    def _flush(self) -> None:
        if not self._keys:
            return
        with self._clock.stage("embed"):
            vectors = self._embedder.passages(self._passages)
        with self._clock.stage("write"):
            self._dense.add(np.array(self._keys, np.int64), vectors)
        self._keys, self._passages = [], []


def _check(clauses: Sequence[Clause], identity: str, length: int) -> None:
    """What every reader of the index relies on.

    Raises:
        ValueError: the clauses do not partition the source, or are numbered wrongly.
    """
    if not clauses:
        raise ValueError("no clause")
    place = 0
    for ordinal, clause in enumerate(clauses):
        if clause.ordinal != ordinal or clause.id != f"{identity}-{ordinal}":
            raise ValueError(f"clause {clause.id} stands at place {ordinal}")
        if clause.start != place or clause.end < clause.start:
            raise ValueError(f"clause {clause.id} starts at {clause.start} where {place} was expected")
        if clause.parent is not None and not 0 <= clause.parent < ordinal:
            raise ValueError(f"clause {clause.id} names {clause.parent} as its parent")
        place = clause.end
    if place != length:
        raise ValueError(f"the clauses end at {place}, the source at {length}")


def _characters(text: str) -> int:
    return sum(map(len, text.split()))
