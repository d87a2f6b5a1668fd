"""What the pages say, in Chinese and in English; words of the documents stay as they are."""

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}
"""Names in an address -> of HTML."""

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "site": ("政策问答", "Policy Q&A"),
    "skip": ("跳到正文", "Skip to content"),
    "ask": ("提问", "Ask"),
    "documents": ("文件", "Documents"),
    "lead": ("向公文提问，每句回答都有出处", "Ask official documents; every answer cites its source"),
    "holding": ("已收录 {documents} 份文件、{clauses} 个条款。", "{documents} documents and {clauses} clauses."),
    "question": ("您的问题", "Your question"),
    "hint": ("一句话、文号或条款号", "A question, a document number or an article"),
    "search": ("查找", "Search"),
    "key": ("按 / 键可直接输入", "Press / to type"),
    "examples": ("可以这样问", "For example"),
    "answer": ("回答", "Answer"),
    "sources": ("出处", "Sources"),
    "source": ("出处 {marker}", "Source {marker}"),
    "refused": ("没有回答", "No answer"),
    "nearest": ("最接近的条款", "Nearest clauses"),
    "related": ("相关条款", "Related clauses"),
    "found": ("列出 {count} 条，用时 {ms} 毫秒", "{count} clauses in {ms} ms"),
    "none": ("没有找到相关条款。", "No clauses were found."),
    "more": ("列出更多", "Show more"),
    "notes": ("须知", "Please note"),
    "narrow": ("缩小范围", "Narrow down"),
    "narrowed": ("已限定", "Narrowed to"),
    "counted": ("数字是文件数", "Numbers count documents"),
    "without": ("去掉：{name}", "Remove: {name}"),
    "all_filters": ("更多条件", "More filters"),
    "apply": ("按这些条件查找", "Apply"),
    "clear": ("去掉全部条件", "Remove all filters"),
    "any": ("不限", "Any"),
    "issuer": ("发文机关", "Issuer"),
    "type": ("文种", "Type"),
    "year": ("年份", "Year"),
    "validity": ("时效", "Validity"),
    "number": ("发文字号", "Document number"),
    "since": ("成文不早于", "Issued on or after"),
    "until": ("成文不晚于", "Issued on or before"),
    "as_of": ("截至某日适用", "In force on"),
    "duty": ("责任单位", "Responsible body"),
    "disclosure": ("公开属性", "Disclosure"),
    "date_hint": ("如 2021-05-31 或 2021", "e.g. 2021-05-31 or 2021"),
    "in_force": ("现行有效", "In force"),
    "not_yet": ("尚未施行", "Not yet in force"),
    "expired": ("已过有效期", "Expired"),
    "repealed": ("已废止", "Repealed"),
    "amended": ("已被新版本取代", "Superseded"),
    "unknown": ("时效未载明", "Validity not stated"),
    "cite": ("引用", "Cite"),
    "cite_official": ("公文写法", "As official documents cite"),
    "cite_literature": ("GB/T 7714", "GB/T 7714"),
    "copy": ("复制", "Copy"),
    "copied": ("已复制", "Copied"),
    "not_copied": ("浏览器不让复制，请选中文字后复制", "The browser refused; please select and copy"),
    "share": ("分享这次查找", "Share this search"),
    "helpful": ("这个回答怎么样？", "How is this answer?"),
    "up": ("有用", "Helpful"),
    "wrong_citation": ("引用不对", "Wrong citation"),
    "outdated": ("已过时", "Outdated"),
    "no_answer": ("没答到", "Not answered"),
    "thanks": ("谢谢，已记下。", "Thank you, noted."),
    "not_noted": ("没有记下，请再试一次。", "Not saved, please try again."),
    "loading": ("正在查找…", "Searching…"),
    "offline": ("没有网络连接，联网后再试。", "You are offline. Please try again later."),
    "failed": ("没有收到答复，请稍后再试。", "No reply. Please try again."),
    "retry": ("再试一次", "Try again"),
    "untitled": ("（无标题）", "(untitled)"),
    "no_number": ("无发文字号", "No number"),
    "no_date": ("日期不详", "Date unknown"),
    "outline": ("目录", "Outline"),
    "about": ("文件信息", "About this document"),
    "issued_on": ("成文日期", "Issued on"),
    "printed_on": ("印发日期", "Printed on"),
    "published_on": ("公布日期", "Published on"),
    "effective_on": ("施行日期", "Effective on"),
    "expires_on": ("失效日期", "Expires on"),
    "addressee": ("主送", "Addressee"),
    "signatory": ("签发人", "Signatory"),
    "copies": ("抄送", "Copies"),
    "ended_by": ("见", "See"),
    "cites": ("引用的文件", "Cites"),
    "cited_by": ("被引用", "Cited by"),
    "not_held": ("未收录", "not held"),
    "original": ("下载原文件", "Download the original"),
    "source_text": ("查看原文文本", "View the source text"),
    "clause_link": ("本条的链接：{path}", "Link to this clause: {path}"),
    "print": ("打印", "Print"),
    "back": ("回到查找", "Back to search"),
    "total": ("共 {count} 份文件", "{count} documents"),
    "no_documents": ("没有符合条件的文件。", "No documents match."),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "page": ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "pages": ("翻页", "Pages"),
    "error_back": ("回到首页", "Back to the start page"),
    "request": ("请求编号", "Request"),
    "language": ("语言", "Language"),
    "look": ("外观", "Appearance"),
    "auto": ("自动", "Auto"),
    "light": ("浅色", "Light"),
    "dark": ("深色", "Dark"),
    "footer": ("回答从文件原文剪取，以原文件为准。", "Answers are cut from the documents; the originals prevail."),
    "main_nav": ("主导航", "Main"),
}
"""Name -> in Chinese, in English."""


class Messages:
    """The messages of one language: ``say("found", count=5, ms=12)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._place = list(LANGUAGES).index(language)

    def __call__(self, name: str, /, **values: object) -> str:
        """A message with its values; raises KeyError where there is none."""
        return MESSAGES[name][self._place].format(**values)


def language_of(chosen: str | None, accepted: str) -> str:
    """The language of a page: the one chosen, else the first of ``Accept-Language`` that there is, else Chinese."""
    if chosen in LANGUAGES:
        return chosen
    weighted = []
    for place, part in enumerate(accepted.split(",")):
        name, _, weight = part.strip().partition(";q=")
        base = name.partition("-")[0].lower()
        if base in LANGUAGES:
            weighted.append((-_weight(weight), place, base))
    return min(weighted)[2] if weighted else "zh"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
