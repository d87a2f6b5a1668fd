"""Word files, new and old: numbering written out, tables as rows, tracked changes, fields."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_samples import docx, level, numbering, paragraph, styles

from index.errors import LoadError
from index.load import load, read_bytes
from index.load.word_numbers import chinese, formatted

DATA = Path(__file__).parent / "data" / "load"
SHARED = Path(__file__).parent.parent / ".." / "shared"

CHAPTERS = numbering(
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCountingThousand", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimalEnclosedCircle", "%4", more='<w:suff w:val="nothing"/>'),
)


def lines(body: str, **parts: str) -> list[str]:
    return read_bytes(docx(body, **parts), "x").text.split("\n")


def test_outline_numbers_count_and_restart() -> None:
    body = "".join(paragraph(f"条目{depth}", level=depth) for depth in (0, 1, 1, 2, 2, 3, 0, 1, 2))
    assert lines(body, numbering=CHAPTERS) == [
        "一、条目0",
        "（一）条目1",
        "（二）条目1",
        "1. 条目2",
        "2. 条目2",
        "①条目3",
        "二、条目0",
        "（一）条目1",
        "1. 条目2",
    ]


def test_empty_and_unnumbered_paragraphs_do_not_count() -> None:
    body = paragraph("甲", level=0) + paragraph("", level=0) + paragraph("正文") + paragraph("乙", level=0)
    assert [line for line in lines(body, numbering=CHAPTERS) if line] == ["一、甲", "正文", "二、乙"]


def test_lists_with_one_definition_run_on_unless_overridden() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/>'
        "</w:lvlOverride></w:num>"
    )
    body = "".join(paragraph("甲", level=0, list_id=number) for number in (1, 2, 3, 3, 0))
    assert lines(body, numbering=numbering(level(0, "decimal", "%1、"), nums=nums)) == [
        "1、甲", "2、甲", "5、甲", "6、甲", "甲",
    ]  # fmt: skip


def test_levels_that_never_restart_and_legal_numbers() -> None:
    definition = numbering(
        level(0, "chineseCounting", "第%1章"),
        level(1, "chineseCounting", "第%2条", more='<w:lvlRestart w:val="0"/>'),
        level(2, "decimal", "%1.%3", more="<w:isLgl/>"),
    )
    body = "".join(paragraph("总则", level=depth) for depth in (0, 1, 1, 0, 1, 2))
    assert lines(body, numbering=definition) == [
        "第一章 总则", "第一条 总则", "第二条 总则", "第二章 总则", "第三条 总则", "2.1 总则",
    ]  # fmt: skip


def test_numbers_from_styles() -> None:
    sheet = styles(
        '<w:style w:type="paragraph" w:styleId="H1"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="H2"><w:basedOn w:val="H1"/></w:style>'
    )
    definition = numbering(
        level(0, "chineseCounting", "%1、", more='<w:pStyle w:val="H1"/>'),
        level(1, "chineseCounting", "（%2）", more='<w:pStyle w:val="H2"/>'),
    )
    body = paragraph("甲", style="H1") + paragraph("乙", style="H2") + paragraph("丙", style="H1")
    assert lines(body, numbering=definition, styles=sheet) == ["一、甲", "（一）乙", "二、丙"]


NUMBERS = [
    ("decimal", 12, "12"), ("decimalZero", 3, "03"), ("chineseCounting", 10, "十"), ("chineseCountingThousand", 105, "一百零五"),
    ("chineseCounting", 110, "一百一十"), ("chineseLegalSimplified", 12, "壹拾贰"), ("ideographTraditional", 2, "乙"),
    ("ideographZodiac", 3, "寅"), ("decimalEnclosedCircleChinese", 20, "⑳"), ("decimalEnclosedCircle", 21, "㉑"),
    ("decimalEnclosedParen", 3, "⑶"), ("decimalEnclosedFullstop", 1, "⒈"), ("decimalFullWidth", 10, "１０"),
    ("ideographDigital", 20, "二〇"), ("upperRoman", 14, "XIV"), ("lowerRoman", 4, "iv"), ("upperLetter", 27, "AA"),
    ("lowerLetter", 2, "b"), ("ideographEnclosedCircle", 10, "㊉"), ("none", 4, ""), ("unheardOf", 4, "4"),
]  # fmt: skip


@pytest.mark.parametrize(("style", "number", "expected"), NUMBERS)
def test_number_formats(style: str, number: int, expected: str) -> None:
    assert formatted(number, style) == expected


@given(st.integers(1, 9999))
def test_chinese_numbers_can_be_read_back(number: int) -> None:
    total = digit = 0
    for character in chinese(number):
        if character in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
        else:
            digit = "零一二三四五六七八九".index(character)
    assert total + digit == number


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


SHOWN = '<w:vanish w:val="0"/>'
BODIES = [
    ("inserted on, deleted off", f"<w:p><w:ins>{run('新')}</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>", ["新"]),
    ("moved once", f"<w:p><w:moveFrom>{run('旧处')}</w:moveFrom><w:moveTo>{run('新处')}</w:moveTo></w:p>", ["新处"]),
    ("hidden off", f"<w:p>{run('见')}{run('藏', '<w:vanish/>')}{run('人', SHOWN)}</w:p>", ["见人"]),
    (
        "field result only",
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE \\* MERGEFORMAT</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("7")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        f"{run('页')}</w:p>",
        ["7页"],
    ),
    ("break", f"<w:p>{run('上')}<w:r><w:br/></w:r>{run('下')}</w:p>", ["上", "下"]),
    ("content control", f"<w:sdt><w:sdtContent><w:p>{run('控件')}</w:p></w:sdtContent></w:sdt>", ["控件"]),
    ("hyperlink", f"<w:p><w:hyperlink>{run('链接')}</w:hyperlink></w:p>", ["链接"]),
    (
        "text box once",
        f"<w:p>{run('正文')}<w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent>"
        f"</wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent>"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        ["正文", "框"],
    ),
    (
        "deleted paragraph mark",
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('前半')}</w:p><w:p>{run('后半')}</w:p>",
        ["前半后半"],
    ),
    ("symbol", '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r></w:p>', ["✓"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_runs(body: str, expected: list[str]) -> None:
    assert lines(body) == expected


def test_tables_are_rows() -> None:
    def cell(*texts: str) -> str:
        return f"<w:tc>{''.join(f'<w:p>{run(text)}</w:p>' for text in texts)}</w:tc>"

    body = f"<w:p>{run('表')}</w:p><w:tbl><w:tr>{cell('序号')}{cell('任务')}</w:tr><w:tr>{cell('1')}{cell('甲', '乙')}</w:tr></w:tbl>"
    source = read_bytes(docx(body), "x")
    assert source.text.split("\n") == ["表", "序号 | 任务", "1 | 甲 乙"]
    assert [source.text[span.start : span.end] for span in source.tables] == ["序号 | 任务", "1 | 甲 乙"]


def test_foot_notes_stand_at_the_end() -> None:
    body = f'<w:p>{run("正文")}<w:r><w:footnoteReference w:id="2"/></w:r>{run("。")}</w:p>'
    notes = f'<w:notes><w:footnote w:id="2"><w:p>{run("脚注文字")}</w:p></w:footnote></w:notes>'
    assert lines(body, footnotes=notes) == ["正文[1]。", "[1] 脚注文字"]


BREAK = '<w:r><w:br w:type="page"/></w:r>'


def test_page_breaks_are_known() -> None:
    body = f"<w:p>{run('第一页')}</w:p><w:p>{BREAK}{run('第二页')}</w:p>"
    source = read_bytes(docx(body), "x")
    assert [source.text[start:] for start in source.page_starts] == ["第二页"]


def test_real_files() -> None:
    new = load(DATA / "docx_dagang4.docx")
    assert (new.kind, new.text.split("\n")[0]) == ("docx", "大纲4")
    old = load(DATA / "doc_tineng_biaozhun.doc")
    assert (old.kind, old.text.split("\n")[0]) == ("doc", "附件3:")
    assert "公安机关录用人民警察体能测评标准\n及实施规范" in old.text
    assert "\x07" not in old.text and "\x13" not in old.text and "MERGEFORMAT" not in old.text
    assert all("\n" not in old.text[span.start : span.end] for span in old.tables) and old.tables


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared corpus is not beside this repository")
def test_automatic_numbers_equal_the_typed_ones() -> None:
    truth = SHARED / "eval" / "chunk_truth_rendered_dev.jsonl"
    for row in map(json.loads, truth.read_text("utf-8").splitlines()):
        source = load(SHARED / "corpus" / row["file"])
        found = ["".join(line.split()) for line in source.text.split("\n")]
        whole = re.sub("—[0-9]+—", "", "".join(found))
        for sample in row["samples"]:
            mark = sample["path"].split("/")[-1]
            mark += "、" if set(mark) <= set("一二三四五六七八九十") else ""
            assert mark.startswith("¶") or mark + sample["text12"] in whole, (row["file"], sample)


def test_old_word_without_text_table_is_damaged() -> None:
    data = bytearray((DATA / "doc_tineng_biaozhun.doc").read_bytes())
    place = data.find(b"\xec\xa5\xc1\x00")
    data[place + 0x01A2 : place + 0x01AA] = b"\xff" * 8
    with pytest.raises(LoadError) as refusal:
        read_bytes(bytes(data), "x")
    assert refusal.value.code == "damaged"


def test_encrypted_old_word_is_named() -> None:
    data = bytearray((DATA / "doc_tineng_biaozhun.doc").read_bytes())
    data[data.find(b"\xec\xa5\xc1\x00") + 0x0B] |= 0x01
    with pytest.raises(LoadError, match="密码") as refusal:
        read_bytes(bytes(data), "x")
    assert refusal.value.code == "encrypted"
