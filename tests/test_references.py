"""References: every form of the grammar by example, and precision and recall on clauses read by hand."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import read_places
from index.references import Reference, definitions, find_references

TRUTH = Path(__file__).parent / "data" / "references.jsonl"
Row = tuple[str, str | None, str | None, tuple[str, ...]]


def rows(text: str, known: dict[str, str] | None = None) -> list[Row]:
    return [(item.kind, item.title, item.number, item.parts) for item in find_references(text, known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "根据《省人民政府关于印发〈某办法〉的通知》（黔府发[2018] 7号）要求",
            [("依据", "省人民政府关于印发〈某办法〉的通知", "黔府发〔2018〕7号", ())],
        ),
        ("《关于印发《某办法》的通知》提出", [("引用", "关于印发〈某办法〉的通知", None, ())]),
        ("落实《甲办法》《乙意见》要求", [("依据", "甲办法", None, ()), ("依据", "乙意见", None, ())]),
        ("按照国发〔2015〕43号文件要求", [("依据", None, "国发〔2015〕43号", ())]),
        ("抢抓新国发2号文件机遇，执行“国十条”", [("引用", None, "新国发2号", ()), ("依据", "国十条", None, ())]),
        ("依照刑法第三百八十三条第一款的规定", [("依据", "刑法", None, ("第三百八十三条第一款",))]),
        ("民法典第二百二十条第二款所称", [("引用", "民法典", None, ("第二百二十条第二款",))]),
        (
            "违反本办法第七条、第九条第（一）、（三）项的",
            [("internal", None, None, ("第七条", "第九条第一项", "第九条第三项"))],
        ),
        ("有第三、四条规定情形的", [("internal", None, None, ("第三条", "第四条"))]),
        ("依照第五条至第七条的规定", [("internal", None, None, ("第五条", "第六条", "第七条"))]),
        (
            "前款规定的；本条第二款所列的",
            [("internal", None, None, ("前款",)), ("internal", None, None, ("本条第二款",))],
        ),
        ("（具体目录见附件2）", [("internal", None, None, ("附件2",))]),
        ("1987年国务院发布的《导游管理规定》同时废止。", [("废止", "导游管理规定", None, ())]),
        ("将第八条第一款修改为：“流动人口”", [("修改", None, None, ("第八条第一款",))]),
        (
            "四、刑法第一百二十条后增加一条，作为第一百二十条之一：“资助”",
            [("修改", "刑法", None, ("第一百二十条",)), ("修改", "刑法", None, ("第一百二十条之一",))],
        ),
        ("国务院办公厅转发《某部意见》", [("转发", "某部意见", None, ())]),
        ("现将《开发区方案》印发给你们", [("印发", "开发区方案", None, ())]),
        ("你市《关于区划的请示》（筑府呈〔2020〕3号）收悉", [("答复", "关于区划的请示", "筑府呈〔2020〕3号", ())]),
        ("关于省政协第1428号提案的答复", [("答复", None, "第1428号提案", ())]),
        ("依照民族区域自治法第二十条", [("依据", "民族区域自治法", None, ("第二十条",))]),
        ("适用涉外民事关系法律适用法第二条", [("依据", "涉外民事关系法律适用法", None, ("第二条",))]),
        # look-alikes
        ("第三条 公民享有权利。", []),
        ("建成第一条生产线和第二条跑道", []),
        ("第二章 建设单位的责任", []),
        ("本条例所称单位，目前条件成熟，成本节约", []),
        ("取得《经营许可证》，填写《申报清单》", []),
        ("开好《红色文化》课程", []),
        ("文号：赣府发〔2020〕6号", []),
        ("第1428个项目，中山路33号，5月3号", []),
        ("依照本法和有关法律、行政法规的规定", []),
        ("采取合法方法依法办理", []),
    ],
)
def test_forms(text: str, expected: list[Row]) -> None:
    assert rows(text) == expected


def test_short_forms_stand_for_what_the_document_defines() -> None:
    first = "根据《贵州省优化营商环境条例》（以下简称《条例》）和《中华人民共和国海关法》(以下简称海关法)"
    known = definitions(first)
    assert known == {"条例": "贵州省优化营商环境条例", "海关法": "中华人民共和国海关法"}
    assert rows("依据《条例》第十条、海关法第五条", known) == [
        ("依据", "贵州省优化营商环境条例", None, ("第十条",)),
        ("依据", "中华人民共和国海关法", None, ("第五条",)),
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("第十条第二款第（三）项", ("第十条第二款第三项",)),
        ("第17条第4项、第五项", ("第十七条第四项", "第十七条第五项")),
        ("第一条第二款第（一）项至第（三）项", tuple(f"第一条第二款第{n}项" for n in "一二三")),
        ("第一至第三条", ("第一条", "第二条", "第三条")),
        ("第一百一十六条、一百一十八条", ("第一百一十六条", "第一百一十八条")),
        ("第二百六十条之一", ("第二百六十条之一",)),
        ("第三章第一节", ("第三章第一节",)),
        ("第三百零七条之一前三款", ("第三百零七条之一前三款",)),
    ],
)
def test_places(text: str, parts: tuple[str, ...]) -> None:
    places = read_places(text, 0)
    assert places is not None
    assert (places.parts, places.end) == (parts, len(text))


Key = tuple[str, str | None, str | None, tuple[str, ...], str]


def _keys(text: str, found: tuple[Reference, ...]) -> set[tuple[int, Key]]:
    return {
        (i, (r.kind, r.title, r.number, r.parts, text[r.span.start : r.span.end])) for i, r in _numbered(text, found)
    }


def _numbered(text: str, found: tuple[Reference, ...]) -> list[tuple[int, Reference]]:
    """Equal references of one text are told apart by their count."""
    seen: dict[str, int] = {}
    out = []
    for item in found:
        name = text[item.span.start : item.span.end]
        seen[name] = seen.get(name, 0) + 1
        out.append((seen[name], item))
    return out


def test_references_read_by_hand() -> None:
    right = given_ = wanted = 0
    for line in TRUTH.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        counts: dict[str, int] = {}
        truth: set[tuple[int, Key]] = set()
        for item in row["references"]:
            counts[item["text"]] = counts.get(item["text"], 0) + 1
            key = (item["kind"], item["title"], item["number"], tuple(item["parts"]), item["text"])
            truth.add((counts[item["text"]], key))
        found = _keys(row["text"], find_references(row["text"]))
        right += len(found & truth)
        given_ += len(found)
        wanted += len(truth)
    assert wanted >= 200
    assert right / given_ >= 0.95
    assert right / wanted >= 0.9


@given(
    st.text(
        alphabet="《》〈〉第一二三十百条款项章（）()〔〕2021号发国、和至前本法办以下简称刑附件3，。：\n ", max_size=60
    )
)
def test_any_text_gives_spans_in_order(text: str) -> None:
    end = 0
    for item in find_references(text):
        assert end <= item.span.start < item.span.end <= len(text)
        end = item.span.end
