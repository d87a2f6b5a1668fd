"""The tree of clauses under construction, and what it becomes: clauses whose stretches partition the source."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.duties import find_duties
from index.records import Clause, Span
from index.reflow import Paragraph, Readable

LEAD_IN_LIMIT = 60
"""So much of a parent's text stands in ``headings`` where the parent has no heading of its own."""


@dataclass(slots=True)
class Node:
    """A clause under construction."""

    kind: str
    path: str
    level: int
    marker: str = ""
    heading: str = ""
    parent: int | None = None
    own_number: bool = False
    body: int = 0
    extra: int = 0
    pieces: list[tuple[int, int, int]] = field(default_factory=list)


class Tree:
    """Nodes in reading order and the paragraphs that they are made of."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self.paragraphs = paragraphs
        self.nodes: list[Node] = []
        self.remarks: list[str] = []

    def add(self, node: Node) -> int:
        """Appends a node; gives its number."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def give(self, node: int, paragraph: int, start: int = 0, end: int | None = None) -> None:
        """Gives a stretch of a paragraph, by default all of it, to a node."""
        stop = len(self.paragraphs[paragraph].text) if end is None else end
        if stop > start:
            self.nodes[node].pieces.append((paragraph, start, stop))

    def back_to(self, owner: int) -> int:
        """Gives a node for text that returns to ``owner`` after children of it stood in between."""
        if owner == len(self.nodes) - 1:
            return owner
        origin = self.nodes[owner]
        return self.add(Node(kind=origin.kind, path=origin.path, level=origin.level, parent=owner, body=1))


def finish(tree: Tree, readable: Readable, document_id: str) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Nodes -> clauses: empty ones go, places become offsets of the source."""
    kept = [number for number, node in enumerate(tree.nodes) if node.pieces]
    kept.sort(key=lambda number: tree.nodes[number].pieces[0][:2])
    ordinal = {number: position for position, number in enumerate(kept)}
    firsts = [_offset(readable, tree.nodes[number].pieces[0]) for number in kept]
    result = []
    for position, number in enumerate(kept):
        node = tree.nodes[number]
        text = "\n".join(readable.paragraphs[index].text[start:end].strip() for index, start, end in node.pieces)
        duties, duty_spans = find_duties(text)
        parent = node.parent
        while parent is not None and parent not in ordinal:
            parent = tree.nodes[parent].parent
        result.append(
            Clause(
                id=f"{document_id}-{position}",
                document_id=document_id,
                ordinal=position,
                path=node.path,
                level=node.level,
                kind=node.kind,
                marker=node.marker,
                heading=node.heading,
                headings=_headings(tree, node),
                text=text,
                start=firsts[position] if position else 0,
                end=firsts[position + 1] if position + 1 < len(kept) else readable.length,
                spans=_spans(readable, node.pieces),
                parent=ordinal[parent] if parent is not None else None,
                duties=duties,
                duty_spans=duty_spans,
            )
        )
    return tuple(result), tuple(dict.fromkeys(tree.remarks))


def _headings(tree: Tree, node: Node) -> tuple[str, ...]:
    headings: list[str] = []
    parent = node.parent
    while parent is not None:
        above = tree.nodes[parent]
        if above.heading:
            headings.append(above.marker + above.heading)
        elif above.pieces and (above.marker or above.own_number):
            index, start, end = above.pieces[0]
            headings.append(tree.paragraphs[index].text[start:end][:LEAD_IN_LIMIT])
        parent = above.parent
    return tuple(reversed(headings))


def _offset(readable: Readable, piece: tuple[int, int, int]) -> int:
    index, start, _ = piece
    return readable.paragraphs[index].positions[start]


def _spans(readable: Readable, pieces: Sequence[tuple[int, int, int]]) -> tuple[Span, ...]:
    """Stretches of the source between which furniture was dropped."""
    dropped = [span.start for span in readable.furniture]
    spans: list[Span] = []
    begin = previous = None
    for index, start, end in pieces:
        for position in readable.paragraphs[index].positions[start:end]:
            if previous is None or begin is None:
                begin = position
            elif position > previous + 1 and bisect_right(dropped, previous) != bisect_right(dropped, position):
                spans.append(Span(start=begin, end=previous + 1))
                begin = position
            previous = position
    if begin is not None and previous is not None:
        spans.append(Span(start=begin, end=previous + 1))
    return tuple(spans)
