"""An index on disk: a folder of immutable generations, and one pointer to the one that counts.

    var/index/
      CURRENT              name of the generation that readers open, replaced atomically
      writer.lock          held by the one process that writes
      gen-000001/          never changed once CURRENT has named it
        catalog.sqlite  lexical/  dense.f16  dense.keys
        manifest.json      format, tokenizer, model, counts; size and SHA-256 of every other file

A writer fills a draft folder, flushes it to disk, renames it and only then moves the pointer: whatever instant it is
killed at, CURRENT names a complete generation. Leftovers are removed by the next writer.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexDamagedError, IndexMissingError
from index.lock import locked
from index.tokens import IDENTITY as TOKENIZER

FORMAT = 3
"""Version of the layout on disk; an index of another version must be built again."""

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
_DRAFT = "draft"
_KEEP = 2
REBUILD = "请运行 `qa index <文件或文件夹> --rebuild` 重新建立索引。"
"""The cure that errors about a damaged index name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileEntry:
    """One file of a generation: bytes and SHA-256 (hexadecimal)."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a generation was made with; what one set made cannot be searched or reused with another.

    Attributes:
        format: layout on disk.
        tokenizer: identity of :mod:`index.tokens`.
        embedder: identity of the model.
        dimension: length of its vectors.
        parser: fingerprint of the code that loads and parses; only reuse depends on it, not reading.
    """

    format: int = FORMAT
    tokenizer: str = TOKENIZER
    embedder: str
    dimension: int
    parser: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a generation holds.

    Attributes:
        settings: what it was made with.
        documents: their number.
        clauses: their number, also that of lexical entries.
        vectors: rows of the dense index, at least one a clause.
        created_at: ISO time in UTC.
        files: path below the generation's folder, with ``/`` -> size and hash.
    """

    settings: Settings
    documents: int
    clauses: int
    vectors: int
    created_at: str
    files: Mapping[str, FileEntry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """One complete index: its folder, its name (``gen-000001``) and its manifest."""

    path: Path
    name: str
    manifest: Manifest


def current_name(folder: Path) -> str:
    """Name of the generation that counts; cheap, for asking often whether there is a new one.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the pointer cannot be read or names no generation.
    """
    try:
        name = (folder / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        message = f"{folder} 中还没有索引，请先运行 `qa index <文件或文件夹>` 建立索引。"
        raise IndexMissingError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"无法读取 {folder / CURRENT}（{error}），请检查权限；如已损坏，{REBUILD}") from error
    if _number(name) is None:
        raise IndexDamagedError(f"{folder / CURRENT} 的内容“{name[:40]}”不是索引名称，{REBUILD}")
    return name


def open_generation(folder: Path, embedder: str | None = None) -> Generation:
    """The generation that counts, after checking manifest, format, tokenizer, model and the size of every file.

    Args:
        folder: the index folder.
        embedder: identity of the model that questions will be embedded with; None: not checked.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: it is incomplete, or of another format, tokenizer or model.
    """
    name = current_name(folder)
    path = folder / name
    manifest = _manifest(path)
    generation = Generation(path=path, name=name, manifest=manifest)
    if manifest.settings.tokenizer != TOKENIZER:
        raise IndexDamagedError(f"索引 {path} 用的是另一种分词（{manifest.settings.tokenizer}），{REBUILD}")
    if embedder is not None:
        check_model(generation, embedder)
    for relative, entry in manifest.files.items():
        try:
            size = (path / relative).stat().st_size
        except OSError as error:
            raise IndexDamagedError(f"索引文件 {path / relative} 缺失或无法读取，{REBUILD}") from error
        if size != entry.size:
            raise IndexDamagedError(f"索引文件 {path / relative} 应为 {entry.size} 字节，实为 {size} 字节，{REBUILD}")
    return generation


def check_model(generation: Generation, embedder: str) -> None:
    """Compares the model that a generation was made with.

    Raises:
        IndexDamagedError: it is not ``embedder``.
    """
    made_with = generation.manifest.settings.embedder
    if made_with != embedder:
        reason = f"索引 {generation.path} 是用向量模型 {made_with} 建立的，当前模型是 {embedder}，"
        raise IndexDamagedError(f"{reason}请改回原模型，或运行 `qa index <文件或文件夹> --rebuild` 重新建立索引。")


def check_hashes(generation: Generation) -> None:
    """Reads every file and compares its hash.

    Raises:
        IndexDamagedError: a file was changed; the message names it.
    """
    for relative, entry in generation.manifest.files.items():
        if _entry(generation.path / relative) != entry:
            raise IndexDamagedError(f"索引文件 {generation.path / relative} 的内容被改动过，{REBUILD}")


@contextmanager
def writing(folder: Path) -> Iterator[Path]:
    """Makes the caller the one writer of an index folder and gives it an empty draft folder to fill.

    The draft becomes a generation by :func:`publish`; without that it is removed again.

    Raises:
        PolicyError: another process is writing, or the folder cannot be written; the message says who or why.
    """
    with locked(folder):
        _clean(folder)
        draft = folder / _DRAFT
        draft.mkdir()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def publish(draft: Path, settings: Settings, counts: Mapping[str, int], created_at: str) -> Generation:
    """Turns a filled draft into the generation that counts: flushed to disk first, then named, then pointed at.

    Args:
        draft: from :func:`writing`, with all files closed.
        settings: what it was made with.
        counts: ``documents``, ``clauses`` and ``vectors``.
        created_at: ISO time in UTC.
    """
    folder = draft.parent
    paths = sorted(path for path in draft.rglob("*") if path.is_file())
    files = {path.relative_to(draft).as_posix(): _entry(path) for path in paths}
    manifest = Manifest(settings=settings, created_at=created_at, files=files, **counts)
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (draft / MANIFEST).write_text(text + "\n", encoding="utf-8")
    for path in (*paths, draft / MANIFEST, *(path for path in draft.rglob("*") if path.is_dir()), draft):
        _flush(path)
    name = f"gen-{max([0, *_generations(folder)]) + 1:06d}"
    draft.rename(folder / name)
    _flush(folder)
    _point(folder, name)
    _clean(folder)
    return Generation(path=folder / name, name=name, manifest=manifest)


def _point(folder: Path, name: str) -> None:
    fresh = folder / f"{CURRENT}.new"
    fresh.write_text(f"{name}\n", encoding="ascii")
    _flush(fresh)
    fresh.replace(folder / CURRENT)
    _flush(folder)


def _clean(folder: Path) -> None:
    """Removes drafts, generations that were never pointed at, and all but the newest of the old ones."""
    shutil.rmtree(folder / _DRAFT, ignore_errors=True)
    (folder / f"{CURRENT}.new").unlink(missing_ok=True)
    try:
        now = _number(current_name(folder)) or 0
    except (IndexMissingError, IndexDamagedError):
        return  # A damaged pointer: whatever generations there are may be all that is left to rescue.
    numbers = _generations(folder)
    keep = {now, *sorted(number for number in numbers if number < now)[-(_KEEP - 1) :]}
    for number in numbers:
        if number not in keep:
            shutil.rmtree(folder / f"gen-{number:06d}", ignore_errors=True)


def _generations(folder: Path) -> list[int]:
    return sorted(number for path in folder.glob("gen-*") if (number := _number(path.name)) is not None)


def _number(name: str) -> int | None:
    digits = name.removeprefix("gen-")
    return int(digits) if name == f"gen-{digits}" and digits.isascii() and digits.isdecimal() else None


def _manifest(path: Path) -> Manifest:
    try:
        values: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        settings = values["settings"]
        if settings["format"] != FORMAT:
            raise IndexDamagedError(
                f"索引 {path} 的格式是第 {settings['format']} 版，本程序用第 {FORMAT} 版，{REBUILD}"
            )
        files = {name: FileEntry(**entry) for name, entry in values["files"].items()}
        return Manifest(**{**values, "settings": Settings(**settings), "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"索引清单 {path / MANIFEST} 缺失或已损坏，{REBUILD}") from error


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as stream:
        return FileEntry(size=path.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _flush(path: Path) -> None:
    """Forces a file or folder to disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders; it keeps their entries in its own journal.
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
