"""Requests that schemathesis makes from the OpenAPI schema: a short form of ``python -m bench.fuzz``."""

from pathlib import Path

import pytest

from bench.fuzz import fuzz, seeded


@pytest.mark.filterwarnings("ignore")  # of the tool's own dependencies
def test_no_request_brings_a_fault(tmp_path: Path) -> None:
    with seeded(tmp_path) as (app, key):
        found = fuzz(app, key, 150)
    assert found.faults == []
    assert found.cases >= 150
    assert {200, 404, 422} <= set(found.statuses) and max(found.statuses) < 500
