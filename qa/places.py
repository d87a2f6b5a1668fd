"""Names of provinces and cities in a text, and whether two texts speak of places that exclude each other.

Only the names of the 34 provincial units and of the prefecture-level cities are known here; smaller places are left to
word matching.
"""

import re
from functools import cache

from index.divisions import short_names

# as they stand in texts: 兴安 alone is also a county, 朝阳 a district of Beijing
_ELSEWHERE = frozenset({"兴安", "朝阳"})
_MORE = {
    "香港": "香港",
    "澳门": "澳门",
    "台湾": "台湾",
    "兴安盟": "内蒙古",
    "雄安": "河北",
    "平潭": "福建",
    "贵安": "贵州",
}


@cache
def _province_of() -> dict[str, str]:
    """Short names of provinces and prefectures -> short name of the province; a province lies in itself."""
    known = {name: province for name, province in short_names().items() if name not in _ELSEWHERE}
    return known | _MORE


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_province_of(), key=len, reverse=True)))


def places(text: str) -> frozenset[str]:
    """Short names of the provinces and cities named in ``text`` (``贵阳``, ``江西``)."""
    return frozenset(_pattern().findall(text))


def provinces(names: frozenset[str]) -> frozenset[str]:
    """The provinces in which ``names`` lie; a province lies in itself."""
    table = _province_of()
    return frozenset(table[name] for name in names)


def agreement(asked: frozenset[str], found: frozenset[str]) -> float:
    """How the places of a question agree with those of a document's title and issuer.

    Returns:
        1.0 one name is shared; 0.5 one lies in the other; 0.0 one side names no place; -0.5 two places of one province;
        -1.0 places of different provinces.
    """
    if not asked or not found:
        return 0.0
    if asked & found:
        return 1.0
    if asked & provinces(found) or found & provinces(asked):
        return 0.5
    return -0.5 if provinces(asked) & provinces(found) else -1.0
