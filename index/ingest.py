"""One file -> a record for the index, or a report why there is none."""

import hashlib
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.embed import Embedder
from index.errors import LoadError
from index.generation import Settings
from index.load import Limits, load
from index.parse import parse
from index.records import Clause, Document, FileReport
from index.rows import Known, Record
from index.stopwatch import Stopwatch
from index.walk import Found


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


def settings_of(embedder: Embedder) -> Settings:
    """What a generation made now, by this program and this model, is made with."""
    return Settings(embedder=embedder.identity, dimension=embedder.dimension, parser=parser_fingerprint())


def file_digest(path: Path, limits: Limits) -> str | None:
    """SHA-256 of a file's bytes; None where the loader will refuse it and say why."""
    try:
        if not path.is_file() or path.stat().st_size > limits.file_bytes:
            return None
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingest:
    """Reads files.

    Attributes:
        limits: upper bounds for a file.
        clock: told the time spent in ``load`` and ``parse``.
    """

    limits: Limits
    clock: Stopwatch

    def read(self, found: Found, digest: str | None) -> tuple[Record | None, FileReport]:
        """A file's record, None where it is refused, and the report on it.

        Args:
            found: the file.
            digest: from :func:`file_digest`.
        """
        try:
            record = self._parsed(found, digest)
        except LoadError as error:
            return None, FileReport(source=found.source, status="refused", reason=str(error), code=error.code)
        except Exception as error:  # noqa: BLE001  the border: a fault in parsing one file must not cost the others
            fault = f"{type(error).__name__}: {error}"
            reason = f"程序处理这个文件时出错（{fault}），文件未收录；请把文件和这行信息报告给开发者。"
            return None, FileReport(source=found.source, status="refused", reason=reason, code="internal")
        report = FileReport(
            source=found.source,
            status="indexed",
            kind=record.document.kind,
            clauses=len(record.clauses),
            unplaced=record.unplaced,
            remarks=record.remarks,
        )
        return record, report

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
                path=str(found.path.absolute()),
            )


def unchanged(known: Known) -> FileReport:
    """The report on a document that is taken over."""
    return FileReport(
        source=known.source,
        status="unchanged",
        kind=known.kind,
        clauses=known.clauses,
        unplaced=known.unplaced,
        remarks=known.remarks,
    )


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
