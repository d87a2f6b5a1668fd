"""What the reading page shows of a document: its clauses in order, its outline, its facts, what surrounds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.records import Clause, Document
from qa.cite import quoted_in
from qa.graph import Edge, Graph
from qa.http.door import Door
from qa.schemas import DocumentShape
from qa.web.texts import Paragraph, paragraphs

_FACTS = (
    "number",
    "issuer",
    "type",
    "issued_on",
    "printed_on",
    "published_on",
    "effective_on",
    "disclosure",
    "addressee",
    "signatory",
)
_LABEL = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A clause on the page; ``rank`` is the level of its heading in HTML, 0 where it has none."""

    id: str
    path: str
    kind: str
    level: int
    rank: int
    run_in: bool
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """The whole page.

    Attributes:
        document: its shape.
        name: title, or source where it has none.
        facts: name of a message and value.
        proofs: sentences that prove its time, each with the address of its clause.
        ended_by: id and name of the document that ends it, None for none.
        outline: level, id and label.
        sections: the clauses.
        cites: what it names, as dictionaries for the template.
        cited_by: what names it.
        has_original: whether the file itself can be had.
    """

    document: DocumentShape
    name: str
    facts: tuple[tuple[str, str], ...]
    proofs: tuple[tuple[str, str], ...]
    ended_by: tuple[str, str] | None
    outline: tuple[tuple[int, str, str], ...]
    sections: tuple[Section, ...]
    cites: tuple[dict[str, Any], ...]
    cited_by: tuple[dict[str, Any], ...]
    has_original: bool


def reading_view(door: Door, document: Document, cited: tuple[int, int]) -> View:
    """The page of a document with ``source_text[start:end]`` of ``cited`` marked; inside a reading of the service."""
    clauses, source = door.service.clauses(document), door.service.source_text(document.id)
    around = door.service.graph(document)
    whole = door.shapes.text(source) == source and door.service.original(document.id) is not None
    text, facts = door.shapes.text, document.metadata
    values = [(name, getattr(facts, name)) for name in _FACTS]
    values += [("expires_on", around.validity.expires_on), ("copies", "、".join(facts.copies))]
    ending = around.validity.ended_by
    return View(
        document=door.shapes.document(document),
        name=facts.title or document.source,
        facts=tuple((name, text(value)) for name, value in values if value),
        proofs=tuple(
            (text(proof.text), f"/documents/{proof.document_id}#{proof.clause_id}")
            for _, proof in around.validity.proofs
        ),
        ended_by=(ending, _name(door, ending)) if ending else None,
        outline=_outline(clauses, door),
        sections=tuple(_section(clause, source, door, cited) for clause in clauses),
        cites=tuple(_edge(edge, around, edge.target, door) for edge in around.cites),
        cited_by=tuple(_edge(edge, around, edge.source, door) for edge in around.cited_by),
        has_original=whole,
    )


def _name(door: Door, document_id: str) -> str:
    return door.service.document(document_id).metadata.title or document_id


def _section(clause: Clause, source: str, door: Door, cited: tuple[int, int]) -> Section:
    start, end = max(cited[0], clause.start), min(cited[1], clause.end)
    span = quoted_in(clause, source, start, end) if start < end else None
    parts = paragraphs(clause, door.shapes.text(clause.text), span)
    has_heading = bool(parts) and parts[0].heading
    return Section(
        id=clause.id,
        path=clause.path,
        kind=clause.kind,
        level=clause.level,
        rank=min(clause.level + 1, 6) if has_heading else 0,
        run_in=has_heading and len(parts) > 1 and not clause.text[len(_text(parts[0])) :].startswith("\n"),
        paragraphs=parts,
    )


def _text(paragraph: Paragraph) -> str:
    return "".join(part for part, _ in paragraph.text)


def _outline(clauses: Sequence[Clause], door: Door) -> tuple[tuple[int, str, str], ...]:
    """Numbered clauses with a heading, those of the first level without one too, and annexes' heads."""
    found = []
    for clause in clauses:
        first = clause.text.partition("\n")[0]
        if clause.kind == "clause" and (clause.heading or (clause.level == 1 and clause.marker)):
            # 第一编 总则, 1.优化布局
            space = " " if clause.marker.startswith("第") else ""
            label = f"{clause.marker}{space}{clause.heading}" if clause.heading else first
        elif clause.kind == "head" and clause.ordinal:
            label = first
        else:
            continue
        label = door.shapes.text(label)
        found.append((clause.level, clause.id, label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"))
    return tuple(found)


def _edge(edge: Edge, around: Graph, other: str, door: Door) -> dict[str, Any]:
    node = around.node(other)
    return {
        "kind": edge.kind,
        "name": door.shapes.text(node.name),
        "id": node.id if node.held else None,
        "warning": edge.warning,
        "places": [(place.path, place.clause_id) for place in edge.places[:5]],
    }
