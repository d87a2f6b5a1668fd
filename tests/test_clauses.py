"""The tree of clauses: golden trees of the seeds, and tables for each rule."""

from pathlib import Path

import pytest

from index.load import load
from index.parse import parse
from index.records import Clause, SourceText

HERE = Path(__file__).parent
SEEDS = sorted((HERE.parent / "seeds").glob("*.txt"))


def tree(text: str) -> list[tuple[str, str]]:
    """Path and text of each clause of a text whose lines are paragraphs."""
    source = SourceText(text=text, kind="html", one_line_per_paragraph=True)
    return [(clause.path, clause.text) for clause in parse(source, "x").clauses]


def paths(text: str) -> list[str]:
    return [path for path, _ in tree(text)]


def line(clause: Clause) -> str:
    """One clause in a golden tree: level, path, how its text begins and ends, roles of its duties, offsets."""
    text = clause.text.replace("\n", "⏎")
    shown = text if len(text) <= 24 else f"{text[:12]}…{text[-11:]}"
    duties = " ".join(f"{duty.role}×{len(duty.units)}" for duty in clause.duties)
    return f"{clause.level}\t{clause.path}\t{shown}\t{duties}\t{clause.start}–{clause.end}"


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seed_equals_its_golden_tree(path: Path) -> None:
    golden = HERE / "data" / "golden" / f"{path.name[:3]}.tsv"
    found = "\n".join(line(clause) for clause in parse(load(path), "x").clauses) + "\n"
    assert found == golden.read_text(encoding="utf-8")


HEAD = "某某市人民政府关于促进就业的意见\n某政发〔2021〕3号\n各区县人民政府：\n现提出如下意见。\n"
TAIL = "某某市人民政府\n2021年5月31日\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # a paragraph behind the last single-paragraph clause belongs to the document
        (
            "一、加强领导。各区县要落实责任。\n二、强化督导。定期通报进展。\n本意见自印发之日起施行。\n",
            ["一、", "二、", "结尾"],
        ),
        # but to its clause where clauses have several paragraphs
        (
            "一、加强领导\n各区县要落实责任，切实抓好工作落实。\n同时要压实责任，做到层层传导压力。\n"
            "二、强化督导\n定期通报进展，确保取得实效。\n对工作不力的要严肃问责，绝不姑息。\n",
            ["一、", "二、"],
        ),
        # enumerations inside a paragraph, and what returns to the whole
        (
            "一、主要做法\n我市采取以下措施。一是摸清底数，建立台账。二是分类施策，精准帮扶。\n下一步，我市将继续努力。\n二、打算\n再接再厉。\n",
            ["一、", "一、一是", "一、二是", "一、", "二、"],
        ),
        (
            "一、主要做法\n一方面，针对企业需求，加强服务。\n另一方面，做好事前评估。\n下一步，将继续推动。\n二、打算\n再接再厉。\n",
            ["一、", "一、", "一、", "一、", "二、"],
        ),
        # a list inside a clause ends before a paragraph that follows single items
        (
            "一、申报条件\n1.在本市注册；\n2.信用良好。\n符合条件的单位向所在区县提出申请，逾期不予受理。\n二、申报程序\n按规定办理。\n",
            ["一、", "一、1.", "一、2.", "一、", "二、"],
        ),
        # numbers run on across parents
        (
            "一、目标\n（一）扩大规模。力争新增就业。\n二、任务\n（二）强化培训。开展订单培训。\n（三）优化服务。\n",
            ["一、", "一、（一）", "二、", "二、（二）", "二、（三）"],
        ),
        # boxes have their own numbers; the numbering behind them goes on
        (
            "一、重点工程\n（一）实施培训工程。\n专栏1 技能提升工程\n1.建设基地。\n2.开展竞赛。\n（二）实施服务工程。\n二、保障\n",
            ["一、", "一、（一）", "专栏1", "专栏11.", "专栏12.", "一、（二）", "二、"],
        ),
    ],
)
def test_body(body: str, expected: list[str]) -> None:
    assert paths(HEAD + body + TAIL) == ["头部", "前言", *expected, "落款"]


def test_articles_items_and_paragraphs() -> None:
    text = (
        "某某市停车管理条例\n（2020年5月28日某某市人民代表大会常务委员会通过）\n第一章　总则\n第一条　为了规范停车管理，制定本条例。\n"
        "第二条　停车场分为：\n（一）公共停车场；\n（二）专用停车场。\n专用停车场可以向社会开放。\n依照前款规定开放的，应当公示价格。\n"
        "第二章　法律责任\n第三条　违反第二条第二款规定的，给予警告。\n第三条第一款规定的处罚由公安机关决定。\n"
    )
    assert tree(text)[1:] == [
        ("第一章", "第一章　总则"),
        ("第一章第一条", "第一条　为了规范停车管理，制定本条例。"),
        ("第一章第二条", "第二条　停车场分为："),
        ("第一章第二条（一）", "（一）公共停车场；"),
        ("第一章第二条（二）", "（二）专用停车场。"),
        ("第一章第二条", "专用停车场可以向社会开放。\n依照前款规定开放的，应当公示价格。"),
        ("第二章", "第二章　法律责任"),
        ("第二章第三条", "第三条　违反第二条第二款规定的，给予警告。\n第三条第一款规定的处罚由公安机关决定。"),
    ]


def test_quoted_wording_of_another_act_opens_no_clause() -> None:
    text = "关于修改《某某条例》的决定\n一、将第六条修改为：\n“第六条　本市实行登记制度。\n（一）按年登记；\n（二）按季核验。”\n二、删去第八条。\n"
    assert [path for path in paths(text) if path != "头部"] == ["一、", "二、"]


def test_notice_with_enclosed_plan_and_annex() -> None:
    text = (
        "某某市人民政府办公室关于印发某某市就业工作方案的通知\n某政办发〔2021〕8号\n各区县人民政府：\n"
        "《某某市就业工作方案》已经市政府同意，现印发给你们，请认真贯彻执行。\n某某市人民政府办公室\n2021年6月1日\n"
        "某某市就业工作方案\n为做好就业工作，制定本方案。\n一、目标\n新增就业5万人。\n二、任务\n（一）开展培训。\n"
        "附件1\n重点任务分工表\n一、培训任务\n由市人社局负责。\n"
    )
    assert paths(text) == [
        *("头部", "通知", "落款", "头部", "前言", "一、", "二、", "二、（一）"),
        *("附件1", "附件1一、"),
    ]


def test_text_without_numbers() -> None:
    text = (
        "某某市人民政府关于同意设立某某学院的批复\n某政复〔2021〕5号\n市教育局：\n你局《关于设立某某学院的请示》收悉。经研究，现批复如下。\n"
        "同意设立某某学院，为公办全日制普通高等职业学校。\n某某市人民政府\n2021年5月31日\n"
    )
    assert paths(text) == ["头部", "¶1", "¶2", "¶3", "落款"]


def test_headings_of_a_child_are_those_of_its_ancestors() -> None:
    source = SourceText(
        text=HEAD + "一、支持政策\n（一）扩大就业。对有下列情形之一的给予补贴：\n1.招用毕业生的；\n2.招用残疾人的。\n",
        kind="html",
        one_line_per_paragraph=True,
    )
    clause = parse(source, "x").clauses[-1]
    assert clause.path == "一、（一）2."
    assert clause.headings == ("一、支持政策", "（一）扩大就业。")
    assert clause.parent is not None


def test_gap_in_numbering_is_reported() -> None:
    source = SourceText(text="一、甲乙丙丁\n二、戊己庚辛\n四、壬癸子丑\n", kind="html", one_line_per_paragraph=True)
    assert "编号缺失：“二、”之后是“四、”" in parse(source, "x").remarks
