"""文种: what kind of document it is."""

import re
from collections.abc import Sequence

from index import blocks

_KIND = re.compile(rf"(?P<kind>{blocks.KIND_WORDS})(?:[（(〔\[][^（）()]{{1,30}}[）)〕\]])*$")
_SAME = {"复函": "函", "举措": "措施", "意见书": "意见"}
_NEWS = re.compile(r"来\s*源\s*[：:].*(?:日报|晚报|新闻|记者|网|通讯社|电视台|发布)|(?:记者|通讯员)\s")
_ORDER = re.compile(r"令(?:第|\d{4}年第)")
# what the words of a text without title say of its kind; the first that is found holds
_SAID = (
    ("批复", re.compile(r"批复如下|此复|现批复|特此批复|现答复如下")),
    ("答复", re.compile(r"答复如下")),
    ("通告", re.compile(r"通告如下|特此通告|本通告")),
    ("公告", re.compile(r"公告如下|特此公告|本公告")),
    ("通报", re.compile(r"通报如下|予以通报|通报表扬|经.{2,20}同意，对.{2,80}予以(?:表扬|表彰)|现将.{2,60}通报")),
    ("函", re.compile(r"函告如下|特此函|函复如下|现函复")),
    ("通知", re.compile(r"通知如下|给你们|特此通知|本通知")),
    ("函", re.compile(r"公开征求意见|征求.{0,10}意见")),
    ("通知", re.compile(r"现印发|印发|转发|任命|现公布如下|遵照执行|认真贯彻")),
    ("意见", re.compile(r"(?:提出|制定).{0,6}(?:如下|以下).{0,8}意见|本意见")),
    ("决定", re.compile(r"决定如下|作如下决定")),
)


def document_type(title: str, words: str, head: Sequence[str], issuer: str | None, number: str | None) -> str | None:
    """The kind: 通知, 意见, 批复, …; of acts 法律, 行政法规, 部门规章, 地方性法规, 司法解释; 新闻; None where unknown.

    Args:
        title: the document's own title, empty where it has none.
        words: its first and last paragraphs.
        head: the lines of its head.
        issuer: who issued it.
        number: its number.
    """
    act = _act(title, head, issuer or "", number or "")
    if act:
        return act
    found = _KIND.search(re.sub(r"\[\d{1,2}\]$|》$", "", title))
    if found and found["kind"] != "法":
        return _SAME.get(found["kind"], found["kind"])
    if any(_NEWS.search(text) for text in head):
        return "新闻"
    return next((kind for kind, pattern in _SAID if pattern.search(words)), None)


def _act(title: str, head: Sequence[str], issuer: str, number: str) -> str | None:
    bare = re.sub(r"[（(][^（）()]*[）)]$", "", title).strip("《》")
    if re.match(r"最高人民(?:法院|检察院)", bare) and (
        number.startswith(("法释", "高检发释")) or bare.endswith(("解释", "规定", "批复", "决定"))
    ):
        return "司法解释"
    adopted = "".join(text for text in head if blocks.is_bracket_line(text))
    national = bare.startswith("中华人民共和国") or issuer.startswith("全国人民代表大会")
    if (
        re.search(r"法(?:典)?$", bare)
        and not bare.endswith(("办法", "方法"))
        and (national or "全国人民代表大会" in adopted)
    ):
        return "法律"
    if issuer.startswith("全国人民代表大会"):
        return "法律"
    if not re.search(r"(?:条例|规定|办法|细则|规则|规程|决定|实施细则|规范)$", bare):
        return None
    if bare.endswith("决定"):
        return None
    if "国务院批准" in adopted:
        return "行政法规"
    if "国务院" in issuer or "国令" in number or "国务院令" in number:
        return "行政法规" if _ORDER.search(number) or adopted else None
    if "人民代表大会" in issuer:
        return "地方性法规"
    if _ORDER.search(number):
        return "规章" if "人民政府" in issuer else "部门规章"
    return "行政法规" if bare.startswith("中华人民共和国") and bare.endswith("条例") else None
