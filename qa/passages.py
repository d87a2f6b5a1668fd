"""Clauses made ready for comparison with questions: folded sentences, headings and the facts of their document.

Folding a clause costs more than comparing it, so passages are kept for the next question (the last ones used).
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from index.backend import Backend
from index.records import Clause, Document, Span
from index.tokens import fold
from qa.address import Step, steps
from qa.asks import has_figure
from qa.cut import sentences
from qa.interaction import Inner, inners
from qa.places import places
from qa.words import Words

_DEFINES = re.compile(r"是指|所称|指的是|本[^，。]{1,6}(?:包括|是)|包括[：:]?|简称|[”\"]即|分为|，即|为：")
_DUTIFUL = re.compile(
    r"负责|牵头|主管|责任单位|配合|承担|会同"
    r"|由[^，。；]{2,30}(?:组织|实施|办理|管理|审批|批准|编制|认定)"
)
_DATE = re.compile(r"\d{4}\s*年|\d+\s*月\s*\d+\s*日|\d+\s*个?(?:工作)?日内")
_PENAL = re.compile(r"罚款|处分|责令|吊销|没收|追究|拘留|有期徒刑|违反")
_RULE = re.compile(r"应当|必须|不得|可以|严禁|鼓励|支持|禁止")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=\s*年|[-—–~至]|\b)")
KINDS = ("defines", "dutiful", "dated", "penal", "rules")
_PATTERNS = (_DEFINES, _DUTIFUL, _DATE, _PENAL, _RULE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What is known of a document as a whole, folded for matching.

    Attributes:
        profile: title, number, issuer, type, addressee, signatory, enclosed title and the year, joined by blanks.
        places: of title and issuer.
        year: of the date that is cited, empty where there is none.
        type: 文种, folded, empty where there is none.
        title: folded; of a document without one, that of the document that it encloses.
    """

    profile: str
    places: frozenset[str]
    year: str
    type: str
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A clause made ready.

    Attributes:
        key: the backend's key.
        document: as the backend gives it.
        clause: as the backend gives it.
        card: of the document.
        spans: its sentences in ``clause.text``.
        folded: the same sentences, folded.
        heading: path, own and ancestors' headings, folded.
        steps: of the path.
        figures: per sentence, whether it states a figure.
        kinds: 1.0 or 0.0 for each of :data:`KINDS`.
        years: named in the text.
        places: named in headings and text.
        inner: its words of two or more characters.
    """

    key: int
    document: Document
    clause: Clause
    card: Card
    spans: tuple[Span, ...]
    folded: tuple[str, ...]
    heading: str
    steps: tuple[Step, ...]
    figures: tuple[bool, ...]
    kinds: tuple[float, ...]
    years: frozenset[str]
    places: frozenset[str]
    inner: Inner = field(default_factory=Inner)


def card(document: Document) -> Card:
    """The card of a document."""
    facts = document.metadata
    date = facts.issued_on or facts.published_on or ""
    shown = (
        facts.title,
        facts.enclosed_title,
        facts.number,
        facts.issuer,
        facts.type,
        facts.addressee if facts.addressee and len(facts.addressee) <= 12 else None,
        facts.signatory,
    )
    title = " ".join(part for part in (facts.title, facts.issuer, facts.enclosed_title) if part)
    profile = fold(" ".join([part for part in shown if part] + ([f"{date[:4]}年"] if date else [])))
    return Card(
        profile=profile,
        places=places(fold(title)),
        year=date[:4],
        type=fold(facts.type or ""),
        title=fold(facts.title or facts.enclosed_title or ""),
    )


def made_ready(found: Sequence[tuple[int, Document, Clause, Card]], words: Words | None = None) -> list[Passage]:
    """Clauses, each with its key and the card of its document, made ready together; without ``words`` wordless."""
    spans = [sentences(clause.text) for _, _, clause, _ in found]
    lines: list[str] = []
    for own, (_, _, clause, _) in zip(spans, found, strict=True):
        lines.extend(clause.text[span.start : span.end] for span in own)
        lines.append(" ".join((*clause.headings, clause.heading)).replace("\n", " "))
    # A sentence holds no line break, so all are folded at once.
    folded = fold("\n".join(lines)).split("\n")
    texts: list[tuple[tuple[str, ...], str]] = []
    first = 0
    for own in spans:
        texts.append((tuple(folded[first : first + len(own)]), folded[first + len(own)]))
        first += len(own) + 1
    if words is None:
        inside = [Inner(products=np.zeros((max(len(own), 1), 3), np.float32)) for own in spans]
    else:
        inside = inners(
            [(own or ("",), f"{heading} {one[3].title}") for (own, heading), one in zip(texts, found, strict=True)],
            words,
        )
    return [_passage(one, own, text, about) for one, own, text, about in zip(found, spans, texts, inside, strict=True)]


def _passage(
    found: tuple[int, Document, Clause, Card], spans: tuple[Span, ...], text: tuple[tuple[str, ...], str], about: Inner
) -> Passage:
    key, document, clause, of_document = found
    folded, heading = text
    whole = "\n".join(folded)
    return Passage(
        key=key,
        document=document,
        clause=clause,
        card=of_document,
        spans=spans,
        folded=folded,
        heading=heading,
        steps=steps(clause.path),
        figures=tuple(has_figure(part) for part in folded),
        kinds=tuple(float(pattern.search(whole) is not None) for pattern in _PATTERNS),
        years=frozenset(_YEAR.findall(whole)),
        places=places(f"{heading}\n{whole}"),
        inner=about,
    )


class Passages:
    """Passages of one backend; keeps the last ones used.

    Args:
        backend: where clauses come from.
        words: where the words of clauses are looked up; None leaves them out.
        capacity: how many passages to keep (about 4 kB each).
    """

    def __init__(self, backend: Backend, words: Words | None = None, capacity: int = 20_000) -> None:
        self.words = words
        self._backend = backend
        self._capacity = capacity
        self._kept: OrderedDict[int, Passage] = OrderedDict()
        self._cards: dict[str, Card] = {}
        self._lock = Lock()

    def get(self, keys: Sequence[int]) -> list[Passage]:
        """Passages of ``keys``, in their order."""
        with self._lock:
            kept = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in dict.fromkeys(keys) if key not in kept]
        found = [(key, *pair) for key, pair in zip(missing, self._backend.fetch(missing), strict=True)]
        ready = made_ready([(*one, self.card(one[1])) for one in found], self.words) if found else []
        made = {passage.key: passage for passage in ready}
        with self._lock:
            self._kept.update(made)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return [kept[key] if key in kept else made[key] for key in keys]

    def card(self, document: Document) -> Card:
        """The card of a document, made once."""
        found = self._cards.get(document.id)
        if found is None:
            found = self._cards.setdefault(document.id, card(document))
        return found
