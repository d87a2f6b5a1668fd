"""Who answers for a clause: the lists of responsible bodies at its end, taken apart into roles and single bodies."""

import re
from collections.abc import Iterator

from index.records import Duty, Span

RESPONSIBLE, LEADING, ASSISTING = "责任单位", "牵头单位", "配合单位"

_OPEN, _CLOSE = "（([〔【〖［﹝", "）)]〕】〗］﹞"
_LEAD = "牵头|主办|主责|主管"
_ASSIST = "配合|协办|协同|协助|参与|参加|支持"
_ANSWER = "主要责任|责任|负责|落实|实施|承担|承办|分工|职责"
_KIND = "单位|部门|处室|科室|股室|主体|机构|地区|方"
# 责任单位： | 牵头部门: | 牵头及责任单位： | 第一责任单位：；not: 责任： (a heading), 联系人：
_LABEL = re.compile(
    rf"(?:第[一二]|主要|具体|共同|市级|省级|区级|县级)?(?P<role>{_LEAD}|{_ASSIST}|{_ANSWER})(?:[和及、]?(?:{_LEAD}|{_ASSIST}|{_ANSWER}))?"
    rf"(?:{_KIND})\s*[：:]"
)
# what stands beside the bodies in the same bracket: 完成时限：2021年12月底，适用范围：福建自贸试验区
_OTHER_LABEL = re.compile(
    r"(?:完成|办结|落实|实施|推进|工作|整改)?(?:时限|时间|期限|进度|节点|安排)\s*[：:]|适用范围\s*[：:]|责任(?:人|领导)\s*[：:]|联系(?:人|电话)\s*[：:]|备注\s*[：:]"
)
# 省商务厅、省财政厅按职责分工负责 | 市商务局牵头 | 各区县政府参与
_VERB = re.compile(
    rf"(?:按照?(?:各自)?(?:职责|职能|任务)(?:和?分工)?|根据(?:职责|职能)(?:分工)?|依(?:据|照)?职责(?:分工)?|分别|共同|具体|统筹|联合)*"
    rf"(?:(?P<role>{_LEAD}|{_ASSIST}|{_ANSWER}|指导|组织实施|抓落实)(?:负责|落实|实施|配合|组织实施|推进)?)(?=[，,；;。、]|$)"
)
# 列第一位者为牵头单位，下同 | 以下均需试点城市政府落实，不再列出: a remark behind the list, in the same bracket
_REMARK = re.compile(r"。(?=[^。]*(?:下同|以下|不再列出|列第一位|排(?:名)?第一))[^。]*。?$")
_FIRST_LEADS = re.compile(r"(?:列|排)(?:名)?(?:在)?第一(?:位|名)?(?:者|的)?(?:单位)?(?:为|是|系)牵头")
_LINKS = re.compile(r"会同|商(?=[省市区县国各财发])")
_BODY_END = "局厅委部办院署会行府司社团处室位门心关队站校所校组业构盟联企区县市州镇乡"
_JOIN = re.compile(
    rf"(?<=[{_BODY_END}等）)〕])(?:以及|[和及与])(?!(?:人民)?政府|改革|规划|旅游|信息化|计划生育|社会保障)(?=各|.{{3}})"
)
_PLACE = (
    "(?:设区|地级以上|省直管|直管|省辖)?(?:自治州|自治县|特区|林区|功能区|街道|乡镇|市州|县区|区县|市县|新区|"
    "市|区|县|州|盟|旗|乡|镇)"
)
_INNER = rf"(?:[{re.escape(_OPEN)}][^{re.escape(_CLOSE)}]*[{re.escape(_CLOSE)}])?"
_PLACE_ONLY = re.compile(rf"(?:各|有关|相关|所在|涉及|试点|全省各|全市各)?(?:有关|相关)?{_PLACE}{_INNER}")
_PLACE_GOVERNED = re.compile(
    rf"(?:各)?{_PLACE}{_INNER}(?:级)?(?:(?:党委[、和]?)?(?:人民)?政府|管委会|党委|办事处)?{_INNER}"
)
_OPEN_END = re.compile(
    r"等(?:[中省市县区]直|中央|国家|[省市县区]级)?(?:有关|相关|各)?(?:(?:部门|单位|地区?|机构|责任单位|成员单位)(?:[和、及](?:部门|单位|地区?|机构))?)?$"
)
_NO_BODY = re.compile(
    r"\d+\s*年|\d+\s*月|时限|长期|持续|完成|适用|坚持|底前|之前|推进|每年|[。：:]|^(?:无|另有规定|以下简称)"
)
_LONGEST_BODY = 40
_LONGEST_LIST = 800
_SENTENCE_ENDS = "。；;！!？?”"


def find_duties(text: str) -> tuple[tuple[Duty, ...], tuple[Span, ...]]:
    """The bodies that answer for a clause, and where the lists stand.

    Args:
        text: the clause's text, paragraphs separated by line breaks; a list may lack its closing bracket.

    Returns:
        One :class:`Duty` a role, in the order of first mention, bodies single and as written (an open end ``等`` is
        dropped, ``各区（市、县）政府`` and ``各市、县人民政府`` are one body each); and the stretches of ``text``
        that hold the lists, brackets included.
    """
    units: dict[str, dict[str, None]] = {}
    spans = []
    for span in _lists(text):
        found = list(_roles(text[span.start : span.end]))
        if not found:
            continue
        spans.append(span)
        for role, bodies in found:
            units.setdefault(role, {}).update(dict.fromkeys(bodies))
    return tuple(Duty(role=role, units=tuple(bodies)) for role, bodies in units.items()), tuple(spans)


# -- where the lists stand ---------------------------------------------------------------------------------------


def _lists(text: str) -> Iterator[Span]:
    """Stretches that may be lists of duties: brackets, lines of their own, last sentences."""
    index = 0
    while index < len(text):
        at_start = index == 0 or text[index - 1] in "\n。；;"
        if text[index] in _OPEN and (span := _bracketed(text, index)):
            yield span
            index = span.end
        elif at_start and (label := _LABEL.match(text, index)) and not label["role"].endswith("办"):
            # 主办单位： and 承办单位： outside of brackets belong to an event or to a site's foot
            end = _end_of_line(text, index)
            yield Span(start=index, end=end)
            index = end
        else:
            index += 1


def _bracketed(text: str, at: int) -> Span | None:
    labelled = _LABEL.match(text, at + 1) is not None
    end = _closing(text, at)
    if end is None:
        if not labelled:
            return None
        end = _end_of_line(text, at)
    if labelled:
        return Span(start=at, end=end)
    # without a label only a bracket that closes a sentence is a list: （省商务厅负责）, not 设立机构（由部门负责）的
    before = text[:at].rstrip()[-1:]
    after = text[end:].lstrip(" \u3000")[:1]
    closes = before in _SENTENCE_ENDS or after in ("", "。", "；", "\n")
    inside = _REMARK.sub("", text[at + 1 : end - 1])
    if (
        closes
        and end - at <= _LONGEST_LIST
        and re.search(rf"(?:{_LEAD}|{_ASSIST}|{_ANSWER})[^，；]{{0,4}}$|牵头[，；]", inside)
    ):
        return Span(start=at, end=end)
    return None


def _closing(text: str, at: int) -> int | None:
    """Behind the bracket that closes the one at ``at``; half-width and full-width brackets close each other."""
    depth = 0
    for index in range(at, min(len(text), at + _LONGEST_LIST)):
        if text[index] in _OPEN:
            depth += 1
        elif text[index] in _CLOSE:
            depth -= 1
            if not depth:
                return index + 1
    return None


def _end_of_line(text: str, at: int) -> int:
    """Where a list without closing bracket ends: with its line, or at a full stop that no further label follows."""
    end = text.find("\n", at)
    end = len(text) if end == -1 else end
    for stop in re.finditer("。", text[at:end]):
        if not _LABEL.match(text, at + stop.end()):
            return at + stop.end()
    return end


# -- what a list says --------------------------------------------------------------------------------------------


def _roles(listing: str) -> Iterator[tuple[str, list[str]]]:
    """Roles and their bodies in one list; a remark may say that the first of them leads."""
    found = list(_listed(listing.replace("\n", "").strip()))
    if found and found[0][0] == RESPONSIBLE and _FIRST_LEADS.search(listing):
        bodies = found[0][1]
        found[:1] = [(LEADING, bodies[:1]), (RESPONSIBLE, bodies[1:])]
    yield from (role for role in found if role[1])


def _listed(body: str) -> Iterator[tuple[str, list[str]]]:
    if body[:1] and body[0] in _OPEN:
        body = body[1:]
        if body[-1:] and body[-1] in _CLOSE and _unbalanced(body):
            body = body[:-1]
    body = _REMARK.sub("", body)
    labels = sorted(
        [(found.start(), found.end(), found["role"]) for found in _LABEL.finditer(body)]
        + [(found.start(), found.end(), "") for found in _OTHER_LABEL.finditer(body)]
    )
    if not any(role for _, _, role in labels):
        yield from _spoken(body, None)
        return
    for number, (_, start, role) in enumerate(labels):
        end = labels[number + 1][0] if number + 1 < len(labels) else len(body)
        if role:
            yield from _spoken(body[start:end], _role(role))


def _unbalanced(body: str) -> bool:
    return sum(char in _CLOSE for char in body) > sum(char in _OPEN for char in body)


def _role(word: str) -> str:
    if re.match(_LEAD, word):
        return LEADING
    return ASSISTING if re.match(f"{_ASSIST}|指导", word) else RESPONSIBLE


def _spoken(segment: str, default: str | None) -> Iterator[tuple[str, list[str]]]:
    """Bodies with the verbs behind them (``甲局牵头，乙局配合``); bodies without a verb have the role of the label."""
    at = 0
    for verb in _VERB.finditer(segment):
        chunk = segment[at : verb.start()]
        if _depth(chunk):
            continue
        role = default if default and _role(verb["role"]) == RESPONSIBLE else _role(verb["role"])
        yield from _linked(chunk, role)
        at = verb.end()
    if default is not None and segment[at:].strip("，,；;。、 "):
        yield from _linked(segment[at:], default)


def _linked(chunk: str, role: str) -> Iterator[tuple[str, list[str]]]:
    """``甲局会同乙局``: the second assists the first."""
    for number, part in enumerate(_LINKS.split(chunk)):
        bodies = list(_bodies(part))
        if bodies:
            yield (role if number == 0 else ASSISTING), bodies


def _bodies(chunk: str) -> Iterator[str]:
    pieces = [_OPEN_END.sub("", piece.strip(" \u3000\t")) for piece in _split(chunk)]
    merged: list[str] = []
    joinable = False
    for piece in pieces:
        if joinable and _PLACE_GOVERNED.fullmatch(piece):
            merged[-1] += "、" + piece
        else:
            merged.append(piece)
        joinable = _PLACE_ONLY.fullmatch(piece) is not None
    for piece in merged:
        body = piece.removeprefix("由").strip("。.；;，, ")
        if 2 <= len(body) <= _LONGEST_BODY and re.search("[\u4e00-\u9fff]{2}", body) and not _NO_BODY.search(body):
            yield body


def _split(chunk: str) -> Iterator[str]:
    """Cuts at separators outside of brackets and quotation marks."""
    for piece in _cut(chunk, re.compile("[、，,；;。]")):
        yield from _cut(piece, _JOIN)


def _cut(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    at = 0
    for found in separator.finditer(text):
        if not _depth(text[at : found.start()]):
            yield text[at : found.start()]
            at = found.end()
    yield text[at:]


def _depth(text: str) -> bool:
    """True inside an open bracket or quotation."""
    brackets = sum(char in _OPEN for char in text) - sum(char in _CLOSE for char in text)
    return brackets > 0 or text.count("“") > text.count("”")
