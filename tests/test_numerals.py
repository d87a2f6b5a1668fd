"""Numerals and dates: tables of real spellings and properties over all numbers and days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.numerals import find_dates, iso_date, to_chinese, to_int

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
FINANCIAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")


@pytest.mark.parametrize("zero", "〇○零ＯO")
def test_every_number_in_every_script(zero: str) -> None:
    for number in range(1, 10_000):
        chinese = to_chinese(number).replace("零", zero)
        assert to_int(chinese) == number
        assert to_int(chinese.translate(FINANCIAL)) == number
        assert to_int(str(number)) == number
        assert to_int(str(number).translate(FULL_WIDTH)) == number
        assert to_int("".join((zero + "一二三四五六七八九")[int(digit)] for digit in str(number))) == number


def test_enclosed_numbers() -> None:
    for first, count in (("①", 20), ("⑴", 20), ("⒈", 20), ("㈠", 10), ("❶", 10), ("Ⅰ", 12)):
        for step in range(count):
            assert to_int(chr(ord(first) + step)) == step + 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("廿三", 23), ("卅一", 31), ("一百十", 110), ("一千零十", 1010), ("一万零五", 10005), ("十万", 100_000),
        ("（十二）", 12), ("(3)", 3), ("两", 2), (" 7 ", 7), ("㉑", 21),
        ("二百五", None), ("十十", None), ("二十零五", None), ("万", None), ("", None), ("（）", None), ("第", None),
        ("一般", None), ("三两", None), ("零零十", None), ("一百二百", None), ("一、二", None), ("1.5", None),
    ],
)  # fmt: skip
def test_to_int(text: str, number: int | None) -> None:
    assert to_int(text) == number


@given(st.integers(0, 99_999_999))
def test_chinese_and_back(number: int) -> None:
    assert to_int(to_chinese(number)) == number


@pytest.mark.parametrize("number", [-1, 100_000_000])
def test_out_of_range(number: int) -> None:
    with pytest.raises(ValueError, match="超出"):
        to_chinese(number)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2021年5月31日", "2021-05-31"),
        ("2021 年 5 月 31 日", "2021-05-31"),
        ("2021年\u30005月31日", "2021-05-31"),
        ("2019年01月27日", "2019-01-27"),
        ("二〇二一年五月三十一日", "2021-05-31"),
        ("二○○四年八月十二日", "2004-08-12"),
        ("二OO四年八月十二日", "2004-08-12"),
        ("二零二二年十二月", "2022-12"),
        ("2021年9月", "2021-09"),
        ("2021-05-31", "2021-05-31"),
        ("2021.5.31", "2021-05-31"),
        ("2021/5/31", "2021-05-31"),
        ("20210531", "2021-05-31"),
        ("２０１１年１１月１日", "2011-11-01"),
        ("一九九七年元月廿八日", "1997-01-28"),
        ("2021年6月2日印发", "2021-06-02"),
        ("2024年 6月 25日印发", "2024-06-25"),
        ("2021年2月30日", None),
        ("2021年13月1日", None),
        ("2016年至2020年", None),
        ("2021.5", None),
        ("1.5亿元", None),
        ("192.168.5.31", None),
        ("120210531", None),
        ("于2021年11月30日前报送", None),
        ("2021年5月18日-2021年5月24日", None),
    ],
)
def test_iso_date(text: str, iso: str | None) -> None:
    assert iso_date(text) == iso


def test_find_dates_tells_place_and_printing() -> None:
    text = "自2022年1月1日起施行。贵州省投资促进局办公室 2024年 6月 25日印发"
    first, second = find_dates(text)
    assert text[first.span.start : first.span.end] == "2022年1月1日"
    assert (first.iso, first.printed) == ("2022-01-01", False)
    assert (second.iso, second.printed) == ("2024-06-25", True)


def _spelled(day: date) -> list[str]:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
    return [
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month:02d}月{day.day:02d}日",
        f"{day.year}年{day.month}月{day.day}日".translate(FULL_WIDTH),
        f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{year}年{to_chinese(day.month)}月{to_chinese(day.day)}日",
        f"{year}年{to_chinese(day.month)}月{to_chinese(day.day)}日".replace("〇", "○"),
        f"{day.year}-{day.month:02d}-{day.day:02d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}{day.month:02d}{day.day:02d}",
    ]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_every_day_in_every_spelling(day: date) -> None:
    for text in _spelled(day):
        assert iso_date(text) == day.isoformat(), text


@given(st.text(max_size=40))
def test_any_text_is_read_without_error(text: str) -> None:
    to_int(text)
    for found in find_dates(text):
        assert 0 <= found.span.start < found.span.end <= len(text)
