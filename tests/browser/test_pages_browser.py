"""The pages in a real browser: ask, follow a citation, share, narrow down, by keyboard, with an input method."""

from typing import Any

import pytest

from tests import hostile_samples
from tests.browser.conftest import Live, shot, violations
from tests.hostile_samples import QUESTION as HOSTILE

QUESTION = "国家级开发区工业用地产出强度2025年要达到多少？"
PAGES = {
    "start": "/",
    "answer": f"/?q={QUESTION}",
    "refusal": "/?q=今天天气怎么样",
    "hostile": f"/?q={HOSTILE}",
    "documents": "/documents",
    "document": "/documents/筑府办函〔2021〕33号",
    "filtered": "/documents?issuer=贵阳&validity=unknown",
    "report": "/admin/report",
    "demo": "/widget/demo",
    "error": "/nothing-here",
}


def ask(tab: Any, question: str) -> None:
    tab.fill("#q", question)
    tab.press("#q", "Enter")
    tab.wait_for_selector(".answer")


def test_ask_and_follow_the_citation_to_the_highlighted_clause(live: Live, tab: Any) -> None:
    tab.goto(f"{live.url}/")
    ask(tab, QUESTION)
    assert "500万元/亩" in tab.inner_text(".said")
    quote = tab.inner_text(".sources blockquote")
    tab.click(".said .marker")
    tab.wait_for_selector("#cited")
    marked = "".join(tab.locator(".paper mark").all_inner_texts())
    assert "".join(marked.split()) == "".join(quote.split())
    assert tab.evaluate("document.querySelector('.clause:target').contains(document.getElementById('cited'))")
    tab.wait_for_function(
        "(({top, bottom}) => top >= 0 && bottom <= innerHeight)(document.getElementById('cited').getBoundingClientRect())"
    )
    shot(tab, "cited")


def test_the_address_reproduces_the_search(live: Live, tab: Any, context: Any) -> None:
    tab.goto(f"{live.url}/")
    ask(tab, QUESTION)
    tab.click(".facets a:has-text('2021')")
    tab.wait_for_selector(".chip")
    other = context.new_page()
    other.goto(tab.get_attribute(".share", "href") and tab.evaluate("document.querySelector('.share').href"))
    assert other.inner_text(".results .said") == tab.inner_text(".results .said")
    assert other.locator(".hits > li").count() == tab.locator(".hits > li").count()
    assert other.locator(".chip").count() == 2  # from and until 2021
    assert other.input_value("#q") == QUESTION


def test_facets_narrow_down_and_can_be_taken_back(live: Live, tab: Any) -> None:
    tab.goto(f"{live.url}/?q={QUESTION}")
    before = tab.locator(".facets a").count()
    tab.click(".facets a:has-text('答复')")
    tab.wait_for_selector(".chip:has-text('答复')")
    assert all("复字" in text for text in tab.locator("li .number").all_inner_texts())
    assert tab.locator(".facets a").count() < before
    tab.click(".chip")
    tab.wait_for_selector(".chip", state="detached")
    assert tab.locator(".facets a").count() == before


def test_the_keyboard_suffices(live: Live, tab: Any) -> None:
    tab.goto(f"{live.url}/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.type("开发区/参与国际合作归谁牵头？")
    assert tab.input_value("#q") == "开发区/参与国际合作归谁牵头？", "a slash in the box is a slash"
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".answer:focus")
    for _ in range(3):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.matches('.marker')"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".paper")
    assert "/documents/" in tab.url


COMPOSING = {
    # what the events of one Enter that confirms pinyin look like, and whether the form may be sent
    "chrome": (["start", "enter229composing", "end"], False),
    "safari": (["start", "end", "enter229"], False),
    "genuine 229": (["start", "end", "wait", "enter229"], True),
    "flag without isComposing": (["start", "enter"], False),
    "plain": (["start", "end", "wait", "enter"], True),
}
EVENTS = """async (steps) => {
  const box = document.getElementById("q");
  const enter = (more) => box.dispatchEvent(
    new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...more}));
  let passed = null;
  for (const step of steps) {
    if (step === "start") box.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    if (step === "end") box.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true}));
    if (step === "wait") await new Promise((done) => setTimeout(done, 250));
    if (step === "enter") passed = enter({keyCode: 13});
    if (step === "enter229") passed = enter({keyCode: 229});
    if (step === "enter229composing") passed = enter({keyCode: 229, isComposing: true});
  }
  return passed;
}"""


@pytest.mark.parametrize("name", COMPOSING)
def test_the_enter_that_confirms_pinyin_never_submits(live: Live, tab: Any, name: str) -> None:
    """A keydown that is not prevented sends the form."""
    steps, sends = COMPOSING[name]
    tab.goto(f"{live.url}/")
    assert tab.evaluate(EVENTS, steps) is sends


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_and_fit(live: Live, chromium: Any, name: str, look: str) -> None:
    context = chromium.new_context(locale="zh-CN", color_scheme=look)
    tab = context.new_page()
    tab.goto(f"{live.url}{PAGES[name]}")
    for width, height in ((1440, 900), (768, 1024), (360, 740)):
        tab.set_viewport_size({"width": width, "height": height})
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        shot(tab, f"{name}-{width}-{look}")
    assert violations(tab) == []
    context.close()


def test_a_server_that_is_gone_is_told_and_can_be_tried_again(live: Live, tab: Any, context: Any) -> None:
    tab.goto(f"{live.url}/")
    context.set_offline(True)
    tab.fill("#q", QUESTION)
    tab.press("#q", "Enter")
    tab.wait_for_selector("#status button")
    assert "网络" in tab.inner_text("#status")
    context.set_offline(False)
    tab.press("#q", "Enter")
    tab.wait_for_selector(".answer")
    assert tab.inner_text("#status") == ""


def test_without_javascript(live: Live, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    tab = context.new_page()
    tab.goto(f"{live.url}/")
    tab.fill("#q", QUESTION)
    tab.press("#q", "Enter")
    tab.wait_for_selector(".said")
    tab.click(".said .marker")
    tab.wait_for_selector("#cited")
    context.close()


def test_what_a_document_holds_is_shown_as_text(live: Live, tab: Any) -> None:
    tab.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    hostile = [document for document in live.service.documents() if "hostile" in document.source]
    assert len(hostile) == 2
    for path in (f"/?q={HOSTILE}", "/documents", *(f"/documents/{document.id}" for document in hostile)):
        tab.goto(f"{live.url}{path}")
        shown = tab.inner_text("main")
        assert ("onerror=" if path == "/documents" else "<script>alert('xss')</script>") in shown, path
        assert tab.locator("main script, main img, main [onerror], a[href^='javascript']").count() == 0
        assert not hostile_samples.STEERING & set(tab.content())


def test_feedback_names_the_request_and_says_whether_it_was_taken(live: Live, tab: Any) -> None:
    """Only what the page sends is looked at; what becomes of it is the question log's."""
    sent: list[Any] = []

    def taken(route: Any) -> None:
        sent.append(route.request.post_data_json)
        route.fulfill(status=204)

    tab.route("**/v1/feedback", taken)
    answered = tab.goto(f"{live.url}/?q={QUESTION}")
    tab.click(".feedback button[value=outdated]")
    tab.wait_for_selector(".feedback button[aria-pressed=true]")
    assert sent == [{"request_id": answered.headers["x-request-id"], "kind": "outdated"}]
    tab.unroute("**/v1/feedback")
    tab.route("**/v1/feedback", lambda route: route.fulfill(status=503))
    tab.click(".feedback button[value=up]")
    tab.wait_for_selector("#status:has-text('没有记下')")
