"""The shipped embedding: a table of unit vectors, read without torch.

A text's vector is the sum of its units' vectors (:mod:`index.units`), each repeat counted, scaled to length one. A
unit's learned weight is the length of its vector; in questions that vector is multiplied by one more learned factor,
because 怎么 and 要求 mean less in a question than in a clause. The folder is at the same time a
sentence-transformers model: see :mod:`index.st_module`.

Files of the folder: ``config.json`` (:class:`StaticConfig`), ``model.safetensors`` with the tensors ``keys`` (int64,
ascending), ``table`` (uint8, one row a key, two numbers of four bits in a byte, see :func:`quantise`), ``scale`` and
``query_scale`` (float32, by which a row is multiplied in a clause and in a question), ``modules.json`` (for
sentence-transformers) and ``README.md`` (the model card). Four bits find as well as 32 do (``docs/experiments.md``): a
text's vector is a sum over many rows, in which rounding errors cancel out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.units import IDENTITY as UNITS
from index.units import Int64, unit_keys

Float32 = npt.NDArray[np.float32]

CONFIG = "config.json"
TENSORS = "model.safetensors"
MODULES = "modules.json"
FORMAT = 2

_STEPS = 7  # largest number of a four-bit row
_NAMES = ("keys", "table", "scale", "query_scale")
_DTYPES: Mapping[str, type[np.generic]] = {"I64": np.int64, "U8": np.uint8, "F32": np.float32}


@dataclass(frozen=True, kw_only=True, slots=True)
class StaticConfig:
    """What ``config.json`` of a static model says.

    Attributes:
        format: version of the file layout.
        units: how texts are taken apart (:data:`index.units.IDENTITY`).
        dimension: length of the vectors.
        sha256: of the tensors, see :func:`digest`; goes into the identity.
    """

    format: int
    units: str
    dimension: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StaticTensors:
    """The tensors of a static model; see the module for their meaning."""

    keys: Int64
    table: npt.NDArray[np.uint8]
    scale: Float32
    query_scale: Float32


class StaticEmbedder:
    """Embeds texts with a static model; safe to use from several threads.

    Args:
        folder: a folder written by :func:`save`.

    Raises:
        ModelError: there is no such model, it is damaged, or it needs another version of the program.
    """

    def __init__(self, folder: Path) -> None:
        config, self._tensors = load(folder)
        self.dimension: int = config.dimension
        self.identity: str = f"static-{config.sha256[:16]}"

    @classmethod
    def over(cls, tensors: StaticTensors) -> "StaticEmbedder":
        """An embedder over tensors that were not saved (yet); the identity is that of the saved model."""
        made = cls.__new__(cls)
        made._tensors = tensors
        made.dimension = 2 * int(tensors.table.shape[1])
        made.identity = f"static-{digest(tensors)[:16]}"
        return made

    @property
    def tensors(self) -> StaticTensors:
        """The tensors, not to be changed."""
        return self._tensors

    def passages(self, texts: Sequence[str]) -> Float32:
        """Vectors of clauses, shape ``(len(texts), dimension)``, length one; zero for a text without a known unit."""
        return normalise(self.sums(texts))

    def queries(self, texts: Sequence[str]) -> Float32:
        """Vectors of questions, shape ``(len(texts), dimension)``, length one; zero for one without a known unit."""
        return normalise(self._encode(texts, self._tensors.query_scale))

    def sums(self, texts: Sequence[str]) -> Float32:
        """Vectors of clauses before they are scaled: that of a text is nearly the sum of those of its parts."""
        return self._encode(texts, self._tensors.scale)

    def _encode(self, texts: Sequence[str], scale: Float32) -> Float32:
        keys, bounds = unit_keys(texts)
        rows, known = lookup(self._tensors.keys, keys)
        # After leaving out unknown units, text i has the rows between the counts of known units up to its bounds.
        ends = np.concatenate(([0], np.cumsum(known)))[bounds]
        rows = rows[known]
        table, vectors = self._tensors.table, np.zeros((len(texts), self.dimension), dtype=np.float32)
        for text in range(len(texts)):
            mine = rows[ends[text] : ends[text + 1]]
            if len(mine):
                vectors[text] = scale[mine] @ unpack(table[mine])
        return vectors


def lookup(vocabulary: Int64, keys: Int64) -> tuple[Int64, npt.NDArray[np.bool_]]:
    """Row of each key in the ascending ``vocabulary``, and whether it is there (where not, the row means nothing)."""
    if not len(vocabulary):
        return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.bool_)
    rows = np.minimum(np.searchsorted(vocabulary, keys), len(vocabulary) - 1)
    return rows, vocabulary[rows] == keys


def normalise(vectors: Float32) -> Float32:
    """Rows scaled to length one; rows of zeros stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: Float32 = vectors / np.maximum(lengths, np.float32(1e-12))
    return result


def quantise(vectors: Float32) -> tuple[npt.NDArray[np.uint8], Float32]:
    """Rows as whole numbers from -7 to 7 with one factor a row: ``vectors ≈ unpack(table) * scale[:, None]``.

    Args:
        vectors: shape ``(n, dimension)``, the dimension even.

    Returns:
        ``(table, scale)``: the numbers plus 8, those of the first half of the dimensions in the low and those of the
        second in the high four bits of ``dimension / 2`` bytes a row; and the factors, shape ``(n,)``.
    """
    scale = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-12)) / np.float32(_STEPS)
    numbers = (np.rint(vectors / scale[:, None]) + (_STEPS + 1)).astype(np.uint8)
    half = vectors.shape[1] // 2
    return numbers[:, :half] | (numbers[:, half:] << 4), scale.astype(np.float32)


def unpack(table: npt.NDArray[np.uint8]) -> Float32:
    """Rows of a table as numbers from -7 to 7, shape ``(n, dimension)``."""
    numbers: Float32 = np.concatenate((table & 15, table >> 4), axis=1).astype(np.float32)
    numbers -= np.float32(_STEPS + 1)
    return numbers


def digest(tensors: StaticTensors) -> str:
    """SHA-256 over the tensors' bytes, hexadecimal."""
    state = hashlib.sha256()
    for name in _NAMES:
        state.update(np.ascontiguousarray(getattr(tensors, name)).data)
    return state.hexdigest()


def save(folder: Path, tensors: StaticTensors) -> StaticConfig:
    """Writes a static model, so that :class:`StaticEmbedder` and sentence-transformers can open it.

    Args:
        folder: is created where missing; files of the same names are replaced.
        tensors: keys ascending, all of the same number of rows.

    Returns:
        The configuration that was written.
    """
    from safetensors.numpy import save as serialise

    folder.mkdir(parents=True, exist_ok=True)
    config = StaticConfig(format=FORMAT, units=UNITS, dimension=2 * int(tensors.table.shape[1]), sha256=digest(tensors))
    # Not save_file, which makes a file that only its owner may read.
    (folder / TENSORS).write_bytes(serialise({name: np.ascontiguousarray(getattr(tensors, name)) for name in _NAMES}))
    modules = [{"idx": 0, "name": "0", "path": "", "type": "index.st_module.StaticUnits"}]
    for name, content in ((CONFIG, asdict(config)), (MODULES, modules)):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return config


def load(folder: Path) -> tuple[StaticConfig, StaticTensors]:
    """Opens a static model; the tensors are mapped, not read, so that processes share them and starting costs nothing.

    Raises:
        ModelError: see :class:`StaticEmbedder`.
    """
    config = _config(folder)
    try:
        tensors = StaticTensors(**_mapped(folder / TENSORS))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"嵌入模型的文件 {folder / TENSORS} 读不了或已损坏（{error}）；请重新安装或重新训练。"
        ) from error
    rows = len(tensors.keys)
    shapes = (tensors.table.shape, tensors.scale.shape, tensors.query_scale.shape)
    if shapes != ((rows, config.dimension // 2), (rows,), (rows,)):
        raise ModelError(f"嵌入模型 {folder} 的各部分大小不一致，文件已损坏；请重新安装或重新训练。")
    return config, tensors


def _config(folder: Path) -> StaticConfig:
    path = folder / CONFIG
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        config = StaticConfig(**{name: content[name] for name in StaticConfig.__dataclass_fields__})
    except FileNotFoundError as error:
        raise ModelError(f"找不到嵌入模型：{folder} 里没有 {CONFIG}；请检查路径，或重新安装本程序。") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"嵌入模型的设置 {path} 读不了（{error}）；请重新安装或重新训练。") from error
    if config.format != FORMAT or config.units != UNITS:
        raise ModelError(
            f"嵌入模型 {folder} 是为另一版程序训练的（{config.units}，格式 {config.format}；"
            f"本版需要 {UNITS}，格式 {FORMAT}）；请用 train/ 重新训练，或安装配套的版本。"
        )
    return config


def _mapped(path: Path) -> dict[str, Any]:
    """Tensors of a safetensors file as views of the mapped file (the library's own reader copies them)."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8:start].tobytes())
    found: dict[str, Any] = {}
    for name in _NAMES:
        entry = header[name]
        begin, end = entry["data_offsets"]
        stored = data[start + begin : start + end].view(_DTYPES[entry["dtype"]])
        # np.asarray drops the memmap class, whose every slice is ten times as slow; the mapping stays.
        found[name] = np.asarray(stored).reshape(entry["shape"])
    return found
