"""PolicyQA: the one object behind every door, so that every door gives the same answer to the same question."""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import TYPE_CHECKING

from index.backend import Backend, open_index
from index.embed import Embedder
from index.records import BuildReport, Clause, Document, Filters
from qa.config import Settings
from qa.errors import UsageError
from qa.finding import find_clause, find_document
from qa.question import interpret
from qa.records import Found, Interpretation, Reply

if TYPE_CHECKING:
    from index.build import Progress
    from qa.diff import Comparison
    from qa.evaluate import Evaluation
    from qa.explain import Explanation
    from qa.graph import Graph
    from qa.ledger import Row
    from qa.pipeline import Pipeline, Search
    from qa.records import Hit
    from qa.tune.run import Report
    from qa.verify import Finding

MOST_HITS = 50


class PolicyQA:
    """Questions and look-ups over one index; safe to use from several threads.

    Nothing is opened before it is needed.

    Args:
        settings: checked settings, see :func:`qa.config.load_settings`.
        backend: an open index; None: the folder that the settings name.
        embedder: the model; None: the one that the settings name.
    """

    def __init__(self, settings: Settings, *, backend: Backend | None = None, embedder: Embedder | None = None) -> None:
        self.settings = settings
        self._backend = backend
        self._given_embedder = embedder
        self._lock = RLock()
        self._pipeline: Pipeline | None = None

    @cached_property
    def embedder(self) -> Embedder:
        """The model. Raises ModelError where it cannot be opened."""
        if self._given_embedder is not None:
            return self._given_embedder
        from qa.models import chosen_embedder

        return chosen_embedder(self.settings)

    @property
    def backend(self) -> Backend:
        """The index. Raises IndexMissingError or IndexDamagedError."""
        with self._lock:
            if self._backend is None:
                self._backend = open_index(self.settings.index.folder, embedder=self.embedder.identity)
            return self._backend

    def ask(
        self, question: str, filters: Filters | None = None, k: int | None = None, *, explain: bool = False
    ) -> Reply:
        """Answers a question, or says why not.

        Args:
            question: as asked.
            filters: restrict what is searched, before ranking.
            k: how many ranked clauses to give, 1 to 50; None: as the settings say.
            explain: True says of each clause what raised and lowered it.

        Raises:
            UsageError: the question or ``k`` cannot be served.
            IndexMissingError: there is no index.
            IndexDamagedError: it cannot be trusted.
            ModelError: a model cannot be used.
        """
        began = perf_counter()
        interpretation, wanted = self._checked(question, filters, k)
        pipeline = self._ready()
        from qa.answer import compose

        threshold = self.settings.answer.least_evidence
        search = pipeline.search(interpretation)
        outcome = compose(search, pipeline, count=wanted, threshold=threshold)
        return Reply(
            interpretation=interpretation,
            answer=outcome.answer,
            refusal=outcome.refusal,
            hits=outcome.hits,
            notes=outcome.notes,
            took_ms=(perf_counter() - began) * 1000,
            explanation=_explained(search, pipeline, outcome.hits) if explain else None,
        )

    def search(
        self, query: str, filters: Filters | None = None, k: int | None = None, *, explain: bool = False
    ) -> Found:
        """Ranked clauses only; arguments and errors as for :meth:`ask`."""
        began = perf_counter()
        interpretation, wanted = self._checked(query, filters, k)
        pipeline = self._ready()
        search = pipeline.search(interpretation)
        hits = search.hits(wanted)
        return Found(
            interpretation=interpretation,
            hits=hits,
            took_ms=(perf_counter() - began) * 1000,
            explanation=_explained(search, pipeline, hits) if explain else None,
        )

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """The documents that meet the filters, by source."""
        return self.backend.documents(filters)

    def document(self, name: str) -> Document:
        """One document, by id, number in any spelling, or title.

        Raises:
            NotFoundError: none, or several; the message names what comes near.
        """
        return find_document(self.backend, name)

    def clauses(self, document: Document) -> list[Clause]:
        """All clauses of a document in reading order; they partition its source text."""
        return self.backend.clauses(document.id)

    def clause(self, document: Document, name: str) -> Clause:
        """One clause of a document, by id, path or address (``二（四）9``).

        Raises:
            NotFoundError: none, or several; the message names what comes near.
        """
        return find_clause(self.clauses(document), name, document)

    def source_text(self, document_id: str) -> str:
        """The text that offsets refer to. Raises KeyError where there is no such document."""
        return self.backend.source_text(document_id)

    def index(self, paths: Sequence[Path], *, rebuild: bool = False, progress: "Progress | None" = None) -> BuildReport:
        """Makes the index equal to the paths; questions asked afterwards see it.

        Raises:
            PolicyError: a path does not exist, or the folder cannot be written.
        """
        from index.build import build
        from index.load import Limits

        chosen = self.settings.index
        limits = Limits(file_bytes=chosen.file_mb * 1_000_000, characters=chosen.characters, pages=chosen.pages)
        report = build(paths, chosen.folder, self.embedder, progress=progress, rebuild=rebuild, limits=limits)
        self.close()
        return report

    def evaluate(self, file: Path) -> "Evaluation":
        """Figures over a question set. Raises QuestionSetError where the file is none."""
        from qa.evaluate import evaluate, read_cases

        return evaluate(read_cases(file), lambda question: self.ask(question, k=10), self.source_text)

    def ledger(
        self,
        *,
        filters: Filters | None = None,
        unit: str | None = None,
        document: Document | None = None,
        year: int | None = None,
    ) -> "list[Row]":
        """Tasks by unit, document and year; see :func:`qa.ledger.ledger`."""
        from qa.ledger import ledger

        return ledger(self.backend, filters=filters, unit=unit, document=document, year=year)

    def around(self, clause: Clause) -> list[tuple[str, str]]:
        """What a clause cites and what cites it; see :func:`qa.relations.around`."""
        from qa.relations import around

        return around(clause, self.backend)

    def graph(self, document: Document) -> "Graph":
        """What a document cites, and what cites it; see :class:`qa.graph.Graph`."""
        from qa.graph import graph

        return graph(self.backend, document)

    def diff(self, old: str, new: str) -> "Comparison":
        """Two versions compared, each a file or a document of the index; see :func:`qa.diff.compare`."""
        from qa.diff import compare
        from qa.versions import open_side

        return compare(open_side(old, self.document, self.clauses), open_side(new, self.document, self.clauses))

    def verify(self, file: Path, *, as_of: str | None = None) -> "list[Finding]":
        """What became of each citation and quotation of a memo; see :func:`qa.verify.verify_file`."""
        from qa.verify import verify_file

        return verify_file(file, self.backend, as_of=as_of)

    def tune(
        self,
        file: Path,
        *,
        force: bool = False,
        seed: int = 0,
        progress: "Callable[[str, int, int], None] | None" = None,
    ) -> "Report":
        """Adapts embedding and ranker to own questions, see :func:`qa.tune.run.tune`; later questions see it.

        Raises:
            UsageError: the questions cannot be used.
        """
        from qa.tune.run import Job, tune

        report = tune(self.settings, Job(file=file, force=force, seed=seed), progress or _silent)
        self._forget()
        return report

    def untune(self, *, progress: "Callable[[str, int, int], None] | None" = None) -> str:
        """Brings back the models before the last :meth:`tune`; gives the identity of the embedding.

        Raises:
            UsageError: nothing was adapted.
        """
        from qa.tune.run import undo

        identity = undo(self.settings, progress or _silent)
        self._forget()
        return identity

    def _forget(self) -> None:
        """Lets go of index and models, which may have changed."""
        self.close()
        self.__dict__.pop("embedder", None)

    def close(self) -> None:
        """Lets go of the index; the next call opens it anew."""
        with self._lock:
            if self._backend is not None:
                self._backend.close()
            self._backend = self._pipeline = None

    def _ready(self) -> "Pipeline":
        """The steps of answering over the open index, joined at the first question."""
        with self._lock:
            backend = self.backend
            if self._pipeline is None:
                from qa.models import chosen_pipeline

                self._pipeline = chosen_pipeline(self.settings, backend, self.embedder)
            return self._pipeline

    def _checked(self, question: str, filters: Filters | None, k: int | None) -> tuple[Interpretation, int]:
        wanted = self.settings.answer.hits if k is None else k
        if not 1 <= wanted <= MOST_HITS:
            raise UsageError(f"条数 k 应在 1 到 {MOST_HITS} 之间，而不是 {wanted}。")
        return interpret(question, filters, self.settings.answer.question_characters), wanted


def _explained(search: "Search", pipeline: "Pipeline", hits: "Sequence[Hit]") -> "Explanation":
    from qa.explain import explain

    return explain(search, pipeline, hits)


def _silent(*_: object) -> None:
    """No progress is told."""
