"""The corpora's own text: laws as articles, official documents as clauses."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from index.errors import LoadError
from index.load import load
from index.parse import parse
from index.passages import PIECE
from index.passages import passages as embedded
from index.records import Parsed

_ARTICLE = re.compile(r"(第[〇零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)(?=[\s　]|$)")
_DIVISION = re.compile(r"第[〇零一二三四五六七八九十百千]+(分?编|章|节)")
_RANKS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_LONGEST_HEADING = 40
SEPARATOR = " › "
"""Between headings and text, as :mod:`index.passages` writes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A clause, or a piece of a long one, as it is embedded.

    Attributes:
        document: file under the corpus.
        clause: which clause of it (of a law the article, 第三条; else the clause's id); pieces of one clause share it.
        context: title and headings of its ancestors.
        body: the piece's own text, duty lists left out.
        text: the clause's own text, whole.
    """

    document: str
    clause: str
    context: str
    body: str
    text: str

    @property
    def whole(self) -> bool:
        """Whether this is a clause as a whole (or as much of a very long one as is embedded together)."""
        return self.body == self.text or len(self.body) > PIECE

    @property
    def full(self) -> str:
        """What is embedded."""
        return f"{self.context}{SEPARATOR}{self.body}" if self.context else self.body


def squash(text: str) -> str:
    """NFKC without white space: the form in which quotes are compared."""
    return re.sub(r"\s+", "", normalize("NFKC", text))


def laws(folder: Path) -> list[Passage]:
    """Articles of ``corpus/laws``, whose files put each article on a line of its own; none where it is absent."""
    manifest = folder / "manifest.jsonl"
    if not manifest.exists():
        return []
    found: list[Passage] = []
    for line in manifest.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        text = (folder / entry["file"]).read_text(encoding="utf-8")
        found.extend(_articles(entry["file"], entry["title"], text.splitlines()))
    return found


def _articles(file: str, title: str, lines: Iterable[str]) -> list[Passage]:
    divisions: list[str] = []
    articles: list[tuple[str, str, list[str]]] = []
    open_article = False
    for line in map(str.strip, lines):
        article, division = _ARTICLE.match(line), _DIVISION.match(line)
        if article:
            articles.append((article[1], SEPARATOR.join((title, *divisions)), [line]))
            open_article = True
        elif division and len(line) < _LONGEST_HEADING:
            divisions = [one for one in divisions if _rank(one) < _RANKS[division[1]]] + [line]
            open_article = False
        elif open_article and line:
            articles[-1][2].append(line)
    return [
        Passage(document=file, clause=name, context=context, body="\n".join(body), text="\n".join(body))
        for name, context, body in articles
    ]


def _rank(heading: str) -> int:
    found = _DIVISION.match(heading)
    return _RANKS[found[1]] if found else len(_RANKS)


def policies(folder: Path) -> list[Passage]:
    """Clauses of ``corpus/policies``, cut by this project's own parser; files that cannot be read are left out."""
    found: list[Passage] = []
    for path in sorted(folder.iterdir()) if folder.exists() else []:
        if path.name == "README.md" or path.suffix == ".jsonl":
            continue
        try:
            parsed = parse(load(path), path.name)
        except LoadError as error:
            print(f"left out: {path.name}: {error}")
            continue
        found.extend(_passages(path.name, parsed))
    return found


def _passages(file: str, parsed: Parsed) -> list[Passage]:
    found: list[Passage] = []
    for clause in parsed.clauses:
        for full in embedded(parsed.metadata, clause):
            context, _, body = full.rpartition(SEPARATOR)
            found.append(Passage(document=file, clause=clause.id, context=context, body=body, text=clause.text))
    return found
