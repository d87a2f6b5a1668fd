"""One document put into an index or taken out of it; all others stay as they are, whatever became of their files."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from index.bases import Base, Step, kept, open_base, plan
from index.build import How, Work
from index.embed import Embedder
from index.generation import CURRENT, check_hashes, open_generation
from index.ingest import Ingest, settings_of
from index.records import BuildReport
from index.stopwatch import Stopwatch
from index.uploads import FOLDER, file_of, replaced, source_of, staged, tidy, upload_name
from index.walk import Found
from index.writing import flush, writing


def put(folder: Path, name: str, content: bytes, embedder: Embedder, how: How) -> BuildReport:
    """Stores a file among the uploads and indexes it; one of the same name is replaced.

    Args:
        folder: the index folder; where there is no index yet, one is made.
        name: of the file; its kind is told by its content.
        content: of the file.
        embedder: embeds the clauses.
        how: limits, and how long to wait for another writer.

    Returns:
        One entry, for this file; where it is ``refused``, nothing was stored and the index is as it was.

    Raises:
        PolicyError: the name cannot be used, another process is writing, or the disk fails.
        IndexDamagedError: the index cannot be trusted, or was made with another model.
        ModelError: the model fails.
    """
    ingest = Ingest(limits=how.limits, clock=Stopwatch())
    source, final = source_of(upload_name(name)), folder / FOLDER / upload_name(name)
    with staged(folder, content) as fresh:
        found = Found(path=fresh, source=source)
        (step,) = plan([found], (), how.limits)
        record, report = ingest.read(found, step.digest)
        if record is None:
            return BuildReport(files=(report,), documents=0, clauses=0, seconds=ingest.clock.seconds())
        record = replace(record, path=str(final.absolute()))
        ready = Step(found=Found(path=final, source=source), digest=step.digest, ready=(record, report))
        with ExitStack() as stack:
            draft = stack.enter_context(writing(folder, keep=how.keep, wait=how.wait))
            tidy(folder)
            bases = _bases(folder, embedder, stack)
            stack.enter_context(replaced(final, fresh))
            stay = [one for base in bases for one in base.known.values() if one.source != source]
            return _done(draft, embedder, bases, [*kept(stay), ready], ingest)


def remove(folder: Path, document_id: str, embedder: Embedder, how: How) -> BuildReport:
    """Takes a document out of the index; an uploaded file is deleted, a file of an indexed folder is left alone.

    The next :func:`index.build.build` over that folder takes such a file in again.

    Args:
        folder: the index folder.
        document_id: of the document.
        embedder: the model of the index.
        how: how long to wait for another writer.

    Returns:
        No entries; ``removed`` holds the source.

    Raises:
        KeyError: there is no such document.
        PolicyError: another process is writing, or the disk fails.
        IndexMissingError: there is no index.
        IndexDamagedError: the index cannot be trusted, or was made with another model.
    """
    ingest = Ingest(limits=how.limits, clock=Stopwatch())
    open_generation(folder)
    with ExitStack() as stack:
        draft = stack.enter_context(writing(folder, keep=how.keep, wait=how.wait))
        bases = _bases(folder, embedder, stack)
        known = [one for base in bases for one in base.known.values()]
        stay = [one for one in known if one.id != document_id]
        if len(stay) == len(known):
            raise KeyError(document_id)
        (gone,) = (one for one in known if one.id == document_id)
        report = _done(draft, embedder, bases, kept(stay), ingest)
        file = file_of(folder, gone.source)
        if file is not None:
            file.unlink()
            flush(file.parent)
        return report


def _bases(folder: Path, embedder: Embedder, stack: ExitStack) -> list[Base]:
    if not (folder / CURRENT).exists():
        return []
    generation = open_generation(folder, embedder.identity)
    check_hashes(generation)
    return [open_base(generation, settings_of(embedder), stack)]


def _done(draft: Path, embedder: Embedder, bases: Sequence[Base], steps: Sequence[Step], ingest: Ingest) -> BuildReport:
    settings = settings_of(embedder)
    for base in bases:
        if base.generation is not None:  # parsed by another version of the program, perhaps: the next build must see it
            settings = replace(settings, parser=base.generation.manifest.settings.parser)
    work = Work(
        settings=settings,
        embedder=embedder,
        bases=bases,
        steps=sorted(steps, key=lambda step: step.found.source),
        ingest=ingest,
    )
    report = work.done(draft, even_empty=True)
    touched = {step.found.source for step in steps if step.ready is not None}
    return replace(report, files=tuple(file for file in report.files if file.source in touched))
