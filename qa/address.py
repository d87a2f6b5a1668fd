"""Addresses of clauses, as people and documents write them -> comparable steps.

``第三章第九条``, ``二（四）9``, ``第二部分“三是”``, ``附件1第五条`` become sequences of :class:`Step`; a
clause is meant when the steps asked for stand in its own path in the same order, the last one last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.tokens import fold

_HAN = "零〇一二三四五六七八九十百千两"
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_UNIT = r"(?P<unit>编|分编|章|节|条|款|项|目|部分|点|大点|大条|小点|大类)"
_STEP = re.compile(
    rf"第\s*[(（]?(?P<named>[{_HAN}]+|\d+)[)）]?\s*{_UNIT}"
    rf"|[(（]\s*(?P<bracket>[{_HAN}]+)\s*[)）]"
    rf"|[(（]\s*(?P<bracket_digits>\d{{1,2}})\s*[)）]"
    rf"|(?P<one>[{_HAN}]+)\s*是(?![不否])"
    rf"|(?<![{_HAN}第])(?P<top>[{_HAN}]+)(?=[、(（.])、?"
    rf"|附件\s*(?P<annex>\d+|[{_HAN}]+)?"
    rf"|(?<![\d.])(?P<dot>\d{{1,3}})(?:[.、](?!\d)|(?=$))"
)
# Which kinds of the path a kind of the question may mean: 第二部分 is 二、, 第3点 may be 3. or （三） or 三是.
_MEANS = {
    "部分": ("top", "章", "part"),
    "大点": ("top",),
    "大条": ("top",),
    "大类": ("top",),
    "点": ("top", "bracket", "dot", "one"),
    "小点": ("bracket", "dot", "one"),
    "项": ("bracket", "dot"),
    "条": ("条", "bracket", "dot", "top"),
    "款": ("款", "¶"),
    "目": ("目", "dot"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an address: ``kind`` as in the document (``条``, ``top``, ``bracket``, ``dot``, ``one``, …)."""

    kind: str
    value: int


def number_of(text: str) -> int:
    """``十九`` -> 19, ``9`` -> 9, ``一千一百二十`` -> 1120; 0 for an empty text."""
    if text.isdigit():
        return int(text)
    total = current = 0
    for sign in text:
        if sign in _POWERS:
            total += (current or 1) * _POWERS[sign]
            current = 0
        else:
            current = current * 10 + _DIGITS[sign] if sign != "两" else 2
    return total + current


def steps(text: str) -> tuple[Step, ...]:
    """The steps of an address or path, outermost first; empty where ``text`` holds none."""
    found = []
    for match in _STEP.finditer(fold(text)):
        kind = match.lastgroup or ""
        if match["named"] is not None:
            found.append(Step(match["unit"], number_of(match["named"])))
        elif kind in ("annex", ""):  # 附件 without a number
            found.append(Step("annex", number_of(match["annex"] or "")))
        elif kind == "bracket_digits":
            found.append(Step("bracket_digits", int(match[kind])))
        else:
            found.append(Step(kind, number_of(match[kind])))
    return tuple(found)


def meets(asked: Sequence[Step], path: Sequence[Step]) -> bool:
    """Whether the steps asked for stand in ``path`` in order, the last one at its end.

    A looser meaning (第三条 for （三）) counts only where the path has no step of the very kind: in a text with
    articles 第二条 is an article, not the second item of another one.
    """
    if not asked or not path or not _same(asked[-1], path[-1]):
        return False
    if path[-1].kind != asked[-1].kind and any(step.kind == asked[-1].kind for step in path):
        return False
    rest = iter(path[:-1])
    return all(any(_same(step, other) for other in rest) for step in asked[:-1])


def _same(asked: Step, found: Step) -> bool:
    kinds = (asked.kind, *_MEANS.get(asked.kind, ()))
    return asked.value == found.value and found.kind in kinds
