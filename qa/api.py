"""The HTTP door, put together: ``create_app(settings)`` gives an ASGI application.

Layers, from the outside in: proxies, request id with log and counters, safe headers, HEAD as GET, cross-origin rules,
compression, limits, faults, routes. A route parses, calls one method of :class:`qa.service.PolicyQA`, and renders.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from time import monotonic

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from qa.config import Settings
from qa.http import describe, documents, feedback, health, logs, policy, problems, questions, writing
from qa.http.door import Door, open_door
from qa.http.head import Heads
from qa.http.headers import SafeHeaders
from qa.http.limits import Limits
from qa.http.observe import HEADER, Observe
from qa.service import PolicyQA
from qa.web import pages, report, widget

_ABOUT = """对公文提问，得到有出处的回答。对象与命令行 `--json` 的相同。
错误都是 `application/problem+json`（RFC 9457）。

每个响应带 `X-Request-ID`；请求里给出的（字母、数字、`.`、`_`、`-`，最多 64 个）会沿用。"""
_TOLD = (HEADER, "ETag", "Link", "Retry-After")
_TAKEN = ("Authorization", "Content-Type", "If-None-Match", HEADER, questions.CLIENT_HEADER)
_DAY = 86_400


def create_app(
    settings: Settings, service: PolicyQA | None = None, *, clock: Callable[[], float] = monotonic
) -> FastAPI:
    """The HTTP service with its pages and widget.

    Args:
        settings: checked settings, see :func:`qa.config.load_settings`.
        service: the service to ask; None: one over the index that the settings name.
        clock: seconds that never go back, by which requests a minute are counted.
    """
    door = open_door(settings, service)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(door.warm)
        yield
        door.close()

    app = FastAPI(
        title="政策问答",
        version=version("policy-qa"),
        description=_ABOUT,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        separate_input_output_schemas=False,
    )
    app.state.door = door
    problems.install(app)
    for part in (questions, feedback, documents, policy, writing, health, pages, report, widget):
        app.include_router(part.router)
    _layer(app, door, clock)
    describe.complete(app)
    return app


def serve_app(settings: Settings) -> FastAPI:
    """The same for a process of its own, which writes its log as JSON lines."""
    logs.configure()
    return create_app(settings)


def _layer(app: FastAPI, door: Door, clock: Callable[[], float]) -> None:
    """Puts the layers around the routes, the innermost first."""
    chosen = door.settings.service
    app.add_middleware(problems.Faults)
    app.add_middleware(Limits, settings=door.settings, keys=door.keys, clock=clock)
    app.add_middleware(GZipMiddleware, compresslevel=5)
    if chosen.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=chosen.origins,
            allow_methods=("GET", "POST"),
            allow_headers=_TAKEN,
            expose_headers=_TOLD,
            max_age=_DAY,
        )
    app.add_middleware(Heads)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observe, metrics=door.metrics)
    if chosen.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(chosen.trusted_proxies))


if __name__ == "__main__":
    # how docs/openapi.json is made: python -m qa.api > docs/openapi.json
    sys.stdout.write(json.dumps(create_app(Settings()).openapi(), ensure_ascii=False, indent=1) + "\n")
