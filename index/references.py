"""What a text says of other documents, and of other places of its own: titles, numbers, articles, short names.

Only the text decides here; whether a document of that name is in the index is found out in :mod:`index.resolve`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from index.articles import Places, place_starts, read_annex, read_places, read_relative
from index.docnumber import FoundNumber, find_numbers
from index.grammar import read_mark
from index.names import (
    bare_name,
    find_bare_names,
    find_short_names,
    find_titles,
    is_document_title,
    is_something_else,
    plain_title,
    self_before,
)
from index.numerals import to_int
from index.records import Span
from index.roles import roles

KINDS = ("依据", "转发", "印发", "修改", "废止", "答复", "引用", "internal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """One place in a text that names a document, or a place of its own document.

    Attributes:
        kind: one of :data:`KINDS`; ``internal`` for a place of the same document.
        title: of the document named, without 《》, inner 《》 as 〈〉; a short form is given in full where the text (or
            ``known``) defines it. None where only a number is given, or for ``internal``.
        number: in the standard form (``国发〔2015〕43号``); of a proposal ``第1428号提案``; of a spoken form what it
            says (``国发2号``). None where there is none.
        parts: the places named inside the document, as :mod:`index.articles` writes them; empty for the whole.
        span: where it stands in the text that was read.
    """

    kind: str
    title: str | None
    number: str | None
    parts: tuple[str, ...]
    span: Span


# （以下简称《条例》） | （黔府发〔2018〕7号，以下简称“意见”） | （以下统称本法）
_DEFINES = re.compile(
    r"以下(?:统一)?(?:简|统|合)?称(?:为|作)?[：:]?\s*[《“‘〈「]?(?P<short>[^，。；《》“”（）()〉’」\s]{1,20})"
)
# 第1428号提案 | 提案第1428号 | 第128号建议
_PROPOSAL = re.compile(
    r"第\s*(?P<a>[0-9０-９]{1,5}|[〇零一二三四五六七八九十百千]{1,7})\s*号\s*(?P<ka>提案|建议|议案)"
    r"|(?P<kb>提案|建议|议案)(?:案)?\s*[（(]?\s*第\s*(?P<b>[0-9０-９]{1,5}|[〇零一二三四五六七八九十百千]{1,7})\s*号"
)
_NUMBER_HINT = re.compile(r"号|[〔［\[【(（﹝<]\s*[12１２][0-9０-９]{3}\s*年?\s*[〕］\]】)）﹞>]")
_OWN_ORDER = re.compile(r"\s*(?:第[一二三四五六七八九十]次)?(?:发布|公布|修订|修正|修改|令?$)(?!的)")
_ANNEX_USED = re.compile(r"(?:见|按|按照|依照|根据|和|及|、|本法|条例|办法|规定|意见|方案|填写|填报|通知|（|\()\s*$")
_PART_OF_CODE = re.compile(r"(?:(?:总则|分则|[一-龥]{2,4}编)(?:的|中)?)(?=第)")


def find_references(text: str, known: Mapping[str, str] | None = None) -> tuple[Reference, ...]:
    """The references in a text, in order, none overlapping another.

    Args:
        text: the text of a clause, its own mark included.
        known: short form -> full title, as defined earlier in the document (see :func:`definitions`).
    """
    shorts = {**(known or {}), **definitions(text)}
    found = _Finder(text, shorts).run()
    return tuple(replace(item, kind=kind) for item, kind in zip(found, roles(text, found), strict=True))


def definitions(text: str) -> dict[str, str]:
    """Short forms that a text defines for titles: ``《甲条例》（以下简称《条例》）`` gives ``{"条例": "甲条例"}``."""
    if "以下" not in text:
        return {}
    found: dict[str, str] = {}
    titles = find_titles(text)
    for match in _DEFINES.finditer(text):
        before = [title for title in titles if title.end <= match.start()]
        if before and re.fullmatch(r"\s*[（(][^）)。；]*", text[before[-1].end : match.start()]):
            short = match["short"].strip("》”〉’」")
            if short not in ("本法", "本条例", "本办法", "本规定") and is_document_title(before[-1].title):
                found[short] = before[-1].title
            continue
        head = re.search(r"[（(]$", text[: match.start()].rstrip())
        if head and (name := bare_name(text, head.start())) is not None:
            found[match["short"].strip("》”")] = name.title
    return found


class _Finder:
    """Collects references in the order of their certainty; what is taken is not read again."""

    def __init__(self, text: str, shorts: Mapping[str, str]) -> None:
        self.text = text
        self.shorts = shorts
        self.taken: list[tuple[int, int]] = []
        self.found: list[Reference] = []
        self.numbers = _numbers(text)
        self.own_marks = _own_marks(text)

    def run(self) -> list[Reference]:
        self._titles()
        if "号" in self.text:
            self._proposals()
        self._numbers_alone()
        self._places()
        self._bare_names()
        return sorted(self.found, key=lambda item: item.span.start)

    # -- titles -------------------------------------------------------------------------------------------------

    def _titles(self) -> None:
        forms: set[str] = set()
        for title in find_titles(self.text):
            if not self._free(title.start, title.end):
                continue
            other = is_something_else(self.text, title.start, title.end)
            if other or title.title in forms or not is_document_title(title.title):
                forms.add(title.title)
                self._take(title.start, title.end)
                continue
            end, number = self._bracket(title.end)
            start = title.start
            own = re.search(r"本\s*$", self.text[:start])
            if number is None and (before := self._number_before(start)):
                number, start = before.number, before.span.start
            places = self._places_after(end)
            if places is not None:
                end = places.end
            name = None if own else self.shorts.get(title.title, title.title)
            if own and places is None:
                self._take(start, end)
                continue
            self._add(name, number, places, own.start() if own else start, end)

    def _bracket(self, at: int) -> tuple[int, str | None]:
        """What stands in brackets right behind a title: its number, a short form; and where they end."""
        match = re.compile(r"\s*[（(〔]").match(self.text, at)
        if match is None:
            return at, None
        close = _closing(self.text, match.end() - 1)
        if close is None or close - at > 120:
            return at, None
        inside = [item for item in self.numbers if match.start() <= item.span.start and item.span.end <= close]
        if inside:
            return close, inside[0].number
        if proposal := _PROPOSAL.search(self.text, at, close):
            return close, _proposal_number(proposal)
        if "以下" in self.text[at:close] or re.search(
            r"[试暂]行|修[订正]|草案|征求意见|[12]\d{3}年|第[一二三四五六七八九十]版|简称", self.text[at:close]
        ):
            return close, None
        return at, None

    def _number_before(self, at: int) -> FoundNumber | None:
        """国务院令第407号公布的《…》, 国发〔2015〕43号《…》: the number belongs to the title."""
        for item in self.numbers:
            if item.span.end <= at and re.fullmatch(
                r"\s*(?:文件?)?(?:[）)]?(?:公布|发布|印发|颁布)的)?\s*", self.text[item.span.end : at]
            ):
                return item
        return None

    def _places_after(self, at: int) -> Places | None:
        blank = re.compile(r"\s*(?:中的|中|的|之|规定的)?\s*").match(self.text, at)
        start = blank.end() if blank else at
        part = _PART_OF_CODE.match(self.text, start)
        start = part.end() if part else start
        places = read_places(self.text, start)
        if places is None and self.text[start : start + 2] in ("附件", "附表", "附录"):
            return read_annex(self.text, start)
        return places

    # -- numbers ------------------------------------------------------------------------------------------------

    def _proposals(self) -> None:
        for match in _PROPOSAL.finditer(self.text):
            if self._free(match.start(), match.end()):
                self._add(None, _proposal_number(match), None, match.start(), match.end())

    def _numbers_alone(self) -> None:
        for item in self.numbers:
            start, end = item.span.start, item.span.end
            if not self._free(start, end) or (item.ordinal and _OWN_ORDER.match(self.text, end)):
                continue
            if _is_own_number(self.text, start, end):
                continue
            file = re.compile(r"\s*文件?(?!号)").match(self.text, end)
            end = file.end() if file else end
            places = self._places_after(end)
            self._add(None, item.number, places, start, places.end if places else item.span.end)
        for short in find_short_names(self.text) if "条”" in self.text or "号" in self.text else ():
            if self._free(short.start, short.end):
                title = (
                    short.title if short.title.startswith(("国", "新", "老")) and short.title.endswith("条") else None
                )
                self._add(title, None if title else short.title, None, short.start, short.end)

    # -- places -------------------------------------------------------------------------------------------------

    def _places(self) -> None:
        for at in place_starts(self.text):
            if at in self.own_marks or not self._free(at, at + 1):
                continue
            places = read_places(self.text, at) or read_relative(self.text, at)
            if places is None:
                continue
            owner = self_before(self.text, at)
            if owner is not None:
                self._add(self._same_act(owner.title, at), None, places, owner.start, places.end)
                continue
            name = self._named(at)
            if name is not None:
                self._add(name[0], None, places, name[1], places.end)
            elif _stands_alone(self.text, at, places):
                added = self.text.endswith(("作为", "改为"), 0, at)
                self._add(self._same_act("", at) if added else None, None, places, at, places.end)
        self._annexes()

    def _named(self, at: int) -> tuple[str, int] | None:
        """Title and begin of an act named right before the place: 刑法(分则)第…条, 《…》 is read before."""
        before = re.search(r"(?:总则|分则|[一-龥]{2,4}编)(?:的|中)?$", self.text[:at])
        for end in (at, before.start() if before else at):
            for short, title in self.shorts.items():
                if self.text.endswith(short, 0, end) and self._free(end - len(short), end):
                    return title, end - len(short)
            name = bare_name(self.text, end)
            if name is not None and self._free(name.start, name.end):
                return name.title, name.start
        return None

    def _same_act(self, word: str, at: int) -> str | None:
        """该法第三条, 同法第五条: the act named last; 本法: None."""
        if word.startswith("本"):
            return None
        before = [item for item in self.found if item.span.end <= at and item.title]
        return max(before, key=lambda item: item.span.end).title if before else None

    def _annexes(self) -> None:
        start = self.text.find("附")
        while start >= 0:
            places = read_annex(self.text, start)
            if places is not None and self._free(start, places.end) and _ANNEX_USED.search(self.text[:start]):
                following = self.text[places.end : places.end + 1]
                if following not in ("：", ":") and (places.parts[0] != "附件" or following in "）),，。、的"):
                    self._add(None, None, places, start, places.end)
            start = self.text.find("附", start + 1)

    def _bare_names(self) -> None:
        for name in find_bare_names(self.text, tuple(self.shorts)):
            if self._free(name.start, name.end):
                self._add(self.shorts.get(name.title, name.title), None, None, name.start, name.end)

    # -- keeping ------------------------------------------------------------------------------------------------

    def _add(self, title: str | None, number: str | None, places: Places | None, start: int, end: int) -> None:
        self._take(start, end)
        kind = "引用" if title or number else "internal"
        parts = places.parts if places else ()
        title = plain_title(title) if title else None
        self.found.append(
            Reference(kind=kind, title=title, number=number, parts=parts, span=Span(start=start, end=end))
        )

    def _take(self, start: int, end: int) -> None:
        self.taken.append((start, end))

    def _free(self, start: int, end: int) -> bool:
        return all(end <= first or start >= last for first, last in self.taken)


# 文号：赣府发〔2020〕6号 | 黔投提复字〔2024〕64号 签发人：谢强 | （国办发〔2018〕128号）
_LABEL = re.compile(r"\s*(?:(?:发\s*文\s*)?(?:字|文)\s*号|编号)?\s*[：:|]?\s*[（(]?\s*")
_SIGNER = re.compile(r"\s*[）)]?\s*(?:签\s*发\s*人.*)?")


def _is_own_number(text: str, start: int, end: int) -> bool:
    """Whether a number has its line for itself, a label or the signer aside: it is the document's own."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    rest = text[end : last if last >= 0 else len(text)]
    return _LABEL.fullmatch(text[first:start]) is not None and _SIGNER.fullmatch(rest) is not None


def _proposal_number(match: re.Match[str]) -> str:
    return f"第{to_int(match['a'] or match['b'])}号{match['ka'] or match['kb']}"


def _numbers(text: str) -> tuple[FoundNumber, ...]:
    return find_numbers(text) if _NUMBER_HINT.search(text) else ()


def _own_marks(text: str) -> frozenset[int]:
    """Where the text's own mark 第X条 stands: the beginning of a paragraph that goes on like a clause."""
    marks = set()
    at = 0
    for line in text.split("\n"):
        mark = read_mark(line)
        if mark is not None:
            marks.add(at + mark.start)
        at += len(line) + 1
    return frozenset(marks)


# 第三条规定 | 第十条、 | 第一款所列；not: 第一条生产线 | 第二款产品 | 第三章 货物
_PLACE_ENDS = re.compile(
    r"\s*(?:第|规定|所|的|、|和|及|与|或|至|之|中|内|，|。|；|：|[）)】”“（(]|修改|改为|增加|删|后|前|作为|为|已|情形|等|以外|外|"
    r"并|关于|有关|适用|列举|明确|要求|是否|情况|行为|处|以|不|或者|以及|同时|同|条件|列明|列入|罪|除外|:|,|;|执行|办理|$)"
)
# 依照有关办法第三条: of an act that is not named
_OTHER_ACT = re.compile(r"(?:有关|相关|其他|各自)(?:的)?(?:法律|法规|规章|条例|办法|规定|文件)的?$")


def _stands_alone(text: str, at: int, places: Places) -> bool:
    """Whether a place that no act stands before is meant as one."""
    if text[at] in "前本上":
        return True
    if _OTHER_ACT.search(text, max(0, at - 12), at):
        return False
    first = places.parts[0]
    ends = _PLACE_ENDS.match(text, places.end)
    if ends is None:
        return False
    if "条" in first:
        return True
    if first.endswith(("款", "项", "目")):
        return (
            re.match(
                r"\s*(?:第|规定|所|的|、|和|及|与|或|至|之|中|情形|以外|外|罪|，|。|；|：|[）):,;]|$)",
                text[places.end :],
            )
            is not None
        )
    return re.match(r"\s*(?:规定|所|的(?:规定|有关规定)|第)", text[places.end :]) is not None


def _closing(text: str, at: int) -> int | None:
    """End of the bracket that opens at ``at``, inner ones skipped; None where it does not close."""
    depth = 0
    for index in range(at, min(len(text), at + 200)):
        if text[index] in "（(〔":
            depth += 1
        elif text[index] in "）)〕":
            depth -= 1
            if depth == 0:
                return index + 1
    return None
