"""The pages: ``/`` to ask, ``/documents`` to look through, ``/documents/{id}`` to read. Plain HTML, made here."""

from collections.abc import Mapping, Sequence
from mimetypes import guess_type
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from index.day import today
from index.records import Document, Filters
from qa.bibliography import literature, official
from qa.facets import Facet
from qa.filters import DISCLOSURE, NAMES, VALIDITY, make_filters
from qa.http.access import needs
from qa.http.door import Door, door_of
from qa.http.inputs import MOST_HITS
from qa.http.problems import request_id_of
from qa.marking import excerpt, matched_words
from qa.questionlog.records import Origin
from qa.records import Citation, Hit, Reply
from qa.watch import Watch
from qa.web.frame import Frame, frame_of, page, static_files
from qa.web.reader import View, reading_view
from qa.web.texts import answer, marked

router = APIRouter(include_in_schema=False)
_asks = [Depends(needs("ask"))]
_HITS = 10
_PER_PAGE = 20


@router.get("/", dependencies=_asks)
async def start(request: Request) -> Response:
    """The search page: empty, or with the answer to ``q``."""
    door, frame = door_of(request), frame_of(request.scope)
    question = frame.values.get("q", "").strip()
    if not question:
        return await door.look(request, lambda: _empty(door, frame))
    filters, watch, count = _filters(frame), Watch(), _number(frame, "k", _HITS, MOST_HITS)
    origin = Origin(door="page", request=request_id_of(request.scope))
    if door.settings.service.log_questions:
        request.state.question = question
    try:
        reply = await door.look(
            request, lambda: door.service.ask(question, filters, count, origin=origin, watch=watch), watch
        )
    finally:
        door.metrics.timed(watch)
    door.metrics.answered(reply)
    return _results(door, frame, reply, request)


def _empty(door: Door, frame: Frame) -> Response:
    with door.service.reading() as reading:
        manifest, examples = reading.backend.manifest, door.service.examples()
    return page(frame, "start.html", manifest=manifest, examples=examples, **_form(frame))


def _results(door: Door, frame: Frame, reply: Reply, request: Request) -> Response:
    shape, words = door.shapes.ask(reply), matched_words(reply.interpretation.question)
    base = str(request.base_url).rstrip("/")

    def shown(hit: Hit | Citation) -> dict[str, Any]:
        text = door.shapes.text(hit.clause.text)
        span = {"start": hit.start, "end": hit.end} if isinstance(hit, Citation) else {}
        address = f"/documents/{hit.document.id}"
        return {
            "document": door.shapes.document(hit.document, reply.interpretation.day),
            "path": hit.clause.path,
            "clause": hit.clause.id,
            "headings": [door.shapes.text(heading) for heading in hit.clause.headings],
            "url": frame.url(address, span, hit.clause.id),
            "text": marked(excerpt(text, words, 220), words),
            "official": official(hit.document, hit.clause),
            "literature": literature(hit.document, f"{base}{address}#{hit.clause.id}", today()),
        }

    citations = reply.answer.citations if reply.answer else ()
    cited = {citation.clause.id for citation in citations}
    hits = reply.refusal.nearest if reply.refusal else [hit for hit in reply.hits if hit.clause.id not in cited]
    return page(
        frame,
        "results.html",
        shape=shape,
        sentences=answer(shape),
        citations=[
            {**shown(citation), "marker": citation.marker, "text": marked(one.quote, words)}
            for citation, one in zip(citations, shape.citations, strict=True)
        ],
        hits=[shown(hit) for hit in hits],
        facets=_facet_links(frame, reply.facets),
        more=len(reply.hits) if reply.hits and len(reply.hits) < MOST_HITS else None,
        log_enabled=door.service.questions.enabled,
        request_id=request_id_of(request.scope),
        **_form(frame),
    )


@router.get("/documents", dependencies=_asks)
async def documents(request: Request) -> Response:
    """The documents of the index, filtered, a page at a time."""
    door, frame = door_of(request), frame_of(request.scope)
    filters = _filters(frame)

    def look_up() -> tuple[list[Document], tuple[Facet, ...]]:
        with door.service.reading():
            found = door.service.documents(filters)
            return found, door.service.facets(found)

    found, facets = await door.look(request, look_up)
    pages = max(1, -(-len(found) // _PER_PAGE))
    number = _number(frame, "page", 1, pages)
    chosen = found[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    return page(
        frame,
        "documents.html",
        documents=door.shapes.documents(chosen).documents,
        total=len(found),
        number=number,
        pages=pages,
        facets=_facet_links(frame, facets),
        **_form(frame),
    )


@router.get("/documents/{name}", dependencies=_asks)
async def document(request: Request, name: str) -> Response:
    """A document as it reads; any spelling of its number leads to it as well."""
    door, frame = door_of(request), frame_of(request.scope)
    span = (_offset(frame, "start"), _offset(frame, "end"))

    def look_up() -> tuple[Document, View | None]:
        with door.service.reading():
            found = door.service.document(name)
            return found, reading_view(door, found, span) if found.id == name else None

    found, view = await door.look(request, look_up)
    if view is None:
        return RedirectResponse(frame.url(f"/documents/{found.id}", frame.values))
    address = str(request.url.replace(query="", fragment=""))
    cite = {"official": official(found), "literature": literature(found, address, today())}
    return page(frame, "document.html", view=view, cite=cite)


@router.get("/documents/{id}/original", dependencies=_asks)
async def original(request: Request, id: str) -> Response:
    """The file that a document was read from, to be saved and not shown; only where nothing of it is masked."""
    door = door_of(request)

    def look_up() -> tuple[Document, Any]:
        with door.service.reading():
            found = door.service.document(id)
            source = door.service.source_text(found.id)
            return found, door.service.original(found.id) if door.shapes.text(source) == source else None

    found, path = await door.look(request, look_up)
    if path is None:
        raise HTTPException(404)
    name = quote(found.source.rpartition("/")[2].encode("utf-8", "replace"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Security-Policy": "sandbox"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """A file that pages load."""
    path = static_files().get(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=guess_type(name)[0], headers={"Cache-Control": "no-cache"})


def _filters(frame: Frame) -> Filters:
    """The filters of an address. Raises UsageError where one cannot be understood."""
    return make_filters(**{name: frame.values.get(name) for name in NAMES})


def _number(frame: Frame, name: str, default: int, most: int) -> int:
    given = frame.values.get(name, "")
    return min(max(int(given), 1), most) if given.isascii() and given.isdecimal() and len(given) < 7 else default


def _offset(frame: Frame, name: str) -> int:
    given = frame.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _form(frame: Frame) -> dict[str, Any]:
    """What the form shows: the question, the filters chosen, and what can be chosen."""
    chosen = {name: frame.values[name] for name in NAMES if frame.values.get(name)}
    choices: Mapping[str, Sequence[str]] = {"validity": VALIDITY, "disclosure": DISCLOSURE}
    drop = {name: frame.changed(**{name: None, "page": None}) for name in chosen}
    clear = frame.changed(**dict.fromkeys((*chosen, "page")))
    return {
        "question": frame.values.get("q", ""),
        "chosen": chosen,
        "choices": choices,
        "filter_names": NAMES,
        "drop": drop,
        "clear": clear,
    }


def _facet_links(frame: Frame, facets: Sequence[Facet]) -> list[dict[str, Any]]:
    """The facets with the addresses that narrow down to each value."""

    def narrowed(name: str, value: str) -> str:
        filters = {"since": value, "until": value} if name == "year" else {name: value}
        return frame.changed(**{**filters, "page": None})

    return [
        {"name": facet.name, "counts": [(value, count, narrowed(facet.name, value)) for value, count in facet.counts]}
        for facet in facets
    ]
