"""What the HTTP service bears on this machine: ``python -m bench.load``.

A service of two processes over the seeds and the laws, 32 clients that ask without a pause, a minute each: alone; while
documents are put in and taken out; while the whole index is rebuilt. Only loopback traffic, and it ends by itself: each
stage lasts ``--seconds``, the last until the rebuild is done, at most ``--most-seconds``.
"""

import argparse
import http.client
import itertools
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

from bench.pages import DOCS, ROOT, made_with, put
from train.data import DATA, SHARED, law_questions

PAGE = DOCS / "performance.md"
HOST = "127.0.0.1"
_START_SECONDS = 180
_ANSWER_SECONDS = 60
_NUMBER = "临政发〔2023〕{}号"
_NOTICE = """临江市人民政府关于登月旅馆第{number}号奖励的通知

临政发〔2023〕{number}号

各县（市、区）人民政府：

一、开办登月旅馆{number}家的，由市商务局一次性奖励{number}万元。（责任单位：市商务局）

临江市人民政府
2023年3月5日
"""


@dataclass(slots=True)
class Stage:
    """What the clients saw in one stage.

    Attributes:
        name: of the stage.
        seconds: how long it lasted.
        took: seconds of each answered question.
        errors: what went wrong, with how often; ``503`` and the like, or the name of an exception.
        memory: of each process of the service at the end: bytes resident, bytes with shared ones divided.
        beside: what ran beside, and what came of it.
    """

    name: str
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[int, int]] = field(default_factory=list)
    beside: str = ""


class Client:
    """One connection that is kept alive; opened anew when the service closes it.

    Args:
        port: of the service on the loopback.
        key: sent with each request; empty: none.
    """

    def __init__(self, port: int, key: str = "") -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, bytes]:
        """Status and body of an answer. Raises OSError or HTTPException where none comes."""
        headers = {**self._headers, **({"Content-Type": kind} if kind else {})}
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def ask(self, question: str) -> int:
        """Asks and gives the status."""
        body = json.dumps({"question": question}).encode()
        return self.call("POST", "/v1/ask", body, "application/json")[0]


def drive(port: int, key: str, stage: Stage, questions: Sequence[str], clients: int, over: Event) -> None:
    """Asks from all clients until ``over`` is set; each goes through the questions in an order of its own."""

    def one(number: int) -> None:
        client = Client(port, key)
        order = random.Random(number).sample(questions, len(questions))
        for question in itertools.cycle(order):
            if over.is_set():
                return
            begin = time.perf_counter()
            try:
                status = client.ask(question)
            except (OSError, http.client.HTTPException) as error:
                stage.errors[type(error).__name__] += 1
                continue
            if status == 200:
                stage.took.append(time.perf_counter() - begin)
            else:
                stage.errors[str(status)] += 1

    threads = [Thread(target=one, args=(number,)) for number in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    over.wait()
    for thread in threads:
        thread.join()
    stage.seconds = time.perf_counter() - begin


def run_stage(name: str, served: "Served", questions: Sequence[str], clients: int, beside: Callable[[], str]) -> Stage:
    """One stage: the clients ask as long as ``beside`` works."""
    stage, over = Stage(name=name), Event()
    worker = Thread(target=lambda: _worked(stage, beside, over))
    worker.start()
    drive(served.port, served.key, stage, questions, clients, over)
    worker.join()
    stage.memory = [memory(process) for process in served.workers()]
    return stage


def _worked(stage: Stage, beside: Callable[[], str], over: Event) -> None:
    try:
        stage.beside = beside()
    except Exception as error:  # noqa: BLE001  a thread: what failed is counted, and the stage ends
        stage.errors[f"beside: {error!r}"] += 1
    finally:
        over.set()


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    key: str

    def workers(self) -> list[int]:
        """Ids of the processes that answer: those below the first one, or itself where it is alone."""
        tracker = b"multiprocessing.resource_tracker"
        below = [pid for pid in descendants(self.process.pid) if tracker not in _command(pid)]
        return below or [self.process.pid]

    def generation(self) -> str:
        """The generation of the index that one of the processes answers from."""
        status, body = Client(self.port, self.key).call("GET", "/readyz")
        if status != 200:
            raise RuntimeError(f"/readyz: {status} {body!r}")
        return str(json.loads(body)["generation"])


@contextmanager
def serving(index: Path, workers: int) -> Iterator[Served]:
    """Starts the service on a free port of the loopback, waits until it is ready, and ends it."""
    port = free_port()
    key = made_key(index)
    command = [*QA, "--index", str(index), "serve", "--host", HOST, "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "QA_SERVICE__REQUESTS_PER_MINUTE": "0"}
    log = (index.parent / "load.log").open("wb")
    # a session of its own, so that all its processes can be ended together
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    served = Served(process=process, port=port, key=key)
    try:
        _wait(served)
        yield served
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
        log.close()


QA = (sys.executable, "-m", "qa.cli")


def made_key(index: Path) -> str:
    """A key that may write, made by ``qa keys add`` and kept beside the index."""
    command = (*QA, "--index", str(index), "keys", "add", f"load-{int(time.time())}", "--scope", "write")
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return made.stdout.split()[0]


def _wait(served: Served) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if served.process.poll() is not None:
            raise RuntimeError(f"服务没有启动，退出码 {served.process.returncode}；见索引旁边的 load.log。")
        try:
            if Client(served.port, served.key).call("GET", "/readyz")[0] == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.2)
    raise RuntimeError(f"服务 {_START_SECONDS} 秒还没有就绪；见索引旁边的 load.log。")


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """All processes below one (Linux)."""
    children = [
        int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()
    ]
    return children + [below for child in children for below in descendants(child)]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def memory(pid: int) -> tuple[int, int]:
    """Resident bytes of a process, and its share of them: a page that two processes map counts half (Linux: PSS)."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, _ = line.split()
        found[name.rstrip(":")] = int(value) * 1024
    return found["Rss"], found["Pss"]


def putting(served: Served, seconds: float) -> str:
    """Puts documents in and takes them out, one after the other; each is searched for as soon as it is in.

    Raises:
        RuntimeError: a document could not be put in, found or taken out.
    """
    client = Client(served.port, served.key)
    end = time.monotonic() + seconds
    took: list[float] = []
    number = 100
    while time.monotonic() < end:
        number += 1
        begin = time.perf_counter()
        status, body = client.call("PUT", f"/v1/documents/load-{number}.txt", _NOTICE.format(number=number).encode())
        if status not in (200, 201):
            raise RuntimeError(f"PUT: {status} {body.decode(errors='replace')}")
        took.append(time.perf_counter() - begin)
        found = json.loads(client.call("GET", f"/v1/documents?number={quote(_NUMBER.format(number))}")[1])
        if not found["documents"]:
            raise RuntimeError(f"document {number} was put in and is not found")
        status, body = client.call("DELETE", f"/v1/documents/{found['documents'][0]['id']}")
        if status not in (200, 204):
            raise RuntimeError(f"DELETE: {status} {body.decode(errors='replace')}")
    return f"收录并移出 {len(took)} 份文件，收录一份的中位数 {statistics.median(took):.1f} 秒"


def rebuilding(served: Served, index: Path, paths: Sequence[Path], most_seconds: float) -> str:
    """Rebuilds the whole index in a process of its own and waits until the service answers from it.

    Raises:
        RuntimeError: the rebuild failed, or the service did not take the new generation up.
        subprocess.TimeoutExpired: it took longer than ``most_seconds``.
    """
    before = served.generation()
    begin = time.perf_counter()
    command = [*QA, "--quiet", "--index", str(index), "index", *map(str, paths), "--rebuild"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=most_seconds)
    if done.returncode not in (0, 4):
        raise RuntimeError(f"qa index: {done.returncode} {done.stderr.decode(errors='replace')}")
    took = time.perf_counter() - begin
    time.sleep(5)  # questions on the new generation belong to the stage
    if served.generation() == before:
        raise RuntimeError("the service still answers from the old generation")
    return f"整个索引重建用了 {took:.0f} 秒"


def waiting(seconds: float) -> str:
    """Nothing beside the clients."""
    time.sleep(seconds)
    return "没有"


def table(stages: Sequence[Stage], facts: Mapping[str, Any]) -> str:
    """The stages side by side."""
    lines = [
        f"{made_with()}；{facts['clauses']:,} 条，{facts['workers']} 个工作进程，{facts['clients']} 个客户端不停地问，"
        f"{os.cpu_count()} 个处理器，客户端也在同一台机器上。\n",
        "| | " + " | ".join(stage.name for stage in stages) + " |",
        "|---" * (len(stages) + 1) + "|",
    ]
    rows: list[tuple[str, Callable[[Stage], str]]] = [
        ("秒", lambda stage: f"{stage.seconds:.0f}"),
        ("问题", lambda stage: f"{len(stage.took):,}"),
        ("每秒", lambda stage: f"{_rate(stage):.1f}"),
        (f"每秒 ÷ {stages[0].name}", lambda stage: f"{_rate(stage) / (_rate(stages[0]) or 1):.2f}"),
        ("中位数（毫秒）", lambda stage: f"{_percentile(stage.took, 50):.0f}"),
        ("p99（毫秒）", lambda stage: f"{_percentile(stage.took, 99):.0f}"),
        ("出错", lambda stage: "、".join(f"{name} {count} 次" for name, count in stage.errors.items()) or "0"),
        ("各进程内存（RSS，MB）", lambda stage: "、".join(f"{rss / 2**20:.0f}" for rss, _ in stage.memory)),
        ("各进程分摊后（PSS，MB）", lambda stage: "、".join(f"{pss / 2**20:.0f}" for _, pss in stage.memory)),
        ("同时在做", lambda stage: stage.beside),
    ]
    lines += [f"| {name} | " + " | ".join(cell(stage) for stage in stages) + " |" for name, cell in rows]
    return "\n".join(lines)


def _rate(stage: Stage) -> float:
    return len(stage.took) / stage.seconds


def _percentile(seconds: Sequence[float], percent: int) -> float:
    """Milliseconds that ``percent`` of 100 questions stay below."""
    if not seconds:
        return float("nan")
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main() -> int:
    """Measures, prints, and with ``--write`` puts the table into the page; 1 where a question failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=ROOT / "var" / "load" / "index", help="made where there is none")
    parser.add_argument(
        "--shared", type=Path, default=SHARED, help="folder with corpus/laws; without it: the seeds alone"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--most-seconds", type=float, default=900)
    parser.add_argument("--only", choices=("alone", "put", "rebuild"), action="append")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    given = parser.parse_args()
    laws = given.shared / "corpus" / "laws"
    paths = [ROOT / "seeds", *([laws] if laws.exists() else [])]
    index: Path = given.index
    if not index.exists():
        index.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([*QA, "--quiet", "--index", str(index), "index", *map(str, paths)], cwd=ROOT, check=True)
    questions = [question.text for question in law_questions(DATA / "law_questions.jsonl", "law")][:2000]
    with serving(index, given.workers) as served:
        chosen: dict[str, tuple[str, Callable[[], str]]] = {
            "alone": ("只有提问", lambda: waiting(given.seconds)),
            "put": ("同时收录、移出文件", lambda: putting(served, given.seconds)),
            "rebuild": ("同时重建整个索引", lambda: rebuilding(served, index, paths, given.most_seconds)),
        }
        stages = [
            run_stage(name, served, questions, given.clients, beside)
            for key, (name, beside) in chosen.items()
            if given.only is None or key in given.only
        ]
        ready = json.loads(Client(served.port, served.key).call("GET", "/readyz")[1])
    text = table(stages, {**vars(given), "clauses": ready["clauses"]})
    print(text)
    if given.write:
        put(PAGE, "load", text)
    return 1 if any(stage.errors for stage in stages) else 0


if __name__ == "__main__":
    sys.exit(main())
