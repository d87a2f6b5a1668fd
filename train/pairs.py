"""Authored data and corpora -> pairs of texts that belong together.

What is paired: a question with the clause that answers it, an everyday word with an official one, a sentence of
a clause with the rest of that clause.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from train.corpus import SEPARATOR, Passage, squash
from train.data import Question

_SENTENCE = re.compile(r"(?<=[。；！？])")
_SHORTEST_SENTENCE = 8


@dataclass(kw_only=True, slots=True)
class Texts:
    """Each different text once, numbered in order of arrival."""

    all: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> int:
        """Number of ``text``, which is added where it is new."""
        number = self.numbers.setdefault(text, len(self.all))
        if number == len(self.all):
            self.all.append(text)
        return number


Pairs = list[tuple[int, int, str]]
"""(number of the left text, number of the right one, document that they are from or empty)."""


def gold_passages(questions: Sequence[Question], passages: Sequence[Passage]) -> dict[str, list[int]]:
    """Which passages answer each question (by id), by article or quote; questions without any are absent."""
    articles: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    files: defaultdict[str, list[int]] = defaultdict(list)
    squashed: dict[int, str] = {}
    quoted = {question.document for question in questions if question.source == "policy"}
    for number, passage in enumerate(passages):
        articles[passage.document, passage.clause].append(number)
        if passage.document in quoted:
            files[passage.document].append(number)
            squashed[number] = squash(passage.text)
    found: dict[str, list[int]] = {}
    for question in questions:
        if question.source == "policy":
            quote = squash(question.quote)
            gold = [number for number in files[question.document] if quote in squashed[number]]
        else:
            gold = [number for place in question.articles for number in articles[place]]
        if gold:
            found[question.id] = gold
    return found


def question_pairs(
    texts: Texts, questions: Iterable[Question], passages: Sequence[Passage], gold: Mapping[str, Sequence[int]]
) -> Pairs:
    """Question and clause. Of several clauses that hold a policy's quote one is taken, of articles every one."""
    pairs: Pairs = []
    for question in questions:
        number, document = texts.add(question.text), question.document
        if question.source == "clause":
            context = filter(None, (document, question.path))
            pairs.append((number, texts.add(SEPARATOR.join((*context, question.quote))), document))
            continue
        places = list(gold.get(question.id, ()))
        if question.source == "policy" and places:
            places = _with_quote(question.quote, places, passages)
        pairs.extend((number, texts.add(passages[place].full), document) for place in places)
    return pairs


def _with_quote(quote: str, places: Sequence[int], passages: Sequence[Passage]) -> list[int]:
    """Of the passages of the first right clause: the whole, and the shortest piece that itself holds the quote."""
    sought, clause = squash(quote), passages[places[0]].clause
    own = [place for place in places if passages[place].clause == clause]
    holding = [place for place in own if sought in squash(passages[place].body)]
    return sorted({own[0], min(holding, key=lambda place: len(passages[place].body), default=own[0])})


def concept_pairs(texts: Texts, concepts: Iterable[tuple[str, str]]) -> Pairs:
    """Everyday word and official word."""
    return [(texts.add(everyday), texts.add(official), "") for everyday, official in concepts]


def sentence_pairs(texts: Texts, passages: Iterable[Passage], seed: int) -> Pairs:
    """One sentence of each clause of several with the rest of it."""
    choose = random.Random(seed)
    pairs: Pairs = []
    for passage in passages:
        parts = [part for part in _SENTENCE.split(passage.body.replace("\n", "")) if len(part) > _SHORTEST_SENTENCE]
        if len(parts) < 2:
            continue
        taken = choose.randrange(len(parts))
        rest = "".join(parts[:taken] + parts[taken + 1 :])
        right = texts.add(f"{passage.context}{SEPARATOR}{rest}")
        pairs.append((texts.add(parts[taken]), right, passage.document))
    return pairs
