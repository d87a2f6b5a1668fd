"""Interpretation -> the documents that the question names outright: by number, in part or whole, or by title in 《》.

What merely resembles a document's title or issuer is left to the ranking; here a name either fits or it does not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from index.directory import spellings
from index.docnumber import FoundNumber, find_numbers, number_key, same_number
from index.records import Document
from index.tokens import fold
from qa.naming import rest_of
from qa.records import Interpretation
from qa.relations import ENDED

_SAME_TOKEN = 0.6
"""Share of characters that two issuers' tokens must have in common where year and serial agree: 筑府办涵, 筑府办函."""
_NEARLY_SAME = 0.8
_TITLE_SHARE = 0.6
"""Share of a document's title that a shorter title in 《》 must make up, unless no other document holds it."""
_LONGEST_TITLE = 80
Allowed = Callable[[str], bool]
_STATE = "中华人民共和国"
_YEARLESS = re.compile(r"([一-龥]+)\s*\d+号$")
_ISSUING = re.compile(r"的(?:通知|函|公告|通告)$|^.{0,30}?关于(?:印发|发布|公布|转发)|[《》“”\"\s（）()〈〉<>「」【】]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a question names.

    Attributes:
        named: ids of the documents meant, in the order of the list of documents.
        unknown: whole numbers of documents that the index does not hold.
    """

    named: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A title found in a text.

    Attributes:
        documents: ids of those that bear it, the one that applies and is newest first.
        title: as it was found, marks and 中华人民共和国 left out.
        rest: the text without it.
    """

    documents: tuple[str, ...]
    title: str
    rest: str


class Titles:
    """Titles and numbers of an index, made ready once for all questions.

    Args:
        documents: of the index, by source.

    Attributes:
        numbers: of each document, read; None where it has none that can be.
        odd: documents whose number has no usual form (编号：20212183), by id, with its figures.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.numbers = [(document, _read(document.metadata.number)) for document in documents]
        self.odd = [(document.id, figures) for document in documents if (figures := _odd_figures(document))]
        self._known: tuple[dict[str, list[Document]], ...] = ({}, {})
        for document in documents:
            facts = document.metadata
            for name in {name for name in (facts.title, facts.enclosed_title) if name}:
                _, bare, _, placeless = spellings(name)
                for table, spelling in zip(self._known, (bare, placeless), strict=True):
                    if spelling:
                        table.setdefault(_bare(spelling), []).append(document)

    def named(self, text: str, day: str, allowed: Allowed | None = None) -> Named | None:
        """The documents whose title a text holds, with 《》 or without, if there are any.

        The longest title counts; a place may be left out (优化营商环境条例) where no document bears the title as it
        stands. Of several texts of one title those that apply on ``day``, the newest first; where only ``allowed`` ones
        count, the newest of these.
        """
        folded = _bare(text).replace(_STATE, "")
        for table in self._known:
            for size in range(min(len(folded), _LONGEST_TITLE), 1, -1):
                for start in range(len(folded) - size + 1):
                    found = table.get(folded[start : start + size])
                    if found and allowed is not None:
                        found = [document for document in found if allowed(document.id)]
                    if found:
                        title = folded[start : start + size]
                        rest = folded[:start] + folded[start + size :]
                        return Named(documents=_current(found, day), title=title, rest=rest)
        return None

    def quoted(self, titles: Sequence[str], text: str, day: str, allowed: Allowed | None) -> list[str]:
        """Ids of the documents meant by ``titles`` that stand in 《》 in a text.

        A longer title around the one in 《》 is what is meant: …关于适用《刑事诉讼法》的解释.
        """
        found: dict[str, None] = {}
        around = self.named(text, day, allowed)
        for title in titles:
            bare = _bare(title).replace(_STATE, "")
            own = self.named(title, day, allowed)
            if around is not None and bare in around.title:
                own = around
            same = own is not None and len(own.title) >= len(bare)
            found.update(dict.fromkeys(own.documents if own is not None and same else _by_title(title, self.documents)))
        return list(found)


def scope(interpretation: Interpretation, titles: Titles, allowed: Allowed | None = None) -> Scope:
    """The documents that a question names, and the numbers that none of them bears.

    A title without 《》 counts where the question asks for nothing else.

    Args:
        interpretation: of the question.
        titles: of all documents of the index.
        allowed: whether a document of this id counts where it is named by title, None: all do.
    """
    documents = titles.documents
    named: dict[str, None] = {}
    unknown: list[str] = []
    numbers = titles.numbers
    for text in interpretation.numbers:
        asked = _read(text)
        found = [document.id for document, own in numbers if asked and own and _fits(asked, own)]
        exact = [d.id for d in documents if d.metadata.number and same_number(text, d.metadata.number)]
        exact = _narrowest(asked, exact, numbers) if asked is None or asked.year or not asked.token else []
        # 国家文物局令第1号 is not 国家物价局令第1号, however alike
        literal = [document.id for document, own in numbers if asked and own and _whole(asked) == _whole(own)]
        named.update(dict.fromkeys(literal or exact or found))
        if asked is not None and (asked.complete or asked.token) and not found and not exact:
            unknown.append(text)
    folded = fold(interpretation.question)
    odd = (found for found, figures in titles.odd if re.search(rf"(?<!\d){figures}(?!\d)", folded))
    named.update(dict.fromkeys(odd))
    question, day = interpretation.question, interpretation.day
    named.update(dict.fromkeys(titles.quoted(interpretation.titles, question, day, allowed)))
    if not (named or unknown or interpretation.titles):
        spoken = titles.named(question, day, allowed)
        if spoken is not None and len(rest_of(spoken.rest)) <= 1:
            named.update(dict.fromkeys(spoken.documents))
    return Scope(named=tuple(named), unknown=tuple(unknown))


def _whole(number: FoundNumber) -> tuple[str, int | None, int]:
    return number.token, number.year, number.serial


def _narrowest(
    asked: FoundNumber | None, exact: Sequence[str], numbers: Sequence[tuple[Document, FoundNumber | None]]
) -> list[str]:
    """Of several numbers that fit, those with the very token asked for: 国发〔2019〕4号 is not 赣国发〔2019〕4号."""
    if asked is None or not asked.token:
        return list(exact)
    same = [document.id for document, own in numbers if own and own.token == asked.token and document.id in exact]
    return same or list(exact)


def _odd_figures(document: Document) -> str | None:
    number = document.metadata.number
    figures = re.search(r"\d{5,}", fold(number)) if number and number_key(number) is None else None
    return figures[0] if figures else None


def _current(documents: Sequence[Document], day: str) -> tuple[str, ...]:
    applying = [document for document in documents if document.validity(day) not in ENDED]
    ordered = sorted(applying or documents, key=lambda document: document.metadata.issued_on or "", reverse=True)
    return tuple(document.id for document in ordered)


@lru_cache(maxsize=65_536)
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
    if not asked.token or own.token.endswith(asked.token):
        return True
    # without a year to go by the token must be nearly the same: 新国发2号 is 国发〔2022〕2号, not 国办发〔2019〕2号
    least = _SAME_TOKEN if asked.year is not None else _NEARLY_SAME
    return SequenceMatcher(None, asked.token, own.token, autojunk=False).ratio() >= least


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
