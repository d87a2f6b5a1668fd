"""Search -> an answer cut from the source, or a refusal; never a sentence that the source does not hold.

The steps, the first that applies: nothing left by the filters; a document that is not in the index; a fact about a
document (:mod:`qa.facts`); the clauses found, if the evidence is strong enough; else a refusal with what came nearest.
"""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Filters, Span
from qa.asks import NUMBER, PROCEDURE, WHO, WHY
from qa.cite import CitationError, cite, numbered
from qa.conflicts import Rival, rival
from qa.extract import best_sentences
from qa.facts import Fact, facts
from qa.notes import notes
from qa.passages import Passage
from qa.pipeline import Pipeline, Search
from qa.rank import Ranking
from qa.records import Answer, Citation, Hit, Interpretation, Refusal
from qa.relations import name_of, referring, renumbered

_LOG = logging.getLogger(__name__)

THRESHOLD = 0.28
"""Least probability that the question is answered at all: how it was chosen, and what others give, is in
``docs/answering.md``."""
_NEAREST = 3
_MOST_CLAUSES = 4
_SECOND = 0.45
"""Share of the best clause's score that a further clause must have where the question asks for several."""
_POOL = 6
_CLEAR = 0.5
_OFF_TOPIC = 0.25
"""A best clause that holds so small a share of the question, and is so unlike it, is about something else."""
_PART = re.compile(r"[？?；;。]|[，,](?=[^，,]{4,})")
_SEVERAL = re.compile(
    r"分别|各(?:是|自|有)|哪些(?:任务|条款|工作|文件|单位|地方)|[两几]份|一样不|是否相同|区别|对比|变化|变没变|有没有变"
)
_ASKING = re.compile(
    "|".join(p.pattern for p in (WHO, NUMBER, PROCEDURE, WHY)) + r"|什么|啥|哪|吗|是否|能不能|有没有|(.)不\1"
)

_MESSAGES = {
    "no_evidence": "索引中的文件没有找到能回答这个问题的条款。下面是最接近的条款，供参考；也可以换个说法再问。",
    "off_topic": "这个问题与索引中的文件无关，没有可引用的条款。",
    "filtered_out": "按所给的筛选条件没有剩下可以回答的条款，请放宽发文机关、日期等条件再试。",
    "unknown_document": "索引中没有文件 {}，请核对文号，或先把该文件加入索引。",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a question gets: exactly one of ``answer`` and ``refusal``, hits (cited clauses of facts first), notes.

    A note is a Chinese sentence that the reader must know of: what is cited no longer applies, or is contradicted.
    """

    answer: Answer | None
    refusal: Refusal | None
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()


def compose(search: Search, pipeline: Pipeline, *, count: int = 5, threshold: float = THRESHOLD) -> Outcome:
    """The answer to a question.

    Args:
        search: what was found.
        pipeline: that found it.
        count: how many hits to give.
        threshold: least probability of being answered; higher refuses more.
    """
    ranking = search.ranking
    hits = search.hits(max(count, _NEAREST))
    if search.scope.unknown and not search.scope.named:
        return _unknown(search.scope.unknown[0], pipeline, hits, count)
    if ranking is None:
        return _refused("filtered_out" if _filtered(search) else "no_evidence", hits, count)
    fields = search.interpretation.fields
    stated = facts(fields, ranking.query, ranking, pipeline.backend) if fields else []
    if stated:
        citations = _cited([(fact, fact.span) for fact in stated], pipeline)
        if citations:
            fronted = _fronted(stated, search, pipeline, count)
            said = _notes(citations, search, pipeline)
            return Outcome(answer=_answer(citations), refusal=None, hits=fronted, notes=said)
    if ranking.answerable < threshold:
        return _refused(_reason(search, pipeline, threshold), hits, count)
    chosen = _clauses(search, pipeline)
    if search.pair is not None and search.pair.level:
        chosen = [chosen[0], (search.pair.older, ranking), *(one for one in chosen[1:] if one[0] != search.pair.older)]
    embed = pipeline.embedder.passages if pipeline.embedder is not None else None
    pieces = [(passage, span) for passage, ask in chosen for span in best_sentences(ask.query, passage, embed)]
    quoted = [span for passage, span in pieces if passage is chosen[0][0]]
    found = rival(ranking.query, ranking, chosen[0][0], quoted, search.interpretation.day)
    if found is not None:
        pieces = _with_rival(pieces, found)
    citations = _cited(pieces, pipeline)
    if not citations:
        return _refused("no_evidence", hits, count)
    two = (found.note,) if found is not None else (search.pair.note,) if search.pair is not None else ()
    said = two + _notes(citations, search, pipeline)
    return Outcome(answer=_answer(citations), refusal=None, hits=hits[:count], notes=said)


def _notes(citations: Sequence[Citation], search: Search, pipeline: Pipeline) -> tuple[str, ...]:
    return notes(citations, pipeline.backend, search.interpretation.day)


def _with_rival(pieces: Sequence[tuple[Passage, Span]], found: Rival) -> list[tuple[Passage, Span]]:
    """The pieces with the clause that contradicts the first one, the newer of the two in front."""
    others = [piece for piece in pieces if piece[0].key != found.passage.key]
    mine = [piece for piece in others if piece[0] is pieces[0][0]]
    rest = [piece for piece in others if piece[0] is not pieces[0][0]]
    theirs = [(found.passage, found.span)]
    return [*theirs, *mine, *rest] if found.newer else [*mine, *theirs, *rest]


def _clauses(search: Search, pipeline: Pipeline) -> list[tuple[Passage, Ranking]]:
    """The clauses to quote, each with the ranking of the part of the question that it answers."""
    ranking = search.ranking
    assert ranking is not None
    chosen: dict[int, tuple[Passage, Ranking]] = {ranking.passages[0].key: (ranking.passages[0], ranking)}
    parts = _parts(search.interpretation.question)
    for part in parts if len(parts) > 1 else ():
        own = pipeline.query(_part(part, search.interpretation), search.scope)
        again = pipeline.reordered(own, ranking, _POOL)
        # a part counts only where one clause clearly answers it
        if again is not None and float(again.scores[0]) >= _CLEAR * float(again.scores.sum()):
            chosen.setdefault(again.passages[0].key, (again.passages[0], again))
    if _SEVERAL.search(search.interpretation.question):
        least = _SECOND * float(ranking.scores[0])
        for passage, score in zip(ranking.passages[1:_MOST_CLAUSES], ranking.scores[1:_MOST_CLAUSES], strict=False):
            if float(score) >= least:
                chosen.setdefault(passage.key, (passage, ranking))
    return list(chosen.values())[:_MOST_CLAUSES]


def _parts(question: str) -> list[str]:
    """The parts of a question that ask on their own; what merely leads up to one stays with it."""
    parts: list[str] = []
    lead = ""
    for piece in _PART.split(question):
        if piece is None or len(piece) < 2:
            continue
        lead += piece
        if _ASKING.search(piece):
            parts.append(lead)
            lead = ""
    return parts


def _part(text: str, whole: Interpretation) -> Interpretation:
    years = tuple(year for year in whole.years if str(year) in text)
    return replace(whole, question=text, articles=(), years=years, fields=())


def _cited(pieces: Sequence[tuple[Passage | Fact, Span]], pipeline: Pipeline) -> tuple[Citation, ...]:
    citations = []
    for piece, span in pieces:
        source = pipeline.backend.source_text(piece.document.id)
        try:
            citations.append(cite(piece.document, piece.clause, span, source))
        except CitationError as error:
            _LOG.error("%s", error)
    return numbered(citations)


def _answer(citations: Sequence[Citation]) -> Answer:
    return Answer(text="".join(f"{one.quote}[{one.marker}]" for one in citations), citations=tuple(citations))


def _fronted(stated: Sequence[Fact], search: Search, pipeline: Pipeline, count: int) -> tuple[Hit, ...]:
    """The clauses that state the facts, then the other hits."""
    first: dict[int, Hit] = {}
    others = search.hits(count + len(stated))
    best = max(others[0].score if others else 0.0, 0.9)
    known = {hit.key: hit for hit in others}
    for fact in stated:
        key = pipeline.backend.key_of(fact.clause.id)
        if key not in first:
            plain = Hit(
                rank=1, score=best, key=key, lexical=0.0, dense=None, document=fact.document, clause=fact.clause
            )
            first[key] = replace(known.get(key, plain), score=best)
    rest = [hit for hit in others if hit.key not in first]
    return tuple(replace(hit, rank=place) for place, hit in enumerate([*first.values(), *rest][:count], start=1))


def _reason(search: Search, pipeline: Pipeline, threshold: float) -> str:
    """Why nothing answers: the filters hid it, it is about something else, or it is not said."""
    assert search.ranking is not None
    if _filtered(search):
        open_search = pipeline.search(replace(search.interpretation, filters=Filters()))
        if open_search.ranking is not None and open_search.ranking.answerable >= threshold:
            return "filtered_out"
    sheet = search.ranking.sheet
    held = float(sheet.values[0, sheet.names.index("soft_union")])
    return "off_topic" if held < _OFF_TOPIC else "no_evidence"


def _filtered(search: Search) -> bool:
    return search.within is not None


def _unknown(number: str, pipeline: Pipeline, hits: Sequence[Hit], count: int) -> Outcome:
    """A document that the index does not hold: what refers to it comes before what merely resembles the question."""
    citing = referring(number, pipeline.backend)
    known = {hit.key for hit in citing}
    outcome = _refused(
        "unknown_document", renumbered([*citing, *(hit for hit in hits if hit.key not in known)]), count, number
    )
    if not citing or outcome.refusal is None:
        return outcome
    names = "、".join(dict.fromkeys(name_of(hit.document) for hit in citing[:_NEAREST]))
    message = f"索引中没有文件 {number}；提到它的有：{names}。"
    return replace(outcome, refusal=replace(outcome.refusal, message=message))


def _refused(reason: str, hits: Sequence[Hit], count: int, document: str = "") -> Outcome:
    refusal = Refusal(reason=reason, message=_MESSAGES[reason].format(document), nearest=tuple(hits[:_NEAREST]))
    return Outcome(answer=None, refusal=refusal, hits=tuple(hits[:count]))
