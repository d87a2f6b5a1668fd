"""The outermost middleware: every request gets an id, a line in the log, and a place in the counters."""

import logging
import re
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.http.logs import ACCESS
from qa.http.metrics import Metrics

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
_OTHER = "other"
_LOG = logging.getLogger(ACCESS)


class Observe:
    """Takes over the id that a client gives, where it is harmless, else makes one; every response bears it.

    Args:
        app: the rest of the application.
        metrics: where requests are counted.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _USABLE.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        began, status = perf_counter(), 500

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)[HEADER] = request_id
                self._metrics.seconds.labels(_route(scope)).observe(perf_counter() - began)
            await send(message)

        with self._metrics.in_progress.track_inprogress():
            try:
                await self._app(scope, receive, marked)
            finally:
                self._tell(scope, status, (perf_counter() - began) * 1000)

    def _tell(self, scope: Scope, status: int, milliseconds: float) -> None:
        state = scope["state"]
        method = scope["method"] if scope["method"] in _METHODS else _OTHER
        self._metrics.requests.labels(_route(scope), method, str(status)).inc()
        if problem := state.get("problem"):
            self._metrics.problems.labels(problem).inc()
        key = state.get("key")
        _LOG.info(
            "request",
            extra={
                "request_id": state["request_id"],
                "method": method,
                "route": _route(scope),
                "status": status,
                "ms": round(milliseconds, 1),
                "key": key.id if key else None,
                "problem": problem,
                "question": state.get("question"),
            },
        )


def _route(scope: Scope) -> str:
    """The pattern of the address, so that nothing a client chose becomes a label."""
    return str(getattr(scope.get("route"), "path", _OTHER))
