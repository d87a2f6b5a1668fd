"""A graph as a text tree, as JSON values, as Graphviz and Mermaid source, and as a picture (SVG)."""

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from qa.graph import KINDS, Edge, Graph, Node
from qa.relations import STATES

_PLACES_SHOWN = 4
_LABEL = 24
_COLOURS = {"repealed": "#b3261e", "expired": "#b3261e", "amended": "#b26a00", "not_yet": "#1f5fa8"}
_ROW, _BOX, _WIDE, _GAP, _TOP = 46, 34, 300, 150, 56


def as_text(graph: Graph) -> str:
    """A tree of lines, the way :program:`tree` draws it."""
    groups: list[tuple[str, list[str]]] = []
    for kind in KINDS:
        lines = [_line(edge, graph, edge.target) for edge in graph.cites if edge.kind == kind]
        if lines:
            groups.append((kind, lines))
    citing = [f"{_line(edge, graph, edge.source)}（{edge.kind}）" for edge in graph.cited_by]
    if citing:
        groups.append((f"被引用（{len({edge.source for edge in graph.cited_by})} 份文件）", citing))
    if graph.internal:
        groups.append((f"引用本文件内的条款 {graph.internal} 处", []))
    rows = [graph.nodes[0].name + _time(graph)]
    for number, (name, lines) in enumerate(groups):
        last = number == len(groups) - 1
        rows.append(("└─ " if last else "├─ ") + name)
        for place, line in enumerate(lines):
            rows.append(("   " if last else "│  ") + ("└─ " if place == len(lines) - 1 else "├─ ") + line)
    return "\n".join(rows)


def as_json(graph: Graph) -> dict[str, Any]:
    """Values for JSON: ``document``, ``validity``, ``nodes``, ``cites``, ``cited_by``, ``internal``."""
    validity = asdict(graph.validity)
    validity["proofs"] = {name: asdict(proof) for name, proof in graph.validity.proofs}
    return {
        "document": graph.document.id,
        "validity": validity,
        "nodes": [asdict(node) for node in graph.nodes],
        "cites": [asdict(edge) for edge in graph.cites],
        "cited_by": [asdict(edge) for edge in graph.cited_by],
        "internal": graph.internal,
    }


def as_dot(graph: Graph) -> str:
    """Graphviz source."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    rows = ["digraph references {", "  rankdir=LR;", '  node [shape=box, fontname="sans-serif"];']
    for node in graph.nodes:
        style = "" if node.held else ", style=dashed"
        colour = f', color="{_COLOURS[node.state]}"' if node.state in _COLOURS else ""
        rows.append(f'  {names[node.id]} [label="{_quoted(_label(node))}"{style}{colour}];')
    for edge in (*graph.cites, *graph.cited_by):
        rows.append(f'  {names[edge.source]} -> {names[edge.target]} [label="{edge.kind}"];')
    return "\n".join([*rows, "}"])


def as_mermaid(graph: Graph) -> str:
    """Mermaid source."""
    names = {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}
    rows = ["graph LR"]
    for node in graph.nodes:
        label = _label(node).replace('"', "#quot;")
        rows.append(f'  {names[node.id]}["{label}"]' if node.held else f'  {names[node.id]}("{label}")')
    for edge in (*graph.cites, *graph.cited_by):
        rows.append(f"  {names[edge.source]} -->|{edge.kind}| {names[edge.target]}")
    return "\n".join(rows)


def as_svg(graph: Graph) -> str:
    """A picture: what cites the document on the left, the document in the middle, what it cites on the right."""
    left, right = graph.cited_by, graph.cites
    height = _TOP + _ROW * max(len(left), len(right), 1) + 20
    width = 3 * _WIDE + 2 * _GAP + 40
    middle_x, middle_y = 20 + _WIDE + _GAP, _TOP + _ROW * max(len(left), len(right), 1) / 2 - _BOX / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}" width="{width}" '
        f'height="{height:.0f}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(graph.nodes[0].name)}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="20" y="28" fill="#555">被引用 {len(left)}</text>',
        f'<text x="{20 + 2 * (_WIDE + _GAP)}" y="28" fill="#555">引用 {len(right)}</text>',
    ]
    centre = middle_y + _BOX / 2
    for edges, x, end in ((left, 20, True), (right, 20 + 2 * (_WIDE + _GAP), False)):
        for row, edge in enumerate(edges):
            y = _TOP + _ROW * row
            node = graph.node(edge.source if end else edge.target)
            x1, y1 = (x + _WIDE, y + _BOX / 2) if end else (middle_x + _WIDE, centre)
            x2, y2 = (middle_x, centre) if end else (x, y + _BOX / 2)
            parts.extend(_arrow(x1, y1, x2, y2, edge.kind, near_start=end))
            parts.extend(_box(node, x, y))
    parts.extend(_box(graph.nodes[0], middle_x, middle_y, bold=True))
    return "\n".join([*parts, "</svg>"])


def _arrow(x1: float, y1: float, x2: float, y2: float, kind: str, *, near_start: bool) -> list[str]:
    bend = (x1 + x2) / 2
    at = (x1 + 18, y1) if near_start else (x2 - 42, y2)
    return [
        f'<path d="M{x1:.0f} {y1:.0f} C{bend:.0f} {y1:.0f} {bend:.0f} {y2:.0f} {x2 - 7:.0f} {y2:.0f}" '
        'fill="none" stroke="#888"/>',
        f'<path d="M{x2:.0f} {y2:.0f} l-8 -4 v8 z" fill="#888"/>',
        f'<text x="{at[0]:.0f}" y="{at[1] - 5:.0f}" fill="#555" font-size="11" '
        f'stroke="#fff" stroke-width="3" paint-order="stroke">{escape(kind)}</text>',
    ]


def _box(node: Node, x: float, y: float, *, bold: bool = False) -> list[str]:
    colour = _COLOURS.get(node.state or "", "#333")
    dashes = "" if node.held else ' stroke-dasharray="4 3"'
    weight = ' font-weight="bold"' if bold else ""
    fill = "#eef3fb" if bold else "white"
    return [
        f'<g><title>{escape(_label(node))}</title><rect x="{x:.0f}" y="{y:.0f}" width="{_WIDE}" height="{_BOX}" rx="4" '
        f'fill="{fill}" stroke="{colour}"{dashes}/>',
        f'<text x="{x + 8:.0f}" y="{y + 21:.0f}" fill="{colour}"{weight}>{escape(_short(node.name))}</text></g>',
    ]


def _line(edge: Edge, graph: Graph, other: str) -> str:
    node = graph.node(other)
    notes = [] if node.held else ["不在索引中"]
    if node.state in _COLOURS:
        notes.append(STATES[node.state])
    elif edge.warning and other == edge.target:
        notes.append(edge.warning.rstrip("。"))
    places = [_place(place.path, place.parts) for place in edge.places[:_PLACES_SHOWN]]
    more = f" 等 {len(edge.places)} 处" if len(edge.places) > _PLACES_SHOWN else ""
    note = f"【{'；'.join(notes)}】" if notes else ""
    return f"{node.name}{note}  {'；'.join(dict.fromkeys(places))}{more}"


def _place(path: str, parts: Sequence[str]) -> str:
    return path + (f" → {'、'.join(parts[:3])}{'…' if len(parts) > 3 else ''}" if parts else "")


def _time(graph: Graph) -> str:
    validity = graph.validity
    said = [STATES[validity.state]]
    said += [f"{validity.effective_on} 起施行"] if validity.effective_on else []
    said += [f"有效期至 {validity.expires_on}"] if validity.expires_on else []
    if validity.ended_by is not None and validity.ended_on:
        said.append(f"自 {validity.ended_on} 起由 {graph_name(graph, validity.ended_by)} 取代或废止")
    return f"  【{'；'.join(said)}】"


def graph_name(graph: Graph, identity: str) -> str:
    """The name of a document of the graph, its id where it is no part of it."""
    return next((node.name for node in graph.nodes if node.id == identity), identity)


def _label(node: Node) -> str:
    state = f"【{STATES[node.state]}】" if node.state in _COLOURS else ""
    return node.name + state + ("" if node.held else "（不在索引中）")


def _short(name: str) -> str:
    return name if len(name) <= _LABEL else name[: _LABEL - 1] + "…"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
