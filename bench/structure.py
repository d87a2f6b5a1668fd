"""Measures metadata and clause paths against documents that were read by eye: rates, and every mismatch.

Usage: python -m bench.structure TRUTH.jsonl… --files FOLDER [--details]

A line of a truth file has ``file`` (relative to FOLDER) and ``title``, ``number``, ``date``, ``issuer``; ``*_alt``
lists further values that are right; null means that the file does not say it. ``n_top`` counts the numbered clauses of
the outermost level, ``samples`` holds clause paths (``二/（一）/1.``) with the first 12 characters of their texts.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.errors import LoadError
from index.load import load
from index.parse import parse
from index.records import Clause, Metadata, Parsed

FIELDS = ("title", "number", "date", "issuer")
MORE = {
    "print_date": "printed_on",
    "signer": "signatory",
    "addressee": "addressee",
    "doc_type": "type",
    "enclosed_title": "enclosed_title",
}


def read(path: Path) -> Parsed:
    """One file, taken apart."""
    return parse(load(path), "x")


def measure_paths(truth: Mapping[str, Any], clauses: Sequence[Clause]) -> Iterator[tuple[str, bool, object, object]]:
    """As :func:`measure`, for the sampled paths and the number of outermost clauses."""
    for sample in truth.get("samples", ()):
        wanted = _marks(sample["path"])
        texts = [_words(clause) for clause in clauses if _marks(clause.path) == wanted]
        begin = _bare(sample["text12"])
        # a heading alone is shorter than 12 characters: the truth then runs on into the first child
        good = any(text.startswith(begin) or (text and begin.startswith(text)) for text in texts)
        found = [clause.path for clause in clauses if begin[:8] in _bare(clause.text)]
        yield "path", good, found, sample["path"]
    if "n_top" in truth:
        count = sum(
            clause.level == 1 and bool(clause.marker) and not clause.path.startswith(("通知", "附件", "专栏"))
            for clause in clauses
        )
        yield "n_top", count == truth["n_top"], count, truth["n_top"]


def _words(clause: Clause) -> str:
    """Text behind the marker, or behind an unnumbered heading."""
    return _bare(clause.text).removeprefix(_bare(clause.marker or clause.heading))


def _bare(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _marks(path: str) -> str:
    return re.sub(r"[、.．/]", "", _bare(path))


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
            parsed = read(options.files / truth["file"])
        except LoadError as error:
            print(f"{truth['file']}: {error}")
            continue
        found = [*measure(truth, parsed.metadata), *measure_paths(truth, parsed.clauses)]
        for field, good, value, true in found:
            total[field] += 1
            right[field] += good
            if options.details and not good:
                print(f"{truth['file']}: {field}: {value!r} instead of {true!r}")
    for field, count in total.items():
        print(f"{field}: {right[field]}/{count} = {right[field] / count:.3f}")
    return int(any(right[field] < 0.95 * total[field] for field in FIELDS))


if __name__ == "__main__":
    sys.exit(main())
