"""A comparison as one HTML page, the versions side by side; all text is escaped, and there are no scripts."""

from collections.abc import Sequence
from html import escape

from index.records import Metadata
from qa.diff import ADDED, CHANGED, MOVED, REMOVED, SAME, Change, Comparison, Piece, Unit

_STYLE = """
body { font: 16px/1.7 "Noto Serif CJK SC", "Songti SC", SimSun, serif; margin: 2rem auto; max-width: 75rem;
  padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.3rem }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: 1px solid #ccc; padding: .4rem .6rem; vertical-align: top; text-align: left; white-space: pre-wrap;
  overflow-wrap: anywhere }
thead th { background: #eef2f7; position: sticky; top: 0 }
th.state, td.state { width: 4.5rem; white-space: normal }
td b { display: block }
del { background: #fde2e1; color: #a1150b }
ins { background: #dcf5e3; color: #0b5d23; text-decoration: none; border-bottom: 2px solid }
tr.same td { color: #666 }
tr.added td.state, tr.added td.new { background: #f0fbf3 }
tr.removed td.state, tr.removed td.old { background: #fdf3f2 }
small { color: #666 }
@media print { thead th { position: static } }
"""
_CLASSES = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", MOVED: "moved", SAME: "same"}


def page(comparison: Comparison) -> str:
    """The whole page."""
    old, new = _name(comparison.old), _name(comparison.new)
    counts = "，".join(f"{state} {count} 条" for state, count in comparison.counts.items())
    rows = "\n".join(_row(change) for change in comparison.changes)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>对比：{new}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{new}：新旧对比</h1>
<p>{counts}。<small>删去的字<del>这样</del>标出，增加的字<ins>这样</ins>标出。</small></p>
<table>
<thead><tr><th class="state" scope="col">变化</th>
<th scope="col">旧：{old}</th><th scope="col">新：{new}</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _row(change: Change) -> str:
    old = _cell(change.old, [piece for piece in change.pieces if piece.kind != "insert"])
    new = _cell(change.new, [piece for piece in change.pieces if piece.kind != "delete"])
    note = "<br><small>仅条文引用随编号调整</small>" if change.only_references else ""
    return (
        f'<tr class="{_CLASSES[change.state]}"><td class="state">{change.state}{note}</td>'
        f'<td class="old">{old}</td><td class="new">{new}</td></tr>'
    )


def _cell(unit: Unit | None, pieces: Sequence[Piece]) -> str:
    if unit is None:
        return ""
    tags = {"delete": "del", "insert": "ins"}
    marked = "".join(
        f"<{tags[piece.kind]}>{escape(piece.text)}</{tags[piece.kind]}>" if piece.kind in tags else escape(piece.text)
        for piece in pieces
    )
    return f"<b>{escape(unit.path)}</b>{marked or escape(unit.text)}"


def _name(facts: Metadata) -> str:
    date = facts.issued_on or facts.published_on or facts.effective_on
    return escape((facts.title or "（无标题）") + (f"（{date}）" if date else ""))
