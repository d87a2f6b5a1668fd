"""Interpretation -> the documents that the question names outright: by number, in part or whole, or by title in 《》.

What merely resembles a document's title or issuer is left to the ranking; here a name either fits or it does not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from index.docnumber import FoundNumber, find_numbers, same_number
from index.records import Document
from index.tokens import fold
from qa.records import Interpretation

_SAME_TOKEN = 0.6
"""Share of characters that two issuers' tokens must have in common where year and serial agree: 筑府办涵, 筑府办函."""
_TITLE_SHARE = 0.6
"""Share of a document's title that a shorter title in 《》 must make up, unless no other document holds it."""
_YEARLESS = re.compile(r"([一-龥]+)\s*\d+号$")
_ISSUING = re.compile(r"的(?:通知|函|公告|通告)$|^.{0,30}?关于(?:印发|发布|公布|转发)|[《》“”\"\s（）()〈〉]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a question names.

    Attributes:
        named: ids of the documents meant, in the order of the list of documents.
        unknown: whole numbers of documents that the index does not hold.
    """

    named: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def scope(interpretation: Interpretation, documents: Sequence[Document]) -> Scope:
    """The documents of ``documents`` that a question names, and the numbers that none of them bears."""
    named: dict[str, None] = {}
    unknown: list[str] = []
    numbers = [(document, _read(document.metadata.number)) for document in documents]
    for text in interpretation.numbers:
        asked = _read(text)
        found = [document.id for document, own in numbers if asked and own and _fits(asked, own)]
        exact = [d.id for d in documents if d.metadata.number and same_number(text, d.metadata.number)]
        named.update(dict.fromkeys(exact or found))
        if asked is not None and asked.complete and not found and not exact:
            unknown.append(text)
    for title in interpretation.titles:
        named.update(dict.fromkeys(_by_title(title, documents)))
    return Scope(named=tuple(named), unknown=tuple(unknown))


def _read(text: str | None) -> FoundNumber | None:
    if not text:
        return None
    found = next(iter(find_numbers(text, partial=True)), None)
    token = _YEARLESS.match(text)
    # 黔投议复字17号: without its year the token is not read as one
    return replace(found, token=token[1]) if found is not None and token is not None and not found.token else found


def _fits(asked: FoundNumber, own: FoundNumber) -> bool:
    if asked.serial != own.serial or (asked.year is not None and own.year is not None and asked.year != own.year):
        return False
    if not asked.token:
        return True
    return SequenceMatcher(None, asked.token, own.token, autojunk=False).ratio() >= _SAME_TOKEN


def _by_title(title: str, documents: Sequence[Document]) -> list[str]:
    wanted = _bare(title)
    if len(wanted) < 2:
        return []
    held: list[tuple[float, str]] = []
    for document in documents:
        facts = document.metadata
        names = [_bare(name) for name in (facts.title, facts.enclosed_title) if name]
        shares = [len(wanted) / len(name) for name in names if wanted in name]
        if shares:
            held.append((max(shares), document.id))
    close = [found for share, found in held if share >= _TITLE_SHARE]
    return close or ([held[0][1]] if len(held) == 1 else [])


def _bare(title: str) -> str:
    return _ISSUING.sub("", fold(title))
