"""Question -> Interpretation: what it names (numbers, clauses, years, bodies, titles) and what it asks for.

Rules only, no search. Traditional characters and full width are understood; typos are left alone, the search copes.
"""

import re
from unicodedata import category

from index.docnumber import find_numbers
from index.numerals import to_int
from index.records import Filters
from index.traditional import folding
from qa.asks import KINDS as _ASKED
from qa.asks import asks
from qa.errors import UsageError
from qa.fields import metadata_fields
from qa.mentions import addresses, units
from qa.naming import SPOKEN_TOKEN
from qa.records import Interpretation

KINDS = (*_ASKED, "document", "metadata")
"""What a question may ask for: the kinds of :mod:`qa.asks`; ``document``: which document; ``metadata``: a fact about
a document that :attr:`Interpretation.fields` names."""

LONGEST = 2_000
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\u200b\u200c\u200d\ufeff\u2028\u2029\u00ad")

_YEAR = re.compile(r"(?<![\d.０-９])((?:19|20)\d\d)(?=\s*年|\s*[-—–~至到]|(?![\d.]))")
_SPELLED_YEAR = re.compile(r"(?<![一二三四五六七八九十])([一二][〇○零一二三四五六七八九]{3})(?=年)")
_TITLE = re.compile(r"《([^《》]{2,120}(?:《[^《》]{1,60}》[^《》]{0,60})?)》")
# 64号提案答复: the reply's own number or that of the proposal, so it only points and never excludes
_REPLY = re.compile(r"(?<![\d第])(\d{1,4})号(?=(?:提案|建议|议案)(?:的)?(?:答复|复函|回复))")
# 黔投议复字17号: a number without its year  --  not 中山路17号, 第17号, 国发〔2021〕17号
_YEARLESS = re.compile(
    r"([一-龥]{2,8}?(?:字|函|发|复|办|规|令|公告))\s*(\d{1,4})号(?!楼|台风|线|提案|建议|议案|院|门|店|车)"
)
_DOCUMENT = re.compile(
    r"(?:哪|什么|何)(?:一)?(?:个|份|部|项|件|些|篇)?(?:政策|法规|法律|条例|规定|通知|意见|方案|办法|答复|公文)?(?:文件|文|通知|条例|法规|法律)"
    r"|依据(?:是)?(?:什么|哪)|出自|出处|文件(?:叫|名称)|题目(?:是|叫)|标题(?:是|叫)"
)


def check(question: str, longest: int = LONGEST) -> str:
    """The question without blanks at its ends, if it can be answered at all.

    Raises:
        UsageError: it is empty, too long, no text, or holds nothing but punctuation.
    """
    if not isinstance(question, str):
        raise UsageError("问题应是文字，收到的却是别的内容。")
    text = question.strip().strip("\ufeff\u200b")
    if not text:
        raise UsageError("问题是空的，请写明要问什么，例如：qa ask “开发区工业用地产出强度要达到多少？”")
    if len(text) > longest:
        raise UsageError(
            f"问题有 {len(text):,} 个字，超过上限 {longest:,} 个；请只留下要问的话，或拆成几个问题。"
            "（上限可在 config.yaml 的 answer.question_characters 中修改。）"
        )
    bad = next((sign for sign in text if category(sign) in ("Cc", "Cs", "Cn") and sign not in _ALLOWED_CONTROLS), None)
    if bad is not None or "\ufffd" in text:
        name = f"U+{ord(bad or chr(0xFFFD)):04X}"
        raise UsageError(f"问题里有不是文字的内容（{name}），像是二进制数据或编码不对；请用 UTF-8 编码的文字提问。")
    if not any(sign.isalnum() for sign in text):
        raise UsageError("问题里只有标点符号，没有可以查找的内容；请写明要问什么。")
    return text


def interpret(question: str, filters: Filters | None = None, longest: int = LONGEST) -> Interpretation:
    """What a question says of itself.

    Args:
        question: as asked.
        filters: of the call; handed through.
        longest: most characters a question may have.

    Raises:
        UsageError: see :func:`check`.
    """
    text = check(question, longest)
    plain = text.translate(folding())
    kinds = {name for name, flag in zip(_ASKED, asks(text).flags, strict=True) if flag}
    fields = metadata_fields(plain)
    if fields:
        kinds.add("metadata")
    if _DOCUMENT.search(plain):
        kinds.add("document")
    rest = _without_numbers(plain)
    return Interpretation(
        question=text,
        numbers=_numbers(plain),
        articles=addresses(rest),
        years=_years(plain),
        units=units(_TITLE.sub(" ", rest)),
        titles=tuple(dict.fromkeys(match.strip() for match in _TITLE.findall(plain))),
        kinds=frozenset(kinds),
        fields=fields,
        filters=filters or Filters(),
    )


def _numbers(plain: str) -> tuple[str, ...]:
    found = []
    for number in find_numbers(plain, partial=True):
        # 赣市监办5号文: the token is said although the year is not
        token = SPOKEN_TOKEN.search(plain, 0, number.span.start) if not (number.token or number.year) else None
        found.append((number.span.start, (token[1] if token else "") + number.number))
    found += [(match.start(), f"{match[1]}号") for match in _REPLY.finditer(plain)]
    if not found:
        found = [(match.start(), f"{match[1]}{match[2]}号") for match in _YEARLESS.finditer(plain)]
    return tuple(dict.fromkeys(number for _, number in sorted(found)))


def _without_numbers(plain: str) -> str:
    """The text with document numbers blanked out: 国务院令第七十二号 is no address."""
    for number in find_numbers(plain, partial=True):
        blank = " " * (number.span.end - number.span.start - 1)
        plain = f"{plain[: number.span.start]}{blank}号{plain[number.span.end :]}"
    return plain


def _years(plain: str) -> tuple[int, ...]:
    years = {int(year) for year in _YEAR.findall(plain)}
    years |= {number.year for number in find_numbers(plain, partial=True) if number.year}
    for spelled in _SPELLED_YEAR.findall(plain):
        value = to_int(spelled)
        if value and 1900 <= value <= 2099:
            years.add(value)
    return tuple(sorted(years))
