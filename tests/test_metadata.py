"""Metadata: heads, signatures and colophons of real documents in, fields out."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paragraphs import readable_of

from bench.structure import measure
from bench.structure import read as read_file
from index.adoption import read_adoption
from index.layout import layout
from index.metadata import extract
from index.records import Metadata

SHARED = Path(__file__).parents[2] / "shared"
SEEDS = Path(__file__).parents[1] / "seeds"

REPLY_HEAD = [
    "贵州省投资促进局文件",
    "黔投提复字〔2024〕64号 签发人：谢 强",
    "省投资促进局关于省政协十三届二次会议",
    "第1428号提案的答复",
]
REPLY_TAIL = ["省投资促进局", "2024年 6月 25日", "（附 注：依申请公开）", "（联系人：何德勇；联系电话：86892879）"]
COLOPHON = [
    "抄送：省人大选举任免联络委员会，省人民政府办公厅；六盘水市人大常委会",
    "省工业和信息化厅",
    "贵州省投资促进局办公室2024年 6月 26日印发",
    "共印 5份",
]
BODY = [
    "谢强委员：",
    "您提出的提案收悉，按照《意见》（黔府办发〔2021〕6号，2021年3月1日印发），现答复如下：",
    "一、关于营商环境。",
]


def read(lines: list[str]) -> Metadata:
    readable, source = readable_of(lines)
    return extract(readable, layout(readable), source)


def test_reply() -> None:
    found = read([*REPLY_HEAD, *BODY, *REPLY_TAIL, *COLOPHON])
    assert found.title == "省投资促进局关于省政协十三届二次会议第1428号提案的答复"
    assert found.number == "黔投提复字〔2024〕64号"
    assert found.issuer == "贵州省投资促进局"
    assert (found.issued_on, found.printed_on) == ("2024-06-25", "2024-06-26")
    assert (found.type, found.disclosure, found.addressee, found.signatory) == (
        "答复",
        "依申请公开",
        "谢强委员",
        "谢强",
    )
    assert found.copies == ("省人大选举任免联络委员会", "省人民政府办公厅", "六盘水市人大常委会", "省工业和信息化厅")
    assert found.contact == "联系人：何德勇；联系电话：86892879"


def test_numbers_and_dates_of_the_body_stay_there() -> None:
    found = read([*BODY, "二、自2021年3月1日起按照国发〔2014〕51号办理，并于2021年11月30日前报送。"])
    assert (found.number, found.issued_on, found.printed_on) == (None, None, None)


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (["江西省人民政府令", "第232号", "关于废止某办法的决定", "省政府决定废止某办法。"], "number", "江西省人民政府令第232号"),
        (["国家税务总局公告", "2020年第5号", "关于某事的公告", "某。"], "number", "国家税务总局公告2020年第5号"),
        (["编号：20212183", "各有关单位：", "现征求意见。"], "number", "编号：20212183"),
        (["关于落实措施的通知津市场监管垄〔2021〕5号", "各区人民政府："], "number", "津市场监管垄〔2021〕5号"),
        (["关于某事的通知", "（某政办发〔2021〕117号）", "各区人民政府："], "number", "某政办发〔2021〕117号"),
        (["文号：", "关于某事的通知", "各区人民政府："], "number", None),
        (["文号：赣府厅字〔2020〕14号", "关于某事的通知", "各区人民政府："], "number", "赣府厅字〔2020〕14号"),
        (["关于某事的通知", "各区人民政府：", "请执行。", "某市教育局", "二○○四年八月十二日"], "issued_on", "2004-08-12"),
        (["成文日期：2020-03-11", "关于某事的通知", "请执行。", "2018年5月9日", "（此件主动公开）"], "issued_on", "2018-05-09"),
        (["某规划", "某市规划局", "2021年9月", "前言", "某某。"], "issued_on", "2021-09"),
        (["某法", "（2007年8月30日某会通过　2022年6月24日某会修正）", "第一条 某。"], "issued_on", "2022-06-24"),
        (["关于某事的批复", "请执行。此复！某区审批局2025年1月9日", "（此件主动公开）"], "issued_on", "2025-01-09"),
        (["关于某事的批复", "请执行。此复！某区审批局2025年1月9日", "（此件主动公开）"], "issuer", "某区审批局"),
        (["某新闻", "发布日期: 2021-03-24 来源：贵州日报", "某某。"], "published_on", "2021-03-24"),
        (["某新闻", "发布日期: 2021-03-24 来源：贵州日报", "某某。"], "issued_on", None),
        (["某新闻", "发布日期: 2021-03-24 来源：贵州日报", "某某。"], "type", "新闻"),
        (["发文机关：省政府办公厅", "江西省人民政府办公厅关于某事的意见", "某某。"], "issuer", "江西省人民政府办公厅"),
        (["市人社局关于某事的通知", "各单位："], "issuer", None),
        (["关于某事的通告", "特此通告。", "市人社局", "市税务局", "2021年11月17日"], "issuer", "市人社局、市税务局"),
        (["中华人民共和国某条例", "（1987年9月10日国务院发布）", "第一条 某。"], "type", "行政法规"),
        (["中华人民共和国某法", "第一条 某。"], "type", "法律"),
        (["中华人民共和国国务院令", "第706号", "现将修订后的《某条例》公布，自2019年3月1日起施行。", "总理　某某", "2018年11月6日", "某条例", "第一条 某。"], "type", "行政法规"),
        (["最高人民法院关于适用某法的解释（一）", "第一条 某。"], "type", "司法解释"),
        (["某省某条例", "（2020年12月24日某省第十三届人民代表大会常务委员会第二十六次会议通过）", "第一条 某。"], "type", "地方性法规"),
        (["国务院办公厅关于某事的复函", "某省人民政府："], "type", "函"),
        (["各区人民政府：", "《某办法》已经市政府同意，现印发给你们。", "某市政府", "2021年1月1日", "某办法", "第一条 某。"], "type", "通知"),
        (["各区人民政府：", "《某办法》已经市政府同意，现印发给你们。", "某市政府", "2021年1月1日", "某办法", "第一条 某。"], "enclosed_title", "某办法"),
        (["某办法", "第一条 某。", "第二条 本办法自2022年1月1日起施行。"], "effective_on", "2022-01-01"),
        (["某办法", "第一条 依照自2022年1月1日起施行的某法办理。"], "effective_on", None),
        (["关于某事的通知", "请执行。", "2021年1月1日", "（此件公开发布）"], "disclosure", "主动公开"),
        (["关于某事的通知", "请执行。", "2021年1月1日", "（此件不予公开）"], "disclosure", "不予公开"),
    ],
)  # fmt: skip
def test_fields(lines: list[str], field: str, value: str | None) -> None:
    assert getattr(read(lines), field) == value


def test_adoption_note() -> None:
    found = read_adoption(
        "（2019年10月8日 国务院第66次常务会议通过　2019年10月22日 中华人民共和国国务院令第722号公布　2020年1月1日 施行）"
    )
    assert (found.latest, found.effective_on, found.issuer) == ("2019-10-22", "2020-01-01", "国务院")
    assert found.number == "中华人民共和国国务院令第722号"
    assert read_adoption("（2020年5月28日第十三届全国人民代表大会第三次会议通过）").issuer == "全国人民代表大会"


def test_adoption_note_over_two_lines() -> None:
    lines = ["国务院工作规则", "（二○○四年六月十六日国务院", "第55次常务会议通过）", "第一章　总则", "一、某。"]
    assert read(lines).issued_on == "2004-06-16"
    assert read(
        ["关于某问题的批复", "（2020年11月9日某法院审判委员会）", "第1815次会议通过，自2021年1月1日起施行）", "某。"]
    ).effective_on


@pytest.mark.parametrize("number", range(5))
def test_seeds_are_wholly_right(number: int) -> None:
    truths = SHARED / "eval" / "chunk_truth_seeds.jsonl"
    if not truths.exists():
        pytest.skip("the truth files are not beside the repository")
    truth = json.loads(truths.read_text("utf-8").splitlines()[number])
    found = read_file(SEEDS / Path(truth["file"]).name).metadata
    assert [row for row in measure(truth, found) if not row[1]] == []


@given(
    st.lists(
        st.one_of(st.sampled_from([*REPLY_HEAD, *BODY, *REPLY_TAIL, *COLOPHON]), st.text(max_size=20)), max_size=25
    )
)
def test_any_text_is_read_without_error(lines: list[str]) -> None:
    found = read([line.replace("\n", " ") for line in lines])
    assert found.title is None or "\n" not in found.title
    assert found.issued_on is None or len(found.issued_on) in (7, 10)
