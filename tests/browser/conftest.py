"""A real browser and a live service over the seeds and hostile documents, for the tests of pages and widget."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from qa.api import create_app
from qa.config import Settings
from qa.service import PolicyQA
from tests import hostile_samples
from tests.http_samples import SEEDS, settings_for

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "var" / "screenshots"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Live:
    """A service that listens on a free port of this machine.

    Attributes:
        url: without a slash at its end.
        service: behind it.
    """

    def __init__(self, settings: Settings) -> None:
        self.service = PolicyQA(settings)
        self._server = uvicorn.Server(
            uvicorn.Config(create_app(settings, self.service), host="127.0.0.1", port=0, log_level="warning")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.02)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The service over the seeds and hostile documents, with the question log on."""
    folder = tmp_path_factory.mktemp("browser")
    documents = folder / "documents"
    shutil.copytree(SEEDS, documents)
    for name, controls in (("hostile.txt", True), ("hostile<img src=x onerror=alert(1)>.txt", False)):
        (documents / name).write_text(hostile_samples.text(controls=controls), encoding="utf-8")
    settings = settings_for(folder / "index")
    settings = settings.model_copy(update={"log": settings.log.model_copy(update={"enabled": True})})
    maker = PolicyQA(settings)
    maker.index([documents])
    maker.close()
    server = Live(settings)
    yield server
    server.stop()


# Playwright's synchronous interface keeps an event loop running in the thread that started it, in which no other
# test could run one of its own: it ends with each module.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's chromium; what needs it is skipped where it is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright，浏览器测试跳过")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("没有 chromium（Debian：apt-get install chromium），浏览器测试跳过")
    arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Any) -> Iterator[Any]:
    """A fresh profile of a Chinese desktop user."""
    opened = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def tab(context: Any) -> Iterator[Any]:
    """A tab; a script error, a refused style or script, or a request to anywhere else fails the test."""
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None,
    )
    page.on(
        "request",
        lambda request: None if request.url.startswith(("http://127.0.0.1:", "data:")) else faults.append(request.url),
    )
    yield page
    assert not faults


def violations(page: Any) -> list[str]:
    """What axe-core finds serious or critical on the page as it is, open shadow roots included."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # not through a script tag, which the policy forbids
    found = page.evaluate("axe.run().then(done => done.violations)")
    return [
        f"{fault['id']}: {node['html'][:160]}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def shot(page: Any, name: str) -> None:
    """Keeps a picture of the page for who looks at the run."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"))
