"""Is this text, or the debris of a broken font map or a wrong encoding?"""

import re
import unicodedata
from collections import Counter

from index.load.decode import is_frequent

_CID = re.compile(r"\(cid:\d+\)")
_WORD = re.compile(r"(?<![^\s(\[\"'])(?:[A-Za-z][a-z]+|[A-Z]{2,5}|\d[\d.,:/%-]*|a|I)(?=[\s,.;:!?)\]\"']|$)")
_SAMPLE = 200_000
_ENOUGH = 40
# Shares measured on real documents: Chinese policies 0.6 and more Han among their visible characters, tables of
# figures 0.2; letter salad under 0.05. GB 2312 level 1 covers 0.95 of the Han characters of simplified text, half
# of traditional text, a third of UTF-8 that was read as GBK.
_HAN = 0.1
_WORDS = 0.5
_FREQUENT = 0.45


def is_garbled(text: str) -> bool:
    """True where characters came out but no text.

    Recognised: CID numbers in place of characters, letter salad from a wrong font map, private-use and
    replacement characters, Chinese read in the wrong encoding. English prose and tables of figures are text.
    """
    sample = text[:_SAMPLE]
    cids = sum(len(found.group()) for found in _CID.finditer(sample))
    visible = [character for character in sample if not character.isspace()]
    if len(visible) < _ENOUGH:
        return False
    if cids > 0.1 * len(visible):
        return True
    unusable = sum(
        number
        for character, number in Counter(visible).items()
        if unicodedata.category(character) in ("Co", "Cn", "Cc") or character == "\ufffd"
    )
    if unusable > 0.2 * len(visible):
        return True
    han = [character for character in visible if "\u4e00" <= character <= "\u9fff"]
    if len(han) < _HAN * len(visible):
        words = sum(len(found.group()) for found in _WORD.finditer(sample))
        return words < _WORDS * sum(character.isalnum() for character in visible)
    return sum(map(is_frequent, han)) < _FREQUENT * len(han)
