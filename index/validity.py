"""What a document says about its own time: from when it applies, until when, and which others it ends.

Nothing is guessed: each fact has the sentence that proves it, and where the text is silent the state is ``unknown``.
Source of the forms: 规章制定程序条例 §32 (施行日期), 党政机关公文处理工作条例 and usage of 有效期 in 规范性文件.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.expiry import APPLY, NUMBER, OWN, begins, ends, later
from index.numerals import find_dates
from index.records import Clause, Metadata, Span
from index.references import Reference, find_references

STATES = ("in_force", "not_yet", "expired", "repealed", "amended", "unknown")


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The sentence that proves a fact.

    Attributes:
        ordinal: of the clause in its document.
        span: where the sentence stands in the clause's text.
    """

    ordinal: int
    span: Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Repeal:
    """Another document that this one ends as a whole.

    Attributes:
        title: of the ended document, None where only its number is given.
        number: of the ended document, None where only its title is given.
        dates: ISO dates that the sentence gives for it (1991年6月4日国务院发布的《…》).
        proof: the sentence.
    """

    title: str | None
    number: str | None
    dates: tuple[str, ...]
    proof: Proof


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a document says of its own time.

    Attributes:
        effective_on: first day on which it applies, ISO; None where the text does not say it.
        effective_proof: the sentence that says so.
        expires_on: last day on which it applies, ISO; None where it has no term.
        expires_proof: the sentence that says so.
        ended: True where it says of itself that it is repealed or no longer valid.
        ended_proof: the words that say so, None for a mark in the title.
        repeals: documents that it ends.
    """

    effective_on: str | None = None
    effective_proof: Proof | None = None
    expires_on: str | None = None
    expires_proof: Proof | None = None
    ended: bool = False
    ended_proof: Proof | None = None
    repeals: tuple[Repeal, ...] = ()


_PUBLISHED = r"(?:公布|发布|颁布|印发|下发|下达|下文|签发|发文|颁发|公告)"
# a provision about something else in the sentence: 自本法施行之日起三年内, 裁定自送达之日起生效
_NOT_OWN = re.compile(
    r"施行之日|之日起(?:[^，。；]{0,6}内)|合同|裁定|判决|决定书|许可证|登记|第[一二三四五六七八九十百]+[条款]"
)
# 本条例自1999年10月1日起施行 | 自2020年1月1日起试行 | 本规定于2002年3月1日起施行 | 1995年10月1日起施行
_ON_DATE = re.compile(
    rf"(?P<own>{OWN})?[^，。；《》]{{0,12}}?(?P<from>自|从|于|定于)?\s*(?P<date>[12１２〇○零一二][^，。；《》（）()]{{6,18}}?[日号])\s*"
    rf"(?:零时)?\s*{APPLY}"
)
# 自公布之日起施行 | 自发布之日起30日后施行 | 自公布之日起一个月后施行 | 发布之日起施行
_ON_PUBLICATION = re.compile(
    rf"(?P<own>{OWN})?[^，。；《》]{{0,12}}?(?:自|从|于)?\s*(?P<what>{_PUBLISHED})\s*(?:之|当|的)?日\s*"
    rf"(?:起\s*)?(?:(?:满|的)?\s*(?P<count>{NUMBER})\s*(?P<unit>日|天|个月|年)\s*(?:后|以后|之后|起)?\s*)?{APPLY}"
)
# （2009年4月28日 国务院令第557号公布 2019年12月1日施行）
_IN_HEAD = re.compile(
    r"(?<!修正)(?P<lead>自|从|于|起)?\s*(?P<date>[12][0-9]{3}年[0-9]{1,2}月[0-9]{1,2}日)\s*起?\s*(?:施行|实施|生效)"
)
# 第十七次会议修订, 国务院令第786号修订: the whole text anew  --  not 《…的决定》第一次修订
_ANEW = "全文修订"
_EVENT = re.compile(r"(公布|发布|颁布|修订|修正|通过|批准|施行)")
_AMENDMENT_ONLY = re.compile(r"(?:该|此|本)(?:修正|修订|修改|决定)[^，。；）)]{0,4}$")
_STATUS = re.compile(
    r"(?:有\s*效\s*性|是否有效|效力状态|时\s*效\s*性?|文件状态)\s*[：:|]\s*(?P<state>有效|现行有效|失效|已失效|废止|已废止|已修改)"
)
_TITLE_ENDED = re.compile(r"[（(【\[]\s*(?:已\s*)?(?:废止|失效)\s*[）)】\]]\s*$")
_SENTENCE = re.compile(r"[^。；\n]*[。；\n]?")
_HINT = re.compile(r"施行|实施|执行|生效|试行|有效|废止|失效|期限")


def facts(clauses: Sequence[Clause], metadata: Metadata) -> Facts:
    """What a document says of its own time.

    Args:
        clauses: of the whole document, in reading order.
        metadata: for the days on which it was issued and published, from which 自公布之日起 counts.
    """
    own = [clause for clause in clauses if not _of_annex(clause)]
    published = _published(own, metadata)
    effective = _effective(own, published)
    expires = _expires(own, effective[0] if effective else None, published)
    effective = effective or _term_begins(own, expires)
    status = _status(own)
    ended = bool(_TITLE_ENDED.search(metadata.title or "")) or (
        status is not None and status[0] not in ("有效", "现行有效")
    )
    return Facts(
        effective_on=effective[0] if effective else None,
        effective_proof=effective[1] if effective else None,
        expires_on=expires[0] if expires else None,
        expires_proof=expires[1] if expires else None,
        ended=ended,
        ended_proof=status[1] if status and ended else None,
        repeals=tuple(_repeals(own, metadata)),
    )


def _of_annex(clause: Clause) -> bool:
    return clause.path.startswith(("附件", "附录", "附表"))


def _sentences(clause: Clause) -> Iterator[tuple[str, Proof]]:
    """The sentences of a clause that may speak of its time."""
    if not _HINT.search(clause.text):
        return
    for match in _SENTENCE.finditer(clause.text):
        if match[0].strip() and _HINT.search(match[0]):
            yield match[0], Proof(ordinal=clause.ordinal, span=Span(start=match.start(), end=match.end()))


# -- from when -------------------------------------------------------------------------------------------------------


def _published(clauses: Sequence[Clause], metadata: Metadata) -> str | None:
    """The day of 公布: of the last full publication that the note under the title names, else of the document."""
    head = next((clause.text for clause in clauses if clause.kind == "head"), "")
    found = [day for day in find_dates(head) if len(day.iso) == 10]
    ends = [*(day.span.start for day in found), len(head)][1 : len(found) + 1]
    events = [
        (day.iso, _ANEW if verb[1] == "修订" and "《" not in verb.string[: verb.start()] else verb[1])
        for day, end in zip(found, ends, strict=True)
        if (verb := _EVENT.search(head[day.span.end : end])) is not None
    ]
    days = [iso for iso, verb in events if verb in ("公布", "发布", "颁布", _ANEW)]
    if days:
        return days[-1]
    # 国务院批准 and 审判委员会通过 are not yet 公布; what a congress adopts is published the same day
    adopted = [iso for iso, verb in events if verb == "通过"]
    if adopted:
        return adopted[0] if re.search(r"人民代表大会", head) else None
    # the 发布日期 of a web site is the day of posting, not that of the document
    day = metadata.printed_on or (None if events else metadata.issued_on)
    return day if day and len(day) == 10 else None


def _effective(clauses: Sequence[Clause], published: str | None) -> tuple[str, Proof] | None:
    """A day that is written out goes before one that is counted from the publication."""
    heads = [found for clause in clauses if clause.kind == "head" and (found := _starts_in_head(clause, published))]
    stated = _effective_in_text(clauses, published)
    if stated is None or (stated[2] and heads and heads[0][2]):
        return heads[0][:2] if heads else None
    return stated[:2]


def _effective_in_text(clauses: Sequence[Clause], published: str | None) -> tuple[str, Proof, bool] | None:
    for clause in reversed(clauses):
        if clause.kind in ("head",):
            continue
        for sentence, proof in _sentences(clause):
            found = _starts(sentence, clause, published)
            if found is not None:
                return found[0], proof, found[1]
    return None


def _starts(sentence: str, clause: Clause, published: str | None) -> tuple[str, bool] | None:
    """First day that a sentence of the text names for its document, and whether it is the bare 自公布之日起."""
    for match in _ON_DATE.finditer(sentence):
        dates = find_dates(match["date"])
        if dates and len(dates[0].iso) == 10 and _is_own(sentence, match, clause):
            return dates[0].iso, False
    for match in _ON_PUBLICATION.finditer(sentence):
        revised = re.search(r"修[订改正]$", sentence[match.start() : match.start("what")].rstrip())
        if published is not None and not revised and _is_own(sentence, match, clause):
            day = later(published, match["count"], match["unit"])
            return (day, match["count"] is None) if day else None
    return None


def _is_own(sentence: str, match: re.Match[str], clause: Clause) -> bool:
    """Whether a sentence speaks of its own document: 本法自…, or nothing but 自…起施行 alone."""
    before = sentence[: match.start()]
    if "《" in sentence[match.start() : match.end()]:
        return False
    if match["own"]:
        words = sentence[match.end("own") : match.end()]
        return not _NOT_OWN.search(words.replace(match["own"], "")) and not re.search(
            r"(?:第.{1,6}[条款]|依照|根据|违反)$", before
        )
    lead = _mark_off(before, clause) + re.split(r"自|从|于", _mark_off(match[0], clause))[0].strip()
    if lead in ("", "以上") or re.search(r"现(?:予以?)?(?:公布|发布|印发)，?$", lead):
        return True
    return re.search(rf"{OWN}[^。；]{{0,24}}，?$", lead) is not None and not _NOT_OWN.search(lead)


def _mark_off(words: str, clause: Clause) -> str:
    """Words without the mark of their clause and the punctuation around them."""
    plain = words.strip().removeprefix(clause.marker)
    return re.sub(r"^第[〇零一二三四五六七八九十百0-9]+条", "", plain).strip(" \u3000，,、．.:：")


def _starts_in_head(clause: Clause, published: str | None) -> tuple[str, Proof, bool] | None:
    """Day, proof, and whether the day is written out."""
    whole = Span(start=0, end=len(clause.text))
    for match in reversed(list(_IN_HEAD.finditer(clause.text))):
        if not _AMENDMENT_ONLY.search(clause.text[: match.start()]) and (dates := find_dates(match["date"])):
            return dates[0].iso, Proof(ordinal=clause.ordinal, span=whole), True
    if published and re.search(r"(?:公布|公告|发布)(?:之日)?(?:起)?施行", clause.text):
        return published, Proof(ordinal=clause.ordinal, span=whole), False
    spoken = re.search(rf"(?:自|从)?\s*{_PUBLISHED}(?:之)?日起?(?:施行|实施|执行)", clause.text)
    if spoken and published and not _AMENDMENT_ONLY.search(clause.text[: spoken.start()]):
        return published, Proof(ordinal=clause.ordinal, span=whole), False
    return None


# -- until when ------------------------------------------------------------------------------------------------------


def _expires(clauses: Sequence[Clause], effective: str | None, published: str | None) -> tuple[str, Proof] | None:
    for clause in reversed(clauses):
        if clause.kind == "head":
            continue
        for sentence, proof in _sentences(clause):
            day = ends(sentence, effective or published)
            if day is not None:
                return day, proof
    return None


def _term_begins(clauses: Sequence[Clause], expires: tuple[str, Proof] | None) -> tuple[str, Proof] | None:
    """执行期限为2019年1月1日至2023年12月31日: the first day stands in the same sentence."""
    if expires is None:
        return None
    proof = expires[1]
    text = next(clause.text for clause in clauses if clause.ordinal == proof.ordinal)
    day = begins(text, proof.span.start, proof.span.end)
    return (day, proof) if day else None


def _status(clauses: Sequence[Clause]) -> tuple[str, Proof] | None:
    for clause in clauses:
        match = _STATUS.search(clause.text) if clause.kind == "head" else None
        if match:
            return match["state"], Proof(ordinal=clause.ordinal, span=Span(start=match.start(), end=match.end()))
    return None


# -- what it ends ----------------------------------------------------------------------------------------------------


def _repeals(clauses: Sequence[Clause], metadata: Metadata) -> Iterator[Repeal]:
    title = metadata.title or ""
    nested = re.search(r"关于废止[《〈](.{2,80})[》〉](?:的|等)", title.replace("《", "〈").replace("》", "〉"))
    for clause in clauses:
        if not re.search(r"废止|失效|作废|停止[执施]行|不再执行|代替|取代", clause.text):
            continue
        if clause.kind == "head":
            continue
        for reference in find_references(clause.text):
            if (
                reference.kind == "废止"
                and not reference.parts
                and (reference.number or len(reference.title or "") > 4)
            ):
                yield _repeal(clause, reference)
    if nested and clauses:
        words = Proof(ordinal=clauses[0].ordinal, span=Span(start=0, end=len(clauses[0].text)))
        yield Repeal(title=nested[1], number=None, dates=(), proof=words)


def _repeal(clause: Clause, reference: Reference) -> Repeal:
    text = clause.text
    first = max(text.rfind(sign, 0, reference.span.start) for sign in "。；\n、》") + 1
    last = min((at for at in (text.find(sign, reference.span.end) for sign in "。；\n") if at >= 0), default=len(text))
    dates = tuple(found.iso for found in find_dates(text[first : reference.span.start]))
    begin = max(text.rfind(sign, 0, reference.span.start) for sign in "。；\n") + 1
    proof = Proof(ordinal=clause.ordinal, span=Span(start=begin, end=min(last + 1, len(text))))
    return Repeal(title=reference.title, number=reference.number, dates=dates, proof=proof)
