"""Figures and deadlines: real lines in, kind, value, unit, bound, words and deadline out; and what is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.deadlines import find_deadlines
from index.figures import find_figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2025年，国家级开发区", ("到2025年", None, "2025-12-31")),
        ("力争到2020年“1＋7”平台内外经贸企业达6000家", ("到2020年", None, "2020-12-31")),
        ("请于2021年11月30日前报送", ("于2021年11月30日前", None, "2021-11-30")),
        ("2021年6月底前完成", ("2021年6月底前", None, "2021-06-30")),
        ("2021年底前完成整改", ("2021年底前", None, "2021-12-31")),
        ("2023年年底前", ("2023年年底前", None, "2023-12-31")),
        ("2025年前建成", ("2025年前", None, "2024-12-31")),
        ("2022年上半年完成", ("2022年上半年", None, "2022-06-30")),
        ("2025年达到500万元/亩", ("2025年", None, "2025-12-31")),
        ("到二〇二五年，", ("到二〇二五年", None, "2025-12-31")),
        ("“十四五”期间，每个国家级开发区", ("“十四五”期间", "2021-01-01", "2025-12-31")),
        ("到“十四五”期末实现基本公共服务全覆盖", ("到“十四五”期末", None, "2025-12-31")),
        ("2016年至2020年，“1＋7”平台规划范围内的", ("2016年至2020年", "2016-01-01", "2020-12-31")),
        ("（2021—2025年）", ("2021—2025年", "2021-01-01", "2025-12-31")),
        ("年底前完成", ("年底前", None, "2021-12-31")),
        ("明年6月底前", ("明年6月底前", None, "2022-06-30")),
        ("自受理之日起5个工作日内办结", ("自受理之日起5个工作日内", None, None)),
        ("三十日内", ("三十日内", None, None)),
    ],
)
def test_deadlines(text: str, expected: tuple[str, str | None, str | None]) -> None:
    found = find_deadlines(text, "2021-05-31")
    assert [(item.text, item.since, item.until) for item in found] == [expected]
    span = found[0].span
    assert "".join(text[span.start : span.end].split()) == found[0].text


@pytest.mark.parametrize(
    "text",
    [
        "截至2020年底，全省共有",
        "2020年，全省完成投资100亿元",
        "2021年5月31日",
        "自2021年1月1日起施行",
        "直到2020年",
        "进入“十四五”时期，贵州提出",
        "2020年完成产量4500吨",
        "《优化营商环境行动计划（2022—2025年）》",
        "2025年版",
        "“十四五”规划",
        "“十四五”以来",
        "省内外企业、年内容",
        "第三年内部",
    ],
)
def test_what_is_no_deadline(text: str) -> None:
    assert find_deadlines(text, "2021-05-31") == ()


FIGURES = [
    (
        "到2025年，国家级、省级开发区工业用地产出强度分别达到500万元/亩、300万元/亩以上。",
        [
            "money 5e+06 元/亩 at_least 国家级、省级开发区工业用地产出强度 到2025年",
            "money 3e+06 元/亩 at_least 国家级、省级开发区工业用地产出强度 到2025年",
        ],
    ),
    (
        "“十四五”期间，每个国家级开发区新增投资 50 亿元级项目 5 个以上，每个省级开发区新增投资 20 亿元级项目 5 个以上。",
        [
            "count 5 个 at_least 每个国家级开发区新增投资50亿元级项目 “十四五”期间",
            "count 5 个 at_least 每个省级开发区新增投资20亿元级项目 “十四五”期间",
        ],
    ),
    (
        "力争到2020年“1＋7”平台内外经贸企业达6000家，新建3个以上国家级外贸转型升级示范基地。",
        [
            "count 6000 家 exact “1＋7”平台内外经贸企业 到2020年",
            "count 3 个 at_least 新建国家级外贸转型升级示范基地 到2020年",
        ],
    ),
    ("争取每年引进国内外500强企业10家以上。", ["count 10 家 at_least 引进国内外500强企业 -"]),
    ("争取建成中印产业园及2-3个境外合作园区。", ["count 2..3 个 exact 建成中印产业园及境外合作园区 -"]),
    ("标准厂房利用率保持在 80% 以上。", ["percent 80 % at_least 标准厂房利用率 -"]),
    ("到2025年形成租赁住房供应40万套以上", ["count 400000 套 at_least 形成租赁住房供应 到2025年"]),
    ("专任教师应当不低于本校教师总数的5%", ["percent 5 % at_least 专任教师应当不低于本校教师总数的 -"]),
    ("财政部门应当自收到之日起二十日内答复", ["period 20 日 at_most 财政部门应当自收到之日起 -"]),
    ("培育 2 至 3 个潜力产业", ["count 2..3 个 exact 培育潜力产业 -"]),
    ("累计完成工业用地收储 60000 亩以上", ["area 60000 亩 at_least 完成工业用地收储 -"]),
    ("合同投资总额3510.5亿元", ["money 3.5105e+11 元 exact 合同投资总额 -"]),
    ("增速不低于8.5个百分点", ["percent 8.5 个百分点 at_least 增速 -"]),
    ("给予最高不超过100万元奖励", ["money 1e+06 元 at_most 给予 -"]),
    ("占全市工业比重90%左右", ["percent 90 % about 占全市工业比重 -"]),
    ("解决就业4000余人", ["count 4000 人 more_than 解决就业 -"]),
    ("自受理之日起5个工作日内办结", ["period 5 个工作日 at_most 自受理之日起 -"]),
    ("本办法有效期5年。", ["period 5 年 exact 本办法有效期 -"]),
    (
        "处三年以下有期徒刑，并处二万元以上二十万元以下罚金",
        ["period 3 年 at_most 处 -", "money 20000 元 at_least 有期徒刑并处 -", "money 200000 元 at_most 有期徒刑并处 -"],
    ),
    ("持股比例不得超过百分之三点五", ["percent 3.5 % at_most 持股比例 -"]),
    ("１，２３４．５万元", ["money 1.2345e+07 元 exact  -"]),
    ("地区生产总值翻一番", ["count 2 倍 exact 地区生产总值 -"]),
    ("标准厂房利用率达到80%（2025年底前）", ["percent 80 % exact 标准厂房利用率 2025年底前"]),
    (
        "53个县（市、区）党政主要领导赴省外招商833次",
        ["count 53 个 exact 县 -", "count 833 次 exact 县（市、区）党政主要领导赴省外招商 -"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FIGURES)
def test_figures(text: str, expected: list[str]) -> None:
    found = find_figures(text)
    shown = []
    for item in found:
        value = f"{item.value:g}" + (f"..{item.highest:g}" if item.highest is not None else "")
        deadline = item.deadline.text if item.deadline else "-"
        shown.append(f"{item.kind} {value} {item.unit} {item.bound} {item.subject} {deadline}")
        assert "".join(text[item.span.start : item.span.end].split()) == item.text
    assert shown == expected


@pytest.mark.parametrize(
    "text",
    [
        "2021年5月31日",
        "筑府办函〔2021〕33号",
        "第三条规定的",
        "第15条、第5个",
        "第十六条以下",
        "1. 优化开发区布局",
        "三年行动计划（2021—2023年）",
        "“十四五”规划",
        "打造 24 小时自助服务大厅",
        "省“1＋7”开放创新平台",
        "国内外500强企业、A类企业、5G基站",
        "一个中心、一、二、三等奖",
        "12345热线",
        "20世纪90年代",
        "第1428号提案",
        "6项目审批、核准文件",
        "12月18日至19日",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert find_figures(text) == ()


@given(
    value=st.integers(min_value=1, max_value=99_999),
    scale=st.sampled_from([("", 1), ("万", 10_000), ("亿", 100_000_000)]),
    unit=st.sampled_from(["元", "吨", "家", "平方米"]),
    bound=st.sampled_from([("", "exact"), ("以上", "at_least"), ("以下", "at_most"), ("左右", "about")]),
    blank=st.sampled_from(["", " ", "\u3000"]),
)
def test_value_unit_and_bound_are_read_back(
    value: int, scale: tuple[str, int], unit: str, bound: tuple[str, str], blank: str
) -> None:
    text = f"全市总量达到{blank}{value}{blank}{scale[0]}{unit}{blank}{bound[0]}。"
    (found,) = find_figures(text)
    assert (found.value, found.unit, found.bound) == (value * scale[1], unit, bound[1])
    assert found.subject == "全市总量"


@given(
    st.text(
        alphabet="0123456789.,%年月日个家亿万元/亩以上不超过约到至-—、，。（）第一二十五百分之“”“四五”期间前底内 \n",
        max_size=50,
    )
)
def test_spans_lie_in_the_text_and_apart(text: str) -> None:
    for found in (find_figures(text), find_deadlines(text, "2021-05-31")):
        end = 0
        for item in found:
            assert end <= item.span.start < item.span.end <= len(text)
            end = item.span.end


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("明确首位产业，培育 2 至 3 个潜力产业，围绕主导产业抓招商", "培育潜力产业"),
        ("药品再注册费由2.44万元下降", "药品再注册费"),
        ("年平均培训高素质农民不少于3万人", "年平均培训高素质农民"),
    ],
)
def test_the_words_of_a_figure(text: str, subject: str) -> None:
    assert find_figures(text)[0].subject == subject
