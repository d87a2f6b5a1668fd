"""The user's own lexicon: its form, its errors, its effect without a rebuild, and what --explain says of it."""

import json
import os
from pathlib import Path

import pytest

from qa import cli
from qa.lexicon import Lexicon
from qa.user_lexicon import LexiconError, UserLexicon, read_user_lexicon

SHIPPED = {"开公司": ("设立企业",)}
TEXT = """临江市人民政府关于印发城乡环卫工作方案的通知

临政发〔2022〕7号

各县（市、区）人民政府：

一、生活垃圾。厨余垃圾应当投放至绿色收集容器。（责任单位：市城管局）

二、道路保洁。主干道每日清扫两次。（责任单位：市城管局）

三、公共厕所。公共厕所每日消杀一次。（责任单位：市卫生健康局）

临江市人民政府

2022年3月5日
"""


def write(path: Path, text: str, stamp: int) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))
    return path


def official(lexicon: Lexicon, text: str) -> list[tuple[str, ...]]:
    return [concept.official for concept in lexicon.concepts(text)]


def test_words_of_a_line_are_folded_and_comments_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", "# 说明\n\n厨余垃圾|餐廚垃圾\t泔水|剩菜剩饭\t环卫\n", 1)
    assert read_user_lexicon(path) == {"泔水": ("厨余垃圾", "餐厨垃圾"), "剩菜剩饭": ("厨余垃圾", "餐厨垃圾")}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("厨余垃圾\t泔水\n没有制表符\n", ["第 2 行", "制表符"]),
        ("厨余垃圾\t泔水\t环卫\t多\n", ["第 1 行", "3 个制表符"]),
        ("厨余垃圾\t泔水||剩饭\n", ["第 1 行", "口头说法", "空"]),
        ("\t泔水\n", ["第 1 行", "公文说法", "空"]),
        ("# 好\n厨余垃圾\t钱\n", ["第 2 行", "“钱”", "2 到 12"]),
    ],
)
def test_faults_name_line_and_cure(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = write(tmp_path / "own.tsv", text, 1)
    with pytest.raises(LexiconError) as raised:
        read_user_lexicon(path)
    for part in (*expected, "own.tsv"):
        assert part in str(raised.value)


def test_file_that_is_missing_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"lexicon\.user"):
        read_user_lexicon(tmp_path / "none.tsv")
    (tmp_path / "own.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LexiconError, match="UTF-8"):
        read_user_lexicon(tmp_path / "own.tsv")


def test_own_words_come_before_shipped_ones_and_changes_count_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "own.tsv", "登记注册\t开公司\n", 10)
    lexicon = UserLexicon(SHIPPED, path)
    assert official(lexicon, "想开公司") == [("登记注册", "设立企业")]
    write(path, "厨余垃圾\t泔水\n", 20)
    assert official(lexicon, "泔水和开公司") == [("厨余垃圾",), ("设立企业",)]


def test_a_slip_in_a_running_service_keeps_the_words_read_last(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "own.tsv", "厨余垃圾\t泔水\n", 10)
    lexicon = UserLexicon(SHIPPED, path)
    write(path, "厨余垃圾 泔水\n", 20)
    assert official(lexicon, "泔水") == [("厨余垃圾",)]
    assert official(lexicon, "泔水") == [("厨余垃圾",)]
    assert len(caplog.records) == 1 and "第 1 行" in caplog.text
    write(path, "餐厨废弃物\t泔水\n", 30)
    assert official(lexicon, "泔水") == [("餐厨废弃物",)]
    path.unlink()
    assert official(lexicon, "泔水") == [("餐厨废弃物",)]


@pytest.fixture
def indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "方案.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "config.yaml").write_text("lexicon: {user: own.tsv}\n", encoding="utf-8")
    write(tmp_path / "own.tsv", "公共厕所\t乌龟壳壳\n", 10)
    assert cli.run(["--quiet", "index", "in"]) == 0
    return tmp_path


def test_explained_search_shows_expansions_and_reasons(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.run(["search", "乌龟壳壳多久弄一次", "--json", "--explain"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["hits"][0]["clause"]["path"].startswith("三")
    assert {"everyday": "乌龟壳壳", "official": ["公共厕所"]} in found["explanation"]["expansions"]
    first = found["explanation"]["hits"][0]
    assert first["clause"] == found["hits"][0]["clause"]["id"]
    assert first["raised"] and all(one["effect"] > 0 for one in first["raised"])
    assert all(one["effect"] < 0 for one in first["lowered"])
    # changed without a rebuild
    write(indexed / "own.tsv", "厨余垃圾\t乌龟壳壳\n", 20)
    assert cli.run(["search", "乌龟壳壳丢到哪里", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["hits"][0]["clause"]["path"].startswith("一") and "explanation" not in found
    assert cli.run(["search", "乌龟壳壳丢到哪里", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "词表：乌龟壳壳 → 厨余垃圾" in out and "升：" in out
    assert cli.run(["ask", "乌龟壳壳丢到哪里", "--explain", "--json"]) in (0, 1)
    assert json.loads(capsys.readouterr().out)["explanation"]["expansions"]


def test_faulty_lexicon_is_wrong_configuration(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(indexed / "own.tsv", "错\n", 30)
    assert cli.run(["search", "保洁"]) == 2
    assert "第 1 行" in capsys.readouterr().err


def test_every_feature_of_the_ranker_has_a_name() -> None:
    from qa.explain import NAMES
    from qa.rank import ON_ARTICLES, read_model

    assert {name.removesuffix(ON_ARTICLES) for name in read_model().names} <= set(NAMES)
