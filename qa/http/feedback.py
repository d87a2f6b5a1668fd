"""``/v1/feedback``: what readers say of an answer, for the question log."""

from typing import Literal

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from qa.http.access import needs
from qa.http.describe import problems
from qa.http.door import door_of
from qa.http.questions import json_only
from qa.questionlog.records import KINDS, MOST_COMMENT, Feedback
from qa.schemas import Wire

router = APIRouter(prefix="/v1", tags=["提问"], dependencies=[Depends(needs("ask"))])

Kind = Literal["up", "down", "wrong_citation", "outdated", "no_answer", "click"]


class FeedbackBody(Wire):
    """What somebody says of an answer."""

    request_id: str = Field(
        min_length=1, max_length=64, description="提问时响应头 X-Request-ID 的值", examples=["5f0c2d8e4b7a4f6f"]
    )
    kind: Kind = Field(description="；".join(f"{kind} {name}" for kind, name in KINDS.items()), examples=["up"])
    clause: str = Field(
        default="", max_length=100, description="所指条款的 id，应是那次回答列出过的；空：整个回答", examples=[""]
    )
    comment: str = Field(default="", max_length=MOST_COMMENT, description="留言", examples=["引的是旧文件"])


@router.post(
    "/feedback",
    summary="反馈",
    description="记下读者对一次回答的看法；同样的反馈只算一次。没有开启 `log.enabled`，或没有那次提问的记录，是 404。",
    status_code=204,
    response_class=Response,
    responses=problems(404, 408, 413, 415),
    dependencies=[Depends(json_only)],
)
async def feedback(request: Request, body: FeedbackBody) -> Response:
    """Writes feedback down."""
    door = door_of(request)
    said = Feedback(kind=body.kind, clause=body.clause, comment=body.comment)
    await door.look(request, lambda: door.service.questions.feedback(body.request_id, said))
    return Response(status_code=204)
