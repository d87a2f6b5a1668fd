"""A file of an organisation's own questions -> questions with the clauses of the index that answer them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.backend import Backend
from index.records import Clause, Document
from qa.address import Step, meets, steps
from qa.errors import NotFoundError, UsageError
from qa.evaluate import squash
from qa.finding import find_document

Keys = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an answer stands, as the file says it.

    Attributes:
        document: id, source, beginning of the file name, number or title; empty where ``clause`` is an id.
        clause: id, path or address (``第五十四条``); empty where only the quote tells.
        quote: words of the clause; empty where only the address tells.
    """

    document: str = ""
    clause: str = ""
    quote: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the file."""

    line: int
    question: str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Asked:
    """A question whose answer stands in the index.

    Attributes:
        text: the question.
        gold: for each right place the keys of the clauses that are it or stand in it; none is empty.
        documents: ids of the documents of these clauses.
    """

    text: str
    gold: tuple[Keys, ...]
    documents: frozenset[str]

    @property
    def keys(self) -> Keys:
        """All right keys, ascending."""
        return np.unique(np.concatenate(self.gold))


def read_rows(path: Path) -> list[Row]:
    """The questions of a JSONL file; lines that say they have no answer are left out.

    Raises:
        UsageError: the file cannot be read, or a line is not of a known form; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"读不了题目文件 {path}：{error}。需要一个 UTF-8 编码的 JSONL 文件。") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(json.loads(line), number)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"题目文件 {path} 第 {number} 行有误（{error!r}）；每行应是一个 JSON 对象，写法见 docs/tuning.md。"
            ) from error
        if row.places:
            rows.append(row)
    return rows


def _row(content: Mapping[str, Any], number: int) -> Row:
    question = content["question"]
    if not isinstance(question, str) or not question.strip():
        raise ValueError("question 应是不空的文字")
    places: list[Place] = []
    if content.get("answerable", True):
        if "gold" in content:
            places = [
                Place(document=str(one["doc"]), clause=str(one.get("clause") or ""), quote=str(one.get("quote") or ""))
                for one in content["gold"]
            ]
        elif "clauses" in content:
            places = [Place(clause=str(one)) for one in content["clauses"]]
        else:
            places = [Place(document=str(content["file"]), quote=str(content["quote"]))]
    if any(not place.clause and not squash(place.quote) for place in places):
        raise ValueError("clause 和 quote 都没有写")
    return Row(line=number, question=question.strip(), places=tuple(places))


class Resolver:
    """Finds places in an index.

    Args:
        backend: the index.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._documents = backend.documents()
        self._named: dict[str, Document | None] = {}
        self._clauses: dict[str, list[Clause]] = {}
        self._addresses: dict[str, list[tuple[Step, ...]]] = {}

    def asked(self, rows: Sequence[Row]) -> tuple[list[Asked], list[int]]:
        """The questions of which some place was found, and the lines of the others."""
        found: list[Asked] = []
        lost: list[int] = []
        for row in rows:
            places = [place for one in row.places if (place := self._place(one)) is not None]
            if places:
                gold = tuple(keys for _, keys in places)
                documents = frozenset(identity for identity, _ in places)
                found.append(Asked(text=row.question, gold=gold, documents=documents))
            else:
                lost.append(row.line)
        return found, lost

    def _place(self, place: Place) -> tuple[str, Keys] | None:
        if not place.document:
            return self._by_id(place.clause)
        document = self._document(place.document)
        if document is None:
            return None
        clauses = self._of(document.id)
        chosen: Sequence[int] = range(len(clauses))
        if place.clause:
            chosen = _within(clauses, self._addresses[document.id], place.clause)
        if place.quote:
            quote = squash(place.quote)
            chosen = [number for number in chosen if quote in squash(clauses[number].text)]
        return self._keys(document.id, chosen)

    def _by_id(self, clause: str) -> tuple[str, Keys] | None:
        try:
            key = self._backend.key_of(clause)
        except KeyError:
            return None
        ((document, _),) = self._backend.fetch([key])
        return document.id, np.array([key], np.int64)

    def _keys(self, identity: str, chosen: Sequence[int]) -> tuple[str, Keys] | None:
        first = self._backend.keys(identity).start
        return (identity, np.array(chosen, np.int64) + first) if len(chosen) else None

    def _of(self, identity: str) -> list[Clause]:
        if identity not in self._clauses:
            self._clauses[identity] = self._backend.clauses(identity)
            self._addresses[identity] = [steps(clause.path) for clause in self._clauses[identity]]
        return self._clauses[identity]

    def _document(self, name: str) -> Document | None:
        """The document of that name, by source first; None where there is none or several."""
        if name not in self._named:
            same = [one for one in self._documents if one.source == name or one.source.endswith(f"/{name}")]
            same = same or [one for one in self._documents if one.source.rsplit("/", 1)[-1].startswith(name)]
            try:
                self._named[name] = same[0] if len(same) == 1 else find_document(self._backend, name)
            except NotFoundError:
                self._named[name] = None
        return self._named[name]


def _within(clauses: Sequence[Clause], addresses: Sequence[tuple[Step, ...]], address: str) -> list[int]:
    """Numbers of the clauses that bear the address (or id, or path), and of those below them."""
    wanted = steps(address)
    inside: set[int] = set()
    for number, clause in enumerate(clauses):
        own = address in (clause.id, clause.path) or meets(wanted, addresses[number])
        if own or clause.parent in inside:
            inside.add(number)
    return sorted(inside)
