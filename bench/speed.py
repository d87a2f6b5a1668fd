"""How long a search takes beside txtai's hybrid search and a bm25s + FAISS baseline: ``python -m bench.speed``.

All three search the same clauses for the same questions in one run: each question goes to all of them, one after the
other, in changing order, each on one thread. Ours is timed from the question's text to ranked clauses, with the cutting
of words, the embedding and the ranker; the others get words that are cut and vectors that are made already.
"""

import argparse
import json
import os
import random
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.pages import DOCS, made_with, put
from index.backend import LocalBackend, open_index
from index.build import build
from index.dense import Dense
from index.embed import Embedder, open_embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.tokens import terms
from qa.pipeline import Pipeline, open_pipeline
from qa.question import interpret
from train.data import DATA, SHARED, law_questions

OURS = "本项目"
RIVALS = ("txtai", "bm25s+FAISS")
PAGE = DOCS / "performance.md"
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(kw_only=True, slots=True)
class Times:
    """What each search of one system took, in seconds: by the clock, and of the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


class Rivals:
    """The other systems, in a process of their own.

    Args:
        python: interpreter of the environment that has them.
        folder: with the exported clauses and questions.
    """

    def __init__(self, python: Path, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(python), str(Path(__file__).with_name("rivals.py")), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
        )
        self.versions: dict[str, str] = self._read()["ready"]

    def search(self, system: str, number: int) -> tuple[float, float]:
        """Seconds and processor seconds of one search."""
        assert self._process.stdin
        self._process.stdin.write(f"{system} {number}\n")
        self._process.stdin.flush()
        took = self._read()
        return took["seconds"], took["cpu"]

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"对照程序中途退出（退出码 {self._process.wait()}），原因见上面的报错。")
        return json.loads(line)


def opened(folder: Path, corpus: Path, embedder: Embedder) -> LocalBackend:
    """The index of the laws, made where it is missing or of another model."""
    try:
        return open_index(folder, embedder=embedder.identity)
    except (IndexMissingError, IndexDamagedError):
        print(f"indexing {corpus} into {folder} …", flush=True)
        build([corpus], folder, embedder)
        return open_index(folder, embedder=embedder.identity)


def export(backend: LocalBackend, embedder: Embedder, asked: Sequence[str], folder: Path) -> None:
    """Writes what the rivals search: for each clause its words and one vector (of the clause as a whole)."""
    folder.mkdir(parents=True, exist_ok=True)
    clauses = backend.manifest.clauses
    dense = Dense(backend.generation.path, embedder.dimension, clauses)
    vectors = np.zeros((clauses, embedder.dimension), np.float32)
    with (folder / "words.jsonl").open("w", encoding="utf-8") as file:
        for document in backend.documents():
            title = document.metadata.title or ""
            run = backend.keys(document.id)
            keys, rows = dense.rows(run.start, run.stop)
            for key, row in zip(keys[::-1].tolist(), rows[::-1], strict=True):
                vectors[key] = row
            for clause in backend.clauses(document.id):
                file.write(" ".join(terms(" ".join((title, *clause.headings, clause.text)))) + "\n")
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "asked.npy", embedder.queries(asked))
    words = [" ".join(dict.fromkeys(terms(question))) for question in asked]
    (folder / "asked.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")


def measure(pipeline: Pipeline, rivals: Rivals | None, asked: Sequence[str], warm: int) -> dict[str, Times]:
    """Puts each question to each system, once; the first ``warm`` questions are not counted."""
    systems = [OURS, *(RIVALS if rivals else ())]
    times = {system: Times() for system in systems}
    choose = random.Random(0)
    for number, question in enumerate(asked):
        choose.shuffle(systems)
        for system in systems:
            if system == OURS:
                wall, cpu = time.perf_counter(), time.process_time()
                pipeline.search(interpret(question)).hits(10)
                took = time.perf_counter() - wall, time.process_time() - cpu
            else:
                assert rivals
                took = rivals.search(system, number)
            if number >= warm:
                times[system].wall.append(took[0])
                times[system].cpu.append(took[1])
    return times


def report(times: dict[str, Times], clauses: int, versions: dict[str, str]) -> str:
    """The table, in Markdown."""
    ours = times[OURS]
    lines = [
        f"{made_with()}；{clauses:,} 条，{len(ours.wall)} 题，每题各问一次，单线程；单位毫秒。"
        f"对照：{'、'.join(f'{name} {number}' for name, number in versions.items()) or '未安装'}。",
        "",
        "| 系统 | 中位数 | p90 | 处理器时间中位数 | 本项目 ÷ 它（中位数） | 本项目 ÷ 它（处理器时间） |",
        "|---|---|---|---|---|---|",
    ]
    for system, took in times.items():
        wall, high, cpu = np.median(took.wall), np.percentile(took.wall, 90), np.median(took.cpu)
        ratio = f"{np.median(ours.wall) / wall:.2f} | {np.median(ours.cpu) / cpu:.2f}"
        lines.append(f"| {system} | {wall * 1e3:.1f} | {high * 1e3:.1f} | {cpu * 1e3:.1f} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Measures, prints the table, and with ``--write`` puts it into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="folder of the laws' index; made where it is missing")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/laws")
    parser.add_argument(
        "--rivals", type=Path, default=Path("var/rivals"), help="environment with bench/requirements.txt"
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--warm", type=int, default=20, help="questions before the first that counts")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    arguments = parser.parse_args()
    every = law_questions(DATA / "law_questions.jsonl", "law")
    chosen = random.Random(0).sample(every, arguments.questions + arguments.warm)
    asked = list(dict.fromkeys(one.text for one in chosen))
    embedder = open_embedder()
    python = arguments.rivals / "bin" / "python"
    with ExitStack() as stack:
        backend = stack.enter_context(opened(arguments.index, arguments.shared / "corpus" / "laws", embedder))
        rivals = None
        if python.exists():
            folder = arguments.index.with_name(arguments.index.name + "-export")
            export(backend, embedder, asked, folder)
            rivals = Rivals(python, folder)
            stack.callback(rivals.close)
        else:
            print(f"没有对照环境 {arguments.rivals}：只测本项目。安装方法见 bench/requirements.txt。")
        times = measure(open_pipeline(backend, embedder), rivals, asked, arguments.warm)
        table = report(times, backend.manifest.clauses, rivals.versions if rivals else {})
    print(table)
    if arguments.write:
        put(PAGE, "speed", table)


if __name__ == "__main__":
    for variable in _ONE_THREAD:
        os.environ.setdefault(variable, "1")
    main()
