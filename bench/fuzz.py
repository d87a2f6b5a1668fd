"""Requests of every kind that the OpenAPI schema allows, and of kinds that it forbids: ``python -m bench.fuzz``.

schemathesis makes the requests; the service is called in this process, over an index of the seeds in a folder of its
own. Every second request bears a good key and, where it names a document or clause, names one of the index: the others
rarely pass the first check. A fault is an answer of 500 or more, an error that is no problem+json, or an answer of a
form or status that the schema does not tell.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bench.pages import ROOT
from qa.api import create_app
from qa.config import Settings
from qa.keys import keys_of
from qa.service import PolicyQA

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_PROBLEM = ("type", "title", "status", "detail", "request_id")
_STREAMED = "text/event-stream"


@dataclass(slots=True)
class Outcome:
    """What came of the requests.

    Attributes:
        headers: borne by every request that makes none of its own.
        ids: kind of what an address names, and one of it that there is.
        cases: how many were sent.
        statuses: of the answers, with how often.
        faults: one line a fault, each once.
    """

    headers: dict[str, str]
    ids: dict[str, str]
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@contextmanager
def seeded(folder: Path) -> Iterator[tuple[Any, str]]:
    """The application over the seeds, without a limit of requests, its question log on; and a key that may all."""
    settings = Settings.model_validate(
        {
            "index": {"folder": folder / "index"},
            "service": {"requests_per_minute": 0, "keys": folder / "keys"},
            "log": {"enabled": True},
        }
    )
    service = PolicyQA(settings)
    service.index([ROOT / "seeds"])
    yield create_app(settings, service), keys_of(settings).add("fuzz", "admin")


def fuzz(app: Any, key: str, cases: int, *, seed: int = 0) -> Outcome:
    """Sends at least ``cases`` requests, about the same number to each operation of the schema.

    Args:
        app: the application.
        key: borne by every request.
        cases: how many in all.
        seed: the same seed sends the same requests.
    """
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    with app.state.door.service.reading() as reading:
        document = reading.backend.documents()[0]
        ids = {"documents": document.id, "clauses": reading.backend.clauses(document.id)[0].id}
    operations = [operation.ok() for operation in schema.get_all_operations()]
    outcome = Outcome(headers={"Authorization": f"Bearer {key}"}, ids=ids)
    while outcome.cases < cases:
        count = (cases - outcome.cases) // len(operations) // 2 + 1
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _attack(operation, mode, count, seed, outcome)
        seed += 1
    return outcome


def _attack(operation: Any, mode: GenerationMode, count: int, seed: int, outcome: Outcome) -> None:
    strategy = operation.as_strategy(generation_mode=mode)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def send(case: Any) -> None:
        outcome.cases += 1
        if outcome.cases % 2:
            _aim(case, outcome)
        response = case.call(headers=outcome.headers)
        outcome.statuses[response.status_code] += 1
        for fault in _faults(case, response):
            line = f"{case.method} {case.formatted_path} {response.status_code}: {fault}"
            if line not in outcome.faults:
                outcome.faults.append(line)

    try:
        send()
    except hypothesis.errors.Unsatisfiable:
        # nothing can be wrong with a request that has no parts
        if mode is GenerationMode.POSITIVE:
            raise


def _aim(case: Any, outcome: Outcome) -> None:
    """Lets a request pass the first checks; what is taken out of the index stays one of the others."""
    case.headers = {**(case.headers or {}), **outcome.headers}
    if "id" in (case.path_parameters or {}) and case.method != "DELETE":
        case.path_parameters["id"] = outcome.ids[case.path.split("/")[2]]


def _faults(case: Any, response: Any) -> Iterator[str]:
    kind = response.headers.get("content-type", [""])[0].partition(";")[0]
    # the schema of a stream is that of its text, which schemathesis takes for that of each event
    checks = [check for check in _CHECKS if kind != _STREAMED or check is not response_schema_conformance]
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        yield from (f"{type(one).__name__}: {one}" for one in group.exceptions)
    except Failure as one:
        yield f"{type(one).__name__}: {one}"
    if response.status_code >= 400:
        if kind != "application/problem+json":
            yield f"an error of the kind {kind!r}"
            return
        told = response.json()
        if not set(_PROBLEM) <= set(told) or told["status"] != response.status_code:
            yield f"an incomplete problem: {told}"


def main() -> int:
    """Sends, prints what came of it; 1 where there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="qa-fuzz-") as scratch, seeded(Path(scratch)) as (app, key):
        found = fuzz(app, key, given.cases, seed=given.seed)
    told = "，".join(f"{code} {count} 次" for code, count in sorted(found.statuses.items()))
    print(f"{found.cases} 个请求；状态码：{told}")
    for fault in found.faults:
        print(fault)
    print(f"{len(found.faults)} 处不对")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
