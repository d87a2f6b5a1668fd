"""Every spelling of a number finds its document first; a part of a number finds all that fit, the newest first.

``data/numbers.txt`` holds the numbers that the seeds, the policies and the laws of the corpus bear, as they bear them.
"""

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.backend import open_index
from index.build import build
from index.docnumber import number_key
from index.numerals import to_chinese
from index.records import Document
from qa.config import Settings
from qa.question import interpret
from qa.scope import Titles, scope
from qa.service import PolicyQA
from tests.index_samples import TinyEmbedder

NUMBERS = tuple((Path(__file__).parent / "data" / "numbers.txt").read_text(encoding="utf-8").split("\n")[:-1])
EMBEDDER = TinyEmbedder()
BRACKETS = ("〔〕", "[]", "()", "（）", "【】", "［］", "﹝﹞", "「」", "<>")
_PARTS = re.compile(r"(.+?)〔(\d{4})〕第?(\d+)号?$")


def spellings(number: str) -> list[str]:
    """Ways to write a whole number."""
    match = _PARTS.match(number)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    if match is None:
        return [number, number.translate(wide), f"{number}讲了什么", f"请问{number}的内容"]
    token, year, serial = match.groups()
    forms = [f"{token}{pair[0]}{year}{pair[1]}{serial}号" for pair in BRACKETS]
    forms += [f"{token} 〔{year}〕 {serial} 号", f"{token}〔{year}〕第{serial}号", f"{token}〔{year}〕{serial}"]
    forms += [
        f"{token}〔{year}〕{serial}号".translate(wide),
        f"{token}{year}年{serial}号",
        f"{token}{year}年第{serial}号",
    ]
    forms += [f"{token}{year}-{serial}号"] if token[-1] in "发函字办号" else []
    forms += [f"{token}〔{year}〕{to_chinese(int(serial))}号"]
    forms += [
        f"请问{token}[{year}]{serial}号文件讲了什么",
        f"（{token}〔{year}〕{serial}号）",
        f"{token}（{year}）{serial}号文",
    ]
    return forms


def parts(number: str) -> list[str]:
    """Ways to write a part of a number, with or without year or token."""
    match = _PARTS.match(number)
    if match is None:
        return []
    token, year, serial = match.groups()
    chinese = to_chinese(int(serial))
    return [f"{year}年{serial}号", f"〔{year}〕{serial}号", f"{token}{serial}号文", f"{serial}号文件", f"{chinese}号文"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    folder, target = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("index")
    for at, number in enumerate(NUMBERS):
        day = f"{2000 + at % 24}年{1 + at % 12}月{1 + at % 28}日"
        text = f"关于第{at}项工作的通知\n\n{number}\n\n各区：\n一、做好第{at}项工作。\n二、及时报告。\n\n甲市人民政府\n{day}\n"
        (folder / f"{at:03}.txt").write_text(text, encoding="utf-8")
    build([folder], target, EMBEDDER)
    return PolicyQA(Settings(), backend=open_index(target), embedder=EMBEDDER)


@pytest.fixture(scope="module")
def documents(service: PolicyQA) -> list[Document]:
    return service.documents()


def same(one: str | None, other: str) -> bool:
    return one == other or (one is not None and number_key(one) == number_key(other) is not None)


def test_every_number_is_read(documents: list[Document]) -> None:
    read = [document.metadata.number for document in documents]
    missing = [number for number in NUMBERS if not any(same(one, number) for one in read)]
    assert missing == []


def test_every_spelling_names_its_document(documents: list[Document]) -> None:
    titles = Titles(documents)
    for number in NUMBERS:
        wanted = {document.id for document in documents if same(document.metadata.number, number)}
        for text in spellings(number):
            assert wanted == set(scope(interpret(text), titles).named), text


def test_every_part_names_all_that_fit(documents: list[Document]) -> None:
    titles = Titles(documents)
    for number in NUMBERS:
        wanted = {document.id for document in documents if same(document.metadata.number, number)}
        for text in parts(number):
            assert wanted <= set(scope(interpret(text), titles).named), text


@settings(max_examples=60, deadline=None, derandomize=True)
@given(number=st.sampled_from(NUMBERS), seed=st.integers(0, 1_000))
def test_a_number_stands_first(service: PolicyQA, number: str, seed: int) -> None:
    text = Random(seed).choice(spellings(number))
    hits = service.search(text).hits
    assert same(hits[0].document.metadata.number, number), text


@settings(max_examples=30, deadline=None, derandomize=True)
@given(number=st.sampled_from([number for number in NUMBERS if parts(number)]), seed=st.integers(0, 1_000))
def test_a_part_gives_the_newest_first(service: PolicyQA, number: str, seed: int) -> None:
    text = Random(seed).choice(parts(number))
    named = scope(interpret(text), Titles(service.documents())).named
    hits = service.search(text, k=len(named)).hits
    assert {hit.document.id for hit in hits} == set(named)
    days = [hit.document.metadata.issued_on or "" for hit in hits]
    assert days == sorted(days, reverse=True)


def test_an_unknown_number_names_those_who_cite_it(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    text = "关于停车的通知\n\n甲府发〔2022〕3号\n\n各区：\n按照乙府发〔2021〕7号文件要求，做好停车工作。\n\n甲市人民政府\n2022年1月5日\n"
    (tmp_path / "files" / "a.txt").write_text(text, encoding="utf-8")
    build([tmp_path / "files"], tmp_path / "index", EMBEDDER)
    service = PolicyQA(Settings(), backend=open_index(tmp_path / "index"), embedder=EMBEDDER)
    for spelling in ("乙府发[2021]7号", "乙府发二〇二一年七号", "乙府发7号文"):
        refusal = service.ask(f"{spelling}讲了什么？").refusal
        assert refusal is not None
        assert refusal.reason == "unknown_document"
        assert refusal.nearest[0].document.metadata.number == "甲府发〔2022〕3号"
        assert "《关于停车的通知》" in refusal.message
    for other in ("乙府发17号文", "丙府发7号文"):
        refusal = service.ask(f"{other}讲了什么？").refusal
        assert refusal is not None
        assert "提到它的" not in refusal.message


def test_a_spoken_number_that_the_index_does_not_hold(service: PolicyQA) -> None:
    refusal = service.ask("新国发9876号文件").refusal
    assert refusal is not None
    assert refusal.reason == "unknown_document"
