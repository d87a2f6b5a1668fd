"""Questions taken apart: tables of real questions, counter-examples, and properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.numerals import to_chinese
from index.records import Filters
from qa.errors import UsageError
from qa.question import KINDS, check, interpret


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("筑府办函〔2021〕33号说了什么", ("筑府办函〔2021〕33号",)),
        ("筑府办函[2021]33號", ("筑府办函〔2021〕33号",)),
        ("筑府办函（2021）33号第（四）项", ("筑府办函〔2021〕33号",)),
        ("筑府办函２０２１年３３号", ("筑府办函〔2021〕33号",)),
        ("黔投提复字2024年64号 签发人", ("黔投提复字〔2024〕64号",)),
        ("黔投议复字17号第三部分标题是什么？", ("黔投议复字17号",)),
        ("64号提案答复第二部分“三是”写的是什么？", ("64号",)),
        ("33号文件说了什么", ("33号",)),
        ("国务院令第707号第十二条", ("国务院令第707号",)),
        ("省投促局答复省政协第1428号提案，公文编号是多少？", ()),
        ("中山路33号在哪", ()),
        ("2021年5月31日的会议", ()),
    ],
)
def test_numbers(question: str, expected: tuple[str, ...]) -> None:
    assert interpret(question).numbers == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("民法典第九条", ("第九条",)),
        ("第9条第（三）项", ("第九条（三）",)),
        ("第９條", ("第九条",)),
        ("第 十二 条怎么说", ("第十二条",)),
        ("第三章第二十一条第二款", ("第三章第二十一条第二款",)),
        ("第三条之一", ("第三条之一",)),
        ("二（四）9", ("二、（四）9.",)),
        ("二、（四）9. 说的是什么", ("二、（四）9.",)),
        ("二(四)9讲啥", ("二、（四）9.",)),
        ("（四）讲了什么", ("（四）",)),
        ("附件1第五条（二）", ("附件1第五条（二）",)),
        ("第二部分“三是”写的是什么", ("二、三是",)),
        ("第三部分标题是什么", ("三、",)),
        ("第九条和第十二条", ("第九条", "第十二条")),
        ("一、二、三等奖", ()),
        ("第一条生产线什么时候投产", ()),
        ("1.5亿元投资", ()),
        ("分为三、四两类", ()),
        ("国务院令第七十二号", ()),
        ("（2021—2025年）的目标", ()),
    ],
)
def test_addresses(question: str, expected: tuple[str, ...]) -> None:
    assert interpret(question).articles == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2021年3月去广东驻点招商的工作队有多少人？", (2021,)),
        ("2021—2025年的目标", (2021, 2025)),
        ("二〇二五年要达到多少", (2025,)),
        ("二○二一年至二〇二三年", (2021, 2023)),
        ("筑府办函〔2021〕33号2020年的数字", (2020, 2021)),
        ("投资2025万元", (2025,)),
        ("编号12021年", ()),
        ("电话020211234", ()),
    ],
)
def test_years(question: str, expected: tuple[int, ...]) -> None:
    assert interpret(question).years == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("省统计局跟平台有啥关系", ("省统计局",)),
        ("只由市自然资源和规划局一家牵头", ("市自然资源和规划局",)),
        ("投促局是几月几号答复的", ("投促局",)),
        ("按照贵阳市人民政府的规定，由市商务局负责吗", ("贵阳市人民政府", "市商务局")),
        ("各区（市、县）政府要做什么", ("各区（市、县）政府",)),
        ("省發展改革委的任務", ("省发展改革委",)),
        ("国务院办公厅发的通知", ("国务院办公厅",)),
        ("归哪个厅来认定", ()),
        ("全部开办手续在当局办吗", ()),
        ("政府采购的标准", ()),
        ("国务院令第707号", ()),
    ],
)
def test_units(question: str, expected: tuple[str, ...]) -> None:
    assert interpret(question).units == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("马雷签发的那份人大建议答复，发文字号是？", ("number",)),
        ("黔投提复字2024年64号 签发人", ("signatory",)),
        ("1+9平台营商环境那份提案答复是不是主动公开的？", ("disclosure",)),
        ("激活民间投资那条建议，投促局是几月几号答复的？", ("issued_on",)),
        ("最新的文件是哪一份，哪天印发的？", ("printed_on",)),
        ("黔投议复字〔2023〕17号印了几份，由哪个部门印发？", ("issuer", "printed_copies")),
        ("这个办法从什么时候开始施行", ("effective_on",)),
        ("联系电话是多少", ("contact",)),
        ("抄送了哪些单位", ("copies",)),
        ("项目什么时候完成", ()),
        ("政务公开工作由谁负责", ()),
        ("《关于公开方式和发文字号的规定》讲什么", ()),
        ("电视电话会议做了啥部署", ()),
    ],
)
def test_metadata_fields(question: str, expected: tuple[str, ...]) -> None:
    found = interpret(question)
    assert found.fields == expected
    assert ("metadata" in found.kinds) == bool(expected)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("开发区参与国际合作这条归谁牵头？", "who"),
        ("要有多少家？", "number"),
        ("什么时候完成？", "when"),
        ("啥叫四规融合", "definition"),
        ("怎么申请", "procedure"),
        ("能不能先把房子给我们用", "yes_no"),
        ("依据是哪个文件", "document"),
        ("發文字號是多少", "metadata"),
    ],
)
def test_kinds(question: str, kind: str) -> None:
    assert kind in interpret(question).kinds
    assert interpret(question).kinds <= set(KINDS)


def test_titles() -> None:
    assert interpret("《贵阳市方案》和《关于印发〈甲〉的通知》").titles == ("贵阳市方案", "关于印发〈甲〉的通知")


def test_filters_are_handed_through() -> None:
    filters = Filters(issuer="贵阳市")
    assert interpret("问题", filters).filters is filters


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("", "空"),
        (" \n\u3000\ufeff", "空"),
        ("问" * 2001, "2,000"),
        ("问\x00题", "U+0000"),
        ("\x89PNG\r\n\x1a\n\x00", "U+"),
        ("问\udc80题", "U+DC80"),
        ("问\ufffd题", "UTF-8"),
        ("？？！", "标点"),
    ],
)
def test_what_cannot_be_asked(question: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected.replace("+", r"\+")):
        interpret(question)


@pytest.mark.parametrize("question", ["税", "问" * 2000, "第一行\n第二行\t第三行", "\ufeff问题", "開發區？", "Ｑ１"])
def test_what_can_be_asked(question: str) -> None:
    assert interpret(question).question


@given(st.text(max_size=300))
def test_any_text_gives_an_interpretation_or_a_usage_error(text: str) -> None:
    try:
        found = interpret(text)
    except UsageError as error:
        assert str(error)
    else:
        assert found.question == check(text)
        assert list(found.years) == sorted(set(found.years))


@given(st.integers(1, 1300), st.booleans(), st.sampled_from(["", " "]))
def test_every_article_is_read_in_both_scripts(number: int, chinese: bool, gap: str) -> None:
    numeral = to_chinese(number) if chinese else str(number)
    assert interpret(f"这部法第{gap}{numeral}{gap}条怎么说").articles == (f"第{to_chinese(number)}条",)


@given(
    st.sampled_from(["筑府办函", "黔府发", "国办发", "某政规"]),
    st.integers(1950, 2049),
    st.integers(1, 999),
    st.sampled_from(
        ["〔{}〕{}号", "[{}]{}号", "（{}）{}号", "({}){}号", "【{}】{}号", "{}年{}号", "〔{}〕 {} 号", "﹝{}﹞{}号"]
    ),
)
def test_every_spelling_of_a_number_is_read(token: str, year: int, serial: int, form: str) -> None:
    question = f"请问{token}{form.format(year, serial)}对开发区有什么要求"
    assert interpret(question).numbers == (f"{token}〔{year}〕{serial}号",)
