"""Records <-> rows of the catalog: what is a list inside a record becomes one compact text column."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from index.filters import earliest, latest, serial
from index.records import Clause, Document, Duty, Metadata, Span, Times
from index.tokens import fold

SCHEMA = """
CREATE TABLE documents (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    sha256 TEXT NOT NULL, length INTEGER NOT NULL, metadata TEXT NOT NULL,
    first_key INTEGER NOT NULL, last_key INTEGER NOT NULL, unplaced INTEGER NOT NULL, remarks TEXT NOT NULL,
    issuer TEXT, type TEXT, number TEXT, serial TEXT, disclosure TEXT, earliest TEXT, latest TEXT,
    path BLOB NOT NULL
);
CREATE TABLE sources (position INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE clauses (
    key INTEGER PRIMARY KEY, position INTEGER NOT NULL, ordinal INTEGER NOT NULL, path TEXT NOT NULL,
    level INTEGER NOT NULL, kind TEXT NOT NULL, marker TEXT NOT NULL, heading TEXT NOT NULL, headings TEXT NOT NULL,
    text TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, spans TEXT NOT NULL, parent INTEGER,
    duties TEXT NOT NULL, duty_spans TEXT NOT NULL
);
CREATE TABLE duty_units (key INTEGER NOT NULL, unit TEXT NOT NULL, PRIMARY KEY (key, unit)) WITHOUT ROWID;
"""
COLUMNS = {
    "documents": (
        *("position", "id", "source", "kind", "sha256", "length", "metadata", "first_key", "last_key", "unplaced"),
        *("remarks", "issuer", "type", "number", "serial", "disclosure", "earliest", "latest", "path"),
    ),
    "sources": ("position", "text"),
    "clauses": (
        *("key", "position", "ordinal", "path", "level", "kind", "marker", "heading", "headings", "text", "start"),
        *('"end"', "spans", "parent", "duties", "duty_spans"),
    ),
    "duty_units": ("key", "unit"),
}
"""Columns of the tables, in the order of :data:`SCHEMA`."""
DOCUMENT = (
    "documents.position, id, source, kind, sha256, length, metadata, effective_on, expires_on, ended_on, ended_how"
)
DOCUMENTS = "documents LEFT JOIN times ON times.position = documents.position"
CLAUSE = ", ".join(COLUMNS["clauses"])
KNOWN = "position, first_key, last_key, id, source, sha256, kind, unplaced, remarks, path"


class Known(NamedTuple):
    """What an update has to know of a document that is in the index: the columns ``KNOWN``."""

    position: int
    first_key: int
    last_key: int
    id: str
    source: str
    sha256: str
    kind: str
    unplaced: int
    packed_remarks: str
    packed_path: bytes

    @property
    def clauses(self) -> int:
        """How many it has."""
        return self.last_key - self.first_key

    @property
    def path(self) -> str:
        """Of the file that it was read from, absolute."""
        return os.fsdecode(self.packed_path)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What parsing had to say."""
        return tuple(json.loads(self.packed_remarks)) if self.packed_remarks else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A document with all that the catalog keeps of it.

    Attributes:
        document: as cited.
        text: its source text.
        clauses: in reading order, a partition of the text.
        unplaced: characters that stand in no clause's text.
        remarks: what parsing had to say, one Chinese sentence each.
        path: of the file that it was read from, absolute.
    """

    document: Document
    text: str
    clauses: tuple[Clause, ...]
    unplaced: int
    remarks: tuple[str, ...]
    path: str


def document_row(position: int, first: int, record: Record) -> tuple[Any, ...]:
    """Row of the table ``documents``; ``first`` is the key of the first clause."""
    document = record.document
    metadata = document.metadata
    date = metadata.issued_on or metadata.published_on
    return (
        position,
        document.id,
        document.source,
        document.kind,
        document.sha256,
        document.length,
        _dump({name: value for name, value in asdict(metadata).items() if value}),
        first,
        first + len(record.clauses),
        record.unplaced,
        _dump(record.remarks),
        _folded(metadata.issuer),
        _folded(metadata.type),
        metadata.number,
        serial(metadata.number),
        _folded(metadata.disclosure),
        earliest(date),
        latest(date),
        os.fsencode(record.path),  # a name need not be text
    )


def document_of(row: tuple[Any, ...]) -> Document:
    """Document from a row with the columns ``DOCUMENT`` of ``DOCUMENTS``."""
    return Document(
        id=row[1],
        source=row[2],
        kind=row[3],
        sha256=row[4],
        length=row[5],
        metadata=metadata_of(row[6]),
        times=Times(effective_on=row[7], expires_on=row[8], ended_on=row[9], ended_how=row[10]),
    )


def metadata_of(packed: str) -> Metadata:
    """Metadata from the column of that name."""
    read: dict[str, Any] = json.loads(packed) if packed else {}
    values: dict[str, Any] = {name: tuple(item) if isinstance(item, list) else item for name, item in read.items()}
    return Metadata(**values)


def clause_row(first: int, position: int, clause: Clause) -> tuple[Any, ...]:
    """Row of the table ``clauses``; ``first`` is the key of the document's first clause."""
    return (
        first + clause.ordinal,
        position,
        clause.ordinal,
        clause.path,
        clause.level,
        clause.kind,
        clause.marker,
        clause.heading,
        _dump(clause.headings),
        clause.text,
        clause.start,
        clause.end,
        _dump_spans(clause.spans),
        clause.parent,
        _dump([(duty.role, duty.units) for duty in clause.duties]),
        _dump_spans(clause.duty_spans),
    )


def clause_of(row: tuple[Any, ...], document_id: str) -> Clause:
    """Clause from a row with the columns ``CLAUSE``."""
    return Clause(
        id=f"{document_id}-{row[2]}",
        document_id=document_id,
        ordinal=row[2],
        path=row[3],
        level=row[4],
        kind=row[5],
        marker=row[6],
        heading=row[7],
        headings=tuple(json.loads(row[8])) if row[8] else (),
        text=row[9],
        start=row[10],
        end=row[11],
        spans=_spans(row[12]),
        parent=row[13],
        duties=tuple(Duty(role=role, units=tuple(units)) for role, units in json.loads(row[14])) if row[14] else (),
        duty_spans=_spans(row[15]),
    )


def duty_units(first: int, clauses: Sequence[Clause]) -> list[tuple[int, str]]:
    """Key and folded unit, once each; what a clause says of duties holds for all that stands below it too."""
    units: list[frozenset[str]] = []
    for clause in clauses:
        own = frozenset(fold(unit) for duty in clause.duties for unit in duty.units)
        units.append(own if clause.parent is None else own | units[clause.parent])
    return [(first + ordinal, unit) for ordinal, some in enumerate(units) for unit in sorted(some)]


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _dump_spans(spans: Sequence[Span]) -> str:
    return ",".join(f"{span.start}:{span.end}" for span in spans)


def _spans(text: str) -> tuple[Span, ...]:
    if not text:
        return ()
    pairs = (pair.split(":") for pair in text.split(","))
    return tuple(Span(start=int(start), end=int(end)) for start, end in pairs)
