"""``/admin/report``: the question report as a page, on which questions get their state; needs the scope ``admin``."""

from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qa.http.access import needs
from qa.http.door import door_of
from qa.http.problems import Problem
from qa.questionlog.html import body
from qa.questionlog.records import Resolution, ids_of
from qa.web.frame import frame_of, page

_ADDRESS = "/admin/report"

router = APIRouter(include_in_schema=False, dependencies=[Depends(needs("admin"))])


@router.get(_ADDRESS)
async def show(request: Request) -> Response:
    """The report of the days from ``since`` to ``until``."""
    door, frame = door_of(request), frame_of(request.scope)
    days = {name: frame.values.get(name) for name in ("since", "until")}
    found = await door.look(request, lambda: door.service.report(since=days["since"], until=days["until"]))
    shown = body(found, enabled=door.service.questions.enabled, action=frame.changed(), links=True)
    response = page(frame, "report.html", body=shown, days=days)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post(_ADDRESS)
async def resolve(request: Request) -> Response:
    """Gives questions a state, then shows the report again."""
    _from_this_page(request)
    door, frame = door_of(request), frame_of(request.scope)
    try:
        given = parse_qs((await request.body()).decode(), max_num_fields=8)
    except ValueError:
        raise Problem("malformed", "表单读不懂。") from None
    ids, state, document, note = (given.get(name, [""])[0] for name in ("ids", "state", "document", "note"))
    resolution = Resolution(state=state, document=document.strip(), note=note.strip())
    await door.look(request, lambda: door.service.questions.resolve(ids_of(ids), resolution))
    return RedirectResponse(frame.changed(), status_code=303)


def _from_this_page(request: Request) -> None:
    """Refuses what a page of another site had the browser send.

    Raises:
        Problem: ``forbidden``.
    """
    origin = request.headers.get("origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if elsewhere or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Problem("forbidden", "处理结果只能从本站的报告页提交。")
