"""A finished index -> the same index with the vectors of another model; nothing is loaded or parsed again.

Readers see the old generation until the new one is complete, as with :func:`index.build.build`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.approximate import FILES as APPROXIMATE
from index.backend import LocalBackend
from index.build import Progress
from index.dense import KEYS, VECTORS, DenseWriter
from index.embed import Embedder
from index.generation import check_hashes, open_generation
from index.lexical_writer import link
from index.passages import passages
from index.recall import settle
from index.records import Clause, Document
from index.search import Keys
from index.writing import KEEP, publish, writing

_BATCH = 1024


def embedded_texts(backend: LocalBackend) -> Iterator[tuple[Document, list[Clause], list[int], list[str]]]:
    """What is embedded, document by document in the order of the index.

    Yields:
        ``(document, clauses, keys, texts)``; keys and texts are parallel, a clause has one or more of them.
    """
    for document in backend.documents():
        clauses = backend.clauses(document.id)
        first = backend.keys(document.id).start
        keys: list[int] = []
        texts: list[str] = []
        for clause in clauses:
            found = passages(document.metadata, clause)
            keys.extend([first + clause.ordinal] * len(found))
            texts.extend(found)
        yield document, clauses, keys, texts


def reembed(
    folder: Path,
    embedder: Embedder,
    *,
    rows: tuple[Keys, NDArray[np.float32]] | None = None,
    progress: Progress | None = None,
    keep: int = KEEP,
) -> None:
    """Publishes a generation that differs from the present one in its vectors alone.

    Args:
        folder: the index folder.
        embedder: the other model.
        rows: keys and vectors where they are known already, as :func:`embedded_texts` orders them; None: are made.
        progress: told before each document and at the end.
        keep: how many generations remain, the new one included.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: it cannot be trusted.
        PolicyError: the folder cannot be written, or another process is writing it.
    """
    with writing(folder, keep=keep) as draft:
        present = open_generation(folder)
        check_hashes(present)
        other = (VECTORS, KEYS, *APPROXIMATE)
        linked = {name: entry for name, entry in present.manifest.files.items() if name not in other}
        for relative in linked:
            (draft / relative).parent.mkdir(parents=True, exist_ok=True)
            link(present.path / relative, draft / relative)
        writer = DenseWriter(draft, embedder.dimension)
        try:
            if rows is not None:
                writer.add(*rows)
            else:
                with LocalBackend(present) as backend:
                    _write(writer, backend, embedder, progress)
        finally:
            writer.close()
        settings = replace(present.manifest.settings, embedder=embedder.identity, dimension=embedder.dimension)
        manifest = present.manifest
        counts = {"documents": manifest.documents, "clauses": manifest.clauses, "vectors": writer.count}
        proof = settle(draft, embedder, manifest.clauses)
        publish(draft, settings, counts, pace=manifest.pace, proof=proof, linked=linked)


def _write(writer: DenseWriter, backend: LocalBackend, embedder: Embedder, progress: Progress | None) -> None:
    total = backend.manifest.documents
    keys: list[int] = []
    texts: list[str] = []
    for done, (document, _, own_keys, own_texts) in enumerate(embedded_texts(backend)):
        if progress:
            progress(done, total, document.source)
        keys.extend(own_keys)
        texts.extend(own_texts)
        if len(keys) >= _BATCH:
            _flush(writer, keys, texts, embedder)
            keys, texts = [], []
    _flush(writer, keys, texts, embedder)
    if progress:
        progress(total, total, "")


def _flush(writer: DenseWriter, keys: Sequence[int], texts: Sequence[str], embedder: Embedder) -> None:
    if keys:
        writer.add(np.array(keys, np.int64), embedder.passages(texts))
