"""A cross-encoder over the first clauses of a ranking: any sentence-transformers CrossEncoder; off unless configured.

It reads question and clause together, which costs a hundred times what the ranker costs, and sees the order of words.
The first clauses are put in its order; those behind keep theirs. How likely the question is answered at all remains as
the ranker says, for which it was calibrated.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelError
from qa.features import Sheet
from qa.passages import Passage
from qa.rank import Ranking, calibrated

_BATCH = 16
_SEPARATOR = " › "
_EDGE = 1e-6
_GAP = 1e-3
"""Between the last clause scored and the first that was not: more than rounding takes away."""


class CrossRanker:
    """Scores again what a ranking puts first; safe to use from several threads.

    Args:
        model: a name on the hub (taken from its cache, or downloaded) or a folder.
        depth: how many clauses to score, at least 1.

    Raises:
        ModelError: the extra is not installed, or the model cannot be found, opened or used.
    """

    def __init__(self, model: str, depth: int) -> None:
        self._name, self._depth = model, depth
        self._model = _open(model)

    def reordered(self, question: str, ranking: Ranking) -> Ranking:
        """The ranking with its first clauses in the order of the cross-encoder."""
        count = min(self._depth, len(ranking))
        pairs = [(question, text_of(passage)) for passage in ranking.passages[:count]]
        try:
            found = np.asarray(self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False), np.float64)
        except (RuntimeError, ValueError, IndexError) as error:
            raise ModelError(f"交叉编码器 {self._name} 运行出错（{type(error).__name__}: {error}）。") from error
        if found.shape != (count,) or not np.isfinite(found).all():
            raise ModelError(
                f"交叉编码器 {self._name} 应给每对文字一个数，却给出了 {found.shape}；"
                "请换用单个输出的重排模型（reranker）。"
            )
        return _joined(ranking, _log_odds(found))


def text_of(passage: Passage) -> str:
    """What the cross-encoder reads of a clause: title, headings, text."""
    title = passage.document.metadata.title or passage.document.metadata.enclosed_title
    return _SEPARATOR.join(part for part in (title, *passage.clause.headings, passage.clause.text) if part)


def _log_odds(scores: NDArray[np.float64]) -> NDArray[np.float32]:
    """Log odds of probabilities; scores that are none (a model without sigmoid) are log odds already."""
    if scores.min() < 0 or scores.max() > 1:
        return scores.astype(np.float32)
    inside = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.log(inside / (1 - inside)).astype(np.float32)


def _joined(ranking: Ranking, scores: NDArray[np.float32]) -> Ranking:
    """The clauses scored, by score, above all others; equal scores stay as they were."""
    count = len(scores)
    order = np.concatenate((np.argsort(-scores, kind="stable"), np.arange(count, len(ranking))))
    raw = ranking.raw.copy()
    raw[:count] = scores[order[:count]]
    if count < len(ranking):
        raw[count:] += min(0.0, float(raw[count - 1] - raw[count]) - _GAP)
    sheet = ranking.sheet
    return replace(
        ranking,
        passages=tuple(ranking.passages[place] for place in order),
        scores=calibrated(raw, ranking.answerable),
        sheet=Sheet(names=sheet.names, values=sheet.values[order], best=sheet.best[order], terms=sheet.terms[:, order]),
        raw=raw,
        lexical=ranking.lexical[order],
        dense=ranking.dense[order],
    )


def _open(model: str) -> Any:
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise ModelError(
            f"交叉编码器 {model} 需要 sentence-transformers，但它没有安装；"
            "请运行 pip install 'policy-qa[transformers]'，"
            "或在 config.yaml 里去掉 ranking.cross_encoder。"
        ) from error
    try:
        return CrossEncoder(model, device="cpu")
    except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"打不开交叉编码器 {model}（{type(error).__name__}: {error}）；"
            "请检查名字或文件夹，离线时请先把模型下载到本地文件夹。"
        ) from error
