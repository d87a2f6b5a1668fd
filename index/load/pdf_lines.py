"""Runs of a PDF page -> printed lines in reading order."""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import replace

from index.load.pdf_chars import SMALL, Segment

_BLANK = "\u3000"
_MAX_INDENT = 40


def ordered(segments: Sequence[Segment]) -> list[Segment]:
    """Printed lines from top to bottom; two columns one after the other.

    The order of the file is kept where it goes down the page, since it is right inside tables; else the page is
    sorted by place.
    """
    columns = _columns(_joined(segments, over_gaps=False))
    if columns:
        return columns
    lines = _joined(segments, over_gaps=True)
    return _sorted(lines) if _is_scattered(lines) else _extremes_placed(lines)


def rendered(lines: Sequence[Segment]) -> str:
    """The text of lines; indentation stands as ideographic blanks where the file holds none."""
    if not lines:
        return ""
    margin = _margin(lines)
    size = statistics.median(line.size for line in lines) or 1.0
    result = []
    for line in lines:
        text = line.text.rstrip()
        blanks = round((line.left - margin) / size)
        if not text[0].isspace() and 0 < blanks <= _MAX_INDENT:
            text = _BLANK * blanks + text
        result.append(text)
    return "\n".join(result)


def _margin(lines: Sequence[Segment]) -> float:
    """Where lines that fill the page begin; the left-most place where no line does."""
    widest = max(line.right - line.left for line in lines)
    starts = [line.left for line in lines if line.right - line.left > 0.8 * widest and widest > 10 * line.size]
    if len(starts) < 4:
        return min(line.left for line in lines)
    # First lines of paragraphs may be the many: the margin is the left-most place where more than one line begins.
    repeated = [start for start in starts if sum(abs(start - other) < 2 for other in starts) > 1]
    return min(repeated or starts)


def _joined(segments: Sequence[Segment], *, over_gaps: bool) -> list[Segment]:
    """Runs that continue one another on the same line made one; small raised figures set apart in the text."""
    lines: list[Segment] = []
    for segment in segments:
        line = lines[-1] if lines else None
        if line is None or not (_continues(line, segment) or (over_gaps and segment.after_gap)):
            lines.append(segment)
            continue
        text, gap = segment.text, segment.left - line.right
        if _is_raised(segment, line):
            text = _as_note(line.text, text)
        elif segment.after_gap or (gap > 0.3 * line.size and line.text[-1:].isascii() and text[:1].isascii()):
            text = " " + text
        lines[-1] = Segment(
            line.text + text,
            line.left,
            max(line.right, segment.right),
            min(line.bottom, segment.bottom),
            max(line.top, segment.top),
            max(line.size, segment.size),
            line.after_gap,
        )
    return lines


def _continues(line: Segment, segment: Segment) -> bool:
    height = min(line.size, segment.size)
    overlap = min(line.top, segment.top) - max(line.bottom, segment.bottom)
    gap = segment.left - line.right
    return overlap > 0.5 * height and -0.5 * line.size <= gap <= 1.0 * line.size


def _is_raised(segment: Segment, line: Segment) -> bool:
    return (
        segment.text.strip().isdigit()
        and segment.size < SMALL * line.size
        and segment.bottom > line.bottom + 0.15 * line.size
    )


def _as_note(before: str, figure: str) -> str:
    """``平方公里[1]`` but ``m²``: an exponent stands behind a Latin letter."""
    if before[-1:].isascii() and before[-1:].isalpha():
        return figure.strip().translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"[{figure.strip()}]"


def _columns(lines: list[Segment]) -> list[Segment] | None:
    """The lines of a page with two columns of running text in reading order, None for any other page."""
    if len(lines) < 12:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width = right - left
    gutter = _gutter(lines, left, width)
    if gutter is None:
        return None
    shift = min(line.left for line in lines if line.left >= gutter) - left
    result: list[Segment] = []
    sides: tuple[list[Segment], list[Segment]] = ([], [])
    for line in _sorted(lines):
        if line.left < gutter < line.right:
            result.extend((*sides[0], *sides[1], line))
            sides = ([], [])
        elif line.left < gutter:
            sides[0].append(line)
        else:
            sides[1].append(replace(line, left=line.left - shift, right=line.right - shift))
    return [*result, *sides[0], *sides[1]]


def _gutter(lines: list[Segment], left: float, width: float) -> float | None:
    """A place in the middle that hardly any line crosses, with lines of running text on both sides."""
    for percent in (50, 48, 52, 46, 54, 44, 56, 42, 58, 40, 60):
        place = left + width * percent / 100
        one = [line for line in lines if line.right <= place]
        other = [line for line in lines if line.left >= place]
        if len(one) + len(other) < 0.8 * len(lines) or min(len(one), len(other)) < 5:
            continue
        wide = [statistics.median(line.right - line.left for line in side) for side in (one, other)]
        if min(wide) > 0.3 * width:
            return place
    return None


def _is_scattered(lines: list[Segment]) -> bool:
    """True where the order of the file jumps up the page too often to be the order of reading."""
    steps = len(lines) - 1
    jumps = sum(after.bottom > before.top for before, after in itertools.pairwise(lines))
    return steps >= 4 and jumps > 0.35 * steps


def _sorted(lines: Sequence[Segment]) -> list[Segment]:
    """Lines from top to bottom; those at one height from left to right."""
    rows: list[list[Segment]] = []
    for line in sorted(lines, key=lambda line: -(line.top + line.bottom)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].bottom < middle < rows[-1][0].top:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.left)]


def _extremes_placed(lines: list[Segment]) -> list[Segment]:
    """Lines in the order of the file, but a running head first and a page foot last, wherever the file has them."""
    if len(lines) < 3:
        return _sorted(lines)
    heads = [line for line in lines if all(line.bottom >= other.top for other in lines if other is not line)]
    feet = [line for line in lines if all(line.top <= other.bottom for other in lines if other is not line)]
    moved = [*heads[:1], *feet[:1]]
    return [*heads[:1], *(line for line in lines if not any(line is one for one in moved)), *feet[:1]]
