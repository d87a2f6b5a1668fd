"""What an index of ten thousand, a hundred thousand, a million clauses costs: ``python -m bench.scale --write``.

The documents are put together from the real ones (:mod:`bench.synthetic`). Each size goes the whole way: files, index,
service. Each step runs in a process of its own, and what it measured is kept in ``bench/scale.jsonl`` at once: a run
that was cut goes on with ``--steps``, and ``--write`` makes page and plot of what is there.
"""

import argparse
import gc
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from bench import synthetic
from bench.pages import ROOT, made_with
from bench.scale_page import write_page
from bench.speed import export
from index.backend import LocalBackend
from qa.config import Settings, load_settings
from qa.question import interpret
from qa.retrieve import candidates
from qa.scope import Scope
from qa.service import PolicyQA
from train.data import DATA, SHARED, law_questions

RESULTS = Path(__file__).with_suffix(".jsonl")
SIZES = (10_000, 100_000, 1_000_000)
STEPS = ("build", "search", "change", "txtai", "bm25s+FAISS")
COMPARED = 100_000
"""The size at which the others do the same."""
THREADS = (1, 2)
SHARES = (0.9, 0.5, 0.1, 0.01)
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_WARM = 20
_OTHER_NUMBER = 10**6
_REMOVED = 1000
_REPEATS = 3
Found = dict[str, Any]


def settings_for(work: Path, size: int) -> Settings:
    """The shipped settings, with an index of its own."""
    settings = load_settings()
    index = settings.index.model_copy(update={"folder": work / f"index-{size}", "backend": "local", "keep": 9})
    return settings.model_copy(update={"index": index})


def build(work: Path, size: int, shared: Path) -> Found:
    """Indexes the documents of one size into a new folder."""
    corpus, settings = work / f"corpus-{size}", settings_for(work, size)
    if not corpus.exists():
        fresh = corpus.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        synthetic.write(synthetic.material([shared / "corpus" / name for name in ("laws", "policies")]), fresh, size)
        fresh.rename(corpus)
    shutil.rmtree(settings.index.folder, ignore_errors=True)
    gc.collect()
    service = PolicyQA(settings)
    cpu = time.process_time()
    report = service.index([corpus])
    cpu = time.process_time() - cpu
    manifest = next(one.manifest for one in service.generations() if one.current)
    assert manifest is not None
    return {
        "documents": report.documents,
        "clauses": report.clauses,
        "vectors": manifest.vectors,
        "refused": sum(file.status == "refused" for file in report.files),
        "seconds": dict(report.seconds),
        "cpu": cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "swapped": memory()["VmSwap"],
        "text": sum(path.stat().st_size for path in corpus.rglob("*.txt")),
        "bytes": {
            part: sum(entry.size for name, entry in manifest.files.items() if name.startswith(part))
            for part in ("catalog", "lexical", "dense")
        },
        "recall": manifest.recall,
    }


def search(work: Path, size: int, asked: Sequence[str]) -> Found:
    """Searches: candidates by words and by meaning, and the ranked clauses that the service gives."""
    service = PolicyQA(settings_for(work, size))
    begin = time.perf_counter()
    service.search(asked[0])
    found: Found = {"open": time.perf_counter() - begin, "questions": len(asked) - _WARM}
    with service.reading() as reading:
        pipeline = reading.pipeline()

        def pool(question: str, within: np.ndarray | None = None) -> None:
            candidates(pipeline.query(interpret(question), Scope()), pipeline.backend, within)

        for name, ask in (("index", pool), ("service", service.search)):
            found[name] = {f"{threads}": timed(ask, asked, threads) for threads in THREADS}
        assert isinstance(pipeline.backend, LocalBackend)
        found["filtered"] = {
            f"{share}": timed(lambda question, keys=keys: pool(question, keys), asked[: _WARM + 100], 1)
            for share, keys in shares(pipeline.backend)
        }
    return {**found, "memory": memory()}


def change(work: Path, size: int, shared: Path) -> Found:
    """Puts one document in, takes documents out; the index is afterwards what it was before."""
    corpus, settings = work / f"corpus-{size}", settings_for(work, size)
    service = PolicyQA(settings)
    first = next(one.name for one in service.generations() if one.current)
    real = synthetic.material([shared / "corpus" / name for name in ("laws", "policies")])
    found: Found = {"nothing": took(lambda: service.index([corpus]))}
    puts = []
    for number in range(_OTHER_NUMBER, _OTHER_NUMBER + _REPEATS):
        content = real.document(number).encode()
        puts.append(took(lambda content=content, number=number: service.put(f"{number}.txt", content)))
    found["put"] = sorted(puts)[_REPEATS // 2]
    files = sorted(corpus.rglob("*.txt"))
    random.Random(0).shuffle(files)
    with service.reading() as reading:
        counts = {one.source: len(reading.backend.keys(one.id)) for one in reading.backend.documents()}
    clauses, some = 0, []
    while clauses < _REMOVED:
        some.append(files.pop())
        clauses += counts[some[-1].relative_to(corpus).as_posix()]
    found["removed_clauses"] = {"documents": len(some), "clauses": clauses, **without(service, corpus, some)}
    if len(files) > 2 * _REMOVED:
        found["removed_documents"] = {"documents": _REMOVED, **without(service, corpus, files[:_REMOVED])}
    service.rollback(first)
    service.collect(1)
    shutil.rmtree(settings.index.folder / "uploads", ignore_errors=True)
    return {**found, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def without(service: PolicyQA, corpus: Path, files: Sequence[Path]) -> Found:
    """Seconds to index a folder without some of its files, which are then put back."""
    aside = corpus.with_suffix(".aside")
    aside.mkdir()
    for path in files:
        path.rename(aside / path.name)
    try:
        seconds = took(lambda: service.index([corpus]))
    finally:
        for path in files:
            (aside / path.name).rename(path)
        aside.rmdir()
    return {"seconds": seconds}


def rival(work: Path, size: int, system: str, asked: Sequence[str]) -> Found:
    """The same clauses, words and vectors, in the hands of another system."""
    settings, folder = settings_for(work, size), work / f"export-{size}"
    if not folder.exists():
        service, fresh = PolicyQA(settings), folder.with_suffix(".new")
        with service.reading() as reading:
            assert isinstance(reading.backend, LocalBackend)
            export(reading.backend, service.embedder, asked, fresh)
        service.close()
        fresh.rename(folder)
    script = str(Path(__file__).with_name("scale_rivals.py"))
    found: Found = {}
    for step in ("build", "search"):
        run = subprocess.run(
            (sys.executable, script, system, step, str(folder)), check=True, capture_output=True, text=True
        )
        found |= json.loads(run.stdout.splitlines()[-1])
    return found


def shares(backend: LocalBackend) -> Iterator[tuple[float, np.ndarray]]:
    """Keys of the clauses of a share of the documents, drawn by chance; last, of a single one."""
    runs = [backend.keys(document.id) for document in backend.documents()]
    for share in SHARES:
        some = random.Random(share).sample(runs, max(1, round(share * len(runs))))
        yield share, np.sort(np.concatenate([np.arange(run.start, run.stop) for run in some]))
    yield 0.0, np.arange(runs[len(runs) // 2].start, runs[len(runs) // 2].stop)


def timed(ask: Callable[[str], object], asked: Sequence[str], threads: int) -> Found:
    """Seconds of each question, the first ones not counted, and of all together."""
    clock = time.process_time if threads == 1 else time.thread_time  # of all threads that a search may start

    def one(question: str) -> tuple[float, float]:
        wall, cpu = time.perf_counter(), clock()
        ask(question)
        return time.perf_counter() - wall, clock() - cpu

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, asked[:_WARM]))
        begin = time.perf_counter()
        each = np.array(list(pool.map(one, asked[_WARM:])))
        whole = time.perf_counter() - begin
    wall, cpu = each.T
    return {
        "p50": float(np.percentile(wall, 50)),
        "p99": float(np.percentile(wall, 99)),
        "cpu": float(np.percentile(cpu, 50)),
        "each_second": len(wall) / whole,
    }


def took(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def memory() -> dict[str, int]:
    """Bytes of this process's memory, as Linux tells them: resident, of its own, mapped from files, swapped out."""
    lines = [line.split() for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()]
    wanted = ("VmRSS:", "RssAnon:", "RssFile:", "VmSwap:")
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if line and line[0] in wanted}


def questions(count: int) -> list[str]:
    """Everyday questions about laws, and those that are not counted before them."""
    every = law_questions(DATA / "law_questions.jsonl", "law")
    return [one.text for one in random.Random(0).sample(every, count + _WARM)]


def keep(results: Path, size: int, step: str, found: Mapping[str, Any]) -> None:
    """Puts what was measured in the place of what was measured before."""
    row = {"size": size, "step": step, "made": made_with(), **found}
    rows = [one for one in read(results) if (one["size"], one["step"]) != (size, step)]
    order = sorted((*rows, row), key=lambda one: (one["size"], STEPS.index(one["step"])))
    results.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in order), encoding="utf-8")


def read(results: Path) -> list[Found]:
    """What was measured so far."""
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()] if results.exists() else []


def measured(step: str, size: int, given: argparse.Namespace) -> Found:
    """One step, in this process."""
    if step == "build":
        return build(given.work, size, given.shared)
    if step == "search":
        return search(given.work, size, questions(given.questions))
    if step == "change":
        return change(given.work, size, given.shared)
    return rival(given.work, size, step, questions(given.questions))


def main() -> None:
    """Measures what is asked for, each step in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=ROOT / "var" / "scale", help="folder for documents and indexes")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with corpus/laws and corpus/policies")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--steps", nargs="*", default=STEPS, choices=STEPS)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true", help="make page and plot of all that was measured so far")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        (size,), (step,) = given.sizes, given.steps
        print(json.dumps(measured(step, size, given)))
        return
    given.work.mkdir(parents=True, exist_ok=True)
    for size in given.sizes:
        for step in given.steps:
            if step in STEPS[3:] and size != COMPARED:
                continue
            words = ["--here", "--sizes", f"{size}", "--steps", step, "--questions", f"{given.questions}"]
            words += ["--work", str(given.work.absolute()), "--shared", str(given.shared.absolute())]
            command = (sys.executable, "-m", "bench.scale", *words)
            environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
            run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, env=environment)
            keep(given.results, size, step, json.loads(run.stdout.splitlines()[-1]))
            print(f"{size:,} {step}", flush=True)
    if given.write:
        write_page(read(given.results))


if __name__ == "__main__":
    main()
