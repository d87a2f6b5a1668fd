"""Second pass of a build: what each document says of others is matched with the documents that the index holds.

While documents are written, their references and what they say of their own time are kept as they stand. When all are
there, references find their documents and clauses, and each document learns what ended it. Only then can it be known:
the document that repeals another may come before or after it.
"""

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise

from pydantic import TypeAdapter

from index.clause_places import ClausePlaces
from index.directory import Asked, Directory, Entry
from index.names import plain_title
from index.records import Clause, Metadata
from index.references import Reference, definitions, find_references
from index.rows import Record, metadata_of
from index.validity import Facts, Proof, Repeal, facts

SCHEMA = """
CREATE TABLE refs (
    id INTEGER PRIMARY KEY, key INTEGER NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL,
    title TEXT, number TEXT, parts TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    sign TEXT NOT NULL, target INTEGER, ended_by INTEGER
);
CREATE TABLE ref_clauses (
    key INTEGER NOT NULL, ref INTEGER NOT NULL, PRIMARY KEY (key, ref)
) WITHOUT ROWID;
CREATE TABLE times (
    position INTEGER PRIMARY KEY, effective_on TEXT, expires_on TEXT, ended_on TEXT, ended_how TEXT,
    effective_proof TEXT, expires_proof TEXT, ended_proof TEXT
);
CREATE TABLE said (position INTEGER PRIMARY KEY, facts TEXT NOT NULL);
CREATE TABLE repeals (
    id INTEGER PRIMARY KEY, title TEXT, number TEXT, position INTEGER NOT NULL, day TEXT NOT NULL, proof TEXT NOT NULL
);
CREATE INDEX refs_by_position ON refs (position);
"""
INDEXES = (
    "CREATE INDEX refs_by_key ON refs (key)",
    "CREATE INDEX refs_by_target ON refs (target)",
    "CREATE INDEX refs_by_number ON refs (number)",
    "CREATE INDEX refs_by_title ON refs (title)",
    "CREATE INDEX ref_clauses_by_ref ON ref_clauses (ref)",
)
_There = tuple[str, int]
"""A document of another catalog: its name in SQL and the position."""
Placed = tuple[int, Reference]
"""A reference with the key of the clause that holds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What is kept of a document between the passes."""

    entry: Entry
    facts: Facts
    keys: range


class Linker:
    """Collects references and facts while a catalog is written; matches them at the end.

    Args:
        connection: of the catalog that is being written; its schema holds :data:`SCHEMA`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seen: list[_Seen] = []
        self._references = 0
        # what is known of taken references already: the document meant, there, and its clauses; and what became of it
        self._known: dict[int, tuple[_There, tuple[int, ...]]] = {}
        self._moved: dict[_There, tuple[int, int]] = {}

    def add(self, position: int, first: int, record: Record) -> None:
        """Keeps what a document says of others and of its own time.

        Args:
            position: of the document.
            first: key of its first clause.
            record: the document.
        """
        metadata = record.document.metadata
        rows = []
        for ordinal, reference in references(record.clauses, metadata):
            self._references += 1
            sign = record.clauses[ordinal].text[reference.span.start]
            rows.append((*_row(self._references, first + ordinal, position, reference), sign, None, None))
        self._connection.executemany(f"INSERT INTO refs VALUES ({', '.join('?' * 12)})", rows)
        found = facts(record.clauses, metadata)
        packed = TypeAdapter(Facts).dump_json(found, exclude_defaults=True).decode()
        self._connection.execute("INSERT INTO said VALUES (?, ?)", (position, packed))
        keys = range(first, first + len(record.clauses))
        self._seen.append(_Seen(entry=Entry(position=position, metadata=metadata), facts=found, keys=keys))

    def take(self, other: str, shift: Mapping[str, int]) -> None:
        """Keeps what a run of documents says that another catalog, attached as ``other``, holds already.

        Args:
            other: its name in SQL.
            shift: ``first`` and ``last`` position there, and what is added to ``keys`` and ``places``.
        """
        chosen = "WHERE position >= :first AND position < :last"
        self._remember(other, shift)
        copied = self._connection.execute(
            f"INSERT INTO refs SELECT :references + row_number() OVER (ORDER BY id), key + :keys, position + :places, "
            f'kind, title, number, parts, start, "end", sign, NULL, NULL FROM {other}.refs {chosen}',
            {**shift, "references": self._references},
        )
        self._references += copied.rowcount
        self._connection.execute(f"INSERT INTO said SELECT position + :places, facts FROM {other}.said {chosen}", shift)
        reader = TypeAdapter(Facts)
        for row in self._connection.execute(
            "SELECT position, metadata, first_key, last_key, facts FROM documents JOIN said USING (position) "
            "WHERE position >= :first + :places AND position < :last + :places ORDER BY position",
            shift,
        ):
            entry = Entry(position=row[0], metadata=metadata_of(row[1]))
            self._seen.append(_Seen(entry=entry, facts=reader.validate_json(row[4]), keys=range(row[2], row[3])))

    def _remember(self, other: str, shift: Mapping[str, int]) -> None:
        """Keeps which clauses references meant there; finding them again costs more than all else in an update."""
        if self._connection.execute(f"SELECT 1 FROM {other}.times LIMIT 1").fetchone() is None:
            return  # a draft, in which nothing is matched yet
        for position in range(shift["first"], shift["last"]):
            self._moved[other, position] = position + shift["places"], shift["keys"]
        chosen = "WHERE r.position >= :first AND r.position < :last"
        found: dict[int, list[int]] = defaultdict(list)
        joined = f"{other}.refs r JOIN {other}.ref_clauses c ON c.ref = r.id"
        for reference, key in self._connection.execute(f"SELECT r.id, c.key FROM {joined} {chosen}", shift):
            found[reference].append(key)
        meant = "CASE WHEN title IS NULL AND number IS NULL THEN position ELSE target END"
        rows = self._connection.execute(f"SELECT id, {meant} FROM {other}.refs r {chosen} ORDER BY id", shift)
        for number, (reference, position) in enumerate(rows, start=self._references + 1):
            self._known[number] = (other, position), tuple(found.get(reference, ()))

    def finish(self) -> None:
        """Matches everything; to be called once, when all documents are there."""
        directory = Directory(seen.entry for seen in self._seen)
        ended = self._endings(directory)
        for seen in self._seen:
            self._connection.execute(f"INSERT INTO times VALUES ({', '.join('?' * 8)})", _times(seen, ended))
        self._resolve(directory)
        for statement in INDEXES:
            self._connection.execute(statement)

    def _endings(self, directory: Directory) -> "dict[int, _Ending]":
        """What ends each document, by position; what is repealed of no document is kept for warnings."""
        ended: dict[int, _Ending] = {}
        for seen in self._seen:
            starts = _starts(seen)
            for repeal in seen.facts.repeals:
                asked = _asked(repeal, seen.entry)
                target = directory.find(asked) if starts else None
                proof = _proof(repeal.proof, seen)
                self._connection.execute(
                    "INSERT INTO repeals (title, number, position, day, proof) VALUES (?, ?, ?, ?, ?)",
                    (repeal.title, repeal.number, seen.entry.position, starts, proof),
                )
                if target is not None and _issued_alike(target, seen.entry, repeal):
                    ending = _Ending(day=starts, how="repealed", proof=proof)
                    ended[target.position] = min(ended.get(target.position, ending), ending, key=lambda item: item.day)
        by_position = {seen.entry.position: seen for seen in self._seen}
        for group in directory.versions():
            for older, newer in pairwise(group):
                if _same_act(older, newer):
                    later = by_position[newer.position]
                    ending = _Ending(day=_starts(later), how="amended", proof=_dump(position=newer.position))
                    ended.setdefault(older.position, ending)
        return ended

    def _resolve(self, directory: Directory) -> None:
        clauses = ClausePlaces(self._connection, {seen.entry.position: seen.keys for seen in self._seen})
        days = {seen.entry.position: seen.entry.day for seen in self._seen}
        repealed = _repealed_names(self._connection)
        cache: dict[tuple[str | None, str | None, str, int, bool], int | None] = {}
        rows = self._connection.execute(
            "SELECT id, key, position, kind, title, number, parts, sign FROM refs"
        ).fetchall()
        targets: list[tuple[int | None, int | None, int]] = []
        places: list[tuple[int, int]] = []
        for identity, key, position, kind, title, number, parts, sign in rows:
            named = title is not None or number is not None
            target: int | None = position
            if named:
                before = days[position] if kind == "废止" else ""
                plain = title is not None and sign not in "《本"  # 刑法第三十条
                question = (title, number, before, position, plain)
                if question not in cache:
                    asked = Asked(title=title, number=number, before=before, own=position)
                    entry = directory.find_plain(asked) if plain else directory.find(asked)
                    cache[question] = entry.position if entry else None
                target = cache[question]
            ended_by = repealed.get(title) if named and target is None and kind != "废止" else None
            row = ended_by[0] if ended_by is not None and ended_by[1] != position else None
            targets.append((target if named else None, row, identity))
            if target is not None and parts:
                there, known = self._known.get(identity, (None, ()))
                moved = self._moved.get(there) if there is not None else None
                if moved is not None and moved[0] == target:
                    places.extend((found + moved[1], identity) for found in known)
                    continue
                tops = named or sign == "本"  # 本办法第三条
                wanted = clauses.find(target, json.loads(parts), key if not named else None, tops=tops)
                places.extend((found, identity) for found in wanted if found != key)
        self._connection.executemany("UPDATE refs SET target = ?, ended_by = ? WHERE id = ?", targets)
        self._connection.executemany("INSERT OR IGNORE INTO ref_clauses VALUES (?, ?)", places)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ending:
    day: str
    how: str
    proof: str


def references(clauses: Sequence[Clause], metadata: Metadata) -> Iterator[tuple[int, Reference]]:
    """The references of a whole document with the ordinal of the clause that holds each.

    Short forms defined in one clause hold in all that follow; the document's own title and number are none.
    """
    known: dict[str, str] = {}
    own = {plain_title(title) for title in (metadata.title, metadata.enclosed_title) if title}
    amended = _amended_title(metadata)
    for clause in clauses:
        known.update(definitions(clause.text))
        if clause.kind == "head" and clause.ordinal == 0:
            found = [item for item in find_references(clause.text, known) if item.kind == "修改"]
        else:
            found = list(find_references(clause.text, known))
        for reference in found:
            if reference.title in own and not reference.parts:
                continue
            if reference.number is not None and reference.number == metadata.number:
                continue
            if reference.kind == "修改" and reference.title is None and reference.number is None and amended:
                yield clause.ordinal, _of(amended, reference)
                continue
            yield clause.ordinal, reference


def _amended_title(metadata: Metadata) -> str | None:
    match = re.search(r"关于修改[《〈](.+?)[》〉]的决定", metadata.title or "")
    return match[1] if match else None


def _of(title: str, reference: Reference) -> Reference:
    return Reference(kind=reference.kind, title=title, number=None, parts=reference.parts, span=reference.span)


def _row(identity: int, key: int, position: int, reference: Reference) -> tuple[object, ...]:
    parts = json.dumps(reference.parts, ensure_ascii=False) if reference.parts else ""
    span = reference.span
    said = (reference.kind, reference.title, reference.number, parts)
    return (identity, key, position, *said, span.start, span.end)


def _starts(seen: _Seen) -> str:
    """The day from which a document replaces others: when it applies, but not before it was issued."""
    return max(seen.facts.effective_on or "", seen.entry.day)


def _asked(repeal: Repeal, by: Entry) -> Asked:
    return Asked(title=repeal.title, number=repeal.number, before=by.day, dates=repeal.dates, own=by.position)


def _issued_alike(target: Entry, by: Entry, repeal: Repeal) -> bool:
    """Whether it is sure that the document found is the one repealed: its number, its whole title, or its day agree."""
    if repeal.number is not None and repeal.number == target.metadata.number:
        return True
    if repeal.title is None:
        return False
    titles = {_bare(title) for title in (target.metadata.title, target.metadata.enclosed_title) if title}
    return _bare(repeal.title) in titles


def _bare(title: str) -> str:
    return plain_title(title).replace("中华人民共和国", "")


# acts that a newer text of the same title replaces; not 修正案, 决定 and yearly notices, which stand side by side
_LASTING = re.compile(r"(?:法|法典|条例|办法|规定|细则|规则|解释|章程|准则|规程)(?:（[^（）]*）)?$")
_APART = 90
"""Days that two texts of one title must lie apart to be versions of an act rather than copies of one text."""


def _same_act(older: Entry, newer: Entry) -> bool:
    """Whether two documents of one title are versions of one act, the second one newer."""
    one, other = older.metadata, newer.metadata
    if not ((one.issued_on or one.effective_on) and other.issued_on and _LASTING.search(one.title or "")):
        return False
    issuers = [(issuer or "").replace("中华人民共和国", "") for issuer in (one.issuer, other.issuer)]
    if not (issuers[0] in issuers[1] or issuers[1] in issuers[0]):
        return False
    return (date.fromisoformat(newer.day) - date.fromisoformat(older.day)).days > _APART


def _dump(**values: object) -> str:
    return json.dumps({name: value for name, value in values.items() if value is not None}, ensure_ascii=False)


def _proof(proof: Proof | None, seen: _Seen) -> str:
    if proof is None:
        return ""
    values = asdict(proof)
    return _dump(key=seen.keys.start + values["ordinal"], start=values["span"]["start"], end=values["span"]["end"])


def _times(seen: _Seen, ended: Mapping[int, _Ending]) -> tuple[object, ...]:
    known = seen.facts
    ending = ended.get(seen.entry.position)
    if known.ended:
        ending = _Ending(day="", how="repealed", proof=_proof(known.ended_proof, seen))
    return (
        seen.entry.position,
        known.effective_on,
        known.expires_on,
        ending.day if ending else None,
        ending.how if ending else None,
        _proof(known.effective_proof, seen),
        _proof(known.expires_proof, seen),
        ending.proof if ending else "",
    )


def _repealed_names(connection: sqlite3.Connection) -> dict[str | None, tuple[int, int]]:
    """Titles that a document repeals as a whole -> row of the table ``repeals`` and position of that document."""
    found: dict[str | None, tuple[int, int]] = {}
    for identity, title, position in connection.execute("SELECT id, title, position FROM repeals"):
        if title is not None:
            found[title] = found[title.replace("中华人民共和国", "")] = (identity, position)
    return found
