"""Measures metadata against documents that were read by eye: rates a field, and every mismatch.

Usage: python bench/structure.py TRUTH.jsonl… --files FOLDER [--details]

A line of a truth file has ``file`` (relative to FOLDER) and ``title``, ``number``, ``date``, ``issuer``; ``*_alt``
lists further values that are right; null means that the file does not say it.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.layout import layout
from index.load import load
from index.metadata import extract
from index.records import Metadata
from index.reflow import reflow

FIELDS = ("title", "number", "date", "issuer")
MORE = {
    "print_date": "printed_on",
    "signer": "signatory",
    "addressee": "addressee",
    "doc_type": "type",
    "enclosed_title": "enclosed_title",
}


def metadata_of(path: Path) -> Metadata:
    """The metadata of one file."""
    source = load(path)
    readable = reflow(source)
    return extract(readable, layout(readable), source)


def is_right(found: object, truth: Mapping[str, Any], field: str) -> bool:
    """Whether a value equals the truth or one of its alternatives."""
    return found in [truth.get(field), *truth.get(f"{field}_alt", [])]


def measure(truth: Mapping[str, Any], found: Metadata) -> Iterator[tuple[str, bool, object, object]]:
    """Field, verdict, found and true value of every field that the truth speaks of."""
    values = {"title": found.title, "number": found.number, "date": found.issued_on, "issuer": found.issuer}
    for field in FIELDS:
        yield field, is_right(values[field], truth, field), values[field], truth.get(field)
    for field, attribute in MORE.items():
        if field in truth:
            value = getattr(found, attribute)
            yield field, value == truth[field], value, truth[field]
    if "cc" in truth:
        yield "cc", list(found.copies) == truth["cc"], list(found.copies), truth["cc"]


def main() -> int:
    """Prints rates and mismatches; the exit code is 1 where a field of FIELDS is right in less than 95 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truths", nargs="+", type=Path)
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args()
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for truth in (json.loads(line) for path in options.truths for line in path.read_text("utf-8").splitlines()):
        try:
            found = metadata_of(options.files / truth["file"])
        except LoadError as error:
            print(f"{truth['file']}: {error}")
            continue
        for field, good, value, true in measure(truth, found):
            total[field] += 1
            right[field] += good
            if options.details and not good:
                print(f"{truth['file']}: {field}: {value!r} instead of {true!r}")
    for field, count in total.items():
        print(f"{field}: {right[field]}/{count} = {right[field] / count:.3f}")
    return int(any(right[field] < 0.95 * total[field] for field in FIELDS))


if __name__ == "__main__":
    sys.exit(main())
