"""Readable texts made of given lines, for tests of what comes after reflow."""

from collections.abc import Iterable

from index.records import SourceText
from index.reflow import Paragraph, Readable


def readable_of(lines: Iterable[str]) -> tuple[Readable, SourceText]:
    """The lines as paragraphs; a line that begins with ``|`` is a row of a table."""
    kept = [line for line in lines if line.strip()]
    text = "\n".join(kept)
    paragraphs = []
    offset = 0
    for line in kept:
        body = line.strip()
        first = offset + line.index(body)
        paragraphs.append(
            Paragraph(text=body, positions=tuple(range(first, first + len(body))), table=line.startswith("|"))
        )
        offset += len(line) + 1
    readable = Readable(paragraphs=tuple(paragraphs), furniture=(), length=len(text))
    return readable, SourceText(text=text, kind="txt", one_line_per_paragraph=True)
