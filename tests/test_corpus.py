"""Every file of the corpora is taken apart without a crash, and nothing of it is lost."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from index.errors import LoadError
from index.layout import layout
from index.load import load
from index.parse import parse
from index.records import Parsed, SourceText
from index.reflow import reflow

SHARED = Path(__file__).parent.parent.parent / "shared"
CORPUS = SHARED / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not there")

# read by eye: images only, and a broken font map
UNREADABLE = {"policies/zj_01.html": "scanned", "policies/pdftxt_bj_gongbao_garbled.txt": "garbled"}
# read by eye; each differs from its manifest for a reason that lies in the file
ARTICLES_EXPLAINED = {
    "诉讼与非诉讼程序法/刑事诉讼法(2018-10-26).txt": "第一百二十八条 stands inside a line",
    "司法解释/最高人民法院关于适用《刑事诉讼法》的解释(2021-01-26).txt": "four articles stand inside lines",
    "行政法规/飞行基本规则(2007-10-18).txt": "112 articles stand inside lines",
    "司法解释/最高人民法院、最高人民检察院关于执行《刑法》 确定罪名的补充规定（七）(2021-02-26).txt": "a table of crimes",
    "司法解释/最高人民法院、最高人民检察院关于执行《刑法》确定罪名的补充规定（五）(2011-04-27).txt": "a table of crimes",
    "司法解释/最高人民法院、最高人民检察院关于执行《刑法》确定罪名的补充规定（六）(2015-10-30).txt": "a table of crimes",
}


def bare(text: str) -> str:
    """Without blanks and what cannot be seen."""
    return "".join(char for char in text if char.isprintable() and not char.isspace())


def check(source: SourceText, parsed: Parsed, name: str) -> None:
    clauses = parsed.clauses
    assert clauses, name
    assert clauses[0].start == 0 and clauses[-1].end == len(source.text), name
    for before, after in pairwise(clauses):
        assert before.end == after.start, (name, before.path)
    for number, clause in enumerate(clauses):
        assert clause.ordinal == number and clause.start < clause.end
        assert clause.text and clause.path, name
        assert clause.parent is None or clause.parent < number or clauses[clause.parent].path == clause.path
        cut = "".join(source.text[span.start : span.end] for span in clause.spans)
        assert bare(cut) == bare(clause.text), (name, clause.path)
        assert all(clause.start <= span.start < span.end <= clause.end for span in clause.spans), (name, clause.path)
        for span in clause.duty_spans:
            assert 0 <= span.start < span.end <= len(clause.text), (name, clause.path)


def files() -> Iterator[str]:
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.suffix not in (".jsonl", ".md"):
            yield path.relative_to(CORPUS).as_posix()


@pytest.mark.parametrize("folder", ["policies/", "policies_rendered/", "laws/", "laws_old_versions/"])
def test_clauses_partition_every_file(folder: str) -> None:
    furniture = total = 0
    for name in files():
        if not name.startswith(folder):
            continue
        try:
            source = load(CORPUS / name)
        except LoadError as error:
            assert UNREADABLE.get(name) == error.code, (name, str(error))
            continue
        assert name not in UNREADABLE, name
        parsed = parse(source, "x")
        check(source, parsed, name)
        readable = reflow(source)
        repeated = sum(
            len(bare(readable.paragraphs[index].text))
            for part in layout(readable)
            if part.kind == "dropped"
            for index in range(part.first, part.last)
        )
        dropped = sum(len(bare(source.text[span.start : span.end])) for span in readable.furniture)
        placed = sum(len(bare(clause.text)) for clause in parsed.clauses)
        assert placed + dropped + repeated == len(bare(source.text)), name
        total += len(bare(source.text))
        furniture += dropped
    assert furniture < 0.01 * total


def test_a_typeset_copy_gives_the_same_clauses() -> None:
    """PDF and Word copies, with page numbers, wrapped lines and automatic numbers, read like their web page."""

    def numbered(name: str) -> set[tuple[str, str]]:
        clauses = parse(load(CORPUS / name), "x").clauses
        return {(c.path, bare(unicodedata.normalize("NFKC", c.text))) for c in clauses if c.marker}

    rows = (CORPUS / "policies_rendered/index.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, rows):
        assert numbered(f"policies_rendered/{row['file']}") == numbered(row["rendered_from"]), row["file"]


def test_number_of_articles_equals_the_manifest() -> None:
    rows = [json.loads(line) for line in (CORPUS / "laws/manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    differ = []
    for row in rows:
        parsed = parse(load(CORPUS / "laws" / row["file"]), "x")
        articles = [c for c in parsed.clauses if re.fullmatch(r"第.+条(?:之.+)?", c.marker)]
        if len(articles) != row["n_articles"]:
            differ.append(row["file"])
    assert len(differ) / len(rows) <= 0.01
    assert set(differ) <= set(ARTICLES_EXPLAINED)
