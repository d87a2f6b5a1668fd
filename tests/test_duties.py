"""Lists of responsible bodies: real lists in, roles and single bodies out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.duties import find_duties

R, L, A = "责任单位", "牵头单位", "配合单位"


@pytest.mark.parametrize(
    ("listing", "duties"),
    [
        (
            "（责任单位：省商务厅、省发展改革委，贵阳市政府、贵安新区管委会）",
            "责任单位：省商务厅 省发展改革委 贵阳市政府 贵安新区管委会",
        ),
        (
            "（牵头单位：市自然资源和规划局，贵安新区自然资源局，各区（市、县）政府、开发区管委会）",
            "牵头单位：市自然资源和规划局 贵安新区自然资源局 各区（市、县）政府 开发区管委会",
        ),
        (
            "（牵头单位：市发展改革委、市大数据局，各区（市、县）政府、开\n发区管委会)",
            "牵头单位：市发展改革委 市大数据局 各区（市、县）政府 开发区管委会",
        ),
        (
            "（牵头单位：市发展改革委，各区（市、县）政府、开发区管委会",
            "牵头单位：市发展改革委 各区（市、县）政府 开发区管委会",
        ),
        ("（责任单位：省“1＋7”联席会议办公室及各成员单位）", "责任单位：省“1＋7”联席会议办公室 各成员单位"),
        (
            "（牵头单位：市工业和信息化局；配合单位：市财政局、市商务局，各区（市、县）政府）",
            "牵头单位：市工业和信息化局；配合单位：市财政局 市商务局 各区（市、县）政府",
        ),
        ("（牵头单位：市科技局。责任单位：市财政局）", "牵头单位：市科技局；责任单位：市财政局"),
        ("〔牵头单位：市科技局；责任单位：各区政府〕", "牵头单位：市科技局；责任单位：各区政府"),
        ("[责任部门：省财政厅]", "责任单位：省财政厅"),
        ("【责任单位：省财政厅】", "责任单位：省财政厅"),
        ("（责任单位：省局行政审批处、相关业务处室；完成时限：2021年12月底）", "责任单位：省局行政审批处 相关业务处室"),
        ("（省发展改革委牵头，省财政厅、省商务厅等配合）", "牵头单位：省发展改革委；配合单位：省财政厅 省商务厅"),
        ("（省商务厅、省财政厅按职责分工负责）", "责任单位：省商务厅 省财政厅"),
        ("（体育总局负责）", "责任单位：体育总局"),
        ("（国家发展改革委会同有关部门负责）", "责任单位：国家发展改革委；配合单位：有关部门"),
        ("（负责部门：海关总署，适用范围：福建自贸试验区）", "责任单位：海关总署"),
        ("（市商务局牵头；市财政局、各区县政府参与，长期坚持）", "牵头单位：市商务局；配合单位：市财政局 各区县政府"),
        (
            "（责任单位：省教育厅，各市、县〔区〕政府，赣江新区管委会）",
            "责任单位：省教育厅 各市、县〔区〕政府 赣江新区管委会",
        ),
        (
            "（责任单位：省农业农村厅、省气象局，各市、州、县人民政府）",
            "责任单位：省农业农村厅 省气象局 各市、州、县人民政府",
        ),
        (
            "（责任单位：省金融监管局、省财政厅和各市、县〔区〕人民政府）",
            "责任单位：省金融监管局 省财政厅 各市、县〔区〕人民政府",
        ),
        (
            "（农业农村部、文化和旅游部、交通运输部等和各有关省级人民政府负责）",
            "责任单位：农业农村部 文化和旅游部 交通运输部 各有关省级人民政府",
        ),
        (
            "（省商务厅、省农业农村厅、各市、县〔市、区〕政府分工负责）",
            "责任单位：省商务厅 省农业农村厅 各市、县〔市、区〕政府",
        ),
        (
            "（责任单位：省人力资源社会保障厅、省卫生健康委等，各市、县〔区〕政府）",
            "责任单位：省人力资源社会保障厅 省卫生健康委 各市、县〔区〕政府",
        ),
    ],
)
def test_bracketed_lists(listing: str, duties: str) -> None:
    text = f"9. 提高开发区亩产效益。坚持“亩产论英雄”。{listing}"
    found, spans = find_duties(text)
    assert "；".join(f"{duty.role}：{' '.join(duty.units)}" for duty in found) == duties
    assert [text[span.start : span.end] for span in spans] == [listing]


def test_lines_of_their_own() -> None:
    text = "（一）培育主体。支持企业发展。\n牵头单位：市科技局\n责任单位：各区政府、市财政局。"
    found, spans = find_duties(text)
    assert [(duty.role, duty.units) for duty in found] == [(L, ("市科技局",)), (R, ("各区政府", "市财政局"))]
    assert [text[span.start : span.end] for span in spans] == ["牵头单位：市科技局", "责任单位：各区政府、市财政局。"]


def test_several_lists_of_one_clause_are_joined_by_role() -> None:
    found, spans = find_duties("明确公益属性。（省市场监管局负责）简化审批。（省商务厅、省市场监管局负责）")
    assert [(duty.role, duty.units) for duty in found] == [(R, ("省市场监管局", "省商务厅"))]
    assert len(spans) == 2


@pytest.mark.parametrize(
    "text",
    [
        "落实粮食安全责任制（由省级人民政府负责）的要求，各地要抓好落实。",
        "行政执法机关主要负责人是第一责任人，对本机关作出的行政执法决定负责。",
        "（八）村庄，由村民委员会负责。",
        "（联系人：柴超；联系电话：86892879）",
        "主办单位：某某信息技术有限公司",
        "（此件公开发布）",
        "到2025年达到100家（含）。（以下简称责任单位）",
        "",
    ],
)
def test_what_is_no_list(text: str) -> None:
    assert find_duties(text) == ((), ())


@given(st.text(alphabet="（）()〔〕责任单位牵头负责：、，。；省市局厅和等\n“”1年", max_size=60))
def test_spans_lie_in_the_text_and_apart(text: str) -> None:
    duties, spans = find_duties(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end
    assert bool(duties) == bool(spans)
    assert all(duty.units for duty in duties)
