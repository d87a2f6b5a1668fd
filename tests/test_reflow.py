"""Reflow: lines that belong together are joined, furniture goes, and every character keeps its place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import SourceText, Span
from index.reflow import Readable, reflow

SEEDS = Path(__file__).parent.parent / "seeds"
BLANK = "\u200b\u200c\u200d\ufeff\u00ad"


def read(text: str, *, lines_are_paragraphs: bool = False, page_starts: tuple[int, ...] = ()) -> Readable:
    source = SourceText(text=text, kind="txt", one_line_per_paragraph=lines_are_paragraphs, page_starts=page_starts)
    return reflow(source)


def texts(readable: Readable) -> list[str]:
    return [paragraph.text for paragraph in readable.paragraphs]


def seed(number: str) -> str:
    return next(SEEDS.glob(f"{number}_*.txt")).read_text(encoding="utf-8")


def check(source: str, readable: Readable) -> None:
    """Each character stands where it says; places increase; nothing but blanks is lost."""
    last = -1
    placed = set()
    for paragraph in readable.paragraphs:
        assert paragraph.text == paragraph.text.strip() != ""
        assert "\n" not in paragraph.text
        assert len(paragraph.positions) == len(paragraph.text)
        for char, position in zip(paragraph.text, paragraph.positions, strict=True):
            assert position > last
            assert source[position] == char or (char == " " and source[position].isspace())
            last = position
            placed.add(position)
    for span in readable.furniture:
        placed.update(range(span.start, span.end))
    assert {i for i, c in enumerate(source) if not c.isspace() and c not in BLANK and c.isprintable()} <= placed


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.txt")), ids=lambda path: path.name[:3])
def test_seeds_keep_every_character_in_its_place(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    check(text, read(text))


PIECES = st.sampled_from(
    [
        *(
            "一、总体要求",
            "（一）加强领导。",
            "各级政府要切实履行职责，",
            "确保任务落实。",
            "第一条 为了规范",
            "2021年5月31日",
        ),
        *("抄送：市委编办。", "《关于", "》（筑府办函〔2021〕33号）", "12 个", "A类", "— 3 —", "3"),
        *("\n", "\n\n", " ", "　　", "\u200b", "\t"),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(deadline=None)
def test_any_text_keeps_every_character_in_its_place(text: str) -> None:
    check(text, read(text))
    check(text, read(text, lines_are_paragraphs=True))


@pytest.mark.parametrize(
    ("number", "paragraph"),
    [
        ("000", "一、关于“‘1+9’平台履行主体责任，全力推进营商环境建设”的建议"),
        ("000", "黔投提复字〔2024〕64号 签发人：谢强"),
        ("000", "2024年6月25日"),
        ("001", "（联系人：柴超；联系电话：13618598777）"),
        ("001", "三、关于发挥各自优势特长"),
        ("003", "从签订投资协议到正式开工，仅仅52天。"),
        ("004", "市人民政府办公厅印发关于推进开发区高质量发展的实施方案的通知"),
        ("004", "（二）做大开发区产业规模。"),
    ],
)
def test_paragraphs_of_seeds(number: str, paragraph: str) -> None:
    assert paragraph in texts(read(seed(number)))


@pytest.mark.parametrize(
    ("number", "joined"),
    [
        ("000", "推出社保医保业务“一表通办”、实现“一表申请、一次办结”、企业开办实施“码上办”"),
        ("001", "二是提高项目精准性，聚焦当地的首位产业"),
        ("003", "建成后将实现年产值260亿元，解决就业15000人。"),
        ("004", "严格执行开发区规划分级审核，及时调整优化不合理的各类规划"),
        ("004", "按照省开发区考核评价管理办法，完善开发区动态调度和监测"),
        ("004", "各区（市、县）政府、开发区管委会)"),
    ],
)
def test_sentences_that_lines_or_pages_broke_are_whole(number: str, joined: str) -> None:
    assert any(joined in text for text in texts(read(seed(number))))


def test_headings_doubled_by_extraction_stand_once() -> None:
    text = seed("003")
    readable = read(text)
    assert texts(readable).count("创新方式精准招商") == 1
    assert [text[span.start : span.end] for span in readable.furniture] == [
        "创新方式精准招商",
        "全程服务狠抓落地",
        "壮大规模聚焦升级",
    ]


@pytest.mark.parametrize("pages", [2, 3])
def test_page_numbers_and_running_heads_are_dropped_where_pages_are_known(pages: int) -> None:
    page = "某某省人民政府公报\n各级人民政府应当加强对企业服务工作的领导，建立健全工作\n机制，协调解决重大问题。\n{}\n"
    text = "".join(page.format(number + 1) for number in range(pages))
    readable = read(text, page_starts=tuple(number * len(page.format(1)) for number in range(1, pages)))
    dropped = [text[span.start : span.end] for span in readable.furniture]
    assert dropped == [piece for number in range(pages) for piece in ("某某省人民政府公报", str(number + 1))]


def test_first_lines_of_annexes_are_no_running_heads() -> None:
    page = "附件{0}：某某表\n各级人民政府应当加强领导。\n"
    text = "".join(page.format(number) for number in (1, 2, 3))
    assert not read(text, page_starts=(len(page.format(1)), 2 * len(page.format(1)))).furniture


def test_number_and_date_at_a_line_end() -> None:
    title = "甲市人民政府办公室关于印发甲市城市绿道管理办法的通知"
    lines = [title, "甲政办发〔2022〕17号", "本办法自2022年", "5月1日起施行。"]
    texts = [paragraph.text for paragraph in read("\n".join(lines)).paragraphs]
    assert texts[:2] == lines[:2] and texts[2] == "本办法自2022年5月1日起施行。"


@pytest.mark.parametrize("number", ["— 3 —", "－3－", "-3-", "–– - 3 - ––", "第 3 页 共 10 页"])
def test_page_number_in_the_midst_of_a_sentence(number: str) -> None:
    line = "各级人民政府应当加强对中小企业服务工作的领导建立健全工作机制"
    text = f"{line}\n{line}\n{number}\n协调解决重大问题。\n" + "\n".join([line] * 8) + "。\n"
    readable = read(text)
    assert number not in "".join(texts(readable))
    assert f"{line}协调解决重大问题。" in "".join(texts(readable))


def test_cells_of_a_table_are_not_taken_for_page_numbers() -> None:
    text = "\n".join(f"{number}\n指标{number}\n万元\n{number * 10}" for number in range(1, 9))
    assert read(text).furniture == ()


LOST = (
    "某某市人民政府关于加快电子商务产业发展的意见某府发〔2019〕17号各区县（自治县）人民政府，市政府有关部门：近年来，电子商务"
    "持续快速发展，在优化经济结构、扩大消费需求等方面发挥了重要作用，现提出如下意见。一、总体要求（一）指导思想。坚持创新发展。"
    "（二）发展目标。到2022年，交易额突破1.5万亿元。二、重点任务（一）培育主体。支持一、二级批发商转型。（二）优化环境。"
    "符合本意见第三条（一）项的给予支持。三、保障措施各区县政府要高度重视，加强领导。某某市人民政府2019年6月28日（此件公开发布）"
)


def test_lost_line_breaks_are_put_back() -> None:
    assert [text[:12] for text in texts(read(LOST))] == [
        "某某市人民政府关于加快电",
        "某府发〔2019〕17号",
        "各区县（自治县）人民政府",
        "近年来，电子商务持续快速",
        "一、总体要求",
        "（一）指导思想。坚持创新",
        "（二）发展目标。到202",
        "二、重点任务",
        "（一）培育主体。支持一、",
        "（二）优化环境。符合本意",
        "三、保障措施各区县政府要",
        "某某市人民政府",
        "2019年6月28日",
        "（此件公开发布）",
    ]


def test_article_that_begins_inside_a_line() -> None:
    text = "第一条 本办法适用于本市。\n第二条 地下空间视为单建空间。 第三条 开发利用应当统一规划。\n第四条 依照第五条规定办理。"
    assert [text[:3] for text in texts(read(text, lines_are_paragraphs=True))] == [
        "第一条",
        "第二条",
        "第三条",
        "第四条",
    ]


@pytest.mark.parametrize(
    ("line", "readable"),
    [
        ("第　一　章　　总　　则", "第一章　总则"),
        ("国　家　粮　食　应　急　预　案", "国家粮食应急预案"),
        ("出席：张三丰　李四光　王五一", "出席：张三丰　李四光　王五一"),
        ("联合 2 家企业，给予 5.27 亿元支持", "联合2家企业，给予5.27亿元支持"),
        ("2024 年我省第一批", "2024年我省第一批"),
        ("电子口岸 IC 卡业务", "电子口岸IC卡业务"),
        ("use of Open Data", "use of Open Data"),
        ("第一条　为了规范", "第一条　为了规范"),
        ("发布日期: 2021-03-24  来源：贵州日报", "发布日期: 2021-03-24 来源：贵州日报"),
    ],
)
def test_blanks(line: str, readable: str) -> None:
    assert texts(read(line)) == [readable]


def test_table_rows_stay_rows() -> None:
    text = "一、任务\n序号 | 任务 | 单位\n1 | 修路 | 交通局\n"
    start = text.index("序号")
    source = SourceText(text=text, kind="html", one_line_per_paragraph=True, tables=(Span(start=start, end=len(text)),))
    assert [(p.text, p.table) for p in reflow(source).paragraphs] == [
        ("一、任务", False),
        ("序号 | 任务 | 单位", True),
        ("1 | 修路 | 交通局", True),
    ]
