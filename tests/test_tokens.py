import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import bigrams, fold, terms, terms_by_line, units

CASES = [
    ("2025年产出强度达到3.5%以上", ["2025", "年", "产出", "强度", "达到", "3.5%", "以上", "2025年"]),
    ("筑府辦函〔2021〕33號", ["筑府", "办函", "2021", "33", "号"]),
    ("共1,234.5万元", ["共", "1234.5", "万元"]),
    ("2021.5.31", ["2021", "5", "31"]),
    ("二〇二五年一月", ["2025", "年", "一月", "2025年"]),
    ("（ＩＳＯ９００１）", ["iso9001"]),
    ("COVID-19", ["covid", "covid-19"]),
    ("", []),
    ("！？——《》", []),
    ("“1＋7”平台", ["1", "7", "平台", "1+7"]),
    ("“1+N”政策体系", ["1", "n", "政策", "体系", "1+n"]),
    ("1+7=8", ["1", "7", "8"]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_search_mode_gives_long_and_short_words() -> None:
    assert {"工业", "用地", "工业用地"} <= set(terms("工业用地"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("产出强度3.5%以上", ["产出", "出强", "强度", "度3.5%", "3.5%以", "以上"]),
        ("5G网络", ["5g网", "网络"]),
        ("进口，出口", ["进口", "出口"]),
        ("税", []),
        ("一二三、一", ["一二", "二三"]),
    ],
)
def test_bigrams(text: str, expected: list[str]) -> None:
    assert bigrams(text) == expected


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("國家級開發區工業用地產出強度", "国家级开发区工业用地产出强度"),
        ("關於進一步促進貿易便利化", "关于进一步促进贸易便利化"),
        ("戶籍證明在哪裡辦？", "户籍证明在哪里办？"),
        ("爲羣衆説明", "为群众说明"),
    ],
)
def test_traditional_and_simplified_give_the_same_units(traditional: str, simplified: str) -> None:
    assert terms(traditional) == terms(simplified)
    assert bigrams(traditional) == bigrams(simplified)


@pytest.mark.parametrize("text", ["著作权", "凭借", "徽章"])
def test_simplified_text_is_left_alone(text: str) -> None:
    assert fold(text) == text


@given(st.text())
def test_units_are_folded_and_not_blank(text: str) -> None:
    words, pairs = units(text)
    assert words == terms(text)
    assert pairs == bigrams(text)
    assert all(unit and not any(character.isspace() for character in unit) for unit in words + pairs)


@given(st.text(alphabet="國国二〇五年2,1.三3%aA１，", max_size=12))
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


LINES = st.lists(
    st.one_of(st.sampled_from([text for text, _ in CASES]), st.text("年月日一二2021.5+%，。ab 开发区", max_size=20))
)


@given(LINES)
def test_many_lines_are_cut_like_each_alone(lines: list[str]) -> None:
    folded = [fold(line).replace("\n", " ") for line in lines]
    assert terms_by_line(folded) == [terms(line) for line in folded]
