"""Where a signature block begins and ends: annex list, contacts, signing bodies, date, notes, colophon, page debris."""

import re
from collections.abc import Callable, Sequence

from index import blocks

_LONGEST = 600
_LINK = 80
_FIRST_LINES = 4


def signature_end(texts: Sequence[str], table: Sequence[bool], at: int) -> int | None:
    """Where the signature block that begins at paragraph ``at`` ends, None if none begins there.

    Args:
        texts: paragraphs of the file.
        table: which of them are rows of tables.
        at: where to look.
    """
    return _Block(texts, table).end_from(at)


class _Block:
    def __init__(self, texts: Sequence[str], table: Sequence[bool]) -> None:
        self.texts = texts
        self.table = table
        self.end = len(texts)

    def end_from(self, at: int) -> int | None:
        if self.table[at] or len(self.texts[at]) > _LONGEST:
            return None
        index = self._annex_list(at)
        index = self._skip(index, blocks.is_contact)
        if index > at and blocks.is_contact(self.texts[at]) and not self._may_end_text(at - 1):
            return None
        index = self._annex_list(index)
        bodies = index
        index = self._skip(index, lambda text: blocks.is_body(text) or blocks.is_person(text))
        signed = index > bodies
        dated = index < self.end and not self.table[index] and blocks.is_date(self.texts[index])
        if (
            dated
            and not signed
            and not (blocks.has_day(self.texts[index]) and (index > at or self._may_end_text(at - 1)))
        ):
            return None
        end = self._notes(index + dated)
        if dated:
            return end
        strong = any(blocks.is_note(text) or blocks.is_colophon(text) for text in self.texts[index:end])
        if strong:
            return end
        # without date, note and colophon only the end of a document is a signature
        closes = end == self.end or blocks.annex_label(self.texts[end]) is not None or self._begins_again(end)
        return end if closes and end > at and (not signed or self._may_end_text(at - 1)) else None

    def _may_end_text(self, at: int) -> bool:
        if at < 0 or self.table[at]:
            return True
        text = self.texts[at]
        if text[-1:] in "。；：！？）)”》.;" or blocks.is_list_item(text) or blocks.is_file(text):
            return True
        if blocks.is_annex_list(text):
            return True
        # the signing body may be glued to the last sentence: …创业氛围。某市人民政府
        return "。" in text and blocks.is_body(text[text.rfind("。") + 1 :])

    def _skip(self, at: int, test: Callable[[str], bool]) -> int:
        while at < self.end and not self.table[at] and test(self.texts[at]):
            at += 1
        return at

    def _annex_list(self, at: int) -> int:
        """Behind a 附件说明 that begins at ``at``, or ``at``."""
        if at >= self.end or self.table[at] or not blocks.is_annex_list(self.texts[at]):
            return at
        bare = re.fullmatch(r"附\s*件\s*[：:]", self.texts[at].strip()) and at + 2 < self.end
        if bare and not blocks.is_list_item(self.texts[at + 1]) and len(self.texts[at + 1]) <= _LINK:
            later = self.texts[at + 2]
            if "。" not in self.texts[at + 1] and (blocks.is_date(later) or blocks.is_body(later)):
                return at + 2
        return self._skip(at + 1, lambda text: blocks.is_list_item(text) or blocks.is_annex_list(text))

    def _notes(self, at: int) -> int:
        """Behind notes, contacts, colophon, annex lists, file names and links."""
        copied = linked = False
        while at < self.end and not self.table[at]:
            text = self.texts[at]
            if blocks.is_tail(text):
                linked = True
            elif blocks.is_colophon(text) or self._prints(at):
                copied = True
            elif blocks.is_annex_list(text) and blocks.annex_label(text) is None:
                if self._opens_annex(at):
                    break
                at = self._annex_list(at) - 1
            elif not (
                blocks.is_note(text)
                or blocks.is_file(text)
                or blocks.is_contact(text)
                or (copied and (blocks.is_body(text) or blocks.is_date(text)))
                or (linked and self._is_link(at))
                or (at == self.end - 1 and re.fullmatch(r"\d{1,3}", text))
            ):
                break
            at += 1
        return at

    def _opens_annex(self, at: int) -> bool:
        """``附件1：某表`` below the date opens an annex where its text follows, else it is a belated list."""
        after = self._annex_list(at)
        if after != at + 1 or blocks.annex_title(self.texts[at]) is None or after >= self.end:
            return False
        text = self.texts[after]
        known = blocks.is_note(text) or blocks.is_colophon(text) or blocks.is_tail(text) or blocks.is_file(text)
        return not (known or blocks.is_body(text) or blocks.is_date(text) or blocks.annex_label(text))

    def _begins_again(self, at: int) -> bool:
        """The file's first lines stand here again: a second copy."""
        return self.texts[at] in self.texts[: min(at, _FIRST_LINES)]

    def _is_link(self, at: int) -> bool:
        text = self.texts[at]
        if len(text) > _LINK or "。" in text or text[-1:] in "：:" or blocks.annex_label(text):
            return False
        return not self._begins_again(at)

    def _prints(self, at: int) -> bool:
        """Body and date on lines of their own before 印发."""
        return blocks.is_body(self.texts[at]) and any(
            blocks.is_printing(text) or blocks.plain(text) == "印发" for text in self.texts[at + 1 : at + 3]
        )
