"""Web pages: the document stays, the site around it goes."""

import re
from collections import Counter
from pathlib import Path

import pytest

from index.errors import LoadError
from index.load import load, read_bytes

DATA = Path(__file__).parent / "data" / "load"
CORPUS = Path(__file__).parent.parent / ".." / "shared" / "corpus" / "policies"
_MARK = re.compile(
    r"第[一二三四五六七八九十百]+[章节条]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|\d+[.．、]"
)


def page(body: str, head: str = "") -> str:
    return read_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(), "x").text


PROSE = "".join(f"<p>第{n}条　各级人民政府应当加强领导，落实责任，保障经费。</p>" for n in "一二三四五")

CASES = [
    ("paragraphs", "<p>一、总体要求</p><p>为了<span>规</span><b>范</b>管理。</p>", ["一、总体要求", "为了规范管理。"]),
    ("break ends a line", "<p>关于成立<br/>领导小组的通知</p>", ["关于成立", "领导小组的通知"]),
    ("wrapped source", "<p>各级\n   人民政府 A\n B</p>", ["各级人民政府 A B"]),
    ("entities", "<p>&ldquo;一带一路&rdquo;&nbsp&lt;办法&gt;</p>", ["“一带一路”\xa0<办法>"]),
    ("scripts", "<p>正文文字。</p><script>var a='<p>不要</p>';</script><style>p{}</style>", ["正文文字。"]),
    ("hidden copy", f"{PROSE}<div style='display: none'><p>副本</p></div>", ["副本"]),
    ("text behind a script", "<p>甲<script>x</script>乙丙丁。</p>", ["甲乙丙丁。"]),
    ("comment", "<p>来<!-- begin -->源文字。</p>", ["来源文字。"]),
    (
        "layout table",
        f"<table><tr><td>{PROSE}</td></tr></table>",
        ["第一条　各级人民政府应当加强领导，落实责任，保障经费。"],
    ),
    (
        "data table",
        f"{PROSE}<table><tr><th>序号</th><th>任务</th></tr><tr><td>1</td><td><p>甲</p><p>乙</p></td></tr></table>",
        ["序号 | 任务", "1 | 甲 乙"],
    ),
    (
        "metadata table",
        f"<table><tr><td><b>索 引 号：</b></td><td>0001/2019</td><td>发文机关：</td><td>国务院</td></tr>"
        f"<tr><td>主题词：</td><td></td></tr></table>{PROSE}",
        ["索引号：0001/2019", "发文机关：国务院"],
    ),
    (
        "metadata list",
        f"<dl><dd><b>索 引 号：</b><div>0147/2023</div></dd><dd>发布机构：<div>统计局</div></dd></dl><div>{PROSE}</div>",
        ["索引号：0147/2023", "发布机构：统计局"],
    ),
    ("control characters", "<p>正\x01文\x0b文\x1f字。</p>", ["正文文字。"]),
    (
        "links at the end",
        "<div><p>某市人民政府</p><p>相关解读：<a>一图读懂有关政策的若干意见</a></p></div>",
        ["某市人民政府"],
    ),
    (
        "attached files stay",
        "<div><p>特此通知。</p><p><a>附件：清单.docx</a></p></div>",
        ["特此通知。", "附件：清单.docx"],
    ),
    ("one label", f"<table><tr><td>主 题 词：</td><td>农业 粮食</td></tr></table>{PROSE}", ["主题词：农业 粮食"]),
    ("preformatted", "<pre>第一行文字\n第二行文字</pre>", ["第一行文字", "第二行文字"]),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_lines(body: str, expected: list[str]) -> None:
    lines = page(body).split("\n")
    if "副本" in expected:
        assert "副本" not in lines
    else:
        assert [line for line in lines if line in expected] == expected
        assert len(lines) == len(expected) or PROSE in body
    assert not any(re.fullmatch(r"主题词：", line) for line in lines)


def test_site_around_the_document_goes() -> None:
    text = page(
        "<div class=a><a href=/>首页</a> &gt; <a href=/x>政策文件</a></div><div>您现在的位置：首页&gt;政策</div>"
        f"<div><h1>某市人民政府关于推进工作的通知</h1><div>发布时间：2021-06-02 来源：市政府 字号：【大 中 小】</div><div>{PROSE}"
        "<p>某市人民政府</p><p>2021年5月31日</p></div><div>扫一扫在手机打开当前页</div></div>"
        "<div>上一篇：<a>别的通知</a></div><ul><li><a>关于甲的通知。</a></li><li><a>关于乙的通知。</a></li></ul>"
        "<div>版权所有：某市人民政府 某ICP备001号</div>",
        "<title>某市人民政府关于推进工作的通知_某市网</title>",
    )
    assert text.split("\n") == [
        "某市人民政府关于推进工作的通知",
        "发布时间：2021-06-02",
        "来源：市政府",
        *(f"第{n}条　各级人民政府应当加强领导，落实责任，保障经费。" for n in "一二三四五"),
        "某市人民政府",
        "2021年5月31日",
    ]


def test_menu_and_table_of_a_short_page_do_not_outweigh_its_document() -> None:
    text = page(
        "<div><ul><li>首页</li><li>政务公开</li><li>办事服务</li></ul></div>"
        "<div>当前位置：<a>首页</a> &gt; <a>政策文件</a></div><table><tr><td>索 引 号：</td><td>0001/2023</td><td>发文机关：</td>"
        "<td>甲市商务局</td></tr><tr><td>标　　题：</td><td>甲市商务局关于某同志任职的通知</td><td>发文字号：</td><td>甲商发〔2023〕8号</td></tr>"
        "</table><div><p>各区商务局：</p><p>甲市商务局决定，任命某某为甲市会展中心主任。</p><p>甲市商务局</p><p>2023年6月1日</p></div>"
        "<div>主办：甲市人民政府　承办：甲市政府办公室<br>甲ICP备001号　网站标识码：5200000001</div>",
    )
    assert text.split("\n") == [
        "索引号：0001/2023",
        "发文机关：甲市商务局",
        "标题：甲市商务局关于某同志任职的通知",
        "发文字号：甲商发〔2023〕8号",
        "各区商务局：",
        "甲市商务局决定，任命某某为甲市会展中心主任。",
        "甲市商务局",
        "2023年6月1日",
    ]


def test_hidden_document_that_a_script_would_show_is_kept() -> None:
    assert "第三条" in page(f"<p>加载中</p><div style='display:none'>{PROSE}</div>")


SAMPLES = [
    ("gwy_27.html", "索引号：000014349/2006-00212", "二〇〇六年九月七日", None),
    (
        "jx_4969_1495208.html",
        "索引号：014500815/2020-01301",
        "2020年2月3日",
        "江西省人民政府办公厅关于印发积极应对当前疫情",
    ),
    (
        "web_zcjx_286.html",
        "《最高人民法院关于审理物业服务纠纷案件",
        "本解释施行前已经终审",
        "《最高人民法院关于审理物业",
    ),
    ("linan_jsp.html", "临政办函[2013]89号", "（此件可公开发布）", None),
]


@pytest.mark.parametrize(("name", "first", "last", "title"), SAMPLES)
def test_real_pages(name: str, first: str, last: str, title: str | None) -> None:
    source = load(DATA / name)
    lines = source.text.split("\n")
    assert lines[0].startswith(first)
    assert lines[-1].startswith(last)
    assert (source.title or "").startswith(title or "") and bool(source.title) == bool(title)
    assert (source.kind, source.one_line_per_paragraph) == ("html", True)


def test_page_of_pictures_is_a_scan() -> None:
    with pytest.raises(LoadError, match="图片") as refusal:
        load(DATA / "zj_01.html")
    assert refusal.value.code == "scanned"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not beside this repository")
def test_no_numbered_clause_of_the_corpus_is_lost() -> None:
    from lxml import etree, html

    for path in sorted(CORPUS.glob("*.html")):
        if path.name == "zj_01.html":
            continue
        raw = re.sub(r"<%.*?%>|<\?.*?\?>", "", path.read_text("utf-8", "replace"), flags=re.S)
        root = html.document_fromstring(raw, parser=html.HTMLParser(remove_comments=True))
        # A link may name another act with a number in its title: 适用…若干问题的解释（一）.
        for element in [*root.iter("script", "style", "head", "a")]:
            if element.tag != "a" or "解释" in "".join(map(str, element.itertext())):
                element.drop_tree()
        whole = "".join("".join(map(str, root.itertext(etree.Element))).split())
        source = load(path)
        ours = "".join(source.text.replace(" | ", "").split())
        lost = Counter(_MARK.findall(whole)) - Counter(_MARK.findall(ours))
        # A title that the document repeats is kept once.
        assert not lost - Counter(_MARK.findall(source.title or "")), path.name
