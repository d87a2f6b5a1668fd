"""Plain text and Markdown: encodings, line ends, unreadable text, marks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LoadError
from index.load import load, read_bytes

DATA = Path(__file__).parent / "data" / "load"
SEEDS = Path(__file__).parent.parent / "seeds"
NOTICE = "贵阳市人民政府办公厅\n筑府办函〔2021〕33号\n各区、市、县人民政府：\n一、总体要求\n（一）加快推进开发区高质量发展，2025年达到1.5亿元。\n"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text",
    [NOTICE, NOTICE * 200, "特此通知。", "第一条　为了规范管理，制定本办法。\r\n第二条　本办法自印发之日起施行。"],
)
def test_encoding_is_told_by_content(encoding: str, text: str) -> None:
    source = read_bytes(text.encode(encoding), "a.txt")
    assert source.text == text
    assert (source.kind, source.one_line_per_paragraph, source.warnings) == ("txt", False, ())


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_seeds_are_kept_as_they_are(path: Path) -> None:
    raw = path.read_bytes().decode("utf-8-sig")
    assert load(path).text == raw
    if all(character.encode("gb18030", "ignore") for character in raw):
        assert read_bytes(raw.encode("gb18030"), "x").text == raw
    assert read_bytes(raw.encode("utf-16-le"), "x").text == raw


def test_line_ends_keep_their_places() -> None:
    assert read_bytes("一、甲方\r\n二、乙方\r三、丙方".encode(), "x").text == "一、甲方\r\n二、乙方\n三、丙方"


def test_form_feed_begins_a_page() -> None:
    source = read_bytes("第一页的文字。\f第二页的文字。".encode(), "x")
    assert [source.text[start:] for start in source.page_starts] == ["第二页的文字。"]


def test_broken_bytes_are_warned_of() -> None:
    source = read_bytes(NOTICE.encode()[:-1] * 5 + b"\xe4", "x")
    assert source.warnings and "\ufffd" in source.text


GARBLED = [
    (DATA / "garbled.txt").read_text("utf-8"),
    "(cid:144)wi(cid:228)" * 40,
    "中华人民共和国国务院令第七百四十三号，现予公布施行。各省人民政府要高度重视这项工作。" * 3,
    "\ue012\ue013\ue345" * 40,
]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_letter_salad_is_refused(number: int) -> None:
    with pytest.raises(LoadError) as refusal:
        read_bytes(GARBLED[number].encode(), "x")
    assert refusal.value.code == "garbled"


def test_text_read_in_the_wrong_encoding_is_refused() -> None:
    mistaken = GARBLED[2].encode().decode("gb18030", "ignore")
    with pytest.raises(LoadError) as refusal:
        read_bytes(mistaken.encode(), "x")
    assert refusal.value.code == "garbled"


@pytest.mark.parametrize(
    "text",
    [
        "This is a plain English notice about the new rules of the city, to be read by everyone.",
        "序号 金额 增长\n" + "1 234.5 6.7%\n" * 30,
        "中華人民共和國國務院關於進一步優化營商環境更好服務市場主體的實施意見，現印發給你們，請認真貫徹執行。",
        "号",
    ],
)
def test_unusual_text_is_still_text(text: str) -> None:
    assert read_bytes(text.encode(), "x").text == text


MARKDOWN = """---
title: 某市管理办法
---
# 某市管理办法

## 第一章　总则

第一条　为了**规范**管理，根据[《某法》](https://example.org)制定本办法。<br>第二款。

> 引用的文字

* 一项
- [x] 二项
1\\. 三项

| 序号 | 事项 |
|---|:--:|
| 1 | 容缺**审批** |

---
```
代码 | 原样
```
"""


def test_markdown_loses_its_marks_and_no_words() -> None:
    source = read_bytes(MARKDOWN.encode(), "x.txt")
    assert (source.kind, source.title, source.one_line_per_paragraph) == ("md", "某市管理办法", True)
    assert [line for line in source.text.split("\n") if line] == [
        "某市管理办法",
        "第一章　总则",
        "第一条　为了规范管理，根据《某法》制定本办法。",
        "第二款。",
        "引用的文字",
        "- 一项",
        "- 二项",
        "1. 三项",
        "序号 | 事项",
        "1 | 容缺审批",
        "代码 | 原样",
    ]
    assert [source.text[span.start : span.end] for span in source.tables] == ["序号 | 事项", "1 | 容缺审批"]


def test_wrapped_markdown_says_so() -> None:
    lines = "各级人民政府应当加强对这项工作的领导并且建立\n" * 6
    assert not read_bytes(f"# 标题\n\n{lines}".encode(), "x").one_line_per_paragraph


@pytest.mark.parametrize(
    "text", ["一、*为*注", "#话题# 不是标题的文字", "- 一项\n- 二项\n", "——— 以上 ———", "| 不是表格"]
)
def test_plain_text_is_not_taken_for_markdown(text: str) -> None:
    assert read_bytes(text.encode(), "x").text == text


@given(
    st.text(alphabet="一二三、（）第条章的在政府通知2021。，\n ", min_size=20, max_size=300), st.sampled_from(ENCODINGS)
)
def test_any_chinese_text_comes_back(text: str, encoding: str) -> None:
    text = NOTICE + text
    assert read_bytes(text.encode(encoding), "x").text == text
