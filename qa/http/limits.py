"""What one asker, and one request, may take: so many requests a minute, a body of so many bytes, in so much time."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.config import Settings
from qa.errors import ConfigError
from qa.http.access import client_of, key_of
from qa.http.problems import Problem, problem_of
from qa.keys import Keys

_LOG = logging.getLogger(__name__)

SMALL_BYTES = 256 * 1024
"""The most that a body may hold where no file is sent; the longest question fits into it."""

_FREE = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/static/", "/widget.js", "/widget.json")
_MOST_KNOWN = 10_000
_MINUTE = 60.0


class Rates:
    """How often each asker may ask: a minute's worth at once, and then one by one as time passes.

    Args:
        per_minute: requests; 0: without bound.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._each = _MINUTE / per_minute if per_minute else 0.0
        self._clock = clock
        self._used_until: OrderedDict[str, float] = OrderedDict()

    def take(self, who: str) -> float:
        """Seconds to wait until ``who`` may ask again; 0.0: granted now, and counted."""
        if not self._each:
            return 0.0
        now = self._clock()
        until = max(now, self._used_until.pop(who, now))
        wait = until + self._each - now - _MINUTE
        granted = wait <= 1e-9
        self._used_until[who] = until + self._each if granted else until
        if len(self._used_until) > _MOST_KNOWN:
            self._used_until.popitem(last=False)
        return 0.0 if granted else wait


class Limits:
    """Middleware before the routes; what it does not let through is answered with a problem.

    Args:
        app: the routes.
        settings: how much is allowed.
        keys: who is known.
        clock: seconds that never go back.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, keys: Keys, clock: Callable[[], float]) -> None:
        self._app = app
        self._keys = keys
        self._rates = Rates(settings.service.requests_per_minute, clock)
        self._per_minute = settings.service.requests_per_minute
        self._file_bytes = settings.index.file_mb * 1_000_000
        self._seconds = float(settings.service.timeout_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request pass, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._file_bytes if _is_upload(scope) else SMALL_BYTES
        try:
            self._admit(scope)
            if _declared(scope) > most:
                raise _too_large(most)
        except (Problem, HTTPException, ConfigError) as error:
            if isinstance(error, ConfigError):
                _LOG.error("%s", error)
            await problem_of(error).response(scope)(scope, receive, send)
            return
        await self._app(scope, _bounded(receive, most, self._seconds), send)

    def _admit(self, scope: Scope) -> None:
        path = scope["path"]
        free = any(path.startswith(one) if one.endswith("/") else path == one for one in _FREE)
        who = client_of(scope)
        try:
            key = key_of(scope, self._keys)
        except Problem:
            self._count(who)  # whoever tries keys is slowed down as well
            raise
        scope.setdefault("state", {})["key"] = key
        if not free:
            self._count(who if key is None else f"key {key.id}")

    def _count(self, who: str) -> None:
        wait = self._rates.take(who)
        if wait:
            detail = f"每分钟最多 {self._per_minute} 个请求，请 {ceil(wait)} 秒后再试。"
            raise Problem("rate-limited", detail, {"Retry-After": str(ceil(wait))})


def _is_upload(scope: Scope) -> bool:
    return bool(scope["method"] == "PUT" or scope["path"] == "/v1/verify")


def _declared(scope: Scope) -> int:
    given = Headers(scope=scope).get("content-length", "0")
    # a number of more digits than any body has bytes is cut, since Python refuses to read very long ones
    return int(given[:20]) if given.isascii() and given.isdecimal() else 0


def _too_large(most: int) -> HTTPException:
    shown = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1024} kB"
    return HTTPException(413, f"请求体太大，最多 {shown}。", {"Connection": "close"})


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """The same body, read with bounds: on its bytes, and on the seconds between two pieces.

    Errors are HTTPExceptions, since the framework would turn any other into one of its own.
    """
    read = 0
    complete = False

    async def bounded() -> Message:
        nonlocal read, complete
        if complete:
            return await receive()  # waits for the client to go
        try:
            message = await asyncio.wait_for(receive(), seconds)
        except TimeoutError:
            raise HTTPException(408, f"{seconds:g} 秒没有收到请求体的下一段。", {"Connection": "close"}) from None
        complete = not message.get("more_body", False)
        read += len(message.get("body", b""))
        if read > most:
            raise _too_large(most)
        return message

    return bounded
