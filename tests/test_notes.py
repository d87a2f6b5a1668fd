"""What an answer says of its own ground: repealed documents, clauses that rest on such, contradicting figures."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.backend import open_index
from index.build import build
from index.embed import open_embedder
from index.figures import find_figures
from index.records import Filters
from qa.config import Settings
from qa.conflicts import contradict
from qa.schemas import Shapes
from qa.service import PolicyQA

EMBEDDER = open_embedder()
TEXTS = {
    "旧办法.txt": """甲市停车收费管理办法
（2015年3月1日甲市人民政府令第10号公布）
第一条 为了规范停车收费，制定本办法。
第二条 机动车停车收费标准为每小时五元。
第三条 本办法自2015年4月1日起施行。
""",
    "新办法.txt": """甲市停车收费管理办法
（2022年6月1日甲市人民政府令第40号公布）
第一条 为了规范停车收费，根据《甲市收费条例》，制定本办法。
第二条 机动车停车收费标准为每小时八元。
第三条 本办法自2022年7月1日起施行。《甲市占道经营办法》同时废止。
""",
    "条例.txt": """甲市收费条例
（2010年3月1日甲市人民代表大会常务委员会通过）
第一条 为了规范收费，制定本条例。
第二条 收费应当公示。
第三条 本条例自2010年4月1日起施行。
""",
    "废止.txt": """甲市财政管理条例
（2023年3月1日甲市人民代表大会常务委员会通过）
第一条 为了规范财政，制定本条例。
第二条 财政资金专款专用。
第三条 本条例自2023年4月1日起施行。《甲市收费条例》同时废止。
""",
    "规划一.txt": """乙县森林保护规划

乙府发〔2019〕3号

到2025年，全县森林覆盖率达到55%。

乙县人民政府
2019年5月6日
""",
    "规划二.txt": """乙县生态建设规划

乙府发〔2021〕8号

到2025年，全县森林覆盖率达到60%。

乙县人民政府
2021年5月6日
""",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    folder, target = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("index")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert build([folder], target, EMBEDDER).documents == len(TEXTS)
    return PolicyQA(Settings(), backend=open_index(target), embedder=EMBEDDER)


def test_the_text_in_force_leads(service: PolicyQA) -> None:
    hits = service.search("甲市机动车停车收费标准每小时多少元").hits
    sources = [hit.document.source for hit in hits if hit.clause.path == "第二条" and "办法" in hit.document.source]
    assert sources == ["新办法.txt", "旧办法.txt"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_as_of_a_day_the_text_of_that_day_leads(service: PolicyQA) -> None:
    hits = service.search("甲市机动车停车收费标准每小时多少元", Filters(as_of="2018-01-01")).hits
    assert hits[0].document.source == "旧办法.txt"
    assert "新办法.txt" not in {hit.document.source for hit in hits}


def test_an_answer_from_an_ended_document_says_so(service: PolicyQA) -> None:
    reply = service.ask("《甲市收费条例》第二条")
    assert reply.answer is not None
    assert reply.notes == (
        "《甲市收费条例》已废止（自 2023-04-01 起；依据《甲市财政管理条例》第三条“《甲市收费条例》同时废止。”）。",
    )


def test_a_clause_that_rests_on_something_repealed(service: PolicyQA) -> None:
    reply = service.ask("甲市人民政府令第40号第一条")
    assert reply.answer is not None
    assert reply.notes == ("[1] 第一条：所引《甲市收费条例》已废止。",)


def test_figures_that_contradict_each_other(service: PolicyQA) -> None:
    reply = service.ask("乙县2025年全县森林覆盖率要达到多少？")
    assert reply.answer is not None
    assert [citation.document.source for citation in reply.answer.citations] == ["规划二.txt", "规划一.txt"]
    assert len(reply.notes) == 1
    for part in ("乙府发〔2019〕3号", "乙府发〔2021〕8号", "2021-05-06", "60%", "55%", "乙县人民政府"):
        assert part in reply.notes[0]


def test_no_notes_where_nothing_is_wrong(service: PolicyQA) -> None:
    reply = service.ask("甲市机动车停车收费标准每小时多少元？")
    assert reply.answer is not None
    assert reply.notes == ()
    assert Path(reply.answer.citations[0].document.source).name == "新办法.txt"


def test_what_a_clause_cites_and_what_cites_it(service: PolicyQA) -> None:
    document = service.document("新办法.txt")
    assert service.around(service.clause(document, "第一条")) == [
        ("引用", "《甲市收费条例》【所引《甲市收费条例》已废止】")
    ]
    assert service.around(service.clause(document, "第三条")) == [("引用", "《甲市占道经营办法》【不在索引中】")]
    assert service.around(service.clause(document, "第二条")) == []


def test_a_title_means_the_text_of_the_day(service: PolicyQA) -> None:
    assert service.search("甲市停车收费管理办法第二条").hits[0].document.source == "新办法.txt"
    old = service.search("甲市停车收费管理办法第二条", Filters(as_of="2018-01-01")).hits[0]
    assert (old.document.source, old.clause.path) == ("旧办法.txt", "第二条")


def test_what_applies_turns_at_midnight_without_opening_the_index_again(
    service: PolicyQA, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "甲市机动车停车收费标准每小时多少元"

    def leading(day: str) -> tuple[str, str]:
        monkeypatch.setattr("index.day.date", SimpleNamespace(today=lambda: date.fromisoformat(day)))
        reply = service.ask(question, Filters(duty=None))
        hit = next(hit for hit in reply.hits if hit.clause.path == "第二条")
        shape = Shapes().ask(reply).hits[0].document
        assert shape.validity == reply.hits[0].document.validity(day)
        states = {document.source for document in service.documents(Filters(validity="in_force"))}
        return hit.document.source, "旧办法.txt" if "旧办法.txt" in states else "新办法.txt"

    assert leading("2022-06-30")[1] == "旧办法.txt"
    assert leading("2022-07-01") == ("新办法.txt", "新办法.txt")


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("到2025年，全县森林覆盖率达到55%", "到2025年，全县森林覆盖率达到60%", True),
        ("到2025年，全县森林覆盖率达到55%", "到2030年，全县森林覆盖率达到60%", False),
        ("可以并处5000元以上罚款", "可以并处20万元以上罚款", False),
        ("处违法所得3倍以下罚款", "处违法所得5倍以下罚款", False),
    ],
)
def test_which_figures_contradict_each_other(one: str, other: str, differ: bool) -> None:
    assert contradict(find_figures(one)[0], find_figures(other)[0]) is differ
