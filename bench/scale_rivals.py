"""The other side of :mod:`bench.scale`: the same clauses in txtai, and in bm25s with FAISS.

Usage: ``python scale_rivals.py SYSTEM build|search FOLDER``, with what :func:`bench.speed.export` wrote in the folder:
words are cut and vectors are made. The last line that it writes is JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS, CANDIDATES = 10, 100
_WARM = 20
_ADDED, _REMOVED = 76, 1000
"""Clauses of one document of the usual length, and clauses that are taken out."""


class Txtai:
    """Hybrid search of txtai with its own defaults; words are told apart at blanks, vectors are looked up."""

    package = "txtai"

    def __init__(self, folder: Path, vectors: Any, known: dict[str, Any]) -> None:
        from txtai import Embeddings

        self._folder = folder
        self._vectors, self._known, self._place = vectors, known, 0
        words = {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"whitespace": True}}

        def transform(batch: list[str]) -> Any:
            if len(batch) == 1 and batch[0] in self._known:
                return np.array([self._known[batch[0]]])
            self._place += len(batch)
            some = np.array(self._vectors[self._place - len(batch) : self._place])
            some[~some.any(axis=1), 0] = 1.0  # a clause without words: txtai would divide by its length
            return some

        self._transform = transform  # a plain function: txtai calls anything else without arguments
        self._embeddings = Embeddings({"method": "external", "transform": transform, "scoring": words})

    def build(self, texts: list[str]) -> None:
        """Indexes clauses, given as words with blanks between."""
        self._embeddings.index((number, text, None) for number, text in enumerate(texts))

    def save(self) -> None:
        """Writes the index to disk."""
        self._embeddings.config.pop("transform")  # a function cannot be written
        self._embeddings.save(str(self._folder))
        self._embeddings.config["transform"] = self._transform

    def load(self) -> None:
        """Reads the index from disk."""
        self._embeddings.load(str(self._folder), config={"transform": self._transform})

    def search(self, words: str, vector: Any) -> list[int]:
        """The best clauses for a question."""
        return [int(key) for key, _ in self._embeddings.search(words, RESULTS)]

    def add(self, first: int, texts: list[str]) -> None:
        """Adds clauses, numbered from ``first``."""
        self._place = 0
        self._embeddings.upsert((first + number, text, None) for number, text in enumerate(texts))

    def remove(self, keys: list[int]) -> None:
        """Removes clauses."""
        self._embeddings.delete(keys)


class Bm25sFaiss:
    """bm25s and exact FAISS, the best of each, summed after dividing each by its maximum."""

    package = "bm25s"

    def __init__(self, folder: Path, vectors: Any, known: dict[str, Any]) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self._folder, self._vectors, self._faiss = folder, vectors, faiss
        self._texts: list[str] = []

    def build(self, texts: list[str]) -> None:
        """Indexes clauses, given as words with blanks between."""
        self._words(texts)
        self._dense = self._faiss.IndexFlatIP(self._vectors.shape[1])
        self._dense.add(self._vectors)

    def _words(self, texts: list[str]) -> None:
        import bm25s

        self._texts = texts
        self._lexical = bm25s.BM25()
        self._lexical.index([text.split() for text in texts], show_progress=False)

    def save(self) -> None:
        """Writes the index to disk."""
        self._lexical.save(str(self._folder / "words"))
        self._faiss.write_index(self._dense, str(self._folder / "vectors"))

    def load(self) -> None:
        """Reads the index from disk."""
        import bm25s

        self._lexical = bm25s.BM25.load(str(self._folder / "words"), mmap=True)
        self._dense = self._faiss.read_index(str(self._folder / "vectors"))

    def search(self, words: str, vector: Any) -> list[int]:
        """The best clauses for a question."""
        known = [word for word in words.split() if word in self._lexical.vocab_dict]
        totals: dict[int, float] = {}
        if known:
            found, scores = self._lexical.retrieve([known], k=CANDIDATES, show_progress=False, n_threads=0)
            top = max(float(scores[0][0]), 1e-6)
            totals = {int(key): float(score) / top for key, score in zip(found[0], scores[0], strict=True)}
        near, keys = self._dense.search(vector[np.newaxis], CANDIDATES)
        top = max(float(near[0][0]), 1e-6)
        for key, score in zip(keys[0].tolist(), near[0].tolist(), strict=True):
            totals[key] = totals.get(key, 0.0) + score / top
        return sorted(totals, key=lambda key: -totals[key])[:RESULTS]

    def add(self, first: int, texts: list[str]) -> None:
        """bm25s cannot add: its half is made anew."""
        self._words([*self._texts, *texts])
        self._dense.add(self._vectors[: len(texts)])

    def remove(self, keys: list[int]) -> None:
        """bm25s cannot remove: its half is made anew."""
        gone = set(keys)
        self._words([text for number, text in enumerate(self._texts) if number not in gone])
        self._dense.remove_ids(np.array(keys, np.int64))

    def remember(self, texts: list[str]) -> None:
        """What was indexed, which it needs to make its half anew."""
        self._texts = texts


SYSTEMS = {"txtai": Txtai, "bm25s+FAISS": Bm25sFaiss}


def timed(ask: Callable[[int], object], numbers: range, threads: int) -> dict[str, float]:
    """As in :mod:`bench.scale`."""
    clock = time.process_time if threads == 1 else time.thread_time  # of all threads that a search may start

    def one(number: int) -> tuple[float, float]:
        wall, cpu = time.perf_counter(), clock()
        ask(number)
        return time.perf_counter() - wall, clock() - cpu

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, numbers[:_WARM]))
        begin = time.perf_counter()
        each = np.array(list(pool.map(one, numbers[_WARM:])))
        whole = time.perf_counter() - begin
    return {
        "p50": float(np.percentile(each[:, 0], 50)),
        "p99": float(np.percentile(each[:, 0], 99)),
        "cpu": float(np.percentile(each[:, 1], 50)),
        "each_second": len(each) / whole,
    }


def memory() -> dict[str, int]:
    """As in :mod:`bench.scale`."""
    lines = [line.split() for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()]
    wanted = ("VmRSS:", "RssAnon:", "RssFile:")
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if line and line[0] in wanted}


def main() -> None:
    """One step of one system."""
    system, step, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    queries = np.load(folder / "asked.npy")
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    saved = folder / system
    saved.mkdir(exist_ok=True)
    one = SYSTEMS[system](saved, vectors, dict(zip(asked, queries, strict=True)))
    found: dict[str, Any]
    if step == "build":
        texts = (folder / "words.jsonl").read_text(encoding="utf-8").splitlines()
        begin, cpu = time.perf_counter(), time.process_time()
        one.build(texts)
        one.save()
        found = {"seconds": time.perf_counter() - begin, "cpu": time.process_time() - cpu}
        found["bytes"] = sum(path.stat().st_size for path in saved.rglob("*") if path.is_file())
        found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        found["version"], found["clauses"] = version(one.package), len(texts)
    else:
        one.load()

        def ask(number: int) -> list[int]:
            return one.search(asked[number], queries[number])

        found = {"index": {f"{threads}": timed(ask, range(len(asked)), threads) for threads in (1, 2)}}
        found["memory"] = memory()
        texts = (folder / "words.jsonl").read_text(encoding="utf-8").splitlines()
        if isinstance(one, Bm25sFaiss):
            one.remember(texts)
        begin = time.perf_counter()
        one.add(len(texts), texts[:_ADDED])
        one.save()
        found["put"] = time.perf_counter() - begin
        begin = time.perf_counter()
        one.remove(list(range(0, _REMOVED * 10, 10)))
        one.save()
        found["removed_clauses"] = {"clauses": _REMOVED, "seconds": time.perf_counter() - begin}
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
