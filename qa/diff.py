"""Two versions of a document, clause by clause: 新增, 删除, 修改, 移位, 不变."""

import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from index.assignment import best_pairs
from index.records import Clause, Metadata
from index.tokens import bigrams, fold

ADDED, REMOVED, CHANGED, MOVED, SAME = "新增", "删除", "修改", "移位", "不变"
STATES = (ADDED, REMOVED, CHANGED, MOVED, SAME)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What is compared: an article with all its items, or a clause that lies in no article.

    Attributes:
        path: path of the clause.
        marker: its own marker (``第三条``, ``（二）``), empty where there is none.
        text: without the marker, paragraphs by line breaks.
        clause_id: id of the clause, for links.
    """

    path: str
    marker: str
    text: str
    clause_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of an inline comparison: ``equal``, ``delete`` (old only) or ``insert`` (new only)."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One pair of clauses.

    Attributes:
        state: one of :data:`STATES`.
        old: None where the clause is new.
        new: None where it was removed.
        pieces: inline marks of a changed text; empty otherwise.
        only_references: True where nothing but the numbers of renumbered articles differs; such a pair is not 修改.
    """

    state: str
    old: Unit | None
    new: Unit | None
    pieces: tuple[Piece, ...] = ()
    only_references: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two versions compared.

    Attributes:
        old: metadata of the older.
        new: metadata of the newer.
        changes: in the order of the newer version; what was removed stands where it stood.
        counts: how many of each state.
    """

    old: Metadata
    new: Metadata
    changes: tuple[Change, ...]
    counts: Mapping[str, int]


_HASHED = 8192  # places of a vector; two pairs of characters rarely share one
_LEAST = 0.35  # similarity below which two texts are no versions of each other
_LEAST_SAME_MARKER = 0.2
_NEAR = 0.02  # weight of the same place in the document, to tell like texts apart
_SHORTEST_EQUAL = 2  # a single common character between two changes is no island
_ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百千0-9０-９]+条(?:之[一二三四五六七八九十]+)?")
_LEVEL = re.compile(r"第[^条章节编]{1,12}(条|章|节|分编|编)")
_SKIPPED = ("head", "signature")
_NUMBER = re.compile(r"第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?")
_UNSEEN = re.compile(r"[\s\u200b]+")


def compare(old: tuple[Metadata, Sequence[Clause]], new: tuple[Metadata, Sequence[Clause]]) -> Comparison:
    """Compares two documents given with their clauses in reading order."""
    before, after = units(old[1], old[0].title), units(new[1], new[0].title)
    pairs = matched(before, after)
    renumbered = {before[i].marker: after[j].marker for i, j in pairs if before[i].marker != after[j].marker}
    by_new = {j: i for i, j in pairs}
    by_old = dict(pairs)
    changes: list[Change] = []
    waiting = 0
    for j, unit in enumerate(after):
        if j in by_new:
            # what was removed before this one's old place comes first
            while waiting <= by_new[j]:
                if waiting not in by_old:
                    changes.append(Change(state=REMOVED, old=before[waiting], new=None))
                waiting += 1
            changes.append(_pair(before[by_new[j]], unit, renumbered))
        else:
            changes.append(Change(state=ADDED, old=None, new=unit))
    rest = (i for i in range(waiting, len(before)) if i not in by_old)
    changes.extend(Change(state=REMOVED, old=before[i], new=None) for i in rest)
    found = Counter(change.state for change in changes)
    counts = {state: found[state] for state in STATES}
    return Comparison(old=old[0], new=new[0], changes=tuple(changes), counts=counts)


def units(clauses: Sequence[Clause], title: str | None = None) -> list[Unit]:
    """What is compared: articles whole, other clauses each; head, contents, signature and title are left out."""
    found: list[Unit] = []
    article: int | None = None
    inside: set[int] = set()
    for clause in clauses:
        if clause.parent is not None and clause.parent in inside and article is not None:
            inside.add(clause.ordinal)
            last = found[article]
            found[article] = Unit(
                path=last.path, marker=last.marker, text=f"{last.text}\n{clause.text}".strip(), clause_id=last.clause_id
            )
            continue
        if clause.kind in _SKIPPED:
            continue
        marker = clause.marker.strip()
        text = clause.text.strip()
        if marker and text.startswith(marker):
            text = text[len(marker) :].strip()
        if clause.kind == "preamble":
            text = _without_title(text, title)
        if not text and not clause.heading:
            continue
        found.append(Unit(path=clause.path, marker=marker, text=text, clause_id=clause.id))
        if _ARTICLE.fullmatch(marker):
            article, inside = len(found) - 1, {clause.ordinal}
    return found


def _without_title(text: str, title: str | None) -> str:
    """A preamble without lines of the title that stand before it."""
    lines = text.split("\n")
    while lines and title and plain(lines[0]) in plain(title):
        lines.pop(0)
    return "\n".join(lines)


# -- who matches whom ------------------------------------------------------------------------------------------------


def matched(old: Sequence[Unit], new: Sequence[Unit]) -> list[tuple[int, int]]:
    """Pairs of indices: equal texts first, in order; of the rest the assignment with the greatest similarity."""
    pairs = _equal_pairs(old, new)
    taken_old, taken_new = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [i for i in range(len(old)) if i not in taken_old]
    right = [j for j in range(len(new)) if j not in taken_new]
    if left and right:
        similar = _similarities([old[i] for i in left], [new[j] for j in right])
        near = np.abs(np.array(left)[:, None] / len(old) - np.array(right)[None, :] / len(new))
        same = np.array([[old[i].marker == new[j].marker != "" for j in right] for i in left])
        kind = np.array([[_kind(old[i]) == _kind(new[j]) for j in right] for i in left])
        allowed = kind & (similar >= np.where(same, _LEAST_SAME_MARKER, _LEAST))
        worth = np.where(allowed, similar + _NEAR * (1 - near) + _NEAR * same, 0.0)
        pairs += [(left[i], right[j]) for i, j in best_pairs(worth) if allowed[i, j]]
    return sorted(pairs)


def _kind(unit: Unit) -> str:
    """Chapters are compared with chapters, articles with articles, what has no number with its like."""
    if not unit.marker:
        return ""
    match = _LEVEL.match(unit.marker)
    return match[1] if match else "other"


def _equal_pairs(old: Sequence[Unit], new: Sequence[Unit]) -> list[tuple[int, int]]:
    matcher = difflib.SequenceMatcher(None, [plain(u.text) for u in old], [plain(u.text) for u in new], autojunk=False)
    pairs = [(block.a + k, block.b + k) for block in matcher.get_matching_blocks() for k in range(block.size)]
    used = {j for _, j in pairs}
    places: dict[str, list[int]] = {}
    for j, unit in enumerate(new):
        if j not in used:
            places.setdefault(plain(unit.text), []).append(j)
    ordered = {i for i, _ in pairs}
    for i, unit in enumerate(old):
        if i not in ordered and (free := places.get(plain(unit.text))):
            pairs.append((i, free.pop(0)))
    return pairs


def _similarities(old: Sequence[Unit], new: Sequence[Unit]) -> NDArray[np.float64]:
    """Cosines of the texts' vectors of character pairs, shape (old, new), 0 to 1."""
    result: NDArray[np.float64] = _vectors(old) @ _vectors(new).T
    return result


def _vectors(some: Sequence[Unit]) -> NDArray[np.float64]:
    vectors = np.zeros((len(some), _HASHED))
    for row, unit in enumerate(some):
        for pair, count in Counter(bigrams(unit.text)).items():
            vectors[row, _place(pair)] += np.sqrt(count)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, 1e-9)
    return vectors


def _place(pair: str) -> int:
    """Place of a pair in a vector, the same in every run."""
    value = 0
    for sign in pair:
        value = (value * 65_599 + ord(sign)) & 0xFFFFFFFF
    return (value ^ value >> 15) % _HASHED


# -- what became of a pair -------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text for comparing: blanks, width and case do not count."""
    return _UNSEEN.sub("", fold(text))


def _pair(old: Unit, new: Unit, renumbered: Mapping[str, str]) -> Change:
    moved = old.marker != new.marker or (not old.marker and old.path != new.path)
    state = MOVED if moved else SAME
    if plain(old.text) == plain(new.text):
        return Change(state=state, old=old, new=new)
    if _differ_in_references_only(plain(old.text), plain(new.text), renumbered):
        return Change(state=state, old=old, new=new, only_references=True)
    return Change(state=CHANGED, old=old, new=new, pieces=marks(old.text, new.text))


def _differ_in_references_only(old: str, new: str, renumbered: Mapping[str, str]) -> bool:
    """Whether each reference is the same or follows the renumbering, and all other words are the same."""
    if _NUMBER.split(old) != _NUMBER.split(new):
        return False
    references = zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True)
    return all(first == second or renumbered.get(first) == second for first, second in references)


def marks(old: str, new: str) -> tuple[Piece, ...]:
    """What was deleted from and inserted into a text; changes are not cut at a lone common character."""
    matcher = difflib.SequenceMatcher(None, [*map(_sign, old)], [*map(_sign, new)], autojunk=False)
    pieces: list[Piece] = []
    deleted = inserted = ""
    codes = matcher.get_opcodes()
    for index, (tag, a, b, c, d) in enumerate(codes):
        short = tag == "equal" and b - a < _SHORTEST_EQUAL and 0 < index < len(codes) - 1
        if tag != "equal" or short:
            deleted += old[a:b]
            inserted += new[c:d]
            continue
        pieces += _flushed(deleted, inserted)
        deleted = inserted = ""
        pieces.append(Piece(kind="equal", text=new[c:d]))
    return tuple(pieces + _flushed(deleted, inserted))


def _sign(sign: str) -> str:
    """One character, its width and case aside."""
    return normalize("NFKC", sign).lower()


def _flushed(deleted: str, inserted: str) -> list[Piece]:
    found = [Piece(kind="delete", text=deleted)] if deleted else []
    return [*found, Piece(kind="insert", text=inserted)] if inserted else found
