"""Numbering marks: real lines, and lines that only look like clauses."""

import pytest

from index.enumerations import members
from index.grammar import CONTENTS_LINE, read_decimal_top, read_mark, split_heading

MARKS = [
    ("一、总体要求", "cn", (1,), "一、", "总体要求"),
    ("十二．保障措施", "cn", (12,), "十二．", "保障措施"),
    ("壹、总则", "cn", (1,), "壹、", "总则"),
    ("—、指导思想", "cn", (1,), "一、", "指导思想"),
    ("二、三年行动目标", "cn", (2,), "二、", "三年行动目标"),
    ("（二十三）本《意见》适用于以后新设立的国家级开放创新平台。", "cn_paren", (23,), "（二十三）", "本《意见》"),
    ("(一)定性条件。", "cn_paren", (1,), "（一）", "定性条件。"),
    ("㈠申请材料", "cn_paren", (1,), "㈠", "申请材料"),
    ("1. 优化开发区空间布局。", "arabic", (1,), "1.", "优化"),
    ("２．园区选址", "arabic", (2,), "２．", "园区"),
    ("3、市财政局", "arabic", (3,), "3、", "市财政局"),
    ("⒈支持对象", "arabic", (1,), "⒈", "支持对象"),
    ("2.2018、2019、2020年度材料", "arabic", (2,), "2.", "2018"),
    ("（1）有专职人员；", "arabic_paren", (1,), "（1）", "有专职"),
    ("⑵有固定场所", "arabic_paren", (2,), "⑵", "有固定"),
    ("1）以主体功能定位为基础", "arabic_half", (1,), "1）", "以主体"),
    ("①对新引进企业", "circled", (1,), "①", "对新"),
    ("第一章 总 则", "chapter", (1,), "第一章", "总 则"),
    ("第一章总则", "chapter", (1,), "第一章", "总则"),
    ("第一百零一条　公民享有", "article", (101,), "第一百零一条", "公民"),
    ("第一条为了规范行政行为", "article", (1,), "第一条", "为了"),
    ("第二百一十九条之一　为境外的机构", "article", (219, 1), "第二百一十九条之一", "为境外"),
    ("第1条 本条例", "article", (1,), "第1条", "本条例"),
    ("第二部分　准入要求", "part", (2,), "第二部分", "准入"),
    ("1.1　编制目的及依据", "decimal2", (1, 1), "1.1", "编制"),
    ("4.2.1　出现国家级（Ⅰ级）粮食应急状态时", "decimal3", (4, 2, 1), "4.2.1", "出现"),
    ("1.1.2“五个中心”功能实现整体提升。", "decimal3", (1, 1, 2), "1.1.2", "“五个"),
    ("a) 名称和住所", "latin", (1,), "a)", "名称"),
]


@pytest.mark.parametrize(("line", "kind", "value", "text", "rest"), MARKS)
def test_mark_is_read(line: str, kind: str, value: tuple[int, ...], text: str, rest: str) -> None:
    mark = read_mark(line)
    assert mark is not None
    assert (mark.kind, mark.value, mark.text) == (kind, value, text)
    assert line[mark.end :].startswith(rest)


@pytest.mark.parametrize(
    "line",
    [
        "1.5亿元专项资金",
        "2.7%的增长",
        "3.5米以上",
        "2021.5.31",
        "2021年5月31日",
        "0.35",
        "一、二、三等奖",
        "一、二级公路",
        "一般公共预算",
        "一方面，针对民营企业",
        "一网通办",
        "第三条规定的条件",
        "第三条第一款规定的",
        "第十条、第十一条的规定",
        "第二章规定的程序",
        "第三、四条所称",
        "第十二个五年规划",
        "第128号建议的答复",
        "（试行）",
        "（一期）工程",
        "（一）（二）条件之一",
        "（以下简称“平台”）",
        "二〇二一年五月三十一日",
        "各市、自治州人民政府：",
        "",
    ],
)
def test_lookalike_is_no_mark(line: str) -> None:
    assert read_mark(line) is None


def test_forms_that_need_a_predecessor_are_doubtful() -> None:
    for line in ("一 总体要求", "2.2018、2019年度材料", "一）加强领导"):
        mark = read_mark(line)
        assert mark is not None and mark.doubtful, line
    top = read_decimal_top("1　总则")
    assert top is not None and top.doubtful and top.value == (1,)
    assert read_decimal_top("1.总则") is None


@pytest.mark.parametrize(
    ("words", "heading", "rest"),
    [
        ("总体要求", "总体要求", ""),
        ("科学推进开发区规划布局。", "科学推进开发区规划布局。", ""),
        (
            "加强融资支持。支持开发区运营公司与金融机构开展合作。",
            "加强融资支持。",
            "支持开发区运营公司与金融机构开展合作。",
        ),
        ("基本情况：全区共有企业12家。", "基本情况：", "全区共有企业12家。"),
        (
            "对符合条件的企业，给予一次性奖励，最高不超过50万元。",
            "",
            "对符合条件的企业，给予一次性奖励，最高不超过50万元。",
        ),
        ("有专职人员；", "", "有专职人员；"),
    ],
)
def test_heading_is_told_from_text(words: str, heading: str, rest: str) -> None:
    assert split_heading(words) == (heading, rest)


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["采取措施。一是认真遴选；二是提高精准性。"], {0: ["一是", "二是"]}),
        (["工作如下。一是开展试点。", "二是加强宣传。"], {0: ["一是"], 1: ["二是"]}),
        (["一是摸底。二是建库。下一步，我局将继续推进。"], {0: ["一是", "二是", ""]}),
        (["一方面，加强引导。", "另一方面，做好预审。"], {0: ["一方面"], 1: ["另一方面"]}),
        (["这一是原则，统一是关键，之二是补充。"], {}),
        (["只有一是而没有下文。"], {}),
        (["我局一方面将继续努力，", "另一方面，做好预审。"], {}),
        (["三是加强保障；四是严格考核。"], {}),
    ],
)
def test_members_of_enumerations(paragraphs: list[str], expected: dict[int, list[str]]) -> None:
    found = {number: [mark.text for mark in marks] for number, marks in members(paragraphs).items()}
    assert found == expected


def test_contents_lines() -> None:
    assert CONTENTS_LINE.search("三、强化资金保障 ........................ 18")
    assert CONTENTS_LINE.search("一、总体要求……3")
    assert not CONTENTS_LINE.search("贵州首家工厂预计年底建成投产……")
    assert not CONTENTS_LINE.search("1. 优化开发区空间布局。")
