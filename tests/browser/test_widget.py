"""The widget in a real browser: on three hosts under the strict policy, from another origin, by keyboard, composing."""

import base64
import functools
import gzip
import hashlib
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qa.web.widget import script
from tests import hostile_samples
from tests.browser.conftest import Live, shot, violations
from tests.browser.test_pages_browser import COMPOSING, QUESTION
from tests.http_samples import http, settings_for

HOSTS = ("portal", "blog", "reset")
MOST_BYTES = 15_000
INNER = "document.querySelector('policy-qa').shadowRoot"


def ready(tab: Any, url: str) -> None:
    tab.goto(url)
    tab.wait_for_selector("policy-qa input[role=combobox]")


def ask(tab: Any, question: str = QUESTION) -> None:
    tab.fill("policy-qa input[role=combobox]", question)
    tab.press("policy-qa input[role=combobox]", "Enter")
    tab.wait_for_selector("policy-qa .said")


def replies(tab: Any, *names: str) -> None:
    """Notes the events of the widget in ``window.seen``."""
    tab.evaluate(
        "names => { window.seen = []; for (const name of names)"
        " document.addEventListener('policy-qa:' + name, (event) => {"
        " if (name === 'select') event.preventDefault(); seen.push([name, event.detail]); }); }",
        names,
    )


@pytest.mark.parametrize("host", HOSTS)
def test_asks_on_every_host_and_leads_to_the_clause(live: Live, tab: Any, host: str) -> None:
    """The tab fails on any refusal by the policy, and on any request to elsewhere."""
    ready(tab, f"{live.url}/widget/demo/{host}.html")
    ask(tab)
    assert "500万元/亩" in tab.inner_text("policy-qa .said")
    shot(tab, f"widget-{host}")
    assert tab.context.cookies() == []
    assert tab.evaluate("localStorage.length + sessionStorage.length") == 0
    tab.click("policy-qa .sources a")
    tab.wait_for_selector("#cited")


def test_the_same_answer_as_the_service(live: Live, tab: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    reply = tab.evaluate("question => document.querySelector('policy-qa').ask(question)", QUESTION)
    answer = live.service.ask(QUESTION).answer
    assert answer is not None
    assert reply["answer"] == answer.text == tab.inner_text("policy-qa .said")
    assert [one["quote"] for one in reply["citations"]] == tab.locator("policy-qa blockquote").all_inner_texts()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("host", HOSTS[:2])
def test_the_open_widget_is_accessible_and_fits(live: Live, chromium: Any, host: str, look: str) -> None:
    context = chromium.new_context(locale="zh-CN", color_scheme=look)
    tab = context.new_page()
    ready(tab, f"{live.url}/widget/demo/{host}.html")
    tab.fill("policy-qa input[role=combobox]", "工业用地")
    tab.wait_for_selector("policy-qa [role=option]")
    tab.keyboard.press("ArrowDown")
    assert violations(tab) == []
    shot(tab, f"widget-{host}-options-{look}")
    ask(tab)
    assert violations(tab) == []
    for width, height in ((1440, 900), (360, 740)):
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        shot(tab, f"widget-{host}-{width}-{look}")
    context.close()


def test_the_keyboard_suffices(live: Live, tab: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    replies(tab, "select")
    tab.focus(".other")
    tab.keyboard.type("a/b")
    tab.keyboard.press("Control+k")
    assert tab.input_value(".other") == "a/b"
    assert tab.evaluate("document.activeElement.className") == "other", "who types elsewhere is left in peace"
    tab.evaluate("document.activeElement.blur()")
    for key in ("/", "Control+k"):
        tab.keyboard.press(key)
        assert tab.evaluate(f"{INNER}.activeElement.getAttribute('role')") == "combobox"
        tab.evaluate(f"{INNER}.activeElement.blur()")
    tab.keyboard.press("/")
    tab.keyboard.type("工业用地")
    tab.wait_for_selector("policy-qa [role=option]")
    box = tab.locator("policy-qa input[role=combobox]")
    assert box.get_attribute("aria-expanded") == "true"
    ids = tab.evaluate(f"[...{INNER}.querySelectorAll('[role=option]')].map(one => one.id)")
    assert len(ids) > 2
    for key, expected in (
        ("ArrowDown", 0),
        ("End", -1),
        ("ArrowDown", 0),
        ("ArrowUp", -1),
        ("Home", 0),
        ("ArrowDown", 1),
    ):
        tab.keyboard.press(key)
        assert box.get_attribute("aria-activedescendant") == ids[expected], key
        assert tab.locator("policy-qa [aria-selected=true]").get_attribute("id") == ids[expected]
    tab.keyboard.press("Enter")
    ((name, detail),) = tab.evaluate("seen")
    assert name == "select"
    assert detail["url"].endswith(f"/documents/{detail['document']['id']}#{detail['clause']['id']}")
    tab.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    assert not tab.is_visible("policy-qa .panel")
    assert box.input_value() == "工业用地"
    tab.keyboard.press("Escape")
    assert box.input_value() == ""
    ask(tab)
    for _ in range(4):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"{INNER}.activeElement?.matches('a')"):
            break
    tab.keyboard.press("Enter")
    assert len(tab.evaluate("seen")) == 2


COMPOSE = """async (steps) => {
  const box = document.querySelector("policy-qa").shadowRoot.querySelector("input");
  box.value = "谁牵头";
  const enter = (more) => box.dispatchEvent(
    new KeyboardEvent("keydown", {key: "Enter", bubbles: true, composed: true, cancelable: true, ...more}));
  for (const step of steps) {
    if (step === "start") box.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    if (step === "end") box.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true}));
    if (step === "wait") await new Promise((done) => setTimeout(done, 250));
    if (step === "enter") enter({keyCode: 13});
    if (step === "enter229") enter({keyCode: 229});
    if (step === "enter229composing") enter({keyCode: 229, isComposing: true});
  }
}"""


@pytest.mark.parametrize("name", COMPOSING)
def test_the_enter_that_confirms_pinyin_never_asks(live: Live, tab: Any, name: str) -> None:
    steps, asks = COMPOSING[name]
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.url) if request.url.endswith("/v1/ask") else None)
    ready(tab, f"{live.url}/widget/demo/portal.html")
    tab.evaluate(COMPOSE, steps)
    tab.wait_for_timeout(300)
    assert bool(sent) is asks


def test_late_replies_are_dropped(live: Live, tab: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    # a service whose first reply comes last, and a browser that cannot give requests up
    tab.evaluate("""() => {
      const ask = window.fetch;
      let first = true;
      window.fetch = (url, {signal, ...options}) => {
        const reply = ask(url, options);
        if (!first) return reply;
        first = false;
        return reply.then((done) => new Promise((go) => { window.release = () => go(done); }));
      };
    }""")
    tab.evaluate("window.old = document.querySelector('policy-qa').ask('今天天气怎么样'); null")
    # not wait_for_function: the strict policy forbids the eval that it needs
    tab.evaluate(
        "new Promise((done) => { const look = () => window.release ? done() : setTimeout(look, 20); look(); })"
    )
    ask(tab)
    before = tab.inner_text("policy-qa .panel")
    tab.evaluate("release()")
    assert tab.evaluate("old") is None
    assert tab.inner_text("policy-qa .panel") == before


def test_a_failure_is_told_and_can_be_tried_again(live: Live, tab: Any, context: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    replies(tab, "error", "answer")
    context.set_offline(True)
    tab.fill("policy-qa input[role=combobox]", QUESTION)
    tab.press("policy-qa input[role=combobox]", "Enter")
    tab.wait_for_selector("policy-qa .retry")
    assert "网络" in tab.inner_text("policy-qa .status")
    context.set_offline(False)
    tab.click("policy-qa .retry")
    tab.wait_for_selector("policy-qa .said")
    assert [name for name, _ in tab.evaluate("seen")] == ["error", "answer"]


def test_a_refusal_is_told(live: Live, tab: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    tab.evaluate("document.querySelector('policy-qa').ask('今天天气怎么样')")
    refusal = live.service.ask("今天天气怎么样").refusal
    assert refusal is not None
    assert tab.inner_text("policy-qa [part=refusal]") == refusal.message


def test_what_a_document_holds_is_shown_as_text(live: Live, tab: Any) -> None:
    tab.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    ready(tab, f"{live.url}/widget/demo/portal.html")
    tab.fill("policy-qa input[role=combobox]", hostile_samples.QUESTION)
    tab.wait_for_selector("policy-qa [role=option]")
    tab.evaluate("question => document.querySelector('policy-qa').ask(question)", hostile_samples.QUESTION)
    shown = tab.evaluate(f"{INNER}.querySelector('.box').textContent")
    assert "登月旅馆" in shown
    assert not hostile_samples.STEERING & set(shown)
    counted = f"{INNER}.querySelectorAll('script, img, [onerror], a[href^=javascript]').length"
    assert tab.evaluate(counted) == 0


@pytest.mark.parametrize("endpoint", ["javascript:alert(1)", "data:text/html,x", "http://["])
def test_an_address_that_is_none_is_refused(live: Live, tab: Any, endpoint: str) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    reply = "at => { const box = document.querySelector('policy-qa'); box.setAttribute('endpoint', at); return box.ask('谁'); }"
    assert tab.evaluate(reply, endpoint) is None
    assert "endpoint" in tab.inner_text("policy-qa .status")


def test_destroy_leaves_nothing(live: Live, tab: Any) -> None:
    ready(tab, f"{live.url}/widget/demo/portal.html")
    ask(tab)
    tab.evaluate("document.querySelector('policy-qa').destroy()")
    assert tab.locator("policy-qa").count() == 0
    prevented = "!document.dispatchEvent(new KeyboardEvent('keydown', {key: '/', cancelable: true, bubbles: true}))"
    assert tab.evaluate(prevented) is False


def test_without_javascript_the_form_is_a_form(live: Live, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    tab = context.new_page()
    tab.goto(f"{live.url}/widget/demo/portal.html")
    tab.fill("#q", QUESTION)
    tab.press("#q", "Enter")
    tab.wait_for_selector(".answer")
    assert tab.url.startswith(f"{live.url}/?q=")
    context.close()


@pytest.fixture
def elsewhere(live: Live, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Live]]:
    """Another site with the one-tag form and a policy of its own, and a service that knows it."""

    class Strict(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            own = f"default-src 'self'; style-src 'self'; script-src 'self' {known.url}; connect-src {known.url}"
            self.send_header("Content-Security-Policy", own)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            """The tests tell what went wrong."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Strict, directory=str(tmp_path)))
    site = f"http://127.0.0.1:{server.server_address[1]}"
    settings = settings_for(live.service.settings.index.folder, origins=[site])
    known = Live(settings)
    digest = base64.b64encode(hashlib.sha384(script()).digest()).decode()
    (tmp_path / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title><main><div id="here"></div></main>'
        f'<script src="{known.url}/widget.js" integrity="sha384-{digest}" crossorigin="anonymous"'
        f' data-endpoint="{known.url}" data-target="#here" data-theme="light" defer></script>',
        encoding="utf-8",
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site, known
    server.shutdown()
    server.server_close()
    known.stop()


def test_from_another_origin_by_one_tag(elsewhere: tuple[str, Live], tab: Any) -> None:
    site, known = elsewhere
    ready(tab, f"{site}/")
    assert tab.inner_text("policy-qa form button") == "Ask"
    ask(tab)
    assert "500万元/亩" in tab.inner_text("policy-qa .said")
    assert tab.get_attribute("policy-qa .sources a", "href").startswith(f"{known.url}/documents/")


def test_the_script_is_small() -> None:
    assert len(gzip.compress(script(), 6)) <= MOST_BYTES
    for banned in (b"eval(", b"innerHTML", b"document.cookie", b"localStorage", b".style."):
        assert banned not in script()


def test_the_integrity_hash_is_that_of_the_script(tmp_path: Path) -> None:
    with http(settings_for(tmp_path / "index")) as client:
        about, served = client.get("/widget.json").json(), client.get("/widget.js")
    assert about["url"] == "http://127.0.0.1/widget.js"
    assert about["bytes"] == len(served.content)
    assert about["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(served.content).digest()).decode()
    assert served.headers["access-control-allow-origin"] == "*"
