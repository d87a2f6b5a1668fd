"""PDF: reading order, pages, indentation, foot note marks, files without text."""

from pathlib import Path

import pytest
from load_samples import pdf, shown

from index.errors import LoadError
from index.load import Limits, load, read_bytes

DATA = Path(__file__).parent / "data" / "load"
IMAGE = "q 500 0 0 700 50 70 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \xff EI Q\n"
LINE = "the provincial departments concerned shall do this"


def column(x: float, word: str, size: float = 10) -> str:
    return "".join(shown(x, 700 - 14 * n, f"{word} {n} line of the running text goes on", size) for n in range(12))


def test_pages_are_known() -> None:
    source = read_bytes(pdf(shown(72, 700, "page one is here"), shown(72, 700, "page two is here")), "x")
    assert source.text == "page one is here\npage two is here"
    assert [source.text[start:] for start in source.page_starts] == ["page two is here"]
    assert (source.kind, source.one_line_per_paragraph) == ("pdf", False)


def test_indentation_is_kept() -> None:
    content = shown(96, 720, LINE) + "".join(shown(72, 720 - 20 * n, LINE + " x") for n in range(1, 6))
    assert read_bytes(pdf(content), "x").text.startswith("\u3000\u3000the provincial")


def test_running_head_and_foot_find_their_places() -> None:
    foot, head = shown(300, 30, "- 1 -"), shown(72, 800, "GAZETTE OF THE PROVINCE")
    body = "".join(shown(72, 700 - 20 * n, f"{n} {LINE}") for n in range(5))
    found = read_bytes(pdf(foot + body + head), "x").text.split("\n")
    assert found[0].strip() == "GAZETTE OF THE PROVINCE"
    assert found[-1].strip() == "- 1 -"


def test_scattered_lines_are_sorted() -> None:
    order = [3, 0, 5, 1, 6, 2, 7, 4]
    body = "".join(shown(72, 700 - 20 * n, f"{n} {LINE}") for n in order)
    assert [line.strip()[0] for line in read_bytes(pdf(body), "x").text.split("\n")] == list("01234567")


@pytest.mark.parametrize("left_first", [True, False])
def test_two_columns_are_read_one_after_the_other(left_first: bool) -> None:
    left, right = column(50, "left"), column(310, "right")
    title = shown(60, 760, "A title that stands across both of the columns of this page of the gazette", 13)
    text = read_bytes(pdf(title + (left + right if left_first else right + left)), "x").text
    words = [line.split()[0] for line in text.split("\n")]
    assert words == ["A", *["left"] * 12, *["right"] * 12]


def test_lines_of_two_columns_drawn_row_by_row() -> None:
    rows = "".join(
        shown(x, 700 - 14 * n, f"{word} {n} line of the running text goes on", 10)
        for n in range(12)
        for x, word in ((50, "left"), (310, "right"))
    )
    words = [line.split()[0] for line in read_bytes(pdf(rows), "x").text.split("\n")]
    assert words == [*["left"] * 12, *["right"] * 12]


def test_foot_note_marks_do_not_melt_into_figures() -> None:
    content = shown(72, 700, "inhabitants", 16) + shown(152, 708, "1", 8) + shown(158, 700, "1761.48", 16)
    text = read_bytes(pdf(content + shown(72, 660, "other text of the page", 16)), "x").text
    assert "11761.48" not in text


def test_page_without_text_is_a_scan() -> None:
    for data in (pdf(IMAGE), pdf(""), pdf(IMAGE, IMAGE)):
        with pytest.raises(LoadError, match="OCR") as refusal:
            read_bytes(data, "x")
        assert refusal.value.code == "scanned"


def test_single_picture_pages_are_named() -> None:
    body = "".join(shown(72, 700 - 20 * n, LINE) for n in range(6))
    source = read_bytes(pdf(body, IMAGE, body), "x")
    assert source.warnings == ("第 2 页是图片，没有文字层，内容没有读取。",)


def test_locked_file_is_named() -> None:
    locked = "/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">>>"
    with pytest.raises(LoadError, match="密码") as refusal:
        read_bytes(pdf(shown(72, 700, LINE), trailer=locked), "x")
    assert refusal.value.code == "encrypted"


def test_too_many_pages() -> None:
    with pytest.raises(LoadError) as refusal:
        read_bytes(pdf("", "", ""), "x", Limits(pages=2))
    assert refusal.value.code == "too_large"


def test_real_file() -> None:
    source = load(DATA / "gwy_32_wide.pdf")
    lines = [line.strip() for line in source.text.split("\n")]
    assert lines[:5] == [
        "国务院文件",
        "国发〔2018〕41号",
        "国务院关于印发个人所得税",
        "专项附加扣除暂行办法的通知",
        "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
    ]
    assert (
        "\n　　第一条　根据《中华人民共和国个人所得税法》（以下简称个人所得税法）\n规定，制定本办法。\n" in source.text
    )
    assert len(source.page_starts) == 5
    assert all(source.text[start - 1] == "\n" for start in source.page_starts)
