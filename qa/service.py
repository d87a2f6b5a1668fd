"""PolicyQA: the one object behind every door, so that every door gives the same answer to the same question."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from index.backend import Backend
from index.day import today
from index.embed import Embedder
from index.errors import IndexDamagedError, IndexMissingError, ModelError
from index.records import Clause, Document, Filters
from qa.config import Settings
from qa.errors import UsageError
from qa.finding import find_clause, find_document
from qa.keeper import Keeper
from qa.question import interpret
from qa.questionlog.log import QuestionLog
from qa.records import Found, Interpretation, Reply
from qa.watch import AbandonedError, Watch

if TYPE_CHECKING:
    from qa.diff import Comparison
    from qa.evaluate import Evaluation
    from qa.explain import Explanation
    from qa.facets import Facet
    from qa.graph import Graph
    from qa.ledger import Row
    from qa.pipeline import Pipeline, Search
    from qa.questionlog.records import Origin
    from qa.questionlog.report import Report as QuestionReport
    from qa.records import Hit
    from qa.tune.run import Report
    from qa.verify import Finding

MOST_HITS = 200


class PolicyQA(Keeper):
    """Questions and look-ups over one index; safe to use from several threads.

    Nothing is opened before it is needed. A generation published by this or another process is seen within
    :data:`qa.reading.CHECK_SECONDS`; each call ends on the generation that it began on.

    Args:
        settings: checked settings, see :func:`qa.config.load_settings`.
        backend: an open index; None: the folder that the settings name.
        embedder: the model; None: the one that the settings name.

    Attributes:
        questions: the question log, where feedback goes; it writes only while ``log.enabled``.
    """

    def __init__(self, settings: Settings, *, backend: Backend | None = None, embedder: Embedder | None = None) -> None:
        super().__init__(settings, backend=backend, embedder=embedder)
        self.questions = QuestionLog(settings)
        self._examples: tuple[str, tuple[str, ...]] | None = None

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        k: int | None = None,
        *,
        explain: bool = False,
        origin: "Origin | None" = None,
        watch: Watch | None = None,
    ) -> Reply:
        """Answers a question, or says why not; writes it down where the question log is on.

        Args:
            question: as asked.
            filters: restrict what is searched, before ranking.
            k: how many ranked clauses to give, 1 to 200; None: as the settings say.
            explain: True says of each clause what raised and lowered it.
            origin: the door that the question came through; None: it is not written down.
            watch: sees the stages and can end the call between two of them (AbandonedError).

        Raises:
            UsageError: the question or ``k`` cannot be served.
            IndexMissingError: there is no index.
            IndexDamagedError: it cannot be trusted.
            ModelError: a model cannot be used.
        """
        began = perf_counter()
        interpretation, wanted = self._checked(question, filters, k)
        reply = None
        try:
            reply = self._reply(interpretation, wanted, began, watch or Watch(), explain=explain)
        except AbandonedError:
            origin = None  # nobody waits, and nothing failed
            raise
        finally:
            if origin is not None:
                self.questions.record(origin, interpretation, reply, (perf_counter() - began) * 1000)
        return reply

    def _reply(
        self, interpretation: Interpretation, wanted: int, began: float, watch: Watch, *, explain: bool
    ) -> Reply:
        with self._opened(watch) as pipeline:
            from qa.answer import compose
            from qa.facets import of_search

            threshold = self.settings.answer.least_evidence
            with watch.stage("search"):
                search = pipeline.search(interpretation, wanted)
            with watch.stage("compose"):
                outcome = compose(search, pipeline, count=wanted, threshold=threshold)
            return Reply(
                interpretation=interpretation,
                answer=outcome.answer,
                refusal=outcome.refusal,
                hits=outcome.hits,
                notes=outcome.notes,
                took_ms=(perf_counter() - began) * 1000,
                explanation=_explained(search, pipeline, outcome.hits) if explain else None,
                facets=of_search(search),
            )

    @contextmanager
    def _opened(self, watch: Watch) -> "Iterator[Pipeline]":
        """The steps of answering over one generation."""
        with ExitStack() as stack:
            with watch.stage("open"):
                pipeline = stack.enter_context(self.reading()).pipeline()
            yield pipeline

    def search(
        self,
        query: str,
        filters: Filters | None = None,
        k: int | None = None,
        *,
        explain: bool = False,
        watch: Watch | None = None,
    ) -> Found:
        """Ranked clauses only; arguments and errors as for :meth:`ask`."""
        began = perf_counter()
        interpretation, wanted = self._checked(query, filters, k)
        watch = watch or Watch()
        with self._opened(watch) as pipeline:
            with watch.stage("search"):
                search = pipeline.search(interpretation, wanted)
            hits = search.hits(wanted)
            return Found(
                interpretation=interpretation,
                hits=hits,
                took_ms=(perf_counter() - began) * 1000,
                explanation=_explained(search, pipeline, hits) if explain else None,
            )

    def documents(self, filters: Filters | None = None) -> list[Document]:
        """The documents that meet the filters, by source."""
        with self.reading() as reading:
            return reading.backend.documents(filters)

    def examples(self) -> tuple[str, ...]:
        """Questions that the index can answer, for who has none yet; see :func:`qa.examples.examples`."""
        from qa.examples import examples

        with self.reading() as reading:
            if self._examples is None or self._examples[0] != reading.name:
                self._examples = (reading.name, examples(reading.backend))
            return self._examples[1]

    def facets(self, documents: Sequence[Document]) -> "tuple[Facet, ...]":
        """What documents can be narrowed down by today; see :func:`qa.facets.facets`."""
        from qa.facets import facets

        return facets(documents, today())

    def document(self, name: str) -> Document:
        """One document, by id, number in any spelling, or title.

        Raises:
            NotFoundError: none, or several; the message names what comes near.
        """
        with self.reading() as reading:
            return find_document(reading.backend, name)

    def clauses(self, document: Document) -> list[Clause]:
        """All clauses of a document in reading order; they partition its source text."""
        with self.reading() as reading:
            return reading.backend.clauses(document.id)

    def clause(self, document: Document, name: str) -> Clause:
        """One clause of a document, by id, path or address (``二（四）9``).

        Raises:
            NotFoundError: none, or several; the message names what comes near.
        """
        return find_clause(self.clauses(document), name, document)

    def source_text(self, document_id: str) -> str:
        """The text that offsets refer to. Raises KeyError where there is no such document."""
        with self.reading() as reading:
            return reading.backend.source_text(document_id)

    def evaluate(self, file: Path) -> "Evaluation":
        """Figures over a question set. Raises QuestionSetError where the file is none."""
        from qa.evaluate import evaluate, read_cases

        cases = read_cases(file)
        with self.reading():
            return evaluate(cases, lambda question: self.ask(question, k=10), self.source_text)

    def report(self, *, since: str | None = None, until: str | None = None) -> "QuestionReport":
        """What was asked in a span of days; see :class:`qa.questionlog.report.Report`.

        Raises:
            UsageError: a day cannot be understood.
            QuestionLogError: the log cannot be read.
        """
        from index.embed import open_embedder
        from qa.questionlog.report import make_report
        from qa.questionlog.span import span

        days = span(since, until)
        entries = self.questions.entries(days)
        try:
            with self.reading() as reading:
                return make_report(entries, days, open_embedder(), reading.backend)
        except (IndexMissingError, IndexDamagedError, ModelError):
            return make_report(entries, days, open_embedder(), None)

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

        with self.reading() as reading:
            return ledger(reading.backend, filters=filters, unit=unit, document=document, year=year)

    def around(self, clause: Clause) -> list[tuple[str, str]]:
        """What a clause cites and what cites it; see :func:`qa.relations.around`."""
        from qa.relations import around

        with self.reading() as reading:
            return around(clause, reading.backend)

    def graph(self, document: Document) -> "Graph":
        """What a document cites, and what cites it; see :class:`qa.graph.Graph`."""
        from qa.graph import graph

        with self.reading() as reading:
            return graph(reading.backend, document)

    def diff(self, old: str, new: str) -> "Comparison":
        """Two versions compared, each a file or a document of the index; see :func:`qa.diff.compare`."""
        from qa.diff import compare
        from qa.versions import Side, open_side

        def indexed(name: str) -> Side:
            with self.reading():
                document = self.document(name)
                return document.metadata, self.clauses(document)

        return compare(open_side(old, indexed), open_side(new, indexed))

    def verify(self, file: Path, *, as_of: str | None = None) -> "list[Finding]":
        """What became of each citation and quotation of a memo; see :func:`qa.verify.verify_file`."""
        from qa.verify import verify_file

        with self.reading() as reading:
            return verify_file(file, reading.backend, as_of=as_of)

    def verify_bytes(self, content: bytes, name: str, *, as_of: str | None = None) -> "list[Finding]":
        """The same for a memo in memory; see :func:`qa.verify.verify_bytes`."""
        from qa.verify import verify_bytes

        with self.reading() as reading:
            return verify_bytes(content, name, reading.backend, as_of=as_of)

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

    def close(self) -> None:
        """Lets go of index and question log; the next call opens them anew."""
        self.questions.close()
        super().close()

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
