"""The static embedding as a sentence-transformers module: the same folder, the same vectors, and it can be trained on.

``SentenceTransformer("index/models/static", trust_remote_code=True)`` finds this class through ``modules.json`` (the
flag is what sentence-transformers asks for with every module that is not its own). ``encode_query`` gives the vectors
of :meth:`index.static.StaticEmbedder.queries`, ``encode_document`` and ``encode`` those of ``passages``. No other
module imports this one, so that torch is loaded only for those who open the folder with sentence-transformers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from sentence_transformers.base.modules.input_module import InputModule
from torch import Tensor, nn
from torch.nn import functional

from index import static
from index.units import Int64, unit_keys


class StaticUnits(InputModule):
    """Sum of unit vectors, scaled to length one.

    Args:
        keys: keys of the known units, ascending.
        vectors: their vectors, one row a key.
        query_factors: by how much each is multiplied in a question; None: by one.
    """

    def __init__(self, keys: Int64, vectors: Tensor, query_factors: Tensor | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.keys = keys
        self.embedding = nn.EmbeddingBag.from_pretrained(vectors.float(), freeze=False, mode="sum")
        factors = torch.ones(len(keys)) if query_factors is None else query_factors.float()
        self.query_factors = nn.Parameter(factors)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Takes texts apart; ``task="query"`` marks them as questions."""
        keys, bounds = unit_keys([(prompt or "") + text for text in inputs])
        rows, known = static.lookup(self.keys, keys)
        offsets = np.concatenate(([0], np.cumsum(known)))[bounds[:-1]]
        features: dict[str, Any] = {"input_ids": torch.from_numpy(rows[known]), "offsets": torch.from_numpy(offsets)}
        if kwargs.get("task") == "query":
            features["query"] = torch.ones(1)
        return features

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``sentence_embedding``, rows of length one (zero where no unit is known)."""
        rows = features["input_ids"]
        weights = self.query_factors[rows] if "query" in features else torch.ones(len(rows), device=rows.device)
        summed = self.embedding(rows, features["offsets"], per_sample_weights=weights)
        features["sentence_embedding"] = functional.normalize(summed, eps=1e-12)
        return features

    def get_embedding_dimension(self) -> int:
        """Length of the vectors."""
        return int(self.embedding.embedding_dim)

    def get_sentence_embedding_dimension(self) -> int:
        """Length of the vectors, under the name that older versions of sentence-transformers ask for."""
        return self.get_embedding_dimension()

    @property
    def max_seq_length(self) -> float:
        """Texts may be of any length."""
        return float("inf")

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Writes the folder that :class:`index.static.StaticEmbedder` reads; vectors are rounded to 4 bits."""
        vectors = self.embedding.weight.detach().cpu().numpy()
        table, scale = static.quantise(vectors)
        factors = self.query_factors.detach().cpu().numpy().astype(np.float32)
        static.save(
            Path(output_path),
            static.StaticTensors(keys=self.keys, table=table, scale=scale, query_scale=scale * factors),
        )

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, **__: Any) -> Self:
        """Opens a folder written by :func:`index.static.save`."""
        _config, tensors = static.load(Path(model_name_or_path))
        scale = torch.from_numpy(tensors.scale.copy())
        vectors = torch.from_numpy(static.unpack(tensors.table)) * scale[:, None]
        return cls(tensors.keys, vectors, torch.from_numpy(tensors.query_scale.copy()) / scale)
