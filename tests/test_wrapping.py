"""Lines of a terminal: nothing lost, none too wide, none that Chinese typesetting forbids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from qa.wrapping import wrapped


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("9. 提高开发区亩产效益。", 12, ["9. 提高开发", "区亩产效益。"]),
        ("到2025年，达到500万元/亩。", 10, ["到2025年，", "达到500万", "元/亩。"]),
        ("各区（市、县）政府", 6, ["各区", "（市、", "县）政", "府"]),
        ("总体规划，产业", 8, ["总体规", "划，产业"]),
        ("一\n\n二", 10, ["一", "", "二"]),
        ("ABCDEFGH", 3, ["ABC", "DEF", "GH"]),
        ("。。。。", 4, ["。。", "。。"]),
        ("", 10, [""]),
    ],
)
def test_lines(text: str, width: int, lines: list[str]) -> None:
    assert [line.plain for line in wrapped(Text(text), width)] == lines


@given(st.text(alphabet="政策问答2025 abc，。（）《》“”、\n", max_size=80), st.integers(2, 30))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = [line.plain for line in wrapped(Text(text), width)]
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width for line in lines)


def test_marked_words_stay_marked() -> None:
    text = Text("开发区产出强度")
    text.stylize("bold", 2, 6)
    lines = list(wrapped(text, 8))
    assert [(span.start, span.end) for line in lines for span in line.spans] == [(2, 4), (0, 2)]
