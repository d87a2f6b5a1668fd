"""The log -> questions for ``qa tune``: with the clauses that people marked right, or opened after they had asked.

What counts, for a question that several people asked all of it together:

* ``up`` of a clause: that clause; ``up`` of the whole answer: the clauses it cites;
* ``click``: the clause opened, unless somebody said of the whole answer that it was none (``down``, ``no_answer``);
* never a clause of which somebody said ``wrong_citation`` or ``outdated``.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from index.tokens import fold
from qa.errors import UsageError
from qa.questionlog.records import Entry
from qa.visible import escaped


@dataclass(slots=True)
class _Pair:
    question: str
    right: dict[str, None] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)


def pairs(entries: Iterable[Entry]) -> Iterator[dict[str, object]]:
    """Lines of the file, one a question: ``{"question": …, "clauses": [ids]}``; questions without any are left out."""
    found: dict[str, _Pair] = {}
    for entry in entries:
        pair = found.setdefault(fold(entry.question), _Pair(question=entry.question))
        disliked = any(said.kind in ("down", "no_answer") and not said.clause for said in entry.feedback)
        for said in entry.feedback:
            if said.kind == "up":
                pair.right |= dict.fromkeys([said.clause] if said.clause else entry.citations)
            elif said.kind == "click" and said.clause and not disliked:
                pair.right[said.clause] = None
            elif said.kind in ("wrong_citation", "outdated"):
                pair.wrong |= {said.clause} if said.clause else set(entry.citations)
    for pair in found.values():
        clauses = [clause for clause in pair.right if clause not in pair.wrong]
        if clauses:
            yield {"question": pair.question, "clauses": clauses}


def write_pairs(entries: Iterable[Entry], file: Path) -> int:
    """Writes the file and gives the number of its lines.

    Raises:
        UsageError: it cannot be written.
    """
    lines = [escaped(json.dumps(pair, ensure_ascii=False)) for pair in pairs(entries)]
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"写不了 {file}（{error.strerror}）；请检查路径和权限。") from error
    return len(lines)
