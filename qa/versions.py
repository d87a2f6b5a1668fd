"""A document as one side of a comparison: a file, or a document of the index."""

from collections.abc import Callable, Sequence
from pathlib import Path

from index.errors import LoadError
from index.records import Clause, Metadata
from qa.errors import UsageError

Side = tuple[Metadata, Sequence[Clause]]


def open_side(name: str, indexed: Callable[[str], Side]) -> Side:
    """One side of a comparison.

    Args:
        name: a file's path; else id, number or title of a document of the index.
        indexed: gives the side of a document of the index by its name.

    Raises:
        UsageError: the file cannot be read as a document.
        NotFoundError: neither a file nor a document.
    """
    path = Path(name)
    if path.is_file():
        from index.load import load
        from index.parse import parse

        try:
            parsed = parse(load(path), path.stem)
        except LoadError as error:
            raise UsageError(f"{name}：{error}") from error
        return parsed.metadata, parsed.clauses
    return indexed(name)
