"""``/v1/verify``, ``/v1/ledger`` and ``/v1/documents/{id}/graph``: what only a policy tool has."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from index.day import today
from index.filters import latest
from qa.filters import whole_day
from qa.graph_forms import as_json
from qa.http.access import needs
from qa.http.describe import BODY, problems
from qa.http.door import door_of
from qa.http.inputs import FilterFields
from qa.http.problems import Problem
from qa.ledger import Row
from qa.policy_schemas import LedgerShape, ledger_shape
from qa.schemas import Wire
from qa.verify_schemas import VerifyShape, verify_shape

router = APIRouter(prefix="/v1", tags=["公文"], dependencies=[Depends(needs("ask"))])


class VerifyQuery(Wire):
    """How to check a memo."""

    name: str = Field(default="材料", max_length=200, description="材料的名称，只用于显示", examples=["汇报.docx"])
    as_of: str | None = Field(
        default=None, max_length=40, description="所引文件应在这一天有效，默认今天", examples=["2024-01-01"]
    )


class LedgerQuery(FilterFields):
    """Which tasks to list."""

    unit: str | None = Field(default=None, max_length=200, description="这个单位的任务，原文写法或全称的一部分")
    document: str | None = Field(default=None, max_length=200, description="只看这份文件：id、发文字号或标题")
    year: int | None = Field(default=None, ge=1949, le=2100, description="到这一年为止的任务和目标")


@router.post(
    "/verify",
    summary="核对材料",
    description="请求体是材料文件本身（txt、md、docx 等，种类由内容判断）。所引的文件、文号、条款、原话是否都对，"
    "是否仍然有效。与 `qa verify --json` 相同。",
    response_model=VerifyShape,
    responses=problems(408, 413, 415),
    openapi_extra=BODY,
)
async def verify(request: Request, query: Annotated[VerifyQuery, Query()]) -> Response:
    """Checks a memo."""
    door = door_of(request)
    day = whole_day(query.as_of)
    content = await whole_body(request)
    found = await door.look(request, lambda: door.service.verify_bytes(content, query.name, as_of=day))
    return Response(verify_shape(query.name, found, door.shapes).model_dump_json(), media_type="application/json")


@router.get(
    "/ledger",
    summary="任务台账",
    description="谁牵头、谁负责、谁配合，做什么，到什么时候，达到多少。与 `qa ledger --json` 相同。",
    response_model=LedgerShape,
    responses=problems(404),
)
async def ledger(request: Request, query: Annotated[LedgerQuery, Query()]) -> Response:
    """Lists tasks."""
    door = door_of(request)
    filters = query.filters()

    def look_up() -> list[Row]:
        with door.service.reading():
            document = door.service.document(query.document) if query.document else None
            return door.service.ledger(filters=filters, unit=query.unit, document=document, year=query.year)

    day = latest(filters.as_of) or today()
    shape = ledger_shape(await door.look(request, look_up), door.shapes, day)
    return Response(shape.model_dump_json(), media_type="application/json")


@router.get(
    "/documents/{id}/graph",
    summary="引用关系",
    description="一份文件依据、印发、修改、废止了哪些文件，又被哪些文件引用。与 `qa graph --json` 相同。",
    responses={200: {"description": "图的点和边"}, **problems(404)},
)
async def graph(request: Request, id: str) -> dict[str, Any]:
    """Shows what is around a document."""
    door = door_of(request)

    def look_up() -> dict[str, Any]:
        with door.service.reading():
            return as_json(door.service.graph(door.service.document(id)))

    return JSONResponse(await door.look(request, look_up))  # type: ignore[return-value]


async def whole_body(request: Request) -> bytes:
    """The file that is the body of a request.

    Raises:
        Problem: ``media-type``: it is a form; ``invalid``: it is empty.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        way = "curl 用 --data-binary @文件 时要写明 -H 'Content-Type: application/octet-stream'"
        raise Problem("media-type", f"请直接把文件作为请求体，不要用表单；{way}。")
    content = bytearray()
    async for piece in request.stream():
        content += piece
    if not content:
        raise Problem("invalid", "请求体是空的；请把文件作为请求体。")
    return bytes(content)
