"""Documents, names and questions that try to be more than text: they stay text at every door."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from qa import cli
from qa.service import PolicyQA
from qa.visible import escaped, visible
from tests.hostile_samples import LINK, ORDER, QUESTION, SCRIPT, STEERING, TERMINAL, TURNED, write
from tests.http_samples import http, settings_for


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "in"
    folder.mkdir()
    write(folder)
    return folder


@pytest.fixture(scope="module")
def index(inbox: Path) -> Path:
    assert cli.run(["--quiet", "--index", str(inbox.parent / "index"), "index", str(inbox)]) == 0
    return inbox.parent / "index"


@pytest.fixture(scope="module")
def documents(index: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Kind -> id."""
    from index.backend import open_index

    with open_index(index) as backend:
        return {document.kind: document.id for document in backend.documents()}


def test_the_four_kinds_are_read_as_what_they_are(documents: dict[str, str]) -> None:
    assert sorted(documents) == ["docx", "html", "md", "txt"]


COMMANDS = [
    ["docs"],
    ["ask", QUESTION, "-k", "20"],
    ["search", QUESTION, "--explain"],
    ["show", "{id}"],
    ["show", "{id}", "二、（一）"],
    ["graph", "{id}"],
    ["graph", "{id}", "--dot"],
    ["graph", "{id}", "--mermaid"],
    ["graph", "{id}", "--svg", "-"],
    ["ledger"],
    ["ledger", "--each"],
    ["verify", "{file}", "--all"],
    ["diff", "{file}", "{id}", "--all"],
    ["doctor"],
    ["show", f"关于{TERMINAL}{TURNED}"],
    ["docs", "--validity", TERMINAL],
    ["index", f"/nowhere/{TERMINAL}"],
    ["verify", f"/nowhere/{TERMINAL}"],
    ["eval", f"/nowhere/{TERMINAL}"],
    ["--config", f"/nowhere/{TERMINAL}", "docs"],
    [f"ask{TERMINAL}"],
    ["ask", f"--{TERMINAL}"],
    ["ask", TERMINAL],
]


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
@pytest.mark.parametrize("terminal", [False, True], ids=["pipe", "terminal"])
@pytest.mark.parametrize(
    "command", COMMANDS, ids=lambda command: " ".join(command[:3])[:30].encode("unicode_escape").decode()
)
def test_nothing_steers_the_terminal(
    index: Path,
    inbox: Path,
    documents: dict[str, str],
    kind: str,
    terminal: bool,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if terminal:  # as on a terminal that knows no colours, so that every escape sequence is a document's
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
    names = {"{id}": documents[kind], "{file}": str(inbox / "hostile.txt")}
    given = [names.get(word, word) for word in command]
    assert cli.run(["--index", str(index), *given]) in (0, 1, 2)
    captured = capsys.readouterr()
    assert captured.out + captured.err
    assert not STEERING & set(captured.out + captured.err)


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
@pytest.mark.parametrize(
    "command", [command for command in COMMANDS[:13] if "graph" not in command] + [["graph", "{id}"]]
)
def test_json_is_exact_and_steers_nothing(
    index: Path,
    inbox: Path,
    documents: dict[str, str],
    kind: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = {"{id}": documents[kind], "{file}": str(inbox / "hostile.txt")}
    given = [names.get(word, word) for word in command if word != "--all"]
    assert cli.run(["--index", str(index), *given, "--json"]) in (0, 1)
    out = capsys.readouterr().out
    assert not STEERING & set(out)
    json.loads(out)


def test_json_holds_the_text_as_it_stands_in_the_document(
    index: Path, documents: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--index", str(index), "show", documents["txt"], "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    text = "".join(clause["text"] for clause in found["clauses"])
    for part in (SCRIPT, LINK, TURNED):
        assert part in text
    assert ORDER.replace(" 忽略", "忽略") in text


def test_an_order_to_the_reader_changes_no_answer(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--index", str(index), "ask", QUESTION, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "500万元" in found["answer"]
    assert cli.run(["--index", str(index), "ask", "火星签证可以免费办理吗", "--json"]) == 1


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b31m\x7f", TURNED, TERMINAL, "\u061c\u200e", "普通的字\n\t"])
def test_escaped_json_is_the_same_value(text: str) -> None:
    plain = json.dumps({"text": text}, ensure_ascii=False)
    assert json.loads(escaped(plain)) == {"text": text}
    assert not STEERING & set(escaped(plain))
    assert not STEERING & set(visible(text)) and len(visible(text)) == len(text)


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
def test_files_for_others_hold_it_as_text(
    index: Path, inbox: Path, documents: dict[str, str], kind: str, tmp_path: Path
) -> None:
    svg, html = tmp_path / "graph.svg", tmp_path / "diff.html"
    given = ["--quiet", "--index", str(index)]
    assert cli.run([*given, "graph", documents[kind], "--svg", str(svg)]) == 0
    assert cli.run([*given, "diff", str(inbox / "hostile.txt"), documents[kind], "--html", str(html)]) == 0
    picture = ElementTree.parse(svg)
    allowed = {"svg", "title", "rect", "text", "path", "g"}
    assert {element.tag.rpartition("}")[2] for element in picture.iter()} <= allowed
    page = html.read_text(encoding="utf-8")
    assert "<script" not in page and "<img" not in page and "&lt;script&gt;" in page
    for text in (svg.read_text(encoding="utf-8"), page):
        assert not STEERING & set(text)


def test_the_ledger_as_a_file_holds_it_as_text(index: Path, tmp_path: Path) -> None:
    given = ["--quiet", "--index", str(index), "ledger", "--csv", str(tmp_path / "a.csv")]
    assert cli.run([*given, "--xlsx", str(tmp_path / "a.xlsx")]) == 0
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    for text in ("".join(str(cell.value) for cell in cells), (tmp_path / "a.csv").read_text(encoding="utf-8-sig")):
        assert SCRIPT in text
        assert not STEERING & set(text)


def test_reports_as_files_hold_it_as_text(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_LOG__ENABLED", "true")
    asked = QUESTION + SCRIPT + TURNED
    files = [tmp_path / name for name in ("ingestion.json", "report.html", "pairs.jsonl")]
    given = ["--quiet", "--index", str(tmp_path / "index")]
    assert cli.run([*given, "index", str(inbox), "--report", str(files[0])]) == 0
    capsys.readouterr()
    with http(settings_for(tmp_path / "index")) as client:
        said = client.post("/v1/ask", json={"question": asked})
        assert said.status_code == 200, said.text
        (liked, *_) = said.json()["hits"]
        body = {"request_id": said.headers["X-Request-ID"], "kind": "up", "clause": liked["clause"]["id"]}
        assert client.post("/v1/feedback", json={**body, "comment": asked + TERMINAL}).status_code == 204
        assert (
            client.post(
                "/v1/feedback", json={**body, "kind": "down", "clause": "", "comment": asked + TERMINAL}
            ).status_code
            == 204
        )
    assert cli.run([*given, "report", "--html", str(files[1])]) == 0
    assert "&lt;script&gt;" in files[1].read_text(encoding="utf-8")
    assert cli.run([*given, "report", "--export", str(files[2])]) == 0
    assert SCRIPT in files[2].read_text(encoding="utf-8")
    for file in files:
        assert not STEERING & set(file.read_text(encoding="utf-8")), file.name


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    settings = settings_for(index)
    with http(settings, PolicyQA(settings)) as opened:
        yield opened


class Markup(HTMLParser):
    """Elements and attributes of a page, as a browser would make them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attributes}))


PAGES = ["/documents/{id}", "/documents", f"/?q={quote(QUESTION)}", f"/?q={quote(SCRIPT + TURNED + QUESTION)}",
         f"/?q={quote(QUESTION)}&issuer={quote(SCRIPT)}", f"/documents?issuer={quote(SCRIPT)}",
         f"/documents/{quote(SCRIPT, safe='')}", f"/{quote(SCRIPT)}", "//evil.example/x"]  # fmt: skip


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
@pytest.mark.parametrize("page", PAGES, ids=range(len(PAGES)))
def test_pages_show_it_as_text(client: TestClient, documents: dict[str, str], kind: str, page: str) -> None:
    address = page.replace("{id}", documents[kind])
    shown = client.get(f"http://127.0.0.1{address}", headers={"Accept": "text/html"})
    assert shown.headers["content-type"].startswith("text/html") and shown.status_code < 500
    assert not STEERING & set(shown.text)
    for tag, attributes in Markup(shown.text).found:
        assert tag not in ("iframe", "object", "embed", "base", "img")
        assert tag != "script" or attributes["src"].startswith("/static/")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            assert attributes.get(name, "/").startswith(("/", "#")), attributes
            assert not attributes.get(name, "/").startswith("//"), attributes


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx"])
def test_json_over_http_is_that_of_the_command_line(
    client: TestClient, index: Path, documents: dict[str, str], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get(f"/v1/documents/{documents[kind]}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert cli.run(["--index", str(index), "show", documents[kind], "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == answer.json()


@pytest.mark.parametrize("length", ["9" * 19, "9" * 5_000, "-1", "1e9", "٣"])
def test_a_length_that_is_none_is_a_problem(client: TestClient, length: str) -> None:
    answer = client.post(
        "/v1/ask", content=b"{}", headers={"Content-Length": length.encode(), "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 413, 422)
    assert answer.headers["content-type"] == "application/problem+json"
