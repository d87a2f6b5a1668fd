"""The question log on disk: one SQLite file that several processes write at once.

Every write removes what is older than the retention. The file is readable by its owner alone. There is no column for
an address, a key or anything else that leads to a person.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from qa.questionlog.records import QuestionLogError

_VERSION = 1
_PATIENCE_MS = 2_000
"""How long a writer waits for the others; an answer waits no longer than that for the log."""
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS question (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    asked_at TEXT NOT NULL,
    door TEXT NOT NULL,
    request TEXT NOT NULL,
    question TEXT NOT NULL,
    interpretation TEXT NOT NULL,
    answered INTEGER NOT NULL,
    reason TEXT NOT NULL,
    took_ms REAL NOT NULL,
    hits TEXT NOT NULL,
    citations TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS question_asked_at ON question (asked_at);
CREATE INDEX IF NOT EXISTS question_request ON question (request) WHERE request <> '';
CREATE TABLE IF NOT EXISTS feedback (
    question INTEGER NOT NULL REFERENCES question (id) ON DELETE CASCADE,
    given_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    clause TEXT NOT NULL,
    comment TEXT NOT NULL,
    PRIMARY KEY (question, kind, clause)
);
CREATE TABLE IF NOT EXISTS resolution (
    question INTEGER PRIMARY KEY REFERENCES question (id) ON DELETE CASCADE,
    resolved_at TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    note TEXT NOT NULL
);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


def stamp(moment: datetime) -> str:
    """A moment as the log writes it: UTC, milliseconds, sorted as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> datetime:
    """This moment; a function of its own so that tests can turn the clock."""
    return datetime.now(UTC)


class Store:
    """Rows of the log; safe to use from several threads and processes.

    Args:
        file: need not exist; its folder is made when it is first written.
        retention_days: what is older is removed at every write.
    """

    def __init__(self, file: Path, retention_days: int) -> None:
        self.file = file
        self._retention = timedelta(days=retention_days)
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, at the end of which what is too old has gone.

        Raises:
            QuestionLogError: the file cannot be written; nothing of the transaction remains.
        """
        with self._lock, self._said():
            connection = self._open(make=True)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                oldest = stamp(now() - self._retention)
                connection.execute("DELETE FROM question WHERE asked_at < ?", (oldest,))
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """The log as it is now; None where nothing was ever written.

        Raises:
            QuestionLogError: the file cannot be read.
        """
        with self._lock, self._said():
            if not self.file.exists():
                yield None
                return
            connection = self._open(make=False)
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Lets go of the file; the next call opens it anew."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._opened = None

    def _open(self, *, make: bool) -> sqlite3.Connection:
        if self._connection is not None and self._opened != self._identity():
            # moved away or deleted from outside: what is written to the old file would be lost
            self._close()
        if self._connection is None:
            if make:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                # SQLite gives its side files the rights of this one
                os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = _connected(self.file)
            self._opened = self._identity()
        return self._connection

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self._close()
            raise QuestionLogError(
                f"问题记录 {self.file} 无法读写（{error}）；请检查文件夹的权限和磁盘空间，"
                "文件损坏时把它移走，程序会另建一个。"
            ) from error


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=_PATIENCE_MS / 1000)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        # what is past its retention is overwritten, not only unlinked
        connection.execute("PRAGMA secure_delete = ON")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            connection.executescript(_SCHEMA)
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"它是另一个版本写的（格式 {version}，本程序用 {_VERSION}）")
    except BaseException:
        connection.close()
        raise
    return connection
