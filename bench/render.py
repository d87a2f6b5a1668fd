"""Measured ranks -> tables in Markdown and a plot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.scores import FIGURES, Floats, Interval, figures, intervals
from bench.systems import BM25, OURS, SYSTEMS

if TYPE_CHECKING:
    from bench.quality import Result

TITLES = {
    "seeds_dev": "五份样例，开发题",
    "seeds_held": "五份样例，留出题",
    "policies": "公文（五折，按文件留出）",
    "stard": "法律，STARD 留出五分之一",
    "law": "法律，日常问法（按法律留出问题）",
}
_COLOURS = ("#9aa0a6", "#5b8def", "#e0a030", "#c0392b")


def page(results: Sequence["Result"], made: Mapping[str, str]) -> str:
    """Everything that the page shows between its markers."""
    by_set: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        by_set[one.set].append(one)
    parts = ["括号里是与 BM25 之差的 95% 区间（成对自助法，2,000 次）。"]
    worse: list[str] = []
    for name, some in by_set.items():
        parts.append(f"### {TITLES[name]}\n\n量于 {made[name]}。{_table(some)}")
        types = sorted({one.asked.type for one in some})
        if len(types) > 1:
            parts.append(_types(some, types))
        worse += [f"{TITLES[name]}·{line}" for line in below(some, types)]
    listed = "\n".join(f"- {line}" for line in worse)
    parts.append("### 低于 BM25 的题型\n\n" + (listed or "没有：每个题集的每个题型，hit@1 和 hit@5 都不低于 BM25。"))
    return "\n\n".join(parts)


def below(results: Sequence["Result"], types: Sequence[str]) -> list[str]:
    """Types of questions at which ours is below BM25 in hit@1 or hit@5, each with the figures."""
    found = []
    for kind in types:
        some = [one for one in results if one.asked.type == kind]
        ours, other = _of(some, OURS), _of(some, BM25)
        for place in (0, 1):
            mine, theirs = ours[:, place].mean(), other[:, place].mean()
            if mine < theirs:
                found.append(f"{kind}（{len(some)} 题）：{FIGURES[place]} {mine:.3f}，BM25 {theirs:.3f}")
    return found


def _of(results: Sequence["Result"], system: str) -> Floats:
    return figures([one.found[SYSTEMS.index(system)] for one in results])


def _groups(results: Sequence["Result"]) -> list[str]:
    return [one.asked.group for one in results]


def _table(results: Sequence["Result"]) -> str:
    """All figures of all systems."""
    base = _of(results, BM25)
    lines = [f"{len(results)} 题。\n", "| 系统 | " + " | ".join(FIGURES) + " |", "|---" * (len(FIGURES) + 1) + "|"]
    for system in SYSTEMS:
        values = _of(results, system)
        gains = intervals(values - base, _groups(results)) if system != BM25 else None
        cells = [_cell(values[:, place].mean(), gains[place] if gains else None) for place in range(len(FIGURES))]
        lines.append(f"| {system} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _types(results: Sequence["Result"], types: Sequence[str]) -> str:
    """hit@1 and hit@5 by type of question, of BM25 and ours."""
    lines = ["| 题型 | 题数 | BM25 hit@1 | 本项目 | 差 | BM25 hit@5 | 本项目 | 差 |", "|---" * 8 + "|"]
    for kind in types:
        some = [one for one in results if one.asked.type == kind]
        ours, base = _of(some, OURS), _of(some, BM25)
        gains = intervals(ours - base, _groups(some))
        cells = [
            f"{base[:, place].mean():.3f} | {ours[:, place].mean():.3f} | {_signed(gains[place])}" for place in (0, 1)
        ]
        lines.append(f"| {kind} | {len(some)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(mean: float, gain: Interval | None) -> str:
    if np.isnan(mean):
        return "—"
    return f"{mean:.3f}" + (f" ({gain.low:+.3f}…{gain.high:+.3f})" if gain else "")


def _signed(gain: Interval) -> str:
    return f"{gain.mean:+.3f} ({gain.low:+.3f}…{gain.high:+.3f})"


def draw(results: Sequence["Result"], path: Path) -> None:
    """hit@5 of each system on each set with its interval, as an SVG whose texts stay texts."""
    import warnings

    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    names = [name for name in TITLES if any(one.set == name for one in results)]
    place = FIGURES.index("hit@5")
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "policy-qa", "font.family": "sans-serif"}),
        warnings.catch_warnings(),
    ):
        # Texts are set by the reader's fonts: that matplotlib's own lacks Chinese does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure, axes = pyplot.subplots(figsize=(8, 0.9 * len(names) + 1.2))
        for number, system in enumerate(SYSTEMS):
            rows = [_interval(results, name, system, place) for name in names]
            heights = [len(names) - 1 - row + (1.5 - number) * 0.17 for row in range(len(names))]
            means = np.array([row.mean for row in rows])
            errors = np.array([[row.mean - row.low, row.high - row.mean] for row in rows]).T.clip(0)
            axes.errorbar(means, heights, xerr=errors, fmt="o", color=_COLOURS[number], label=system, capsize=2)
        axes.set_yticks(range(len(names))[::-1], [TITLES[name] for name in names])
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("hit@5（线段：95% 区间）")
        axes.grid(axis="x", alpha=0.3)
        axes.legend(ncols=len(SYSTEMS), loc="lower center", bbox_to_anchor=(0.35, 1.0), frameon=False)
        figure.subplots_adjust(left=0.34, right=0.98, bottom=0.12, top=0.9)
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)


def _interval(results: Sequence["Result"], name: str, system: str, place: int) -> Interval:
    some = [one for one in results if one.set == name]
    return intervals(_of(some, system)[:, [place]], _groups(some))[0]
