"""Where in a web page is the document? By the density of prose, not by the names that one site uses."""

import re
from collections.abc import Collection

from lxml import etree

from index.load.html_lines import Line
from index.load.labels import is_bare_label, label_of, pairs

# Never part of a document.
_DROPPED_NAMES = """
script style noscript template iframe frame object embed applet svg canvas audio video map area select option optgroup
button input textarea datalist progress nav link meta base head
"""
_DROPPED = _DROPPED_NAMES.split()
_CONTAINER_NAMES = """
html body div section article main center form table tbody tr td font ucapcontent dl dd ul li fieldset blockquote
"""
_CONTAINERS = frozenset(_CONTAINER_NAMES.split())
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_PUNCTUATION = re.compile("[，。；：、（）]")
# A child that holds this share of the prose of its parent is where the document stands.
_SHARE = 0.72

# Furniture of sites, wherever it stands: whole lines that say only this.
_BOILERPLATE = re.compile(
    r"[\s【\[（(|｜>»·•]*(?:"
    r"打印(?:本页|此页|文章)?|关闭(?:窗口|本页|页面)?|返回(?:顶部|列表|首页|上一页|栏目)|分享(?:到|至)?|收藏(?:本页)?|纠错|复制链接|下载(?:文字版|图片版|word|pdf)?|"
    r"(?:用微信)?扫一扫.{0,20}|扫码.{0,15}|微信(?:扫一扫)?|微博|新浪微博|QQ空间|(?:上|下)一(?:篇|条|页)\s*[：:]?.{0,80}|"
    r"(?:字体|字号)\s*[：:]?[\s【\[]*(?:超?[大中小]|[A-Z][+-]?|[】\]|\s])*|(?:浏览|访问|点击|阅读)(?:次数|量|数|率)\s*[：:]?\s*\d*\s*次?|"
    r"打印本页\s*关闭窗口|语音播报|无障碍(?:阅读|浏览)?|长者(?:版|模式)|繁體?版?|【(?:大|中|小|打印|关闭)】|大\s*中\s*小|保存|全文朗读|听全文|"
    r"责任编辑\s*[：:].{0,12}|编辑\s*[：:].{0,12}"
    r")[\s】\]）)|｜<«>]*",
    re.I,
)
# Links to files that belong to the document.
_ATTACHED = re.compile(r"附\s*件|附表|\.(?:docx?|pdf|xlsx?|wps|ofd|zip|rar)\b", re.I)
# Furniture of sites around the document; in a long line these are ordinary words.
_AROUND = re.compile(
    r"ICP备|公网安备|版权所有|网站标识码|技术支持|网站地图|友情链接|联系我们|关于我们|隐私声明|(?:主办|承办)(?:单位)?\s*[：:]|您访问的链接|"
    r"(?:当前|您现在|您当前|您)?(?:所在)?(?:的)?位置\s*[：:]|无障碍浏览|浏览器|copyright|©|首页\s*[>»›]|微信公众号|收藏本站|设为首页|"
    r"^\W*(?:相关(?:解读|链接|文档|阅读|附件|新闻|文件|文章|政策|推荐|信息)|热门(?:推荐|文章))\W*(?:[：:].*)?$",
    re.I,
)
_SHORT = 120
_DATE_OR_SOURCE = re.compile(r"(?:发布|发文|印发|更新|公开|生成|成文)(?:日期|时间)\s*[：:]|来源\s*[：:]")


def prune(root: etree._Element) -> None:
    """Takes scripts, controls, navigation and hidden copies off a page, in place; what follows them stays.

    A hidden stretch that holds most of the page's prose is kept: its script would have shown it.
    """
    for element in list(root.iter(*_DROPPED)):
        _drop(element)
    weights = prose(root)
    hidden = [element for element in root.iter(etree.Element) if _is_hidden(element)]
    for element in hidden:
        if weights.get(element, 0) <= 0.5 * weights.get(root, 0):
            _drop(element)
    whole = weights.get(root, 0)
    for element in list(root.iter("header", "footer", "aside")):
        if weights.get(element, 0) < 0.2 * whole:
            _drop(element)


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return bool(style and _HIDDEN.search(style)) or (element.get("hidden") is not None and element.tag != "html")


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def prose(root: etree._Element, aside: Collection[etree._Element] = ()) -> dict[etree._Element, int]:
    """Weight of each element: its visible characters outside links, punctuation counting six times.

    Elements of ``aside`` and furniture of sites weigh nothing.
    """
    weights: dict[etree._Element, int] = {}
    links = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            links += element.tag == "a"
            if element in aside:
                weights[element] = 0
                walk.skip_subtree()
                continue
            weights[element] = 0 if links else _weight(element.text)
            continue
        links -= element.tag == "a"
        parent = element.getparent()
        if element is not root and parent is not None:
            weights[parent] += weights[element] + (0 if links else _weight(element.tail))
    return weights


def _weight(text: str | None) -> int:
    stripped = (text or "").strip()
    if not stripped or (len(stripped) < _SHORT and (_AROUND.search(stripped) or _BOILERPLATE.fullmatch(stripped))):
        return 0
    return len("".join(stripped.split())) + 5 * len(_PUNCTUATION.findall(stripped))


def content_of(body: etree._Element, aside: Collection[etree._Element] = ()) -> etree._Element:
    """The lowest element that holds nearly all prose of a page; elements of ``aside`` (its metadata) do not count."""
    weights = prose(body, aside)
    current = body
    while True:
        candidates = [child for child in current if isinstance(child.tag, str) and child.tag in _CONTAINERS]
        best = max(candidates, key=lambda child: weights.get(child, 0), default=None)
        if best is None or weights.get(best, 0) < _SHARE * weights.get(current, 0) or weights.get(best, 0) == 0:
            return current
        current = best


def is_boilerplate(line: Line) -> bool:
    """True for a line that is only site furniture, wherever it stands."""
    return len(line.text) < 100 and bool(_BOILERPLATE.fullmatch(line.text))


def is_clean(lines: list[Line]) -> bool:
    """True where lines show no trace of a site around the document, so that all of them may belong to it."""
    return not any(is_around(line) for line in lines if not line.metadata and not is_boilerplate(line))


def is_link(line: Line) -> bool:
    """True for a line that mostly leads elsewhere; names of attached files do not count."""
    return line.linked > 0.5 * len("".join(line.text.split())) and not _ATTACHED.search(line.text)


def is_around(line: Line) -> bool:
    """True for a line of the site around the document: bread crumbs, page feet, lists of links."""
    if is_link(line):
        return True
    return len(line.text) < _SHORT and bool(_AROUND.search(line.text))


def is_kept(line: Line, title: str | None, *, before: bool) -> bool:
    """Does a line outside the document's box belong to it? Metadata, title, source and date, and prose do.

    Args:
        line: the line.
        title: the page's title.
        before: whether it stands before the document.
    """
    if line.metadata:
        return True
    if is_around(line):
        return False
    if before:
        compact = "".join(line.text.split())
        if title and len(compact) >= 6 and compact in "".join(title.split()):
            return True
        if label_of(line.text) or (_DATE_OR_SOURCE.search(line.text) and len(line.text) < _SHORT):
            return True
    return len(line.text) >= 30 and "。" in line.text


def metadata_of(lines: list[Line]) -> list[Line]:
    """Lines beside the document, with several labels to a line or label and value on two lines put in order."""
    result: list[Line] = []
    joined: list[Line] = []
    for line in lines:
        if joined and is_bare_label(joined[-1].text) and not label_of(line.text) and len(line.text) < _SHORT:
            joined[-1] = Line(text=joined[-1].text + line.text, metadata=True)
        else:
            joined.append(line)
    for line in joined:
        found = None if line.table or len(line.text) > 600 else pairs([line.text], loose=True)
        result.extend([line] if found is None else [Line(text=text, metadata=True) for text in found])
    return [line for line in result if not is_bare_label(line.text)]
