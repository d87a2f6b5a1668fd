"""A title out of its lines."""

import re
from collections.abc import Sequence

from index import blocks

# 大纲3 | 样本2: a mark that a site or an annex list put above the title
TAG = re.compile(r"[\u4e00-\u9fff]{2,4}\d{1,2}[：:]?")


_LONG = 10
"""Characters from which on a title that is the end of another one is that title once more."""


def join_title(lines: Sequence[str]) -> str:
    """The title out of its lines: blanks that stood for a line break go, those between Latin words stay."""
    joined = ""
    for line in lines:
        latin = joined[-1:].isascii() and line[:1].isascii() and joined[-1:].isalnum() and line[:1].isalpha()
        joined += (" " if latin else "") + line.strip()
    return re.sub(r"(?<![A-Za-z,.;])[\s\u3000\u200b]+|[\s\u3000\u200b]+(?![A-Za-z])", "", joined)


def unquoted(text: str) -> str:
    """``text`` without the 《》 around the whole of it."""
    stripped = text.strip()
    if stripped.startswith("《") and stripped.endswith("》") and stripped.count("《") == stripped.count("》"):
        return stripped[1:-1]
    return stripped


def pick_title(lines: Sequence[str]) -> list[str]:
    """The title lines once, where a page shows the title twice (with and without 《》, in one line and in two)."""
    kept = [line for line in lines if not TAG.fullmatch(line) and blocks.annex_label(line) is None]
    for cut in range(1, len(kept)):
        first, second = (blocks.plain(unquoted("".join(part))) for part in (kept[:cut], kept[cut:]))
        if first == second:
            return kept[cut:]
        if len(second) >= _LONG and first.endswith(second):
            return kept[:cut]  # once with the issuer, once without
    return [unquoted(kept[0])] if len(kept) == 1 else kept
