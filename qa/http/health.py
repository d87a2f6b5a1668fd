"""``/healthz``, ``/readyz``, ``/metrics``: whether the process lives, whether it can answer, and what it did."""

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from qa.http.access import needs
from qa.http.describe import problems
from qa.http.door import door_of
from qa.http.metrics import CONTENT_TYPE
from qa.schemas import Wire

router = APIRouter(tags=["运行"])


class HealthShape(Wire):
    """The process lives."""

    status: str = Field(description="总是 ok", examples=["ok"])


class ReadyShape(Wire):
    """The service can answer."""

    status: str = Field(description="总是 ready；不能回答时状态码是 503", examples=["ready"])
    generation: str = Field(description="正在使用的一代索引")
    documents: int = Field(description="索引中的文件数")
    clauses: int = Field(description="索引中的条款数")
    model: str = Field(description="嵌入模型的标识")
    trouble: str | None = Field(description="有更新的一代索引却打不开时的原因；此时仍用原来的一代")


@router.get("/healthz", summary="进程是否活着")
async def healthz() -> HealthShape:
    """Says that the process lives; looks at nothing else."""
    return HealthShape(status="ok")


@router.get(
    "/readyz",
    summary="是否能够回答",
    description="索引已打开、模型已载入时是 200，否则是 503 和原因。",
    responses={status: said for status, said in problems().items() if status in (500, 503)},
)
async def readyz(request: Request) -> ReadyShape:
    """Opens what answering needs, and says which generation it is."""
    door = door_of(request)

    def look() -> ReadyShape:
        with door.service.reading() as reading:
            reading.pipeline()
            manifest = reading.backend.manifest
            return ReadyShape(
                status="ready",
                generation=reading.name,
                documents=manifest.documents,
                clauses=manifest.clauses,
                model=reading.embedder.identity,
                trouble=door.service.trouble,
            )

    return await door.look(request, look)


@router.get(
    "/metrics",
    summary="运行指标",
    description="Prometheus 的文本格式；有多个工作进程时是各进程的合计。",
    response_class=Response,
    responses={200: {"description": "指标", "content": {"text/plain": {"schema": {"type": "string"}}}}, **problems()},
    dependencies=[Depends(needs("admin"))],
)
async def metrics(request: Request) -> Response:
    """Tells the counters."""
    door = door_of(request)
    door.metrics.unlogged.set(door.service.questions.failures)
    return Response(await door.look(request, door.metrics.text), media_type=CONTENT_TYPE)
