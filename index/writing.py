"""An index on disk, written: a draft becomes a generation, and the pointer moves to it or back.

A writer fills a draft folder, flushes it to disk, renames it and only then moves the pointer: whatever instant it is
killed at, CURRENT names a complete generation. Leftovers are removed by the next writer, but for drafts that hold
finished work (:func:`mark`): a build that was interrupted goes on from there.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.errors import IndexDamagedError, IndexMissingError, PolicyError
from index.generation import (
    CURRENT,
    MANIFEST,
    FileEntry,
    Generation,
    Manifest,
    Proof,
    Settings,
    check_hashes,
    current_name,
    entry_of,
    generations,
    name_of,
    number_of,
    read_generation,
)
from index.lock import locked

KEEP = 2
_MARK = "finished.json"
_LEFTOVERS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """What a draft holds for certain.

    Attributes:
        settings: what it was being made with.
        documents: the first so many of its catalog.
        vectors: the first so many of its rows.
    """

    settings: Settings
    documents: int
    vectors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A generation on disk.

    Attributes:
        name: ``gen-000007``.
        current: whether it is the one that counts.
        manifest: what it holds; None where that cannot be read.
    """

    name: str
    current: bool
    manifest: Manifest | None


@contextmanager
def writing(folder: Path, *, keep: int = KEEP, wait: float = 0.0) -> Iterator[Path]:
    """Makes the caller the one writer of an index folder and gives it an empty draft folder to fill.

    The draft becomes a generation by :func:`publish`; without that it is removed again, unless it is marked.

    Args:
        folder: the index folder; made if need be.
        keep: how many generations remain, the new one included.
        wait: seconds to wait for another writer.

    Raises:
        PolicyError: another process is writing, or the folder cannot be written; the message says who or why.
    """
    with locked(folder, wait=wait):
        # Counted before anything is removed: a reader must not take a new generation for one that bore its number.
        draft = folder / f"draft-{max([0, *_draft_numbers(folder), *generations(folder)]) + 1:06d}"
        clean(folder, keep)
        draft.mkdir()
        try:
            yield draft
        finally:
            if not (draft / _MARK).exists():
                shutil.rmtree(draft, ignore_errors=True)
        clean(folder, keep)


def mark(draft: Path, finished: Finished) -> None:
    """Says what a draft holds for certain; everything that is said must be on disk already."""
    fresh = draft / f"{_MARK}.new"
    fresh.write_text(json.dumps(asdict(finished)), encoding="ascii")
    flush(fresh)
    fresh.replace(draft / _MARK)
    flush(draft)


def leftovers(folder: Path) -> list[tuple[Path, Finished]]:
    """Drafts of interrupted builds that hold finished work, the newest first; for the one writer only."""
    found = []
    for number in reversed(_draft_numbers(folder)):
        draft = folder / f"draft-{number:06d}"
        try:
            values = json.loads((draft / _MARK).read_text(encoding="ascii"))
            found.append((draft, Finished(**{**values, "settings": Settings(**values["settings"])})))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # not marked: nothing in it is certain
    return found


def publish(
    draft: Path,
    settings: Settings,
    counts: Mapping[str, int],
    *,
    pace: float = 0.0,
    proof: Proof | None = None,
    linked: Mapping[str, FileEntry] | None = None,
) -> Generation:
    """Turns a filled draft into the generation that counts: flushed to disk first, then named, then pointed at.

    Args:
        draft: from :func:`writing`, with all files closed.
        settings: what it was made with.
        counts: ``documents``, ``clauses`` and ``vectors``.
        pace: see :class:`index.generation.Manifest`.
        proof: of its approximate vector index.
        linked: files that are hard links to those of a generation, with what its manifest says of them: they are on
            disk and checked already.

    Raises:
        OSError: the disk is full, or fails.
    """
    folder = draft.parent
    linked = linked or {}
    (draft / _MARK).unlink(missing_ok=True)
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    names = [path.relative_to(draft).as_posix() for path in paths]
    files = {name: linked[name] if name in linked else entry_of(path) for name, path in zip(names, paths, strict=True)}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = Manifest(settings=settings, created_at=now, pace=pace, files=files, **counts, **asdict(proof or Proof()))
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    fresh = [path for path, name in zip(paths, names, strict=True) if name not in linked]
    for path in (*fresh, draft / MANIFEST, *(path for path in draft.rglob("*") if path.is_dir()), draft):
        flush(path)
    name = draft.name.replace("draft-", "gen-")
    draft.rename(folder / name)
    flush(folder)
    _point(folder, name)
    for number in _draft_numbers(folder):
        shutil.rmtree(folder / f"draft-{number:06d}", ignore_errors=True)
    return Generation(path=folder / name, name=name, manifest=manifest)


def rollback(folder: Path, name: str | None = None) -> Generation:
    """Makes an older generation count again.

    Args:
        folder: the index folder.
        name: of the generation; None: the newest of those before the one that counts.

    Raises:
        PolicyError: there is no such generation, or another process is writing.
        IndexMissingError: there is no index.
        IndexDamagedError: that generation cannot be trusted.
    """
    with locked(folder):
        if name is None:
            older = [number for number in generations(folder) if number < _current(folder)]
            if not older:
                raise PolicyError(f"{folder} 里没有更早的索引可以退回；保留几代见设置 index.keep。")
            name = name_of(older[-1])
        elif number_of(name) not in generations(folder):
            kept = "、".join(name_of(number) for number in generations(folder))
            raise PolicyError(f"{folder} 里没有 {name}；有的是 {kept or '（没有）'}。")
        generation = read_generation(folder / name)
        check_hashes(generation)
        _point(folder, name)
        return generation


def kept(folder: Path) -> list[Kept]:
    """The generations on disk, oldest first.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the pointer cannot be read.
    """
    now = current_name(folder)
    found = []
    for number in generations(folder):
        try:
            manifest = read_generation(folder / name_of(number)).manifest
        except IndexDamagedError:
            manifest = None
        found.append(Kept(name=name_of(number), current=name_of(number) == now, manifest=manifest))
    return found


def collect(folder: Path, keep: int) -> list[Path]:
    """Removes old generations, leftovers and the work of interrupted builds.

    Args:
        folder: the index folder.
        keep: how many generations remain, the one that counts included.

    Returns:
        The folders removed.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the pointer cannot be read.
        PolicyError: another process is writing.
    """
    current_name(folder)
    with locked(folder):
        for draft, _ in leftovers(folder):
            (draft / _MARK).unlink()
        return clean(folder, keep)


def clean(folder: Path, keep: int) -> list[Path]:
    """Removes what no reader and no writer needs; for the one writer only.

    That is: drafts without finished work, generations that were never pointed at or are no longer, and old ones.

    Returns:
        The folders removed.
    """
    (folder / f"{CURRENT}.new").unlink(missing_ok=True)
    useful = [draft for draft, _ in leftovers(folder)[:_LEFTOVERS]]
    removed = [draft for draft in _drafts(folder) if draft not in useful]
    try:
        now = _current(folder)
    except (IndexMissingError, IndexDamagedError):
        pass  # A damaged pointer: whatever generations there are may be all that is left to rescue.
    else:
        older = [number for number in generations(folder) if number < now]
        kept = {now, *older[max(0, len(older) - keep + 1) :]}
        removed += [folder / name_of(number) for number in generations(folder) if number not in kept]
    for path in removed:
        shutil.rmtree(path, ignore_errors=True)
    return removed


def flush(path: Path) -> None:
    """Forces a file or folder to disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders; it keeps their entries in its own journal.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _point(folder: Path, name: str) -> None:
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(f"{name} {entry_of(folder / name / MANIFEST).sha256}\n", encoding="ascii", newline="\n")
    flush(fresh)
    fresh.replace(folder / CURRENT)
    flush(folder)


def _current(folder: Path) -> int:
    return number_of(current_name(folder)) or 0


def _drafts(folder: Path) -> list[Path]:
    return [path for path in folder.glob("draft*") if path.is_dir()]


def _draft_numbers(folder: Path) -> Sequence[int]:
    digits = (path.name.removeprefix("draft-") for path in _drafts(folder))
    return sorted(int(text) for text in digits if text.isascii() and text.isdecimal())
