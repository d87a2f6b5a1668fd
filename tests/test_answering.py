"""From a question to a cited answer or a refusal, over a small index of made-up documents of two cities."""

from collections.abc import Iterator

import numpy as np
import pytest

from index.backend import open_index
from index.build import build
from index.embed import open_embedder
from index.records import Filters
from qa.answer import Outcome, compose
from qa.cite import check
from qa.pipeline import Pipeline, Search, open_pipeline
from qa.question import interpret

TEXT = """{issuer}关于印发{topic}实施方案的通知

{number}

各县（市、区）人民政府，市政府各部门：

《{topic}实施方案》已经市政府研究同意，现印发给你们，请认真贯彻执行。

{issuer}

{date}

（此件{disclosure}）

{topic}实施方案

一、总体目标

{goal}

二、重点任务

（一）{first}（责任单位：{unit}、市财政局）

（二）{second}（责任单位：市委宣传部）

三、保障措施

（一）加强组织领导。成立工作专班，定期调度推进情况。

（二）严格考核问效。对工作不力的予以通报。
"""
DOCUMENTS = {
    "elder.txt": {
        "issuer": "临江市人民政府办公室",
        "topic": "社区养老服务",
        "number": "临政办发〔2022〕17号",
        "date": "2022年3月5日",
        "disclosure": "公开发布",
        "goal": "到2025年，全市建成社区养老服务中心31个，护理型床位占比达到60%以上。",
        "first": "完善设施网络。新建居住区按照每百户不少于30平方米配建养老服务用房，与住宅同步交付使用。",
        "second": "培养护理人才。对取得职业技能等级证书的护理员给予一次性补贴，最高不超过3000元。",
        "unit": "市民政局",
    },
    "road.txt": {
        "issuer": "青山市人民政府办公室",
        "topic": "农村公路养护",
        "number": "青政办函〔2023〕8号",
        "date": "2023年11月20日",
        "disclosure": "依申请公开",
        "goal": "到2026年，农村公路列养率保持100%，优良中等路比例不低于85%。",
        "first": "落实路长制。县、乡、村三级设立路长，负责辖区内农村公路的日常巡查和管护。",
        "second": "吸纳群众就业。设置公路管护公益性岗位，优先聘用脱贫家庭劳动力。",
        "unit": "市交通运输局",
    },
}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    root = tmp_path_factory.mktemp("answering")
    (root / "in").mkdir()
    for name, values in DOCUMENTS.items():
        (root / "in" / name).write_text(TEXT.format(**values), encoding="utf-8")
    embedder = open_embedder()
    assert build([root / "in"], root / "index", embedder).documents == 2
    with open_index(root / "index", embedder=embedder.identity) as backend:
        yield open_pipeline(backend, embedder)


def _ask(pipeline: Pipeline, question: str, **filters: str) -> Outcome:
    return compose(_search(pipeline, question, **filters), pipeline, count=5)


def _search(pipeline: Pipeline, question: str, **filters: str) -> Search:
    return pipeline.search(interpret(question, Filters(**filters)))


@pytest.mark.parametrize(
    ("question", "source", "words"),
    [
        ("临江市到2025年护理型床位占比要达到多少？", "elder.txt", "60%以上"),
        ("青山市农村公路优良中等路比例不低于多少", "road.txt", "85%"),
        ("养老服务用房每百户要配建多少平方米？", "elder.txt", "30平方米"),
        ("公路养护的路长制由哪个部门牵头落实？", "road.txt", "市交通运输局"),
        ("临政办发〔2022〕17号二（二）写的什么", "elder.txt", "培养护理人才"),
        ("青政办函2023年8号的公开方式", "road.txt", "依申请公开"),
        ("社区养老服务实施方案是哪天印发的？", "elder.txt", "2022年3月5日"),
        ("农村公路养护那个通知的发文字号是多少", "road.txt", "青政办函〔2023〕8号"),
    ],
)
def test_answers_come_from_the_right_document(pipeline: Pipeline, question: str, source: str, words: str) -> None:
    outcome = _ask(pipeline, question)
    assert outcome.refusal is None and outcome.answer is not None, outcome.refusal
    assert words in outcome.answer.text
    assert outcome.answer.citations[0].document.source == source
    for place, citation in enumerate(outcome.answer.citations, start=1):
        assert citation.marker == place and f"[{place}]" in outcome.answer.text
        check(citation, pipeline.backend.source_text(citation.document.id))
    assert outcome.hits[0].document.source == source


@pytest.mark.parametrize(
    ("question", "filters", "reason"),
    [
        ("临政办发〔2021〕99号里怎么规定护理补贴？", {}, "unknown_document"),
        ("护理员一次性补贴最高多少元？", {"issuer": "青山市"}, "filtered_out"),
        ("护理员一次性补贴最高多少元？", {"issuer": "没有的市"}, "filtered_out"),
        ("世界杯决赛是哪两支球队踢的？", {}, "off_topic"),
    ],
)
def test_refusals_say_why(pipeline: Pipeline, question: str, filters: dict[str, str], reason: str) -> None:
    outcome = _ask(pipeline, question, **filters)
    assert outcome.answer is None and outcome.refusal is not None
    assert outcome.refusal.reason == reason
    assert len(outcome.refusal.nearest) <= 3
    assert outcome.refusal.message


def test_scores_are_probabilities_in_order_and_ties_go_by_key(pipeline: Pipeline) -> None:
    for question in ("养老服务", "加强组织领导", "公路"):
        ranking = _search(pipeline, question).ranking
        assert ranking is not None
        assert np.all(np.diff(ranking.scores) <= 0)
        assert ranking.scores.min() >= 0 and ranking.scores.max() <= ranking.answerable <= 1
        equal = np.diff(ranking.raw) == 0
        keys = np.array([passage.key for passage in ranking.passages])
        assert np.all(np.diff(keys)[equal] > 0)


def test_the_same_question_gets_the_same_ranking(pipeline: Pipeline) -> None:
    first, second = (_search(pipeline, "护理员补贴多少").hits(10) for _ in range(2))
    assert first == second


def test_filters_hold_before_ranking(pipeline: Pipeline) -> None:
    hits = _search(pipeline, "养老服务用房", issuer="青山市").hits(10)
    assert hits and {hit.document.source for hit in hits} == {"road.txt"}


def test_everyday_words_reach_official_ones(pipeline: Pipeline) -> None:
    hits = _search(pipeline, "在村里帮着修路能不能招我们贫困户").hits(3)
    assert any("公益性岗位" in hit.clause.text for hit in hits)
