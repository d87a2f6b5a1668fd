"""Whether an index is what it says it is: every byte, every relation between its parts, and a sample made again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.backend import LocalBackend
from index.catalog import Catalog
from index.dense import Dense
from index.embed import Embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.generation import MANIFEST, REBUILD, Generation, changed_files, check_model, open_generation
from index.lexical import Lexical
from index.passages import entry, passages
from index.recall import LEAST, measured, questions
from index.records import Clause, Document
from index.search import LexicalQuery

SAMPLE = 64
_NEAR = 2e-3
"""By how much numbers of a vector may differ: half floats keep 0.0005 of 1, and models add up in another order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What was found.

    Attributes:
        generation: its name, None where not even that is known.
        faults: what is wrong, one Chinese sentence each with what to do; empty where all is well.
        documents: how many were looked at.
        clauses: how many were looked at.
        sample: how many clauses were embedded and looked up again.
        recall: of the approximate vector index against the exact scan, measured now; None where there is none.
    """

    generation: str | None
    faults: tuple[str, ...]
    recall: float | None = None
    documents: int = 0
    clauses: int = 0
    sample: int = 0


def check(folder: Path, embedder: Embedder | None, *, sample: int = SAMPLE) -> Check:
    """Checks the generation that counts.

    Args:
        folder: the index folder.
        embedder: of the index; None: vectors are not made again.
        sample: how many clauses are embedded and looked up again.

    Raises:
        IndexMissingError: there is no index.
    """
    try:
        generation = open_generation(folder)
    except IndexMissingError:
        raise
    except IndexDamagedError as error:
        return Check(generation=None, faults=(str(error),))
    faults = [f"索引文件 {generation.path / name} 的内容被改动过，{REBUILD}" for name in changed_files(generation)]
    faults += [f"索引文件夹里多出了文件 {path}，它不属于索引，请移走。" for path in _strangers(generation)]
    if embedder is not None:
        try:
            check_model(generation, embedder.identity)
        except IndexDamagedError as error:
            faults.append(str(error))
    recall = None
    if not faults:
        parts, recall = _parts(generation, embedder, sample)
        faults += parts
    manifest = generation.manifest
    return Check(
        generation=generation.name,
        faults=tuple(faults),
        documents=manifest.documents,
        clauses=manifest.clauses,
        sample=min(sample, manifest.clauses),
        recall=recall,
    )


def _strangers(generation: Generation) -> Iterator[Path]:
    for path in sorted(generation.path.rglob("*")):
        name = path.relative_to(generation.path).as_posix()
        # tantivy leaves empty lock files where it reads
        if path.is_file() and name != MANIFEST and name not in generation.manifest.files and path.suffix != ".lock":
            yield path


def _parts(generation: Generation, embedder: Embedder | None, sample: int) -> tuple[list[str], float | None]:
    """What is wrong, and the recall of the approximate index."""
    recall = None
    try:
        with LocalBackend(generation) as backend:
            catalog = Catalog(generation.path)
            with catalog:
                found = [*catalog.faults(), *_spans(backend)]
            lexical = Lexical(generation.path / "lexical")
            dense = Dense(generation.path, generation.manifest.settings.dimension, generation.manifest.clauses)
            found += [*_entries(lexical, generation), *_vectors(dense, generation)]
            found += _sampled(backend, (lexical, dense), embedder, sample)
            if dense.approximate is not None and embedder is not None:
                recall = _recall(backend, dense, embedder)
                if recall < LEAST:
                    found.append(f"近似向量查找只找回精确查找结果的 {recall:.1%}，应不少于 {LEAST:.0%}")
    except IndexDamagedError as error:
        return [str(error)], None
    return [f"索引 {generation.path}：{fault}，{REBUILD}" for fault in found], recall


def _spans(backend: LocalBackend) -> Iterator[str]:
    """Clauses partition their source, and what they name lies inside it."""
    key = 0
    for document in backend.documents():
        text, clauses = backend.source_text(document.id), backend.clauses(document.id)
        if len(text) != document.length:
            yield f"{document.source} 的原文长度不符"
        if backend.keys(document.id) != range(key, key + len(clauses)):
            yield f"{document.source} 的条款编号不连续"
        key += len(clauses)
        place = 0
        for clause in clauses:
            inside = all(clause.start <= span.start <= span.end <= clause.end for span in clause.spans)
            if clause.start != place or clause.end < clause.start or not inside:
                yield f"{document.source} 的条款 {clause.id} 在原文中的位置不对"
            place = clause.end
        if place != len(text):
            yield f"{document.source} 的条款没有覆盖全部原文"


def _entries(lexical: Lexical, generation: Generation) -> Iterator[str]:
    if not np.array_equal(lexical.keys(), np.arange(generation.manifest.clauses)):
        yield "全文索引与条款不是一一对应"


def _vectors(dense: Dense, generation: Generation) -> Iterator[str]:
    clauses = generation.manifest.clauses
    keys, vectors = dense.rows(0, clauses)
    if len(keys) != dense.count or not np.array_equal(np.unique(keys), np.arange(clauses)):
        yield "向量与条款不是一一对应"
    for first in range(0, len(keys), 65_536):
        lengths = np.linalg.norm(vectors[first : first + 65_536].astype(np.float32), axis=1)
        if not ((np.abs(lengths - 1) < 0.01) | (lengths < 0.01)).all():
            yield "有的向量长度不是 1"
            return


def _sampled(
    backend: LocalBackend, engines: tuple[Lexical, Dense], embedder: Embedder | None, sample: int
) -> Iterator[str]:
    """Clauses taken evenly from the whole index: embedded again and looked up by their words."""
    lexical, dense = engines
    total = backend.manifest.clauses
    keys = np.unique(np.linspace(0, max(total - 1, 0), min(sample, total)).astype(np.int64))
    for key, (document, clause) in zip(keys.tolist(), backend.fetch(keys), strict=True):
        if not _found_by_words(lexical, key, document, clause):
            yield f"用 {clause.id} 自己的词在全文索引里找不到它"
        if embedder is not None and not _same_vectors(
            dense, key, passages(document.metadata, clause), embedder.passages
        ):
            yield f"{clause.id} 的向量与重新计算的不同"


def _recall(backend: LocalBackend, dense: Dense, embedder: Embedder) -> float:
    with Catalog(backend.generation.path) as catalog:
        return measured(dense, questions(catalog, embedder, backend.manifest.clauses))


def _found_by_words(lexical: Lexical, key: int, document: Document, clause: Clause) -> bool:
    units = entry(document.metadata, clause)
    words = sorted(set(units.body), key=lambda word: (-len(word), word))[:3]
    if not words or len(words[0]) > 50:
        return True
    query = LexicalQuery(terms=dict.fromkeys(words, 1.0))
    return len(lexical.search(query, 1, np.array([key], np.int64))) == 1


def _same_vectors(dense: Dense, key: int, texts: Sequence[str], embed: Callable[[Sequence[str]], np.ndarray]) -> bool:
    kept = dense.rows(key, key + 1)[1].astype(np.float32)
    made = embed(texts)
    return kept.shape == made.shape and bool(np.allclose(kept, made, atol=_NEAR))
