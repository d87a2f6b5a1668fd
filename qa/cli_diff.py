"""``qa diff``: two versions compared, for people, as JSON or as an HTML page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.records import Metadata
from qa.cli_errors import DONE
from qa.cli_state import State
from qa.diff import CHANGED, SAME, Change, Comparison, Piece, Unit
from qa.errors import UsageError
from qa.visible import visible

if TYPE_CHECKING:
    from rich.text import Text

_STYLES = {"delete": "red strike", "insert": "green underline", "equal": ""}
_SIGNS = {"delete": ("[-", "-]"), "insert": ("{+", "+}"), "equal": ("", "")}
_KEPT = 14  # characters of a long unchanged stretch that are shown at each side of a change


def run_diff(state: State, names: tuple[str, str], *, html: Path | None, every: bool, as_json: bool) -> int:
    """Compares, writes the result, returns the exit code."""
    found = state.service.diff(*names)
    if html is not None:
        from qa.diff_html import page

        try:
            html.write_text(visible(state.shapes.text(page(found))), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"写不到 {html}（{error.strerror}）；请检查文件夹是否存在、是否有权限。") from error
        state.talk(f"已写出 {html}")
    if as_json:
        state.write_json(_shape(state, found))
    elif html is None:
        _show(state, found, every=every)
    return DONE


def _show(state: State, found: Comparison, *, every: bool) -> None:
    from rich.text import Text

    state.console.print(Text(f"旧：{_name(found.old)}"))
    state.console.print(Text(f"新：{_name(found.new)}"))
    state.console.print(Text("，".join(f"{name} {count} 条" for name, count in found.counts.items()), style="bold"))
    for change in found.changes:
        if change.state == SAME and not every:
            continue
        head = Text(f"\n【{change.state}】", style="bold")
        head.append(_place(change), style="bold cyan")
        if change.only_references:
            head.append("（仅条文引用随编号调整）", style="dim")
        state.console.print(head)
        if change.state == CHANGED or change.old is None or change.new is None or every:
            state.console.print(_body(state, change), soft_wrap=not state.console.is_terminal)


def _body(state: State, change: Change) -> "Text":
    from rich.text import Text

    if not change.pieces:
        unit = change.new or change.old
        return Text(state.shapes.text(unit.text if unit else ""))
    shown = Text()
    last = len(change.pieces) - 1
    for number, piece in enumerate(change.pieces):
        text = state.shapes.text(_shortened(piece, first=number == 0, last=number == last))
        before, after = _SIGNS[piece.kind] if not state.console.is_terminal or state.plain else ("", "")
        shown.append(f"{before}{text}{after}", style=_STYLES[piece.kind])
    return shown


def _shortened(piece: Piece, *, first: bool, last: bool) -> str:
    """A long unchanged stretch with its middle left out."""
    text = piece.text
    if piece.kind != "equal" or len(text) <= 3 * _KEPT:
        return text
    return ("" if first else text[:_KEPT]) + "…" + ("" if last else text[-_KEPT:])


def _place(change: Change) -> str:
    old, new = change.old, change.new
    if old is None or new is None:
        unit = new or old
        return unit.path if unit else ""
    return new.path if old.path == new.path else f"{old.path} → {new.path}"


def _name(facts: Metadata) -> str:
    date = facts.issued_on or facts.published_on or facts.effective_on
    return (facts.title or "（无标题）") + (f"（{date}）" if date else "")


def _shape(state: State, found: Comparison) -> dict[str, Any]:
    return {
        "old": _document(found.old),
        "new": _document(found.new),
        "counts": dict(found.counts),
        "changes": [
            {
                "state": change.state,
                "only_references": change.only_references,
                "old": _unit(state, change.old),
                "new": _unit(state, change.new),
                "pieces": [{"kind": piece.kind, "text": state.shapes.text(piece.text)} for piece in change.pieces],
            }
            for change in found.changes
        ],
    }


def _document(facts: Metadata) -> dict[str, str | None]:
    return {
        "title": facts.title,
        "number": facts.number,
        "issued_on": facts.issued_on,
        "published_on": facts.published_on,
        "effective_on": facts.effective_on,
    }


def _unit(state: State, unit: Unit | None) -> dict[str, str] | None:
    if unit is None:
        return None
    return {"clause": unit.clause_id, "path": unit.path, "text": state.shapes.text(unit.text)}
