"""Which documents a document rests on, issues, amends and ends, and which ones cite it: the graph around it."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.backend import Backend
from index.day import today
from index.links import Link, Validity
from index.records import Document

KINDS = ("依据", "印发", "转发", "修改", "废止", "答复", "引用")
"""Kinds of edges in the order in which they are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A document in the graph.

    Attributes:
        id: of the document; for one that the index does not hold its name.
        name: 《title》（number）, as far as known.
        state: validity today, None for a document that the index does not hold.
        held: whether the index holds it.
    """

    id: str
    name: str
    state: str | None
    held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One reference of an edge.

    Attributes:
        clause_id: the clause that holds it.
        path: its path.
        text: the words of the reference.
        parts: the places named in the other document.
        target_clauses: ids of the clauses that are meant there, as far as found.
    """

    clause_id: str
    path: str
    text: str
    parts: tuple[str, ...]
    target_clauses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """One document naming another in one role.

    Attributes:
        source: id of the node that names.
        target: id of the node that is named.
        kind: one of :data:`KINDS`.
        places: the references, in reading order.
        warning: a Chinese sentence where what is named no longer applies, else None.
    """

    source: str
    target: str
    kind: str
    places: tuple[Place, ...]
    warning: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """The documents around one document.

    Attributes:
        document: in the middle.
        validity: its time, with the sentences that prove it.
        nodes: all documents of the graph, the middle one first.
        cites: edges from it, by kind and first place.
        cited_by: edges to it, by kind and the citing document.
        internal: how many references to places of its own it holds.
    """

    document: Document
    validity: Validity
    nodes: tuple[Node, ...]
    cites: tuple[Edge, ...]
    cited_by: tuple[Edge, ...]
    internal: int

    def node(self, identity: str) -> Node:
        """A node by its id. Raises KeyError where there is none."""
        for node in self.nodes:
            if node.id == identity:
                return node
        raise KeyError(identity)


def graph(backend: Backend, document: Document) -> Graph:
    """The graph around a document of the index."""
    day = today()
    outgoing = backend.links.of_document(document.id)
    incoming = [link for link in backend.links.to_document(document.id) if link.document_id != document.id]
    nodes = {document.id: Node(id=document.id, name=full_name(document), state=document.validity(day), held=True)}
    for link in outgoing:
        if link.kind != "internal" and link.target_id != document.id:
            node = _target(link, backend, day)
            nodes.setdefault(node.id, node)
    for link in incoming:
        if link.document_id not in nodes:
            citing = backend.document(link.document_id)
            nodes[citing.id] = Node(id=citing.id, name=full_name(citing), state=citing.validity(day), held=True)
    return Graph(
        document=document,
        validity=backend.links.validity(document.id),
        nodes=tuple(nodes.values()),
        cites=_edges(link for link in outgoing if link.kind != "internal" and link.target_id != document.id),
        cited_by=_edges(incoming),
        internal=sum(link.kind == "internal" or link.target_id == document.id for link in outgoing),
    )


def full_name(document: Document) -> str:
    """《title》（number）, or the file's name where the document bears neither."""
    facts = document.metadata
    name = f"《{facts.title}》" if facts.title else ""
    name += f"（{facts.number}）" if facts.number and name else facts.number or ""
    return name or document.source


def _target(link: Link, backend: Backend, day: str) -> Node:
    if link.target_id is not None:
        target = backend.document(link.target_id)
        return Node(id=target.id, name=full_name(target), state=target.validity(day), held=True)
    name = said_name(link)
    return Node(id=name, name=name, state=None, held=False)


def said_name(link: Link) -> str:
    """A document as the reference calls it."""
    name = f"《{link.title}》" if link.title else ""
    return name + (f"（{link.number}）" if link.number and name else link.number or "")


def _edges(links: Iterable[Link]) -> tuple[Edge, ...]:
    groups: dict[tuple[str, str, str], list[Link]] = {}
    for link in links:
        key = (link.kind, link.document_id, link.target_id or said_name(link))
        groups.setdefault(key, []).append(link)
    edges = [
        Edge(
            source=source,
            target=target,
            kind=kind,
            places=tuple(_place(link) for link in group),
            warning=next((link.warning for link in group if link.warning), None),
        )
        for (kind, source, target), group in groups.items()
    ]
    return tuple(sorted(edges, key=lambda edge: KINDS.index(edge.kind)))


def _place(link: Link) -> Place:
    return Place(
        clause_id=link.clause_id,
        path=link.path,
        text=link.text,
        parts=link.parts,
        target_clauses=link.target_clauses,
    )
