"""Original files that were put in one by one: a folder of the index that every build takes in beside its paths.

Their sources begin with ``uploads/``, so that they never meet those of files in a folder that is indexed.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import time
from unicodedata import category, normalize
from uuid import uuid4

from index.errors import PolicyError
from index.records import FileReport
from index.walk import Found
from index.writing import flush

FOLDER = "uploads"
_LONGEST = 200
"""Bytes of a name in UTF-8; file systems take 255."""
_NEW, _OLD = ".new-", ".old-"
_STALE = 3600.0
"""Seconds after which a staged file is one that a killed process left; others may be on their way."""
_SEPARATORS = re.compile(r"[/\\\\:]")


def upload_name(name: str) -> str:
    """A file name that is safe to store, in composed Unicode.

    Raises:
        PolicyError: it is empty, hidden, too long, names a folder, or holds characters that no name should.
    """
    clean = normalize("NFC", name).strip()
    if not clean or clean.startswith((".", "~$")) or _SEPARATORS.search(clean):
        raise PolicyError(f"文件名“{name[:80]}”不能用：要写单独的文件名，不含 / \\\\ :，不以点开头。")
    if any(category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in clean):
        raise PolicyError("文件名含有控制字符或不可见字符，请改名后再试。")
    if len(clean.encode()) > _LONGEST:
        raise PolicyError(f"文件名太长（{len(clean.encode())} 字节，最多 {_LONGEST} 字节），请改短后再试。")
    return clean


def source_of(name: str) -> str:
    """Source of an uploaded file by its name."""
    return f"{FOLDER}/{name}"


def file_of(folder: Path, source: str) -> Path | None:
    """Where an uploaded file lies, None where the source is not that of one."""
    prefix, _, name = source.partition("/")
    return folder / FOLDER / name if prefix == FOLDER and (folder / FOLDER / name).is_file() else None


def uploaded(folder: Path, others: Sequence[Found]) -> tuple[list[Found], list[FileReport]]:
    """The uploaded files of an index, and reports on those whose source a file of the paths bears as well."""
    sources = {found.source for found in others}
    found: list[Found] = []
    doubled: list[FileReport] = []
    uploads = folder / FOLDER
    for path in sorted(uploads.iterdir()) if uploads.is_dir() else ():
        source = source_of(path.name)
        if path.name.startswith(".") or not path.is_file():
            continue
        if source in sources:
            reason = f"所给文件夹里也有 {source}，上传的这一份没有收录；请把其中一份改名。"
            doubled.append(FileReport(source=source, status="refused", reason=reason, code="doubled"))
        else:
            found.append(Found(path=path, source=source))
    return found, doubled


@contextmanager
def staged(folder: Path, content: bytes) -> Iterator[Path]:
    """A hidden file beside the uploads with the content given, on disk; gone afterwards unless it was moved."""
    uploads = folder / FOLDER
    uploads.mkdir(parents=True, exist_ok=True)
    path = uploads / f"{_NEW}{uuid4().hex}"
    try:
        path.write_bytes(content)
        flush(path)
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def replaced(file: Path, fresh: Path) -> Iterator[None]:
    """Moves a staged file to its place; where the block fails, the file is as it was. For the one writer only."""
    before = file.with_name(f"{_OLD}{uuid4().hex}")
    had = file.exists()
    if had:
        file.rename(before)
    fresh.replace(file)
    flush(file.parent)
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        if had:
            before.rename(file)
        raise
    before.unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Removes what killed processes left among the uploads; for the one writer only."""
    uploads = folder / FOLDER
    for path in uploads.glob(f"{_OLD}*"):
        path.unlink(missing_ok=True)
    for path in uploads.glob(f"{_NEW}*"):
        if time() - path.stat().st_mtime > _STALE:
            path.unlink(missing_ok=True)
