"""Ways to search many vectors, side by side over the vectors of one index: ``python -m bench.vectors INDEX``.

Each names candidates, which are then compared exactly, as :mod:`index.dense` does. One thread; times are those of the
processor. Recall is the share of the hundred nearest vectors that is found.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from bench.pages import DOCS, made_with, put
from index.backend import open_index
from index.catalog import Catalog
from index.dense import Dense
from index.embed import open_embedder
from index.recall import questions
from train.data import DATA, law_questions

PAGE = DOCS / "performance.md"
DEPTH = 100
_CANDIDATES = 1616
"""What :mod:`index.dense` asks of the compressed vectors for a hundred clauses."""
_SAMPLE = 65_536
_FAISS: Any = faiss
_IP = faiss.METRIC_INNER_PRODUCT
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One way to name candidates.

    Attributes:
        name: of the index.
        make: an empty index for a number of dimensions.
        settings: what to set before searching, and how many candidates; each is measured.
        turned: whether vectors are turned by a random rotation first, as RaBitQ wants them.
    """

    name: str
    make: Callable[[int], Any]
    settings: tuple[tuple[dict[str, int], int], ...]
    turned: bool = False


def ways(count: int) -> Iterator[Way]:
    """All that are compared; the first is the one in use."""
    lists = max(16, 4 * int(np.sqrt(count) / 4))
    probes = tuple(max(1, lists // part) for part in (16, 4, 2))

    def inverted(make: Callable[[Any, int], Any]) -> Callable[[int], Any]:
        return lambda dimension: make(faiss.IndexFlatIP(dimension), dimension)

    def parts(dimension: int) -> int:
        return dimension // 2

    yield Way(
        name="PQ，4 位一对（FastScan）：在用",
        make=lambda d: _FAISS.IndexPQFastScan(d, parts(d), 4, _IP),
        settings=(({}, 416), ({}, _CANDIDATES)),
    )
    yield Way(name="标量量化，8 位", make=lambda d: _FAISS.IndexScalarQuantizer(d, 0, _IP), settings=(({}, 416),))
    yield Way(
        name="RaBitQ，1 位（FastScan）",
        make=lambda d: _FAISS.IndexRaBitQFastScan(d, _IP),
        settings=(({}, _CANDIDATES), ({}, 4 * _CANDIDATES)),
        turned=True,
    )
    yield Way(
        name=f"IVF{lists}，8 位标量",
        make=inverted(lambda coarse, d: _FAISS.IndexIVFScalarQuantizer(coarse, d, lists, 0, _IP)),
        settings=tuple(({"nprobe": probe}, 416) for probe in probes),
    )
    yield Way(
        name=f"IVF{lists}，PQ 4 位一对（FastScan）",
        make=inverted(lambda coarse, d: _FAISS.IndexIVFPQFastScan(coarse, d, lists, parts(d), 4, _IP)),
        settings=tuple(({"nprobe": probe}, _CANDIDATES) for probe in probes),
    )
    yield Way(
        name="HNSW，每点 16 边，8 位标量",
        make=lambda d: _FAISS.IndexHNSWSQ(d, 0, 16, _IP),
        settings=(({"efSearch": 128}, 128), ({"efSearch": 512}, 416), ({"efSearch": 1616}, _CANDIDATES)),
    )


def compare(vectors: NDArray[np.float16], asked: Floats, chosen: Iterator[Way]) -> Iterator[str]:
    """A line of the table for each way and setting."""
    every = vectors.astype(np.float32)
    dimension = every.shape[1]
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((dimension, dimension)))[0].astype(np.float32)
    exact = _FAISS.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, _IP)
    exact.add(every)
    right, took = [], []
    for query in asked:
        begin = time.thread_time()
        right.append(exact.search(query[np.newaxis], DEPTH)[1][0])
        took.append(time.thread_time() - begin)
    yield _line("逐个比较，半精度", "", 1.0, 1.0, took, 2 * dimension, 0.0)
    for way in chosen:
        data, queries = (every @ turn, asked @ turn) if way.turned else (every, asked)
        index = way.make(dimension)
        begin = time.process_time()
        if hasattr(index, "hnsw"):
            index.hnsw.efConstruction = 100
        index.train(data[np.random.default_rng(1).choice(len(data), min(len(data), _SAMPLE), replace=False)])
        index.add(data)
        built = time.process_time() - begin
        size = len(faiss.serialize_index(index)) / len(data)
        for settings, count in way.settings:
            for name, value in settings.items():
                setattr(index.hnsw if name.startswith("ef") else index, name, value)
            found, took = [], []
            for query, plain, best in zip(queries, asked, right, strict=True):
                begin = time.thread_time()
                rows = index.search(query[np.newaxis], min(count, len(data)))[1][0]
                rows = np.sort(rows[rows >= 0])
                scores = vectors[rows].astype(np.float32) @ plain
                near = rows[np.argsort(-scores, kind="stable")[:DEPTH]]
                took.append(time.thread_time() - begin)
                found.append(float(np.isin(best, near).mean()))
            told = "，".join([*(f"{name} {value}" for name, value in settings.items()), f"候选 {count}"])
            yield _line(way.name, told, float(np.mean(found)), min(found), took, size, built)
        del index


def _line(name: str, told: str, recall: float, worst: float, took: list[float], size: float, built: float) -> str:
    milliseconds = 1e3 * float(np.median(took))
    return f"| {name} | {told} | {recall:.4f} | {worst:.2f} | {milliseconds:.2f} | {size:.0f} | {built:.0f} |"


def main() -> None:
    """Compares, prints, and with ``--write`` puts the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, help="folder of an index with many vectors, e.g. one of bench.scale")
    parser.add_argument("--vectors", type=int, default=500_000, help="how many of its vectors, from the first on")
    parser.add_argument("--only", default="", help="those whose name holds this")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    given = parser.parse_args()
    faiss.omp_set_num_threads(1)
    embedder = open_embedder()
    with open_index(given.index, embedder=embedder.identity) as backend:
        clauses, folder = backend.manifest.clauses, backend.generation.path
        vectors = Dense(folder, embedder.dimension, clauses).rows(0, clauses)[1][: given.vectors]
        with Catalog(folder) as catalog:
            cut = questions(catalog, embedder, clauses)
    every = law_questions(DATA / "law_questions.jsonl", "law")
    asked = embedder.queries([one.text for one in random.Random(0).sample(every, len(cut))])
    lines = [
        f"{made_with()}；{len(vectors):,} 个向量，{vectors.shape[1]} 维；{2 * len(cut)} 问，一半截自条款。\n",
        "| 方法 | 设置 | 召回 | 最差的一问 | 每问毫秒 | 每向量字节 | 建立秒数 |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    chosen = (way for way in ways(len(vectors)) if given.only in way.name)
    for line in compare(vectors, np.concatenate([asked, cut]), chosen):
        print(line, flush=True)
        lines.append(line)
    if given.write:
        put(PAGE, "vectors", "\n".join(lines))


if __name__ == "__main__":
    main()
