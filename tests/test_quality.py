"""Quality over the seed documents does not fall: figures of ``qa eval`` against ``bench/expected.yaml``."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from index.backend import open_index
from index.build import build
from index.embed import open_embedder
from qa.answer import compose
from qa.evaluate import Evaluation, evaluate, read_cases
from qa.pipeline import Pipeline, open_pipeline
from qa.question import interpret
from qa.records import Reply

ROOT = Path(__file__).parents[1]
EXPECTED = yaml.safe_load((ROOT / "bench" / "expected.yaml").read_text(encoding="utf-8"))
SETS = {
    "bench/seeds.jsonl": ROOT / "bench" / "seeds.jsonl",
    "seeds_dev": ROOT.parent / "shared" / "eval" / "seeds_dev.jsonl",
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("quality")
    embedder = open_embedder()
    build([ROOT / "seeds"], folder, embedder)
    with open_index(folder, embedder=embedder.identity) as backend:
        yield open_pipeline(backend, embedder)


def _evaluated(pipeline: Pipeline, file: Path) -> Evaluation:
    def ask(question: str) -> Reply:
        search = pipeline.search(interpret(question))
        outcome = compose(search, pipeline, count=10)
        return Reply(
            interpretation=search.interpretation,
            answer=outcome.answer,
            refusal=outcome.refusal,
            hits=outcome.hits,
            took_ms=0.0,
        )

    return evaluate(read_cases(file), ask, pipeline.backend.source_text)


@pytest.mark.parametrize("name", EXPECTED["sets"])
def test_no_figure_falls(pipeline: Pipeline, name: str) -> None:
    file = SETS[name]
    if not file.exists():
        pytest.skip(f"{file} is not there: the set is kept beside the checkout and not copied")
    found = _evaluated(pipeline, file)
    figures = found.to_dict()["all"]
    assert isinstance(figures, dict)
    fallen = {
        figure: (figures[figure], least)
        for figure, least in EXPECTED["sets"][name].items()
        if figures[figure] is None or figures[figure] < least - EXPECTED["tolerance"]
    }
    assert not fallen, f"found, expected: {fallen}; {found.to_dict()}"


def test_who_asks_for_many_gets_them_behind_the_same_first_ones(pipeline: Pipeline) -> None:
    question = interpret("开发区产业发展")
    few, many = pipeline.search(question, 10).hits(10), pipeline.search(question, 100).hits(100)
    assert many[:10] == few
    assert len(many) == len({hit.key for hit in many}) == 100
    assert [hit.rank for hit in many] == list(range(1, 101))
    assert all(one.score >= other.score for one, other in pairwise(many))
