"""Paths -> a new generation: what is new or changed is read, the rest is taken from the generation before.

Memory holds one document and one batch of passages at a time. A bad file costs only itself. The result is the same as
that of a build from nothing: ids, keys, scores and rankings. An interrupted build goes on where it was.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from index.bases import Base, Step, leftover_bases, plan, published_base
from index.draft_writer import DraftWriter, runs
from index.embed import Embedder
from index.errors import PolicyError
from index.generation import Proof, Settings
from index.ingest import Ingest, settings_of, unchanged
from index.load import Limits
from index.recall import Before, settle
from index.records import BuildReport, FileReport
from index.stopwatch import Stopwatch
from index.uploads import tidy, uploaded
from index.walk import find
from index.writing import KEEP, publish, writing

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the source at work (empty at the end)."""

_TELLING = 100_000
"""Bytes from which the time that reading them took tells anything about others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class How:
    """How an index is written.

    Attributes:
        limits: upper bounds for a file.
        keep: how many generations remain, the new one included.
        wait: seconds to wait for another writer.
        rebuild: True takes nothing from the previous generation.
    """

    limits: Limits = field(default_factory=Limits)
    keep: int = KEEP
    wait: float = 0.0
    rebuild: bool = False


def build(
    paths: Sequence[Path],
    folder: Path,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    how: How | None = None,
) -> BuildReport:
    """Makes the index equal to the paths and the uploads: adds what is new, replaces what changed, removes the rest.

    Readers see the old index until the new one is complete and on disk. Where nothing changed, or no file at all can be
    indexed, the old index, if any, stays.

    Args:
        paths: files and folders, see :func:`index.walk.find`.
        folder: the index folder; made if need be.
        embedder: embeds the clauses; questions must be embedded with the same one.
        progress: told before each file and at the end.
        how: limits and the like.

    Returns:
        One entry a file, sorted by source, and seconds for ``load``, ``parse``, ``segment``, ``embed``, ``write`` and
        ``total``.

    Raises:
        PolicyError: a path does not exist, the folder cannot be written, or another process is writing it.
        ModelError: the model fails.
    """
    how = how or How()
    clock = Stopwatch()
    findings = find(paths, leave=folder)
    settings = settings_of(embedder)
    with ExitStack() as stack:
        draft = stack.enter_context(writing(folder, keep=how.keep, wait=how.wait))
        tidy(folder)
        uploads, doubled = uploaded(folder, findings.files)
        bases: list[Base] = []
        if not how.rebuild:
            published = published_base(folder, settings, stack)
            bases = [base for base in (published, *leftover_bases(folder, settings, stack)) if base is not None]
        with clock.stage("load"):
            files = sorted((*findings.files, *uploads), key=lambda found: found.source)
            steps = plan(files, bases, how.limits)
        work = Work(
            settings=settings,
            embedder=embedder,
            bases=bases,
            steps=steps,
            ingest=Ingest(limits=how.limits, clock=clock),
            reports=(*findings.reports, *doubled),
            progress=progress,
        )
        return work.done(draft)


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A generation to be made.

    Attributes:
        settings: what it is made with.
        embedder: embeds what is new.
        bases: where documents are taken from.
        steps: one a file, by source.
        ingest: reads files.
        reports: on files that are left out.
        progress: told before each file and at the end.
    """

    settings: Settings
    embedder: Embedder
    bases: Sequence[Base]
    steps: Sequence[Step]
    ingest: Ingest
    reports: Sequence[FileReport] = ()
    progress: Progress | None = None

    def done(self, draft: Path, *, even_empty: bool = False) -> BuildReport:
        """Does all steps in a draft and publishes it.

        Args:
            draft: from :func:`index.writing.writing`.
            even_empty: whether an index without documents is published.

        Raises:
            PolicyError: the disk is full or fails.
            ModelError: the model fails.
        """
        clock = self.ingest.clock
        base = self.bases[0] if self.bases else None
        proof = Proof()
        if base is not None and self._nothing_to_do(base):
            reports = [unchanged(known) for known in base.known.values()]
            counts = {"documents": len(reports), "clauses": sum(report.clauses for report in reports)}
        else:
            with _disk_faults(draft.parent), ExitStack() as stack:
                writer = DraftWriter(draft, self.embedder, self.bases, self.steps, clock)
                stack.callback(writer.abandon)
                reports = self._write(writer)
                writer.close()
                counts = writer.counts
                if counts["documents"] or even_empty:
                    with clock.stage("write"):
                        proof = settle(draft, self.embedder, counts["clauses"], self._before(writer))
                        pace = self._pace(reports)
                        publish(draft, self.settings, counts, pace=pace, proof=proof, linked=writer.linked)
        if self.progress:
            self.progress(len(self.steps), len(self.steps), "")
        sources = {step.found.source for step in self.steps}
        return BuildReport(
            files=tuple(sorted((*reports, *self.reports), key=lambda report: report.source)),
            documents=counts["documents"],
            clauses=counts["clauses"],
            seconds=clock.seconds(),
            removed=tuple(source for source in (base.known if base else ()) if source not in sources),
            recall=proof.recall,
        )

    def _write(self, writer: DraftWriter) -> list[FileReport]:
        reports: list[FileReport] = []
        done = 0
        for some in runs(self.steps):
            for step in some:
                if self.progress:
                    self.progress(done, len(self.steps), step.found.source)
                done += 1
            known = [step.known for step in some if step.known is not None]
            if known:
                writer.take(some)
                reports += [unchanged(one) for one in known]
                continue
            record, report = some[0].ready or self.ingest.read(some[0].found, some[0].digest)
            reports.append(report)
            if record is not None:
                writer.add(record)
        return reports

    def _before(self, writer: DraftWriter) -> Before | None:
        """What the generation before says of its vectors; None where they are of another model."""
        base = self.bases[0] if self.bases else None
        if base is None or base.generation is None or base.dense is None:
            return None
        manifest = base.generation.manifest
        return Before(dense=base.dense, proof=Proof(recall=manifest.recall, moved=manifest.moved), runs=writer.runs)

    def _nothing_to_do(self, base: Base) -> bool:
        """Whether the generation that counts is what is wanted already, made as it would be made now."""
        return (
            base.generation is not None
            and base.generation.manifest.settings == self.settings
            and len(self.steps) == len(base.known)
            and all(step.base == 0 and not step.moved for step in self.steps)
        )

    def _pace(self, reports: Sequence[FileReport]) -> float:
        """Seconds a byte of what was read, or what was known of that before."""
        read = {report.source for report in reports if report.status == "indexed"}
        files = [step.found.path for step in self.steps if step.found.source in read and step.ready is None]
        size = sum(path.stat().st_size for path in files if path.exists())
        if size >= _TELLING:
            return self.ingest.clock.seconds()["total"] / size
        generation = self.bases[0].generation if self.bases else None
        return generation.manifest.pace if generation is not None else 0.0


@contextmanager
def _disk_faults(folder: Path) -> Iterator[None]:
    """A disk that is full or fails becomes an error that says so; the index is as it was."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyError(
            f"写索引 {folder} 失败（{reason}）；原来的索引没有变，请检查磁盘空间和权限后再试。"
        ) from error
