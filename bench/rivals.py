"""The other side of :mod:`bench.speed`: runs in an environment of its own, where txtai and bm25s are installed.

Usage: python rivals.py FOLDER, with ``words.jsonl`` (words of each clause), ``vectors.npy``, ``asked.json`` (words of
each question) and ``asked.npy``. Says on a line when it is ready; then answers each line ``system number`` with a line
of JSON: seconds, processor seconds, keys. Words are cut and vectors are made beforehand: only the search is timed.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

RESULTS, CANDIDATES = 10, 100
"""Results wanted, and how many each source brings (txtai itself takes ten times the results)."""
Search = Callable[[int], list[int]]


def txtai_search(texts: list[str], vectors: Any, asked: list[str], queries: Any) -> Search:
    """Hybrid search of txtai with its own defaults; words are told apart at blanks, vectors are looked up."""
    from txtai import Embeddings

    known = dict(zip(asked, queries, strict=True))
    batches = {"place": 0}

    def transform(batch: list[str]) -> Any:
        if batch and batch[0] in known and len(batch) == 1:
            return np.array([known[batch[0]]])
        first = batches["place"]
        batches["place"] += len(batch)
        return vectors[first : first + len(batch)]

    words = {"method": "bm25", "terms": True, "normalize": True, "tokenizer": {"whitespace": True}}
    embeddings = Embeddings({"method": "external", "transform": transform, "scoring": words})
    embeddings.index((number, text, None) for number, text in enumerate(texts))
    if batches["place"] != len(texts):
        raise RuntimeError(f"txtai took {batches['place']} vectors of {len(texts)}")

    if not (embeddings.ann and embeddings.scoring):
        raise RuntimeError("txtai did not build both of its indexes")

    def search(number: int) -> list[int]:
        return [int(key) for key, _ in embeddings.search(asked[number], RESULTS)]

    return search


def bm25s_search(texts: list[str], vectors: Any, asked: list[str], queries: Any) -> Search:
    """bm25s and exact FAISS, the best of each, summed after dividing each by its maximum."""
    import bm25s
    import faiss

    faiss.omp_set_num_threads(1)
    lexical = bm25s.BM25()
    lexical.index([text.split() for text in texts], show_progress=False)
    dense = faiss.IndexFlatIP(vectors.shape[1])
    dense.add(vectors)

    def search(number: int) -> list[int]:
        words = [word for word in asked[number].split() if word in lexical.vocab_dict]
        totals: dict[int, float] = {}
        if words:
            found, scores = lexical.retrieve([words], k=CANDIDATES, show_progress=False, n_threads=0)
            top = max(float(scores[0][0]), 1e-6)
            totals = {int(key): float(score) / top for key, score in zip(found[0], scores[0], strict=True)}
        near, keys = dense.search(queries[number : number + 1], CANDIDATES)
        top = max(float(near[0][0]), 1e-6)
        for key, score in zip(keys[0].tolist(), near[0].tolist(), strict=True):
            totals[key] = totals.get(key, 0.0) + score / top
        return sorted(totals, key=lambda key: -totals[key])[:RESULTS]

    return search


def main() -> None:
    """Builds both, then answers."""
    folder = Path(sys.argv[1])
    texts = (folder / "words.jsonl").read_text(encoding="utf-8").splitlines()
    vectors = np.load(folder / "vectors.npy")
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    queries = np.load(folder / "asked.npy")
    searches = {
        "txtai": txtai_search(texts, vectors, asked, queries),
        "bm25s+FAISS": bm25s_search(texts, vectors, asked, queries),
    }
    versions = {name: version(name) for name in ("txtai", "bm25s", "faiss-cpu")}
    print(json.dumps({"ready": versions}), flush=True)
    for line in sys.stdin:
        system, number = line.rsplit(maxsplit=1)
        wall, cpu = time.perf_counter(), time.process_time()
        keys = searches[system](int(number))
        took = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "keys": keys}
        print(json.dumps(took), flush=True)


if __name__ == "__main__":
    main()
