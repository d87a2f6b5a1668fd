"""What :mod:`bench.scale` measured -> tables of ``docs/performance.md`` and a plot."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.pages import DOCS, put

PAGE = DOCS / "performance.md"
PLOT = DOCS / "scale.svg"
_STAGES = {"load": "读取", "parse": "解析", "segment": "切词", "embed": "嵌入", "write": "写入", "total": "合计"}
_PARTS = {"catalog": "目录和原文", "lexical": "全文", "dense": "向量"}
_OURS = "本项目"
_RIVALS = ("txtai", "bm25s+FAISS")
Row = Mapping[str, Any]
Steps = Mapping[str, Row]


def write_page(rows: Sequence[Row], page: Path = PAGE, plot: Path = PLOT) -> None:
    """Puts tables and plot where they belong."""
    sizes = by_size(rows)
    text = sizes_table(sizes)
    for steps in sizes:
        if all(system in steps for system in _RIVALS):
            text += f"\n\n{rivals_table(steps)}"
    put(page, "scale", text)
    draw(sizes, plot)


def by_size(rows: Sequence[Row]) -> list[Steps]:
    """What was measured of each size that was built, by step, smallest first."""
    every = sorted({row["size"] for row in rows})
    found = [{row["step"]: row for row in rows if row["size"] == size} for size in every]
    return [steps for steps in found if "build" in steps]


def sizes_table(sizes: Sequence[Steps]) -> str:
    """All sizes, each a column."""
    made = list(dict.fromkeys(row["made"] for steps in sizes for row in steps.values()))
    lines = [f"{'；'.join(made)}。\n"]
    lines += ["| | " + " | ".join(f"{steps['build']['clauses']:,} 条" for steps in sizes) + " |"]
    lines += ["|---" * (len(sizes) + 1) + "|"]

    def row(name: str, cell: Callable[[Steps], str]) -> None:
        cells = []
        for steps in sizes:
            try:
                cells.append(cell(steps))
            except KeyError:
                cells.append("—")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    row("文件 / 向量", lambda of: f"{of['build']['documents']:,} / {of['build']['vectors']:,}")
    for stage, name in _STAGES.items():
        row(f"建立：{name}（秒）", lambda of, stage=stage: f"{of['build']['seconds'].get(stage, 0):.1f}")
    row("建立：处理器时间（秒）", lambda of: f"{of['build']['cpu']:.1f}")
    row("建立：每条毫秒", lambda of: f"{1e3 * of['build']['seconds']['total'] / of['build']['clauses']:.2f}")
    row("建立：内存峰值（MB）", lambda of: _mega(of["build"]["peak"]))
    for part, name in _PARTS.items():
        row(f"每条字节：{name}", lambda of, part=part: f"{of['build']['bytes'][part] / of['build']['clauses']:,.0f}")
    row("每条字节：合计", lambda of: f"{sum(of['build']['bytes'].values()) / of['build']['clauses']:,.0f}")
    row("压缩向量的召回", lambda of: "不用" if of["build"]["recall"] is None else f"{of['build']['recall']:.4f}")
    for layer, name in (("index", "取候选"), ("service", "整个查找")):
        for threads in ("1", "2"):
            row(
                f"{name}，{threads} 线程：p50 / p99（毫秒）",
                lambda of, layer=layer, threads=threads: _spread(of["search"][layer][threads]),
            )
        row(f"{name}：处理器时间中位数（毫秒）", lambda of, layer=layer: f"{1e3 * of['search'][layer]['1']['cpu']:.1f}")
        row(
            f"{name}：每秒，1 / 2 线程",
            lambda of, layer=layer: " / ".join(f"{of['search'][layer][one]['each_second']:.0f}" for one in ("1", "2")),
        )
    for share, name in (("0.9", "九成"), ("0.5", "一半"), ("0.1", "一成"), ("0.01", "百分之一"), ("0.0", "一份")):
        row(
            f"取候选，条件选中{name}文件：p50 / p99（毫秒）",
            lambda of, share=share: _spread(of["search"]["filtered"][share]),
        )
    row("打开并答第一问（秒）", lambda of: f"{of['search']['open']:.2f}")
    row("查找时内存：RSS / 其中自己的（MB）", lambda of: _memory(of["search"]))
    row("什么也没变（秒）", lambda of: f"{of['change']['nothing']:.1f}")
    row("加一份文件（秒）", lambda of: f"{of['change']['put']:.1f}")
    row("加一份文件 ÷ 建立", lambda of: f"{of['change']['put'] / of['build']['seconds']['total']:.1%}")
    row("删去约 1,000 条（秒）", lambda of: f"{of['change']['removed_clauses']['seconds']:.1f}")
    row("删去 1,000 份文件（秒）", lambda of: f"{of['change']['removed_documents']['seconds']:.1f}")
    row("增减时内存峰值（MB）", lambda of: _mega(of["change"]["peak"]))
    return "\n".join(lines)


def rivals_table(steps: Steps) -> str:
    """Ours beside the others, and by how much it is more or less."""
    build, search, change = steps["build"], steps["search"], steps["change"]
    others = [steps[system] for system in _RIVALS]
    versions = "、".join(f"{system} {steps[system]['version']}" for system in _RIVALS)
    lines = [
        f"同样的 {build['clauses']:,} 条，对照：{versions}；括号里是本项目 ÷ 它。\n",
        f"| | {_OURS} | " + " | ".join(_RIVALS) + " |",
        "|---" * (len(_RIVALS) + 2) + "|",
    ]

    def row(name: str, ours: float, theirs: Sequence[float], form: str = ".1f") -> None:
        cells = " | ".join(f"{value:{form}}（{ours / value:.2f}）" for value in theirs)
        lines.append(f"| {name} | {ours:{form}} | {cells} |")

    row("建立：只算写入（秒）", build["seconds"]["write"], [one["seconds"] for one in others])
    row("每条字节", sum(build["bytes"].values()) / build["clauses"], [one["bytes"] / one["clauses"] for one in others])
    for threads in ("1", "2"):
        for percent in ("p50", "p99"):
            row(
                f"取候选，{threads} 线程：{percent}（毫秒）",
                1e3 * search["index"][threads][percent],
                [1e3 * one["index"][threads][percent] for one in others],
            )
    row(
        "处理器时间中位数（毫秒）",
        1e3 * search["index"]["1"]["cpu"],
        [1e3 * one["index"]["1"]["cpu"] for one in others],
    )
    row(
        "每秒，2 线程",
        search["index"]["2"]["each_second"],
        [one["index"]["2"]["each_second"] for one in others],
        ".0f",
    )
    row("内存（RSS，MB）", search["memory"]["VmRSS"] / 2**20, [one["memory"]["VmRSS"] / 2**20 for one in others], ".0f")
    row("加一份文件并存盘（秒）", change["put"], [one["put"] for one in others])
    row(
        "删去约 1,000 条并存盘（秒）",
        change["removed_clauses"]["seconds"],
        [one["removed_clauses"]["seconds"] for one in others],
    )
    return "\n".join(lines)


def draw(sizes: Sequence[Steps], path: Path) -> None:
    """Time, memory and space by the number of clauses, as an SVG whose texts stay texts."""
    import warnings

    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    panels: tuple[tuple[str, Mapping[str, Callable[[Steps], float]]], ...] = (
        (
            "建立（秒）",
            {
                "合计": lambda of: of["build"]["seconds"]["total"],
                "嵌入": lambda of: of["build"]["seconds"]["embed"],
                "写入": lambda of: of["build"]["seconds"]["write"],
            },
        ),
        (
            "查找，1 线程（毫秒）",
            {
                "整个查找 p99": lambda of: 1e3 * of["search"]["service"]["1"]["p99"],
                "整个查找 p50": lambda of: 1e3 * of["search"]["service"]["1"]["p50"],
                "取候选 p99": lambda of: 1e3 * of["search"]["index"]["1"]["p99"],
                "取候选 p50": lambda of: 1e3 * of["search"]["index"]["1"]["p50"],
            },
        ),
        (
            "增减（秒）",
            {
                "删去约 1,000 条": lambda of: of["change"]["removed_clauses"]["seconds"],
                "加一份文件": lambda of: of["change"]["put"],
            },
        ),
        (
            "大小（MB）",
            {
                "磁盘": lambda of: sum(of["build"]["bytes"].values()) / 2**20,
                "查找时 RSS": lambda of: of["search"]["memory"]["VmRSS"] / 2**20,
                "查找时自己的": lambda of: of["search"]["memory"]["RssAnon"] / 2**20,
                "建立时峰值": lambda of: of["build"]["peak"] / 2**20,
            },
        ),
    )
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "policy-qa", "font.family": "sans-serif"}),
        warnings.catch_warnings(),
    ):
        # Texts are set by the reader's fonts: that matplotlib's own lacks Chinese does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure, axes = pyplot.subplots(2, 2, figsize=(9, 7))
        for axis, (title, series) in zip(axes.flat, panels, strict=True):
            for name, value in series.items():
                points = _points(sizes, value)
                axis.plot([x for x, _ in points], [y for _, y in points], marker="o", label=name)
            axis.set(xscale="log", yscale="log", title=title, xlabel="条款")
            axis.grid(alpha=0.3)
            axis.legend(frameon=False)
        figure.tight_layout()
        figure.savefig(path, metadata={"Date": None})
        pyplot.close(figure)


def _points(sizes: Sequence[Steps], value: Callable[[Steps], float]) -> list[tuple[float, float]]:
    found = []
    for steps in sizes:
        try:
            found.append((float(steps["build"]["clauses"]), value(steps)))
        except KeyError:
            continue  # not measured at this size
    return found


def _spread(found: Mapping[str, float]) -> str:
    return f"{1e3 * found['p50']:.1f} / {1e3 * found['p99']:.1f}"


def _mega(count: float) -> str:
    return f"{count / 2**20:,.0f}"


def _memory(found: Row) -> str:
    return f"{_mega(found['memory']['VmRSS'])} / {_mega(found['memory']['RssAnon'])}"
