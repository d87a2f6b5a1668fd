"""Two documents on one subject: the newer leads, both are quoted, and the answer names both with their dates."""

from pathlib import Path

import pytest

from index.backend import open_index
from index.build import build
from index.embed import open_embedder
from index.records import Filters
from qa.config import Settings
from qa.service import PolicyQA

EMBEDDER = open_embedder()
SEEDS = Path(__file__).parents[1] / "seeds"


def notice(title: str, number: str, words: str, day: str, issuer: str = "甲省卫生健康委员会") -> str:
    return f"{issuer}关于{title}的通知\n\n{number}\n\n各市卫生健康委：\n{words}\n\n{issuer}\n{day}\n"


TEXTS = {
    "pay19.txt": notice(
        "公布2019年度基本公共卫生服务补助标准",
        "甲卫发〔2019〕8号",
        "一、2019年人均基本公共卫生服务补助标准为69元。\n二、补助资金按季度拨付。",
        "2019年4月1日",
    ),
    "pay23.txt": notice(
        "公布2023年度基本公共卫生服务补助标准",
        "甲卫发〔2023〕12号",
        "一、2023年人均基本公共卫生服务补助标准为89元。\n二、补助资金按季度拨付。",
        "2023年4月1日",
    ),
    "other.txt": notice(
        "公布2024年度基本公共卫生服务补助标准",
        "乙卫发〔2024〕3号",
        "一、2024年人均基本公共卫生服务补助标准为94元。",
        "2024年4月1日",
        "乙省卫生健康委员会",
    ),
    "river17.txt": "贵州省水利厅关于做好绿色小水电示范电站创建工作的通知\n\n黔水农〔2017〕5号\n\n各市水务局：\n"
    "一、绿色小水电示范电站由省水利厅审核。\n二、绿色小水电示范电站每两年评选一次，期限为三年。\n\n贵州省水利厅\n2017年6月1日\n",
    "river22.txt": "贵州省水利厅关于推进农村水电绿色发展的意见\n\n黔水农〔2022〕9号\n\n各市水务局：\n"
    "一、绿色小水电示范电站由市水务局初审、省水利厅审核。\n二、绿色小水电示范电站评选每年一次，期限为五年。\n\n贵州省水利厅\n2022年6月1日\n",
    "law1.txt": "甲省渔业资源保护条例\n（2010年3月1日甲省人民代表大会常务委员会通过）\n第一条 为了保护渔业资源增殖放流，制定本条例。\n"
    "第二条 渔业资源增殖放流由渔业部门组织。\n第三条 本条例自2010年4月1日起施行。\n",
    "law2.txt": "甲省水产养殖条例\n（2020年3月1日甲省人民代表大会常务委员会通过）\n第一条 为了规范渔业资源增殖放流，制定本条例。\n"
    "第二条 渔业资源增殖放流由水产部门组织。\n第三条 本条例自2020年4月1日起施行。\n",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    folder, target = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("index")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert build([folder], target, EMBEDDER).documents == len(TEXTS)
    return PolicyQA(Settings(), backend=open_index(target), embedder=EMBEDDER)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    target = tmp_path_factory.mktemp("seeds")
    build([SEEDS], target, EMBEDDER)
    return PolicyQA(Settings(), backend=open_index(target), embedder=EMBEDDER)


@pytest.mark.parametrize(
    ("question", "newer", "older", "days"),
    [
        ("甲省人均基本公共卫生服务补助标准是多少元？", "pay23.txt", "pay19.txt", ("2023-04-01", "2019-04-01")),
        ("绿色小水电示范电站多久评选一次？", "river22.txt", "river17.txt", ("2022-06-01", "2017-06-01")),
        ("绿色小水电示范电站由谁审核？", "river22.txt", "river17.txt", ("2022-06-01", "2017-06-01")),
    ],
)
def test_the_newer_leads_and_both_are_named(
    service: PolicyQA, question: str, newer: str, older: str, days: tuple[str, str]
) -> None:
    reply = service.ask(question)
    assert reply.answer is not None
    assert reply.hits[0].document.source == newer
    assert list(dict.fromkeys(one.document.source for one in reply.answer.citations)) == [newer, older]
    assert any(all(day in note for day in days) and note.index(days[0]) < note.index(days[1]) for note in reply.notes)
    scores = [hit.score for hit in reply.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "filters", "first"),
    [
        # the question itself chooses: by year, by number, by a day
        ("2019年甲省人均基本公共卫生服务补助标准是多少元？", Filters(), "pay19.txt"),
        ("甲卫发〔2019〕8号规定人均基本公共卫生服务补助标准是多少元？", Filters(), "pay19.txt"),
        ("绿色小水电示范电站多久评选一次？", Filters(as_of="2020-01-01"), "river17.txt"),
        # one of another province is no newer text of the same subject
        ("乙省人均基本公共卫生服务补助标准是多少元？", Filters(), "other.txt"),
    ],
)
def test_what_the_question_chooses_leads(service: PolicyQA, question: str, filters: Filters, first: str) -> None:
    reply = service.ask(question, filters)
    assert reply.hits[0].document.source == first
    assert not [note for note in reply.notes if note.startswith("同一事项有两份文件")]


def test_between_acts_the_date_alone_decides_nothing(service: PolicyQA) -> None:
    reply = service.ask("渔业资源增殖放流由哪个部门组织？")
    assert {hit.document.source for hit in reply.hits[:4]} >= {"law1.txt", "law2.txt"}
    assert reply.notes == ()


@pytest.mark.parametrize(
    "question",
    [
        "贵州省国家级开放创新平台包括哪些开发区？",
        "贵州开放创新平台是哪几个？",
        "国家级开放创新平台由哪些综保区和开发区组成？",
    ],
)
def test_the_platforms_of_two_years(seeds: PolicyQA, question: str) -> None:
    reply = seeds.ask(question)
    assert reply.answer is not None
    assert reply.hits[0].document.metadata.issued_on == "2024-06-25"
    assert any("2024-06-25" in note and "2016-06-01" in note for note in reply.notes)


@pytest.mark.parametrize(
    ("question", "day"),
    [("在“1＋7”平台率先推行什么制度？", "2016-06-01"), ("“1+9”国家级开放创新平台以哪里为核心？", "2024-06-25")],
)
def test_a_platform_by_its_own_name(seeds: PolicyQA, question: str, day: str) -> None:
    assert seeds.ask(question).hits[0].document.metadata.issued_on == day
