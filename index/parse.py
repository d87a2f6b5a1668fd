"""Source text -> metadata and clauses: the four steps in their order."""

from dataclasses import replace

from index.clauses import clauses
from index.layout import layout
from index.metadata import extract
from index.records import Parsed, SourceText
from index.reflow import reflow
from index.validity import facts


def parse(source: SourceText, document_id: str) -> Parsed:
    """A document taken apart.

    Args:
        source: what a loader read.
        document_id: prefix of the clauses' ids.
    """
    readable = reflow(source)
    parts = layout(readable)
    found, remarks = clauses(readable, parts, document_id)
    metadata = extract(readable, parts, source)
    return Parsed(
        metadata=replace(metadata, effective_on=facts(found, metadata).effective_on),
        clauses=found,
        remarks=(*source.warnings, *remarks),
    )
