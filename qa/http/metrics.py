"""Counters for Prometheus. No label holds anything that a client chose, so their number does not grow with use.

Of one worker they are kept in memory; several workers keep them in files of one folder, which the variable
``PROMETHEUS_MULTIPROC_DIR`` of prometheus-client names and ``qa serve`` makes: each worker then tells those of all.
"""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from qa.records import Reply
from qa.watch import Watch

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class Metrics:
    """The counters of one worker.

    Args:
        shared: True where several workers share a folder of counters.
    """

    def __init__(self, *, shared: bool) -> None:
        self._shared = shared
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which says little
        self._registry = CollectorRegistry()
        own = self._registry
        self.requests = Counter(
            "qa_requests", "Requests by route, method and status.", ("route", "method", "status"), registry=own
        )
        self.seconds = Histogram(
            "qa_request_seconds", "Seconds until the response began.", ("route",), registry=own, buckets=_SECONDS
        )
        self.stages = Histogram(
            "qa_stage_seconds", "Seconds of each stage of a call.", ("stage",), registry=own, buckets=_SECONDS
        )
        self.answers = Counter(
            "qa_answers", "Questions by outcome: answered, or the refusal's reason.", ("outcome",), registry=own
        )
        self.problems = Counter("qa_problems", "Responses that were a problem, by its type.", ("type",), registry=own)
        self.in_progress = Gauge(
            "qa_requests_in_progress", "Requests being served.", registry=own, multiprocess_mode="livesum"
        )
        self.unlogged = Gauge(
            "qa_questions_unlogged",
            "Questions that the question log could not write down since the start.",
            registry=own,
            multiprocess_mode="livesum",
        )

    def timed(self, watch: Watch) -> None:
        """Counts the stages of a call."""
        for stage, seconds in watch.seconds.items():
            self.stages.labels(stage).observe(seconds)

    def answered(self, reply: Reply) -> None:
        """Counts the outcome of a question."""
        self.answers.labels("answered" if reply.refusal is None else reply.refusal.reason).inc()

    def text(self) -> bytes:
        """All counters, of all workers, in the text form of Prometheus."""
        registry = self._registry
        if self._shared:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def close(self) -> None:
        """Takes what this worker has in progress out of the sum."""
        if self._shared:
            multiprocess.mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
