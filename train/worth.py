"""How often a word of a question stands in the clause that answers it: 怎么 seldom, 保证金 mostly.

Counted over authored questions; the ranker multiplies a word's rarity by it, so that the words by which people merely
ask do not drown those that they ask about.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from index.tokens import fold, terms
from train.corpus import Passage
from train.data import Question
from train.pairs import gold_passages

_LEAST = 6
_PRIOR = 4.0
_GUESS = {1: 0.15, 2: 0.35}
_GUESS_LONG = 0.4
_POLICY_WEIGHT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The words of a question, and which of them its answer holds."""

    document: str
    words: frozenset[str]
    held: frozenset[str]
    weight: int


def asked_words(questions: Iterable[Question], passages: list[Passage]) -> list[Asked]:
    """Words of all questions whose answer is known; headings and title of the clause count as part of it."""
    questions = list(questions)
    gold = gold_passages(questions, passages)
    found = []
    for question in questions:
        if question.source == "clause":
            answer = fold(f"{question.document}\n{question.quote}")
        elif question.id in gold:
            passage = passages[gold[question.id][0]]
            answer = fold(f"{passage.context}\n{passage.text}")
        else:
            continue
        words = frozenset(terms(question.text))
        held = frozenset(word for word in words if word in answer)
        weight = 1 if question.source in ("law", "stard") else _POLICY_WEIGHT
        found.append(Asked(document=question.document, words=words, held=held, weight=weight))
    return found


def worth_table(asked: Iterable[Asked]) -> dict[str, float]:
    """Word -> share of answers that hold it, for words asked often enough; smoothed towards a guess by length."""
    seen: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for one in asked:
        for word in one.words:
            seen[word] += one.weight
            hits[word] += one.weight * (word in one.held)
    return {
        word: round((hits[word] + _PRIOR * _GUESS.get(len(word), _GUESS_LONG)) / (count + _PRIOR), 2)
        for word, count in sorted(seen.items())
        if count >= _LEAST
    }
