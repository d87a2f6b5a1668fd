"""Writes a new catalog: documents are added one by one, or taken over in runs from catalogs that exist already."""

import os
import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path

from index.catalog import FILE
from index.linking import SCHEMA as LINK_SCHEMA
from index.linking import Linker
from index.rows import COLUMNS, SCHEMA, Record, clause_row, document_row, duty_units

_CLAUSES_SHIFTED = "key + :keys, position + :places, " + ", ".join(COLUMNS["clauses"][2:])
_DOCUMENTS_SHIFTED = ", ".join(
    {"position": "position + :places", "first_key": "first_key + :keys", "last_key": "last_key + :keys"}.get(name, name)
    for name in COLUMNS["documents"]
)
_OF_DOCUMENTS = "WHERE position >= :first AND position < :last"
_OF_KEYS = "WHERE key >= :first_key AND key < :last_key"


class CatalogWriter:
    """Writes a new catalog; documents must come in ascending order of their source.

    After :meth:`checkpoint` the file holds, whatever happens, all that was added before. A generation is trusted only
    after :meth:`close` and after its files have been flushed to disk.

    Args:
        folder: where the file is made.
        others: folders of the catalogs that documents are taken from.
    """

    def __init__(self, folder: Path, others: Sequence[Path] = ()) -> None:
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, uri=True)
        self._connection.executescript(f"PRAGMA journal_mode=TRUNCATE; {SCHEMA} {LINK_SCHEMA}")
        for number, other in enumerate(others):
            self._connection.execute(
                f"ATTACH ? AS other{number}", [f"{(other / FILE).resolve().as_uri()}?mode=ro&immutable=1"]
            )
        self._connection.execute("BEGIN")
        self._linker = Linker(self._connection)
        self.documents = 0
        self.clauses = 0

    def add(self, record: Record) -> int:
        """Adds a document.

        Returns:
            The key of its first clause.
        """
        first = self.clauses
        row = document_row(self.documents, first, record)
        self._connection.execute(f"INSERT INTO documents VALUES ({_marks('documents')})", row)
        text = zlib.compress(record.text.encode())
        self._connection.execute(f"INSERT INTO sources VALUES ({_marks('sources')})", (self.documents, text))
        rows = [clause_row(first, self.documents, clause) for clause in record.clauses]
        self._connection.executemany(f"INSERT INTO clauses VALUES ({_marks('clauses')})", rows)
        units = duty_units(first, record.clauses)
        self._connection.executemany(f"INSERT INTO duty_units VALUES ({_marks('duty_units')})", units)
        self._linker.add(self.documents, first, record)
        self.documents += 1
        self.clauses += len(record.clauses)
        return first

    def take(self, other: int, documents: range, keys: range) -> int:
        """Takes a run of documents over from another catalog as they stand there.

        Args:
            other: which of the others.
            documents: their positions there.
            keys: the keys of their clauses there.

        Returns:
            The key of the first of their clauses here.
        """
        first = self.clauses
        values = {
            "places": self.documents - documents.start,
            "keys": first - keys.start,
            "first": documents.start,
            "last": documents.stop,
            "first_key": keys.start,
            "last_key": keys.stop,
        }
        name = f"other{other}"
        for statement in (
            f"INSERT INTO documents SELECT {_DOCUMENTS_SHIFTED} FROM {name}.documents {_OF_DOCUMENTS}",
            f"INSERT INTO sources SELECT position + :places, text FROM {name}.sources {_OF_DOCUMENTS}",
            f"INSERT INTO clauses SELECT {_CLAUSES_SHIFTED} FROM {name}.clauses {_OF_KEYS}",
            f"INSERT INTO duty_units SELECT key + :keys, unit FROM {name}.duty_units {_OF_KEYS}",
        ):
            self._connection.execute(statement, values)
        self._linker.take(name, values)
        self.documents += len(documents)
        self.clauses += len(keys)
        return first

    def move(self, position: int, path: str) -> None:
        """Notes that a document that was taken over lies in another file now."""
        self._connection.execute("UPDATE documents SET path = ? WHERE position = ?", [os.fsencode(path), position])

    def checkpoint(self) -> None:
        """Brings to disk what there is so far."""
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Matches references with documents, commits and closes the file."""
        self._linker.finish()
        self._connection.execute("COMMIT")
        self._connection.execute("PRAGMA journal_mode=DELETE")
        self._connection.close()

    def abandon(self) -> None:
        """Closes the file without a commit; nothing where it is closed already."""
        self._connection.close()


def _marks(table: str) -> str:
    return ", ".join("?" * len(COLUMNS[table]))
