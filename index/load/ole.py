"""Old Office containers, opened so that a damaged one cannot lead its reader in circles."""

import io

import olefile

# Reading a sound file takes each byte once or twice; a chain of sectors that loops reads without end.
_READS = 8
_LEAST = 64


class _Bounded(io.BytesIO):
    """Bytes that may be read only so often: each read costs its length, at least a little."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._budget = _READS * len(data) + 1_000_000

    def read(self, size: int | None = -1, /) -> bytes:
        """Reads like its base, until the budget is spent.

        Raises:
            OSError: the budget is spent: the container is damaged.
        """
        found = super().read(size)
        self._budget -= max(len(found), _LEAST)
        if self._budget < 0:
            raise OSError("sectors in a loop")
        return found


def opened(data: bytes) -> olefile.OleFileIO:
    """The container in a file; close it, or use it in a ``with`` statement.

    Raises:
        OSError, ValueError, IndexError, OverflowError: it is damaged.
    """
    return olefile.OleFileIO(_Bounded(data))
