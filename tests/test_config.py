"""Settings: where they come from, how they are checked, and what a wrong one says."""

from pathlib import Path

import pytest

from qa.config import Settings, find_file, load_settings
from qa.errors import ConfigError

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("QA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_without_a_file() -> None:
    assert load_settings() == Settings()
    assert load_settings().index.folder == Path("var/index")


def test_shipped_file_states_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    shipped = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    assert {section: set(keys) for section, keys in shipped.items()} == {
        name: set(getattr(Settings(), name).model_fields_set | type(getattr(Settings(), name)).model_fields.keys())
        for name in Settings.model_fields
    }
    settings = load_settings(ROOT / "config.yaml")
    assert settings.index.folder == ROOT / "var/index"
    assert settings.model_copy(update={"index": Settings().index}) == Settings()
    assert settings.index.model_copy(update={"folder": Path("var/index")}) == Settings().index


def test_every_setting_is_explained_in_chinese() -> None:
    lines = (ROOT / "config.yaml").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("  ") and not line.lstrip().startswith("#"):
            block = lines[number - 1].lstrip()
            assert block.startswith("#") or lines[number - 2].lstrip().startswith("#"), line


def test_file_in_the_working_folder_is_found(tmp_path: Path) -> None:
    write(tmp_path, "answer: {hits: 9}\n")
    assert load_settings().answer.hits == 9


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "words.tsv").touch()
    (folder / "judge").mkdir()
    (folder / "model").mkdir()
    path = write(
        folder,
        "index: {folder: ../data}\nlexicon: {user: words.tsv}\nmodels: {folder: own}\n"
        "ranking: {cross_encoder: judge}\nembedding: {kind: transformer, model: model}",
    )
    settings = load_settings(path)
    assert settings.index.folder == folder / "../data"
    assert settings.lexicon.user == folder / "words.tsv"
    assert settings.models.folder == folder / "own"
    assert settings.ranking.cross_encoder == str(folder / "judge")
    assert settings.embedding.model == str(folder / "model")


def test_hub_name_is_no_path(tmp_path: Path) -> None:
    path = write(tmp_path, "embedding: {kind: transformer, model: BAAI/bge-small-zh-v1.5}")
    assert load_settings(path).embedding.model == "BAAI/bge-small-zh-v1.5"


def test_default_index_lies_beside_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    assert load_settings(write(folder, "")).index.folder == folder / "var/index"


def test_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "answer: {hits: 9}\nprivacy: {show_phone: true}\n")
    monkeypatch.setenv("QA_ANSWER__HITS", "3")
    monkeypatch.setenv("QA_INDEX__FOLDER", "/data/index")
    settings = load_settings()
    assert (settings.answer.hits, settings.privacy.show_phone) == (3, True)
    assert settings.index.folder == Path("/data/index")


def test_variable_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "answer: {hits: 7}", "other.yaml")
    monkeypatch.setenv("QA_CONFIG", str(path))
    assert load_settings().answer.hits == 7
    assert find_file(path) == path


def test_section_with_everything_commented_out(tmp_path: Path) -> None:
    write(tmp_path, "answer:\n  # hits: 5\nindex:\n")
    assert load_settings().answer == Settings().answer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("index:\n  foldr: x\n", ["第 2 行", "index.foldr", "'x'", "folder"]),
        ("\nindx: {}\n", ["第 2 行", "indx", "index", "privacy"]),
        ("answer:\n  hits: 0\n", ["第 2 行", "answer.hits", "0", "不小于 1"]),
        ("answer:\n  hits: 51\n", ["51", "不大于 50"]),
        ("answer:\n  hits: 很多\n", ["很多", "整数"]),
        ("embedding:\n  kind: bert\n", ["embedding.kind", "bert", "static", "transformer"]),
        ("privacy:\n  show_phone: 也许\n", ["也许", "true", "false"]),
        ("answer: 5\n", ["第 1 行", "answer", "5", "hits"]),
        ("lexicon:\n  user: [a.tsv]\n", ["lexicon.user", "a.tsv"]),
        ("ranking:\n  cross_encoder_depth: 0\n", ["ranking.cross_encoder_depth", "0", "不小于 1"]),
        ("index: {folder: a}\nindex: {folder: b}\n", ["第 2 行", "index", "第 1 行"]),
        ("- a\n", ["最外层"]),
        ("index: [\n", ["YAML"]),
        ("a: \x07", ["YAML"]),
    ],
)
def test_faults_name_place_key_value_and_cure(tmp_path: Path, text: str, expected: list[str]) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    for part in expected:
        assert part in str(raised.value)


def test_two_faults_give_two_lines(tmp_path: Path) -> None:
    write(tmp_path, "answer: {hits: 0}\nprivacy: {phone: 1}\n")
    with pytest.raises(ConfigError) as raised:
        load_settings()
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("QA_INDX__FOLDER", "/x", ["QA_INDX__FOLDER", "QA_INDEX__"]),
        ("QA_INDEX__FOLDR", "/x", ["index.foldr", "folder"]),
        ("QA_ANSWER__HITS", "many", ["answer.hits", "many"]),
        ("QA_INDEX", "/x", ["QA_INDEX", "QA_INDEX__FOLDER"]),
    ],
)
def test_environment_is_checked(monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: list[str]) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    for part in expected:
        assert part in str(raised.value)


def test_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"absent\.yaml"):
        load_settings(tmp_path / "absent.yaml")
    monkeypatch.setenv("QA_CONFIG", "gone.yaml")
    with pytest.raises(ConfigError, match="QA_CONFIG"):
        load_settings()


def test_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings()
