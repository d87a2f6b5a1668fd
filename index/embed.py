"""Text -> vectors: what an embedder must offer, and which one a setting names.

``static`` (:mod:`index.static`) is shipped, trained by ``train/`` and needs nothing beyond numpy; ``transformer``
(:mod:`index.transformer`) is any sentence-transformers model and is imported only where it is configured.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.static import StaticEmbedder

SHIPPED = Path(__file__).parent / "models" / "static"
"""Folder of the model that is shipped with the program."""

KINDS = ("static", "transformer")
"""Names that :func:`open_embedder` knows."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near they are.

    Attributes:
        identity: name and hash of the model; vectors of different identities must not be compared.
        dimension: length of the vectors.
    """

    identity: str
    dimension: int

    def passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of clauses, shape ``(len(texts), dimension)``, each of length one (or zero: nothing known in it)."""
        ...

    def queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, of the same shape."""
        ...


def open_embedder(
    kind: str = "static", model: str | None = None, *, query_prompt: str = "", passage_prompt: str = ""
) -> Embedder:
    """Opens the embedder that the configuration names.

    Args:
        kind: one of :data:`KINDS`.
        model: for ``static`` a folder (None: the shipped one); for ``transformer`` a hub name or a folder.
        query_prompt: for ``transformer``: put before each question, as the model's card says.
        passage_prompt: for ``transformer``: put before each clause.

    Raises:
        ModelError: the kind is unknown, or the model cannot be found, opened or used.
    """
    if kind == "static":
        return StaticEmbedder(Path(model) if model else SHIPPED)
    if kind == "transformer":
        if not model:
            raise ModelError("配置了 transformer 嵌入模型，但没有写模型名或文件夹（例如 BAAI/bge-small-zh-v1.5）。")
        from index.transformer import TransformerEmbedder

        return TransformerEmbedder(model, query_prompt=query_prompt, passage_prompt=passage_prompt)
    raise ModelError(f"不认识的嵌入方式 {kind!r}；可用的有：{'、'.join(KINDS)}。")
