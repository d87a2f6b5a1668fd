"""The generation of the index that is read from: kept while anybody reads it, changed for a newer one in between."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock, RLock
from time import monotonic
from typing import TYPE_CHECKING

from index.backend import Backend
from index.embed import Embedder
from index.errors import PolicyError

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

CHECK_SECONDS = 0.5
"""How old the knowledge may be of which generation counts."""

RETRY_SECONDS = 5.0
"""How long a generation that could not be opened is left alone."""

_LOG = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Reading:
    """One generation, open.

    Attributes:
        name: of the generation.
        backend: searches it.
        embedder: the model that it was made with.
        assemble: makes the steps of answering over it.
    """

    name: str
    backend: Backend
    embedder: Embedder
    assemble: "Callable[[Backend, Embedder], Pipeline]"
    _pipeline: "Pipeline | None" = None
    _users: int = 0
    _retired: bool = False
    _lock: Lock = field(default_factory=Lock)

    def pipeline(self) -> "Pipeline":
        """The steps of answering, joined at the first question; for holders only."""
        with self._lock:
            if self._pipeline is None:
                self._pipeline = self.assemble(self.backend, self.embedder)
            return self._pipeline


class Readings:
    """Hands out the generation that counts to any number of threads.

    Who holds a reading keeps it, whatever is published meanwhile: its files are let go when the last holder is done.
    A newer generation that cannot be opened is reported in :attr:`trouble` and in the log, and the one at hand goes on
    being read: it is whole, and a failed update must not end the service.

    Args:
        current: name of the generation that counts; cheap.
        open_: opens that generation.
    """

    def __init__(self, current: Callable[[], str], open_: Callable[[], Reading]) -> None:
        self._current = current
        self._open = open_
        self._state = Lock()  # held for moments only
        self._opening = RLock()  # held by the one thread that opens a generation
        self._reading: Reading | None = None
        self._due = 0.0
        self._held: ContextVar[Reading | None] = ContextVar("held", default=None)
        self.trouble: str | None = None

    @contextmanager
    def hold(self) -> Iterator[Reading]:
        """A reading that stays as it is inside the block; a block inside a block gets the same.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: it cannot be trusted, and none is open yet.
            ModelError: its model cannot be used, and none is open yet.
        """
        held = self._held.get()
        if held is not None:
            yield held
            return
        reading = self._take()
        token = self._held.set(reading)
        try:
            yield reading
        finally:
            self._held.reset(token)
            self._release(reading)

    def renew(self) -> None:
        """Sees to it that whoever reads from now on gets the generation that counts now."""
        with self._opening:
            with self._state:
                self._due = 0.0
                idle = self._reading is None
            if not idle:
                self._look()

    def close(self) -> None:
        """Lets go of the generation at hand, as soon as its last holder is done; the next reader opens one anew."""
        with self._opening:
            self._replace(None)

    def _take(self) -> Reading:
        with self._state:
            reading = self._reading
            fresh = reading is not None and monotonic() < self._due
            if reading is not None and fresh:
                reading._users += 1
                return reading
        # While one thread opens the newer generation, the others go on with the one at hand.
        if self._opening.acquire(blocking=reading is None):
            try:
                self._look()
            finally:
                self._opening.release()
        with self._state:
            if self._reading is not None:
                self._reading._users += 1
                return self._reading
        return self._take()  # closed by another thread in between

    def _look(self) -> None:
        """Opens the generation that counts, unless it is the one at hand."""
        with self._state:
            at_hand = self._reading
            if at_hand is not None and monotonic() < self._due:
                return
            # Counted from before the opening: what is published meanwhile must not wait for the opening and this too.
            self._due = monotonic() + CHECK_SECONDS
        try:
            if at_hand is None:
                self._replace(self._open())
            elif self._current() != at_hand.name:
                self._replace(self._opened_like(at_hand))
        except PolicyError as error:
            if at_hand is None:
                raise
            if str(error) != self.trouble:
                _LOG.error("%s", error)
            self.trouble = str(error)
            with self._state:
                self._due = monotonic() + RETRY_SECONDS
        else:
            self.trouble = None

    def _opened_like(self, at_hand: Reading) -> Reading:
        """The newer generation, ready for questions where the one at hand is: nobody waits for that afterwards."""
        newer = self._open()
        try:
            if at_hand._pipeline is not None:
                newer.pipeline()
        except BaseException:
            newer.backend.close()
            raise
        return newer

    def _replace(self, newer: Reading | None) -> None:
        with self._state:
            older, self._reading = self._reading, newer
            unused = older is not None and older._users == 0
            if older is not None:
                older._retired = True
        if older is not None and unused:
            older.backend.close()

    def _release(self, reading: Reading) -> None:
        with self._state:
            reading._users -= 1
            last = reading._retired and reading._users == 0
        if last:
            reading.backend.close()
