"""``/v1/ask`` and ``/v1/search``."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from qa.http.door import door_of, problems
from qa.http.inputs import AskBody, SearchQuery
from qa.http.problems import request_id_of
from qa.questionlog.records import Origin
from qa.schemas import AskShape, SearchShape
from qa.watch import Watch

router = APIRouter(prefix="/v1", tags=["提问"])


@router.post(
    "/ask",
    summary="提问",
    description="回答一个问题并给出出处；证据不足时不回答，refusal 说明原因。与 `qa ask --json` 相同。",
    response_model=AskShape,
    responses=problems(408, 413, 415),
)
async def ask(request: Request, body: AskBody) -> Response:
    """Answers a question."""
    door = door_of(request)
    filters, watch = body.filters.filters(), Watch()
    origin = Origin(door="http", request=request_id_of(request.scope))
    reply = await door.reading.run(
        lambda: door.service.ask(body.question, filters, body.k, origin=origin, watch=watch), watch
    )
    return Response(door.shapes.ask(reply).model_dump_json(), media_type="application/json")


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
    found = await door.reading.run(lambda: door.service.search(query.q, filters, query.k, watch=watch), watch)
    return Response(door.shapes.search(found).model_dump_json(), media_type="application/json")
