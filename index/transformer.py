"""Any sentence-transformers model as an embedder; needs the extra ``transformers``."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.static import normalise

_BATCH = 32


class TransformerEmbedder:
    """Embeds texts with a sentence-transformers model.

    Args:
        model: a name on the hub (taken from its cache, or downloaded) or a folder.
        query_prompt: put before each question; empty: the prompt that the model itself defines for queries, if any.
        passage_prompt: put before each clause; likewise.

    Raises:
        ModelError: the extra is not installed, or the model cannot be found or opened.
    """

    def __init__(self, model: str, *, query_prompt: str = "", passage_prompt: str = "") -> None:
        self._query_prompt = query_prompt or None
        self._passage_prompt = passage_prompt or None
        self._model = _open(model)
        prompts = f"{query_prompt}\0{passage_prompt}"
        self.dimension: int = int(self._model.get_embedding_dimension())
        self.identity: str = f"transformer-{Path(model).name}-{_digest(self._model, prompts)}"

    def passages(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of clauses, shape ``(len(texts), dimension)``, length one."""
        return self._encode(self._model.encode_document, texts, self._passage_prompt)

    def queries(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors of questions, shape ``(len(texts), dimension)``, length one."""
        return self._encode(self._model.encode_query, texts, self._query_prompt)

    def _encode(self, encode: Any, texts: Sequence[str], prompt: str | None) -> npt.NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        found = encode(list(texts), prompt=prompt, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True)
        return normalise(np.asarray(found, dtype=np.float32))


def _open(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(
            f"嵌入模型 {model} 需要 sentence-transformers，但它没有安装；请运行 pip install 'policy-qa[transformers]'，"
            "或把嵌入方式改回 static。"
        ) from error
    try:
        return SentenceTransformer(model, device="cpu")
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"打不开嵌入模型 {model}（{type(error).__name__}: {error}）；"
            "请检查名字或文件夹，离线时请先把模型下载到本地文件夹。"
        ) from error


def _digest(model: Any, prompts: str) -> str:
    """Hash over the weights and the prompts: a model of the same name may change."""
    state = hashlib.sha256(prompts.encode())
    for name, tensor in sorted(model.state_dict().items()):
        state.update(name.encode())
        state.update(tensor.detach().cpu().contiguous().view(-1).numpy().tobytes())
    return state.hexdigest()[:16]
