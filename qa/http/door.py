"""What every route shares: settings, service, shapes, threads, keys and counters; kept in the state of the app."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from qa.config import Settings
from qa.http.problems import ProblemShape
from qa.http.work import Work
from qa.schemas import Shapes
from qa.service import PolicyQA


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """The HTTP door to one service.

    Attributes:
        settings: checked settings.
        service: answers.
        shapes: what leaves the program.
        reading: threads for questions and look-ups.
        writing: the thread for changes of the index.
    """

    settings: Settings
    service: PolicyQA
    shapes: Shapes
    reading: Work
    writing: Work

    def close(self) -> None:
        """Lets running work finish, then lets go of the index."""
        self.reading.close()
        self.writing.close()
        self.service.close()


def door_of(request: Request) -> Door:
    """The door that a request came through."""
    door = request.app.state.door
    assert isinstance(door, Door)
    return door


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says of the errors of a route, beside those that every route has."""
    described = {
        401: "需要密钥",
        403: "密钥没有这项权限",
        404: "没有找到",
        408: "请求体来得太慢",
        409: "索引正在被写入",
        413: "请求体太大",
        415: "不接受这种内容",
        422: "请求的内容不合适",
        429: "请求太频繁，过 Retry-After 秒再试",
        500: "程序出错",
        503: "索引现在不能用、服务正忙或处理超时",
    }
    always = (401, 403, 422, 429, 500, 503)
    return {
        status: {
            "description": described[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemShape"}}},
        }
        for status in sorted({*always, *statuses})
    }


__all__ = ["Door", "ProblemShape", "door_of", "problems"]
