"""The pieces of ranking, each by itself: what is asked, sentences, places, addresses, kernels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.address import Step, meets, number_of, steps
from qa.asks import KINDS, asks, has_figure
from qa.cut import sentences
from qa.kernels import (
    any_by_group,
    argbest_by_group,
    best_by_group,
    longest_runs,
    of_maximum,
    presence,
    weighted_share,
)
from qa.lexicon import Lexicon
from qa.places import agreement, places


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("平台引进紧缺人才的绿色通道，该问哪两个厅？", {"who"}),
        ("开发区参与国际合作这条归谁牵头？", {"who"}),
        ("“十四五”期间贵阳贵安要收储多少亩工业用地", {"number"}),
        ("啥叫“四规融合”？", {"definition"}),
        ("湖北房地产开发二级资质网上怎么申请", {"procedure"}),
        ("给科研人员松绑的配套办法最晚什么时候改完", {"when"}),
        ("能不能几家凑一块儿放款？", {"yes_no"}),
        ("它为啥没评上省级“重点开发区”", {"why"}),
    ],
)
def test_kinds_of_answers(question: str, kinds: set[str]) -> None:
    found = {name for name, flag in zip(KINDS, asks(question).flags, strict=True) if flag}
    assert kinds <= found


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("贵阳标准厂房租金每平方米每月多少钱", "月租金为每平方米12元", "累计新增标准厂房1500万平方米"),
        ("进出口总额是多少亿美元", "进出口总额达35亿美元", "进出口总额达200亿元"),
        ("要多久能办好", "应当自受理之日起20个工作日内办结", "应当当面办理"),
        ("年均增速是百分之几", "年均增长8%以上", "共有8家企业"),
        ("入驻了多少家企业", "入驻企业45家", "占地45亩"),
        ("最晚什么时候改完", "在2019年2月底前完成", "应当尽快完成"),
    ],
)
def test_the_quantity_asked_for(question: str, holds: str, lacks: str) -> None:
    patterns = asks(question).patterns
    assert patterns
    assert any(pattern.search(holds) for pattern in patterns)
    assert not any(pattern.search(lacks) for pattern in patterns)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("比重达到70%", True), ("培育三个品牌", True), ("一是加强领导", False), ("依照第三条办理", False)],
)
def test_figures(text: str, expected: bool) -> None:
    assert has_figure(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("提高效率。到2025年达到80%；不得低于此数。", ["提高效率。", "到2025年达到80%；", "不得低于此数。"]),
        ("他说：“干。再干！”然后走了。", ["他说：“干。再干！”然后走了。"]),
        ("（责任单位：市商务局；市财政局。）下一步要抓紧。", ["（责任单位：市商务局；市财政局。）下一步要抓紧。"]),
        ("一、总则\n第一条", ["一、总则", "第一条"]),
        ("没有收尾的（括号。后一句。", ["没有收尾的（括号。", "后一句。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == expected


@given(st.text(alphabet="一二。；！（）“”\n 文a", max_size=60))
def test_sentences_hold_every_visible_character_once(text: str) -> None:
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二、（四）9.", (Step("top", 2), Step("bracket", 4), Step("dot", 9))),
        ("第三章第二十一条", (Step("章", 3), Step("条", 21))),
        ("二、三是", (Step("top", 2), Step("one", 3))),
        ("附件1第五条（二）", (Step("annex", 1), Step("条", 5), Step("bracket", 2))),
        ("附件", (Step("annex", 0),)),
        ("“1+9”平台的两三个1.5亿", ()),
    ],
)
def test_addresses(text: str, expected: tuple[Step, ...]) -> None:
    assert steps(text) == expected


@pytest.mark.parametrize(
    ("asked", "path", "expected"),
    [
        ("二、（四）9.", "二、（四）9.", True),
        ("（四）9.", "二、（四）9.", True),
        ("第九条", "第二章第九条", True),
        ("第九条", "第九条（二）", False),
        ("第二部分第3点", "二、（三）", True),
        ("三、", "二、三是", False),
        ("一、", "二、", False),
        ("第二条", "第三章第五十条（二）", False),
        ("第三条", "二、（三）", True),
    ],
)
def test_an_address_meets_a_path(asked: str, path: str, expected: bool) -> None:
    assert meets(steps(asked), steps(path)) is expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("九", 9), ("十九", 19), ("二十", 20), ("一百二十", 120), ("一千零八十七", 1087), ("12", 12), ("", 0)],
)
def test_numbers_of_addresses(text: str, value: int) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ("江西的开发区", "江西省人民政府关于开发区的意见", 1.0),
        ("贵阳的开发区", "贵州省人民政府", 0.5),
        ("重庆的园区", "浙江省人民政府", -1.0),
        ("遵义的园区", "贵阳市人民政府", -0.5),
        ("贵州的园区", "贵阳市人民政府", 0.5),
        ("开发区", "浙江省人民政府", 0.0),
        ("重庆的园区", "国务院办公厅", 0.0),
    ],
)
def test_places_agree_or_exclude_each_other(asked: str, found: str, expected: float) -> None:
    assert agreement(places(asked), places(found)) == expected


def test_presence_takes_a_figure_whole() -> None:
    flags = presence(["3", "增长", "8%"], ["增长13%", "增长3%和8%", "3个"])
    assert flags.tolist() == [[False, False, True], [True, True, False], [False, True, False]]


@given(
    st.lists(st.text(alphabet="甲乙丙", max_size=8), min_size=1, max_size=6),
    st.text(alphabet="甲乙丙", min_size=1, max_size=3),
)
def test_presence_equals_a_search_in_each_segment(segments: list[str], unit: str) -> None:
    assert presence([unit], segments)[0].tolist() == [unit in segment for segment in segments]


def test_groups_are_reduced_in_order() -> None:
    starts = np.array([0, 2], np.int64)
    values = np.array([0.2, 0.9, 0.5, 0.5], np.float32)
    assert best_by_group(values, starts).tolist() == pytest.approx([0.9, 0.5])
    assert argbest_by_group(values, np.array([0, 0, 1, 1]), 2).tolist() == [1, 2]
    flags = np.array([[True, False, False, False]])
    assert any_by_group(flags, starts).tolist() == [[True, False]]


def test_shares_runs_and_maxima() -> None:
    flags = np.array([[True, False], [True, True], [False, True]])
    assert weighted_share(flags, np.array([1, 1, 2], np.float32)).tolist() == pytest.approx([0.5, 0.75])
    assert weighted_share(flags, np.zeros(3, np.float32)).tolist() == [0, 0]
    assert longest_runs(flags).tolist() == [2, 2]
    assert of_maximum(np.array([2, 4], np.float32)).tolist() == [0.5, 1.0]


def test_the_longest_everyday_expression_wins() -> None:
    lexicon = Lexicon({"安家": ("住房",), "安家费": ("一次性补助",), "领多少": ("标准",)})
    found = lexicon.concepts("安家费能领多少")
    assert [(c.start, c.end, c.official) for c in found] == [(0, 3, ("一次性补助",)), (4, 7, ("标准",))]
