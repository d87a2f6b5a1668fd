"""Places inside an act (第十条第二款第三项, 前款, 附件2) -> the clauses of a document of the index."""

import re
import sqlite3
from collections.abc import Mapping, Sequence

from index.articles import LEVELS
from index.numerals import to_int

_STEP = re.compile(
    r"第([〇零一二三四五六七八九十百千两0-9]+)(分编|编|章|节|条|款|项|目)(?:之([一二三四五六七八九十]+))?"
)
_ITEM = re.compile(r"[（(]([一二三四五六七八九十百]+)[）)]$")
_TOP = re.compile(r"([一二三四五六七八九十百]+)、$")


class ClausePlaces:
    """Finds the clauses that a place names; what is known of a document is kept once it was asked for.

    Args:
        connection: of a catalog with all clauses.
        runs: position of each document -> the keys of its clauses.
    """

    def __init__(self, connection: sqlite3.Connection, runs: Mapping[int, range]) -> None:
        self._connection = connection
        self._runs = runs
        self._known: dict[int, _Places] = {}

    def find(self, position: int, parts: Sequence[str], own: int | None, *, tops: bool = True) -> list[int]:
        """Keys of the clauses that ``parts`` name.

        Args:
            position: of the document that is meant.
            parts: places as :mod:`index.articles` writes them.
            own: the clause from which 前款 and a bare 第二款 count, None where another document is meant.
            tops: whether 第三条 may mean 三、 in a document without articles.
        """
        if position not in self._known:
            run = self._runs[position]
            rows = self._connection.execute(
                "SELECT key, path, parent FROM clauses WHERE key >= ? AND key < ? ORDER BY key", [run.start, run.stop]
            ).fetchall()
            self._known[position] = _Places(rows, run.start)
        return [key for part in parts if (key := self._known[position].find(part, own, tops=tops)) is not None]


class _Places:
    """The clauses of one document by what they are called."""

    def __init__(self, rows: Sequence[tuple[int, str, int | None]], first: int) -> None:
        self.articles: dict[str, int] = {}
        self.order: list[int] = []  # also of articles that bear the number of an earlier one
        self.chapters: dict[str, int] = {}
        self.annexes: dict[str, int] = {}
        self.items: dict[tuple[int, int], int] = {}
        self.tops: dict[int, int] = {}
        self.article_of: dict[int, int] = {}
        for key, path, parent in rows:
            above = None if parent is None else first + parent
            steps = list(_STEP.finditer(path))
            last = steps[-1] if steps and steps[-1].end() == len(path) else None
            if last is not None and last[2] == "条":
                self.articles.setdefault(_article(last), key)
                self.article_of[key] = key
                self.order.append(key)
            elif last is not None:
                self.chapters.setdefault(path, key)
            elif above is not None and above in self.article_of:
                self.article_of[key] = self.article_of[above]
                if item := _ITEM.search(path):
                    self.items.setdefault((self.article_of[above], to_int(item[1]) or 0), key)
            elif (top := _TOP.search(path)) and parent is None:
                self.tops.setdefault(to_int(top[1]) or 0, key)
            if found := re.match(r"附(?:件|表|录)[0-9一二三四五六七八九十]*", path):
                self.annexes.setdefault(found[0], key)

    def find(self, part: str, own: int | None, *, tops: bool) -> int | None:
        """Key of the clause that ``part`` names, None where the document has none."""
        steps = {step[2]: step for step in _STEP.finditer(part)}
        article = self._article(part, steps, own, tops=tops)
        if "项" in steps and article is not None:
            return self.items.get((article, to_int(steps["项"][1]) or 0), article)
        if article is not None:
            return article
        if part.startswith("附"):
            return self.annexes.get(part)
        outer = [name for name in LEVELS if name in steps]
        if outer and outer[-1] in ("编", "分编", "章", "节"):
            ending = "".join(steps[name][0] for name in outer)
            return next((key for path, key in self.chapters.items() if path.endswith(ending)), None)
        return None

    def _article(self, part: str, steps: Mapping[str, re.Match[str]], own: int | None, *, tops: bool) -> int | None:
        if "条" in steps:
            number = _article(steps["条"])
            if not self.articles:
                return self.tops.get(int(number.split(".")[0])) if tops else None
            return self.articles.get(number)
        here = self.article_of.get(own) if own is not None else None
        if here is None or not (part.startswith(("前", "本")) or steps.keys() & {"款", "项", "目"}):
            return None
        if part.startswith("前") and "条" in part[:4]:
            at = self.order.index(here)
            return self.order[at - 1] if at else None
        return None if part.startswith(("本章", "本节")) else here


def _article(step: re.Match[str]) -> str:
    return f"{to_int(step[1]) or 0}" + (f".{to_int(step[3])}" if step[3] else "")
