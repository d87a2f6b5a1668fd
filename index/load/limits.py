"""What a loader may take in before it gives up, so that no file can exhaust the machine."""

from dataclasses import dataclass

from index.errors import LoadError


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Upper bounds of one file.

    Attributes:
        file_bytes: size of the file itself.
        expanded_bytes: size of all parts of a packed file (docx) after unpacking.
        characters: code points of the text that comes out.
        pages: pages of a PDF.
    """

    file_bytes: int = 100_000_000
    expanded_bytes: int = 300_000_000
    characters: int = 20_000_000
    pages: int = 5_000


def megabytes(size: int) -> str:
    """A size in bytes as people read it, e.g. ``100 MB``."""
    return f"{size / 1_000_000:.0f} MB" if size >= 10_000_000 else f"{size / 1_000_000:.1f} MB"


def check_size(size: int, limits: Limits) -> None:
    """Refuses a file above the limit before it is read.

    Raises:
        LoadError: code ``too_large``.
    """
    if size > limits.file_bytes:
        reason = f"文件有 {megabytes(size)}，超过单个文件的上限 {megabytes(limits.file_bytes)}，请拆分后再放入。"
        raise LoadError(reason, code="too_large")


def check_characters(text: str, limits: Limits) -> str:
    """The text itself, unless it is longer than allowed.

    Raises:
        LoadError: code ``too_large``.
    """
    if len(text) > limits.characters:
        reason = f"文件读出 {len(text)} 个字符，超过上限 {limits.characters} 个，请拆分后再放入。"
        raise LoadError(reason, code="too_large")
    return text
