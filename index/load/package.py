"""The parts of a packed Office file, read within limits."""

import io
import zipfile
import zlib
from types import TracebackType

from lxml import etree

from index.errors import LoadError
from index.load.limits import Limits, megabytes

_DAMAGED = "docx 文档已损坏或不完整，请用 Word 或 WPS 打开修复后另存，再重新放入。"
_CHUNK = 1 << 20


class Package:
    """An Office file whose parts are read one by one; close it, or use it in a ``with`` statement.

    Args:
        data: the whole file.
        limits: ``expanded_bytes`` bounds what all parts together may unpack to.

    Raises:
        LoadError: ``damaged``.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._limit = limits.expanded_bytes
        self._read = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise LoadError(_DAMAGED, code="damaged") from error
        self.names = {name.lstrip("/"): name for name in self._archive.namelist()}

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def part(self, name: str) -> etree._Element | None:
        """The root element of an XML part, None where the file has no such part.

        Raises:
            LoadError: ``damaged``, ``too_large`` (a bomb) or ``encrypted``.
        """
        if name not in self.names:
            return None
        data = self._bytes(self.names[name])
        # Entities stay unexpanded and nothing is fetched: a document must not be able to name other files.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise LoadError(_DAMAGED, code="damaged") from error

    def _bytes(self, name: str) -> bytes:
        pieces = []
        try:
            with self._archive.open(name) as stream:
                while piece := stream.read(_CHUNK):
                    self._read += len(piece)
                    if self._read > self._limit:
                        reason = f"文件解压后超过 {megabytes(self._limit)}，可能是压缩炸弹，已拒绝读取，请检查来源。"
                        raise LoadError(reason, code="too_large")
                    pieces.append(piece)
        except RuntimeError as error:
            raise LoadError("文档设有打开密码，请去掉密码后再放入。", code="encrypted") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise LoadError(_DAMAGED, code="damaged") from error
        return b"".join(pieces)
