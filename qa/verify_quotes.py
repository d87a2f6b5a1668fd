"""Where words stand in the documents of an index: exactly, or nearly."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from index.backend import Backend
from index.records import Clause, Document
from index.search import LexicalQuery
from index.tokens import bigrams

_LEAST_LIKE = 0.5  # share of common characters from which a text is the one that was meant
_LEAST_TITLE = 0.5
_CANDIDATES = 30
_NO_WORDS = re.compile(r"[\s\u200b“”‘’\"'「」『』]")
_CUT = re.compile(r"…+|\.{3,}|·{3,}")
_ENDS = "，,。；;：:、！!？? "


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """Clauses that hold words exactly.

    Attributes:
        clause_id: of the first.
        path: of the first.
        ordinals: of all that hold a part of them.
    """

    clause_id: str
    path: str
    ordinals: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    """Words of a clause that come near to others.

    Attributes:
        clause_id: of the clause.
        path: of the clause.
        text: the clause's own words.
        likeness: share of common characters, 0 to 1.
    """

    clause_id: str
    path: str
    text: str
    likeness: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """A document's words without blanks and quotation marks, and the clause and offset that each comes from."""

    words: str
    places: tuple[tuple[int, int], ...]


class Texts:
    """The texts of an index, each prepared when first asked for.

    Args:
        backend: the open index.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._clauses: dict[str, list[Clause]] = {}
        self._texts: dict[str, _Text] = {}

    def clauses(self, document: Document) -> list[Clause]:
        """The clauses of a document."""
        if document.id not in self._clauses:
            self._clauses[document.id] = self._backend.clauses(document.id)
        return self._clauses[document.id]

    def holding(self, document: Document, quoted: str) -> Holding | None:
        """Where a quotation stands word for word; what it leaves out by … may be anything."""
        text = self._text(document)
        wanted = [words for piece in _CUT.split(quoted) if (words := plain(piece).strip(_ENDS))]
        best: list[int] | None = None
        at = 0
        for words in wanted:
            start = text.words.find(words, at)
            if start < 0:
                return None
            at = start + len(words)
            best = [*(best or []), *(text.places[index][0] for index in range(start, at))]
        if not best:
            return None
        clause = self.clauses(document)[best[0]]
        # the same words may stand in several clauses: a clause that is cited counts wherever it holds them
        others = [one.ordinal for one in self.clauses(document) if all(words in plain(one.text) for words in wanted)]
        return Holding(clause_id=clause.id, path=clause.path, ordinals=tuple(dict.fromkeys((*best, *others))))

    def nearest(self, document: Document, quoted: str) -> Near | None:
        """The words of a document that come nearest to a quotation, None where none come near."""
        text = self._text(document)
        words = plain(quoted).strip(_ENDS)
        anchor = difflib.SequenceMatcher(None, text.words, words, autojunk=False).find_longest_match()
        if not anchor.size:
            return None
        first = max(0, anchor.a - anchor.b - len(words) // 3)
        last = min(len(text.words), anchor.a + len(words) - anchor.b + len(words) // 3)
        blocks = difflib.SequenceMatcher(None, text.words[first:last], words, autojunk=False).get_matching_blocks()[:-1]
        likeness = sum(block.size for block in blocks) / len(words)
        if likeness < _LEAST_LIKE:
            return None
        # what stands before the first common word and behind the last one in the quotation has its like in the text
        start = max(first + blocks[0].a - blocks[0].b, first)
        end = min(first + blocks[-1].a + blocks[-1].size + len(words) - blocks[-1].b - blocks[-1].size, len(text.words))
        start, end = self._whole_words(text, start, end)
        ordinal, offset = text.places[start]
        clause = self.clauses(document)[ordinal]
        stop = text.places[end - 1]
        shown = clause.text[offset : stop[1] + 1] if stop[0] == ordinal else clause.text[offset:]
        return Near(clause_id=clause.id, path=clause.path, text=re.sub(r"\s+", "", shown), likeness=likeness)

    def anywhere(self, quoted: str) -> tuple[Holding | None, Document | None]:
        """A document that holds a quotation word for word."""
        for document in self._candidates(quoted):
            held = self.holding(document, quoted)
            if held is not None:
                return held, document
        return None, None

    def near_anywhere(self, quoted: str) -> tuple[Near | None, Document | None]:
        """The nearest words of all documents that a search for the quotation finds; only where they come very near."""
        found = [
            (near, document) for document in self._candidates(quoted)[:5] if (near := self.nearest(document, quoted))
        ]
        best = max(found, key=lambda pair: pair[0].likeness, default=None)
        return best if best is not None and best[0].likeness >= 0.75 else (None, None)

    def nearest_title(self, title: str, documents: Sequence[Document]) -> Document | None:
        """The document whose title comes nearest."""
        wanted = Counter(bigrams(title))

        def likeness(document: Document) -> float:
            own = Counter(bigrams(document.metadata.title or ""))
            both = sum((wanted & own).values())
            return 2 * both / max(1, sum(wanted.values()) + sum(own.values()))

        best = max(documents, key=likeness, default=None)
        return best if best is not None and likeness(best) >= _LEAST_TITLE else None

    def _candidates(self, quoted: str) -> list[Document]:
        pairs = dict.fromkeys(bigrams(quoted), 1.0)
        if not pairs:
            return []
        found = self._backend.lexical(LexicalQuery(terms={}, bigrams=pairs), _CANDIDATES)
        documents = {document.id: document for document, _ in self._backend.fetch(found.keys)}
        return list(documents.values())

    def _text(self, document: Document) -> _Text:
        if document.id not in self._texts:
            words: list[str] = []
            places: list[tuple[int, int]] = []
            for clause in self.clauses(document):
                for offset, sign in enumerate(clause.text):
                    for one in plain(sign):
                        words.append(one)
                        places.append((clause.ordinal, offset))
            self._texts[document.id] = _Text(words="".join(words), places=tuple(places))
        return self._texts[document.id]

    def _whole_words(self, text: _Text, start: int, end: int) -> tuple[int, int]:
        """Never an empty stretch."""
        start = min(start, len(text.words) - 1)
        return start, max(end, start + 1)


def plain(text: str) -> str:
    """Words alone: no blanks, no quotation marks, one width."""
    return _NO_WORDS.sub("", normalize("NFKC", text))
