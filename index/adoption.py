"""The note below the title of a law or regulation: who adopted, published and amended it, when, under which number."""

import re
from dataclasses import dataclass

from index.docnumber import find_numbers
from index.numerals import find_dates

_HAN = "\u4e00-\u9fff"
# （2020年5月28日第十三届全国人民代表大会第三次会议通过） | （1994年1月28日国务院令第142号发布 …第四次修订）
_EVENT = re.compile(r"通过|公布|发布|修正|修订|批准|颁布|制定|修改|审议|印发")
_STARTS = re.compile(r"^[^。；，,]{0,6}?(?:起)?(?:施行|实施|执行|生效)")
_CONGRESS = re.compile(
    rf"(?P<place>[{_HAN}]{{0,12}}?)第[一二三四五六七八九十]+届(?P<nation>全国|[{_HAN}]{{2,12}}?)?人民代表大会(?P<standing>常务委员会)?"
)
_BODY = re.compile(
    rf"(?:日|[，。\s（(])\s*(?:经|由)?(?P<body>(?:中华人民共和国)?[{_HAN}、]{{1,30}}?(?:国务院|人民政府|人民法院|人民检察院|部|委员会|总局|局|署|办公室|银行|会))"
    rf"(?:令|第[{_HAN}0-9]+(?:次|号)|公布|发布|批准|通过|常务会议|办公会|审判委员会|公告|修订)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Adoption:
    """What an adoption note says.

    Attributes:
        latest: the latest date of adoption, publication or amendment, ISO.
        effective_on: the date from which the act applies, where the note names it.
        number: the number of the order that published it first.
        issuer: the body that adopted it first.
    """

    latest: str | None
    effective_on: str | None
    number: str | None
    issuer: str | None


def read_adoption(text: str) -> Adoption:
    """What the adoption note ``text`` says; it may be wrapped or lack a bracket."""
    events = []
    effective = None
    for date in find_dates(text):
        rest = text[date.span.end : date.span.end + 120]
        if _STARTS.match(rest.lstrip()):
            effective = date.iso
        elif _EVENT.search(rest):
            events.append(date.iso)
    numbers = [found.number for found in find_numbers(text) if found.ordinal or found.token.startswith("法释")]
    return Adoption(
        latest=max(events, default=None),
        effective_on=effective,
        number=numbers[0] if numbers else None,
        issuer=_issuer(text),
    )


def _issuer(text: str) -> str | None:
    congress = _CONGRESS.search(text)
    body = _BODY.search(" " + text)
    if congress and (body is None or congress.start() <= body.start()):
        place = congress["nation"] or re.sub(r".*[年月日\s（(]", "", congress["place"] or "")
        return f"{place}人民代表大会{congress['standing'] or ''}" if place else None
    return body["body"].removeprefix("中华人民共和国") if body else None
