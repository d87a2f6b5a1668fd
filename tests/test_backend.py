"""What every backend must promise: run on each implementation that is listed in ``BACKENDS``."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import CORPUS, TinyEmbedder, load, parse, write_corpus

import index.ingest
from index.backend import Backend, LexicalQuery, Scored, open_index
from index.build import build
from index.load import Limits
from index.records import Filters
from index.tokens import bigrams, terms

EMBEDDER = TinyEmbedder()
Make = Callable[[Path, Path], Backend]


def _local(corpus: Path, folder: Path) -> Backend:
    build([corpus], folder, EMBEDDER)
    return open_index(folder, embedder=EMBEDDER.identity)


def _milvus(corpus: Path, folder: Path) -> Backend:
    pytest.importorskip("pymilvus", reason="the extra milvus is not installed")
    pytest.importorskip("milvus_lite", reason="milvus-lite is not installed")
    from index.milvus import open_milvus
    from index.milvus_build import MilvusIndex, Part
    from index.milvus_server import Where

    where = Where(uri=str(folder / "milvus.db"), vector_index="FLAT")
    for number in (1, 2):  # two processes would do the same, each its part
        writer = MilvusIndex(where, EMBEDDER)
        writer.build([corpus], Part(number=number, of=2), Limits())
        writer.close()
    return open_milvus(where)


BACKENDS: dict[str, Make] = {"local": _local, "milvus": _milvus}


@pytest.fixture(scope="module", params=sorted(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.ingest, "load", load)
        patch.setattr(index.ingest, "parse", parse)
        made = BACKENDS[request.param](corpus, tmp_path_factory.mktemp("index"))
    yield made
    made.close()


def _query(text: str) -> LexicalQuery:
    return LexicalQuery(terms=dict.fromkeys(terms(text), 1.0), bigrams=dict.fromkeys(bigrams(text), 1.0))


def _texts(backend: Backend, scored: Scored) -> list[str]:
    return [clause.text for _, clause in backend.fetch(scored.keys)]


def test_documents_are_in_order_of_source(backend: Backend) -> None:
    assert [document.source for document in backend.documents()] == sorted(CORPUS)
    assert backend.manifest.documents == len(CORPUS)


def test_a_document_comes_back_as_it_was_parsed(backend: Backend) -> None:
    for document in backend.documents():
        text = backend.source_text(document.id)
        assert text == CORPUS[document.source]
        expected = parse(load_text(text), document.id)
        assert document == backend.document(document.id)
        assert document.metadata == expected.metadata
        assert document.length == len(text)
        assert backend.clauses(document.id) == list(expected.clauses)


def load_text(text: str):  # type: ignore[no-untyped-def]
    from index.records import SourceText

    return SourceText(text=text, kind="txt", one_line_per_paragraph=True)


def test_keys_number_clauses_by_document_and_ordinal(backend: Backend) -> None:
    key = 0
    for document in backend.documents():
        assert backend.keys(document.id) == range(key, key + len(backend.clauses(document.id)))
        for clause in backend.clauses(document.id):
            assert backend.key_of(clause.id) == key
            assert backend.fetch([key]) == [(document, clause)]
            key += 1
    assert backend.manifest.clauses == key


def test_fetch_keeps_order_and_repeats(backend: Backend) -> None:
    keys = [5, 0, 5, 3]
    assert [backend.key_of(clause.id) for _, clause in backend.fetch(keys)] == keys
    assert backend.fetch([]) == []


@pytest.mark.parametrize("identity", ["", "nothing", "nothing-0"])
def test_unknown_names_raise_key_error(backend: Backend, identity: str) -> None:
    known = backend.documents()[0].id
    for read in (backend.document, backend.source_text, backend.clauses, backend.keys, backend.key_of):
        with pytest.raises(KeyError):
            read(identity)
    for name in (f"{known}-999", f"{known}-x", f"{known}-", f"{known}--1", known):
        with pytest.raises(KeyError):
            backend.key_of(name)
    with pytest.raises(KeyError):
        backend.fetch([backend.manifest.clauses])


FILTERS = [
    (Filters(), "abcd"),
    (Filters(issuer="人民政府办公厅"), "ab"),
    (Filters(issuer="貴陽市"), "a"),
    (Filters(issuer="贵_市"), ""),
    (Filters(issuer="%"), ""),
    (Filters(type="方案"), "a"),
    (Filters(type="新闻"), "c"),
    (Filters(number="筑府办函[2021]33号"), "a"),
    (Filters(number="築府辦函（2021）第33號"), "a"),
    (Filters(number="〔2021〕33号"), "a"),
    (Filters(number="筑府办函〔2021〕3号"), ""),
    (Filters(number="没有文号"), ""),
    (Filters(since="2021-05-31"), "ab"),
    (Filters(since="2021-06-01"), "b"),
    (Filters(since="2025-01-15"), "b"),
    (Filters(since="2025-02"), ""),
    (Filters(until="2021-05-31"), "ac"),
    (Filters(until="2021-05-30"), "c"),
    (Filters(until="2021"), "ac"),
    (Filters(since="2021", until="2021-04"), "c"),
    (Filters(as_of="2021-05-30"), "cd"),
    (Filters(as_of="2025-01-15"), "abcd"),
    (Filters(disclosure="主动公开"), "a"),
    (Filters(validity="unknown"), "bcd"),
    (Filters(validity="in_force"), "a"),
    (Filters(validity="repealed"), ""),
    (Filters(duty="政务服务局"), "a"),
    (Filters(duty="海关"), "b"),
    (Filters(duty="海关", type="方案"), ""),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_filters(backend: Backend, filters: Filters, expected: str) -> None:
    assert [document.source[0] for document in backend.documents(filters)] == list(expected)
    keys = backend.select(filters)
    if filters == Filters():
        assert keys is None
        return
    assert keys is not None
    assert keys.dtype == np.int64
    assert list(keys) == sorted(set(keys))
    assert {document.source[0] for document, _ in backend.fetch(keys)} == set(expected)
    if filters.duty is None:
        whole = [key for document in backend.documents(filters) for key in backend.keys(document.id)]
        assert list(keys) == whole


def test_a_duty_selects_the_clauses_that_name_it(backend: Backend) -> None:
    keys = backend.select(Filters(duty="自然资源局"))
    assert keys is not None
    assert [clause.text[:9] for _, clause in backend.fetch(keys)] == ["（一）提高集约水平"]


def test_a_duty_holds_for_what_stands_below(backend: Backend) -> None:
    keys = backend.select(Filters(duty="人力資源社會保障廳"))
    assert keys is not None
    assert [clause.text[:4] for _, clause in backend.fetch(keys)] == ["（三）引", "一是引进"]


@pytest.mark.parametrize("date", ["昨天", "2021/05/31", "2021-5-31", ""])
def test_a_date_that_is_none_is_named(backend: Backend, date: str) -> None:
    with pytest.raises(ValueError, match="日期应写成"):
        backend.select(Filters(since=date))


def test_lexical_finds_the_clause(backend: Backend) -> None:
    best = backend.lexical(_query("工业用地产出强度"), 5)
    assert "产出强度达到每亩" in _texts(backend, best)[0]
    assert best.scores.dtype == np.float32
    assert (np.diff(best.scores) <= 0).all()


def test_lexical_looks_into_headings_and_titles(backend: Backend) -> None:
    in_heading = backend.lexical(LexicalQuery(terms={"主要": 1.0}), 10)
    assert {clause.text[:3] for _, clause in backend.fetch(in_heading.keys)} == {"二、主", "（一）", "（二）"}
    in_title = backend.lexical(LexicalQuery(terms={"高质量": 1.0}), 50)
    assert {document.source[0] for document, _ in backend.fetch(in_title.keys)} == {"a"}


def test_lexical_weights_count(backend: Backend) -> None:
    customs, tax = "通关", "退税"
    first = backend.lexical(LexicalQuery(terms={customs: 2.0, tax: 1.0}), 1)
    second = backend.lexical(LexicalQuery(terms={customs: 1.0, tax: 2.0}), 1)
    assert customs in _texts(backend, first)[0]
    assert tax in _texts(backend, second)[0]
    single = backend.lexical(LexicalQuery(terms={customs: 1.0}), 1).scores[0]
    double = backend.lexical(LexicalQuery(terms={customs: 2.0}), 1).scores[0]
    assert double == pytest.approx(2 * single, rel=1e-3)


@pytest.mark.parametrize("query", [LexicalQuery(terms={}), LexicalQuery(terms={"不存在的词": 1.0})])
def test_lexical_without_a_common_unit_gives_nothing(backend: Backend, query: LexicalQuery) -> None:
    assert len(backend.lexical(query, 10)) == 0


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_ties_are_cut_by_key(backend: Backend, limit: int) -> None:
    # Three documents hold the same closing article; two of them have no other word of the query in title or heading.
    query = LexicalQuery(terms={}, bigrams=dict.fromkeys(bigrams("本方案自印发之日起施行"), 1.0))
    everything = backend.lexical(query, 100)
    same = [key for key, clause in zip(everything.keys, _texts(backend, everything), strict=True) if "第九条" in clause]
    assert len(same) == 3
    assert same == sorted(same)
    assert list(backend.lexical(query, limit).keys) == same[:limit]
    vector = EMBEDDER.queries(["第九条 本方案自印发之日起施行。"])[0]
    assert len(backend.dense(vector, limit)) == limit


def test_dense_finds_the_nearest(backend: Backend) -> None:
    text = "关于进一步促进贸易便利化的若干措施 › （二）扩大退税商店数量，优化退税流程。"
    best = backend.dense(EMBEDDER.queries([text])[0], 3)
    assert _texts(backend, best)[0].startswith("（二）扩大退税商店数量")
    assert best.scores[0] == pytest.approx(1.0, abs=2e-3)
    assert best.scores.dtype == np.float32


def test_dense_ranks_every_clause(backend: Backend) -> None:
    best = backend.dense(EMBEDDER.queries(["开发区"])[0], 1000)
    assert sorted(best.keys) == list(range(backend.manifest.clauses))
    assert (np.diff(best.scores) <= 0).all()
    equal = np.diff(best.scores) == 0
    assert (np.diff(best.keys)[equal] > 0).all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_filter_restricts_before_ranking(backend: Backend, data: st.DataObject) -> None:
    count = backend.manifest.clauses
    chosen = data.draw(st.sets(st.integers(0, count - 1)))
    within = np.array(sorted(chosen), np.int64)
    limit = data.draw(st.integers(1, count + 2))
    text = data.draw(st.sampled_from(["贵阳市开发区方案印发施行", "第九条", "退税商店", "国家级开发区工业 2025年"]))
    vector = EMBEDDER.queries([text])[0]
    for found, full in (
        (backend.lexical(_query(text), limit, within), backend.lexical(_query(text), count)),
        (backend.dense(vector, limit, within), backend.dense(vector, count)),
    ):
        kept = np.isin(full.keys, within)
        assert list(found.keys) == list(full.keys[kept][:limit])
        np.testing.assert_allclose(found.scores, full.scores[kept][:limit], atol=2e-4)


def test_idf_falls_with_frequency(backend: Backend) -> None:
    common, rare, absent = backend.idf(["开发区", "退税", "不存在的词"])
    assert 0 < common < rare < absent
    assert backend.idf([]).shape == (0,)


def test_threads_read_the_same(backend: Backend) -> None:
    vector = EMBEDDER.queries(["开发区产出强度"])[0]

    def ask(_: int) -> tuple[list[int], list[int], list[str], int]:
        lexical = backend.lexical(_query("开发区产出强度"), 5)
        dense = backend.dense(vector, 5)
        return list(lexical.keys), list(dense.keys), _texts(backend, lexical), len(backend.documents())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(64)))
    assert all(answer == answers[0] for answer in answers)
