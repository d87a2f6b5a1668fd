"""What a document says of itself: title, number, issuer, dates, type, disclosure, addressee, copies, signatory.

Read from the head, the signature block and the colophon only: a number or date quoted in the body never becomes the
document's own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from index import blocks
from index.adoption import read_adoption
from index.docnumber import find_numbers
from index.doctype import document_type
from index.issuer import bodies_of, joined_bodies, pick_issuer, title_issuer
from index.layout import Part
from index.numerals import find_dates
from index.records import Metadata, SourceText
from index.reflow import Readable
from index.title import join_title

_TITLE_LABELS = ("标题", "名称", "信息名称", "文件名称")
_NUMBER_LABELS = ("发文字号", "文号", "发文文号")
_ISSUER_LABELS = ("发文机关", "发文单位")
_SITE_LABELS = ("发布机构", "发布单位", "公开责任部门")
_DATE_LABELS = ("成文日期", "生成日期", "发文日期")
_PUBLISHED_LABELS = ("发布日期", "发布时间", "公开日期")
_DISCLOSURE_LABELS = ("公开方式", "公开属性", "公开形式")
_DISCLOSURES = (
    ("依申请公开", re.compile(r"依\s*申\s*请\s*公\s*开")),
    ("不予公开", re.compile(r"不\s*予\s*公\s*开|不\s*公\s*开")),
    ("主动公开", re.compile(r"主\s*动\s*公\s*开|公\s*开\s*发\s*布|公开刊播")),
)
_ORDER_LINE = re.compile(
    r"[（(]?((?:\d{4}年)?第\s*[0-9０-９一二三四五六七八九十百〇零]+\s*号|[〔\[（(]\d{4}[〕\]）)]\s*第?\s*\d+\s*号)[）)]?"
)
_ODD_NUMBER = re.compile(r"编\s*号\s*[：:]\s*([0-9]{4,12})")
_SIGNER = re.compile(r"签\s*发\s*人\s*[：:]\s*(.*)")
_COPIES = re.compile(r"抄\s*[送报]\s*[：:]\s*(.*)")
_EFFECTIVE = re.compile(r"起(?:正式|开始)?(?:施行|实施|执行|生效|试行)")
# 现予公布 | 现将修订后的《某条例》公布
_PUBLISHED = re.compile(r"(?:予|现)以?(?:公布|发布)|现将[^。；]{0,80}》(?:予以)?(?:公布|发布)|公布施行")
_FILE_TITLE = re.compile(
    r"(?P<title>.{2,80}?(?:关于|印发).{2,120}?(?:通知|意见|通报|批复|函|决定|公告|通告|答复))(?:\([0-9]+\))?\.\w{2,4}"
)
# …认真组织开展工作。某市人民政府办公厅2021年8月17日（此件公开发布）: a signature whose line breaks were lost
_GLUED_SIGNATURE = re.compile(
    r"(?:[。！》）)]|^附件[：:].{0,60}?)\s*(?P<body>[\u4e00-\u9fff]{4,30}(?:政府|办公厅|办公室|委员会|局|委|厅|部))\s*"
    r"(?P<date>(?:19|20)\d\d年\d{1,2}月\d{1,2}日)\s*(?=$|[（(](?:此件|联系)|附件|抄送)"
)


def extract(readable: Readable, parts: Sequence[Part], source: SourceText) -> Metadata:
    """What a document says of itself.

    Args:
        readable: its paragraphs.
        parts: what :func:`index.layout.layout` made of them.
        source: for the title that the format keeps beside the text.
    """
    return _Reader(readable, parts, source).read()


class _Reader:
    def __init__(self, readable: Readable, parts: Sequence[Part], source: SourceText) -> None:
        self.texts = [paragraph.text for paragraph in readable.paragraphs]
        self.source = source
        heads = [part for part in parts if part.kind == "head" and part.label in ("", "文件2")]
        own = bool(heads) and heads[0].first == 0
        self.head_title = heads[0].title if own else ""
        self.head = self.texts[: heads[0].last] if own else []
        inner = heads[1:] if own else heads
        self.enclosed_title = next((part.title for part in inner if part.title and not part.label), None)
        self.inner_head = [text for part in inner for text in self.texts[part.first : part.last]]
        signatures = [part for part in parts if part.kind == "signature"]
        main = next((part for part in signatures if not part.label), None)
        self.signature = self.texts[main.first : main.last] if main else []
        self.closings = [text for part in signatures if not part.label for text in self.texts[part.first : part.last]]
        self.colophon = [text for part in signatures for text in self.texts[part.first : part.last]]
        self.bodies = [part for part in parts if part.kind == "body" and part.label in ("", "通知")]
        self.contents = [self.texts[part.first] for part in parts if part.kind == "contents" and not part.label]
        self.labels = dict(_label_pairs(self.head))
        self.adoption = read_adoption(self._adoption_note())
        self.glued = self._glued_signature()

    def read(self) -> Metadata:
        title = self._title()
        number = self._number()
        issuer = self._issuer(title)
        return Metadata(
            title=title,
            number=number,
            issuer=issuer,
            type=document_type(self._kind_title(title or ""), self._first_words(), self.head, issuer, number),
            issued_on=self._issued_on(),
            printed_on=self._printed_on(),
            published_on=_first_date(self._values(_PUBLISHED_LABELS)),
            effective_on=self._effective_on(),
            disclosure=self._disclosure(),
            addressee=self._addressee(),
            copies=tuple(_copies(self.colophon)),
            signatory=self._signatory(),
            contact=self._contact(),
            enclosed_title=self.enclosed_title if self.bodies and self.bodies[0].label else None,
        )

    # -- pieces -------------------------------------------------------------------------------------------------

    def _values(self, labels: Iterable[str]) -> list[str]:
        return [self.labels[label] for label in labels if self.labels.get(label)]

    def _own_lines(self) -> list[str]:
        """Lines of the head that are no rows of a page's table."""
        return [text for text in self.head if not blocks.is_label(text)]

    def _adoption_note(self) -> str:
        lines = [*self._own_lines(), *self.inner_head, *self.contents[:1]]
        kept: list[str] = []
        for number, text in enumerate(lines):
            opened = bool(kept) and kept[-1][:1] in "（(" and "）" not in kept[-1]
            opens = text[:1] in "（(" and lines[number + 1 : number + 2] != [] and lines[number + 1][-1:] in "）)"
            goes_on = bool(kept) and kept[-1].endswith("届")
            if blocks.is_bracket_line(text) or blocks.is_adopted(text) or opened or opens or goes_on:
                kept.append(text)
            elif cut := blocks.adoption_at(text):
                kept.append(text[cut:])
        return "".join(text for text in kept if not blocks.title_suffix(text))

    def _glued_signature(self) -> re.Match[str] | None:
        if any(find_dates(text) for text in self.signature):
            return next((found for text in self.signature if (found := _GLUED_SIGNATURE.search(text))), None)
        for part in self.bodies:
            for text in self.texts[part.first : part.last]:
                if found := _GLUED_SIGNATURE.search(text):
                    return found
        return None

    def _first_words(self) -> str:
        if not self.bodies:
            return ""
        first = self.bodies[0]
        texts = self.texts[first.first : first.last]
        return "\n".join([*texts[:4], *texts[-1:]])

    def _title(self) -> str | None:
        label = next(iter(self._values(_TITLE_LABELS)), "")
        own = self.head_title
        if label and (not own or blocks.plain(own) in blocks.plain(label)):
            own = join_title([label])
        candidates = [own, self._file_title(), self.enclosed_title or "", self._outside_title()]
        title = next((candidate for candidate in candidates if candidate), "")
        return re.sub(r"\[\d{1,2}\]$", "", title) or None

    def _kind_title(self, title: str) -> str:
        """The title that tells the kind: that of an enclosed act tells nothing of the notice around it."""
        enclosed = (
            not self.head_title and title == self.enclosed_title and self.bodies and self.bodies[0].label == "通知"
        )
        published = _PUBLISHED.search(self._first_words())
        return "" if enclosed and not published else title

    def _file_title(self) -> str:
        """The title inside the name of the document's own file under the text: ``…的通报.pdf``."""
        for text in self.closings:
            found = _FILE_TITLE.fullmatch(text)
            if found and not re.match(r"附\s*件|\d+[.．、]", text):
                numbers = find_numbers(found["title"])
                cut = numbers[0].span.end if numbers and numbers[0].span.start == 0 else 0
                return join_title([found["title"][cut:]])
        return ""

    def _outside_title(self) -> str:
        """The title that the format keeps, where it looks like one and the file has none of its own."""
        title = (self.source.title or "").strip()
        return join_title([title]) if blocks.is_title_line(title) and blocks.TITLE_END.search(title) else ""

    def _number(self) -> str | None:
        for lines in (self._own_lines(), self.inner_head):
            if number := _number_in(lines):
                return number
        for value in self._values(_NUMBER_LABELS):
            if numbers := find_numbers(value):
                return numbers[0].number
        for text in self.closings:
            numbers = find_numbers(text)
            if numbers and numbers[0].span.start == 0 and blocks.is_file(text):
                return numbers[0].number
        return self.adoption.number

    def _issuer(self, title: str | None) -> str | None:
        own = self._own_lines()
        marks = [body for text in own if blocks.is_issuer_mark(text) for body in bodies_of(text)]
        closing = next((at for at, text in enumerate(self.signature) if blocks.is_colophon(text)), len(self.signature))
        signed = [body for text in self.signature[:closing] if blocks.is_body(text) for body in bodies_of(text)]
        if not signed and self.glued:
            signed = [self.glued["body"]]
        return pick_issuer(
            labelled=joined_bodies([body for value in self._values(_ISSUER_LABELS) for body in bodies_of(value)]),
            signed=joined_bodies(signed),
            marked=joined_bodies(marks),
            titled=title_issuer(self.head_title or title or ""),
            others=[self.adoption.issuer, *self._values(_SITE_LABELS)],
        )

    def _issued_on(self) -> str | None:
        for text in self.signature:
            if blocks.is_date(text):
                return find_dates(text)[0].iso
        if self.glued:
            return _first_date([self.glued["date"]])
        cover = [text for text in self._own_lines() if blocks.is_date(text)]
        return _first_date(cover) or self.adoption.latest or _first_date(self._values(_DATE_LABELS))

    def _printed_on(self) -> str | None:
        for number, text in enumerate(self.colophon):
            for date in find_dates(text):
                following = self.colophon[number + 1 : number + 2]
                if date.printed or (blocks.is_date(text) and [blocks.plain(line) for line in following] == ["印发"]):
                    return date.iso
        return None

    def _effective_on(self) -> str | None:
        if self.adoption.effective_on:
            return self.adoption.effective_on
        for part in self.bodies:
            texts = self.texts[part.first : part.last]
            for text in reversed(texts if len(texts) <= 3 else texts[-40:]):
                for date in find_dates(text):
                    before = text[max(0, date.span.start - 24) : date.span.start]
                    if _EFFECTIVE.match(text, date.span.end) and re.search(
                        r"(?:^|，|。|本[^，。]{1,16})[自从]$", before
                    ):
                        return date.iso
        return None

    def _disclosure(self) -> str | None:
        notes = [text for text in [*self.head, *self.colophon] if blocks.is_note(text)]
        for text in [*notes, *self._values(_DISCLOSURE_LABELS)]:
            for name, pattern in _DISCLOSURES:
                if pattern.search(text):
                    return name
        return "主动公开" if any(re.search(r"可\s*公开", text) for text in notes) else None

    def _addressee(self) -> str | None:
        if not self.bodies:
            return None
        first = self.texts[self.bodies[0].first]
        return first.strip().rstrip("：:").strip() if blocks.is_addressee(first) else None

    def _signatory(self) -> str | None:
        for text in self.head:
            if found := _SIGNER.search(text):
                names = found[1].split()
                single = len("".join(names)) <= 4
                return ("" if single else "、").join(names) or None
        return None

    def _contact(self) -> str | None:
        lines: list[str] = []
        for text in self.colophon:
            body = text.strip()
            inner = body[1:-1] if body[:1] in "（(" and body[-1:] in "）)" else body
            if re.match(r"联\s*系\s*(?:人|单位|电话|方式)", inner) or (lines and blocks.is_contact(inner)):
                lines.append(inner)
        return "；".join(lines) or None


def _label_pairs(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Labels and values of a page's table; a line may hold several (``发布日期: 2021-03-24 来源：贵州日报``)."""
    for text in lines:
        if not blocks.is_label(text):
            continue
        found = blocks.LABEL.match(text)
        while found:
            value = found["value"]
            following = next((place for place in blocks.LABEL.finditer(value) if place.start()), None)
            kept = value[: following.start()] if following else value
            cleaned = kept.strip(" \t\u3000|｜")
            if cleaned and cleaned not in ("无", "—", "暂无", "-"):
                yield blocks.plain(found["label"]), cleaned
            found = following


def _first_date(values: Iterable[str]) -> str | None:
    return next((dates[0].iso for value in values if (dates := find_dates(value))), None)


def _number_in(lines: Sequence[str]) -> str | None:
    """The number in a head; 令 and 公告 take the body's name from the line above."""
    for number, text in enumerate(lines):
        order = _ORDER_LINE.fullmatch(text)
        if order and number and lines[number - 1].strip().endswith(("令", "公告", "通告", "纪要")):
            combined = find_numbers(re.sub(r"\s+", "", lines[number - 1]) + order[1])
            if combined:
                return combined[0].number
        numbers = find_numbers(text)
        if numbers and (blocks.is_number(text) or blocks.titled_number(text)):
            return numbers[-1].number
        if odd := _ODD_NUMBER.fullmatch(text):
            return f"编号：{odd[1]}"
    return None


def _copies(lines: Sequence[str]) -> Iterator[str]:
    """The single bodies of 抄送 and its further lines."""
    for number, text in enumerate(lines):
        found = _COPIES.match(text)
        if not found:
            continue
        joined = found[1]
        for further in range(number + 1, len(lines)):
            line, after = lines[further], lines[further + 1 : further + 2]
            if blocks.is_colophon(line) or not re.search(r"[\u4e00-\u9fff]", line) or blocks.is_note(line):
                break
            if blocks.is_date(line) or any((dates := find_dates(text)) and not dates[0].span.start for text in after):
                break
            joined += "，" + line
        for body in re.split(r"[、，,；;。\s](?![^（(]*[）)])", joined):
            if body.strip("。 "):
                yield body.strip("。 ")
        return
