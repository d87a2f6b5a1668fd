"""What something is: the clause that says so counts more than those that merely mention it."""

from pathlib import Path

import numpy as np
import pytest

from index.backend import open_index
from index.build import build
from index.embed import open_embedder
from qa.answer import compose
from qa.pipeline import Pipeline, open_pipeline
from qa.question import interpret
from qa.records import Hit

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    folder = tmp_path_factory.mktemp("definition")
    embedder = open_embedder()
    build([ROOT / "seeds"], folder, embedder)
    return open_pipeline(open_index(folder, embedder=embedder.identity), embedder)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("“1＋7”平台是什么", "“1”即贵安新区"),
        ("“1＋7”开放平台包括哪几个？", "“1”即贵安新区"),
        ("贵州省开放创新平台由哪几个组成", "平台是贵州省以贵安新区为核心"),
        ("六大新产业是指哪些产业", "新能源产业等六大新产业"),
    ],
)
def test_the_clause_that_says_it_is_first(pipeline: Pipeline, question: str, said: str) -> None:
    search = pipeline.search(interpret(question))
    first: Hit = search.hits(1)[0]
    assert said in first.clause.text
    answer = compose(search, pipeline, count=5).answer
    assert answer is not None and said in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "idle"),
    [
        ("“1+9”平台是指哪些平台", {"指", "是指"}),
        ("开放平台包括哪几个", {"包括"}),
        ("领导小组由哪些部门组成", {"组成"}),
        ("奖励分为几类", {"分为"}),
    ],
)
def test_words_that_ask_what_it_is_are_not_asked_about(pipeline: Pipeline, question: str, idle: set[str]) -> None:
    query = pipeline.query(interpret(question), pipeline.search(interpret(question)).scope)
    weights = dict(zip(query.terms, query.weights.tolist(), strict=True))
    assert idle & set(weights)
    assert all(weights[word] == 0 for word in idle & set(weights))


def test_a_word_that_includes_is_asked_about_where_it_is_no_question(pipeline: Pipeline) -> None:
    question = interpret("补贴对象包括农民工吗")
    query = pipeline.query(question, pipeline.search(question).scope)
    assert query.weights[query.terms.index("包括")] > 0


def test_only_where_something_is_to_be_defined(pipeline: Pipeline) -> None:
    ranking = pipeline.search(interpret("贵安新区由谁牵头建设")).ranking
    asked = pipeline.search(interpret("“1＋7”平台是什么")).ranking
    assert ranking is not None and asked is not None
    column = ranking.sheet.names.index("defined")
    assert not ranking.sheet.values[:, column].any()
    values = asked.sheet.values[:, column]
    assert values.any() and np.all((values == 0) | (values >= 0.5)) and np.all(values <= 1 + 1e-6)
