"""Questions for who has none yet, made from what the newest documents of an index say of themselves."""

import re
from collections.abc import Iterator, Sequence

from index.backend import Backend
from index.day import today
from index.records import Clause, Document
from qa.relations import ENDED, date_of

COUNT = 4
KINDS = ("goal", "duty", "signatory", "printed")
_LOOKED_AT = 20
_END = re.compile(r"[。．.：:；;，,\s]+$")
# 推进标准厂房提质扩量  --  not: “1＋7”平台……, 总体要求
_PLAIN = re.compile(r"(?!.*(?:总体|目标|原则|思想|其他|附则))[\u4e00-\u9fff、]{4,16}")
_GOAL = re.compile(r"到(20\d\d年)(?:底)?[，,][^。]*?\d")


def examples(backend: Backend) -> tuple[str, ...]:
    """At most :data:`COUNT` questions, each of another kind or about another document, the newest in force first.

    A question asks for what its document states, so that there is an answer whatever the subject: who answers for a
    task, what a goal is, who signed, when it was printed.
    """
    day = today()
    documents = [document for document in backend.documents() if document.validity(day) not in ENDED]
    documents.sort(key=lambda document: (date_of(document), document.source), reverse=True)
    offers = [list(_questions(document, backend.clauses(document.id))) for document in documents[:_LOOKED_AT]]
    chosen: dict[str, str] = {}
    # one of each document, each of another kind; then other kinds; then whatever there is
    for kinds_wanted in (1, 1, COUNT):
        for offer in offers:
            for kind, question in offer:
                seen = sum(taken == kind for taken in chosen.values())
                if question not in chosen and seen < kinds_wanted and len(chosen) < COUNT:
                    chosen[question] = kind
                    break
    return tuple(sorted(chosen, key=lambda question: KINDS.index(chosen[question])))


def _questions(document: Document, clauses: Sequence[Clause]) -> Iterator[tuple[str, str]]:
    """The questions that a document answers, each with its kind."""
    for clause in clauses:
        heading = _END.sub("", clause.heading)
        if clause.kind == "clause" and _PLAIN.fullmatch(heading):
            goal = _GOAL.search(clause.text)
            if goal:
                yield "goal", f"{heading}，到{goal[1]}要达到多少？"
            elif clause.duties:
                yield "duty", f"{heading}由谁负责？"
    facts = document.metadata
    if facts.number and facts.signatory:
        yield "signatory", f"{facts.number}是谁签发的？"
    if facts.number and facts.printed_on:
        yield "printed", f"{facts.number}是什么时候印发的？"
