"""An answer as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

``hit`` (one each), ``citation`` (one each), ``token`` (a sentence of the answer with its marker), ``done`` (the rest);
put together they are what the plain answer holds. ``error`` (a problem) takes the place of what is left when something
fails. While there is nothing to send, a comment every :data:`HEARTBEAT` seconds keeps the connection alive.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator

from pydantic import BaseModel
from starlette.types import Scope

from qa.http.problems import problem_of, request_id_of
from qa.schemas import AskShape

HEARTBEAT = 10.0
"""Seconds; proxies commonly cut a connection after 60 of silence."""

_SENTENCES = re.compile(r".*?\[\d+\]|.+\Z", re.DOTALL)


def events(shape: AskShape) -> Iterator[tuple[str, str]]:
    """Name and JSON of each event of an answer, in their order."""
    for hit in shape.hits:
        yield "hit", hit.model_dump_json()
    for citation in shape.citations:
        yield "citation", citation.model_dump_json()
    for sentence in _SENTENCES.findall(shape.answer):
        yield "token", json.dumps({"text": sentence}, ensure_ascii=False)
    rest = shape.model_dump(mode="json", exclude={"hits", "citations", "answer"})
    yield "done", json.dumps(rest, ensure_ascii=False)


async def stream(task: "asyncio.Task[AskShape]", scope: Scope, heartbeat: float = HEARTBEAT) -> AsyncIterator[str]:
    """The stream of an answer that is being made; who stops reading it ends the work.

    Args:
        task: makes the answer.
        scope: of the request.
        heartbeat: seconds between two comments while there is nothing to send.
    """
    try:
        while not (await asyncio.wait({task}, timeout=heartbeat))[0]:
            yield ": 正在查找\n\n"
        for name, data in events(task.result()):
            yield _event(name, data)
    except Exception as error:  # noqa: BLE001  the response has begun: what is wrong can only be said inside it
        problem = problem_of(error)
        scope["state"]["problem"] = problem.name
        yield _event("error", _json(problem.shape(request_id_of(scope))))
    finally:
        task.cancel()


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _json(shape: BaseModel) -> str:
    return shape.model_dump_json()
