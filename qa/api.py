"""The HTTP door, put together: ``create_app(settings)`` gives an ASGI application.

Layers, from the outside in: request id, security headers, compression, cross-origin rules, limits, faults, routes.
A route parses, calls one method of :class:`qa.service.PolicyQA`, and renders; it holds no logic of its own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from qa.config import Settings
from qa.http import documents, health, problems, questions
from qa.http.door import Door
from qa.http.observe import Observe
from qa.http.work import Work
from qa.schemas import Shapes
from qa.service import PolicyQA

_THREADS = 8
_MOST_WRITES = 8

_ABOUT = """对公文提问，得到有出处的回答。对象与命令行 `--json` 的相同。错误都是
 `application/problem+json`（RFC 9457）。

每个响应带 `X-Request-ID`；请求里给出的（字母、数字、`.`、`_`、`-`，最多 64 个）会沿用。"""


def create_app(settings: Settings, service: PolicyQA | None = None) -> FastAPI:
    """The HTTP service with its pages and widget.

    Args:
        settings: checked settings, see :func:`qa.config.load_settings`.
        service: the service to ask; None: one over the index that the settings name.
    """
    service = service or PolicyQA(settings)
    door = Door(
        settings=settings,
        service=service,
        shapes=Shapes(show_phone=settings.privacy.show_phone),
        reading=Work(
            threads=_THREADS, most=settings.service.concurrency, seconds=float(settings.service.timeout_seconds)
        ),
        writing=Work(threads=1, most=_MOST_WRITES, seconds=None),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
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
    for router in (questions.router, documents.router, health.router):
        app.include_router(router)
    # added first is innermost
    app.add_middleware(problems.Faults)
    app.add_middleware(GZipMiddleware)
    app.add_middleware(Observe)
    return app
