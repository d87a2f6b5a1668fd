"""The index of a service: opened for reading, kept up to date, looked after."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from index.backend import Backend, LocalBackend, open_index
from index.embed import Embedder
from index.generation import check_model, current_name
from index.records import BuildReport
from qa.config import Settings
from qa.errors import UsageError
from qa.reading import Reading, Readings

if TYPE_CHECKING:
    from index.build import How, Progress
    from index.check import Check
    from index.generation import Generation
    from index.milvus import MilvusBackend
    from index.milvus_server import Server, Where
    from index.preview import Preview
    from index.writing import Kept
    from qa.pipeline import Pipeline

WAIT_SECONDS = 60.0
"""How long a single document waits for another writer."""


class Keeper:
    """Reads from and writes to one index; safe to use from several threads.

    Nothing is opened before it is needed. A generation published by this or another process is seen within
    :data:`qa.reading.CHECK_SECONDS`; each call ends on the generation that it began on.

    Args:
        settings: checked settings, see :func:`qa.config.load_settings`.
        backend: an open index; None: the folder that the settings name.
        embedder: the model; None: the one that the settings name.
    """

    def __init__(self, settings: Settings, *, backend: Backend | None = None, embedder: Embedder | None = None) -> None:
        self.settings = settings
        self._given = backend
        self._given_embedder = embedder
        self._embedder = embedder
        self._lock = RLock()
        self._server: Server | None = None  # asked which generation counts
        self._readings = Readings(self._current, self._open)

    @property
    def folder(self) -> Path:
        """The index folder. Raises UsageError where the index lies in Milvus."""
        if self.settings.index.backend == "milvus":
            raise UsageError("这项操作只用于本机的索引（index.backend: local）；Milvus 的索引见 docs/scale.md。")
        return self.settings.index.folder

    @property
    def embedder(self) -> Embedder:
        """The model. Raises ModelError where it cannot be opened."""
        with self._lock:
            if self._embedder is None:
                from qa.models import chosen_embedder

                self._embedder = chosen_embedder(self.settings)
            return self._embedder

    @property
    def backend(self) -> Backend:
        """The index as it is now; inside :meth:`reading` it stays open and the same.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: it cannot be trusted.
        """
        with self.reading() as reading:
            return reading.backend

    @property
    def trouble(self) -> str | None:
        """Why a newer generation could not be opened while an older one is read from; None: all is well."""
        return self._readings.trouble

    def reading(self) -> AbstractContextManager[Reading]:
        """Holds one generation: all calls inside the block see the same one; for a request of several calls.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: it cannot be trusted.
            ModelError: a model cannot be used.
        """
        return self._readings.hold()

    def index_part(self, paths: Sequence[Path], number: int = 1, of: int = 1, *, rebuild: bool = False) -> BuildReport:
        """Does part ``number`` of ``of`` of an index in Milvus, anew or what changed; the last part done publishes.

        Raises:
            UsageError: the index does not lie in Milvus, or there is no such part.
            PolicyError: a path does not exist.
            IndexUnreachableError: the server fails.
        """
        if self.settings.index.backend != "milvus":
            raise UsageError("分份收录（--shard）只用于 Milvus 的索引，请在 config.yaml 里写 index.backend: milvus。")
        if not 1 <= number <= of:
            raise UsageError(f"--shard 应写成 2/8 这样（第 2 份，共 8 份），而不是 {number}/{of}。")
        from index.milvus_build import MilvusIndex, Part

        writer = MilvusIndex(self._where(), self.embedder, self.settings.index.keep)
        try:
            report = writer.build(paths, Part(number=number, of=of), self._how().limits, rebuild=rebuild)
        finally:
            writer.close()
        self._readings.renew()
        return report

    def index(self, paths: Sequence[Path], *, rebuild: bool = False, progress: "Progress | None" = None) -> BuildReport:
        """Makes the index equal to the paths and the uploads; questions asked afterwards see it.

        Raises:
            PolicyError: a path does not exist, the folder cannot be written, or another process is writing.
        """
        from index.build import build

        report = build(paths, self.folder, self.embedder, progress=progress, how=self._how(rebuild=rebuild))
        self._readings.renew()
        return report

    def preview(self, paths: Sequence[Path], *, rebuild: bool = False) -> "Preview":
        """What :meth:`index` would do, see :func:`index.preview.preview`. Raises PolicyError for a wrong path."""
        from index.preview import preview

        return preview(paths, self.folder, self.embedder, self._how().limits, rebuild=rebuild)

    def whole(self, *, rebuild: bool = False) -> str | None:
        """Why :meth:`index` would make everything anew, one Chinese sentence; None where it would not."""
        from index.preview import whole

        return whole(self.folder, self.embedder, rebuild=rebuild)

    def check(self) -> "Check":
        """Whether the index is what it says it is, see :func:`index.check.check`.

        Raises:
            IndexMissingError: there is no index.
            ModelError: the model cannot be opened.
        """
        from index.check import check

        return check(self.folder, self.embedder)

    def generations(self) -> "list[Kept]":
        """The generations on disk, see :func:`index.writing.kept`.

        Raises:
            IndexMissingError: there is no index.
            IndexDamagedError: the pointer cannot be read.
        """
        from index.writing import kept

        return kept(self.folder)

    def rollback(self, name: str | None = None) -> "Generation":
        """Makes an older generation count again, see :func:`index.writing.rollback`; later questions see it."""
        from index.writing import rollback

        generation = rollback(self.folder, name)
        self._readings.renew()
        return generation

    def collect(self, keep: int | None = None) -> list[Path]:
        """Removes old generations and leftovers, and gives their folders.

        Args:
            keep: how many generations remain, the present one included; None: as the settings say.

        Raises:
            IndexMissingError: there is no index.
            PolicyError: another process is writing.
        """
        from index.writing import collect

        return collect(self.folder, self.settings.index.keep if keep is None else keep)

    def put(self, name: str, content: bytes) -> BuildReport:
        """Stores a file in the index's folder ``uploads`` and indexes it, see :func:`index.single.put`.

        When the call returns, the document is found. Its source is ``uploads/`` and its name.

        Raises:
            PolicyError: the name cannot be used, another process is writing, or the disk fails.
            IndexDamagedError: the index cannot be trusted.
        """
        from index.single import put

        report = put(self.folder, name, content, self.embedder, self._how(wait=WAIT_SECONDS))
        self._readings.renew()
        return report

    def remove(self, document_id: str) -> BuildReport:
        """Takes a document out of the index; an uploaded file is deleted, see :func:`index.single.remove`.

        When the call returns, the document is found no longer. One from a folder that was indexed comes back with the
        next :meth:`index` of that folder, unless its file is deleted there.

        Raises:
            KeyError: there is no such document.
            PolicyError: another process is writing, or the disk fails.
            IndexMissingError: there is no index.
            IndexDamagedError: the index cannot be trusted.
        """
        if self.settings.index.backend == "milvus":
            return self._remove_from_milvus(document_id)
        from index.single import remove

        report = remove(self.folder, document_id, self.embedder, self._how(wait=WAIT_SECONDS))
        self._readings.renew()
        return report

    def _remove_from_milvus(self, document_id: str) -> BuildReport:
        from index.milvus_build import MilvusIndex

        source = self.backend.document(document_id).source
        writer = MilvusIndex(self._where(), self.embedder, self.settings.index.keep)
        try:
            manifest = writer.remove([source])
        finally:
            writer.close()
        self._readings.renew()
        return BuildReport(files=(), documents=manifest.documents, clauses=manifest.clauses, removed=(source,))

    def original(self, document_id: str) -> Path | None:
        """The file that a document was read from; None where it is gone, or is no longer what was read.

        Raises:
            KeyError: there is no such document.
        """
        with self.reading() as reading:
            document, path = reading.backend.document(document_id), reading.backend.path(document_id)
        from index.ingest import file_digest

        limits = self._how().limits
        return Path(path) if path and file_digest(Path(path), limits) == document.sha256 else None

    def close(self) -> None:
        """Lets go of the index; the next call opens it anew."""
        self._readings.close()
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _forget(self) -> None:
        """Lets go of index and models, which may have changed."""
        with self._lock:
            self._embedder = self._given_embedder
        self.close()

    def _how(self, *, rebuild: bool = False, wait: float = 0.0) -> "How":
        from index.build import How
        from index.load import Limits

        chosen = self.settings.index
        limits = Limits(file_bytes=chosen.file_mb * 1_000_000, characters=chosen.characters, pages=chosen.pages)
        return How(limits=limits, keep=chosen.keep, wait=wait, rebuild=rebuild)

    def _where(self) -> "Where":
        from index.milvus_server import Where

        return Where(**self.settings.milvus.model_dump())

    def _current(self) -> str:
        if self._given is not None:
            return ""
        if self.settings.index.backend == "milvus":
            from index import milvus
            from index.milvus_server import Server

            if self._server is None:
                self._server = Server(self._where())
            return milvus.current_name(self._server)
        return current_name(self.folder)

    def _open_backend(self) -> "LocalBackend | MilvusBackend":
        if self.settings.index.backend == "milvus":
            from index.milvus import open_milvus

            return open_milvus(self._where())
        return open_index(self.folder)

    def _open(self) -> Reading:
        """The generation that counts, with the model that it was made with."""
        if self._given is not None:
            return Reading(name="", backend=self._given, embedder=self.embedder, assemble=self._assemble)
        backend = self._open_backend()
        try:
            with self._lock:
                if self.embedder.identity != backend.manifest.settings.embedder:
                    self._embedder = self._given_embedder  # `qa tune` may have put another in its place
                embedder = self.embedder
            check_model(backend.generation, embedder.identity)
        except BaseException:
            backend.close()
            raise
        return Reading(name=backend.generation.name, backend=backend, embedder=embedder, assemble=self._assemble)

    def _assemble(self, backend: Backend, embedder: Embedder) -> "Pipeline":
        from qa.models import chosen_pipeline

        return chosen_pipeline(self.settings, backend, embedder)
