"""The connection to a Milvus server, the shapes of the collections, and blobs kept in them.

An index in Milvus is one *store* and a few *generations* over it. The store's three collections hold rows that never
change: clauses with their words, vectors, and whole documents. A generation is one small collection that says which
documents count; the alias that bears the name of the index points to the generation that counts, so that moving the
alias is the one, atomic step by which readers come to another state.
"""

import base64
import hashlib
import json
import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from index.errors import IndexUnreachableError, PolicyError
from index.generation import Settings

MOST_ROWS = 16_384
"""Rows that Milvus gives at once at most."""

LONGEST_TEXT = 65_535
"""Bytes of a text field at most."""

_AT_ONCE = 1_000
_PIECE = 60_000
_PIECES_AT_ONCE = 50
_TIMEOUT = 60.0
_NO_ALIAS = (100, 1600)


@dataclass(frozen=True, kw_only=True, slots=True)
class Where:
    """Which index of which server.

    Attributes:
        uri: address (``http://host:19530``), or a file ``….db`` that milvus-lite keeps in this process.
        token: ``user:password`` or key; empty: none.
        name: of the index, that is of its alias; letters, digits and ``_``.
        vector_index: Milvus's index over the vectors: ``AUTOINDEX``, ``FLAT`` (exact), ``HNSW``, …
    """

    uri: str
    token: str = ""
    name: str = "policy_qa"
    vector_index: str = "AUTOINDEX"

    def store(self, settings: Settings) -> str:
        """Name of the store for what was made with some settings; other settings have another one."""
        text = json.dumps(asdict(settings), sort_keys=True)
        return f"{self.name}_store_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


class Server:
    """Calls a server; whatever goes wrong there becomes an error that names the server and the cure.

    Args:
        where: which server.

    Raises:
        PolicyError: the extra ``milvus`` is not installed.
        IndexUnreachableError: the server does not answer.
    """

    def __init__(self, where: Where) -> None:
        try:
            from pymilvus import MilvusClient, MilvusException
        except ImportError as error:
            reason = "配置了 Milvus，但没有安装它的客户端"
            raise PolicyError(f"{reason}，请运行 pip install 'policy-qa[milvus]'。") from error
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # every error is reported once, by this project
        self.where = where
        self._error = MilvusException
        try:
            self._client: Any = MilvusClient(uri=where.uri, token=where.token, timeout=10)
        except MilvusException as error:
            raise self._unreachable(error) from error

    def call(self, method: str, *args: Any, **named: Any) -> Any:
        """What a method of ``MilvusClient`` gives.

        Raises:
            IndexUnreachableError: the server does not answer, or refuses.
        """
        try:
            return getattr(self._client, method)(*args, **{"timeout": _TIMEOUT, **named})
        except self._error as error:
            raise self._unreachable(error) from error

    def pointed(self) -> str | None:
        """The collection that the index's alias points to, None where there is no such alias."""
        try:
            return str(self._client.describe_alias(self.where.name, timeout=_TIMEOUT)["collection_name"])
        except self._error as error:
            if error.code in _NO_ALIAS:
                return None
            raise self._unreachable(error) from error

    def create(self, collection: str, fields: Sequence[tuple[str, dict[str, Any]]], index: Mapping[str, str]) -> None:
        """Makes a collection that is not there yet, with an index on each field of ``index``, and loads it."""
        if self.call("has_collection", collection):
            self.call("load_collection", collection)
            return
        schema = self._client.create_schema(auto_id=False)
        for name, shape in fields:
            schema.add_field(name, **shape)
        indexes = self._client.prepare_index_params()
        for name, kind in index.items():
            metric = {} if kind == "INVERTED" else {"metric_type": "IP"}
            indexes.add_index(name, index_type=kind, **metric)
        self.call("create_collection", collection, schema=schema, index_params=indexes, consistency_level="Bounded")

    def upsert(self, collection: str, rows: Sequence[dict[str, Any]]) -> None:
        """Writes rows, in place of those with the same primary keys."""
        for first in range(0, len(rows), _AT_ONCE):
            self.call("upsert", collection, rows[first : first + _AT_ONCE])

    def close(self) -> None:
        """Lets go of the connection."""
        self._client.close()

    def _unreachable(self, error: Exception) -> IndexUnreachableError:
        reason = getattr(error, "message", "") or str(error)
        return IndexUnreachableError(
            f"Milvus（{self.where.uri}）没有完成请求：{reason}。"
            "请检查 milvus.uri 和 milvus.token 是否写对、服务是否已启动、网络是否可达。"
        )


def text_field(length: int = LONGEST_TEXT, *, primary: bool = False) -> dict[str, Any]:
    """A field of text of so many bytes."""
    from pymilvus import DataType

    return {"datatype": DataType.VARCHAR, "max_length": length, "is_primary": primary}


def vector_field(dimension: int | None) -> dict[str, Any]:
    """A field of vectors; without a dimension of sparse ones."""
    from pymilvus import DataType

    if dimension is None:
        return {"datatype": DataType.SPARSE_FLOAT_VECTOR}
    return {"datatype": DataType.FLOAT_VECTOR, "dim": dimension}


def any_of(field: str, values: Sequence[str], *, negated: bool = False) -> str:
    """A condition: the field holds one (none) of the values."""
    return f"{field} {'not ' if negated else ''}in {json.dumps(list(values), ensure_ascii=False)}"


class Blobs:
    """Bytes of any length by name, in a collection: compressed, cut into pieces.

    A blob is there once its first piece is, which is written last.
    """

    def __init__(self, server: Server, collection: str) -> None:
        self._server = server
        self.collection = collection

    def create(self) -> None:
        """Makes the collection; Milvus wants a vector in each, which here is a zero."""
        fields = [("id", text_field(100, primary=True)), ("part", text_field()), ("nothing", vector_field(2))]
        self._server.create(self.collection, fields, {"nothing": "FLAT"})

    def put(self, name: str, value: bytes) -> None:
        """Keeps a blob."""
        text = base64.b64encode(zlib.compress(value)).decode()
        parts = [text[first : first + _PIECE] for first in range(0, len(text), _PIECE)]
        parts[0] = f"{len(parts)} {parts[0]}"
        rows = [{"id": f"{name}/{n}", "part": part, "nothing": [0.0, 0.0]} for n, part in enumerate(parts)]
        for first in range(len(rows) // _PIECES_AT_ONCE * _PIECES_AT_ONCE, -1, -_PIECES_AT_ONCE):
            if rows[first : first + _PIECES_AT_ONCE]:
                self._server.upsert(self.collection, rows[first : first + _PIECES_AT_ONCE])

    def get(self, name: str) -> bytes:
        """A blob. Raises KeyError where there is none."""
        head = self._pieces([f"{name}/0"])
        count, _, first = head[f"{name}/0"].partition(" ")
        parts = [first]
        for begin in range(1, int(count), _PIECES_AT_ONCE):
            wanted = [f"{name}/{n}" for n in range(begin, min(begin + _PIECES_AT_ONCE, int(count)))]
            found = self._pieces(wanted)
            parts.extend(found[key] for key in wanted)
        return zlib.decompress(base64.b64decode("".join(parts)))

    def present(self, names: Sequence[str]) -> Iterator[str]:
        """Those of the names that there is a blob for."""
        for first in range(0, len(names), _AT_ONCE):
            wanted = [f"{name}/0" for name in names[first : first + _AT_ONCE]]
            for row in self._server.call("get", self.collection, ids=wanted, output_fields=["id"]):
                yield row["id"].removesuffix("/0")

    def _pieces(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self._server.call("get", self.collection, ids=list(ids), output_fields=["id", "part"])
        return {row["id"]: row["part"] for row in rows}
