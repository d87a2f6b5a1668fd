"""The widget: ``/widget.js`` and its style, ``/widget.json`` with the integrity hash, ``/widget/demo``.

The style stands in one file; the script that is served holds it as a string, so that it needs no second request.
"""

import base64
import hashlib
import json
from functools import cache
from importlib.metadata import version
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

router = APIRouter(include_in_schema=False)
FOLDER = Path(__file__).parent / "widget"
# any page may load the script, also with integrity, which asks for this header; what it then may ask is for CORS to say
_ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_FRESH = {"Cache-Control": "no-cache"}


@cache
def script() -> bytes:
    """The script as it is served."""
    style = (FOLDER / "widget.css").read_text(encoding="utf-8")
    source = (FOLDER / "widget.js").read_text(encoding="utf-8")
    return source.replace('"widget.css"', json.dumps(style, ensure_ascii=False), 1).encode()


@router.get("/widget.js")
async def widget() -> Response:
    """The script."""
    return Response(script(), media_type="text/javascript; charset=utf-8", headers={**_ANYWHERE, **_FRESH})


@router.get("/widget.css")
async def style() -> Response:
    """The style, for browsers without constructable style sheets."""
    return FileResponse(FOLDER / "widget.css", media_type="text/css", headers={**_ANYWHERE, **_FRESH})


@router.get("/widget.json")
async def about(request: Request) -> Response:
    """What a page that embeds the script has to know of it."""
    digest = base64.b64encode(hashlib.sha384(script()).digest()).decode()
    values = {
        "version": version("policy-qa"),
        "url": str(request.base_url) + "widget.js",
        "integrity": f"sha384-{digest}",
        "bytes": len(script()),
    }
    return JSONResponse(values, headers={**_ANYWHERE, **_FRESH})


@router.get("/widget/demo")
async def demo() -> Response:
    """The hosts to look at."""
    return await demo_file("index.html")


@router.get("/widget/demo/{name}")
async def demo_file(name: str) -> Response:
    """A page that embeds the widget, or its style."""
    path = {one.name: one for one in (FOLDER / "demo").iterdir()}.get(name)
    if path is None:
        raise HTTPException(404)
    return FileResponse(path, media_type=guess_type(name)[0], headers=_FRESH)
