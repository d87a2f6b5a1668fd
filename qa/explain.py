"""Why a clause stands where it stands, in words: what raised and lowered its score, and what the lexicon added."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.pipeline import Pipeline, Search
from qa.rank import ADDRESS, DEFINED, DUTY, NAMED, Ranking, reasons
from qa.records import Hit

_MOST = 6
_LEAST = 0.05
"""Smaller effects, in log odds, are left out: they move nothing."""
_BY_HAND = {"named": NAMED, "address": ADDRESS, "unit_duty": DUTY, "defined": DEFINED}

NAMES = {
    "named": "点名的文件",
    "address": "点名的条款",
    "unit_duty": "所问单位的职责",
    "defined": "说明所问的是什么",
    "lexical_share": "词语检索得分",
    "lexical_reciprocal": "词语检索名次",
    "lexical_log_rank": "词语检索名次（对数）",
    "dense": "语义相近",
    "dense_behind": "语义落后于最近的一条",
    "dense_ahead": "语义领先于其他各条",
    "dense_reciprocal": "语义检索名次",
    "dense_log_rank": "语义检索名次（对数）",
    "sum": "词语与语义之和",
    "cover_text": "正文含有问题的词",
    "cover_sentence": "一句话里含有问题的词",
    "cover_heading": "标题含有问题的词",
    "cover_window": "相邻两句含有问题的词",
    "cover_document": "文件名含有问题的词",
    "cover_behind": "含有问题的词少于最好的一条",
    "document_behind": "文件名比别的文件少含问题的词",
    "soft_gain": "靠公文说法才对上的词",
    "rare_text": "含有问题里少见的词",
    "weightiest_1": "含有问题里最要紧的词",
    "weightiest_2": "含有问题里第二要紧的词",
    "weightiest_3": "含有问题里第三要紧的词",
    "heaviest_missing": "缺少问题里要紧的词",
    "pairs_sentence": "一句话里相邻两字相同",
    "pairs_heading": "标题里相邻两字相同",
    "longest_run": "连续相同的字数",
    "cover_union": "正文、标题或文件名含有问题的词",
    "soft_text": "正文含有问题的词或对应的公文说法",
    "soft_sentence": "一句话里含有问题的词或对应的公文说法",
    "soft_union": "正文、标题或文件名含有问题的词或对应的公文说法",
    "pairs_text": "相邻两字相同",
    "run_share": "连续相同的字",
    "near_sentence": "一句话里有近义的词",
    "near_window": "相邻两句里有近义的词",
    "near_text": "正文里有近义的词",
    "near_union": "正文、标题或文件名里有近义的词",
    "near_focus": "紧挨疑问词的词有近义的词",
    "near_behind": "近义的词少于最好的一条",
    "near_heading": "标题里有近义的词",
    "near_clear": "意思很近的词",
    "near_above": "近义的词多于一般条款",
    "meaning_sentence": "一句话的意思相近",
    "meaning_sentence_behind": "一句话的意思不如最近的一条",
    "meaning_sentence_under": "一句话连同标题的意思相近",
    "meaning_sentence_under_behind": "一句话连同标题的意思不如最近的一条",
    "meaning_window": "相邻两句的意思相近",
    "meaning_window_behind": "相邻两句的意思不如最近的一条",
    "meaning_window_under": "相邻两句连同标题的意思相近",
    "meaning_window_under_behind": "相邻两句连同标题的意思不如最近的一条",
    "meaning_half_under": "一句话和标题的意思合起来相近",
    "meaning_heading": "标题的意思相近",
    "quantity_sentence": "这句话里有所问的数量",
    "quantity_text": "条款里有所问的数量",
    "figure_sentence": "这句话里有数字",
    "figure_text": "条款里有数字",
    "numbers": "问题里的数字",
    "focus_sentence": "紧挨疑问词的词出现在一句话里",
    "focus_text": "紧挨疑问词的词出现在条款里",
    "focus_quantity": "所问的事和数量在同一句话里",
    "focus_lacks": "提到所问的事却没有数量",
    "focus_close": "所问的事和数量靠得近",
    "place": "地名一致或矛盾",
    "year": "年份一致或矛盾",
    "document_year": "文件的年份",
    "document_type": "文种",
    "who_duties": "问由谁负责，条款列有责任单位",
    "who_dutiful": "问由谁负责，条款讲到职责",
    "defines": "问是什么，条款下了定义",
    "when_dated": "问时间，条款有日期",
    "penalty": "问处罚，条款讲到处罚",
    "rules": "问能不能、怎么办，条款有规定",
    "is_head": "是文件头部",
    "is_preamble": "是前言",
    "is_closing": "是结尾",
    "is_signature": "是落款",
    "log_length": "条款的长短",
    "heading_only": "只有标题",
    "level": "条款的层级",
    "document_sum": "同一文件的其他条款也相关",
    "document_sum_behind": "别的文件更相关",
}
"""Chinese names of what the order rests on; a name that is missing here is shown as it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """One reason: its feature, that in words, and by how much it moved the log odds against the average candidate."""

    feature: str
    name: str
    effect: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Expansion:
    """An everyday expression of the question and the official words searched for besides."""

    everyday: str
    official: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HitExplanation:
    """Why one hit stands where it does; the greatest effects first."""

    rank: int
    clause: str
    raised: tuple[Effect, ...]
    lowered: tuple[Effect, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a search found what it found.

    Attributes:
        expansions: what the lexicon added to the question.
        answerable: how likely the question is answered at all, 0 to 1; None where nothing was found.
        hits: parallel to the hits explained.
        cross_encoder: whether a cross-encoder put the first clauses in its own order after these scores.
    """

    expansions: tuple[Expansion, ...]
    answerable: float | None
    hits: tuple[HitExplanation, ...]
    cross_encoder: bool


def explain(search: Search, pipeline: Pipeline, hits: Sequence[Hit]) -> Explanation:
    """The explanation of some hits of a search."""
    ranking = search.ranking
    if ranking is None:
        return Explanation(expansions=(), answerable=None, hits=(), cross_encoder=False)
    folded = ranking.query.folded
    places = {passage.key: place for place, passage in enumerate(ranking.passages)}
    return Explanation(
        expansions=tuple(
            Expansion(everyday=folded[found.start : found.end], official=found.official)
            for found in pipeline.lexicon.concepts(folded)
        ),
        answerable=ranking.answerable,
        hits=tuple(_hit(ranking, places.get(hit.key), hit, pipeline) for hit in hits),
        cross_encoder=pipeline.cross is not None,
    )


def _hit(ranking: Ranking, place: int | None, hit: Hit, pipeline: Pipeline) -> HitExplanation:
    """Reasons of one hit; none for one that was not ranked but looked up (a fact of a document)."""
    effects = _effects(ranking, place, pipeline) if place is not None else []
    effects = sorted((one for one in effects if abs(one.effect) >= _LEAST), key=lambda one: -abs(one.effect))
    return HitExplanation(
        rank=hit.rank,
        clause=hit.clause.id,
        raised=tuple(one for one in effects if one.effect > 0)[:_MOST],
        lowered=tuple(one for one in effects if one.effect < 0)[:_MOST],
    )


def _effects(ranking: Ranking, place: int, pipeline: Pipeline) -> list[Effect]:
    found = reasons(ranking, place, pipeline.model)
    for name, weight in _BY_HAND.items():
        if name in ranking.sheet.names and name not in pipeline.model.names:
            column = ranking.sheet.values[:, ranking.sheet.names.index(name)]
            found.append((name, float(weight * (column[place] - column.mean()))))
    return [Effect(feature=name, name=NAMES.get(name, name), effect=effect) for name, effect in found]
