"""qa tune from questions to a switched index: what is learned, what is refused, what an interruption leaves."""

import json
from pathlib import Path

import pytest

from index.backend import open_index
from index.generation import current_name
from qa import cli
from qa.config import Settings
from qa.errors import UsageError
from qa.models import models_folder
from qa.service import PolicyQA
from qa.tune import run
from qa.tune.questions import Resolver, read_rows
from qa.tune.split import halves, split

# official word, the word only this organisation uses for it
WORDS = (
    ("厨余垃圾", "蓝精灵"), ("公共厕所", "听雨轩"), ("农村公路", "毛毛道"), ("社区养老", "夕阳红"), ("招商引资", "请凤凰"),
    ("河道治理", "顺龙王"), ("校园安全", "护花苗"), ("茶叶加工", "绿叶子"), ("夜间施工", "打更队"), ("人才公寓", "引雁巢"),
    ("信访接待", "拉家常"), ("防汛抗旱", "看天吃"), ("食品抽检", "尝百草"), ("公务用车", "铁马儿"), ("档案管理", "故纸堆"),
    ("城市绿化", "栽花使"),
)  # fmt: skip
TEXT = """临江市人民政府关于加强{word}工作的通知

临政发〔2022〕{number}号

各县（市、区）人民政府：

一、落实经费。{word}经费列入本级预算，专款专用。

二、加强检查。{word}每季度检查一次，结果予以公布。

三、明确责任。{word}工作由市{word}办公室牵头。

临江市人民政府

2022年3月5日
"""
ASKED = (("{}的钱从哪里来", "一、"), ("{}多久查一回", "二、"), ("{}归谁管", "三、"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tune")
    (root / "in").mkdir()
    rows = []
    for number, (word, own) in enumerate(WORDS, start=1):
        (root / "in" / f"{number:02}.txt").write_text(TEXT.format(word=word, number=number), encoding="utf-8")
        for form, clause in ASKED:
            name = f"{own}（{word}）" if number % 2 else word
            rows.append({"question": form.format(name), "gold": [{"doc": f"{number:02}.txt", "clause": clause}]})
    write(root / "q.jsonl", rows)
    gold = [row["gold"] for row in rows]
    shuffled = [{**row, "gold": gold[(place * 7 + 11) % len(gold)]} for place, row in enumerate(rows)]
    write(root / "shuffled.jsonl", shuffled)
    return root


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def service(made: Path, tmp_path: Path) -> PolicyQA:
    found = PolicyQA(Settings(index={"folder": tmp_path / "index"}))  # type: ignore[arg-type]
    found.index([made / "in"])
    return found


def state(folder: Path) -> tuple[str, list[str]]:
    return current_name(folder / "index"), sorted(str(path) for path in folder.rglob("*-models/*"))


def test_installs_with_force_answers_with_it_and_goes_back(service: PolicyQA, made: Path, tmp_path: Path) -> None:
    shipped = service.embedder.identity
    before = service.search("毛毛道多久查一回").hits
    report = service.tune(made / "q.jsonl", force=True)
    assert report.installed is not None and report.before is not None and report.after is not None
    assert (report.by, report.teach + report.held, report.lost) == ("document", 48, ())
    assert service.embedder.identity == report.installed != shipped
    assert service.backend.manifest.settings.embedder == report.installed
    after = service.search("毛毛道多久查一回").hits
    assert [hit.dense for hit in after] != [hit.dense for hit in before]
    # the index goes on with the adapted model
    assert service.index([made / "in"]).documents == len(WORDS)
    assert service.backend.manifest.settings.embedder == report.installed
    assert models_folder(service.settings).is_relative_to(tmp_path)
    assert service.untune() == shipped == service.embedder.identity
    assert service.search("毛毛道多久查一回").hits == before
    with pytest.raises(UsageError, match="没有可以撤销"):
        service.untune()


def test_mixed_up_answers_are_refused_and_change_nothing(service: PolicyQA, made: Path, tmp_path: Path) -> None:
    before = state(tmp_path)
    report = service.tune(made / "shuffled.jsonl")
    assert report.installed is None and report.pairing < run.UNRELATED
    assert state(tmp_path) == before
    assert service.search("农村公路").hits


def test_a_figure_that_falls_refuses(
    service: PolicyQA, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(tmp_path)
    monkeypatch.setattr(run, "fallen", lambda *_: ["mrr"])
    report = service.tune(made / "q.jsonl")
    assert report.installed is None and report.fallen == ("mrr",)
    assert state(tmp_path) == before


@pytest.mark.parametrize("stage", ["学习", "检验新模型（100%）", "切换索引"])
def test_interruption_leaves_everything_as_it_was(service: PolicyQA, made: Path, tmp_path: Path, stage: str) -> None:
    before = state(tmp_path)

    def stop(name: str, *_: int) -> None:
        if name == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        service.tune(made / "q.jsonl", force=True, progress=stop)
    assert state(tmp_path) == before
    assert service.search("农村公路").hits


def test_same_seed_same_model(service: PolicyQA, made: Path) -> None:
    first = service.tune(made / "q.jsonl", force=True, seed=3).installed
    service.untune()
    assert service.tune(made / "q.jsonl", force=True, seed=3).installed == first


def test_split_keeps_documents_apart(service: PolicyQA, made: Path) -> None:
    with open_index(service.settings.index.folder) as backend:
        asked, lost = Resolver(backend).asked(read_rows(made / "q.jsonl"))
    assert not lost
    parts = split(asked, 0)
    teach = frozenset[str]().union(*(one.documents for one in parts.teach))
    assert teach.isdisjoint(frozenset[str]().union(*(one.documents for one in parts.held)))
    assert 0.1 < len(parts.held) / len(asked) < 0.35
    one, other = halves(parts.teach, 0)
    assert len(one) + len(other) == len(parts.teach) and one and other
    assert split([a for a in asked if a.documents == asked[0].documents], 0).by == "clause"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", ["第 2 行"]),
        ('{"question": ""}', ["第 2 行", "question"]),
        ('{"question": "甲", "gold": [{"doc": "a"}]}', ["第 2 行", "quote"]),
        ('{"question": "甲"}', ["第 2 行", "docs/tuning.md"]),
    ],
)
def test_faulty_lines_are_named(tmp_path: Path, line: str, expected: list[str]) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"question": "无", "answerable": false, "gold": []}\n' + line, encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        read_rows(path)
    for part in expected:
        assert part in str(raised.value)


def test_command_needs_a_file_or_undo(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["tune"]) == 2
    assert "--undo" in capsys.readouterr().err
