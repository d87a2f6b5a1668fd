"""Word-by-word comparison against a slow reading of its definition."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import static
from index.static import StaticEmbedder
from index.tokens import fold, terms
from index.units import unit_keys
from qa.asks import asks
from qa.interaction import Groups, inners, interaction
from qa.kernels import Floats
from qa.query import Query
from qa.words import Words

SENTENCES = (
    "对急难事项实行领导包保。",
    "遵义高新区落实专人服务，限时办结。",
    "鼓励社会资本参与园区基础设施建设。",
    "违约的，依法追究责任。",
    "（一）",
    "对企业反映的问题，三日内答复。",
)
QUESTION = "我在高新区开厂，急事有没有专人服务"


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    keys = np.unique(unit_keys((*SENTENCES, QUESTION, "关于园区服务的意见"))[0])
    random = np.random.default_rng(5)
    table, scale = static.quantise(random.normal(size=(len(keys), 16)).astype(np.float32))
    folder = tmp_path_factory.mktemp("model")
    static.save(folder, static.StaticTensors(keys=keys, table=table, scale=scale, query_scale=scale))
    return Words(StaticEmbedder(folder))


def _query(vector: Floats) -> Query:
    units = tuple(dict.fromkeys(terms(QUESTION)))
    weights = np.linspace(1, 2, len(units)).astype(np.float32)
    return Query(
        folded=fold(QUESTION),
        terms=units,
        weights=weights,
        rarity=weights,
        focus=weights[::-1].copy(),
        pairs=(),
        pair_weights=np.zeros(0, np.float32),
        concepts=(),
        links=np.zeros((len(units), 0), np.float32),
        asks=asks(QUESTION),
        places=frozenset(),
        years=(),
        numbers=(),
        steps=(),
        vector=vector,
    )


def _columns(clauses: Sequence[tuple[str, Sequence[str]]], query: Query, words: Words | None) -> dict[str, Floats]:
    sizes = [len(sentences) for _, sentences in clauses]
    layout = Groups(starts=np.cumsum([0, *sizes[:-1]]), groups=np.repeat(np.arange(len(sizes)), sizes))
    count = len(query.terms)
    held = (np.zeros((count, sum(sizes)), np.float32), np.zeros((count, len(sizes)), np.float32))
    table = words or _NOTHING
    found = inners([([fold(one) for one in sentences], fold(heading)) for heading, sentences in clauses], table)
    return interaction(query, found, layout, held, words)


class _Nothing(Words):
    def __init__(self) -> None:
        self.dimension = 16

    def rows(self, words: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.zeros(0, np.int32)

    def sums(self, rows: object) -> Floats:
        return np.zeros((0, 16), np.float32)


_NOTHING = _Nothing()


def _vectors(text: str, words: Words) -> Floats:
    return words.sums(words.rows([word for word in dict.fromkeys(terms(fold(text))) if len(word) > 1]))


def _cosine(one: Floats, other: Floats) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 1e-4 else 0.0


clause = st.tuples(
    st.sampled_from(["", "关于园区服务的意见"]), st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(clauses=st.lists(clause, min_size=1, max_size=5))
def test_as_defined(clauses: list[tuple[str, list[str]]], words: Words) -> None:
    vector = np.linspace(-1, 1, 16).astype(np.float32)
    vector /= np.linalg.norm(vector)
    query = _query(vector)
    found = _columns(clauses, query, words)
    long = [place for place, term in enumerate(query.terms) if len(term) > 1]
    asked = words.sums(words.rows([query.terms[place] for place in long]))
    for number, (heading, sentences) in enumerate(clauses):
        above = _vectors(heading, words).sum(axis=0)
        sums = [_vectors(one, words).sum(axis=0) for one in sentences]
        pairs = [a + b for a, b in zip(sums, [*sums[1:], np.zeros(16, np.float32)], strict=True)]
        assert found["meaning_sentence"][number] == pytest.approx(max(_cosine(vector, s) for s in sums), abs=1e-3)
        assert found["meaning_window"][number] == pytest.approx(max(_cosine(vector, s) for s in pairs), abs=1e-3)
        under = max(_cosine(vector, s + above) for s in pairs)
        assert found["meaning_window_under"][number] == pytest.approx(under, abs=1e-3)
        assert found["meaning_heading"][number] == pytest.approx(_cosine(vector, above), abs=1e-3)
        nearest = [
            [max([0.0, *(_cosine(word, own) for own in _vectors(one, words))]) for word in asked] for one in sentences
        ]
        shares = np.array(nearest) @ query.weights[long] / query.weights.sum()
        assert found["near_sentence"][number] == pytest.approx(shares.max(), abs=1e-3)
        assert found["near_text"][number] == pytest.approx(
            np.max(nearest, axis=0) @ query.weights[long] / query.weights.sum(), abs=1e-3
        )


def test_without_word_vectors_nothing_is_near() -> None:
    found = _columns([("", SENTENCES[:2]), ("", SENTENCES[2:3])], _query(np.zeros(0, np.float32)), None)
    assert all(not values.any() for values in found.values())


def test_without_a_question_vector_words_still_count(words: Words) -> None:
    found = _columns([("", SENTENCES[:2]), ("", SENTENCES[2:3])], _query(np.zeros(0, np.float32)), words)
    assert found["near_sentence"][0] > 0
    assert not found["meaning_sentence"].any()


def test_a_sentence_that_holds_more_of_the_question_is_nearer(words: Words) -> None:
    found = _columns([("", SENTENCES[3:4]), ("", SENTENCES[1:2])], _query(np.zeros(0, np.float32)), words)
    assert found["near_sentence"][1] > found["near_sentence"][0]
    assert found["near_behind"].tolist()[1] == 0


def test_rows_are_found_again_among_the_different_ones(words: Words) -> None:
    rows = words.rows(["服务", "园区", "服务", "企业"])
    different, places = words.different(rows)
    assert different[places].tolist() == rows.tolist()
    assert sorted(set(rows.tolist())) == different.tolist()
