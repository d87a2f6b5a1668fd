"""What a door sees of a call while it runs: how long each stage took, and a way to end it early."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from time import perf_counter

STAGES = ("open", "search", "compose")
"""``open``: getting hold of the index and the models; ``search``: ranking; ``compose``: answer or refusal."""


class AbandonedError(Exception):
    """The caller no longer waits for the result; raised between two stages, and seen by nobody."""


class Watch:
    """Watches one call.

    Attributes:
        seconds: what each stage took, by its name in :data:`STAGES`.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._abandoned = Event()

    def abandon(self) -> None:
        """Ends the call at its next stage; from any thread."""
        self._abandoned.set()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times a stage.

        Raises:
            AbandonedError: the caller no longer waits.
        """
        if self._abandoned.is_set():
            raise AbandonedError
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began
