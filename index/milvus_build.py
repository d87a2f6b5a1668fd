"""Files -> an index in Milvus; one process does all, or several do a part each and the last one done publishes.

A part is those files whose name's hash says so: it does not depend on the other files. A process writes rows, which
nobody sees, then the list of the documents of its part. Who finds the lists of all parts makes the catalog over them
and moves the alias. Rows are written under names of their own for each edition, so that doing a part again writes only
what is missing.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from index.catalog import FILE
from index.catalog_writer import CatalogWriter
from index.embed import Embedder
from index.errors import IndexDamagedError
from index.generation import Manifest
from index.ingest import Ingest, document_id, file_digest, settings_of
from index.load import Limits
from index.milvus import CLAUSE, RECORD, manifest_of, row_name
from index.milvus_server import LONGEST_TEXT, Blobs, Server, Where, any_of, text_field, vector_field
from index.passages import entry, passages
from index.records import BuildReport, FileReport
from index.rows import Record
from index.sparse import Frequencies, clause_vector
from index.stopwatch import Stopwatch
from index.walk import Found, find

_BATCH = 1024
_SETTLE_SECONDS = 5.0
"""How old an answer of a cluster may be with bounded consistency: so long after the last row the alias is moved."""

Listed = list[tuple[str, str]]
"""Source and row name of each document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One part of several, counted from 1."""

    number: int = 1
    of: int = 1

    def holds(self, source: str) -> bool:
        """Whether a file belongs to this part."""
        return int.from_bytes(hashlib.sha256(source.encode()).digest()[-8:]) % self.of == self.number - 1

    def list_name(self, number: int) -> str:
        """Name of the blob that lists the documents of a part."""
        return f"part-{number}-of-{self.of}"


@dataclass(kw_only=True, slots=True)
class _Queue:
    records: list[Record] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


class MilvusIndex:
    """Writes an index in Milvus.

    Args:
        where: which one.
        embedder: embeds the clauses.
        keep: generations that remain, the new one included.

    Raises:
        IndexUnreachableError: the server does not answer.
    """

    def __init__(self, where: Where, embedder: Embedder, keep: int = 2) -> None:
        self._keep = keep
        self._server = Server(where)
        self._embedder = embedder
        self._settings = settings_of(embedder)
        store = where.store(self._settings)
        self._clauses, self._vectors = f"{store}_clauses", f"{store}_vectors"
        self._documents = Blobs(self._server, f"{store}_documents")
        self._queue = _Queue()
        name = [("document", text_field(20))]
        self._documents.create()
        self._server.create(
            self._clauses,
            [("clause", text_field(40, primary=True)), *name, ("record", text_field()), ("words", vector_field(None))],
            {"document": "INVERTED", "words": "SPARSE_INVERTED_INDEX"},
        )
        vector = vector_field(embedder.dimension)
        self._server.create(
            self._vectors,
            [("id", text_field(60, primary=True)), ("clause", text_field(40)), *name, ("vector", vector)],
            {"document": "INVERTED", "clause": "INVERTED", "vector": where.vector_index},
        )

    def build(self, paths: Sequence[Path], part: Part, limits: Limits, *, rebuild: bool = False) -> BuildReport:
        """Makes a part of the index equal to the paths, and publishes where all parts are there.

        Args:
            paths: files and folders.
            part: which files.
            limits: upper bounds for a file.
            rebuild: True writes every row again, over the one that is there.

        Returns:
            The report on the files of this part; its counts are those of the generation that counts then.

        Raises:
            PolicyError: a path does not exist.
            IndexUnreachableError: the server fails; doing the part again goes on where it was.
        """
        clock = Stopwatch()
        findings = find(paths)
        files = [found for found in findings.files if part.holds(found.source)]
        self._forget(part.list_name(part.number))
        reports = list(findings.reports) if part.number == 1 else []
        listed: Listed = []
        ingest = Ingest(limits=limits, clock=clock)
        for found, digest, name, there in self._plan(files, limits, rebuild=rebuild):
            record = None
            if there:
                reports.append(FileReport(source=found.source, status="unchanged"))
            else:
                record, report = ingest.read(found, digest)
                reports.append(report)
            if record is not None:
                self._add(record)
            if there or record is not None:
                listed.append((found.source, name))
        self._flush()
        self._documents.put(part.list_name(part.number), json.dumps(listed).encode())
        manifest = self._publish_if_complete(part) or self._manifest()
        return BuildReport(
            files=tuple(sorted(reports, key=lambda report: report.source)),
            documents=manifest.documents if manifest else 0,
            clauses=manifest.clauses if manifest else 0,
            seconds=clock.seconds(),
        )

    def remove(self, sources: Sequence[str]) -> Manifest:
        """Publishes a generation without some documents and deletes their rows, also for the generations before.

        Raises:
            KeyError: a document is not in the index.
        """
        current = self._server.pointed()
        listed = _listed(self._generation(current)) if current else []
        missing = set(sources) - {source for source, _ in listed}
        if missing:
            raise KeyError(sorted(missing)[0])
        manifest = self.publish([item for item in listed if item[0] not in sources])
        self._drop_generations(1)
        return manifest

    def publish(self, listed: Listed) -> Manifest:
        """Makes a generation of documents whose rows are there, and the one that counts."""
        counts: Counter[int] = Counter()
        vectors = 0
        with TemporaryDirectory(prefix="qa-milvus-") as folder:
            writer = CatalogWriter(Path(folder))
            for _, name in sorted(listed):
                record = RECORD.validate_json(self._documents.get(name))
                writer.add(record)
                for clause in record.clauses:
                    counts.update(clause_vector(entry(record.document.metadata, clause)).keys())
                    vectors += len(passages(record.document.metadata, clause))
            writer.close()
            _strip(Path(folder) / FILE)
            catalog = (Path(folder) / FILE).read_bytes()
        manifest = Manifest(
            settings=self._settings,
            documents=writer.documents,
            clauses=writer.clauses,
            vectors=vectors,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            pace=0.0,
            files={},
        )
        blobs = Blobs(self._server, f"{self._prefix}{self._last() + 1:06d}")
        blobs.create()
        blobs.put("catalog", catalog)
        blobs.put("frequencies", Frequencies.of(counts, writer.clauses).to_bytes())
        blobs.put("documents", json.dumps(sorted(listed)).encode())
        blobs.put("manifest", json.dumps(asdict(manifest)).encode())
        self._point(blobs.collection)
        self._server.call("delete", self._documents.collection, filter='id like "part-%"')  # each round lists anew
        self._drop_generations(self._keep)
        return manifest

    def close(self) -> None:
        """Lets go of the connection."""
        self._server.close()

    @property
    def _prefix(self) -> str:
        return f"{self._server.where.name}_gen_"

    def _plan(
        self, files: Sequence[Found], limits: Limits, *, rebuild: bool
    ) -> list[tuple[Found, str | None, str, bool]]:
        """Each file with its digest, the name of its rows, and whether these can stay."""
        digests = [file_digest(found.path, limits) for found in files]
        names = [
            f"{document_id(found.source)}{(digest or '')[:8]}" for found, digest in zip(files, digests, strict=True)
        ]
        there = set() if rebuild else set(self._documents.present(names))
        return [
            (found, digest, name, digest is not None and name in there)
            for found, digest, name in zip(files, digests, names, strict=True)
        ]

    def _add(self, record: Record) -> None:
        name = row_name(record.document)
        rows = []
        for clause in record.clauses:
            units = clause_vector(entry(record.document.metadata, clause)) or {0: 1e-9}  # Milvus takes no empty vector
            text = CLAUSE.dump_json(clause, exclude_defaults=True)
            kept = text.decode() if len(text) <= LONGEST_TEXT else ""
            key = f"{name}-{clause.ordinal}"
            rows.append({"clause": key, "document": name, "record": kept, "words": units})
            for number, passage in enumerate(passages(record.document.metadata, clause)):
                self._queue.rows.append((f"{key}-{number}", key))
                self._queue.texts.append(passage)
        self._server.upsert(self._clauses, rows)
        self._queue.records.append(record)
        if len(self._queue.texts) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        """Writes the vectors that wait, then the documents, which are there only from then on."""
        queue, self._queue = self._queue, _Queue()
        if queue.texts:
            vectors = self._embedder.passages(queue.texts)
            rows = [
                {"id": identity, "clause": key, "document": key.rpartition("-")[0], "vector": vector.tolist()}
                for (identity, key), vector in zip(queue.rows, vectors, strict=True)
            ]
            self._server.upsert(self._vectors, rows)
        for record in queue.records:
            self._documents.put(row_name(record.document), RECORD.dump_json(record, exclude_defaults=True))

    def _publish_if_complete(self, part: Part) -> Manifest | None:
        lists = [part.list_name(number) for number in range(1, part.of + 1)]
        if set(self._documents.present(lists)) != set(lists):
            return None
        try:
            listed = [tuple(item) for name in lists for item in json.loads(self._documents.get(name))]
        except KeyError:  # the process of another part found all lists too, and has published
            return None
        return self.publish(listed) if listed else None

    def _manifest(self) -> Manifest | None:
        """Of the generation that counts, None where there is none that this version reads."""
        current = self._server.pointed()
        try:
            return manifest_of(self._generation(current)) if current else None
        except IndexDamagedError:
            return None

    def _point(self, collection: str) -> None:
        for name in (self._clauses, self._vectors, self._documents.collection, collection):
            self._server.call("flush", name)
        if not self._server.where.uri.endswith(".db"):
            sleep(_SETTLE_SECONDS)
        verb = "create_alias" if self._server.pointed() is None else "alter_alias"
        self._server.call(verb, collection, self._server.where.name)

    def _generation(self, name: str) -> Blobs:
        """A generation to read from; a server that was started anew has not loaded it."""
        self._server.call("load_collection", name)
        return Blobs(self._server, name)

    def _generations(self) -> list[str]:
        return sorted(name for name in self._server.call("list_collections") if name.startswith(self._prefix))

    def _last(self) -> int:
        return max((int(name.removeprefix(self._prefix)) for name in self._generations()), default=0)

    def _drop_generations(self, keep: int) -> None:
        """Drops the older generations, and the rows that only they knew."""
        names = self._generations()
        known = {name: _listed(self._generation(name)) for name in names}
        kept = {row for name in names[-keep:] for _, row in known[name]}
        for name in names[:-keep]:
            for _, row in known[name]:
                if row not in kept:
                    self._forget(row)
            self._server.call("drop_collection", name)

    def _forget(self, name: str) -> None:
        for collection in (self._clauses, self._vectors):
            self._server.call("delete", collection, filter=any_of("document", [name]))
        self._server.call("delete", self._documents.collection, filter=f'id like "{name}/%"')


def _listed(generation: Blobs) -> Listed:
    return [(source, name) for source, name in json.loads(generation.get("documents"))]


def _strip(file: Path) -> None:
    """Takes from a catalog the texts that stand in Milvus; clauses that references and proofs speak of remain."""
    connection = sqlite3.connect(file, isolation_level=None)
    proofs = " UNION ".join(
        f"SELECT json_extract(nullif({column}, ''), '$.key') FROM times"
        for column in ("effective_proof", "expires_proof", "ended_proof")
    )
    connection.executescript(
        "DELETE FROM sources; CREATE TEMP TABLE kept AS SELECT key FROM refs UNION SELECT key FROM ref_clauses UNION "
        f"{proofs}; DELETE FROM clauses WHERE key NOT IN (SELECT key FROM kept WHERE key IS NOT NULL); VACUUM;"
    )
    connection.close()
