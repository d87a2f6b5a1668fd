"""Documents that no one wrote, as many as wanted, put together from real ones: ``write(material, folder, clauses)``.

Each follows one real document line by line: the same headings, numbering, number of sentences and length of each
sentence. The sentences are drawn from all documents, from among those of about the same length; numbers in them are
drawn anew with as many digits, titles are one document's beginning and another's end. Document ``n`` is always the
same, so that a smaller set is the beginning of a larger one.

What is not as in real documents: sentences that stand together do not belong together, and what is cited mostly does
not exist.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.load import load
from index.walk import find

_MARKER = re.compile(
    r"\s*(?:第[〇零一二三四五六七八九十百千\d]+[编章节条款]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d+[.．、]|[①-⑳])?[\s　]*"
)
_SENTENCE = re.compile(r"[^。；]*[。；]|[^。；]+")
_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_DIGITS = re.compile(r"\d+")
_STEP = 6
"""Lengths of sentences that count as the same."""
_LINES = 1.41
"""Lines that make a clause."""
_FOLDER = 1000
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a real document: what numbers it, and its sentences."""

    marker: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What documents are made from.

    Attributes:
        titles: of the real documents.
        documents: their lines below the title.
        alike: sentences by length.
    """

    titles: Sequence[str]
    documents: Sequence[Sequence[Line]]
    alike: dict[int, list[str]]

    def document(self, number: int) -> str:
        """The text of document ``number``."""
        chance = random.Random(number)
        first, second = chance.choice(self.titles), chance.choice(self.titles)
        lines = [first[: len(first) // 2] + second[len(second) // 2 :]]
        # Every real document serves once before any serves again.
        order = random.Random(-1 - number // len(self.documents)).sample(
            range(len(self.documents)), len(self.documents)
        )
        for line in self.documents[order[number % len(self.documents)]]:
            drawn = [_renumbered(chance.choice(self.alike[_length(one)]), chance) for one in line.sentences]
            lines.append(line.marker + "".join(drawn))
        return "\n".join(lines) + "\n"


def material(corpora: Sequence[Path]) -> Material:
    """Reads real documents; files that cannot be read are left out."""
    titles, documents, alike = [], [], defaultdict(list)
    for found in find(list(corpora)).files:
        try:
            text = load(found.path).text
        except Exception:  # noqa: BLE001 - whatever is wrong with it: it is not material
            continue
        title, *rest = [line for line in text.splitlines() if line.strip()]
        lines = [_line(one) for one in rest]
        for line in lines:
            for sentence in line.sentences:
                alike[_length(sentence)].append(sentence)
        documents.append(lines)
        if len(title) <= _LONGEST_TITLE:
            titles.append(title.strip())
    return Material(titles=titles, documents=documents, alike=dict(alike))


def texts(source: Material, clauses: int) -> Iterator[str]:
    """Documents with about so many clauses in all."""
    number, lines = 0, round(_LINES * clauses)
    while lines > 0:
        text = source.document(number)
        lines -= text.count("\n")
        number += 1
        yield text


def write(source: Material, folder: Path, clauses: int) -> int:
    """Writes them as ``0/000000.txt``, ``0/000001.txt`` … below a folder and gives their number."""
    number = -1
    for number, text in enumerate(texts(source, clauses)):
        path = folder / f"{number // _FOLDER}" / f"{number:06}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return number + 1


def _line(text: str) -> Line:
    marker = _MARKER.match(text)
    end = marker.end() if marker else 0
    return Line(marker=text[:end], sentences=tuple(_SENTENCE.findall(text[end:])))


def _length(sentence: str) -> int:
    """Sentences of one length stand for each other, those that end a clause only for such."""
    return len(sentence) // _STEP * 2 + sentence.endswith(("。", "；"))


def _renumbered(sentence: str, chance: random.Random) -> str:
    def drawn(found: re.Match[str]) -> str:
        if _YEAR.match(sentence, found.start()):
            return str(chance.randrange(1990, 2026))
        length = len(found[0])
        low = 0 if length == 1 else 10 ** (length - 1)
        return str(chance.randrange(low, 10**length))

    return _DIGITS.sub(drawn, sentence)
