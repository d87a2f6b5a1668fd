"""Lists of responsible bodies against what a person read: all of two seeds, and a sample of other documents."""

import json
from pathlib import Path

import pytest

from index.duties import find_duties
from index.load import load
from index.parse import parse
from index.records import Duty

ROOT = Path(__file__).parents[1]
DATA = Path(__file__).parent / "data"
POLICIES = ROOT.parent / "shared" / "corpus" / "policies"


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def plain(duties: tuple[Duty, ...]) -> list[dict[str, object]]:
    return sorted(
        ({"role": duty.role, "units": list(duty.units)} for duty in duties), key=lambda duty: str(duty["role"])
    )


def expected(row: dict[str, object]) -> list[dict[str, object]]:
    duties = row["duties"]
    assert isinstance(duties, list)
    return sorted(duties, key=lambda duty: str(duty["role"]))


def test_every_list_of_the_seeds_is_read_exactly() -> None:
    """Also that no clause has duties which nobody wrote down."""
    truth = rows("duties_seeds.jsonl")
    for file in dict.fromkeys(str(row["file"]) for row in truth):
        parsed = parse(load(ROOT / "seeds" / file), "d")
        found = {clause.path: plain(clause.duties) for clause in parsed.clauses if clause.duties}
        assert found == {str(row["path"]): expected(row) for row in truth if row["file"] == file}


def test_lists_of_other_documents_are_read_exactly() -> None:
    truth = rows("duties_policies.jsonl")
    wrong = [
        (row["list"], found)
        for row in truth
        if (found := plain(find_duties(f"（一）加强统筹。做好各项工作。{row['list']}")[0])) != expected(row)
    ]
    assert len(truth) >= 40
    assert len(wrong) <= 0.05 * len(truth), wrong


@pytest.mark.skipif(not POLICIES.is_dir(), reason="../shared/corpus is not there")
def test_the_same_lists_in_their_documents() -> None:
    """A clause may hold several lists: each body of the list read by hand stands in it with its role."""
    truth = rows("duties_policies.jsonl")
    parsed = {str(row["file"]): parse(load(POLICIES / str(row["file"])), "d") for row in truth}
    wrong = []
    for row in truth:
        clauses = [clause for clause in parsed[str(row["file"])].clauses if str(row["list"]) in clause.text]
        found = {(duty.role, unit) for clause in clauses for duty in clause.duties for unit in duty.units}
        wanted = {(duty["role"], unit) for duty in expected(row) for unit in duty["units"]}  # type: ignore[union-attr, attr-defined]
        if not clauses or not wanted <= found:
            wrong.append(row["list"])
    assert len(wrong) <= 0.05 * len(truth), wrong
