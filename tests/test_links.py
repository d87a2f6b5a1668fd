"""References matched with documents and clauses, backlinks, and the state of documents: on hand-made documents."""

from pathlib import Path

import pytest

from index.backend import LocalBackend, open_index
from index.build import build
from index.directory import Asked, Directory, Entry, spellings
from index.ingest import document_id
from index.links import Links
from index.records import Filters, Metadata, Times
from tests.index_samples import TinyEmbedder

EMBEDDER = TinyEmbedder()
OLD = """甲市停车管理办法
（2015年3月1日甲市人民政府令第10号公布）
第一条 为了规范停车，制定本办法。
第二条 停车收费每小时五元。
第三条 本办法自2015年4月1日起施行。
"""
NEW = """甲市停车管理办法
（2022年6月1日甲市人民政府令第40号公布）
第一条 为了规范停车，根据《中华人民共和国道路交通安全法》，制定本办法。
第二条 停车应当符合下列要求：
（一）有序停放；
（二）按规定缴费。
第三条 违反第二条第（二）项规定的，责令改正；违反前款规定情节严重的，罚款。
第四条 违反本办法第二条规定的，依照《甲市城市管理条例》第三条处理。
第五条 本办法自2022年7月1日起施行。
"""
CITY = """甲市城市管理条例
（2018年5月1日甲市人民代表大会常务委员会通过）
第一条 为了管理城市，制定本条例。
第二条 市政府按照《甲市停车管理办法》和《甲市市容暂行规定》管理停车。
第三条 违反规定的，处以罚款。
第四条 本条例自2018年6月1日起施行。《甲市市容暂行规定》、《甲市广告管理办法》同时废止。
"""
SIGNS = """甲市广告管理办法
（2010年5月1日甲市人民政府令第5号公布）
第一条 为了管理广告，制定本办法。
第二条 本办法自2010年6月1日起施行。
"""
NOTICE = """关于做好停车工作的通知

各区人民政府：
按照《甲市停车管理办法》第二条第二项和甲府发〔2019〕7号文件要求，做好停车工作。本通知有效期至2024年12月31日。

甲市人民政府
2023年1月5日
"""


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> LocalBackend:
    folder = tmp_path_factory.mktemp("files")
    texts = {"old": OLD, "new": NEW, "city": CITY, "signs": SIGNS, "task": NOTICE}
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    target = tmp_path_factory.mktemp("index")
    report = build([folder], target, EMBEDDER)
    assert report.documents == len(texts)
    return open_index(target)


def idof(name: str) -> str:
    return document_id(f"{name}.txt")


def path_of(backend: LocalBackend, clause_id: str) -> str:
    return next(clause.path for clause in backend.clauses(clause_id.partition("-")[0]) if clause.id == clause_id)


def states(backend: LocalBackend, day: str) -> dict[str, str]:
    return {name: backend.links.validity(idof(name), day).state for name in ("old", "new", "city", "signs", "task")}


def test_a_reference_finds_the_newest_text_and_the_clause(backend: LocalBackend) -> None:
    link = next(link for link in backend.links.of_document(idof("task")) if link.title)
    assert (link.kind, link.parts, link.target_id) == ("依据", ("第二条第二项",), idof("new"))
    assert [path_of(backend, clause) for clause in link.target_clauses] == ["第二条（二）"]
    assert link.text == "《甲市停车管理办法》第二条第二项"


def test_places_of_the_own_document(backend: LocalBackend) -> None:
    found = {
        (path_of(backend, link.clause_id), link.parts): [path_of(backend, clause) for clause in link.target_clauses]
        for link in backend.links.of_document(idof("new"))
        if link.kind == "internal"
    }
    assert found == {
        ("第三条", ("第二条第二项",)): ["第二条（二）"],
        ("第三条", ("前款",)): [],
        ("第四条", ("第二条",)): ["第二条"],
    }


def test_what_the_index_does_not_hold_stays_open(backend: LocalBackend) -> None:
    unknown = backend.links.to_unknown(number="甲府发〔2019〕7号")
    assert [link.document_id for link in unknown] == [idof("task")]
    assert unknown[0].target_id is None


def test_backlinks(backend: LocalBackend) -> None:
    assert {link.document_id for link in backend.links.to_document(idof("new"))} == {idof("city"), idof("task")}
    clause = next(clause for clause in backend.clauses(idof("city")) if clause.path == "第三条")
    assert [link.document_id for link in backend.links.to_clause(clause.id)] == [idof("new")]


def test_states_over_time(backend: LocalBackend) -> None:
    none = dict.fromkeys(("old", "new", "city", "signs", "task"), "not_yet")
    assert states(backend, "2009-01-01") == none | {"task": "in_force"}
    assert states(backend, "2019-01-01")["signs"] == "repealed"
    assert states(backend, "2019-01-01")["old"] == "in_force"
    today = states(backend, "2025-06-01")
    assert today == {"old": "amended", "new": "in_force", "city": "in_force", "signs": "repealed", "task": "expired"}


def test_the_proof_of_a_repeal_stands_in_the_other_document(backend: LocalBackend) -> None:
    found = backend.links.validity(idof("signs"), "2025-01-01")
    proof = dict(found.proofs)["ended"]
    assert (found.ended_on, found.ended_by, proof.document_id) == ("2018-06-01", idof("city"), idof("city"))
    assert proof.text.endswith("《甲市广告管理办法》同时废止。")
    assert dict(found.proofs)["effective"].text == "第二条 本办法自2010年6月1日起施行。"


def test_filters_tell_the_same_state(backend: LocalBackend) -> None:
    for day in ("2009-01-01", "2016-01-01", "2019-01-01", "2022-06-15", "2023-06-01", "2025-06-01"):
        for wanted in ("in_force", "not_yet", "expired", "repealed", "amended"):
            found = {document.source for document in backend.documents(Filters(as_of=day, validity=wanted))}
            issued = {document.source for document in backend.documents(Filters(until=day))}
            assert found == {f"{name}.txt" for name, told in states(backend, day).items() if told == wanted} & issued
        assert {name: backend.document(idof(name)).validity(day) for name in states(backend, day)} == states(
            backend, day
        )


def test_as_of_keeps_what_was_in_force(backend: LocalBackend) -> None:
    def sources(day: str) -> set[str]:
        return {document.source.removesuffix(".txt") for document in backend.documents(Filters(as_of=day))}

    assert sources("2016-01-01") == {"old", "signs"}
    assert sources("2020-01-01") == {"old", "city"}
    assert sources("2023-06-01") == {"new", "city", "task"}


def test_warning_for_a_clause_that_rests_on_something_repealed(backend: LocalBackend) -> None:
    def warnings(day: str) -> list[str]:
        return [link.warning for link in backend.links.of_document(idof("city"), day) if link.warning]

    assert warnings("2022-07-01") == []  # it is its own document that repeals the 市容暂行规定
    assert backend.document(idof("signs")).validity("2025-06-01") == "repealed"
    assert backend.document(idof("new")).metadata.effective_on == "2022-07-01"


def test_no_such_document(backend: LocalBackend) -> None:
    with pytest.raises(KeyError):
        backend.links.validity("nothing")
    assert isinstance(backend.links, Links)
    assert backend.links.of_document("nothing") == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked(title="中华人民共和国公司法", number=None), 1),
        (Asked(title="公司法", number=None), 1),
        (Asked(title="公司法", number=None, before="2020-01-01"), 0),
        (Asked(title="企业破产法（试行）", number=None), None),
        (Asked(title="企业破产法", number=None), 2),
        (Asked(title="省人民政府办公厅关于推进开发区高质量发展的指导意见", number=None), 3),
        (Asked(title="关于推进开发区高质量发展的指导意见", number="黔府办发〔2020〕9号"), None),
        (Asked(title=None, number="黔府办发[2021]6号"), 3),
        (Asked(title="开发区考核办法", number=None), 4),
        (Asked(title="不存在的办法", number=None), None),
    ],
)
def test_directory(asked: Asked, expected: int | None) -> None:
    entries = [
        Metadata(title="中华人民共和国公司法", issued_on="2018-10-26"),
        Metadata(title="中华人民共和国公司法", issued_on="2023-12-29"),
        Metadata(title="中华人民共和国企业破产法", issued_on="2006-08-27"),
        Metadata(title="贵州省人民政府办公厅关于推进开发区高质量发展的指导意见", number="黔府办发〔2021〕6号"),
        Metadata(title="关于印发《开发区考核办法（试行）》的通知", enclosed_title="开发区考核办法（试行）"),
    ]
    found = Directory(Entry(position=at, metadata=item) for at, item in enumerate(entries)).find(asked)
    assert (found.position if found else None) == expected


def test_spellings() -> None:
    assert spellings("《甲》")[0] == "〈甲〉"
    assert spellings("中华人民共和国海关法")[1] == "海关法"
    assert spellings("贵州省优化营商环境条例")[3] == "优化营商环境条例"


def test_a_document_ended_on_an_unknown_day_never_applies() -> None:
    assert Times(ended_on="", ended_how="repealed").state("2020-01-01") == "repealed"


def test_the_article_before_one_whose_number_comes_twice(tmp_path: Path) -> None:
    """A regulation and, in the same file, another one or a misprint: its articles begin anew."""
    text = """甲市停车管理办法
第一条 停车应当缴费。
第二条 停车应当有序。
第三条 违反前条规定的，责令改正。
第二条 停车收费每小时五元。
第三条 违反前条规定的，退还多收的费用。
"""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "twice.txt").write_text(text, encoding="utf-8")
    build([tmp_path / "files"], tmp_path / "index", EMBEDDER)
    with open_index(tmp_path / "index") as found:
        clauses = {clause.id: clause for clause in found.clauses(idof("twice"))}
        meant = [
            clauses[target].text.split()[-1]
            for link in found.links.of_document(idof("twice"))
            for target in link.target_clauses
        ]
    assert meant == ["停车应当有序。", "停车收费每小时五元。"]
