"""The words of a question where they stand in a text, for doors that mark them."""

from collections.abc import Iterator, Sequence
from unicodedata import normalize

from index.tokens import terms

_EXCERPT = 160


def matched_words(question: str) -> tuple[str, ...]:
    """The words of a question that are marked where they stand in a text: two characters or more, or a figure."""
    return tuple(dict.fromkeys(word for word in terms(question) if len(word) > 1 or word.isdigit()))


def occurrences(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in a text, whatever its width and case; half-open ranges that may overlap."""
    # one character for one character, so that offsets stay
    plain = "".join(folded if len(folded := normalize("NFKC", sign).lower()) == 1 else sign for sign in text)
    found = []
    for word in words:
        start = plain.find(word)
        while start >= 0:
            found.append((start, start + len(word)))
            start = plain.find(word, start + 1)
    return sorted(found)


def pieces(text: str, ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it lies in one of the ranges, which are sorted and may overlap."""
    at = 0
    for start, end in ranges:
        first, last = max(start, at), min(end, len(text))
        if last <= first:
            continue
        if first > at:
            yield text[at:first], False
        yield text[first:last], True
        at = last
    if at < len(text):
        yield text[at:], False


def excerpt(text: str, words: Sequence[str], length: int = _EXCERPT) -> str:
    """A stretch of a text, on one line, that holds as many of the words as it can; the cuts are shown by ``…``."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    places = occurrences(line, words)
    best, most = 0, -1
    for start, _ in [(0, 0), *places]:
        first = max(0, start - 12)
        inside = len({line[a:b] for a, b in places if a >= first and b <= first + length})
        if inside > most:
            best, most = first, inside
    return ("…" if best else "") + line[best : best + length] + ("…" if best + length < len(line) else "")
