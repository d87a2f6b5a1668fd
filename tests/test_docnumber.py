"""Document numbers: every spelling of the grammar, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.docnumber import find_numbers, number_key, same_number, standard_number

STANDARD = "筑府办函〔2021〕33号"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("筑府办函〔2021〕33号", STANDARD),
        ("筑府办函[2021]33号", STANDARD),
        ("筑府办函【2021】33号", STANDARD),
        ("筑府办函(2021)33号", STANDARD),
        ("筑府办函（2021）33号", STANDARD),
        ("筑府办函﹝2021﹞33号", STANDARD),
        ("筑府办函「2021」33号", STANDARD),
        ("筑府办函<2021>33号", STANDARD),
        ("筑府办函„2021‟33号", STANDARD),
        ("筑府办函\ufffd2021\ufffd33号", STANDARD),
        ("筑府办函〔2021]33号", STANDARD),
        ("筑府办函［2021］33号", STANDARD),
        ("筑府办函 〔2021〕 33 号", STANDARD),
        ("筑府办函〔2021〕33\u3000号", STANDARD),
        ("\u200b筑府办函\u2002〔2021〕\xa033号", STANDARD),
        ("筑府办函〔2021〕第33号", STANDARD),
        ("筑府办函〔2021〕33", STANDARD),
        ("筑府办函〔２０２１〕３３号", STANDARD),
        ("筑府办函〔2021年〕33号", STANDARD),
        ("筑府办函2021年33号", STANDARD),
        ("筑府办函2021年第33号", STANDARD),
        ("筑府办函2021-33号", STANDARD),
        ("筑府办函〔二〇二一〕33号", STANDARD),
        ("筑府办函〔二○二一〕三十三号", STANDARD),
        ("筑府办函二〇二一年三十三号", STANDARD),
        ("筑府办函2021年第三十三号", STANDARD),
        ("（筑府办函〔2021〕33号）", STANDARD),
        ("国发(98)12号", "国发〔1998〕12号"),
        ("国办发明电〔2018〕15号", "国办发明电〔2018〕15号"),
        ("黔投提复字〔2024〕64号", "黔投提复字〔2024〕64号"),
        ("法释〔2020〕24号", "法释〔2020〕24号"),
        ("临政办函[2013]89号", "临政办函〔2013〕89号"),
        ("国家税务总局公告2020年第5号", "国家税务总局公告2020年第5号"),
        ("2020年第12号公告", "公告2020年第12号"),
        ("令2021年第8号", "令2021年第8号"),
        ("2006年第33号令", "令2006年第33号"),
        ("江西省人民政府令第232号", "江西省人民政府令第232号"),
        ("江西省人民政府令　第 232 号", "江西省人民政府令第232号"),
        ("国令第707号", "国令第707号"),
        ("中华人民共和国主席令第七十二号", "中华人民共和国主席令第72号"),
        ("2021.5.31", None),
        ("2021年5月31日", None),
        ("二〇二一年五月三十一日", None),
        ("第33号楼", None),
        ("33号", None),
        ("〔2021〕33号", None),
        ("遵义综合保税区〔筹〕", None),
        ("（2021—2025年）", None),
        ("（2020年第12期）", None),
        ("第1428号提案", None),
        ("（2020）京01民终123号", None),
        ("编号：20212183", None),
        ("", None),
    ],
)
def test_standard_number(text: str, number: str | None) -> None:
    assert standard_number(text) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("按照黔府办发〔2021〕6号文件要求", ["黔府办发〔2021〕6号"]),
        ("《省人民政府办公厅关于推进开发区的指导意见》（黔府办发〔2021〕6号）等文件", ["黔府办发〔2021〕6号"]),
        ("黔投提复字〔2024〕64号 签发人：谢 强", ["黔投提复字〔2024〕64号"]),
        ("国发〔2014〕51号、国发〔2015〕43号", ["国发〔2014〕51号", "国发〔2015〕43号"]),
        ("根据国务院令第707号和财税[2020]41号", ["国务院令第707号", "财税〔2020〕41号"]),
        ("对省政协第0428号提案的答复，住在中山路33号第33号楼", []),
        ("2021年5月31日至2022年33号台风", []),
    ],
)
def test_find_numbers(text: str, numbers: list[str]) -> None:
    assert [found.number for found in find_numbers(text)] == numbers


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("请问筑府办函2021年33号说了什么？", "筑府办函|2021|33"),
        ("2021年33号文件", "|2021|33"),
        ("〔2021〕33号里的产出强度", "|2021|33"),
        ("33号文怎么说", "||33"),
        ("33号", "||33"),
        ("第33号楼在哪里", None),
        ("5月3号", None),
        ("中山路33号", None),
        ("2021.5.31", None),
        ("第128号建议的答复", None),
    ],
)
def test_parts_of_numbers(text: str, key: str | None) -> None:
    assert number_key(text) == key


@pytest.mark.parametrize(
    ("asked", "stored", "same"),
    [
        ("筑府办函2021年33号", STANDARD, True),
        ("府办函[2021]33号", STANDARD, True),
        ("请告诉我筑府办函〔2021〕33号", STANDARD, True),
        ("2021年33号", STANDARD, True),
        ("33号", STANDARD, True),
        ("筑府办发〔2021〕33号", STANDARD, False),
        ("2020年33号", STANDARD, False),
        ("3号", STANDARD, False),
        ("国务院令第707号", "国令第707号", True),
        ("中华人民共和国国务院令第707号", "国务院令第707号", True),
        ("", STANDARD, False),
    ],
)
def test_same_number(asked: str, stored: str, same: bool) -> None:
    assert same_number(asked, stored) is same


@given(
    token=st.sampled_from(["筑府办函", "国发", "黔投提复字", "赣市监新冠", "法释"]),
    year=st.integers(1949, 2099),
    serial=st.integers(1, 9999),
    brackets=st.sampled_from(["〔〕", "[]", "［］", "【】", "()", "（）", "﹝﹞", "〔]"]),
    nth=st.sampled_from(["", "第", " 第 "]),
    gap=st.sampled_from(["", " ", "\u3000", "\u200b"]),
    wide=st.booleans(),
    mark=st.sampled_from(["号", " 号", ""]),
)
def test_every_spelling_gives_the_standard_form(
    token: str, year: int, serial: int, brackets: str, nth: str, gap: str, wide: bool, mark: str
) -> None:
    text = f"{token}{gap}{brackets[0]}{gap}{year}{brackets[1]}{nth}{gap}{serial}{mark}"
    if wide:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert standard_number(text) == f"{token}〔{year}〕{serial}号"


@given(st.text(alphabet="筑府办函〔〕[]（）0123456789年第号令公告 ，。", max_size=40))
def test_spans_lie_in_the_text_and_apart(text: str) -> None:
    end = 0
    for found in find_numbers(text, partial=True):
        assert end <= found.span.start < found.span.end <= len(text)
        assert str(found.serial)
        end = found.span.end
