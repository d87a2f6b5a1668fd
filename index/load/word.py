"""stub."""

from index.errors import LoadError
from index.load.decode import Decoded
from index.load.limits import Limits
from index.records import SourceText


def read_word(data: bytes, decoded: Decoded | None, limits: Limits) -> SourceText:
    """stub."""
    raise LoadError("stub", code="unsupported")
