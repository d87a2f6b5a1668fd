"""Files -> source text: one module a format, the kind told by content and never by suffix."""

from index.load.door import load, read_bytes
from index.load.limits import Limits

__all__ = ["Limits", "load", "read_bytes"]
