"""What all pages share: templates, language, appearance, addresses that keep both, and the page of an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import Headers, QueryParams
from starlette.responses import HTMLResponse
from starlette.types import Scope

from qa.http.problems import Problem, request_id_of
from qa.visible import visible
from qa.web.messages import LANGUAGES, Messages, language_of

STATIC = Path(__file__).parent / "static"
LOOKS = ("auto", "light", "dark")
_PAGES = ("/v1/", "/static/", "/metrics", "/healthz", "/readyz", "/openapi.json", "/widget")


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """How one request wants its page.

    Attributes:
        say: messages in its language.
        look: one of :data:`LOOKS`.
        kept: the parameters that every address of the page keeps.
        path: of the page.
        values: the other parameters of its address.
    """

    say: Messages
    look: str
    kept: Mapping[str, str]
    path: str
    values: Mapping[str, str]

    def url(self, path: str, values: Mapping[str, object] | None = None, anchor: str = "") -> str:
        """An address on this site in the same language and appearance; empty values are left out."""
        given = {name: str(value) for name, value in (values or {}).items() if value not in (None, "")}
        query = urlencode({**given, **self.kept})
        return _local(path) + (f"?{query}" if query else "") + (f"#{quote(anchor)}" if anchor else "")

    def changed(self, **values: object) -> str:
        """The address of this page with some parameters changed; None drops one."""
        return self.url(self.path, {**self.values, **values})

    def as_(self, **kept: str) -> str:
        """The address of this page in another language or appearance."""
        chosen = {name: value for name, value in {**self.values, **self.kept, **kept}.items() if value != "auto"}
        return _local(self.path) + (f"?{urlencode(chosen)}" if chosen else "")


def _local(path: str) -> str:
    """A path as an address on this site: ``//host/`` would be one on another."""
    return "/" + quote(path.lstrip("/"))


def frame_of(scope: Scope) -> Frame:
    """How a request wants its page."""
    params = {name: value for name, value in QueryParams(scope.get("query_string", b"")).items() if value}
    language = language_of(params.get("lang"), Headers(scope=scope).get("accept-language", ""))
    look = params.get("theme", "auto")
    kept = {name: params[name] for name, known in (("lang", LANGUAGES), ("theme", LOOKS)) if params.get(name) in known}
    return Frame(
        say=Messages(language),
        look=look if look in LOOKS else "auto",
        kept=kept,
        path=scope["path"],
        values={name: value for name, value in params.items() if name not in ("lang", "theme")},
    )


def page(frame: Frame, name: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page from a template. All text is escaped, and shows no characters that turn or hide others."""
    body = (
        _templates()
        .get_template(name)
        .render(
            frame=frame, say=frame.say, lang=LANGUAGES[frame.say.language], languages=LANGUAGES, looks=LOOKS, **values
        )
    )
    headers = {"Vary": "Accept-Language", "Cache-Control": "no-cache"}
    return HTMLResponse(body, status, headers)


def wants_page(scope: Scope) -> bool:
    """Whether an error is to be told to a person: the address is none of programs', and the client asks for HTML."""
    accepted = Headers(scope=scope).get("accept", "")
    return not scope["path"].startswith(_PAGES) and "text/html" in accepted


def error_page(scope: Scope, problem: Problem) -> HTMLResponse:
    """The page of an error."""
    response = page(frame_of(scope), "error.html", problem.status, problem=problem, request=request_id_of(scope))
    response.headers.update(problem.headers)
    return response


def static_files() -> dict[str, Path]:
    """The files that pages load, by name."""
    return {path.name: path for path in STATIC.iterdir() if path.is_file()}


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    chosen = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    chosen.finalize = lambda value: visible(value) if type(value) is str else value
    return chosen
