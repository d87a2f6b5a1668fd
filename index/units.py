"""Text -> keys of the units that the static embedding knows: characters, character pairs and words.

Units of three sizes see what one segmentation misses: a word that the dictionary cuts wrongly still shares its pairs,
a rare word still shares its characters. A unit is named by a 64-bit key computed from its characters, so that no table
of strings has to be loaded, and the keys of a whole batch are computed at once. The same string has the same key
whether it came as a pair or as a word; it then simply counts twice.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.tokens import IDENTITY as TOKENIZER
from index.tokens import cut, fold

IDENTITY = f"{TOKENIZER}+characters-1"
"""Name of this way of taking text apart; a model made under another name cannot be used. Raise it with every change."""

Int64 = npt.NDArray[np.int64]

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LONGEST = 32  # characters of a unit; what follows in a longer one (an address, a serial number) is ignored
_BATCH = 1024  # texts taken apart together: bounds the memory for their unit strings
_OFFSET = np.uint64(77)
# Odd multipliers, one for each position in a unit: SplitMix64 from state 0.
_STEP, _MIX_A, _MIX_B = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def _splitmix(state: int) -> int:
    word = (1 << 64) - 1
    z = (state * _STEP) & word
    z = ((z ^ (z >> 30)) * _MIX_A) & word
    z = ((z ^ (z >> 27)) * _MIX_B) & word
    return z ^ (z >> 31)


_FACTORS = np.array([_splitmix(place + 1) | 1 for place in range(_LONGEST)], dtype=np.uint64)


def unit_strings(text: str) -> list[str]:
    """The units of ``text`` as strings, with repeats: characters, then pairs, then words of two or more characters."""
    folded = fold(text)
    words, pairs = cut(folded)
    found = _HAN.findall(folded)
    found.extend(pairs)
    found.extend(word for word in words if len(word) > 1)
    return [unit[:_LONGEST] for unit in found]


def keys_of(strings: Sequence[str]) -> Int64:
    """64-bit keys of unit strings (none of them empty), in order."""
    if not strings:
        return np.zeros(0, dtype=np.int64)
    lengths = np.fromiter(map(len, strings), np.int64, len(strings))
    points = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    starts = np.cumsum(lengths) - lengths
    places = np.arange(len(points)) - np.repeat(starts, lengths)
    hashed: npt.NDArray[np.uint64] = np.add.reduceat((points + _OFFSET) * _FACTORS[places], starts)
    hashed ^= hashed >> np.uint64(31)
    hashed *= np.uint64(_MIX_A)
    hashed ^= hashed >> np.uint64(29)
    return hashed.view(np.int64)


def unit_keys(texts: Sequence[str]) -> tuple[Int64, Int64]:
    """Keys of the units of several texts.

    Returns:
        ``(keys, bounds)``: the keys of all texts one after another, with repeats, and ``len(texts) + 1`` bounds:
        those of text ``i`` are ``keys[bounds[i]:bounds[i + 1]]``.
    """
    parts: list[Int64] = []
    counts: list[int] = []
    for first in range(0, len(texts), _BATCH):
        strings: list[str] = []
        for text in texts[first : first + _BATCH]:
            found = unit_strings(text)
            counts.append(len(found))
            strings.extend(found)
        parts.append(keys_of(strings))
    bounds = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(counts, out=bounds[1:])
    return (np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)), bounds
