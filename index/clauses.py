"""Paragraphs -> the tree of clauses, in reading order.

Each part of the file (see :mod:`index.layout`) is taken by itself: its marks are read, judged one after the other by
an :class:`index.outline.Outline`, and every paragraph is given to the clause that it belongs to. What is left, head,
preamble, closing and signature, become clauses of their own, so that the clauses partition the source.
"""

import re
from collections.abc import Sequence

from index.enumerations import members
from index.grammar import HAN, Mark, split_heading
from index.layout import Part
from index.marks import STRONG, candidate_marks
from index.outline import Outline
from index.records import Clause
from index.reflow import Readable
from index.tree import Node, Tree, finish

_CHAPTERS = ("总则", "附则")
# unnumbered headings of fixed wording; the first two hold numbered clauses like a chapter does
_NAMED = re.compile(r"总则|附则|序言|前言|引言|结语|结束语|绪言")
_BOX = re.compile(rf"专\s*栏\s*([0-9０-９]+|[一二三四五六七八九十]+)?\s*[：:]?(?=[\s{HAN}“]|$)")
_ENDS = re.compile(r"[。；：！？:;!?…]$|[。；！？][”』」）)]$")
# words that close a document rather than continue its last clause
_CLOSING = re.compile(
    r"本(?:通知|意见|办法|方案|规定|细则|措施|条例|规划|计划|政策|公告|通告|决定|实施意见|实施方案|批复|指南|标准|要点|纲要)"
    r"(?:所称|中所称|自|由|有效期|印发|执行|从|涉及|未尽|与|《|如)|本《|特此|此复|专此|以上|上述(?:规定|政策|措施)"
    r"|各(?:地|级|区|县|市|部门|单位|有关|乡镇|街道)[^。]{0,30}(?:要|应|请)|请(?:各|你|认真|遵照)|(?:再次|衷心)?感谢|附[:：注]|注[:：]"
)
HEADING_LIMIT = 25
"""Longest unnumbered heading, in characters."""


class _BodyWalker:
    """Gives the paragraphs of one body to clauses."""

    def __init__(self, tree: Tree, label: str, root: int | None, span: range) -> None:
        self.tree = tree
        self.label = label
        self.root = root
        self.span = span
        self.texts = {index: tree.paragraphs[index].text for index in span}
        self.outline = Outline()
        self.open: list[int] = []
        self.box: tuple[Outline, list[int], int] | None = None
        self.current: int | None = None
        self.closed: int | None = None
        self.marks = candidate_marks(tree.paragraphs, span)
        self.has_chapters = any(mark.kind == "chapter" for mark in self.marks.values())

    # -- walking ------------------------------------------------------------------------------------------------

    def walk(self) -> None:
        ahead = [self.marks[index] for index in sorted(self.marks)]
        if not self._opens_any(ahead):
            self._unnumbered()
            return
        block: list[tuple[int, int, int]] = []
        for index in self.span:
            mark = self.marks.get(index)
            if mark is not None:
                ahead = ahead[1:]
            if mark is not None and self._enter(index, mark, ahead):
                self._flush(block)
                start = self._begin(index, mark, block)
                block = [start]
                continue
            if (named := self._enter_named(index)) is not None:
                self._flush(block)
                block = []
                self.tree.give(named, index)
                continue
            owner = self._owner(index, ahead)
            if block and block[-1][0] != owner:
                self._flush(block)
                block = []
            block.append((owner, index, 0))
        self._flush(block)

    def _opens_any(self, ahead: Sequence[Mark]) -> bool:
        return any(Outline().judge(mark, ahead[number + 1 :]) for number, mark in enumerate(ahead))

    def _enter(self, index: int, mark: Mark, ahead: Sequence[Mark]) -> bool:
        if self.box is not None:
            inner, outer_open, box_node = self.box
            if self.outline.continues(mark) and (mark.kind in STRONG or not inner.continues(mark)):
                self.open, self.box = outer_open, None
            else:
                place = inner.judge(mark, ahead)
                if place is None:
                    return False
                inner.enter(mark, place)
                del self.open[place.depth + 1 :]
                self._push(mark, self.open[-1] if self.open else box_node)
                return True
        place = self.outline.judge(mark, ahead)
        if place is None:
            return False
        if place.remark:
            self.tree.remarks.append(f"{self.label}{place.remark}")
        self.outline.enter(mark, place)
        del self.open[place.depth :]
        self._push(mark, self.open[-1] if self.open else self.root)
        return True

    def _push(self, mark: Mark, parent: int | None) -> None:
        base = self.tree.nodes[parent] if parent is not None else None
        prefix = base.path if base is not None else self.label
        if mark.kind.startswith("decimal") and base is not None and base.marker and _is_decimal(base.marker):
            prefix = prefix.removesuffix(base.marker)
        node = Node(
            kind="clause",
            path=prefix + mark.text,
            level=(base.level if base is not None else 0) + 1,
            marker=mark.text,
            parent=parent,
            own_number=True,
        )
        self.current = self.tree.add(node)
        self.open.append(self.current)
        self.closed = None

    def _begin(self, index: int, mark: Mark, block: list[tuple[int, int, int]]) -> tuple[int, int, int]:
        assert self.current is not None
        node = self.tree.nodes[self.current]
        words = self.texts[index][mark.end :]
        heading, rest = split_heading(words)
        if mark.kind == "article" and not rest:
            heading = heading if len(heading) <= HEADING_LIMIT and not _ENDS.search(heading) else ""
        elif mark.kind in ("article",) or (heading and not rest and heading.endswith(("；", ";"))):
            heading = ""
        node.heading = heading
        node.body = 0 if (heading and not rest and not _ENDS.search(heading)) or not words.strip() else 1
        return self.current, index, 0

    def _enter_named(self, index: int) -> int | None:
        text = self.texts[index]
        plain = re.sub(r"\s+", "", text)
        if _NAMED.fullmatch(plain):
            self.box = None
            chapters = plain in _CHAPTERS and self.has_chapters
            depth = self.outline.enter_named(plain, chapters=chapters, holds_numbers=plain in _CHAPTERS)
            del self.open[depth:]
            node = self._add_named(plain, self.open[-1] if self.open else self.root)
            if plain in _CHAPTERS:
                self.open.append(node)
            return node
        found = _BOX.match(text)
        if found and len(text) <= 45 and not _ENDS.search(text) and not self.tree.paragraphs[index].table:
            outer_open = self.box[1] if self.box is not None else self.open
            label = f"{self.label}专栏{found[1] or ''}"
            node = self.tree.add(
                Node(kind="clause", path=label, level=1, heading=text, parent=outer_open[-1] if outer_open else None)
            )
            self.current, self.open, self.box = node, [node], (Outline(), outer_open, node)
            return node
        return None

    def _add_named(self, heading: str, parent: int | None) -> int:
        base = self.tree.nodes[parent] if parent is not None else None
        prefix = base.path if base is not None else self.label
        level = (base.level if base is not None else 0) + 1
        self.current = self.tree.add(
            Node(kind="clause", path=prefix + heading, level=level, heading=heading, parent=parent)
        )
        return self.current

    # -- unmarked paragraphs ------------------------------------------------------------------------------------

    def _owner(self, index: int, ahead: Sequence[Mark]) -> int:
        """The clause that an unmarked paragraph belongs to."""
        if self.closed is not None:
            return self.closed
        if self.current is None:
            if self.root is not None and self.label == "通知":
                self.current = self.root
            else:
                self.current = self.tree.add(Node(kind="preamble", path=f"{self.label}前言", level=0, parent=self.root))
            return self.current
        current = self.tree.nodes[self.current]
        if not current.own_number or current.body == 0 or self.tree.paragraphs[index].table or self.box is not None:
            current.body += 1
            return self.current
        unfinished = self.texts.get(index - 1, "").endswith(("：", ":", "，", "、"))
        target = self.current if unfinished else self._returns_to(index, ahead)
        if target == self.current:
            current.body += 1
            current.extra += 1
        self.current = target
        return target

    def _returns_to(self, index: int, ahead: Sequence[Mark]) -> int:
        assert self.current is not None
        kinds = self.outline.kinds()
        article = kinds.index("article") if "article" in kinds else None
        inside = next((mark for mark in ahead if self.outline.judge(mark)), None)
        last = inside is None
        if last and _CLOSING.match(self.texts[index]) and article is None:
            return self._close()
        if article is not None:
            below = len(self.open) - 1 > article
            if not below or (inside is not None and self.outline.continues(inside, below=article + 1)):
                return self.current
            self._pop_to(article)
            return self.tree.back_to(self.open[-1])
        if inside is not None and self.outline.continues(inside, below=len(self.open) - 1):
            return self.current
        if not self._siblings_are_single():
            return self.current
        if len(self.open) == 1:
            return self._close() if last else self.current
        if last and len(self.texts[index]) < HEADING_LIMIT and not _ENDS.search(self.texts[index]):
            return self.current
        if self.outline.kinds()[-1] in ("arabic", "arabic_paren", "arabic_half", "circled", "latin"):
            self._pop_to(len(self.open) - 2)
            return self.tree.back_to(self.open[-1])
        return self._close() if last else self.current

    def _pop_to(self, depth: int) -> None:
        del self.open[depth + 1 :]
        self.outline.close(depth + 1)

    def _siblings_are_single(self) -> bool:
        """True if every sibling before the current clause is a single paragraph (and there is one)."""
        assert self.current is not None
        current = self.tree.nodes[self.current]
        siblings = [node for node in self.tree.nodes[: self.current] if node.own_number and node.level == current.level]
        returned = {node.path for node in self.tree.nodes if not node.own_number}
        return bool(siblings) and all(node.extra == 0 and node.path not in returned for node in siblings)

    def _close(self) -> int:
        self.closed = self.tree.add(Node(kind="closing", path=f"{self.label}结尾", level=0, parent=self.root))
        return self.closed

    # -- blocks: enumerations inside paragraphs -----------------------------------------------------------------

    def _flush(self, block: list[tuple[int, int, int]]) -> None:
        """Gives a run of paragraphs with one owner to it, and to the members 一是… 二是… inside it."""
        if not block:
            return
        owner = block[0][0]
        node = self.tree.nodes[owner]
        pieces = [(index, self.texts[index]) for _, index, _ in block]
        cuts = members([text for _, text in pieces]) if node.kind == "clause" else {}
        if not cuts:
            for index, _ in pieces:
                self.tree.give(owner, index)
            return
        target, path = owner, node.path
        member_open = False
        for number, (index, _) in enumerate(pieces):
            marks = cuts.get(number, [])
            if member_open and not marks and not _member_goes_on(cuts, number):
                target, member_open = self.tree.back_to(owner), False
            at = 0
            for mark in marks:
                self.tree.give(target, index, at, mark.start)
                if mark.kind == "return":
                    target, member_open, at = self.tree.back_to(owner), False, mark.start
                    continue
                numbered = mark.kind == "enumerator"
                target = self.tree.add(
                    Node(
                        kind="clause",
                        path=path + mark.text if numbered else path,
                        level=node.level + 1,
                        marker=mark.text,
                        parent=owner,
                    )
                )
                member_open, at = True, mark.start
            self.tree.give(target, index, at)

    # -- texts without numbers ----------------------------------------------------------------------------------

    def _unnumbered(self) -> None:
        headings = self._unnumbered_headings()
        if self.root is not None and not headings and self.label == "通知":
            self._flush([(self.root, index, 0) for index in self.span])
            return
        block: list[tuple[int, int, int]] = []
        owner: int | None = None
        count = 0
        for index in self.span:
            if index in headings:
                self._flush(block)
                block = []
                owner = self._add_named(self.texts[index], self.root)
                self.tree.give(owner, index)
                continue
            if headings:
                if owner is None:
                    owner = self.tree.add(Node(kind="preamble", path=f"{self.label}前言", level=0, parent=self.root))
            elif owner is None or not self.tree.paragraphs[index].table:
                self._flush(block)
                block = []
                count += 1
                base = self.tree.nodes[self.root].level if self.root is not None else 0
                owner = self.tree.add(
                    Node(kind="clause", path=f"{self.label}¶{count}", level=base + 1, parent=self.root)
                )
            block.append((owner, index, 0))
        self._flush(block)

    def _unnumbered_headings(self) -> set[int]:
        """Short lines without final punctuation, each before text, at least two of them."""
        found = set()
        for index in self.span:
            text = self.texts[index]
            following = self.texts.get(index + 1, "")
            if (
                2 <= len(text) <= HEADING_LIMIT
                and re.search(f"[{HAN}]{{2}}", text)
                and not re.search(r"[。；，：:,;！]|\d{4}年", text)
                and not self.tree.paragraphs[index].table
                and (len(following) >= HEADING_LIMIT + 5 or _ENDS.search(following))
            ):
                found.add(index)
        return found if len(found) >= 2 and len(found) * 3 <= len(self.texts) * 2 else set()


def _is_decimal(marker: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)*[.．]?", marker))


def _member_goes_on(cuts: dict[int, list[Mark]], number: int) -> bool:
    """True if the run that is open before paragraph ``number`` has a further member in a later paragraph."""
    later = [marks for index, marks in sorted(cuts.items()) if index > number]
    return bool(later) and later[0][0].value[0] > 1


def clauses(readable: Readable, parts: Sequence[Part], document_id: str) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """The clauses of a document in reading order, and remarks on its numbering.

    The clauses partition the source text: see :class:`index.records.Clause`.
    """
    tree = Tree(readable.paragraphs)
    roots: dict[str, int] = {}
    for part in parts:
        span = range(part.first, part.last)
        if part.kind == "dropped" or not span:
            continue
        if part.kind == "body":
            if part.label == "通知" and part.label not in roots:
                roots[part.label] = tree.add(Node(kind="preamble", path="通知", level=0))
            _BodyWalker(tree, part.label, roots.get(part.label), span).walk()
            continue
        node = _fixed(part, tree)
        if part.label and part.kind == "head":
            roots[part.label] = node
        for index in span:
            tree.give(node, index)
    return finish(tree, readable, document_id)


def _fixed(part: Part, tree: Tree) -> int:
    """The node of a head, contents list or signature."""
    if part.kind == "signature":
        return tree.add(Node(kind="signature", path="落款", level=0))
    if part.label and part.kind == "head":
        return tree.add(Node(kind="clause", path=part.label, level=1, heading=part.title or "", own_number=False))
    if tree.nodes and tree.nodes[-1].kind == "head":
        return len(tree.nodes) - 1
    return tree.add(Node(kind="head", path="头部", level=0))
