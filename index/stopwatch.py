"""Seconds by stage."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter


class Stopwatch:
    """Adds up the time spent in named stages; the total runs from its making."""

    def __init__(self) -> None:
        self._begin = perf_counter()
        self._spent: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Counts the time inside the block to ``name``."""
        begin = perf_counter()
        try:
            yield
        finally:
            self._spent[name] += perf_counter() - begin

    def seconds(self) -> dict[str, float]:
        """Seconds by stage, and ``total``."""
        return {**self._spent, "total": perf_counter() - self._begin}
