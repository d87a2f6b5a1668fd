"""What indexing costs, and how soon the first answer comes: ``python -m bench.indexing``.

The laws are indexed whole and by a tenth of them (every tenth file), each in a fresh process, for seconds by stage and
peak memory, and once more after one file has changed. Then a cold ``qa ask`` against the seed documents is timed
beside ``import sentence_transformers``, in turn.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.pages import DOCS, ROOT, made_with, put
from index.walk import find
from train.data import SHARED

PAGE = DOCS / "performance.md"
STAGES = ("load", "parse", "segment", "embed", "write", "total")
_NAMES = ("读取", "解析", "切词", "嵌入", "写入", "合计")
_QUESTION = "国家级开发区工业用地产出强度2025年要达到多少？"
_SHARE = 10
_BUILD = """
import json, resource, sys, time
from pathlib import Path
from index.build import build
from index.embed import open_embedder
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
embedder = open_embedder()
report = build([Path(sys.argv[1])], Path(sys.argv[2]), embedder)
print(json.dumps({"documents": report.documents, "clauses": report.clauses, "seconds": dict(report.seconds),
                  "cpu": time.process_time(), "peak": peak()}))
"""
"""Runs in a process of its own, so that the peak is that of this build alone."""


def indexed(corpus: Path, folder: Path) -> Mapping[str, object]:
    """Documents, clauses, seconds by stage, processor seconds of the whole process, and bytes of memory at its peak."""
    command = (sys.executable, "-c", _BUILD, str(corpus), str(folder))
    run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=_one_thread())
    found: Mapping[str, object] = json.loads(run.stdout.splitlines()[-1])
    return found


def tenth(corpus: Path, folder: Path) -> Path:
    """A folder of links to every tenth file of a corpus."""
    for found in find([corpus]).files[::_SHARE]:
        link = folder / found.path.relative_to(corpus)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(found.path.resolve())
    return folder


def cold(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each command, from start to end of its process, in turn; one run of each goes uncounted before."""
    took: dict[str, list[float]] = {name: [] for name in commands}
    for repeat in range(repeats + 1):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
            if repeat:
                took[name].append(time.perf_counter() - begin)
    return took


def indexing_table(part: Mapping[str, object], whole: Mapping[str, object]) -> str:
    """Both builds and their ratio."""
    lines = [f"{made_with()}；单线程。\n", "| | 1/10 | 全部 | 倍数 |", "|---|---|---|---|"]
    rows = [("文件", "documents"), ("条款", "clauses")]
    lines += [_row(name, float(str(part[key])), float(str(whole[key])), ",.0f") for name, key in rows]
    seconds = [found["seconds"] for found in (part, whole)]
    for name, stage in zip(_NAMES, STAGES, strict=True):
        few, all_of_them = (float(found.get(stage, 0.0)) for found in seconds if isinstance(found, dict))
        lines.append(_row(f"{name}（秒）", few, all_of_them, ".1f"))
    few, all_of_them = (float(str(found["cpu"])) for found in (part, whole))
    lines.append(_row("处理器时间（秒）", few, all_of_them, ".1f"))
    few, all_of_them = (float(str(found["peak"])) / 2**20 for found in (part, whole))
    lines.append(_row("内存峰值（MB）", few, all_of_them, ".0f"))
    return "\n".join(lines)


def _row(name: str, part: float, whole: float, form: str) -> str:
    ratio = f"{whole / part:.1f}" if part else "—"
    return f"| {name} | {part:{form}} | {whole:{form}} | {ratio} |"


def cold_table(took: Mapping[str, Sequence[float]]) -> str:
    """Medians and their ratio to the last command."""
    base = statistics.median(list(took.values())[-1])
    lines = [
        f"{made_with()}；各 {len(next(iter(took.values())))} 次，交替运行。\n",
        "| 命令 | 中位数（秒） | 比例 |",
        "|---|---|---|",
    ]
    for name, values in took.items():
        median = statistics.median(values)
        lines.append(f"| `{name}` | {median:.2f} | {median / base:.2f} |")
    return "\n".join(lines)


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def measure_indexing(corpus: Path, folder: Path | None) -> str:
    """The table of both builds; the whole index stays in ``folder``, where one is given."""
    with TemporaryDirectory(prefix="qa-bench-") as scratch:
        sample = tenth(corpus, Path(scratch) / "laws")
        part = indexed(sample, Path(scratch) / "tenth")
        own = Path(shutil.copytree(corpus, Path(scratch) / "own"))
        index = folder or Path(scratch) / "whole"
        whole = indexed(own, index)
        changed = one_changed(own, index)
        ratio = float(str(changed["cpu"])) / float(str(whole["cpu"]))
        last = f"改动其中一份文件后再收录：处理器时间 {float(str(changed['cpu'])):.1f} 秒，是全部收录的 {ratio:.1%}。"
        return f"{indexing_table(part, whole)}\n\n{last}"


def one_changed(corpus: Path, index: Path) -> Mapping[str, object]:
    """What :func:`indexed` gives after the middle file of an indexed corpus got another last line."""
    files = find([corpus]).files
    with files[len(files) // 2].path.open("a", encoding="utf-8") as file:
        file.write("\n第九百九十九条　本条为检验增量更新而加。\n")
    return indexed(corpus, index)


def measure_cold(repeats: int) -> str:
    """The table of first answers."""
    qa = str(Path(sys.executable).with_name("qa"))
    with TemporaryDirectory(prefix="qa-bench-") as scratch:
        index = ("--index", scratch)
        subprocess.run((qa, *index, "index", str(ROOT / "seeds")), cwd=ROOT, check=True, capture_output=True)
        commands = {
            "qa ask": (qa, *index, "ask", _QUESTION),
            "python -c 'import sentence_transformers'": (sys.executable, "-c", "import sentence_transformers"),
        }
        return cold_table(cold(commands, repeats))


def main() -> None:
    """Measures, prints, and with ``--write`` puts the tables into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/laws")
    parser.add_argument("--keep", type=Path, default=None, help="folder in which the whole index is to stay (new)")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=("indexing", "cold"), default=None)
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    corpus = arguments.shared / "corpus" / "laws"
    tables = {}
    if arguments.only != "indexing":
        tables["cold"] = measure_cold(arguments.repeats)
    if arguments.only != "cold" and corpus.exists():
        tables["indexing"] = measure_indexing(corpus, arguments.keep)
    for name, table in tables.items():
        print(f"{table}\n")
        if arguments.write:
            put(PAGE, name, table)


if __name__ == "__main__":
    main()
