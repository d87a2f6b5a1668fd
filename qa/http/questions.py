"""``/v1/ask`` and ``/v1/search``."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from qa.http.access import needs
from qa.http.describe import problems
from qa.http.door import Door, door_of
from qa.http.inputs import AskBody, SearchQuery
from qa.http.problems import Problem, request_id_of
from qa.http.streaming import HEARTBEAT, stream
from qa.questionlog.records import DOORS, Origin
from qa.schemas import AskShape, SearchShape
from qa.watch import Watch

CLIENT_HEADER = "X-Policy-QA-Client"
"""How pages (``page``) and widget (``widget``) say who asks, for the question log; it decides nothing else."""

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "回答或拒答；stream 为 true 时是事件流：hit、citation、token、done，出错时 error",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}

router = APIRouter(prefix="/v1", tags=["提问"], dependencies=[Depends(needs("ask"))])


def json_only(request: Request) -> None:
    """A dependency: the body is JSON and says so. Raises Problem (``media-type``)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem("media-type", f"请求体应为 JSON，请写明 Content-Type: application/json，而不是“{kind}”。")


@router.post(
    "/ask",
    summary="提问",
    description="回答一个问题并给出出处；证据不足时不回答，refusal 说明原因。与 `qa ask --json` 相同。",
    response_model=AskShape,
    responses={**_EVENTS, **problems(400, 408, 413, 415)},
    dependencies=[Depends(json_only)],
)
async def ask(request: Request, body: AskBody) -> Response:
    """Answers a question."""
    door = door_of(request)
    task = asyncio.ensure_future(_asked(door, request, body))
    if body.stream:
        # what is found wrong at once is told as a problem, with its status; so is most of the rest
        await asyncio.wait({task}, timeout=HEARTBEAT)
        if not task.done() or task.exception() is None:
            headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            return StreamingResponse(stream(task, request.scope), media_type="text/event-stream", headers=headers)
    return Response(
        (await task).model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


async def _asked(door: Door, request: Request, body: AskBody) -> AskShape:
    filters, watch = body.filters.filters(), Watch()
    origin = Origin(door=_client(request), request=request_id_of(request.scope))
    _note_question(door, request, body.question)
    try:
        reply = await door.look(
            request, lambda: door.service.ask(body.question, filters, body.k, origin=origin, watch=watch), watch
        )
    finally:
        door.metrics.timed(watch)
    door.metrics.answered(reply)
    return door.shapes.ask(reply)


@router.get(
    "/search",
    summary="查找条款",
    description="只要相关条款，不作回答。与 `qa search --json` 相同。",
    response_model=SearchShape,
    responses=problems(),
)
async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> Response:
    """Ranks clauses."""
    door = door_of(request)
    filters, watch = query.filters(), Watch()
    _note_question(door, request, query.q)
    try:
        found = await door.look(request, lambda: door.service.search(query.q, filters, query.k, watch=watch), watch)
    finally:
        door.metrics.timed(watch)
    return Response(door.shapes.search(found).model_dump_json(), media_type="application/json")


def _client(request: Request) -> str:
    said = request.headers.get(CLIENT_HEADER, "")
    return said if said in DOORS[1:] else "http"


def _note_question(door: Door, request: Request, question: str) -> None:
    """For the log, where a setting asks for it."""
    if door.settings.service.log_questions:
        request.state.question = question
