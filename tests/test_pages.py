"""The pages without a browser: languages, facets, errors, what is masked, what a clause is cited as."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from qa.bibliography import literature, official
from qa.cite import quoted_in
from qa.service import PolicyQA
from qa.web.messages import LANGUAGES, MESSAGES, language_of
from tests.http_samples import QUESTIONS, http, indexed_seeds

HTML = {"Accept": "text/html"}
WEB = Path(__file__).parents[1] / "qa" / "web"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> PolicyQA:
    return indexed_seeds(tmp_path_factory.mktemp("pages") / "index")


@pytest.fixture(scope="module")
def client(service: PolicyQA) -> Iterator[TestClient]:
    with http(service.settings, PolicyQA(service.settings)) as opened:
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_page_gives_the_same_answer(service: PolicyQA, client: TestClient, question: str) -> None:
    shown = client.get("/", params={"q": question}, headers=HTML).text
    reply = service.ask(question)
    if reply.answer is not None:
        for citation in reply.answer.citations:
            assert f"start={citation.start}&amp;end={citation.end}#{citation.clause.id}" in shown
    else:
        assert reply.refusal is not None and reply.refusal.message in shown


def test_every_example_is_answered(service: PolicyQA) -> None:
    assert len(service.examples()) == 4
    for question in service.examples():
        assert service.ask(question).answer is not None, question


def test_facets_count_documents_and_their_filters_find_them(service: PolicyQA, client: TestClient) -> None:
    facets = {facet.name: dict(facet.counts) for facet in service.facets(service.documents())}
    assert facets["type"] == {"答复": 2, "意见": 1, "新闻": 1, "通知": 1}
    assert list(facets["year"].items()) == [("2024", 1), ("2023", 1), ("2021", 2), ("2016", 1)]
    assert sum(facets["validity"].values()) == 5
    for value, count in facets["type"].items():
        assert f"共 {count} 份文件" in client.get("/documents", params={"type": value}, headers=HTML).text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/documents/none", 404), ("/nothing", 404), ("/?q=a&since=昨天", 422), ("/?q=a&validity=x", 422)],
)
def test_errors_are_pages_for_people_and_problems_for_programs(client: TestClient, path: str, status: int) -> None:
    page, problem = client.get(path, headers=HTML), client.get(path)
    assert (page.status_code, problem.status_code) == (status, status)
    assert page.headers["content-type"].startswith("text/html") and "<h1" in page.text
    assert problem.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/documents/none", headers=HTML).headers["content-type"] == "application/problem+json"


def test_a_number_leads_to_the_reading_page(client: TestClient) -> None:
    answer = client.get("/documents/筑府办函2021年33号?start=1&end=5", headers=HTML, follow_redirects=False)
    assert answer.headers["location"].startswith("/documents/") and answer.headers["location"].endswith("start=1&end=5")


def test_phones_are_masked_and_the_original_then_is_not_given(service: PolicyQA, client: TestClient) -> None:
    masked = service.document("黔投议复字〔2023〕17号")
    shown = client.get(f"/documents/{masked.id}", headers=HTML).text
    assert "13618598777" not in shown and "136****8777" in shown and "/original" not in shown
    assert client.get(f"/documents/{masked.id}/original").status_code == 404
    plain = service.document("筑府办函〔2021〕33号")
    given = client.get(f"/documents/{plain.id}/original")
    assert given.content == service.original(plain.id).read_bytes()  # type: ignore[union-attr]
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["content-type"] == "application/octet-stream"


def test_every_quote_is_found_again_in_its_clause(service: PolicyQA) -> None:
    for question in QUESTIONS:
        reply = service.ask(question)
        for citation in reply.answer.citations if reply.answer else ():
            span = quoted_in(citation.clause, service.source_text(citation.document.id), citation.start, citation.end)
            assert span is not None and citation.clause.text[span.start : span.end] == citation.quote
            assert quoted_in(citation.clause, service.source_text(citation.document.id), 0, 0) is None


def test_citations_in_writing(service: PolicyQA) -> None:
    document = service.document("筑府办函〔2021〕33号")
    clause = service.clause(document, "二（四）9")
    title = "市人民政府办公厅印发关于推进开发区高质量发展的实施方案的通知"
    assert official(document, clause) == f"《{title}》（筑府办函〔2021〕33号）二、（四）9."
    assert literature(document, "https://x.test/d", "2024-01-02") == (
        f"贵阳市人民政府办公厅. {title}: 筑府办函〔2021〕33号[A/OL]. (2021-05-31)[2024-01-02]. https://x.test/d."
    )


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr, en;q=0.5, zh;q=0.8", "zh"),
        ("en", "zh-CN", "en"),
        ("xx", "de, en;q=x", "en"),
    ],
)
def test_language(chosen: str | None, accepted: str, language: str) -> None:
    assert language_of(chosen, accepted) == language


def test_every_message_is_in_every_language_with_the_same_values() -> None:
    for name, texts in MESSAGES.items():
        assert len(texts) == len(LANGUAGES) and all(texts), name
        assert len({text.count("{") for text in texts}) == 1, name


def test_pages_hold_no_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/documents", f"/?q={QUESTIONS[0]}", "/nothing"):
        shown = client.get(path, headers=HTML)
        assert "style=" not in shown.text and "<style" not in shown.text
        assert shown.text.count("<script") == shown.text.count('<script src="/static/') == 1
        assert "'unsafe" not in shown.headers["content-security-policy"]


def test_language_and_look_stay_in_the_links(client: TestClient) -> None:
    shown = client.get("/documents?lang=en&theme=dark", headers=HTML).text
    assert '<html lang="en" data-theme="dark">' in shown
    assert "lang=en&amp;theme=dark" in shown and "Documents" in shown
