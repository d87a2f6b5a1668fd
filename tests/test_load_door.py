"""Every file that cannot be read gives one clear sentence, and never another exception."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from load_samples import docx, paragraph, pdf, shown

from index.errors import LoadError
from index.load import Limits, load, read_bytes

DATA = Path(__file__).parent / "data" / "load"
CODES = {"empty", "encrypted", "damaged", "scanned", "too_large", "unsupported", "unreadable", "garbled"}


def packed(*names: str, content: bytes = b"<x/>") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    return docx(paragraph("正文"), styles=b"<w>" + b" " * 20_000_000 + b"</w>")


ODT = packed("mimetype", content=b"application/vnd.oasis.opendocument.text")
REFUSED = [
    ("zero bytes", b"", "empty", "0 字节"),
    ("blanks", b" \n\t\r\n ", "empty", "空白"),
    ("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "scanned", "PNG"),
    ("jpeg", b"\xff\xd8\xff\xe0" + b"\1" * 50, "scanned", "JPEG"),
    ("rar", b"Rar!\x1a\x07\x01\x00" + b"\0" * 40, "unsupported", "RAR"),
    ("program", b"\x7fELF" + bytes(range(256)), "unsupported", "程序"),
    ("binary", bytes(range(256)) * 20, "unsupported", "这不是文档"),
    ("rtf", b"{\\rtf1\\ansi text}", "unsupported", "RTF"),
    ("xlsx", packed("[Content_Types].xml", "xl/workbook.xml"), "unsupported", "xlsx"),
    ("pptx", packed("[Content_Types].xml", "ppt/presentation.xml"), "unsupported", "pptx"),
    ("ofd", packed("OFD.xml", "Doc_0/Document.xml"), "unsupported", "OFD"),
    ("odt", ODT, "unsupported", "OpenDocument"),
    ("zip", packed("a.txt"), "unsupported", "ZIP"),
    ("empty zip", b"PK\x05\x06" + b"\0" * 18, "unsupported", "ZIP"),
    ("half a docx", docx(paragraph("正文文字" * 50))[:300], "damaged", "损坏"),
    ("docx without text part", packed("[Content_Types].xml", "word/styles.xml"), "damaged", "正文"),
    ("docx with broken XML", packed("[Content_Types].xml", "word/document.xml", content=b"<a><b>"), "damaged", "损坏"),
    ("docx without text", docx(""), "empty", "没有文字"),
    ("half an old office file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "damaged", "损坏"),
    ("half a pdf", b"%PDF-1.7\n1 0 obj", "damaged", "损坏"),
    ("empty page", b"<html><body><script>x()</script></body></html>", "empty", "网页"),
    ("bare tag", b"<html></html>", "empty", "网页"),
]


@pytest.mark.parametrize(("data", "code", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refusals_say_what_and_why(data: bytes, code: str, word: str) -> None:
    with pytest.raises(LoadError) as refusal:
        read_bytes(data, "某文件.docx")
    assert refusal.value.code == code
    assert word in str(refusal.value)
    assert str(refusal.value).endswith("。") and "\n" not in str(refusal.value) and str(refusal.value).count("。") == 1


def test_bomb_is_stopped_while_unpacking() -> None:
    with pytest.raises(LoadError, match="解压") as refusal:
        read_bytes(bomb(), "a.docx", Limits(expanded_bytes=1_000_000))
    assert refusal.value.code == "too_large"


def test_locked_package_is_named() -> None:
    data = bytearray(docx(paragraph("正文")))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + place] |= 1
            start = data.find(signature, start + 4)
    with pytest.raises(LoadError, match="密码") as refusal:
        read_bytes(bytes(data), "a.docx")
    assert refusal.value.code == "encrypted"


def test_entities_of_a_document_name_no_other_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", "utf-8")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            "<w:body><w:p><w:r><w:t>文字&e;</w:t></w:r></w:p></w:body></w:document>",
        )
    try:
        text = read_bytes(stream.getvalue(), "x").text
    except LoadError as refusal:
        text = str(refusal)
    assert "机密" not in text


def test_sizes_are_bounded() -> None:
    for data, limits in (
        (b"a" * 101, Limits(file_bytes=100)),
        ("政策文件。".encode() * 100, Limits(characters=100)),
        (docx(paragraph("政策文件。" * 100)), Limits(characters=100)),
        (pdf(shown(72, 700, "text of the page")), Limits(characters=5)),
    ):
        with pytest.raises(LoadError) as refusal:
            read_bytes(data, "x", limits)
        assert refusal.value.code == "too_large"


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(200_000_000)
    with pytest.raises(LoadError, match="200 MB") as refusal:
        load(path)
    assert refusal.value.code == "too_large"


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    link = tmp_path / "loop"
    link.symlink_to(link)
    for path in (tmp_path, tmp_path / "missing.txt", fifo, link, tmp_path / "a\0b", tmp_path / ("x" * 5000)):
        with pytest.raises(LoadError) as refusal:
            load(path)
        assert refusal.value.code == "unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_folder_without_permission(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    (folder / "a.txt").write_text("文字", "utf-8")
    folder.chmod(0)
    try:
        with pytest.raises(LoadError, match="权限") as refusal:
            load(folder / "a.txt")
    finally:
        folder.chmod(0o700)
    assert refusal.value.code == "unreadable"


def test_denied_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", denied)
    with pytest.raises(LoadError, match="权限") as refusal:
        load(tmp_path / "a.txt")
    assert refusal.value.code == "unreadable"


def test_suffix_is_not_looked_at(tmp_path: Path) -> None:
    for name, data, kind in (
        ("a.pdf", "一、总体要求".encode(), "txt"),
        ("a.txt", docx(paragraph("一、总体要求")), "docx"),
        ("a.docx", "<p>一、总体要求</p>".encode("gb18030"), "html"),
        ("noname", pdf(shown(72, 700, "general part of the plan")), "pdf"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert load(path).kind == kind


SAMPLES = [path.read_bytes() for path in sorted(DATA.iterdir())]


def _consistent(data: bytes) -> None:
    try:
        source = read_bytes(data, "x")
    except LoadError as refusal:
        assert refusal.code in CODES
        assert str(refusal).endswith("。")
        return
    assert source.text.strip()
    places = [0, *source.page_starts, len(source.text)]
    assert places == sorted(places)
    ends = [place for span in source.tables for place in (span.start, span.end)]
    assert ends == sorted(ends) and all(0 <= place <= len(source.text) for place in ends)
    assert all("\n" not in source.text[span.start : span.end] for span in source.tables)


@given(st.binary(max_size=2000))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    _consistent(data)


@given(
    st.sampled_from(
        [b"%PDF-1.4\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xff\xfe", b"<table><tr>"]
    ),
    st.binary(),
)
def test_any_bytes_behind_a_true_beginning(magic: bytes, data: bytes) -> None:
    _consistent(magic + data)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(SAMPLES), st.data())
def test_mutated_files_are_text_or_refused(sample: bytes, draws: st.DataObject) -> None:
    data = bytearray(sample)
    for _ in range(draws.draw(st.integers(0, 12))):
        data[draws.draw(st.integers(0, len(data) - 1))] = draws.draw(st.integers(0, 255))
    keep = draws.draw(st.one_of(st.just(len(data)), st.integers(1, len(data))))
    _consistent(bytes(data[:keep]))


TAGS = ["p", "div", "table", "tr", "td", "span", "a", "ul", "li", "pre", "br", "h1", "script"]


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(st.text("一、（）<&", max_size=8), lambda inner: st.lists(inner, max_size=4), max_leaves=25), st.data()
)
def test_any_nesting_of_tags_is_read(tree: object, draws: st.DataObject) -> None:
    def written(node: object) -> str:
        if isinstance(node, str):
            return node
        tag = draws.draw(st.sampled_from(TAGS))
        return f"<{tag}>{''.join(map(written, node))}</{tag}>"  # type: ignore[attr-defined,call-overload]

    _consistent(f"<html><body>{written(tree)}".encode())


def test_deep_nesting_is_read() -> None:
    deep = "<div>" * 3000 + "<p>一、总体要求</p>" + "</div>" * 3000
    assert "总体要求" in read_bytes(deep.encode(), "x").text
