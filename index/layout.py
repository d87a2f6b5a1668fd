"""Paragraphs -> parts of a file: head, contents, body, signature; of the document, of what it encloses, of annexes."""

import re
from dataclasses import dataclass, replace

from index import blocks
from index.grammar import read_mark
from index.reflow import Readable
from index.signature import signature_end
from index.title import TAG, join_title, pick_title, unquoted

_NAMED = re.compile(r"总则|附则|序言|前言|引言|结语|绪言|目录")
_ISSUES = re.compile(
    r"印发|转发|批转|现予(?:公布|发布)|予以公布|现(?:公布|发布)|现将.{2,80}(?:(?:发|送)给你们|公布|发布)|请(?:认真)?遵照执行"
)
_TITLE_ISSUES = re.compile(r"印发|转发|批转|公布|发布")
_NAME = re.compile(r"《([^《》]*(?:《[^《》]*》[^《》]*)*)》")
_TITLE_LINES = 6
_COPY_SHARE = 0.8
_ANCHOR = 6
_HEADING = 80
_SHORT_SHARE = 0.9
_FINISHED = re.compile(rf"的[^的]{{0,8}}?(?:{blocks.KIND_WORDS})(?:[（(][^（）()]{{1,30}}[）)])?$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A run of paragraphs of one kind.

    Attributes:
        kind: ``head``, ``contents``, ``body``, ``signature`` or ``dropped`` (a copy of what stood before).
        label: path prefix of the document inside the file: empty for the main one, ``通知`` for the body of a notice
            that encloses it, ``附件``/``附件1`` for annexes, ``文件2`` for a second enclosed document.
        first: index of the first paragraph.
        last: index behind the last paragraph.
        title: of a head: the title of that document, lines joined; empty where there is none.
    """

    kind: str
    label: str
    first: int
    last: int
    title: str = ""


def layout(readable: Readable) -> tuple[Part, ...]:
    """The parts of a file in reading order; they partition its paragraphs."""
    return _Walker(readable).walk()


class _Walker:
    """Walks once over the paragraphs and cuts them into parts."""

    def __init__(self, readable: Readable) -> None:
        self.texts = [paragraph.text for paragraph in readable.paragraphs]
        self.plain = [blocks.plain(text) for text in self.texts]
        self.table = [paragraph.table for paragraph in readable.paragraphs]
        self.end = len(self.texts)
        self.parts: list[Part] = []
        self.label = ""
        self.documents = 0
        self.opened = 0
        self.names: set[str] = set()
        self.begin = 0

    def walk(self) -> tuple[Part, ...]:
        at = self._standalone(0)
        at = self._head(at)
        self._collect_names()
        while at < self.end:
            copy = self._copy_at(at)
            if copy:
                self._body(at)
                self._emit("dropped", at, self.end)
                self.begin = at = self.end
                break
            end = signature_end(self.texts, self.table, at)
            if end is not None and (end < self.end or at > 0):
                self._body(at)
                self._emit("signature", at, end)
                self.begin = end
                at = self._after_signature(end)
                continue
            if self._annex_at(at) is not None:
                self._body(at)
                at = self._annex(at)
                continue
            following = self._next_document_at(at)
            if following:
                self._body(at)
                at = self._open_document(at)
                continue
            at += 1
        self._body(self.end)
        return tuple(self._named_wrapper())

    # -- emitting -----------------------------------------------------------------------------------------------

    def _emit(self, kind: str, first: int, last: int, title: str = "") -> None:
        if last > first:
            self.parts.append(Part(kind=kind, label=self.label, first=first, last=last, title=title))
            self.begin = last

    def _body(self, last: int) -> None:
        self._emit("body", self.begin, last)

    # -- heads --------------------------------------------------------------------------------------------------

    def _standalone(self, at: int) -> int:
        """A file that is an annex by itself: its mark opens the head; with further annexes it keeps its label."""
        if self.end and (label := blocks.annex_label(self.texts[0])):
            others = [text for text in self.texts[1:] if (found := blocks.annex_label(text)) and found != label]
            if others:
                self.label = label
            return at + 1
        return at

    def _head(self, at: int) -> int:
        """Emits the head that begins at ``self.begin``; ``at`` is the first paragraph still to be looked at."""
        groups: list[list[str]] = [[]]
        while at < self.end and (not self.table[at] or blocks.is_label(self.texts[at])):
            text = self.texts[at]
            if blocks.is_addressee(text) or _NAMED.fullmatch(blocks.plain(text)):
                break
            cut = blocks.adoption_at(text) if not groups[-1] else 0
            suffix = blocks.title_suffix(text) if groups[-1] else None
            if suffix and blocks.TITLE_END.search("".join(groups[-1])):
                groups[-1].append(suffix)
            elif cut:
                groups[-1].append(text[:cut])
            elif self._is_furnishing(at, titled=bool(groups[-1])):
                if groups[-1] and blocks.is_label(text):
                    groups.append([])
            elif self._title_goes_on(groups[-1], at):
                groups[-1].append(text)
            else:
                break
            at += 1
        filled = [group for group in groups if group]
        ended = [group for group in filled if blocks.TITLE_END.search(unquoted("".join(group)))]
        lines = (ended or filled or [[]])[-1]
        title = join_title(pick_title(lines))
        self._emit("head", self.begin, at, title[: blocks.titled_number(title) or None])
        return self._contents(at)

    def _is_furnishing(self, at: int, *, titled: bool) -> bool:
        """Lines of a head that are no title: number, metadata, date and body of a cover, adoption note."""
        text = self.texts[at]
        following = self.texts[at + 1] if at + 1 < self.end else ""
        if blocks.is_label(text) or blocks.is_number(text):
            return True
        if blocks.is_contents_head(text) or blocks.is_tail(text):
            return False
        if blocks.is_issuer_mark(text):
            # a body right above the words 关于… is the beginning of the title
            begins = not titled and blocks.is_body(text) and blocks.is_title_line(following)
            return not (begins and not blocks.is_number(following) and not blocks.is_issuer_mark(following))
        if TAG.fullmatch(text):
            return True
        return titled and (
            blocks.is_date(text)
            or blocks.is_bracket_line(text)
            or blocks.is_adopted(text)
            or (text[:1] in "（(" and len(text) <= 60 and following[-1:] in "）)" and len(following) <= 60)
            or (at > 0 and self.texts[at - 1][:1] in "（(" and "）" not in self.texts[at - 1] and text[-1:] in "）)")
        )

    def _title_goes_on(self, lines: list[str], at: int) -> bool:
        text = self.texts[at]
        if not blocks.is_title_line(text) or blocks.is_note(text) or blocks.is_contents_head(text):
            return False
        if blocks.annex_label(text) or blocks.is_date(text) or len(lines) >= _TITLE_LINES:
            return False
        if not lines:
            return True
        joined = "".join(lines)
        if joined.count("《") > joined.count("》") or text.startswith(("的", "》", "》的")):
            return True
        if blocks.plain(joined) == blocks.plain(text) or blocks.plain(unquoted(joined)) == blocks.plain(text):
            return True
        if blocks.plain(joined) in self.names:
            return False
        if not blocks.TITLE_END.search(joined.strip("《》")):
            return True
        # a finished title goes on only into a line that finishes it again: 体能测评标准 / 及实施规范,
        # 关于全面推行某制度 / 某制度的指导意见, 关于印发某计划 / （2021—2025年）的通知
        if text.startswith(("及", "和", "与", "暨", "以及")):
            return True
        unfinished = re.search(r"印发|转发|批转|关于", joined) and not _FINISHED.search(joined)
        return bool(unfinished and _FINISHED.search(text))

    def _contents(self, at: int) -> int:
        """Emits a contents list that begins at ``at``; it ends where its first heading comes again."""
        begin = at
        headed = at < self.end and blocks.is_contents_head(self.texts[at])
        if not headed and at and blocks.is_contents_head(self.texts[at - 1]):
            headed, begin = True, at - 1
        at = begin + 1 if headed else at
        run = at
        while run < self.end and blocks.has_leader(self.texts[run]):
            run += 1
        if not headed and run - at < 3:
            return begin
        if run - at >= 3:
            while run < self.end and (blocks.has_leader(self.texts[run]) or self._leader_near(run)):
                run += 1
            return self._emit_contents(begin, run)
        if at >= self.end:
            return begin
        keys = [key for key in (blocks.contents_key(text) for text in self.texts[at : at + 2]) if key]
        for index in range(at + 2, min(self.end, at + 400)):
            if keys and self.plain[index].startswith(keys[0]):
                short = sum(len(text) <= _HEADING for text in self.texts[at:index])
                if short >= _SHORT_SHARE * (index - at):
                    # sentences between the list and its first heading are the preamble
                    while self.texts[index - 1][-1:] in "。；：" and not read_mark(self.texts[index - 1]):
                        index -= 1
                    return self._emit_contents(begin, index)
                break
        return begin

    def _leader_near(self, at: int) -> bool:
        return any(blocks.has_leader(text) for text in self.texts[at : at + 3]) and len(self.texts[at]) <= 80

    def _emit_contents(self, begin: int, end: int) -> int:
        if self.parts and self.parts[-1].last > begin:
            head = self.parts.pop()
            if begin > head.first:
                self.parts.append(replace(head, last=begin))
        self._emit("contents", begin, end)
        return end

    # -- what a file encloses -----------------------------------------------------------------------------------

    def _collect_names(self) -> None:
        """Names of documents that the first one issues: 《…》 in its title and first paragraphs, 关于印发…的通知."""
        head = self.parts[0] if self.parts and self.parts[0].kind == "head" else None
        title = head.title if head else ""
        start = head.last if head else 0
        first = " ".join(self.texts[start : start + 3])
        amended = re.search(r"关于修[改正订]《(.*)》的决定$", title)
        if amended:
            # the decision is the document; the act as amended follows it
            self.documents = 1
            self.names.add(blocks.plain(amended[1]))
            return
        if not (_TITLE_ISSUES.search(title) or _ISSUES.search(first)):
            return
        for text in (title, first):
            self.names.update(blocks.plain(name) for name in _NAME.findall(text))
        issued = re.search(r"(?:印发|转发|批转|公布|发布)(?:.{0,20}?(?=关于))?(.+?)的(?:通知|函|决定)$", title)
        if issued:
            self.names.add(blocks.plain(unquoted(issued[1])))
        self.names.discard("")

    def _lines_named(self, at: int) -> int:
        """How many lines from ``at`` make up one of the names, 0 if they do not."""
        joined = ""
        for count in range(1, _TITLE_LINES):
            if at + count > self.end or not blocks.is_title_line(self.texts[at + count - 1]):
                return 0
            joined += blocks.plain(unquoted(self.texts[at + count - 1]))
            if joined in self.names:
                return count
            if not any(name.startswith(joined) for name in self.names):
                return 0
        return 0

    def _next_document_at(self, at: int) -> bool:
        """An enclosed document begins here: a name that was announced, or a title before numbers that start anew."""
        if at == self.begin or self.table[at] or not blocks.is_title_line(self.texts[at]):
            return False
        before = self.texts[at - 1]
        if self._lines_named(at) and (before[-1:] in "。；：）)”》" or blocks.is_date(before)):
            return True
        if self.label.startswith("附") or not self.documents:
            return False
        joined = self.texts[at] if blocks.TITLE_END.search(self.texts[at]) else "".join(self.texts[at : at + 2])
        if not (blocks.TITLE_END.search(joined) and 6 <= len(joined) <= 60 and before[-1:] in "。；"):
            return False
        later = self._first_mark(range(at + 1, min(self.end, at + 8)))
        earlier = self._first_mark(range(at - 1, self.begin - 1, -1), later)
        return later is not None and later[1] == 1 and earlier is not None and earlier[1] > 1

    def _first_mark(self, indexes: range, like: tuple[str, int] | None = None) -> tuple[str, int] | None:
        for index in indexes:
            mark = read_mark(self.texts[index])
            if mark and mark.kind in ("cn", "article", "chapter") and (like is None or mark.kind == like[0]):
                return mark.kind, mark.value[0]
        return None

    def _open_document(self, at: int) -> int:
        """The head of an enclosed document."""
        self.documents += 1
        if self.documents == 1:
            self.opened = at
        self.label = "" if self.documents == 1 else f"文件{self.documents}"
        named = self._lines_named(at)
        if named:
            end = at + named
            while end < self.end and self._is_furnishing(end, titled=True):
                end += 1
            self._emit("head", at, end, join_title(pick_title(self.texts[at : at + named])))
            return self._contents(end)
        return self._head(at)

    def _is_wrapper(self) -> bool:
        """Whether what stood so far is a notice that issues what follows."""
        head = next((part.title for part in self.parts if part.kind == "head"), "")
        body = [index for part in self.parts if part.kind == "body" for index in range(part.first, part.last)]
        words = "".join(self.texts[index] for index in body[:3])
        return bool(_TITLE_ISSUES.search(head) or _ISSUES.search(words)) or (len(body) <= 2 and bool(self.names))

    def _named_wrapper(self) -> list[Part]:
        """The parts, the wrapping notice's body labelled as such where a document was enclosed."""
        if not self.documents:
            return self.parts
        return [
            replace(part, label="通知") if part.kind == "body" and not part.label and part.first < self.opened else part
            for part in self.parts
        ]

    # -- signatures ---------------------------------------------------------------------------------------------

    def _after_signature(self, at: int) -> int:
        """Opens what follows a signature; where that is nothing known, the body goes on."""
        if at >= self.end or self._copy_at(at):
            return at
        if self._annex_at(at) is not None:
            return self._annex(at)
        if self.label.startswith("附"):
            return at
        if not self.table[at] and blocks.is_title_line(self.texts[at]) and not blocks.is_addressee(self.texts[at]):
            if self._lines_named(at) or self._is_wrapper():
                return self._open_document(at)
            self.label = "附件"
            return self._head(at)
        numbered = any(read_mark(text) for text in self.texts[at : at + 6])
        if not self.documents and not self.label and numbered and self._is_wrapper():
            self.documents, self.opened = 1, at
        return at

    # -- annexes ------------------------------------------------------------------------------------------------

    def _annex_at(self, at: int) -> str | None:
        """The label of an annex that begins at ``at``."""
        if self.table[at] or at + 1 >= self.end:
            return None
        label = blocks.annex_label(self.texts[at])
        signed = any(part.kind == "signature" for part in self.parts)
        if label is None:
            titled = blocks.annex_title(self.texts[at]) if signed and at == self.begin else None
            return blocks.annex_label(self.texts[at].split(titled)[0]) if titled else None
        text, following = self.texts[at], self.texts[at + 1]
        if text[-1:] in "：:" and re.match(r"[0-9０-９]{1,2}[.．、]", following):
            return None
        return label if signed or label != "附件" or text[-1:] not in "：:" else None

    def _annex(self, at: int) -> int:
        label = self._annex_at(at) or "附件"
        begin = at
        at += 1
        named = self._lines_named(at)
        if named and not self.documents and self._is_wrapper():
            self.documents, self.label, self.opened = 1, "", begin
        else:
            self.label = label
        self.begin = begin
        title = blocks.annex_title(self.texts[begin])
        if title and blocks.annex_label(self.texts[begin]) is None:
            at += at < self.end and self.plain[at] == blocks.plain(title)
            self._emit("head", begin, at, join_title([title]))
            return at
        return self._head(at)

    # -- copies -------------------------------------------------------------------------------------------------

    def _copy_at(self, at: int) -> bool:
        """The file repeats itself from here on: page and attached file, visible text and hidden copy."""
        if at < 4 or self.table[at] or len(self.texts[at]) < _ANCHOR:
            return False
        first = self.parts[0].last if self.parts and self.parts[0].kind == "head" else 0
        anchors = {text for text in self.plain[: first + 2] if len(text) >= _ANCHOR}
        if self.plain[at] not in anchors:
            return False
        earlier = set(self.plain[:at])
        rest = self.plain[at:]
        return len(rest) > 3 and sum(text in earlier for text in rest) >= _COPY_SHARE * len(rest)
