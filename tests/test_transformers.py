"""Other people's models: a cross-encoder and a sentence-transformers embedder that the tests make, from index to answer."""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexDamagedError, ModelError
from index.transformer import TransformerEmbedder
from qa.config import Settings
from qa.service import PolicyQA

pytestmark = [
    pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="the extra 'transformers' is not installed"),
    pytest.mark.filterwarnings("ignore"),
]

TEXT = """{city}人民政府关于印发{topic}工作方案的通知

{token}〔2022〕7号

各县（市、区）人民政府：

一、目标。到2025年，建成{topic}示范点{count}个。

二、资金。每年安排{topic}专项资金{money}万元。

三、宣传。利用各类媒体宣传{topic}。

{city}人民政府

2022年3月5日
"""
ROWS = (("临江市", "临政发", "社区养老", 31, 600), ("青山县", "青政发", "农村公路", 12, 80))


def tiny_bert(folder: Path, *, judge: bool) -> None:
    """Saves a BERT of two layers over the characters of the texts above, with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

    folder.mkdir()
    signs = sorted({sign for row in ROWS for sign in TEXT + "".join(map(str, row)) if not sign.isspace()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *signs, "问", "条"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=64, num_labels=1, initializer_range=0.5,
    )  # fmt: skip
    (BertForSequenceClassification if judge else BertModel)(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with ``judge``, a cross-encoder, and ``embedder`` with prompts for questions and passages."""
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from sentence_transformers import models as parts

    before = os.environ.get("HF_HUB_OFFLINE")
    os.environ["HF_HUB_OFFLINE"] = "1"
    root = tmp_path_factory.mktemp("models")
    tiny_bert(root / "judge-raw", judge=True)
    CrossEncoder(str(root / "judge-raw"), device="cpu").save_pretrained(str(root / "judge"))
    tiny_bert(root / "bert", judge=False)
    bert = parts.Transformer(str(root / "bert"), max_seq_length=64)
    made = SentenceTransformer(
        modules=[bert, parts.Pooling(bert.get_word_embedding_dimension())],
        prompts={"query": "问", "document": "条"},
        device="cpu",
    )
    made.save(str(root / "embedder"))
    yield root
    if before is None:
        del os.environ["HF_HUB_OFFLINE"]
    else:
        os.environ["HF_HUB_OFFLINE"] = before


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("inbox")
    for city, token, topic, count, money in ROWS:
        text = TEXT.format(city=city, token=token, topic=topic, count=count, money=money)
        (root / f"{topic}.txt").write_text(text, encoding="utf-8")
    return root


def settings(folder: Path, **sections: dict[str, object]) -> Settings:
    return Settings(index={"folder": folder}, **sections)  # type: ignore[arg-type]


def test_cross_encoder_orders_the_first_clauses_and_no_others(models: Path, inbox: Path, tmp_path: Path) -> None:
    plain = PolicyQA(settings(tmp_path / "index"))
    plain.index([inbox])
    judged = PolicyQA(
        settings(tmp_path / "index", ranking={"cross_encoder": str(models / "judge"), "cross_encoder_depth": 4})
    )
    question = "社区养老每年安排多少资金"
    before, after = plain.search(question, k=8), judged.search(question, k=8)
    first = [[hit.clause.id for hit in found.hits[:4]] for found in (before, after)]
    assert sorted(first[0]) == sorted(first[1]) and first[0] != first[1]
    assert [hit.clause.id for hit in before.hits[4:]] == [hit.clause.id for hit in after.hits[4:]]
    scores = [hit.score for hit in after.hits]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)

    from sentence_transformers import CrossEncoder

    with plain.reading() as reading:
        ranking = reading.pipeline().search(before.interpretation).ranking
    assert ranking is not None
    from qa.cross import text_of

    pairs = [(question, text_of(passage)) for passage in ranking.passages[:4]]
    expected = np.argsort(-CrossEncoder(str(models / "judge"), device="cpu").predict(pairs), kind="stable")
    assert first[1] == [ranking.passages[place].clause.id for place in expected]
    assert judged.search(question, k=8).hits == after.hits
    assert judged.ask(question).hits
    plain.close()
    judged.close()


def test_embedder_with_prompts_from_index_to_search(models: Path, inbox: Path, tmp_path: Path) -> None:
    model = str(models / "embedder")
    service = PolicyQA(settings(tmp_path / "index", embedding={"kind": "transformer", "model": model}))
    assert service.index([inbox]).documents == 2
    hits = service.search("社区养老示范点").hits
    assert hits and all(hit.dense is not None and -1.001 <= hit.dense <= 1.001 for hit in hits)
    service.close()
    embedder = TransformerEmbedder(model)
    asked, found = embedder.queries(["社区养老"]), embedder.passages(["社区养老"])
    assert not np.allclose(asked, found)
    own = TransformerEmbedder(model, query_prompt="条")
    assert np.allclose(own.queries(["社区养老"]), found, atol=1e-5)
    assert own.identity != embedder.identity
    with pytest.raises(IndexDamagedError):
        PolicyQA(settings(tmp_path / "index")).search("社区养老")


@pytest.mark.parametrize("section", ["embedding", "ranking"])
def test_model_that_is_not_there_is_named(models: Path, inbox: Path, tmp_path: Path, section: str) -> None:
    missing = str(tmp_path / "没有这个模型")
    chosen = {"kind": "transformer", "model": missing} if section == "embedding" else {"cross_encoder": missing}
    PolicyQA(settings(tmp_path / "index")).index([inbox])
    service = PolicyQA(settings(tmp_path / "index", **{section: chosen}))
    with pytest.raises(ModelError, match="没有这个模型"):
        service.search("社区养老")
