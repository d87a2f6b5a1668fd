"""What a question names outright stands first: the document of a number or title, the clause of an address in it.

The ranking alone makes that likely; here it is made sure, without touching the order of all the rest.
"""

import re
from dataclasses import replace

import numpy as np

from index.docnumber import find_numbers
from qa.rank import Ranking
from qa.records import Interpretation
from qa.relations import ENDED, date_of
from qa.scope import Scope

_STEPS = re.compile(
    r"第?[（(]?[〇零一二三四五六七八九十百千0-9]+[）)]?(?:编|章|节|条|款|项|目|点|部分)?|[、.．]|附件|专栏"
)
_WORDS = re.compile(
    r"请问|请|帮我|查一?下|查询|查找|找到?|看看?|有没有|什么|哪些|哪个|哪份|内容|讲了?|说了?|规定|全文|原文|文件|公文|文号|字号|是|的|吗|呢|啥|"
    r"关于|文|号|规章|法规|政策|一下|给我|显示|打开|里|中|怎么|如何|具体|主要|现行|最新|标题"
)
_TOKEN = re.compile(r"[一-龥]{1,8}?[发函字规办复令监政厅建财税]\s*第?\s*$")
_BEHIND = 2.0
"""What it costs, in log odds, that a document no longer applies: less than being named, more than wording."""
_NOISE = 2
"""Characters that may be left of a question when its names and the usual words of asking are taken out."""


def only_names(interpretation: Interpretation) -> bool:
    """Whether a question asks for nothing but a document or clause that it names by number or title."""
    text = interpretation.question
    for number in reversed(find_numbers(text, partial=True)):
        before = text[: number.span.start]
        # 赣市监办5号文: a token without a year is no part of what was read as the number
        before = _TOKEN.sub("", before) if not number.token else before
        text = before + text[number.span.end :]
    for title in interpretation.titles:
        text = text.replace(title, "")
    return len(rest_of(text)) <= _NOISE


def rest_of(text: str) -> str:
    """The words that are neither an address nor usual in asking for a document."""
    text = _WORDS.sub("", _STEPS.sub("", text))
    return "".join(sign for sign in text if sign.isalnum())


def fronted(ranking: Ranking, named: Scope, interpretation: Interpretation) -> Ranking:
    """The ranking with what is named first.

    A question that asks for nothing else gets one clause of each document named, the newest document first; any other
    question gets the best clause of a named document first, with the address asked for where one bears it.
    """
    wanted = set(named.named)
    inside = [place for place, passage in enumerate(ranking.passages) if passage.document.id in wanted]
    if not inside:
        return ranking
    address = ranking.sheet.values[:, ranking.sheet.names.index("address")]
    if ranking.query.steps and any(address[place] > 0 for place in inside):
        first = [place for place in inside if address[place] > 0]
        front = first if only_names(interpretation) else first[:1]
    elif only_names(interpretation):
        best: dict[str, int] = {}
        for place in inside:
            best.setdefault(ranking.passages[place].document.id, place)
        front = sorted(best.values(), key=lambda place: date_of(ranking.passages[place].document), reverse=True)
    else:
        front = inside[:1]
    chosen = set(front)
    return permuted(ranking, [*front, *(place for place in range(len(ranking)) if place not in chosen)])


def behind(ranking: Ranking, interpretation: Interpretation) -> Ranking:
    """The ranking with clauses of documents that no longer apply set back, so that an equal one in force leads.

    A question as of a day, or for documents of one state, gets them in their own order: its filter has chosen already.
    """
    filters = interpretation.filters
    ended = np.array([passage.document.validity(interpretation.day) in ENDED for passage in ranking.passages])
    if not ended.any() or filters.as_of is not None or filters.validity is not None:
        return ranking
    order = np.argsort(-(ranking.raw - _BEHIND * ended), kind="stable")
    return permuted(ranking, order.tolist())


def permuted(ranking: Ranking, order: list[int]) -> Ranking:
    """The ranking in another order; scores and log odds stay descending and so go to the new places."""
    if order == list(range(len(order))):
        return ranking
    places = np.array(order, np.int64)
    sheet = ranking.sheet
    return replace(
        ranking,
        passages=tuple(ranking.passages[place] for place in order),
        sheet=replace(sheet, values=sheet.values[places], best=sheet.best[places], terms=sheet.terms[:, places]),
        lexical=ranking.lexical[places],
        dense=ranking.dense[places],
    )
