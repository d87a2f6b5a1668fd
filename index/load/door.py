"""The front door of the loaders: a path or bytes in, a source text or one clear refusal out."""

from pathlib import Path

from index.errors import LoadError
from index.load.detect import kind_of
from index.load.html import read_html
from index.load.legacy_word import read_legacy_word
from index.load.limits import Limits, check_characters, check_size
from index.load.pdf import read_pdf
from index.load.text import read_markdown, read_text
from index.load.word import read_word
from index.records import SourceText

_READERS = {
    "txt": read_text,
    "md": read_markdown,
    "html": read_html,
    "docx": read_word,
    "doc": read_legacy_word,
    "pdf": read_pdf,
}


def load(path: Path, *, limits: Limits | None = None) -> SourceText:
    """Reads one file.

    Args:
        path: the file; its suffix is not looked at.
        limits: upper bounds; the defaults of :class:`Limits` where None.

    Returns:
        The text exactly as read, with what the format knows of pages, tables and paragraphs.

    Raises:
        LoadError: for every file that cannot be read; its text is one Chinese sentence with cause and cure.
    """
    limits = limits or Limits()
    try:
        if path.is_dir():
            raise LoadError("这是一个文件夹，不是文件，请指定其中的文件。", code="unreadable")
        if not path.is_file() and path.exists():
            raise LoadError("这不是普通文件（可能是设备或管道），请改用普通文件。", code="unreadable")
        check_size(path.stat().st_size, limits)
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except (OSError, ValueError) as error:
        raise LoadError(_why_unreadable(error), code="unreadable") from error
    return read_bytes(data, path.name, limits)


def read_bytes(data: bytes, name: str, limits: Limits | None = None) -> SourceText:
    """Reads one document that is already in memory, for example an upload.

    Args:
        data: the whole file.
        name: its name, for messages only.
        limits: upper bounds; the defaults of :class:`Limits` where None.

    Returns:
        The same as :func:`load`.

    Raises:
        LoadError: for everything that cannot be read.
    """
    limits = limits or Limits()
    check_size(len(data), limits)
    try:
        kind, text = kind_of(data)
        source = _READERS[kind](data, text, limits)
        check_characters(source.text, limits)
    except LoadError:
        raise
    except MemoryError as error:
        raise LoadError(f"{name} 展开后占用内存过大，请拆分后再放入。", code="too_large") from error
    except Exception as error:  # the border: no reader's own error may leave the package
        reason = f"{name} 内容损坏，无法读取（{type(error).__name__}），请重新获取或另存后再试。"
        raise LoadError(reason, code="damaged") from error
    return source


def _why_unreadable(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不存在，请检查路径。"
    if isinstance(error, PermissionError):
        return "没有读取权限，请修改文件或所在文件夹的权限后再试。"
    detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"文件无法打开（{detail}），请检查路径和磁盘后再试。"
