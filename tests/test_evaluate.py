"""The metrics, against cases counted by hand."""

import json
from pathlib import Path

import pytest

from index.records import Clause, Document, Metadata, Span
from qa.evaluate import Case, Gold, QuestionSetError, evaluate, matches, overlaps, read_cases
from qa.records import Answer, Citation, Hit, Interpretation, Refusal, Reply

SOURCE = "比重达到７０%以上。其他规定。"


def _document(source: str = "seeds/004_abc.txt") -> Document:
    return Document(id="d", source=source, kind="txt", sha256="", length=len(SOURCE), metadata=Metadata())


def _hit(path: str = "二、（一）1.", text: str = SOURCE, source: str = "seeds/004_abc.txt", rank: int = 1) -> Hit:
    clause = Clause(
        id="d-0",
        document_id="d",
        ordinal=0,
        path=path,
        level=1,
        kind="clause",
        marker="",
        heading="",
        headings=(),
        text=text,
        start=0,
        end=len(text),
        spans=(Span(start=0, end=len(text)),),
        parent=None,
    )
    return Hit(rank=rank, score=0.5, key=0, lexical=1.0, dense=None, document=_document(source), clause=clause)


GOLD = Gold(document="004", path="二、（一）1", quote="比重达到70%")


@pytest.mark.parametrize(
    ("hit", "gold", "path", "expected"),
    [
        (_hit(), GOLD, True, True),
        (_hit(text="比 重\n达到70％"), GOLD, True, True),
        (_hit(path="二、(一)1、"), GOLD, True, True),
        (_hit(path="二、（一）"), GOLD, True, False),
        (_hit(path="二、（一）"), GOLD, False, True),
        (_hit(source="seeds/003_abc.txt"), GOLD, False, False),
        (_hit(source="x/a004.txt"), GOLD, False, False),
        (_hit(source="a/b.txt"), Gold(document="a/b.txt", path="", quote="其他"), False, True),
        (_hit(source="in/a/b.txt"), Gold(document="a/b.txt", path="", quote="其他"), False, True),
        (_hit(text="无关"), GOLD, False, False),
    ],
)
def test_when_a_hit_matches(hit: Hit, gold: Gold, path: bool, expected: bool) -> None:
    assert matches(hit, gold, with_path=path) is expected


@pytest.mark.parametrize(
    ("quote", "gold", "expected"),
    [
        ("比重达到70%以上", "比重达到70%", True),
        ("达到70%", "比重达到７０％以上", True),
        ("比重", "比重达到70%以上", False),
    ],
)
def test_when_a_quote_overlaps(quote: str, gold: str, expected: bool) -> None:
    assert overlaps(quote, gold) is expected


def _reply(hits: tuple[Hit, ...], quote: str | None) -> Reply:
    answer = refusal = None
    if quote is None:
        refusal = Refusal(reason="no_evidence", message="")
    else:
        start = SOURCE.find(quote)
        end = start + len(quote)
        cited = Citation(marker=1, document=_document(), clause=_hit().clause, quote=quote, start=start, end=end)
        answer = Answer(text=f"{quote}[1]", citations=(cited,))
    interpretation = Interpretation(question="")
    return Reply(interpretation=interpretation, answer=answer, refusal=refusal, hits=hits, took_ms=0.0)


def _case(name: str, *, answerable: bool = True) -> Case:
    return Case(id=name, question=name, type="number", answerable=answerable, gold=(GOLD,) if answerable else ())


def test_figures_of_a_set_counted_by_hand() -> None:
    wrong = _hit(text="无关")
    replies = {
        "first": _reply((_hit(),), "比重达到７０%以上。"),
        "third": _reply((wrong, wrong, _hit()), "其他规定。"),
        "never": _reply((wrong,), None),
        "none, refused": _reply((), None),
        "none, answered": _reply((wrong,), "假话。"),
    }
    cases = [_case(name, answerable=not name.startswith("none")) for name in replies]
    found = evaluate(cases, replies.__getitem__, lambda _: SOURCE)
    figures = found.all
    assert figures.questions == 5
    assert figures.hit_1 == pytest.approx(1 / 3)
    assert figures.path_1 == pytest.approx(1 / 3)
    assert figures.hit_5 == pytest.approx(2 / 3)
    assert figures.mrr_10 == pytest.approx((1 + 1 / 3) / 3)
    assert figures.quote_1 == pytest.approx(1 / 3)
    assert figures.refusal_precision == pytest.approx(1 / 2)
    assert figures.refusal_recall == pytest.approx(1 / 2)
    assert figures.exactness == pytest.approx(2 / 3)
    assert found.by_type["number"] == figures
    assert found.to_dict()["wrongly_answered"] == ["none, answered"]


def test_reading_cases(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    row = {"id": "x", "question": "多少？", "gold": [{"doc": "004", "clause": "一、", "quote": "七成"}]}
    file.write_text(json.dumps(row, ensure_ascii=False) + "\n\n" + '{"question": "谁？"}\n', encoding="utf-8")
    one, two = read_cases(file)
    assert one.gold == (Gold(document="004", path="一、", quote="七成"),) and one.answerable and one.type == "other"
    assert two.id == "3" and not two.answerable


@pytest.mark.parametrize(
    "content", ["", "不是 JSON\n", '{"gold": []}\n', '{"question": "？", "gold": ["x"]}\n', "[]\n"]
)
def test_unusable_files_name_the_line(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionSetError, match="题集"):
        read_cases(file)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="UTF-8"):
        read_cases(tmp_path / "none.jsonl")
