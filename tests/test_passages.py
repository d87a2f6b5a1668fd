import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passages import PIECE, WINDOW, entry, passages, pieces
from index.records import Clause, Metadata, Span

TITLE = Metadata(title="贵阳市开发区高质量发展工作方案")


def _clause(text: str, **changes: object) -> Clause:
    values: dict[str, object] = {
        "id": "d-0",
        "document_id": "d",
        "ordinal": 0,
        "path": "二、（四）9.",
        "level": 3,
        "kind": "clause",
        "marker": "9.",
        "heading": "",
        "headings": ("二、主要任务", "（四）着力提高开发区集约水平。"),
        "text": text,
        "start": 0,
        "end": len(text),
        "spans": (),
        "parent": None,
    }
    return Clause(**{**values, **changes})  # type: ignore[arg-type]


def test_title_and_headings_stand_before_the_text() -> None:
    assert passages(TITLE, _clause("9.提高产出强度。")) == [
        "贵阳市开发区高质量发展工作方案 › 二、主要任务 › （四）着力提高开发区集约水平。 › 9.提高产出强度。"
    ]


def test_duties_are_not_embedded() -> None:
    text = "9.提高产出强度。（责任单位：市自然资源局）到2025年完成。"
    start, end = text.index("（"), text.index("）") + 1
    (passage,) = passages(Metadata(), _clause(text, headings=(), duty_spans=(Span(start=start, end=end),)))
    assert passage == "9.提高产出强度。到2025年完成。"
    assert "自然资源" in entry(TITLE, _clause(text)).body


def test_without_title_the_enclosed_one_serves() -> None:
    assert passages(Metadata(enclosed_title="办法"), _clause("一、总则", headings=())) == ["办法 › 一、总则"]


def test_a_clause_of_nothing_but_duties_keeps_its_headings() -> None:
    text = "责任单位：市商务局"
    clause = _clause(text, headings=("一、任务",), duty_spans=(Span(start=0, end=len(text)),))
    assert passages(Metadata(title="方案"), clause) == ["方案 › 一、任务"]


def test_a_very_long_heading_is_shortened() -> None:
    (passage,) = passages(Metadata(), _clause("文", headings=("长" * 300,)))
    assert len(passage) < 80


def test_long_text_is_cut_at_sentences_and_each_piece_keeps_the_title() -> None:
    sentence = "各地各部门要按照职责分工抓好落实。"
    found = passages(TITLE, _clause(sentence * 60))
    assert len(found) > 1
    assert all(passage.startswith("贵阳市") and passage.endswith("。") for passage in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("短句。", ["短句。"]),
        ("一二三。四五六。七八九。", ["一二三。四五六。", "七八九。"]),
        ("一二三四五六七八九十一二。完。", ["一二三四五六七八九十", "一二。完。"]),
        ("他说：“一二三。”四五六七。", ["他说：“一二三。”", "四五六七。"]),
        ("", [""]),
    ],
)
def test_pieces(text: str, expected: list[str]) -> None:
    assert pieces(text, 10) == expected


@given(st.text(alphabet="一二三。；\n ”", max_size=80), st.integers(1, 20))
def test_pieces_lose_only_blanks_and_keep_the_limit(text: str, longest: int) -> None:
    cut = pieces(text, longest)
    assert "".join("".join(cut).split()) == "".join(text.split())
    assert all(len(piece) <= longest for piece in cut)


def test_the_units_of_a_clause() -> None:
    units = entry(TITLE, _clause("9.提高产出强度", heading="提高产出强度"))
    assert "产出" in units.body
    assert "出强" in units.bigrams
    assert {"任务", "水平", "强度"} <= set(units.heading)
    assert "开发区" in units.title
    assert PIECE < WINDOW
