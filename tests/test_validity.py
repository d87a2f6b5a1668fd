"""From when, until when, and what a document ends: forms of the grammar, look-alikes, and documents read by hand."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.load import load
from index.parse import parse
from index.records import Clause, Metadata, Span, Times
from index.validity import STATES, facts

TRUTH = Path(__file__).parent / "data" / "validity.jsonl"
CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


def clause(text: str, *, kind: str = "clause", ordinal: int = 1, marker: str = "") -> Clause:
    return Clause(
        id=f"d-{ordinal}",
        document_id="d",
        ordinal=ordinal,
        path="第一条",
        level=1,
        kind=kind,
        marker=marker,
        heading="",
        headings=(),
        text=text,
        start=0,
        end=len(text),
        spans=(Span(start=0, end=len(text)),),
        parent=None,
    )


@pytest.mark.parametrize(
    ("text", "effective"),
    [
        ("第三十二条 本办法自2021年11月1日起施行。", "2021-11-01"),
        ("本规定于2002年3月1日起施行。", "2002-03-01"),
        ("本条例自一九九○年八月一日起施行。", "1990-08-01"),
        ("本规则自2001年8月1日零时起施行。", "2001-08-01"),
        ("本意见自发布之日起30日后施行，有关规定同时废止。", "2021-06-30"),
        ("本办法自公布之日起一个月后施行。", "2021-06-30"),
        ("本通知自印发之日起施行。", "2021-05-31"),
        ("（二十八）本意见自下发之日起试行。", "2021-05-31"),
        ("《某条例》已经常务会议通过，现予公布，自2021年9月1日起施行。", "2021-09-01"),
        # not about the document itself, or no day
        ("公证书自出具之日起生效。", None),
        ("转让合同自批准之日起生效。", None),
        ("保安公司应当自本条例施行之日起6个月内重新申请许可证。", None),
        ("《商标法修改决定》自2001年12月1日起施行。", None),
        ("海关自公告规定实施之日起执行。", None),
        ("行政法规应当自公布之日起30日后施行。", None),
        ("截至2020年底全部实施到位。", None),
        ("第十条 本条例第五条自2022年1月1日起施行。", None),
        ("第二十四条 本条例自修订发布之日起施行。", None),
    ],
)
def test_effective(text: str, effective: str | None) -> None:
    found = facts([clause(text)], Metadata(issued_on="2021-05-31"))
    assert found.effective_on == effective
    if effective:
        assert found.effective_proof is not None
        assert text[found.effective_proof.span.start : found.effective_proof.span.end].strip() in text


@pytest.mark.parametrize(
    ("head", "effective"),
    [
        ("（1998年11月4日 第九届全国人民代表大会常务委员会第五次会议通过）", "1998-11-04"),
        # revised as a whole: published anew
        (
            "（1998年11月4日 第九届全国人民代表大会常务委员会第五次会议通过　2010年10月28日 第十一届全国人民代表大会常务委员会第十七次会议修订）",
            "2010-10-28",
        ),
        ("（1996年5月27日 国务院令第197号公布　2017年12月26日 国务院令第696号修订）", "2017-12-26"),
        # amended in parts: the old publication stands
        (
            "（2001年12月20日 国务院令第339号公布　2011年1月8日 《国务院关于修改部分行政法规的决定》第一次修订）",
            "2001-12-20",
        ),
        (
            "（1998年11月4日 全国人民代表大会常务委员会第五次会议通过　2018年12月29日 全国人民代表大会常务委员会第七次会议《关于修改〈甲法〉的决定》修正）",
            "1998-11-04",
        ),
    ],
)
def test_effective_from_the_publication_of_the_whole_text(head: str, effective: str) -> None:
    clauses = [clause(head, kind="head", ordinal=0), clause("第四十一条 本法自公布之日起施行。")]
    assert facts(clauses, Metadata()).effective_on == effective


@pytest.mark.parametrize(
    ("text", "expires"),
    [
        ("本办法自2021年11月1日起施行，有效期5年。", "2026-10-31"),
        ("本意见有效期为5年，期满自动失效。", "2026-05-30"),
        ("本办法自发布之日起施行，试行期两年。", "2023-05-30"),
        ("本通知有效期至2025年12月31日。", "2025-12-31"),
        ("上述举措执行期自发布之日起至2020年12月底（有明确期限规定的从其规定）。", "2020-12-31"),
        ("本意见政策期限为2016年至2018年。", "2018-12-31"),
        ("《放射性药品使用许可证》有效期为5年，期满前6个月重新提出申请。", None),
        ("医疗器械注册证有效期为5年。", None),
        ("许可证有效期至2025年12月31日。", None),
        ("有效期内的证书继续使用。", None),
        ("食品生产经营许可的有效期为5年。", None),
        ("居民身份证有效期十年。", None),
    ],
)
def test_term(text: str, expires: str | None) -> None:
    assert facts([clause(text)], Metadata(issued_on="2021-05-31")).expires_on == expires


@pytest.mark.parametrize(
    ("text", "repeals"),
    [
        ("1991年6月4日国务院发布的《软件保护条例》同时废止。", [("软件保护条例", None, ("1991-06-04",))]),
        ("义政发〔2011〕97号文件同时废止。", [(None, "义政发〔2011〕97号", ())]),
        (
            "本解释施行后，《最高人民法院甲批复》（法复〔1993〕5号）、《最高人民法院乙解释》（法释〔2000〕36号）同时废止。",
            [("最高人民法院甲批复", "法复〔1993〕5号", ()), ("最高人民法院乙解释", "法释〔2000〕36号", ())],
        ),
        (
            "自本通知印发之日起，《激励通知（旧）》（国办发〔2016〕82号）停止执行。",
            [("激励通知（旧）", "国办发〔2016〕82号", ())],
        ),
        ("《某条例》第五条同时废止。", []),
        ("行政复议期间，《复议决定书》不停止执行。", []),
        ("申请人认为需要停止执行的，依照《行政复议法》办理。", []),
    ],
)
def test_repeals(text: str, repeals: list[tuple[str | None, str | None, tuple[str, ...]]]) -> None:
    found = facts([clause(text)], Metadata())
    assert [(item.title, item.number, item.dates) for item in found.repeals] == repeals


def test_a_written_day_goes_before_one_counted_from_publication() -> None:
    head = clause("（2005年12月12日通过 2006年1月11日公告公布 2006年1月23日施行）", kind="head", ordinal=0)
    assert facts([head, clause("本解释自公布之日起施行。")], Metadata()).effective_on == "2006-01-23"


def test_approval_is_not_publication() -> None:
    head = clause("（1993年8月31日 国务院批准）", kind="head", ordinal=0)
    assert facts([head, clause("本办法自发布之日起施行。")], Metadata(issued_on="1993-08-31")).effective_on is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((None, None, None, None), "unknown"),
        (("2021-01-01", None, None, None), "in_force"),
        (("2025-01-01", None, None, None), "not_yet"),
        (("2021-01-01", "2023-12-31", None, None), "expired"),
        (("2021-01-01", None, "2024-01-01", "repealed"), "repealed"),
        (("2021-01-01", None, "2024-06-02", "amended"), "in_force"),
        ((None, None, "", "repealed"), "repealed"),
    ],
)
def test_state(arguments: tuple[str | None, str | None, str | None, str | None], expected: str) -> None:
    effective, expires, ended, how = arguments
    found = Times(effective_on=effective, expires_on=expires, ended_on=ended, ended_how=how).state("2024-06-01")
    assert found == expected
    assert found in STATES


def test_documents_read_by_hand() -> None:
    rows = [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]
    if not CORPUS.exists():
        pytest.skip("the corpus of laws is not beside the repository")
    right = claimed = true_claims = 0
    wrong = []
    for row in rows:
        parsed = parse(load(CORPUS / row["file"]), "x")
        found = facts(parsed.clauses, parsed.metadata)
        right += found.effective_on == row["effective_on"]
        if found.effective_on != row["effective_on"]:
            wrong.append((row["file"], found.effective_on, row["effective_on"]))
        claims = {("expires", found.expires_on)} - {("expires", None)}
        claims |= {("ended", "")} if found.ended else set()
        claims |= {(item.title or "", item.number) for item in found.repeals}
        truth = {("expires", row["expires_on"])} | ({("ended", "")} if row["ended"] else set())
        truth |= {(title or "", number) for title, number in row["repeals"]}
        claimed += len(claims)
        true_claims += len(claims & truth)
    assert len(rows) >= 150
    assert right / len(rows) >= 0.95, wrong
    assert true_claims / claimed >= 0.98


@given(st.text(alphabet="本办法自2021年月日起施行有效期至公布之，。《》同时废止5 ", max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = facts([clause(text)], Metadata(issued_on="2021-05-31"))
    for proof in (found.effective_proof, found.expires_proof, *(item.proof for item in found.repeals)):
        assert proof is None or 0 <= proof.span.start <= proof.span.end <= len(text)
