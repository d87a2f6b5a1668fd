"""Errors -> ``application/problem+json`` (RFC 9457), for programs the only form of error that the HTTP door gives.

Who reads pages gets a page (:func:`qa.web.frame.error_page`).

A ``type`` is ``urn:policy-qa:`` and one of :data:`PROBLEMS`; programs tell errors apart by it, people read ``detail``.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import IndexDamagedError, IndexMissingError, LoadError, ModelError, PolicyError
from index.lock import IndexBusyError
from qa.errors import ConfigError, NotFoundError, UsageError
from qa.questionlog.records import QuestionLogError

_LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:policy-qa:"

PROBLEMS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "请求不成形"),
    "no-key": (401, "需要密钥"),
    "forbidden": (403, "没有这项权限"),
    "not-found": (404, "没有找到"),
    "method-not-allowed": (405, "这个地址不接受这种方法"),
    "body-too-slow": (408, "请求体来得太慢"),
    "busy-writing": (409, "索引正在被写入"),
    "too-large": (413, "请求体太大"),
    "media-type": (415, "不接受这种内容"),
    "invalid": (422, "请求的内容不合适"),
    "unreadable-file": (422, "文件读不了"),
    "rate-limited": (429, "请求太频繁"),
    "client-gone": (499, "客户端已断开"),
    "fault": (500, "程序出错"),
    "no-index": (503, "索引现在不能用"),
    "no-log": (503, "问题记录现在不能用"),
    "overloaded": (503, "服务正忙"),
    "timeout": (503, "处理超时"),
}
"""Name of a problem -> HTTP status and title."""

_METHODS = ("GET", "POST", "PUT", "DELETE")
_BY_STATUS = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 408: "body-too-slow", 413: "too-large"}
_DETAILS = {
    400: "请求读不懂，请检查格式。",
    404: "没有这个地址，请核对一下；接口的地址见 /openapi.json。",
    405: "这个地址不接受这种方法；可用的见响应头 Allow。",
}
_FAULTS: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识这一项",
    "json_invalid": "不是正确的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "string_type": "应为文字",
    "string_unicode": "含有不成对的代理码，不是正确的文字",
    "string_too_short": "不应为空",
    "string_too_long": "太长，最多 {max_length} 个字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数太大",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than_equal": "不小于 {ge}",
    "less_than_equal": "不大于 {le}",
    "literal_error": "应为 {expected}",
}
"""What pydantic calls a fault -> how it is said."""


class ProblemShape(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="错误的种类，urn:policy-qa: 开头，供程序判断", examples=["urn:policy-qa:invalid"])
    title: str = Field(description="种类的中文名称", examples=["请求的内容不合适"])
    status: int = Field(description="HTTP 状态码", examples=[422])
    detail: str = Field(description="这一次错在哪里、怎样改", examples=["k：不大于 50。"])
    request_id: str = Field(description="这次请求的编号，与响应头 X-Request-ID 相同", examples=["5f0c2d8e4b7a4f6f"])


class Problem(Exception):  # noqa: N818  what the client is told, not a fault
    """An error as the client is told of it.

    Args:
        name: one of :data:`PROBLEMS`.
        detail: Chinese: what is wrong and what would be right.
        headers: further headers, such as ``Retry-After``.
    """

    def __init__(self, name: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.name = name
        self.status, self.title = PROBLEMS[name]
        self.detail = detail
        self.headers = dict(headers or {})

    def shape(self, request_id: str) -> ProblemShape:
        """The error on the wire."""
        return ProblemShape(
            type=TYPE + self.name, title=self.title, status=self.status, detail=self.detail, request_id=request_id
        )

    def response(self, scope: Scope) -> Response:
        """The error as the response to a request: to a person who opened a page, a page."""
        scope.setdefault("state", {})["problem"] = self.name
        from qa.web.frame import error_page, wants_page  # which need this module

        if wants_page(scope):
            return error_page(scope, self)
        return JSONResponse(self.shape(request_id_of(scope)).model_dump(), self.status, self.headers, MEDIA_TYPE)


def request_id_of(scope: Scope) -> str:
    """The id of a request, as :class:`qa.http.observe.Observe` gave it."""
    return str(scope.get("state", {}).get("request_id", ""))


def problem_of(error: Exception) -> Problem:
    """How an error is told to the client; an unexpected one as a fault of this program, without its details."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _invalid(error.errors())
    if isinstance(error, HTTPException):
        name = _BY_STATUS.get(error.status_code, "malformed" if error.status_code < 500 else "fault")
        return Problem(name, _DETAILS.get(error.status_code, str(error.detail)), error.headers)
    if isinstance(error, (IndexMissingError, IndexDamagedError, ModelError)):
        return Problem("no-index", str(error), {"Retry-After": "30"})
    if isinstance(error, QuestionLogError):
        return Problem("no-log", str(error), {"Retry-After": "10"})
    if isinstance(error, IndexBusyError):
        return Problem("busy-writing", str(error), {"Retry-After": "10"})
    if isinstance(error, ConfigError):
        return Problem("fault", "服务的设置或密钥文件有误，请告诉管理员；日志里有详情。")
    kinds = ((NotFoundError, "not-found"), (UsageError, "invalid"), (LoadError, "unreadable-file"))
    for kind, name in kinds:
        if isinstance(error, kind):
            return Problem(name, str(error))
    if isinstance(error, PolicyError):
        return Problem("fault", str(error))
    return Problem("fault", "程序出错了，这不是您的问题；请把 request_id 告诉管理员，日志里有详情。")


def install(app: FastAPI) -> None:
    """Has an application answer every expected error with a problem."""

    async def answer(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.name == "fault":
            _log(request.scope, error)
        if problem.name == "method-not-allowed":
            problem.headers["Allow"] = ", ".join(_allowed(app, request.scope))
        return problem.response(request.scope)

    for kind in (Problem, HTTPException, RequestValidationError, PolicyError):
        app.add_exception_handler(kind, answer)


def _allowed(app: FastAPI, scope: Scope) -> list[str]:
    """The methods that an address takes, of whichever of its routes; the framework tells those of one route alone."""
    found = [
        method
        for method in _METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]
    return found + ["HEAD"] * ("GET" in found)


class Faults:
    """Middleware next to the routes: an unexpected error is logged with its trace and told as a problem."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Calls the routes."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            _log(scope, error)
            if started:
                raise  # half a response is out: only cutting the connection tells the client
            await problem_of(error).response(scope)(scope, receive, send)


def _log(scope: Scope, error: Exception) -> None:
    _LOG.error("fault", exc_info=error, extra={"request_id": request_id_of(scope)})


def _invalid(faults: Sequence[Any]) -> Problem:
    name = "malformed" if any(fault["type"] == "json_invalid" for fault in faults) else "invalid"
    return Problem(name, "；".join(_fault(fault) for fault in faults) + "。")


def _fault(fault: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"][1:]) if fault["type"] != "json_invalid" else ""
    said = _FAULTS.get(fault["type"], "值不合适").format_map(fault.get("ctx", {}))
    return f"{_shown(where) or '请求体'}：{said}"


def _shown(name: str) -> str:
    """A name that a client chose, short and without what is no text."""
    return name.encode("utf-8", "replace").decode()[:100]
