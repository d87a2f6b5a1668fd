"""Documents that a question names by title, as people type titles: with and without marks, spaces, 中华人民共和国."""

import pytest

from index.records import Document, Metadata, Times
from qa.question import interpret
from qa.scope import Titles, scope

TITLES = {
    "civil": "中华人民共和国民法典",
    "rights": "最高人民法院关于适用《中华人民共和国民法典》物权编的解释（一）",
    "labour": "中华人民共和国劳动合同法",
    "rules": "中华人民共和国劳动合同法实施条例",
    "sport": "中华人民共和国体育法",
    "school": "学校体育工作条例",
    "tenth": "中华人民共和国刑法修正案（十）",
    "twelfth": "中华人民共和国刑法修正案（十二）",
    "business": "优化营商环境条例",
    "guizhou": "贵州省优化营商环境条例",
    "notice": "国务院办公厅关于印发全国深化“放管服”改革优化营商环境电视电话会议重点任务分工方案的通知",
    "old": "江西省测绘管理条例",
    "new": "江西省测绘管理条例",
}


def document(name: str, title: str) -> Document:
    day = {"old": "2001-05-01", "new": "2019-09-28"}.get(name, "2015-01-01")
    times = Times(ended_on="2019-12-01", ended_how="amended") if name == "old" else Times(effective_on=day)
    facts = Metadata(title=title, issued_on=day)
    return Document(id=name, source=name, kind="txt", sha256="", length=1, metadata=facts, times=times)


ALL = Titles([document(name, title) for name, title in TITLES.items()])


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("民法典", ["civil"]),
        ("《民法典》第 15 条规定了什么", ["civil"]),
        ("请问<民法典>15条", ["civil"]),
        ("《 民法典 》 15条 内容", ["civil"]),
        ("查一下《民法典15条", ["civil"]),
        ("中华人民共和国民法典的15条怎么规定的", ["civil"]),
        ("劳动合同法39条说的啥？", ["labour"]),
        ("劳动合同法实施条例第19条", ["rules"]),
        ("《劳动合同法实施条例》", ["rules"]),
        ("最高人民法院关于适用《民法典》物权编的解释（一）第九条", ["rights"]),
        ("最高人民法院关于适用《民法典》物权编的解释(一)9条规定了什么", ["rights"]),
        ("请问《体育法》第 5 条规定了什么", ["sport"]),
        ("《刑法修正案（十）》", ["tenth"]),
        ("刑法修正案（十二）", ["twelfth"]),
        ("优化营商环境条例", ["business"]),
        ("贵州省优化营商环境条例第三条", ["guizhou"]),
        ("《贵州省优化营商环境条例》", ["guizhou"]),
        ("《民法典》和《劳动合同法》有什么不同", ["civil", "labour"]),
        ("江西省测绘管理条例", ["new", "old"]),
        ("《江西省测绘管理条例》第三条", ["new", "old"]),
        # it asks for more than the title
        ("优化营商环境条例对罚款有什么要求", []),
        ("学校体育怎么考核", []),
    ],
)
def test_titles(question: str, named: list[str]) -> None:
    found = scope(interpret(question), ALL).named
    assert list(found)[:1] == named[:1]
    assert set(found) <= set(named)


def test_only_what_the_filters_leave_is_named() -> None:
    assert scope(interpret("江西省测绘管理条例"), ALL, lambda identity: identity == "old").named == ("old",)


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("《民法典》15条", ("第十五条",)),
        ("民法典的1024条", ("第一千零二十四条",)),
        ("劳动合同法三十九条", ("第三十九条",)),
        ("筑府办函〔2021〕33号12条", ("第十二条",)),
        ("物权编的解释（一）第 9 条", ("第九条",)),
        ("物权编的解释（一）9条", ("第九条",)),
        ("出台30条措施", ()),
        ("新规定30条措施有哪些", ()),
        ("该规定了几条", ()),
        ("民法典一共有多少条", ()),
        ("全省新增15条航线", ()),
    ],
)
def test_articles_without_their_ordinal_sign(question: str, articles: tuple[str, ...]) -> None:
    assert interpret(question).articles == articles
