"""Places that a memo names (第十条第二款第三项) in the clauses of a document."""

import re
from collections.abc import Sequence

from index.numerals import to_int
from index.records import Clause

_STEP = re.compile(
    r"第(?P<number>[〇零一二三四五六七八九十百千两0-9]+)(?P<kind>分编|编|章|节|条|款|项|目)(?:之(?P<sub>[一二三四五六七八九十]+))?"
)
_ITEM = re.compile(r"[（(]?(?P<number>[一二三四五六七八九十百]+)[）)、]?$")


def missing_place(clauses: Sequence[Clause], part: str) -> str | None:
    """Why a document does not have the place ``part``: the end of a sentence that begins with its title; None: it has.

    Args:
        clauses: of the document.
        part: as :mod:`index.articles` writes it, e.g. ``第十条第二款第三项``.
    """
    steps = {match["kind"]: match for match in _STEP.finditer(part)}
    if "条" not in steps:
        return _missing_chapter(clauses, steps)
    article = _article(clauses, steps["条"])
    if article is None:
        last = _last_article(clauses)
        return f"没有{steps['条'][0]}" + (f"（最后一条是{last}）" if last else "")
    if "款" in steps:
        paragraphs = _paragraphs(clauses, article)
        if (to_int(steps["款"]["number"]) or 0) > paragraphs:
            return f"{steps['条'][0]}只有{paragraphs}款"
    if "项" in steps:
        wanted = to_int(steps["项"]["number"])
        items = [_item(clause) for clause in _below(clauses, article)]
        inline = len(re.findall(r"[（(][一二三四五六七八九十]+[）)]", article.text))
        if wanted not in items and (wanted or 0) > inline:
            return f"{steps['条'][0]}没有{steps['项'][0]}"
    return None


def place_clauses(clauses: Sequence[Clause], parts: Sequence[str]) -> list[Clause]:
    """The clauses that the places name, with all below them; in reading order."""
    found: dict[int, Clause] = {}
    for part in parts:
        steps = {match["kind"]: match for match in _STEP.finditer(part)}
        if "条" not in steps:
            continue
        article = _article(clauses, steps["条"])
        if article is not None:
            found.update({clause.ordinal: clause for clause in (article, *_below(clauses, article))})
    return [found[ordinal] for ordinal in sorted(found)]


def _article(clauses: Sequence[Clause], step: re.Match[str]) -> Clause | None:
    """The clause 第X条; in a document without articles the one numbered X、."""
    wanted = to_int(step["number"]), to_int(step["sub"]) if step["sub"] else None
    has_articles = False
    for clause in clauses:
        match = _STEP.fullmatch(clause.marker.strip())
        if match is not None and match["kind"] == "条":
            has_articles = True
            if (to_int(match["number"]), to_int(match["sub"]) if match["sub"] else None) == wanted:
                return clause
    if has_articles:
        return None
    tops = [clause for clause in clauses if re.fullmatch(r"[一二三四五六七八九十]+、", clause.marker)]
    return next((clause for clause in tops if to_int(clause.marker[:-1]) == wanted[0]), None)


def _last_article(clauses: Sequence[Clause]) -> str | None:
    markers = [clause.marker.strip() for clause in clauses if clause.kind == "clause"]
    articles = [marker for marker in markers if (match := _STEP.fullmatch(marker)) and match["kind"] == "条"]
    return articles[-1] if articles else None


def _missing_chapter(clauses: Sequence[Clause], steps: dict[str, re.Match[str]]) -> str | None:
    for kind in ("编", "分编", "章", "节"):
        if kind not in steps:
            continue
        number = to_int(steps[kind]["number"])
        found = [match for clause in clauses for match in _STEP.finditer(clause.path) if match["kind"] == kind]
        if not any(to_int(match["number"]) == number for match in found):
            return f"没有{steps[kind][0]}"
    return None


def _below(clauses: Sequence[Clause], top: Clause) -> list[Clause]:
    inside = {top.ordinal}
    found = []
    for clause in clauses:
        if clause.parent in inside:
            inside.add(clause.ordinal)
            found.append(clause)
    return found


def _paragraphs(clauses: Sequence[Clause], article: Clause) -> int:
    """Paragraphs (款) of an article: its own, and those that follow its items; items are none."""
    own = [article, *(clause for clause in _below(clauses, article) if not clause.marker)]
    return sum(len([line for line in clause.text.split("\n") if line.strip()]) for clause in own)


def _item(clause: Clause) -> int | None:
    match = _ITEM.match(clause.marker.strip())
    return to_int(match["number"]) if match else None
