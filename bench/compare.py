"""What a change in ranking won and lost: ``python -m bench.compare OLD NEW``.

OLD and NEW are files that ``python -m bench.quality --out FILE`` wrote (the committed one is ``bench/quality.jsonl``).
A question is won where the right clause enters the first results, lost where it leaves them.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path

from bench.quality import Result, read
from bench.sets import HELD, SEEDS_DEV, held_law, held_stard, policies, seeds
from bench.systems import OURS, SYSTEMS
from train.data import SHARED

Name = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A question whose right clause changed place; a rank of 0 means that it was not found."""

    set: str
    id: str
    type: str
    old: int
    new: int


def moves(old: Sequence[Result], new: Sequence[Result], system: str, depth: int) -> tuple[list[Move], list[Move]]:
    """Questions won and lost at a depth; questions that only one of the two runs has do not count."""
    place = SYSTEMS.index(system)
    before: Mapping[Name, int] = {(one.set, one.asked.id): one.found[place].first for one in old}
    won: list[Move] = []
    lost: list[Move] = []
    for one in new:
        name, now = (one.set, one.asked.id), one.found[place].first
        if name not in before:
            continue
        then = before[name]
        was, is_now = 0 < then <= depth, 0 < now <= depth
        if was != is_now:
            move = Move(set=one.set, id=one.asked.id, type=one.asked.type, old=then, new=now)
            (won if is_now else lost).append(move)
    return won, lost


def sign_test(won: int, lost: int) -> float:
    """Two-sided probability of so unequal a split if the change were worth nothing (exact McNemar test)."""
    total = won + lost
    if not total:
        return 1.0
    tail = sum(comb(total, count) for count in range(min(won, lost) + 1)) / float(2**total)
    return min(1.0, 2 * tail)


def texts(shared: Path) -> dict[Name, str]:
    """The questions of all sets that are present."""
    sets = {"seeds_held": seeds(HELD), "policies": policies()}
    if (shared / SEEDS_DEV).exists():
        sets["seeds_dev"] = seeds(shared / SEEDS_DEV)
    found = {(name, one.id): one.text for name, asked in sets.items() for one in asked}
    found.update({("stard", one.id): one.text for one in held_stard(shared)})
    found.update({("law", one.id): one.text for one in held_law()})
    return found


def _show(title: str, some: Sequence[Move], known: Mapping[Name, str]) -> None:
    print(f"\n{title}：{len(some)} 题")
    for one in some:
        ranks = " → ".join(str(rank or "未找到") for rank in (one.old, one.new))
        print(f"  {one.set} {one.id} [{one.type}] {ranks}  {known.get((one.set, one.id), '')}")


def main() -> int:
    """Prints what was won and lost; the exit code is 1 where more was lost than won at some depth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--system", default=OURS, choices=SYSTEMS)
    parser.add_argument("--depth", type=int, nargs="*", default=[1, 5])
    parser.add_argument("--shared", type=Path, default=SHARED)
    arguments = parser.parse_args()
    old, new, known = read(arguments.old), read(arguments.new), texts(arguments.shared)
    worse = False
    for depth in arguments.depth:
        won, lost = moves(old, new, arguments.system, depth)
        _show(f"前 {depth} 条赢得", won, known)
        _show(f"前 {depth} 条丢失", lost, known)
        print(
            f"净得 {len(won) - len(lost):+d} 题，若改动毫无作用，如此悬殊的概率为 {sign_test(len(won), len(lost)):.3f}"
        )
        worse = worse or len(lost) > len(won)
    return int(worse)


if __name__ == "__main__":
    sys.exit(main())
