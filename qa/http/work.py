"""Blocking work of the service, in threads: bounded in number and in time, and dropped when nobody waits for it."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from qa.http.problems import Problem
from qa.watch import AbandonedError, Watch

_LOG = logging.getLogger(__name__)
T = TypeVar("T")

_RETRY_SECONDS = 1


class Work:
    """Runs jobs in threads of its own.

    Args:
        threads: how many jobs run at once.
        most: how many may run or wait; further ones are refused.
        seconds: how long a job may take, waiting included; None: as long as it needs.
    """

    def __init__(self, *, threads: int, most: int, seconds: float | None) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="work")
        self._most = most
        self._seconds = seconds
        self.jobs = 0

    async def run(self, job: Callable[[], T], watch: Watch | None = None) -> T:
        """The result of a job.

        A caller that is cancelled, or that waited too long, abandons the job: one that waits never begins, one that
        runs ends at its next step. Until then it counts as running.

        Args:
            job: called in a thread; its errors are raised here.
            watch: told when the job is abandoned.

        Raises:
            Problem: ``overloaded`` or ``timeout``.
        """
        if self.jobs >= self._most:
            detail = f"同时处理的请求已到上限（{self._most} 个），请稍后再试。"
            raise Problem("overloaded", detail, {"Retry-After": str(_RETRY_SECONDS)})
        loop = asyncio.get_running_loop()
        self.jobs += 1
        future = self._pool.submit(copy_context().run, job)
        future.add_done_callback(lambda _: _in_loop(loop, self._done))
        result = asyncio.wrap_future(future)
        try:
            return await asyncio.wait_for(asyncio.shield(result), self._seconds)
        except TimeoutError:
            if future.done() and not future.cancelled() and isinstance(future.exception(), TimeoutError):
                raise  # the job's own
            detail = f"处理超过了 {self._seconds:g} 秒，已放弃；请稍后再试，或缩短问题。"
            raise Problem("timeout", detail, {"Retry-After": str(_RETRY_SECONDS)}) from None
        finally:
            if not result.done():
                result.add_done_callback(_left)
            _abandon(future, watch)

    def _done(self) -> None:
        self.jobs -= 1

    def close(self) -> None:
        """Lets the running jobs finish and takes no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _abandon(future: "Future[T]", watch: Watch | None) -> None:
    if not future.done():
        future.cancel()
        if watch is not None:
            watch.abandon()


def _left(result: "asyncio.Future[T]") -> None:
    """Takes the outcome that nobody waits for: that the job was abandoned is no error to be told in the log."""
    error = None if result.cancelled() else result.exception()
    if error is not None and not isinstance(error, AbandonedError):
        _LOG.error("abandoned work failed", exc_info=error)


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        call()  # the loop has ended: nobody counts any more
