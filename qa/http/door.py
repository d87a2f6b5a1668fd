"""What every route shares: settings, service, shapes, threads, keys and counters; kept in the state of the app."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from index.errors import PolicyError
from qa.config import Settings
from qa.http.metrics import Metrics
from qa.http.problems import Problem
from qa.http.work import Work
from qa.keys import Keys, keys_of
from qa.schemas import Shapes
from qa.service import PolicyQA
from qa.watch import Watch

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
_THREADS = 8
_MOST_WRITES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """The HTTP door to one service.

    Attributes:
        settings: checked settings.
        service: answers.
        shapes: what leaves the program.
        keys: who may do what.
        metrics: counts.
        reading: threads for questions and look-ups.
        writing: the thread for changes of the index, which come one after the other.
    """

    settings: Settings
    service: PolicyQA
    shapes: Shapes
    keys: Keys
    metrics: Metrics
    reading: Work
    writing: Work

    async def look(self, request: Request, job: Callable[[], T], watch: Watch | None = None) -> T:
        """The result of a question or look-up; ends it where the client goes, or waits too long.

        Raises:
            Problem: ``overloaded``, ``timeout``, or ``client-gone``.
        """
        work = asyncio.ensure_future(self.reading.run(job, watch))
        gone = asyncio.ensure_future(_gone(request))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                gone.result()
                raise Problem("client-gone", "客户端已断开。")
            return work.result()
        finally:
            for task in (work, gone):
                task.cancel()

    def warm(self) -> None:
        """Opens index and models before the first question comes; what is wrong with them, ``/readyz`` tells."""
        try:
            with self.service.reading() as reading:
                reading.pipeline()
        except PolicyError as error:
            _LOG.warning("%s", error)

    def close(self) -> None:
        """Lets running work finish, then lets go of the index."""
        self.reading.close()
        self.writing.close()
        self.metrics.close()
        self.service.close()


def open_door(settings: Settings, service: PolicyQA | None) -> Door:
    """A door to a service; None: to one over the index that the settings name."""
    chosen = settings.service
    return Door(
        settings=settings,
        service=service or PolicyQA(settings),
        shapes=Shapes(show_phone=settings.privacy.show_phone),
        keys=keys_of(settings),
        metrics=Metrics(shared=chosen.workers > 1),
        reading=Work(threads=_THREADS, most=chosen.concurrency, seconds=float(chosen.timeout_seconds)),
        writing=Work(threads=1, most=_MOST_WRITES, seconds=None),
    )


def door_of(request: Request) -> Door:
    """The door that a request came through."""
    door = request.app.state.door
    assert isinstance(door, Door)
    return door


async def _gone(request: Request) -> None:
    """Returns when the client has gone; the body has been read by then."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
