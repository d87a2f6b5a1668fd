"""The issuing body out of what mark, signature, table and title say of it."""

import re
from collections.abc import Sequence

from index import blocks

_HAN = "\u4e00-\u9fff"
_MANY = 3
# 省投资促进局 | 市人民政府办公厅: the place is left to the reader
_SHORT = re.compile(r"(?:省|市|州|县|区|自治区|新区)(?!.{0,8}(?:省|市|州|县|区)(?:人民政府|$))")
_TITLE = re.compile(rf"(?P<bodies>[{_HAN}、\s]{{2,80}}?)(?:关于|印发|转发|批转|发布|公布|对(?=.{{4,}}的))")


def bodies_of(text: str) -> list[str]:
    """The single bodies of a mark, a signature line or a value: 文件, 令, blanks and brackets taken off."""
    cleaned = re.sub(r"&\w{2,5};?", "", text).strip().strip("（）()")
    cleaned = re.sub(r"(?:文件|令|公告)$", "", cleaned)
    bodies = []
    for piece in re.split(r"[、，,\s\u3000]+", cleaned):
        body = piece.strip()
        if body == "中华人民共和国国务院" or body.startswith("中华人民共和国最高"):
            body = body.removeprefix("中华人民共和国")
        if len(body) >= 2:
            bodies.append(body)
    # letters of a name may be spread: 国 务 院
    return [cleaned.replace(" ", "").replace("\u3000", "")] if not bodies and len(cleaned) > 2 else bodies


def joined_bodies(bodies: Sequence[str]) -> str | None:
    """Up to three bodies joined by 、; of more only the first, which leads."""
    unique = list(dict.fromkeys(bodies))
    if not unique:
        return None
    return "、".join(unique) if len(unique) <= _MANY else unique[0]


def title_issuer(title: str) -> str | None:
    """The body with which a title begins (``国务院关于…``), None where it begins otherwise or with a short form."""
    found = _TITLE.match(title)
    if found is None:
        return None
    bodies = bodies_of(found["bodies"])
    return joined_bodies(bodies) if bodies and all(blocks.is_body(body) for body in bodies) else None


def pick_issuer(
    *, labelled: str | None, signed: str | None, marked: str | None, titled: str | None, others: Sequence[str | None]
) -> str | None:
    """The issuer: a page's 发文机关, else the signature, the mark, the title's beginning, or ``others``, in this order.

    A short form (``省投资促进局``) gives way to the full name of the same body where mark or title has it.
    """
    full = [name for name in (marked, signed, titled) if name]
    chosen = labelled or signed or marked
    if chosen is None:
        return (titled if titled and not is_short(titled) else None) or next((name for name in others if name), None)
    if is_short(chosen):
        for name in full:
            if name != chosen and not is_short(name) and _same(chosen, name):
                return name
    return chosen


def is_short(name: str) -> bool:
    """Whether a name leaves out its province or city: ``省政府办公厅``."""
    return _SHORT.match(name) is not None


def _same(short: str, full: str) -> bool:
    """``省政府办公厅`` and ``江西省人民政府办公厅`` are the same body."""
    tail = re.sub("人民政府", "政府", short)
    return re.sub("人民政府", "政府", full).endswith(tail)
