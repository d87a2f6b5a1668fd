"""Bytes -> text: the encoding is told by content."""

import codecs
import functools
from dataclasses import dataclass

from index.errors import LoadError

_SAMPLE = 200_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Below this share of ordinary characters the best reading is no text.
_ORDINARY = 0.7
# A few broken bytes (a cut end, one bad character) do not make a text unreadable.
_BROKEN = 0.002


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A text and how it was got.

    Attributes:
        text: without byte order mark; otherwise exactly as decoded.
        encoding: Python's name of the encoding.
        broken: places where bytes could not be decoded; each stands as U+FFFD in the text.
    """

    text: str
    encoding: str
    broken: int = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence where bytes could not be decoded, else nothing."""
        return (f"有 {self.broken} 处字节无法按 {self.encoding} 解码，已用 U+FFFD 代替。",) if self.broken else ()


def decode(data: bytes) -> Decoded:
    """Text of bytes in UTF-8, UTF-16, UTF-32 (with or without mark) or GB18030 (and so GBK, GB2312).

    Args:
        data: not empty.

    Returns:
        The text of the most plausible reading.

    Raises:
        LoadError: no reading gives text (``unsupported``).
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    found = _encoding(data[:_SAMPLE], whole=len(data) <= _SAMPLE)
    if found is None:
        reason = (
            "这不是文档，或者是 UTF-8、UTF-16、GB18030 以外编码（如 Big5）的文本，请换成 txt、docx、PDF、HTML 等文档，"
            "文本请另存为 UTF-8。"
        )
        raise LoadError(reason, code="unsupported")
    return _decoded(data, found)


def _decoded(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    broken = text.count("\ufffd")
    if broken > max(3, _BROKEN * len(text)) and broken > data.count("\ufffd".encode(encoding)):
        reason = f"文件按 {encoding} 解码时有 {broken} 处错误，已损坏或编码不明，请另存为 UTF-8 后再放入。"
        raise LoadError(reason, code="damaged")
    return Decoded(text=text, encoding=encoding, broken=broken)


def _encoding(sample: bytes, *, whole: bool) -> str | None:
    """The best of the readings, None where none looks like text."""
    nuls = sample.count(0)
    if not nuls and _valid(sample, "utf-8", whole=whole):
        return "utf-8"
    best: tuple[float, str] | None = None
    candidates = ("utf-8", "gb18030") if not nuls else ()
    for encoding in (*candidates, "utf-16-le", "utf-16-be"):
        score = _plausibility(sample.decode(encoding, errors="replace"))
        if best is None or score > best[0]:
            best = (score, encoding)
    return best[1] if best and best[0] >= _ORDINARY else None


def _valid(sample: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=whole)
    except UnicodeDecodeError:
        return False
    controls = sum(byte < 9 or 13 < byte < 27 for byte in sample)
    return controls <= 0.01 * len(sample)


def _plausibility(text: str) -> float:
    """Share of characters that ordinary Chinese or English text consists of, 0 to 1."""
    if not text:
        return 0.0
    counts: dict[str, int] = {}
    for character in text:
        counts[character] = counts.get(character, 0) + 1
    ordinary = sum(number for character, number in counts.items() if is_ordinary(character))
    return ordinary / len(text)


def is_ordinary(character: str) -> bool:
    """True for ASCII text, common Chinese punctuation and the 3,755 most frequent Han characters (GB 2312 level 1)."""
    code = ord(character)
    if code < 0x80:
        return 32 <= code < 127 or character in "\t\n\r\f"
    if 0x4E00 <= code <= 0x9FFF:
        return is_frequent(character)
    return 0x3000 <= code <= 0x301F or 0xFF01 <= code <= 0xFF5E or code in _PUNCTUATION


_PUNCTUATION = frozenset(map(ord, "\u00a0·—–‘’“”…℃×÷①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣ%‰㎡"))


@functools.cache
def is_frequent(character: str) -> bool:
    """True for the Han characters of GB 2312 level 1 (rows 16 to 55), which are ordered by use, not by rarity."""
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xB0 <= row <= 0xD7
