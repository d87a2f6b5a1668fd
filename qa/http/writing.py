"""``PUT`` and ``DELETE`` of documents: what a key with the scope ``write`` may change."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from index.errors import PolicyError
from index.ingest import document_id
from index.records import BuildReport
from index.uploads import upload_name
from qa.errors import NotFoundError
from qa.http.access import needs
from qa.http.describe import BODY, problems
from qa.http.door import Door, door_of
from qa.http.policy import whole_body
from qa.http.problems import Problem
from qa.reading import CHECK_SECONDS
from qa.schemas import DocumentShape, Wire

router = APIRouter(prefix="/v1", tags=["写入"], dependencies=[Depends(needs("write"))])


class IngestShape(Wire):
    """What became of a file that was put in."""

    document: DocumentShape = Field(description="收录后的文件")
    status: str = Field(description="indexed，或 unchanged（与已有的相同）")
    kind: str = Field(description="由内容判断的种类：txt、md、html、docx、doc、pdf")
    clauses: int = Field(description="条款数")
    unplaced: int = Field(description="没有归入条款的字数")
    remarks: list[str] = Field(description="断号等提示")
    seconds: dict[str, float] = Field(description="各阶段的秒数")


@router.put(
    "/documents/{name}",
    summary="收录一份文件",
    description="请求体是文件本身，种类由内容判断；name 是单独的文件名，不含路径。同名的被替换。返回时即可查到。",
    response_model=IngestShape,
    responses=problems(408, 409, 413, 415),
    openapi_extra=BODY,
)
async def put(
    request: Request, name: Annotated[str, Path(description="文件名", examples=["关于推进某项工作的通知.docx"])]
) -> Response:
    """Takes a file in."""
    door = door_of(request)
    try:
        upload_name(name)
    except PolicyError as error:
        raise Problem("invalid", str(error)) from error
    content = await whole_body(request)
    shape = await door.writing.run(lambda: _taken_in(door, name, content))
    await _seen_by_all(door)
    return Response(shape.model_dump_json(), media_type="application/json")


@router.delete(
    "/documents/{id}",
    status_code=204,
    summary="移出一份文件",
    description="按 id 从索引中移出；用 PUT 收录的文件也一并删去。从文件夹收录的，下次收录那个文件夹时会再次收录。",
    responses=problems(404, 409),
)
async def delete(request: Request, id: str) -> Response:
    """Takes a document out."""
    door = door_of(request)
    await door.writing.run(lambda: _taken_out(door, id))
    await _seen_by_all(door)
    return Response(status_code=204)


async def _seen_by_all(door: Door) -> None:
    """Returns when the other workers too look for the new generation before they answer."""
    if door.settings.service.workers > 1:
        await asyncio.sleep(CHECK_SECONDS)


def _taken_in(door: Door, name: str, content: bytes) -> IngestShape:
    report = door.service.put(name, content)
    (file,) = report.files
    if file.status == "refused":
        raise Problem("media-type" if file.code == "unsupported" else "unreadable-file", file.reason or "")
    return IngestShape(
        document=door.shapes.document(door.service.document(document_id(file.source))),
        status=file.status,
        kind=file.kind or "",
        clauses=file.clauses,
        unplaced=file.unplaced,
        remarks=list(file.remarks),
        seconds=dict(report.seconds),
    )


def _taken_out(door: Door, id: str) -> BuildReport:
    try:
        return door.service.remove(id)
    except KeyError:
        raise NotFoundError(f"索引中没有 id 为“{id}”的文件；见 GET /v1/documents。") from None
