"""Answers that carry an ETag: who already has what would be sent gets 304 (RFC 9110, section 13)."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response


def tagged(request: Request, body: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """The body with its ETag, or 304 where ``If-None-Match`` names it.

    The tag is weak: it speaks for the content, which may be sent compressed or not. It is made from the body itself,
    so that whatever changes the answer (the file, the day on which a document ends, a setting) changes the tag.
    """
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    always = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if _names(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=always)
    return Response(body, media_type=media_type, headers=always)


def _names(header: str, tag: str) -> bool:
    """Whether the header names the tag, by weak comparison."""
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in named or tag.removeprefix("W/") in named
