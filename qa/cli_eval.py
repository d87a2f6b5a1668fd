"""``qa eval``: figures over a question set, for people or as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.cli_errors import DONE
from qa.cli_state import State

_COLUMNS = (
    ("questions", "题数"),
    ("hit_1", "hit@1"),
    ("hit_5", "hit@5"),
    ("path_1", "path@1"),
    ("mrr_10", "MRR@10"),
    ("quote_1", "quote@1"),
    ("refusal_precision", "拒答准确"),
    ("refusal_recall", "拒答召回"),
    ("exactness", "引文一致"),
)


def run_eval(state: State, file: Path, *, as_json: bool) -> int:
    """Evaluates, writes the figures, returns the exit code."""
    found = state.service.evaluate(file)
    if as_json:
        state.write_json(found.to_dict())
        return DONE
    rows = {"全部": asdict(found.all), **{name: asdict(figures) for name, figures in found.by_type.items()}}
    for line in table(rows):
        state.write_line(line)
    details = found.to_dict()
    for key, title in (("missed", "首条不中"), ("wrongly_refused", "误拒"), ("wrongly_answered", "误答")):
        names = details.get(key)
        if isinstance(names, list) and names:
            state.write_line(f"{title}：{' '.join(str(name) for name in names)}")
    return DONE


def table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Rows of figures under their headings, aligned where Chinese characters are two columns wide."""
    from rich.cells import cell_len

    cells = [["题型", *(title for _, title in _COLUMNS)]]
    cells += [[name, *(_cell(figures[key]) for key, _ in _COLUMNS)] for name, figures in rows.items()]
    widths = [max(cell_len(row[column]) for row in cells) for column in range(len(cells[0]))]
    return [
        "  ".join(text + " " * (width - cell_len(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _cell(value: float | int | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
