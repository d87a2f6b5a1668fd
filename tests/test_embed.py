"""Embedders: the shipped table, its sentence-transformers twin, and models of others."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import static
from index.embed import SHIPPED, open_embedder
from index.errors import ModelError
from index.static import StaticEmbedder, StaticTensors
from index.units import keys_of, unit_keys, unit_strings

TEXTS = (
    "到2025年，国家级开发区工业用地产出强度达到3.5亿元/公顷以上。",
    "责任单位：省商务厅、各市（州）人民政府",
    "易腐垃圾，指容易腐烂的生活垃圾；wifi 全覆盖。",
    "開發區要加強招商引資",
)
QUESTIONS = ("扔瓜子壳该用哪个桶？", "工业用地的产出强度要达到多少", "谁负责招商引资")

needs_transformers = pytest.mark.skipif(
    find_spec("sentence_transformers") is None, reason="needs the extra: pip install 'policy-qa[transformers]'"
)
needs_shipped = pytest.mark.skipif(
    not (SHIPPED / static.TENSORS).exists(), reason="the model has not been trained yet: python -m train"
)


def tensors(texts: tuple[str, ...] = TEXTS + QUESTIONS, dimension: int = 16, seed: int = 3) -> StaticTensors:
    keys = np.unique(unit_keys(texts)[0])
    random = np.random.default_rng(seed)
    table, scale = static.quantise(random.normal(size=(len(keys), dimension)).astype(np.float32))
    factors = random.uniform(0.2, 2, len(keys)).astype(np.float32)
    return StaticTensors(keys=keys, table=table, scale=scale, query_scale=scale * factors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "static"
    static.save(path, tensors())
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("产出强度", ["产", "出", "强", "度", "产出", "出强", "强度", "产出", "强度"]),
        ("產出強度", ["产", "出", "强", "度", "产出", "出强", "强度", "产出", "强度"]),
        ("Wi-Fi ２０２５", ["wi", "fi", "wi-fi", "2025"]),
        ("，。！", []),
        ("", []),
    ],
)
def test_units_of_a_text(text: str, expected: list[str]) -> None:
    assert unit_strings(text) == expected


def test_keys_are_fixed_for_ever() -> None:
    """A model stores keys: should they change, every model would have to be trained again."""
    assert keys_of(["开", "开发", "开发区", "a" * 32]).tolist() == [
        -6229315041212561090,
        6216503310118850552,
        -5850534620900986662,
        -5883799369115792468,
    ]


@given(st.lists(st.text(min_size=1, max_size=32), min_size=1, max_size=8))
def test_a_key_does_not_depend_on_its_neighbours(strings: list[str]) -> None:
    assert keys_of(strings).tolist() == [keys_of([one]).item() for one in strings]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_bounds_delimit_each_text(texts: list[str]) -> None:
    keys, bounds = unit_keys(texts)
    assert bounds[0] == 0
    assert bounds[-1] == len(keys)
    for index, text in enumerate(texts):
        assert keys[bounds[index] : bounds[index + 1]].tolist() == keys_of(unit_strings(text)).tolist()


def test_units_of_common_words_do_not_collide() -> None:
    import jieba

    words = [line.split(" ")[0] for line in jieba.get_dict_file().read().decode("utf-8").splitlines()]
    short = sorted({word for word in words[::8] if len(word) <= 32})
    assert len(np.unique(keys_of(short))) == len(short)


def test_vector_is_the_normalised_sum_of_unit_vectors(folder: Path) -> None:
    made, embedder = tensors(), StaticEmbedder(folder)
    for scale, encode in ((made.scale, embedder.passages), (made.query_scale, embedder.queries)):
        rows = [int(np.flatnonzero(made.keys == key)[0]) for key in keys_of(unit_strings(TEXTS[0]))]
        expected = sum(static.unpack(made.table[[row]])[0].astype(np.float64) * scale[row] for row in rows)
        assert isinstance(expected, np.ndarray)
        np.testing.assert_allclose(encode([TEXTS[0]])[0], expected / np.linalg.norm(expected), atol=1e-6)


def test_vectors_have_length_one_or_zero(folder: Path) -> None:
    embedder = StaticEmbedder(folder)
    vectors = embedder.queries([*QUESTIONS, "", "🙂🙂", "！？"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (6, embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 0, 0], atol=1e-6)
    assert embedder.passages([]).shape == (0, embedder.dimension)


@given(st.lists(st.sampled_from([*TEXTS, *QUESTIONS, "", "未登录的词"]), max_size=6))
def test_a_batch_gives_what_single_texts_give(folder: Path, texts: list[str]) -> None:
    embedder = StaticEmbedder(folder)
    for vector, text in zip(embedder.passages(texts), texts, strict=True):
        np.testing.assert_allclose(vector, embedder.passages([text])[0], atol=1e-6)


@given(st.integers(1, 20), st.integers(1, 12), st.floats(1e-3, 1e3))
def test_quantising_loses_at_most_half_a_step(rows: int, half: int, size: float) -> None:
    vectors = np.random.default_rng(rows).normal(scale=size, size=(rows, 2 * half)).astype(np.float32)
    table, scale = static.quantise(vectors)
    assert table.shape == (rows, half)
    assert np.all(np.abs(static.unpack(table) * scale[:, None] - vectors) <= scale[:, None] * 0.5001)
    again, _scale = static.quantise(static.unpack(table) * scale[:, None])
    assert np.array_equal(again, table)


def test_identity_follows_the_content(folder: Path, tmp_path: Path) -> None:
    static.save(tmp_path / "same", tensors())
    static.save(tmp_path / "other", tensors(seed=4))
    identity = StaticEmbedder(folder).identity
    assert StaticEmbedder(tmp_path / "same").identity == identity
    assert StaticEmbedder(tmp_path / "other").identity != identity


def _cut_tensors(path: Path) -> None:
    (path / static.TENSORS).write_bytes((path / static.TENSORS).read_bytes()[:-100])


def _no_tensors(path: Path) -> None:
    (path / static.TENSORS).unlink()


def _nonsense_tensors(path: Path) -> None:
    (path / static.TENSORS).write_bytes(b"x" * 5000)


def _nonsense_config(path: Path) -> None:
    (path / static.CONFIG).write_text("[]", encoding="utf-8")


def _other_units(path: Path) -> None:
    content = json.loads((path / static.CONFIG).read_text(encoding="utf-8"))
    (path / static.CONFIG).write_text(json.dumps(content | {"units": "pieces-9"}), encoding="utf-8")


def _other_dimension(path: Path) -> None:
    content = json.loads((path / static.CONFIG).read_text(encoding="utf-8"))
    (path / static.CONFIG).write_text(json.dumps(content | {"dimension": 18}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_cut_tensors, "已损坏"),
        (_no_tensors, "已损坏"),
        (_nonsense_tensors, "已损坏"),
        (_nonsense_config, "读不了"),
        (_other_units, "pieces-9"),
        (_other_dimension, "大小不一致"),
    ],
)
def test_a_damaged_model_says_so(damage: object, message: str, tmp_path: Path) -> None:
    static.save(tmp_path, tensors())
    assert callable(damage)
    damage(tmp_path)
    with pytest.raises(ModelError, match=message):
        StaticEmbedder(tmp_path)


def test_a_missing_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="找不到嵌入模型"):
        open_embedder(model=str(tmp_path / "none"))
    with pytest.raises(ModelError, match="不认识的嵌入方式"):
        open_embedder("magic")
    with pytest.raises(ModelError, match="没有写模型名"):
        open_embedder("transformer")


def test_without_the_extra_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"policy-qa\[transformers\]"):
        open_embedder("transformer", "some/model")


def test_the_static_path_does_not_import_torch(folder: Path) -> None:
    code = (
        "import sys; from index.embed import open_embedder;"
        f"open_embedder('static', {str(folder)!r}).queries(['开发区']);"
        "assert not {'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1], env={**os.environ})


@needs_transformers
def test_sentence_transformers_gives_equal_vectors(folder: Path) -> None:
    _assert_equal_in_sentence_transformers(folder)


@needs_transformers
@needs_shipped
def test_sentence_transformers_opens_the_shipped_model() -> None:
    _assert_equal_in_sentence_transformers(SHIPPED)


def _assert_equal_in_sentence_transformers(path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model, embedder = SentenceTransformer(str(path), trust_remote_code=True, device="cpu"), StaticEmbedder(path)
    texts = [*TEXTS, *QUESTIONS, "", "🙂"]
    np.testing.assert_allclose(model.encode_query(texts), embedder.queries(texts), atol=2e-6)
    np.testing.assert_allclose(model.encode_document(texts), embedder.passages(texts), atol=2e-6)
    np.testing.assert_allclose(model.encode(texts), embedder.passages(texts), atol=2e-6)
    assert model.get_embedding_dimension() == embedder.dimension


@needs_transformers
def test_sentence_transformers_saves_what_it_opened(folder: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(folder), trust_remote_code=True, device="cpu").save(str(tmp_path / "again"))
    before, after = StaticEmbedder(folder), StaticEmbedder(tmp_path / "again")
    np.testing.assert_allclose(after.passages(TEXTS), before.passages(TEXTS), atol=1e-5)
    np.testing.assert_allclose(after.queries(QUESTIONS), before.queries(QUESTIONS), atol=1e-5)


@needs_transformers
def test_any_sentence_transformers_folder_with_prompts(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    characters = sorted(set("".join((*TEXTS, *QUESTIONS, "问：段"))))
    tokenizer = Tokenizer(WordLevel({"?": 0} | {one: row + 1 for row, one in enumerate(characters)}, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    weights = np.random.default_rng(5).normal(size=(len(characters) + 1, 8)).astype(np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu").save(
        str(tmp_path)
    )

    plain = open_embedder("transformer", str(tmp_path))
    prompted = open_embedder("transformer", str(tmp_path), query_prompt="问：", passage_prompt="段：")
    assert plain.dimension == prompted.dimension == 8
    assert plain.identity != prompted.identity
    np.testing.assert_allclose(np.linalg.norm(prompted.passages(TEXTS), axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(
        plain.queries(["问：" + one for one in QUESTIONS]), prompted.queries(QUESTIONS), atol=1e-6
    )
    np.testing.assert_allclose(plain.passages(["段：" + one for one in TEXTS]), prompted.passages(TEXTS), atol=1e-6)
    assert prompted.queries([]).shape == (0, 8)


@needs_transformers
def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="打不开嵌入模型"):
        open_embedder("transformer", str(tmp_path))
