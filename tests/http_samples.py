"""The HTTP service over the seeds, as tests of its doors use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from qa.api import create_app
from qa.config import Settings
from qa.service import PolicyQA

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
LOCAL = ("127.0.0.1", 50_000)
QUESTIONS = (
    "国家级开发区工业用地产出强度2025年要达到多少？",
    "开发区参与国际合作归谁牵头？",
    "筑府办函2021年33号 二（四）9",
    "卖地收入返还给平台，从哪年到哪年？",
    "筑府办函〔2019〕999号说了什么？",
    "今天天气怎么样",
)


def settings_for(folder: Path, **service: Any) -> Settings:
    """Settings with an index folder of their own and no limit of requests a minute unless one is given."""
    plain = Settings()
    index = plain.index.model_copy(update={"folder": folder})
    chosen = type(plain.service).model_validate({"requests_per_minute": 0, **service})
    return plain.model_copy(update={"index": index, "service": chosen})


def indexed_seeds(folder: Path) -> PolicyQA:
    """A service over the seeds."""
    service = PolicyQA(settings_for(folder))
    assert service.index([SEEDS]).documents == 5
    return service


@contextmanager
def http(settings: Settings, service: PolicyQA | None = None, **client: Any) -> Iterator[TestClient]:
    """A client of this machine, as without keys everything is open to it; ``client=`` and ``base_url=`` change that."""
    given = {"client": LOCAL, "base_url": "http://127.0.0.1", "raise_server_exceptions": False, **client}
    with TestClient(create_app(settings, service), **given) as opened:
        yield opened
