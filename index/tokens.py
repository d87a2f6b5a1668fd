"""Text -> units of search: the only tokenizer; documents and questions both pass through it.

Two kinds of units: words (jieba's dictionary in search mode: long words and the short ones inside them) and pairs of
neighbouring characters, which find names and new words that the dictionary cuts wrongly.
"""

import re
from collections.abc import Sequence
from functools import cache
from operator import add
from unicodedata import is_normalized, normalize

import rjieba

from index.traditional import folding

IDENTITY = "rjieba-search+bigrams-2"
"""Name of this tokenizer; an index made under another name must be built again. Raise it with every change."""

_SHORT = 40  # below this a translation is cheaper than compiling the pattern that could save it
_PUNCTUATION = (("，", ","), ("（", "("), ("）", ")"), ("：", ":"), ("；", ";"))
_INVISIBLE = (0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
_SPELLED_YEAR = re.compile(r"[一二][零〇○一二三四五六七八九]{3}(?=年)")
_YEAR = re.compile(r"(?<!\d)[12]\d{3}年")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# 1+7, 1+9, 1+n, 3+2: names of programmes made of numbers; not: 5g+, 1+7=8
_NUMBER_NAME = re.compile(r"(?<![\w+.])\d{1,2}(?:\+(?:\d{1,2}|n))+(?![\w+=.])")
_DOTTED = re.compile(r"\d+(?:\.\d+){2,}")
_DIGITS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_RUN = re.compile(r"[^\W_]+(?:(?:(?<=\d)\.(?=\d)|(?<=\d)%)[^\W_]*)*")
_UNIT = re.compile(r"[a-z0-9]+(?:\.\d+)*%?|[^\W_]")
_ASCII = re.compile(r"[a-z0-9]")


@cache
def _table() -> dict[int, str | None]:
    """What becomes of single characters: invisible ones go, full-width ones and traditional ones change."""
    table: dict[int, str | None] = dict.fromkeys(_INVISIBLE)
    table.update(folding())
    table.update({point: normalize("NFKC", chr(point)).lower() for point in (*range(0xFF01, 0xFF5F), 0x3000, 0xA0)})
    return table


@cache
def _changing() -> re.Pattern[str]:
    points = (chr(point) for point in _table())
    return re.compile(f"[{re.escape(''.join(points))}]")


def fold(text: str) -> str:
    """One spelling for what reads the same: NFKC, lower case, simplified characters, 2025年 for 二〇二五年.

    Thousands lose their commas, and characters that cannot be seen go. Lengths may change; the result is for
    matching only, never for quoting.
    """
    # Most clauses hold nothing to fold but punctuation, and a look costs a tenth of a translation.
    for wide, narrow in _PUNCTUATION:
        text = text.replace(wide, narrow)
    if len(text) < _SHORT or _changing().search(text):
        text = text.translate(_table())
    folded = text.lower()
    if not is_normalized("NFKC", folded):
        folded = normalize("NFKC", folded).translate(_table()).lower()
    folded = _THOUSANDS.sub("", folded)
    return _SPELLED_YEAR.sub(lambda match: match[0].translate(_DIGITS), folded)


def units(text: str) -> tuple[list[str], list[str]]:
    """``(terms(text), bigrams(text))``, folding the text only once."""
    return cut(fold(text))


def cut(folded: str) -> tuple[list[str], list[str]]:
    """The same for a text that :func:`fold` has folded already."""
    return _terms(folded), _bigrams(folded)


def terms(text: str) -> list[str]:
    """Words of ``text`` in search mode: every word, and the dictionary words inside the longer ones.

    Numbers stay whole (``3.5%``, ``1234.5``); a date such as ``2021.5.31`` gives its three numbers; a year gives two
    units, ``2025`` and (after all other words) ``2025年``, and so does a name made of numbers: ``1``, ``7`` and
    ``1+7``. Punctuation and blanks give nothing. Duplicates remain.
    """
    return _terms(fold(text))


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring units inside each run of letters and digits; a number or Latin word is one unit.

    ``产出强度3.5%以上`` gives 产出, 出强, 强度, 度3.5%, 3.5%以, 以上. Punctuation and blanks end a run; a run of
    one unit gives nothing.
    """
    return _bigrams(fold(text))


def _terms(folded: str) -> list[str]:
    words = [word for word in rjieba.cut_for_search(_DOTTED.sub(_undotted, folded)) if word[0].isalnum()]
    words.extend(_YEAR.findall(folded))
    if "+" in folded:
        words.extend(_NUMBER_NAME.findall(folded))
    return words


def terms_by_line(lines: Sequence[str]) -> list[list[str]]:
    """``terms`` of many folded lines (none holds a line break): one cut for all costs a fraction of one for each."""
    joined = "\n".join(lines)
    found: list[list[str]] = [[]]
    for word in rjieba.cut_for_search(_DOTTED.sub(_undotted, joined)):
        if word == "\n":
            found.append([])
        elif word[0].isalnum():
            found[-1].append(word)
    if len(found) != len(lines):  # jieba took a line break for a part of something else
        return [_terms(line) for line in lines]
    for line, words in zip(lines, found, strict=True):
        if "年" in line:
            words.extend(_YEAR.findall(line))
        if "+" in line:
            words.extend(_NUMBER_NAME.findall(line))
    return found


def _undotted(match: re.Match[str]) -> str:
    # Blanks keep the parts of a dotted date apart: jieba would take 2021.5 for a decimal fraction.
    return match[0].replace(".", " ")


def _bigrams(folded: str) -> list[str]:
    pairs: list[str] = []
    for run in _RUN.findall(folded):
        single = run if _ASCII.search(run) is None else _UNIT.findall(run)
        pairs.extend(map(add, single, single[1:]))
    return pairs
