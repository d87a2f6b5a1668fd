"""What documents of an index say of each other and of their time: references, backlinks, validity and its proof."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from index.day import today
from index.state_sql import STATE

_SPOKEN = re.compile(r"([\u4e00-\u9fff]+)(\d+)号")
Rows = Callable[[str, Iterable[Any]], list[Any]]
"""Runs SQL over a catalog with parameters and gives all rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The sentence that proves a fact.

    Attributes:
        clause_id: the clause that holds it.
        path: its path.
        text: the sentence, as it stands in the clause's text between ``start`` and ``end``.
        start: where it begins in the clause's text.
        end: where it ends there.
        document_id: the document that says it, for a repeal another one than that which ends.
        document_title: its title, None where it bears none.
    """

    clause_id: str
    path: str
    text: str
    start: int
    end: int
    document_id: str
    document_title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Validity:
    """The time of a document.

    Attributes:
        state: one of :data:`index.validity.STATES`, on the day asked for.
        effective_on: first day, ISO; None where the text does not say it.
        expires_on: last day of its term, ISO; None where it has none.
        ended_on: day from which it is repealed or amended, ISO; None where nothing ends it or the day is not known.
        ended_by: id of the document that repeals or amends it, None where there is none in the index.
        proofs: the sentences, by ``effective``, ``expires`` and ``ended``, as far as there are any.
    """

    state: str
    effective_on: str | None = None
    expires_on: str | None = None
    ended_on: str | None = None
    ended_by: str | None = None
    proofs: tuple[tuple[str, Evidence], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """One document naming another, or a place of its own.

    Attributes:
        kind: one of :data:`index.references.KINDS`.
        title: of the document named, None where only a number is given or the document itself is meant.
        number: of the document named, None where only a title is given.
        parts: places named inside it.
        clause_id: the clause that holds the reference.
        path: its path.
        text: the words of the reference.
        start: where they begin in the clause's text.
        end: where they end there.
        document_id: the document that holds the reference.
        target_id: the document of the index that is meant, None where the index does not hold it.
        target_title: its title.
        target_state: its validity on the day asked for, None without a target.
        target_clauses: ids of the clauses that are meant.
        repealed_by: for a document that the index does not hold: id of the document that has repealed it by that day.
        repealed_by_title: the title of that document.
    """

    kind: str
    title: str | None
    number: str | None
    parts: tuple[str, ...]
    clause_id: str
    path: str
    text: str
    start: int
    end: int
    document_id: str
    target_id: str | None = None
    target_title: str | None = None
    target_state: str | None = None
    target_clauses: tuple[str, ...] = ()
    repealed_by: str | None = None
    repealed_by_title: str | None = None

    @property
    def warning(self) -> str | None:
        """One Chinese sentence where the clause rests on something that no longer applies, else None."""
        if self.kind in ("废止", "修改", "internal"):
            return None
        name = f"《{self.title}》" if self.title else self.number
        if self.target_state in _ENDED:
            return f"所引{name}{_ENDED[self.target_state]}。"
        if self.repealed_by is not None:
            return f"所引{name}已被《{self.repealed_by_title or self.repealed_by}》废止。"
        return None


_ENDED = {"repealed": "已废止", "expired": "已过有效期", "amended": "已被新版本取代"}
_STATE_OF_TARGET = STATE.replace("documents.position", "t.position").format(day="?1")
_LINK = f"""
    SELECT r.id, r.kind, r.title, r.number, r.parts, r.start, r."end", d.id, c.ordinal, c.path,
        substr(c.text, r.start + 1, r."end" - r.start), t.id, json_extract(nullif(t.metadata, ''), '$.title'),
        CASE WHEN r.target IS NOT NULL THEN {_STATE_OF_TARGET} END,
        b.id, json_extract(nullif(b.metadata, ''), '$.title')
    FROM refs r JOIN clauses c ON c.key = r.key JOIN documents d ON d.position = r.position
        LEFT JOIN documents t ON t.position = r.target
        LEFT JOIN repeals p ON p.id = r.ended_by AND p.day <= ?1 LEFT JOIN documents b ON b.position = p.position
"""


class Links:
    """Looks up references and validity in a finished catalog.

    States are those of the ISO ``day`` given, of today where none is.

    Args:
        rows: runs SQL over the catalog.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of_document(self, document_id: str, day: str | None = None) -> list[Link]:
        """The references that a document holds, in reading order."""
        condition = "WHERE r.position = (SELECT position FROM documents WHERE id = ?2) ORDER BY r.id"
        return self._links(condition, day, document_id)

    def of_clause(self, clause_id: str, day: str | None = None) -> list[Link]:
        """The references that a clause holds, in the order of its text."""
        document_id, ordinal = _split(clause_id)
        return self._links("WHERE d.id = ?2 AND c.ordinal = ?3 ORDER BY r.start", day, document_id, ordinal)

    def to_document(self, document_id: str, day: str | None = None) -> list[Link]:
        """The references of other documents to a document, by the citing document and its reading order."""
        condition = "WHERE r.target = (SELECT position FROM documents WHERE id = ?2) ORDER BY r.id"
        return self._links(condition, day, document_id)

    def to_clause(self, clause_id: str, day: str | None = None) -> list[Link]:
        """The references of any document to a clause, those of its own document included."""
        document_id, ordinal = _split(clause_id)
        condition = (
            "WHERE r.id IN (SELECT ref FROM ref_clauses WHERE key = "
            "(SELECT first_key + ?2 FROM documents WHERE id = ?3)) ORDER BY r.id"
        )
        return self._links(condition, day, ordinal, document_id)

    def to_unknown(self, title: str | None = None, number: str | None = None, day: str | None = None) -> list[Link]:
        """References to a document that the index does not hold, by its number or a part of one, or its whole title."""
        if number is not None:
            where = "WHERE r.number = ?2 AND r.target IS NULL ORDER BY r.id"
            found = self._links(where, day, number)
            spoken = _SPOKEN.fullmatch(number)
            if found or spoken is None:
                return found
            # 黔府办发6号 may mean 黔府办发〔2021〕6号, 国发2号 what a text calls 新国发2号
            token, serial = spoken.groups()
            where = f"WHERE r.number LIKE ?2 AND r.number LIKE '%{serial}号' AND r.target IS NULL ORDER BY r.id"
            links = self._links(where, day, f"%{token}%")
            return [link for link in links if re.fullmatch(rf".*{token}(〔\d{{4}}〕)?{serial}号", link.number or "")]
        return self._links("WHERE r.title = ?2 AND r.target IS NULL ORDER BY r.id", day, title)

    def validity(self, document_id: str, day: str | None = None) -> Validity:
        """The time of a document.

        Args:
            document_id: a document of the index.
            day: ISO date for the state; None: today.

        Raises:
            KeyError: there is no such document.
        """
        state = STATE.replace("documents.position", "d.position").format(day="?1")
        columns = "effective_on, expires_on, ended_on, ended_how, effective_proof, expires_proof, ended_proof"
        found = self._rows(
            f"SELECT {state}, {columns} FROM documents d LEFT JOIN times t ON t.position = d.position WHERE d.id = ?2",
            [day or today(), document_id],
        )
        if not found:
            raise KeyError(document_id)
        state_found, effective, expires, ended_on, _, *proofs = found[0]
        evidence = [
            (name, proof)
            for name, text in zip(("effective", "expires", "ended"), proofs, strict=True)
            if (proof := self._evidence(text)) is not None
        ]
        by = next((proof.document_id for name, proof in evidence if name == "ended"), None) or self._newer(proofs[2])
        return Validity(
            state=state_found,
            effective_on=effective,
            expires_on=expires,
            ended_on=ended_on or None,
            ended_by=by if by != document_id else None,
            proofs=tuple(evidence),
        )

    def _evidence(self, text: str | None) -> Evidence | None:
        values = json.loads(text) if text else {}
        if "key" not in values:
            return None
        start, end = values["start"], values["end"]
        row = self._rows(
            "SELECT d.id, c.ordinal, c.path, substr(c.text, ? + 1, ?), json_extract(nullif(d.metadata, ''), '$.title') "
            "FROM clauses c JOIN documents d ON d.position = c.position WHERE c.key = ?",
            [start, end - start, values["key"]],
        )[0]
        return Evidence(
            clause_id=f"{row[0]}-{row[1]}",
            path=row[2],
            text=row[3],
            start=start,
            end=end,
            document_id=row[0],
            document_title=row[4],
        )

    def _newer(self, text: str | None) -> str | None:
        values = json.loads(text) if text else {}
        if "position" not in values:
            return None
        found = self._rows("SELECT id FROM documents WHERE position = ?", [values["position"]])
        return str(found[0][0])

    def _links(self, condition: str, day: str | None, *values: object) -> list[Link]:
        rows = self._rows(f"{_LINK} {condition}", [day or today(), *values])
        clauses = self._clauses([row[0] for row in rows])
        return [_link(row, clauses.get(row[0], ())) for row in rows]

    def _clauses(self, references: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """Ids of the clauses that each reference means."""
        found: dict[int, tuple[str, ...]] = {}
        for first in range(0, len(references), 500):
            some = references[first : first + 500]
            marks = ", ".join("?" * len(some))
            sql = (
                "SELECT rc.ref, d.id, c.ordinal FROM ref_clauses rc JOIN clauses c ON c.key = rc.key "
                f"JOIN documents d ON d.position = c.position WHERE rc.ref IN ({marks}) ORDER BY rc.ref, rc.key"
            )
            for reference, document_id, ordinal in self._rows(sql, some):
                found[reference] = (*found.get(reference, ()), f"{document_id}-{ordinal}")
        return found


def _link(row: Sequence[Any], clauses: tuple[str, ...]) -> Link:
    return Link(
        kind=row[1],
        title=row[2],
        number=row[3],
        parts=tuple(json.loads(row[4])) if row[4] else (),
        clause_id=f"{row[7]}-{row[8]}",
        path=row[9],
        text=row[10],
        start=row[5],
        end=row[6],
        document_id=row[7],
        target_id=row[11],
        target_title=row[12],
        target_state=row[13],
        target_clauses=clauses,
        repealed_by=row[14],
        repealed_by_title=row[15],
    )


def _split(clause_id: str) -> tuple[str, int]:
    document_id, _, ordinal = clause_id.rpartition("-")
    if not (ordinal.isascii() and ordinal.isdecimal()):
        raise KeyError(clause_id)
    return document_id, int(ordinal)
