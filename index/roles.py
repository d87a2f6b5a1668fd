"""Why a document is named: 依据, 印发, 转发, 修改, 废止, 答复 or plain 引用, told from the words around it."""

import re
from collections.abc import Sequence
from typing import Protocol

from index.records import Span


class Mention(Protocol):
    """What a role needs to know of a reference."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str | None: ...  # noqa: D102
    @property
    def number(self) -> str | None: ...  # noqa: D102
    @property
    def span(self) -> Span: ...  # noqa: D102


# 《甲》、《乙》（…号）和《丙》 share what stands before the first and behind the last
_LINK = re.compile(
    r"\s*(?:(?:、|和|及|以及|与|或|或者|及其|等|，?以及|暨|[（(][^（）()]{0,60}[）)])\s*)*(?:(?<=[、和及与])[^，。；《》、]{1,14})?\s*"
)
_REPEALED = re.compile(
    r"[^。；《]{0,40}?(?:(?:同时|即行|相应|一并|予以|现予|随之|自行|正式|均|应予|宣布|决定|即)\s*(?:予以|宣布)?\s*(?:废止|失效|作废|停止执行)|"
    r"(?<!自动)停止执行|停止施行|不再执行(?!\s*《|[一-龥])|不再适用(?!\s*《|[一-龥])|停止适用|废止(?![前的])|失去效力)"
)
_REPEALS = re.compile(r"(?:废止|代替|取代|替代)(?:了|以下|下列|[^，。；《]{0,12}的)?\s*$")
_ISSUES = re.compile(r"(?:现将|兹将|将|现制定|现印发)[^，。；]{0,20}$")
_ISSUED = re.compile(
    r"[^。；]{0,30}?(?:(?:印发|发给|送给|下发|公布|发布)(?:给|你们|，|。|实施|施行|之日|如下)|请[^。；]{0,8}执行)"
)
_ISSUED_BEFORE = re.compile(r"(?:印发|下发|制定印发|印制)(?:了|实施)?[^，。；《》]{0,12}$")
_NOW_ISSUED = re.compile(
    r"[^。；]{0,40}?(?:现予(?:以)?(?:印发|公布|发布)|现(?:印发|公布|发布)|已经[^。；]{2,60}(?:通过|批准|同意)[，。]现)"
)
_FORWARDS = re.compile(r"(?:转发|批转)(?:了)?[^，。；《》]{0,25}$")
_AMENDS_BEFORE = re.compile(r"(?:修改|修订|修正)(?:了|完善)?(?!后)[^，。；《》]{0,12}$")
_AMENDED = re.compile(
    r"[^，。；]{0,16}?(?:修改为|作如下修改|作出?如下修改|进行修改|予以修改|作出?修改|修正案|修改如下|(?:之)?后增加|中增加|增加[一二三四五六七八九十两]|改为第|删去|删除|合并为|一并修改|进行修订)"
)
_AMEND_LEAD = re.compile(r"(?:^|[。；：、，])\s*(?:将|在|对|删去|对本[一-龥]{1,6})?\s*$|删[去除]\s*$")
_REPLIED = re.compile(r"[^。]{0,40}?收悉")
# 根据…《关于修改〈某条例〉的决定》第二次修正
_AMENDED_BY = re.compile(r"\s*(?:第[一二三四五六七八九十]次)?(?:修正|修订)")
# 作为第二百六十条之一 | 改为第九条
_AMENDS_INTO = re.compile(r"(?:作为|改为)$")
_BASIS = re.compile(
    r"(?<!不再)(?:根据|按照|依据|依照|遵照|遵循|贯彻|落实|执行|参照|适用|遵守|比照|结合|对照|按|依|援引|严格)"
    r"(?:[^，。；：《》]{0,28}|[^。；：《》，]{0,70}(?:通过|公布|发布|印发|制定|颁布)的|：)$"
)


def roles(text: str, found: Sequence[Mention]) -> list[str]:
    """The kind of each reference; they must be in order of their place.

    Args:
        text: the text that holds them.
        found: its references; those without title and number are ``internal`` and stay so.
    """
    kinds: list[str] = []
    for first, last in _runs(text, found):
        before = text[max(0, found[first].span.start - 90) : found[first].span.start]
        after = text[found[last].span.end : found[last].span.end + 90]
        for index in range(first, last + 1):
            kinds.append(
                _own_place(before, after) if found[index].kind == "internal" else _role(before, after, found[index])
            )
    return kinds


def _runs(text: str, found: Sequence[Mention]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for index, item in enumerate(found):
        if runs and item.kind == found[index - 1].kind:
            between = text[found[index - 1].span.end : item.span.start]
            if _LINK.fullmatch(between):
                runs[-1] = (runs[-1][0], index)
                continue
        runs.append((index, index))
    return runs


def _own_place(before: str, after: str) -> str:
    """A place without an act: of the same document, but in 将第八条修改为 of the act that the decision amends."""
    return "修改" if _AMENDED.match(after) and _AMEND_LEAD.search(before) else "internal"


def _role(before: str, after: str, item: Mention) -> str:
    if item.number and item.number.endswith(("提案", "建议", "议案")):
        return "答复"
    if _REPEALED.match(after) or _REPEALS.search(before):
        return "废止"
    if _FORWARDS.search(before):
        return "转发"
    if (_ISSUES.search(before) and _ISSUED.match(after)) or _NOW_ISSUED.match(after) or _ISSUED_BEFORE.search(before):
        return "印发"
    if (
        _AMENDS_BEFORE.search(before)
        or _AMENDS_INTO.search(before)
        or (_AMENDED.match(after) and (_AMEND_LEAD.search(before) or not before))
    ):
        return "修改"
    if _AMENDED_BY.match(after) and item.title and "修改" in item.title:
        return "修改"
    if _REPLIED.match(after):
        return "答复"
    return "依据" if _BASIS.search(before) else "引用"
