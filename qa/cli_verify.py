"""``qa verify``: what is wrong in a memo, as a table, as lines in a pipe, or as JSON."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli_errors import DONE, REFUSED
from qa.cli_state import State
from qa.filters import whole_day
from qa.verify import OK, PROBLEMS, UNSURE, WRONG, Finding
from qa.verify_schemas import verify_shape

if TYPE_CHECKING:
    from rich.text import Text

_NAMES = {OK: "无误", WRONG: "有误", UNSURE: "存疑"}
_STYLES = {OK: "green", WRONG: "bold red", UNSURE: "yellow"}
_PIECES = {"equal": ("", "", ""), "delete": ("[-", "-]", "red strike"), "insert": ("{+", "+}", "green underline")}


def run_verify(state: State, file: Path, *, as_of: str | None, every: bool, as_json: bool) -> int:
    """Checks, writes the findings, returns the exit code: 1 where something is wrong."""
    found = state.service.verify(file, as_of=whole_day(as_of))
    counts = Counter(finding.state for finding in found)
    if as_json:
        state.write_json(verify_shape(str(file), found, state.shapes))
    else:
        _show(state, [finding for finding in found if every or finding.state != OK])
        parts = "，".join(f"{name} {counts[code]} 处" for code, name in _NAMES.items())
        state.talk(f"核对了 {len(found)} 处引用：{parts}。")
    return REFUSED if counts[WRONG] else DONE


def _show(state: State, found: Sequence[Finding]) -> None:
    if not state.console.is_terminal:
        for finding in found:
            fields = (
                f"第{finding.line}段",
                _verdict(finding),
                state.shapes.text(finding.text),
                state.shapes.text(finding.message),
                _marked(finding, state.shapes.text, signs=True).plain,
            )
            state.write_line("\t".join(" ".join(field.split()) for field in fields).rstrip())
        return
    from rich.table import Table
    from rich.text import Text

    if not found:
        return
    table = Table(show_lines=True, header_style="bold")
    table.add_column("段", justify="right")
    table.add_column("结果", no_wrap=True)
    table.add_column("引用", ratio=3, overflow="fold")
    table.add_column("说明（[-…-] 原文，{+…+} 材料）" if state.plain else "说明", ratio=4, overflow="fold")
    for finding in found:
        message = Text(state.shapes.text(finding.message))
        if finding.pieces:
            message += Text("\n") + _marked(finding, state.shapes.text, signs=state.plain)
        verdict = Text(_verdict(finding), style=_STYLES[finding.state])
        table.add_row(str(finding.line), verdict, Text(state.shapes.text(finding.text)), message)
    state.console.print(table)


def _verdict(finding: Finding) -> str:
    return PROBLEMS[finding.problem] if finding.problem else _NAMES[finding.state]


def _marked(finding: Finding, shown: Any, *, signs: bool) -> "Text":
    """From the source's words to the memo's: what was left out, and what was put in."""
    from rich.text import Text

    text = Text()
    for piece in finding.pieces:
        before, after, style = _PIECES[piece.kind]
        text.append(f"{before}{shown(piece.text)}{after}" if signs else shown(piece.text), style=style)
    return text
