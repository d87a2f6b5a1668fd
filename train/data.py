"""The authored training data: questions with the place of their answer, and concepts in official and everyday words."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
"""Authored data that is part of this repository."""

SHARED = Path(__file__).parents[2] / "shared"
"""Where corpora and STARD are looked for: a folder beside the checkout; what is absent is left out, with a line."""

FOLDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question and where its answer stands.

    Attributes:
        id: as in the file.
        text: the question.
        source: which file of questions it is from: ``law``, ``stard``, ``policy`` or ``clause``.
        kind: ``paraphrase``, ``fact``, …; empty where unknown.
        document: file of the document that answers, under its corpus; for ``clause`` the document's title.
        quote: for ``policy``: words of the gold clause; for ``clause``: the clause itself.
        articles: for ``law`` and ``stard``: all ``(file, article)`` that answer.
        path: for ``clause``: headings and markers above the clause, as its file writes them.
    """

    id: str
    text: str
    source: str
    kind: str = ""
    document: str = ""
    quote: str = ""
    articles: tuple[tuple[str, str], ...] = ()
    path: str = ""


def fold_of(document: str) -> int:
    """Fold of a document, from its name alone, below :data:`FOLDS`."""
    return int(hashlib.sha1(document.encode()).hexdigest(), 16) % FOLDS


def fold_of_question(question: Question) -> int:
    """Fold of a question: it goes by its document; those of STARD, which mix laws, each by itself."""
    return fold_of(question.id if question.source == "stard" else question.document)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def law_questions(path: Path, source: str) -> list[Question]:
    """Questions on articles of laws, in the form ``{"id", "question", "gold": [{"doc", "clause"}]}``."""
    return [
        Question(
            id=row["id"],
            text=row["question"],
            source=source,
            document=row["gold"][0]["doc"],
            articles=tuple((gold["doc"], gold["clause"]) for gold in row["gold"]),
        )
        for row in _lines(path)
    ]


def policy_questions(folder: Path = DATA) -> list[Question]:
    """Questions on official documents: ``policies_*.jsonl``, whether they quote a corpus file or bring their clause.

    Questions that nothing answers (they have no quote) are left out.
    """
    found: list[Question] = []
    for path in sorted(folder.glob("policies_*.jsonl")):
        for row in _lines(path):
            if "clause" in row:
                place = {
                    "source": "clause",
                    "document": row["title"],
                    "quote": row["clause"],
                    "path": row.get("path", ""),
                }
            else:
                if not row.get("quote"):
                    continue
                place = {"source": "policy", "document": row["file"], "quote": row["quote"]}
            found.append(Question(id=row["id"], text=row["question"], kind=row.get("type", ""), **place))
    return found


def questions(folder: Path = DATA, shared: Path = SHARED) -> list[Question]:
    """All authored questions, and STARD's where it is present."""
    found = law_questions(folder / "law_questions.jsonl", "law")
    stard = shared / "train" / "stard_train.jsonl"
    if stard.exists():
        found += law_questions(stard, "stard")
    return found + policy_questions(folder)


def concepts(folder: Path = DATA) -> list[tuple[str, str]]:
    """``(everyday word, official word)`` of ``lexicon*.tsv``, each of a line with each other.

    Form of a line: official words joined by ``|``, TAB, everyday words likewise, TAB, subject.
    """
    found: dict[tuple[str, str], None] = {}
    for path in sorted(folder.glob("lexicon*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = line.split("\t")
            if len(fields) < 2:
                continue
            for official in filter(None, fields[0].split("|")):
                found.update(dict.fromkeys((everyday, official) for everyday in filter(None, fields[1].split("|"))))
    return list(found)
