"""A memo with 30 planted faults and 30 right citations against a small index; and single cases."""

import json
import os
import re
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.day import today
from qa import cli
from qa.config import Settings
from qa.errors import UsageError
from qa.memo import read_memo
from qa.service import PolicyQA
from qa.verify import OK, UNSURE, WRONG, Finding, verify

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
MEMO = DATA / "memo.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("index")
    arguments = ["index", str(ROOT / "seeds"), str(DATA / "memo_corpus")]
    assert cli.run(["--quiet", "--index", str(found), *arguments]) == 0
    return found


@pytest.fixture(scope="module")
def service(folder: Path) -> PolicyQA:
    settings = Settings()
    return PolicyQA(settings.model_copy(update={"index": settings.index.model_copy(update={"folder": folder})}))


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def check(service: PolicyQA, text: str, as_of: str | None = "2025-01-01") -> list[Finding]:
    return verify(read_memo(text), service.backend, as_of=as_of)


def shown(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.state, finding.problem) for finding in findings]


def test_thirty_faults_are_found_and_thirty_right_citations_pass(service: PolicyQA) -> None:
    findings = service.verify(MEMO)
    text = MEMO.read_text(encoding="utf-8")
    truth = [json.loads(line) for line in (DATA / "memo_faults.jsonl").read_text(encoding="utf-8").splitlines()]
    # the second section numbers its paragraphs: each holds one fault
    first = min(f.line for f in findings if re.match(r"\D*第二十一条", f.text))
    wrong = [(finding.line - first + 1, finding.problem) for finding in findings if finding.state == WRONG]
    assert wrong == [(row["item"], row["problem"]) for row in truth]
    assert len(truth) == 30
    right = [finding for finding in findings if finding.line < first]
    assert [finding.message for finding in right if finding.state != OK] == []
    assert len(right) >= 30
    assert text.count("\n30. ") == 1


def test_a_difference_is_shown_character_by_character(service: PolicyQA) -> None:
    found = check(service, "《印花税法》第八条规定，“印花税的应纳税额按照计税依据乘以规定税率计算。”")
    assert shown(found) == [(OK, None), (WRONG, "quotation_differs")]
    pieces = [(piece.kind, piece.text) for piece in found[1].pieces]
    assert pieces == [
        ("equal", "印花税的应纳税额按照计税依据乘以"),
        ("delete", "适用"),
        ("insert", "规定"),
        ("equal", "税率计算"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the day counts
        ("按照《印花税暂行条例》办理。", [(WRONG, "repealed")]),
        ("《印花税暂行条例》已经废止。", [(OK, None)]),
        ("《个体工商户条例》同时废止。", [(OK, None)]),
        # not in the index, but a document of the index repeals it
        ("《城乡个体工商户管理暂行条例》已经废止。", [(OK, None)]),
        ("按照《城乡个体工商户管理暂行条例》办理。", [(WRONG, "unknown_document")]),
        # a bare article belongs to the document named last
        ("《印花税法》自2022年起施行。其中第二十条作了规定。", [(OK, None), (OK, None)]),
        ("《印花税法》自2022年起施行。其中第二十二条作了规定。", [(OK, None), (WRONG, "no_such_clause")]),
        ("第九条作了规定。", [(UNSURE, None)]),
        # quotations: width and blanks do not count, … leaves out, marks inside may be of either kind
        ("筑府办函〔2021〕33号提出，“坚持 ‘亩产论英雄’,切实提高开发区产出效益”。", [(OK, None), (OK, None)]),
        ("“坚持‘亩产论英雄’……开展土地利用情况摸底”（筑府办函〔2021〕33号）。", [(OK, None), (OK, None)]),
        # shorter than eight characters
        ("筑府办函〔2021〕33号提出“亩产论英雄”。", [(OK, None)]),
        # a phrase near a document that is not said to be its words
        ("根据《印花税法》，开展“便民办税春风行动”活动。", [(OK, None), (UNSURE, "no_source")]),
        # without a source the whole index is searched
        ("有“国家实行有利于个体工商户发展的财税政策”这样的话。", [(OK, None)]),
        ("有“国家实行有利于个体工商户发展的金融政策”这样的话。", [(WRONG, "quotation_differs")]),
        ("有“阳春白雪曲高和寡知音稀少”这样的话。", [(UNSURE, "no_source")]),
        # words of another document
        (
            "《印花税法》规定，“国家实行有利于个体工商户发展的财税政策”。",
            [(OK, None), (WRONG, "other_document")],
        ),
        # what the quoted words cite is the source's
        (
            "《印花税法》第二十条规定，“1988年8月6日国务院发布的《中华人民共和国印花税暂行条例》同时废止”。",
            [(OK, None), (OK, None)],
        ),
        (
            "《印花税法》第十九条规定，“依照《中华人民共和国税收征收管理法》和有关法律、行政法规的规定追究法律责任”。",
            [(OK, None), (OK, None)],
        ),
        # certificates and forms are no documents; definitions are no quotations
        ("取得《营业执照》后即可经营（以下简称“一件事一次办改革”）。", []),
        ("", []),
    ],
)
def test_single_cases(service: PolicyQA, text: str, expected: list[tuple[str, str | None]]) -> None:
    assert shown(check(service, text)) == expected


@given(
    st.lists(
        st.sampled_from(
            ["《印花税法》", "《", "》", "第八条", "第二款", "规定，", "“", "”", "（", "）", "筑府办函〔2021〕33号", "甲乙丙丁戊己庚辛",
             "印花税的应纳税额按照计税依据", "……", "\n", "。", '"', "「", "」", "‘"]
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_checked_without_a_fault(service: PolicyQA, text: str) -> None:
    for finding in check(service, text):
        assert "".join(text[finding.span.start : finding.span.end].split()) == finding.text
        assert (finding.state == WRONG) == (finding.problem is not None and finding.problem != "no_source")


def test_every_sentence_of_the_laws_is_found_and_every_altered_one_shown(service: PolicyQA) -> None:
    """Each first sentence of an article, cited as it stands and with one character changed."""
    lines, altered = [], []
    for document in service.documents():
        if document.validity(today()) not in ("in_force", "unknown") or document.metadata.type not in (
            "法律",
            "条例",
            "行政法规",
        ):
            continue
        for clause in service.clauses(document):
            sentences = re.findall(r"[^。；：“”\n]{12,60}[。；]", clause.text.removeprefix(clause.marker))
            if clause.marker.endswith("条") and sentences:
                sentence = sentences[0].strip()[:-1]
                lines.append(f"《{document.metadata.title}》{clause.marker}规定，“{sentence}”。")
                middle = len(sentence) // 2
                altered.append(lines[-1].replace(sentence, sentence[:middle] + "𠮷" + sentence[middle + 1 :]))
    assert len(lines) > 50
    assert {finding.state for finding in check(service, "\n".join(lines))} == {OK}
    found = check(service, "\n".join(altered))
    assert [finding.problem for finding in found if finding.kind == "quotation"] == ["quotation_differs"] * len(lines)
    assert all(("insert", "𠮷") in [(piece.kind, piece.text) for piece in finding.pieces] for finding in found[1::2])


def test_a_repealed_document_that_the_index_does_not_hold_is_said_to_be_so(service: PolicyQA) -> None:
    for text in ("《城乡个体工商户管理暂行条例》已经废止。", "按照《城乡个体工商户管理暂行条例》办理。"):
        assert "已被《个体工商户条例》废止" in check(service, text)[0].message


@pytest.mark.parametrize(
    ("name", "source"), [("印花税法", "印花税法(2021-06-10).txt"), ("个体工商户条例", "个体工商户条例(2016-02-06).txt")]
)
def test_a_short_title_names_its_document(service: PolicyQA, name: str, source: str) -> None:
    assert service.document(name).source.endswith(source)


def test_what_was_in_force_on_a_day(service: PolicyQA) -> None:
    assert shown(check(service, "按照《印花税暂行条例》办理。", "2021-01-01")) == [(OK, None)]


def test_a_number_without_a_year_or_title_is_searched(service: PolicyQA) -> None:
    (found,) = check(service, "筑府办函[2021]第33号作了部署。")
    assert found.state == OK
    assert found.document is not None
    assert found.document.metadata.number == "筑府办函〔2021〕33号"


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["verify", str(MEMO), "--index", str(folder)]) == 1
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 30
    assert "乘以[-适用-]{+规定+}税率计算" in captured.out
    assert "有误 30 处" in captured.err
    assert cli.run(["verify", str(MEMO), "--json", "--index", str(folder)]) == 1
    shape = json.loads(capsys.readouterr().out)
    assert shape["counts"]["wrong"] == 30
    assert {"kind", "text", "line", "state", "problem", "message", "document", "clause", "pieces"} <= set(
        shape["findings"][0]
    )
    memo = docx.Document()
    memo.add_paragraph("《印花税法》第八条作了规定。")
    memo.save(str(tmp_path / "memo.docx"))
    assert cli.run(["verify", "memo.docx", "--all", "--index", str(folder)]) == 0
    assert "无误" in capsys.readouterr().out


def test_a_file_that_is_none_is_a_message(service: PolicyQA, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        service.verify(tmp_path / "nowhere.txt")
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(UsageError, match="empty"):
        service.verify(tmp_path / "empty.txt")
