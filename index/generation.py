"""An index on disk, read: a folder of immutable generations, and one pointer to the one that counts.

    var/index/
      CURRENT              name of the generation that readers open and hash of its manifest, replaced atomically
      writer.lock          held by the one process that writes
      uploads/             original files put in over HTTP; see :mod:`index.uploads`
      gen-000001/          never changed once CURRENT has named it
        catalog.sqlite  lexical/  dense.f16  dense.keys  dense.pq and dense.codes (where vectors are many)
        manifest.json      format, tokenizer, model, counts; size and SHA-256 of every other file
      draft-000001/        what a writer is filling, see :mod:`index.writing`

So every byte of the generation that counts is vouched for: CURRENT for the manifest, the manifest for the rest.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexDamagedError, IndexMissingError
from index.tokens import IDENTITY as TOKENIZER

FORMAT = 4
"""Version of the layout on disk; an index of another version must be built again."""

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
_POINTER = re.compile(r"(gen-[0-9]{6,})(?: ([0-9a-f]{64}))?\n")
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
class Proof:
    """How well the approximate vector index finds, see :class:`Manifest`."""

    recall: float | None = None
    moved: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a generation holds.

    Attributes:
        settings: what it was made with.
        documents: their number.
        clauses: their number, also that of lexical entries.
        vectors: rows of the dense index, at least one a clause.
        created_at: ISO time in UTC.
        pace: seconds that each byte of the files took that were read last; 0 where that is not known.
        files: path below the generation's folder, with ``/`` -> size and hash.
        recall: of the approximate vector index against the exact scan when it was measured last, see
            :func:`index.recall.settle`; None where the scan is fast enough.
        moved: vectors that came or went since then.
    """

    settings: Settings
    documents: int
    clauses: int
    vectors: int
    created_at: str
    pace: float
    files: Mapping[str, FileEntry]
    recall: float | None = None
    moved: int = 0

    @property
    def approximate(self) -> bool:
        """Whether vectors are searched by way of an approximate index."""
        return "dense.codes" in self.files

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())


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
    return pointed(folder)[0]


def pointed(folder: Path) -> tuple[str, str | None]:
    """What the pointer says: name of the generation that counts and SHA-256 of its manifest (None before format 3).

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: the pointer cannot be read or names no generation.
    """
    try:
        text = (folder / CURRENT).read_bytes().decode("ascii")
    except FileNotFoundError:
        message = f"{folder} 中还没有索引，请先运行 `qa index <文件或文件夹>` 建立索引。"
        raise IndexMissingError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"无法读取 {folder / CURRENT}（{error}），请检查权限；如已损坏，{REBUILD}") from error
    match = _POINTER.fullmatch(text)
    if match is None:
        raise IndexDamagedError(f"{folder / CURRENT} 的内容“{text[:80].strip()}”不是索引名称，{REBUILD}")
    return match[1], match[2]


def open_generation(folder: Path, embedder: str | None = None) -> Generation:
    """The generation that counts, after checking manifest, format, tokenizer, model and the size of every file.

    Args:
        folder: the index folder.
        embedder: identity of the model that questions will be embedded with; None: not checked.

    Raises:
        IndexMissingError: there is no index.
        IndexDamagedError: it is incomplete, or of another format, tokenizer or model.
    """
    name, digest = pointed(folder)
    generation = read_generation(folder / name)
    path, manifest = generation.path, generation.manifest
    if entry_of(path / MANIFEST).sha256 != digest:
        raise IndexDamagedError(f"索引清单 {path / MANIFEST} 与 {folder / CURRENT} 记载的校验值不符，{REBUILD}")
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


def read_generation(path: Path) -> Generation:
    """A generation by its folder, whether it counts or not; only the manifest is read.

    Raises:
        IndexDamagedError: the manifest is missing, cannot be understood, or is of another format.
    """
    try:
        values: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        settings = values["settings"]
        if settings["format"] != FORMAT:
            raise IndexDamagedError(
                f"索引 {path} 的格式是第 {settings['format']} 版，本程序用第 {FORMAT} 版，{REBUILD}"
            )
        files = {name: FileEntry(**entry) for name, entry in values["files"].items()}
        manifest = Manifest(**{**values, "settings": Settings(**settings), "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(f"索引清单 {path / MANIFEST} 缺失或已损坏，{REBUILD}") from error
    return Generation(path=path, name=path.name, manifest=manifest)


def generations(folder: Path) -> list[int]:
    """The numbers of all generations in an index folder, ascending, whether they ever counted or not."""
    return sorted(number for path in folder.glob("gen-*") if (number := number_of(path.name)) is not None)


def number_of(name: str) -> int | None:
    """Number of a generation by its name, None where that is none."""
    digits = name.removeprefix("gen-")
    return int(digits) if name == f"gen-{digits}" and digits.isascii() and digits.isdecimal() else None


def name_of(number: int) -> str:
    """Name of a generation by its number."""
    return f"gen-{number:06d}"


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
        IndexDamagedError: files were changed; the message names them.
    """
    changed = changed_files(generation)
    if changed:
        names = "、".join(str(generation.path / relative) for relative in changed)
        raise IndexDamagedError(f"索引文件 {names} 的内容被改动过，{REBUILD}")


def changed_files(generation: Generation) -> list[str]:
    """The files, as the manifest names them, that are not what it says; reads them all."""
    return [relative for relative, entry in generation.manifest.files.items() if _differs(generation, relative, entry)]


def entry_of(path: Path) -> FileEntry:
    """Size and hash of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return FileEntry(size=path.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _differs(generation: Generation, relative: str, entry: FileEntry) -> bool:
    try:
        return entry_of(generation.path / relative) != entry
    except OSError:
        return True
