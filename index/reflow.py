"""Source text -> readable paragraphs, each character of which keeps its place in the source.

Nothing is rewritten: readable text is source text with characters left out (line breaks inside a paragraph,
blanks between Han characters, page furniture), so that every quote can be cut from the source again.
"""

from dataclasses import dataclass

from index.records import SourceText, Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """One readable paragraph.

    Attributes:
        text: without line breaks, without blanks at its ends.
        positions: source offset of each character of ``text``, strictly increasing, same length.
        indent: blanks before the first character on its source line.
        table: True for a row of a table.
    """

    text: str
    positions: tuple[int, ...]
    indent: int = 0
    table: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Readable:
    """The paragraphs of a document in reading order, and what was dropped as page furniture.

    Attributes:
        paragraphs: none of them empty.
        furniture: stretches of the source that hold more than blanks and stand in no paragraph, in order.
        length: code points of the source text.
    """

    paragraphs: tuple[Paragraph, ...]
    furniture: tuple[Span, ...]
    length: int


def reflow(source: SourceText) -> Readable:
    """Readable paragraphs of a source text."""
    paragraphs = []
    offset = 0
    for line in source.text.split("\n"):
        stripped = line.strip()
        if stripped:
            indent = len(line) - len(line.lstrip())
            first = offset + indent
            paragraphs.append(
                Paragraph(text=stripped, positions=tuple(range(first, first + len(stripped))), indent=indent)
            )
        offset += len(line) + 1
    return Readable(paragraphs=tuple(paragraphs), furniture=(), length=len(source.text))
