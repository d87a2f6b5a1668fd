"""The one object behind every door, over a small index of made-up documents."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexMissingError
from index.records import Filters
from qa.config import Settings
from qa.errors import NotFoundError, UsageError
from qa.filters import make_filters
from qa.schemas import Shapes, filters_shape
from qa.service import PolicyQA

NOTICE = """{issuer}关于印发{topic}工作方案的通知

{token}〔{year}〕{serial}号

各县（市、区）人民政府：

现将方案印发给你们，请认真组织实施。

一、总体要求

到{goal}年，建成{topic}示范点{count}个以上。

二、主要任务

（一）加强{topic}。各地要把{topic}列入年度计划，每年安排资金{money}万元。（责任单位：市商务局、市财政局）

（二）强化宣传。利用各类媒体宣传{topic}，联系电话13812345678。（责任单位：市委宣传部）

{issuer}

{year}年3月5日

（此件公开发布）
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    root = tmp_path_factory.mktemp("service")
    inbox = root / "in"
    inbox.mkdir()
    rows = (
        ("clinic", "临江市人民政府", "社区养老", "临政发", 2022, 7, 2025, 31, 600),
        ("road", "青山县人民政府", "农村公路", "青政办发", 2023, 7, 2026, 12, 80),
        ("tea", "临江市人民政府", "茶叶加工", "临政发", 2024, 19, 2027, 5, 45),
    )
    for name, issuer, topic, token, year, serial, goal, count, money in rows:
        text = NOTICE.format(
            issuer=issuer, topic=topic, token=token, year=year, serial=serial, goal=goal, count=count, money=money
        )
        (inbox / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings()
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": root / "index"})})
    found = PolicyQA(settings)
    report = found.index([inbox])
    assert report.documents == 3
    return found


def test_missing_index_is_said_so(tmp_path: Path) -> None:
    settings = Settings()
    settings = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": tmp_path / "none"})})
    with pytest.raises(IndexMissingError, match="qa index"):
        PolicyQA(settings).ask("社区养老")


def test_answer_comes_with_its_proof(service: PolicyQA) -> None:
    reply = service.ask("临江市到2025年要建成多少个社区养老示范点？")
    assert reply.answer is not None and reply.refusal is None
    assert "31个" in reply.answer.text
    citation = reply.answer.citations[0]
    source = service.source_text(citation.document.id)
    assert "".join(source[citation.start : citation.end].split()) == "".join(citation.quote.split())
    assert citation.document.metadata.number == "临政发〔2022〕7号"


def test_hits_are_ranked_and_as_many_as_asked_for(service: PolicyQA) -> None:
    found = service.search("宣传", k=3)
    assert [hit.rank for hit in found.hits] == [1, 2, 3]
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_same_question_same_answer(service: PolicyQA) -> None:
    first, second = service.ask("农村公路每年安排多少资金"), service.ask("农村公路每年安排多少资金")
    assert (first.answer, first.refusal, first.hits) == (second.answer, second.refusal, second.hits)


def test_search_and_ask_rank_alike(service: PolicyQA) -> None:
    question = "农村公路由谁负责"
    assert service.search(question).hits == service.ask(question).hits


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({"issuer": "青山县"}, {"road.txt"}),
        ({"type": "通知"}, {"clinic.txt", "road.txt", "tea.txt"}),
        ({"number": "临政发2022年7号"}, {"clinic.txt"}),
        ({"since": "2023-01-01"}, {"road.txt", "tea.txt"}),
        ({"until": "2022"}, {"clinic.txt"}),
        ({"as_of": "2023-12-31"}, {"clinic.txt", "road.txt"}),
        ({"duty": "宣传部", "issuer": "临江"}, {"clinic.txt", "tea.txt"}),
        ({"disclosure": "主动公开"}, {"clinic.txt", "road.txt", "tea.txt"}),
        ({"issuer": "别的市"}, set()),
    ],
)
def test_filters(service: PolicyQA, filters: dict[str, str], sources: set[str]) -> None:
    made = make_filters(**filters)
    assert {document.source for document in service.documents(made)} == sources
    assert {hit.document.source for hit in service.search("工作方案 宣传", made, 50).hits} <= sources


def test_filters_that_leave_nothing_are_told_from_no_evidence(service: PolicyQA) -> None:
    reply = service.ask("社区养老示范点要建多少个？", make_filters(issuer="别的市"))
    assert reply.refusal is not None and reply.refusal.reason == "filtered_out"


@pytest.mark.parametrize(
    "name", ["clinic.txt", "临政发〔2022〕7号", "临政发2022年7号", "社区养老工作方案", "《社区养老工作方案》"]
)
def test_document_by_any_name(service: PolicyQA, name: str) -> None:
    found = service.document(name)
    assert found.source == "clinic.txt"
    assert service.document(found.id) == found


@pytest.mark.parametrize(
    ("name", "expected"), [("7号", "2 份"), ("工作方案", "3 份"), ("没有这份", "qa docs"), ("", "qa docs")]
)
def test_document_that_is_none_or_several(service: PolicyQA, name: str, expected: str) -> None:
    with pytest.raises(NotFoundError, match=expected):
        service.document(name)


@pytest.mark.parametrize("name", ["二、（一）", "二（一）", "二、(一)", "第二部分（一）"])
def test_clause_by_any_address(service: PolicyQA, name: str) -> None:
    found = service.clause(service.document("clinic.txt"), name)
    assert found.path == "二、（一）"
    assert {duty.role for duty in found.duties} == {"责任单位"}


def test_clause_that_is_not_there(service: PolicyQA) -> None:
    with pytest.raises(NotFoundError, match="第九条"):
        service.clause(service.document("clinic.txt"), "第九条")


def test_clauses_partition_the_source(service: PolicyQA) -> None:
    for document in service.documents():
        clauses = service.clauses(document)
        assert clauses[0].start == 0 and clauses[-1].end == document.length == len(service.source_text(document.id))
        assert all(one.end == other.start for one, other in itertools.pairwise(clauses))


@pytest.mark.parametrize("k", [0, -1, 201])
def test_count_is_checked(service: PolicyQA, k: int) -> None:
    with pytest.raises(UsageError, match="1 到 200"):
        service.search("养老", k=k)


def test_index_made_anew_is_seen_at_once(service: PolicyQA, tmp_path: Path) -> None:
    settings = service.settings
    own = settings.model_copy(update={"index": settings.index.model_copy(update={"folder": tmp_path / "index"})})
    other = PolicyQA(own, embedder=service.embedder)
    inbox = tmp_path / "in"
    inbox.mkdir()
    (inbox / "a.txt").write_text("关于垃圾分类的通知\n\n一、垃圾分类每天两次。", encoding="utf-8")
    other.index([inbox])
    assert len(other.documents()) == 1 and other.search("垃圾分类").hits
    (inbox / "b.txt").write_text("关于路灯维修的通知\n\n一、路灯坏了三天内修好。", encoding="utf-8")
    other.index([inbox])
    assert {hit.document.source for hit in other.search("路灯维修", k=1).hits} == {"b.txt"}


def test_wire_shapes_mask_and_round(service: PolicyQA) -> None:
    reply = service.ask("社区养老强化宣传的联系电话是多少")
    shape = Shapes().ask(reply).model_dump_json()
    assert "13812345678" not in shape
    assert "13812345678" in Shapes(show_phone=True).ask(reply).model_dump_json()
    assert all(np.isfinite(hit.score) for hit in reply.hits)


def test_filters_on_the_wire_hold_only_what_restricts() -> None:
    assert filters_shape(Filters(issuer="甲", as_of="2024")) == {"issuer": "甲", "as_of": "2024"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [("2021-05-31", "2021-05-31"), ("2021年5月31日", "2021-05-31"), ("2021/5/31", "2021-05-31"),
     ("2021-05", "2021-05"), ("2021年5月", "2021-05"), ("2021", "2021"), ("2021年", "2021"), ("  ", None)],
)  # fmt: skip
def test_dates_in_any_usual_spelling(given: str, expected: str | None) -> None:
    assert make_filters(since=given).since == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("since", "昨天"), ("until", "2021-13-01"), ("validity", "x"), ("disclosure", "x"), ("colour", "x")],
)
def test_filters_that_make_no_sense(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=value if name != "colour" else "colour"):
        make_filters(**{name: value})
