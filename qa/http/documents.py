"""``/v1/documents`` and ``/v1/clauses``: what the index holds."""

from base64 import b64decode, urlsafe_b64encode
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from index.records import Clause, Document
from qa.errors import NotFoundError
from qa.http.access import needs
from qa.http.conditional import tagged
from qa.http.describe import problems
from qa.http.door import Door, door_of
from qa.http.inputs import ListQuery
from qa.http.problems import Problem
from qa.schemas import DocumentsShape, ShowShape

router = APIRouter(prefix="/v1", tags=["文件"], dependencies=[Depends(needs("ask"))])


class DocumentsPage(DocumentsShape):
    """One page of the documents."""

    total: int = Field(description="符合条件的共多少份")
    next_cursor: str | None = Field(description="下一页从哪里起；没有下一页时为 null")


@router.get(
    "/documents",
    summary="列出文件",
    description="索引中的文件，按 source 排列，分页给出。",
    response_model=DocumentsPage,
    responses=problems(),
)
async def documents(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
    """Lists documents."""
    door = door_of(request)
    filters, after = query.filters(), _source_of(query.cursor)
    found = await door.look(request, lambda: door.service.documents(filters))
    rest = [document for document in found if after is None or document.source > after]
    page = rest[: query.limit]
    cursor = _cursor(page[-1].source) if len(rest) > len(page) else None
    shape = DocumentsPage(documents=door.shapes.documents(page).documents, total=len(found), next_cursor=cursor)
    headers = None
    if cursor:  # relative, as the host that a client names may be any
        following = request.url.include_query_params(cursor=cursor)
        headers = {"Link": f'<{following.path}?{following.query}>; rel="next"'}
    return tagged(request, shape.model_dump_json().encode(), "application/json", headers)


@router.get(
    "/documents/{id}",
    summary="一份文件",
    description="一份文件的信息和全部条款，按阅读顺序，不重不漏地覆盖原文。与 `qa show --json` 相同。"
    "id 之外，任何写法的发文字号和标题也认。",
    response_model=ShowShape,
    responses=problems(404),
)
async def document(request: Request, id: str) -> Response:
    """Shows a document."""
    door = door_of(request)

    def look_up() -> tuple[Document, list[Clause]]:
        with door.service.reading():
            found = door.service.document(id)
            return found, door.service.clauses(found)

    shape = door.shapes.show(*await door.look(request, look_up))
    return tagged(request, shape.model_dump_json().encode(), "application/json")


@router.get(
    "/documents/{id}/text",
    summary="一份文件的原文",
    description="start、end 所指的文字（text/plain，UTF-8），以 Unicode 码点计。手机号码按设置遮盖，字数不变。",
    response_class=Response,
    responses={
        200: {"description": "原文", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems(404),
    },
)
async def text(request: Request, id: str) -> Response:
    """Gives the text that offsets refer to."""
    door = door_of(request)

    def look_up() -> str:
        with door.service.reading():
            return door.service.source_text(door.service.document(id).id)

    found = door.shapes.text(await door.look(request, look_up))
    return tagged(request, found.encode("utf-8", "replace"), "text/plain; charset=utf-8")


@router.get(
    "/clauses/{id}",
    summary="一个条款",
    description="一个条款和它所在的文件。与 `qa show 文件 条款 --json` 相同。",
    response_model=ShowShape,
    responses=problems(404),
)
async def clause(request: Request, id: str) -> Response:
    """Shows a clause."""
    door = door_of(request)
    found, chosen = await door.look(request, lambda: _clause(door, id))
    return tagged(request, door.shapes.show(found, [chosen]).model_dump_json().encode(), "application/json")


def _clause(door: Door, clause_id: str) -> tuple[Document, Clause]:
    with door.service.reading() as reading:
        try:
            return reading.backend.fetch([reading.backend.key_of(clause_id)])[0]
        except KeyError:
            raise NotFoundError(f"索引中没有条款“{clause_id}”；文件更新后条款的 id 可能改变，请重新查找。") from None


def _cursor(source: str) -> str:
    return urlsafe_b64encode(source.encode()).decode().rstrip("=")


def _source_of(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        return b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise Problem("invalid", "cursor 不是上一页给出的 next_cursor。") from None
