"""Question -> what the search compares clauses with: weighted words, pairs, concepts, places, years, an address."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import rjieba
from numpy.typing import NDArray

from index.backend import Backend
from index.search import LexicalQuery
from index.tokens import bigrams as pairs_of
from index.tokens import fold, terms
from qa.address import Step, steps
from qa.asks import Asks, asks
from qa.lexicon import Lexicon
from qa.places import places
from qa.records import Interpretation

Floats = NDArray[np.float32]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|[-—–~至到]|\b)")
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?%?")
_ASKING = re.compile(
    r"多少|(?<!好)几(?![乎何])|百分之几|什么|啥|谁|哪|怎[么样]|如何|咋|何[时处人]|多[大高长久远]|吗|呢|是否|能不能|能否|可否|有没有|(.)不\1"
)
# where something stands, not what: 写在第几部分第几条, 标题是什么, 里怎么说, 是怎么规定的  --  not 规定几条
_FRAME = re.compile(
    r"[写列放定]?在?第几(?:部分|编|章|节|条|款|项|点|页)|[写列放规定]+在?哪(?:一|个)?(?:部分|章|节|条|款|份|里)?|在哪(?:一|个)?(?:部分|章|节|条|款)"
    # what something is or is made of: 是指哪些平台, 包括哪几个, 由哪几个组成, 分为几类  --  not 包括农民工吗
    r"|(?:是|所)?指(?:的是|的|是)?(?=哪|什么|啥|几)|(?:包括|包含|涵盖|分为|分成)了?(?=哪|什么|啥|几|多少)|由(?:哪|几)[^，。？?]{0,8}(?:组成|构成)"
    r"|写的?是(?:什么|啥)|标题(?:是|叫)(?:什么|啥)|怎么(?:说|写|讲|规定|表述)的?"
)
_REACH = 5.0
"""Characters over which the nearness to the asking word falls to 37 %."""
_MOST_TERMS = 96
_EXPANSION_WEIGHT = 0.4
"""What a word that the lexicon adds counts in the lexical search, against 1 for the question's own words. Of 0.2, 0.4
and 0.7 the best on held-out documents (see the table in the design notes)."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Query:
    """A question taken apart; arrays are parallel to ``terms``, ``pairs`` and ``concepts``.

    Attributes:
        folded: the question in the spelling used for matching.
        terms: its words, each once, in order.
        weights: what each word is worth: its rarity times how often such a word of a question stands in the answer;
            0 for words that only ask where something stands.
        rarity: idf alone.
        focus: the weights once more, falling off with the distance from the word that asks: in 容积率不得低于多少 it is
            the 容积率 that must be met.
        pairs: neighbouring characters.
        pair_weights: the lesser weight of the two characters, by the words that cover them.
        concepts: for each everyday expression found, the official words for it.
        links: shape (terms, concepts): 1.0 where the expression covers the word.
        asks: the kinds of answer wanted.
        places: provinces and cities named.
        years: named, four digits.
        numbers: other figures named.
        steps: the address of a clause, where one is given.
        vector: of the embedding, length one; empty where there is no embedder.
        named: ids of the documents that the question names outright.
        units: bodies named.
    """

    folded: str
    terms: tuple[str, ...]
    weights: Floats
    rarity: Floats
    focus: Floats
    pairs: tuple[str, ...]
    pair_weights: Floats
    concepts: tuple[tuple[str, ...], ...]
    links: Floats
    asks: Asks
    places: frozenset[str]
    years: tuple[str, ...]
    numbers: tuple[str, ...]
    steps: tuple[Step, ...]
    vector: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    named: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()


def make_query(
    interpretation: Interpretation,
    backend: Backend,
    worth: Mapping[str, float],
    lexicon: Lexicon,
    vector: Floats | None = None,
    named: Iterable[str] = (),
) -> Query:
    """The query for a question.

    Args:
        interpretation: of the question.
        backend: for the rarity of words.
        worth: for common words of questions, the share of the answers in which they stand.
        lexicon: everyday expressions and their official words.
        vector: the question's embedding.
        named: ids of the documents that the question names.
    """
    question = interpretation.question
    folded = fold(question)
    words = tuple(dict.fromkeys(terms(question)))[:_MOST_TERMS]
    rarity = backend.idf(list(words)).astype(np.float32) if words else np.zeros(0, np.float32)
    idle = _idle(folded)
    worths = np.array([worth_of(word, worth, idle) for word in words], np.float32)
    found = lexicon.concepts(folded)
    spans = [_spans(folded, word) for word in words]
    frames = [match.span() for match in _FRAME.finditer(folded)]
    asked = [not own or any(not _framed(span, frames) for span in own) for own in spans]
    weights = rarity * worths * np.array(asked, np.float32)
    links = np.array(
        [[float(_inside(own, concept.start, concept.end)) for concept in found] for own in spans], np.float32
    ).reshape(len(words), len(found))
    pairs = tuple(dict.fromkeys(pairs_of(question)))[: 2 * _MOST_TERMS]
    years = tuple(dict.fromkeys(_YEAR.findall(folded)))
    return Query(
        folded=folded,
        terms=words,
        weights=weights,
        rarity=rarity,
        focus=weights * _nearness(folded, spans),
        pairs=pairs,
        pair_weights=_pair_weights(folded, words, weights, pairs),
        concepts=tuple(concept.official for concept in found),
        links=links,
        asks=asks(question),
        places=places(folded),
        years=years,
        numbers=tuple(n for n in dict.fromkeys(_NUMBER.findall(folded)) if n not in years),
        steps=tuple(step for article in interpretation.articles[-1:] for step in steps(article)),
        vector=vector if vector is not None else np.zeros(0, np.float32),
        named=frozenset(named),
        units=tuple(fold(unit) for unit in interpretation.units),
    )


def lexical_query(query: Query, expansion: float = _EXPANSION_WEIGHT) -> LexicalQuery:
    """The weighted units to search for: the question's own, and at less weight what the lexicon adds."""
    units: dict[str, float] = {}
    for concept in query.concepts:
        for official in concept:
            for word in terms(official):
                units[word] = expansion
    units.update(dict.fromkeys(query.terms, 1.0))
    return LexicalQuery(terms=units, bigrams=dict.fromkeys(query.pairs, 1.0))


def worth_of(word: str, worth: Mapping[str, float], idle: frozenset[str]) -> float:
    """The share of answers that hold ``word`` of their question, between 0 and 1; guessed for words not counted."""
    known = worth.get(word)
    if known is not None:
        return known
    if word in idle:
        return 0.1
    return 0.2 if len(word) == 1 else 0.5


def _idle(folded: str) -> frozenset[str]:
    """Words that describe, link or point: idioms, adverbs, pronouns, particles."""
    return frozenset(word for word, tag in rjieba.tag(folded) if tag[0] in "zlidryoecuap")


def _nearness(folded: str, spans: Sequence[Sequence[tuple[int, int]]]) -> Floats:
    """How near each word stands to a word that asks, 1 where it touches; all 1 where nothing asks."""
    asking = [(match.start(), match.end()) for match in _ASKING.finditer(folded)]
    if not asking:
        return np.ones(len(spans), np.float32)
    values = []
    for own in spans:
        gaps = [max(a - end, start - b, 0) for start, end in own for a, b in asking]
        values.append(np.exp(-min(gaps, default=30) / _REACH))
    return np.array(values, np.float32)


def _spans(folded: str, word: str) -> list[tuple[int, int]]:
    found, start = [], folded.find(word)
    while start >= 0:
        found.append((start, start + len(word)))
        start = folded.find(word, start + 1)
    return found


def _framed(span: tuple[int, int], frames: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in frames)


def _inside(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(start <= a and b <= end for a, b in spans)


def _pair_weights(folded: str, words: Sequence[str], weights: Floats, pairs: Sequence[str]) -> Floats:
    characters = np.zeros(len(folded), np.float32)
    for word, weight in zip(words, weights, strict=True):
        for start, end in _spans(folded, word):
            characters[start:end] = np.maximum(characters[start:end], weight)
    values = []
    for pair in pairs:
        start = folded.find(pair)
        values.append(float(characters[start : start + len(pair)].min()) if start >= 0 else 0.0)
    return np.array(values, np.float32)
