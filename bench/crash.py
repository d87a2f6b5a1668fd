"""What an index stands: writers killed at any instant, full disks, changed bytes, many writers and readers at once.

    python -m bench.crash --kills 200 --seconds 60

Documents of two sorts are indexed again and again: some stay as they are, the others bear the number of a version, all
the same one. Whoever reads must see one version in all of them, the last one or the one that was being written.
"""

import argparse
import json
import multiprocessing
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

import index.draft_writer
from index.build import build
from index.check import check
from index.embed import open_embedder
from index.errors import PolicyError
from index.generation import current_name, number_of, open_generation
from qa.config import Settings
from qa.service import PolicyQA

SEEDS = Path(__file__).parents[1] / "seeds"
_VERSION = re.compile(r"本件为第([0-9]+)版试验文本")
_PROCESSES = multiprocessing.get_context("forkserver")
_LATEST = 1.0
"""Seconds after which a reader must see what was published."""


@dataclass
class Outcome:
    """What was seen in one trial.

    Attributes:
        trial: its name.
        counts: how often what was seen.
        wrong: what should not have been; empty where all is well.
        seconds: how long it took.
    """

    trial: str
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def write_version(corpus: Path, version: int, copies: int = 4) -> int:
    """Writes the documents of a version and gives their number; half of them are the same in all versions."""
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = sorted(SEEDS.glob("*.txt"))
    for copy in range(copies):
        for seed in seeds:
            text = seed.read_text(encoding="utf-8")
            if copy % 2:
                text = f"{text}\n\n本件为第{version}版试验文本。\n"
            (corpus / f"{copy}-{seed.name}").write_text(text, encoding="utf-8")
    return copies * len(seeds)


def version_of(service: PolicyQA, expected: int) -> int:
    """The one version that an index is of.

    Raises:
        AssertionError: documents are missing, or of different versions.
    """
    with service.reading():
        documents = service.documents()
        found = {int(number) for one in documents for number in _VERSION.findall(service.source_text(one.id))}
        hits = service.search("试验文本 第几版", k=10).hits
        found |= {int(number) for hit in hits for number in _VERSION.findall(hit.clause.text)}
    assert len(documents) == expected, f"{len(documents)} documents instead of {expected}"
    assert len(found) == 1, f"versions {sorted(found)} at once"
    return found.pop()


def kills(folder: Path, count: int, seed: int) -> Outcome:
    """Kills the writer ``count`` times at random instants of its work while a reader searches."""
    outcome, chance, began = Outcome("kills"), random.Random(seed), time.perf_counter()
    corpus, place = folder / "corpus", folder / "index"
    number = write_version(corpus, 0)
    build([corpus], place, open_embedder())
    service = service_of(place)
    length, good, version = _length(corpus, place), 0, 0
    with _reader(place, number, outcome):
        while outcome.counts["killed at work"] < count:
            version += 1
            write_version(corpus, version)
            process, _ = _writer([corpus, place, 0.0 if version % 2 else 10.0, None])
            time.sleep(chance.uniform(0, length))
            process.kill()
            process.join()
            killed = process.exitcode == -signal.SIGKILL
            length *= 1.02 if killed else 0.95  # the machine may be busier or less so than before
            outcome.counts["killed at work" if killed else "finished before"] += 1
            outcome.counts["drafts left that hold work"] += any(place.glob("draft-*/finished.json"))
            good = _judge(outcome, service, number, {good, version}, good)
            outcome.wrong += check(place, service.embedder, sample=8).faults
    build([corpus], place, service.embedder)
    _judge(outcome, service, number, {version}, good)
    outcome.seconds = time.perf_counter() - began
    return outcome


def full_disk(folder: Path, count: int, seed: int) -> Outcome:
    """Lets writes fail beyond a random size, as they do on a full disk."""
    outcome, chance, began = Outcome("full disk"), random.Random(seed), time.perf_counter()
    corpus, place = folder / "corpus", folder / "index"
    number = write_version(corpus, 0)
    build([corpus], place, open_embedder())
    service = service_of(place)
    largest, good = max(entry.size for entry in open_generation(place).manifest.files.values()), 0
    for version in range(1, count + 1):
        write_version(corpus, version)
        process, answer = _writer([corpus, place, 0.0, int(largest * chance.uniform(0, 2))])
        told = answer.recv() if answer.poll(120) else "no answer"
        process.join()
        outcome.counts["done" if told == "done" else "said that writing failed" if "失败" in told else told[:200]] += 1
        if told != "done" and "失败" not in told:
            outcome.wrong.append(told)
        good = _judge(outcome, service, number, {version if told == "done" else good}, good)
        outcome.wrong += check(place, service.embedder, sample=8).faults
    outcome.seconds = time.perf_counter() - began
    return outcome


def flips(folder: Path, seed: int) -> Outcome:
    """Changes one byte of each file of an index in turn; each must be found and named."""
    outcome, chance, began = Outcome("one byte changed"), random.Random(seed), time.perf_counter()
    corpus, place = folder / "corpus", folder / "index"
    write_version(corpus, 0)
    embedder = open_embedder()
    build([corpus], place, embedder)
    for path in [place / "CURRENT", *(path for path in open_generation(place).path.rglob("*") if path.is_file())]:
        content = path.read_bytes()
        if not content:
            continue
        for _ in range(5):
            changed = bytearray(content)
            changed[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            faults = check(place, embedder, sample=0).faults
            outcome.counts["found and named"] += 1
            if not any(path.name in fault and "qa index" in fault for fault in faults):
                outcome.wrong.append(f"{path.name}: {faults}")
        path.write_bytes(content)
    outcome.wrong += check(place, embedder).faults
    outcome.seconds = time.perf_counter() - began
    return outcome


def together(folder: Path, seconds: float, *, writers: int = 2, readers: int = 8) -> Outcome:
    """Writers that put documents in and readers that search, all processes of their own, at once."""
    outcome, began = Outcome("writers and readers at once"), time.perf_counter()
    place = folder / "index"
    service = service_of(place)
    said: list[Any] = [_PROCESSES.Value("d", 0.0) for _ in range(2 * writers)]  # number acknowledged last, and when
    for name in range(writers):
        service.put(f"{name}.txt", _numbered(0))
    stop, start = _PROCESSES.Event(), _PROCESSES.Barrier(writers + readers + 1)
    results = _PROCESSES.Queue()
    people = [
        _PROCESSES.Process(target=_put, args=(place, name, said, (start, stop, results))) for name in range(writers)
    ]
    people += [_PROCESSES.Process(target=_watch, args=(place, said, (start, stop, results))) for _ in range(readers)]
    for process in people:
        process.start()
    start.wait()
    time.sleep(seconds)
    stop.set()
    for _ in people:
        counts, wrong = results.get(timeout=120)
        outcome.counts.update(counts)
        outcome.wrong += wrong
    for process in people:
        process.join()
    for name in range(writers):
        text = service.source_text(service.document(f"uploads/{name}.txt").id)
        if int(said[2 * name].value) != int(_VERSION.findall(text)[0]):
            outcome.wrong.append(f"{name}.txt: update {said[2 * name].value} was lost")
    outcome.counts["generations"] = number_of(current_name(place)) or 0
    outcome.wrong += check(place, service.embedder).faults
    outcome.seconds = time.perf_counter() - began
    return outcome


def service_of(place: Path) -> PolicyQA:
    """A service over an index folder, all else as by default."""
    settings = Settings()
    return PolicyQA(settings.model_copy(update={"index": settings.index.model_copy(update={"folder": place})}))


def _judge(outcome: Outcome, service: PolicyQA, number: int, allowed: set[int], before: int) -> int:
    """Opens the index anew, and gives the version that it is of."""
    service.close()
    try:
        version = version_of(service, number)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
        outcome.wrong.append(f"{type(error).__name__}: {error}")
        return before
    if version not in allowed:
        outcome.wrong.append(f"version {version} where one of {sorted(allowed)} was expected")
    outcome.counts["new generation" if version > before else "old generation"] += 1
    return version


def _writer(work: list[Any]) -> tuple[ForkServerProcess, Connection]:
    """A process that has imported and opened everything and begins to build as this returns."""
    mine, its = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=_build, args=(its, *work))
    process.start()
    if mine.recv() != "ready":
        raise RuntimeError("the writer does not start")
    mine.send("go")
    return process, mine


def _build(answer: Connection, corpus: Path, place: Path, checkpoint: float, limit: int | None) -> None:
    index.draft_writer.CHECKPOINT_SECONDS = checkpoint
    embedder = open_embedder()
    answer.send("ready")
    answer.recv()
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        build([corpus], place, embedder)
    except PolicyError as error:
        answer.send(str(error))
    except BaseException as error:
        answer.send(f"{type(error).__name__}: {error}")
        raise
    else:
        answer.send("done")


def _length(corpus: Path, place: Path) -> float:
    """Seconds of a build in which half of the documents change."""
    process, answer = _writer([corpus, place.with_name("first"), 0.0, None])
    began = time.perf_counter()
    answer.recv()
    process.join()
    shutil.rmtree(place.with_name("first"))
    return time.perf_counter() - began


class _reader:  # noqa: N801  used as a function
    """Searches in a thread as long as the block lasts; what it sees must be one version at a time."""

    def __init__(self, place: Path, number: int, outcome: Outcome) -> None:
        self._service, self._number, self._outcome = service_of(place), number, outcome
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        last = 0
        while not self._stop.is_set():
            try:
                version = version_of(self._service, self._number)
                assert version >= last, f"version {version} after {last}"
                last = version
            except Exception as error:  # noqa: BLE001  whatever it is, it is what is looked for
                self._outcome.wrong.append(f"reader: {type(error).__name__}: {error}")
            self._outcome.counts["searches meanwhile"] += 1
            self._stop.wait(0.05)


def _numbered(number: int) -> bytes:
    return f"关于试验的通知\n\n一、本件为第{number}版试验文本。\n\n二、试验由办公室负责。\n".encode()


def _put(place: Path, name: int, said: list["Synchronized[float]"], signs: Any) -> None:
    service, counts, wrong, number = service_of(place), Counter[str](), list[str](), 0
    start, stop, results = signs
    service.search("试验文本")
    start.wait()
    while not stop.is_set():
        number += 1
        try:
            service.put(f"{name}.txt", _numbered(number))
            text = service.source_text(service.document(f"uploads/{name}.txt").id)
            if int(_VERSION.findall(text)[0]) != number:
                wrong.append(f"writer {name}: not found when put returned")
        except Exception as error:  # noqa: BLE001
            wrong.append(f"writer {name}: {type(error).__name__}: {error}")
            number -= 1
            continue
        said[2 * name + 1].value = time.time()
        said[2 * name].value = number
        counts["updates"] += 1
    results.put((counts, wrong))


def _watch(place: Path, said: list["Synchronized[float]"], signs: Any) -> None:
    service, counts, wrong = service_of(place), Counter[str](), list[str]()
    start, stop, results = signs
    service.search("试验文本")
    start.wait()
    last: dict[str, int] = {}
    while not stop.is_set():
        numbers = [int(said[2 * name].value) for name in range(len(said) // 2)]  # before the times that belong to them
        due = {
            f"uploads/{name}.txt": number
            for name, number in enumerate(numbers)
            if time.time() - said[2 * name + 1].value > _LATEST
        }
        try:
            hits = service.search("试验文本 第几版", k=20).hits
        except Exception as error:  # noqa: BLE001
            wrong.append(f"reader: {type(error).__name__}: {error}")
            continue
        counts["searches"] += 1
        seen = {hit.document.source: int(found[0]) for hit in hits if (found := _VERSION.findall(hit.clause.text))}
        for source, number in seen.items():
            if number < max(last.get(source, 0), due.get(source, 0)):
                wrong.append(f"reader: {source} {number} after {last.get(source)}, {due.get(source)} is due")
        if len(seen) != len(said) // 2:
            wrong.append(f"reader: only {sorted(seen)}")
        last = {**last, **seen}
    results.put((counts, wrong))


def run(trials: list[Callable[[Path], Outcome]]) -> list[Outcome]:
    """Runs trials, each in a folder of its own."""
    found = []
    for trial in trials:
        with tempfile.TemporaryDirectory(prefix="qa-crash-") as folder:
            found.append(trial(Path(folder)))
    return found


def main() -> int:
    """Runs all trials and prints what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--full-disks", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60.0, help="two writers and eight readers at once")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    _PROCESSES.set_forkserver_preload(["index.build", "index.embed", "qa.service", "qa.models"])
    outcomes = run(
        [
            lambda folder: kills(folder, given.kills, given.seed),
            lambda folder: full_disk(folder, given.full_disks, given.seed),
            lambda folder: flips(folder, given.seed),
            lambda folder: together(folder, given.seconds),
        ]
    )
    for outcome in outcomes:
        sys.stdout.write(json.dumps(vars(outcome), ensure_ascii=False) + "\n")
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
