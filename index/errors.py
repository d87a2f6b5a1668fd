"""One tree of errors; a message names the culprit and the cure.

PolicyError
├── LoadError            a file cannot be read as a document
├── IndexMissingError    there is no index where one was asked for
├── IndexDamagedError    an index is there but cannot be trusted (files, hashes, format or model differ)
├── IndexUnreachableError  the server that holds the index does not answer
└── ModelError           an embedding model cannot be found, opened or used
"""


class PolicyError(Exception):
    """Base of every error that this project raises on purpose; its text is shown to the user as it is."""


class LoadError(PolicyError):
    """A file cannot be read as a document.

    Args:
        reason: one Chinese sentence: what the file is and what to do about it.
        code: short stable name of the reason, for reports (``empty``, ``encrypted``, ``damaged``, ``scanned``,
            ``too_large``, ``unsupported``, ``unreadable``, ``garbled``).
    """

    def __init__(self, reason: str, *, code: str) -> None:
        super().__init__(reason)
        self.code = code


class IndexMissingError(PolicyError):
    """There is no index in the folder that was named."""


class IndexDamagedError(PolicyError):
    """The index is incomplete, was changed from outside, or was made by another format or model."""


class IndexUnreachableError(PolicyError):
    """The server that holds the index does not answer, or refuses."""


class ModelError(PolicyError):
    """An embedding model cannot be found, opened or used."""
