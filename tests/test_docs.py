"""What the documentation names exists: commands, options, settings, fields, files, and the figures of its example."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer

from index.load import Limits, load
from index.parse import parse
from index.records import FileReport
from qa import cli, schemas
from qa.config import Settings
from qa.question import interpret
from qa.records import REFUSAL_REASONS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "README.en.md", ROOT / "CHANGELOG.md"])
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}
COMMAND: Any = typer.main.get_command(cli.app)


def options(command: Any) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts if name.startswith("-")}


def all_options(command: Any) -> set[str]:
    """Those of a command, and of the commands below it."""
    return options(command).union(*map(all_options, getattr(command, "commands", {}).values()))


OPTIONS = {name: all_options(command) for name, command in COMMAND.commands.items()}
KEEPING = "|".join(name for name in OPTIONS if " " in name)
GLOBAL = options(COMMAND) | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT[page]):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_named_are_there(page: Path) -> None:
    for name in re.findall(r"`((?:qa|index|docs|bench|train|seeds)/[\w/.]*)`", TEXT[page]):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page: Path) -> None:
    for line in TEXT[page].splitlines():
        for name, rest in re.findall(
            r"(?:^|[`|] ?|; |\$ )qa (index (?:verify|stats|list|rollback|gc)|[a-z]+)((?:[^`|#]|\\\|)*)", line
        ):
            assert name in OPTIONS, line
            for option in re.findall(r"(?<![\w-])(--[a-z-]+|-k)\b", rest):
                assert option in OPTIONS[name] | GLOBAL, line


def test_every_command_and_option_is_documented() -> None:
    page = TEXT[ROOT / "docs/cli.md"]
    for name, own in OPTIONS.items():
        assert f"## qa {name}" in page
        for option in own - {"--help", "-h", "--rebuild"}:
            assert f"`{option}" in page or f"、`{option}" in page or option == "--json", option
    assert "--rebuild" in page
    for option in GLOBAL - {"--help", "-h", "--show-completion"}:
        assert option in page, option


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \| (\S+) \|", TEXT[ROOT / "docs/configuration.md"], re.MULTILINE))
    defaults: dict[str, Any] = {
        f"{section}.{name}": value
        for section, group in Settings().model_dump(mode="json").items()
        for name, value in group.items()
    }
    assert set(rows) == set(defaults)
    for name, value in defaults.items():
        written = "空" if value in (None, "") else f"`{value if isinstance(value, str) else json.dumps(value)}`"
        assert rows[name] == written, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_named_exist(page: Path) -> None:
    for section, name in re.findall(
        r"`(index|embedding|lexicon|ranking|models|answer|log|service|privacy)\.([a-z_]+)`", TEXT[page]
    ):
        group = getattr(Settings(), section)
        # index.parse and the like are modules
        assert name in type(group).model_fields or (ROOT / section / f"{name}.py").exists(), f"{section}.{name}"


def test_shapes_are_documented() -> None:
    page = TEXT[ROOT / "docs/cli.md"]
    for shape in (schemas.AskShape, schemas.DocumentShape, schemas.ClauseShape, schemas.OutlineShape):
        for name in shape.model_fields:
            assert re.search(rf"[`\"]{name}[`\"]", page), f"{shape.__name__}.{name}"
    for reason in REFUSAL_REASONS:
        assert f"`{reason}`" in page
        assert f"`{reason}`" in TEXT[ROOT / "docs/answering.md"]
    for field in fields(FileReport):
        assert f"`{field.name}`" in page, field.name


def test_example_tree_is_what_the_program_finds() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\d) \| (\S*) ?\| (\d+)–(\d+) \| (?:牵头单位 (\d+) 家)? ?\|$",
        TEXT[ROOT / "docs/structure.md"],
        re.MULTILINE,
    )
    clauses = parse(load(ROOT / "seeds/004_45641886752e0abb.txt", limits=Limits()), "doc").clauses
    found = {
        (clause.path, str(clause.level), clause.heading, str(clause.start), str(clause.end),
         str(sum(len(duty.units) for duty in clause.duties)) if clause.duties else "")
        for clause in clauses
    }  # fmt: skip
    assert len(rows) == 12
    for row in rows:
        assert row in found
    assert f"它变成 {len(clauses)} 个条款" in TEXT[ROOT / "docs/structure.md"]


@pytest.mark.parametrize(
    ("question", "numbers", "articles"),
    [
        ("筑府办函[2021]33號", ("筑府办函〔2021〕33号",), ()),
        ("第9条第（三）项", (), ("第九条（三）",)),
        ("二（四）9", (), ("二、（四）9.",)),
        ("第二部分“三是”", (), ("二、三是",)),
    ],
)
def test_examples_of_understanding(question: str, numbers: tuple[str, ...], articles: tuple[str, ...]) -> None:
    assert question in TEXT[ROOT / "docs/answering.md"]
    found = interpret(question)
    assert (found.numbers, found.articles) == (numbers, articles)


def test_example_of_a_wrapped_clause_is_real() -> None:
    page = TEXT[ROOT / "docs/structure.md"]
    blocks = re.findall(r"```text\n(四是.*?)……\n```", page, re.DOTALL)
    raw, repaired = ("".join(block.split()) for block in blocks)
    source = (ROOT / "seeds/001_5cc812ddbd57a1ba.txt").read_text(encoding="utf-8")
    assert raw in "".join(source.split())
    assert raw == repaired


def test_readme_example_is_real() -> None:
    """The sentence that the first page shows is what the source says, word for word."""
    (quote,) = re.findall(r"^  “(.+)”$", TEXT[ROOT / "README.md"], re.MULTILINE)
    source = (ROOT / "seeds/004_45641886752e0abb.txt").read_text(encoding="utf-8")
    assert "".join(quote.split()) in "".join(source.split())
