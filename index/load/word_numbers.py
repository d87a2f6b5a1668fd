"""The number formats of Word's automatic numbering (ECMA-376 Part 1, 17.18.59 ST_NumberFormat)."""

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def chinese(number: int, *, digits: str = _DIGITS, units: str = "十百千") -> str:
    """A number from 0 to 9999 in Chinese: 10 十, 12 十二, 20 二十, 105 一百零五; larger ones digit by digit."""
    if not 0 < number < 10_000:
        return _in_digits(number, digits)
    result = ""
    zero = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            result += (digits[0] if zero and result else "") + digits[digit] + (units[place - 1] if place else "")
            zero = False
        else:
            zero = True
    short = digits[1] + units[0]
    return result[1:] if digits is _DIGITS and result.startswith(short) else result


def _in_digits(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(abs(number)))


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    result = ""
    for value, letters in _ROMAN:
        result += letters * (number // value)
        number %= value
    return result


def _letters(number: int) -> str:
    """1 A, 26 Z, 27 AA, 53 AAA: Word repeats the letter."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _from(first: int, last: int) -> Callable[[int], str]:
    """Characters of one block that stand for 1, 2, 3 …, plain digits beyond it."""
    return lambda number: chr(first + number - 1) if 1 <= number <= last - first + 1 else str(number)


def _circled(number: int) -> str:
    for low, high, first in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if low <= number <= high:
            return chr(first + number - low)
    return str(number)


def _of(characters: str) -> Callable[[int], str]:
    return lambda number: characters[(number - 1) % len(characters)] if number > 0 else str(number)


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from(0x2474, 0x2487),
    "decimalEnclosedFullstop": _from(0x2488, 0x249B),
    "numberInDash": lambda number: f"- {number} -",
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": lambda number: _in_digits(number, "〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": lambda number: _in_digits(number, "〇一二三四五六七八九"),
    "taiwaneseDigital": lambda number: _in_digits(number, "〇一二三四五六七八九"),
    "chineseLegalSimplified": lambda number: chinese(number, digits=_LEGAL_DIGITS, units="拾佰仟"),
    "ideographLegalTraditional": lambda number: chinese(number, digits="零壹貳參肆伍陸柒捌玖", units="拾佰仟"),
    "japaneseLegal": lambda number: chinese(number, digits="零壱弐参四伍六七八九", units="拾百千"),
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
    "ideographEnclosedCircle": _from(0x3280, 0x3289),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "ordinal": lambda number: f"{number}.",
    "none": lambda _number: "",
}


def formatted(number: int, style: str) -> str:
    """A number in one of Word's formats; decimal where the format is unknown."""
    return _FORMATS.get(style, str)(number)
