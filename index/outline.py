"""Which level a numbering mark opens, decided by the document's own order and by succession.

A level is not tied to a kind of mark: a kind that is not open yet opens a level below the innermost one, a kind that
is open closes everything below it. A mark counts only if it follows its predecessor (of the same list, or of the same
kind anywhere before: numbers may run on across parents), or begins a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.grammar import NATURAL_ORDER, STATUTORY, Mark

MAX_GAP = 3
"""Numbers may be missing (parts left out before publication); a larger jump is no successor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a mark belongs: ``depth`` levels stay open above it; ``remark`` tells of a gap, None if all is well."""

    depth: int
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class _Open:
    kind: str
    value: tuple[int, ...]
    text: str


def step(before: tuple[int, ...], after: tuple[int, ...]) -> int:
    """How far ``after`` is from ``before`` in counting order: 1 for the successor, 0 for the same number.

    第十条之一 (10, 1) follows 第十条 (10,), 第十一条 follows both.
    """
    if len(after) == 2 and after[0] == before[0]:
        return after[1] - (before[1] if len(before) == 2 else 0)
    if len(after) == 2:
        return after[0] - before[0] if after[1] == 1 and after[0] == before[0] else MAX_GAP + 1
    return after[0] - before[0]


class Outline:
    """The levels that are open at one point of a document.

    ``judge`` asks where a mark would belong, ``enter`` opens it.
    """

    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._last: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = {}
        self._texts: dict[str, str] = {}
        self._above: dict[str, str] = {}

    @property
    def depth(self) -> int:
        """How many levels are open."""
        return len(self._stack)

    def kinds(self) -> tuple[str, ...]:
        """Kinds of the open levels, outermost first."""
        return tuple(level.kind for level in self._stack)

    def continues(self, mark: Mark, *, below: int = 0) -> bool:
        """True if ``mark`` is the exact successor of a level that is open at depth ``below`` or deeper."""
        return any(
            level.kind == mark.kind and step(level.value, mark.value) == 1 and level.value[:-1] == mark.value[:-1]
            if mark.kind.startswith("decimal")
            else level.kind == mark.kind and step(level.value, mark.value) == 1
            for level in self._stack[below:]
        )

    def follows(self, mark: Mark) -> bool:
        """True if ``mark`` is the exact successor of the last mark of its kind, whether that is open or not."""
        last = self._last.get((mark.kind, mark.value[:-1] if mark.kind.startswith("decimal") else ()))
        return last is not None and step(last, mark.value) == 1

    def close(self, depth: int) -> None:
        """Closes all levels but the outermost ``depth``; their numbers may still run on."""
        del self._stack[depth:]

    def judge(self, mark: Mark, ahead: Sequence[Mark] = ()) -> Place | None:
        """Where ``mark`` belongs, or None where it cannot be a mark here.

        Args:
            mark: the candidate.
            ahead: the candidates that follow it, nearest first; they decide whether an open list goes on later.
        """
        if mark.kind.startswith("decimal"):
            return self._judge_decimal(mark)
        for depth, level in enumerate(self._stack):
            if level.kind == mark.kind:
                return self._judge_open(mark, level, depth)
        last = self._last.get((mark.kind, ()))
        number = mark.value[0]
        if number == 1 and len(mark.value) == 1:
            if mark.doubtful or mark.kind == "latin":
                follower = next((other for other in ahead if other.kind == mark.kind), None)
                if follower is None or step(mark.value, follower.value) != 1:
                    return None
            return Place(depth=self._new_depth(mark, ahead))
        if last is not None and step(last, mark.value) == 1:
            return Place(depth=self._new_depth(mark, ahead))
        if mark.doubtful:
            return None
        if last is not None and 1 < step(last, mark.value) <= MAX_GAP:
            return Place(depth=self._new_depth(mark, ahead), remark=_gap(self._texts[mark.kind], mark))
        if mark.kind in STATUTORY or (mark.kind in ("cn", "cn_paren") and number == 2):
            return Place(depth=self._new_depth(mark, ahead), remark=f"编号从“{mark.text}”开始，前面的编号缺失")
        return None

    def enter(self, mark: Mark, place: Place) -> None:
        """Opens the level of ``mark`` at the place that ``judge`` gave."""
        del self._stack[place.depth :]
        if self._stack:
            self._above.setdefault(mark.kind, self._stack[-1].kind)
        self._stack.append(_Open(mark.kind, mark.value, mark.text))
        prefix = mark.value[:-1] if mark.kind.startswith("decimal") else ()
        self._last[mark.kind, prefix] = mark.value
        self._texts[mark.kind] = mark.text
        if mark.value == (1,) and mark.kind == "decimal1":
            self._last = {
                key: value for key, value in self._last.items() if not key[0].startswith("decimal") or not key[1]
            }

    def enter_named(self, text: str, *, chapters: bool, holds_numbers: bool) -> int:
        """Opens an unnumbered heading such as 总则; gives its depth.

        Args:
            text: the heading.
            chapters: True where it stands beside chapters.
            holds_numbers: False for a heading such as 前言, behind which numbers begin at the outermost level.
        """
        depth = 0
        for index, level in enumerate(self._stack):
            if level.kind in ("book", "subbook", "part") and chapters:
                depth = index + 1
        del self._stack[depth:]
        if holds_numbers:
            self._stack.append(_Open("chapter" if chapters else "named", (0,), text))
            for kind in ("cn", "cn_paren", "arabic", "section"):
                self._last.pop((kind, ()), None)
        return depth

    def _judge_open(self, mark: Mark, level: _Open, depth: int) -> Place | None:
        gap = step(level.value, mark.value)
        if gap == 1:
            return Place(depth=depth)
        if mark.doubtful:
            return None
        if mark.value == (1,):
            return Place(depth=depth, remark=None if depth else f"编号在“{level.text}”之后重新从“{mark.text}”开始")
        if 1 < gap <= MAX_GAP or (gap > 0 and mark.kind in STATUTORY):
            return Place(depth=depth, remark=_gap(level.text, mark))
        if gap == 0:
            return Place(depth=depth, remark=f"编号“{mark.text}”出现两次")
        return None

    def _judge_decimal(self, mark: Mark) -> Place | None:
        prefix, number = mark.value[:-1], mark.value[-1]
        last = self._last.get((mark.kind, prefix))
        gap = number - (last[-1] if last else 0)
        if mark.value == (1,) and last is not None and not mark.doubtful:
            return Place(depth=self._decimal_depth(mark), remark=f"编号重新从“{mark.text}”开始")
        if gap < 1 or gap > MAX_GAP or (mark.doubtful and gap != 1) or (number != 1 and last is None and prefix):
            return None
        return Place(depth=self._decimal_depth(mark), remark=None if gap == 1 else f"“{mark.text}”之前有编号缺失")

    def _decimal_depth(self, mark: Mark) -> int:
        """A decimal mark stands below the decimal that it extends, beside others, above what is not decimal."""
        for depth, level in enumerate(self._stack):
            if level.kind.startswith("decimal") and level.value != mark.value[: len(level.value)]:
                return depth
            if level.kind.startswith("decimal") and len(level.value) >= len(mark.value):
                return depth
            if depth and not level.kind.startswith("decimal") and self._stack[depth - 1].kind.startswith("decimal"):
                return depth
        return len(self._stack)

    def _new_depth(self, mark: Mark, ahead: Sequence[Mark]) -> int:
        """Depth of a kind that is not open yet."""
        rank = _rank(mark.kind)
        statutory = [depth for depth, level in enumerate(self._stack) if level.kind in STATUTORY]
        if mark.kind in STATUTORY and statutory:
            return next((depth for depth in statutory if _rank(self._stack[depth].kind) >= rank), statutory[-1] + 1)
        for depth, level in enumerate(self._stack):
            if level.kind == self._above.get(mark.kind) and level.kind not in STATUTORY:
                return depth + 1
            if _rank(level.kind) > rank and not _goes_on(level, ahead):
                return depth
        return len(self._stack)


def _rank(kind: str) -> int:
    return NATURAL_ORDER.index("decimal" if kind.startswith("decimal") else kind) if kind != "named" else -1


def _goes_on(level: _Open, ahead: Sequence[Mark]) -> bool:
    """True if the list of an open level continues later, before it would begin anew."""
    following = next((mark for mark in ahead if mark.kind == level.kind), None)
    return following is not None and step(level.value, following.value) == 1


def _gap(before: str, mark: Mark) -> str:
    return f"编号缺失：“{before}”之后是“{mark.text}”"
