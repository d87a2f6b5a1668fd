"""Paths -> the files to index, always in the same order, and what was left out by rule or could not be listed."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from index.errors import PolicyError
from index.records import FileReport

_DATA = frozenset(
    {".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".csv", ".tsv", ".sql"}
    | {".db", ".sqlite", ".log", ".lock", ".py", ".pyc", ".js", ".ts", ".css", ".sh", ".bat", ".bak", ".tmp", ".part"}
)
_COMPANIONS = frozenset({"readme", "license", "licence", "notice", "changelog", "copying"})
_COMPANION_SUFFIXES = frozenset({"", ".md", ".txt", ".rst", ".html"})
_SYSTEM = frozenset({"thumbs.db", "desktop.ini", "__macosx", "lost+found"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A file to read and the name it bears in the index."""

    path: Path
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """All files, by source, and reports on what is not among them (``ignored`` by rule, or ``refused``)."""

    files: tuple[Found, ...]
    reports: tuple[FileReport, ...]


def find(paths: Sequence[Path], *, leave: Path | None = None) -> Findings:
    """Lists files and folders; a file that is reached twice counts once.

    In a folder, three sorts of files are left out: hidden ones and those of operating systems and office programs
    (silently), files of data and programs (``.json``, ``.csv``, ``.py``, …), and the companions of a collection
    (README, LICENSE, …); the last two are reported as ``ignored``. A file that is named itself is always taken.

    The source of a file is its path below the folder that was named, or its name. Where two roots give the same
    source, all sources are prefixed with as many folders above their root as it takes to tell them apart.

    Args:
        paths: files and folders.
        leave: a folder inside them that is not looked into: that of the index.

    Raises:
        PolicyError: a path does not exist; then nothing is indexed, so that a slip of the pen empties no index.
    """
    missing = [str(path) for path in paths if not os.path.lexists(path)]
    if missing:
        raise PolicyError(f"找不到 {'、'.join(missing)}，请检查路径是否写对。")
    files: list[tuple[Path, str]] = []
    reports: list[FileReport] = []
    seen: set[str] = set()
    for root in paths:
        listed = (
            _walk(root, reports, leave.resolve() if leave else None) if root.is_dir() else iter([(root.name, root)])
        )
        for relative, path in listed:
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                files.append((root, relative))
    return Findings(files=tuple(_named(files)), reports=tuple(reports))


def _walk(root: Path, reports: list[FileReport], leave: Path | None) -> Iterator[tuple[str, Path]]:
    def refuse(error: OSError) -> None:
        source = _clean(Path(error.filename).relative_to(root).as_posix() + "/")
        reason = f"无法打开文件夹（{error.strerror}），请修改权限后再试。"
        reports.append(FileReport(source=source, status="refused", reason=reason, code="unreadable"))

    for folder, folders, names in os.walk(root, onerror=refuse):
        if leave is not None and leave.name in folders and (Path(folder) / leave.name).resolve() == leave:
            folders.remove(leave.name)
        folders[:] = sorted(name for name in folders if not _hidden(name))
        for name in sorted(names):
            path = Path(folder) / name
            relative = path.relative_to(root).as_posix()
            if _hidden(name):
                continue
            reason = _why_ignored(name)
            if reason is None:
                yield relative, path
            else:
                reports.append(FileReport(source=_clean(relative), status="ignored", reason=reason))


def _hidden(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _SYSTEM


def _why_ignored(name: str) -> str | None:
    suffix = Path(name).suffix.casefold()
    if suffix in _DATA:
        return f"{suffix} 是数据或程序文件，按规则不收录；如确是公文，请直接写明这个文件的路径。"
    if Path(name).stem.casefold() in _COMPANIONS and suffix in _COMPANION_SUFFIXES:
        return "说明文件，按规则不收录；如确是公文，请直接写明这个文件的路径。"
    return None


def _named(files: Sequence[tuple[Path, str]]) -> list[Found]:
    depth = 0
    while True:
        sources = [_clean(_above(root, relative, depth)) for root, relative in files]
        doubled = [source for source, count in Counter(sources).items() if count > 1]
        longest = max((len(root.resolve().parts) for root, _ in files), default=0)
        if not doubled or depth > longest:
            break
        depth += 1
    sources = _numbered(sources)
    found = [
        Found(path=root / relative if root.is_dir() else root, source=source)
        for (root, relative), source in zip(files, sources, strict=True)
    ]
    return sorted(found, key=lambda item: item.source)


def _above(root: Path, relative: str, depth: int) -> str:
    if not depth:
        return relative
    base = root.resolve() if root.is_dir() else root.resolve().parent
    return "/".join((*base.parts[1:][-depth:], relative))


def _numbered(sources: Sequence[str]) -> list[str]:
    """Tells apart what is left: names whose bytes are no text may look the same."""
    seen: Counter[str] = Counter()
    numbered = []
    for source in sources:
        seen[source] += 1
        numbered.append(source if seen[source] == 1 else f"{source}#{seen[source]}")
    return numbered


def _clean(source: str) -> str:
    """Composed Unicode (macOS stores decomposed names), and no bytes that are not text."""
    return normalize("NFC", source.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
