"""How the names in a report are written for people."""

from qa.questionlog.records import DOORS, ERROR, KINDS
from qa.records import REFUSAL_REASONS

WORDS = {
    **dict(zip(REFUSAL_REASONS, ("没有证据", "与文件无关", "被筛选条件排除", "没有所问的文件"), strict=True)),
    ERROR: "程序出错",
    **KINDS,
    **dict(zip(DOORS, ("命令行", "接口", "网页", "组件"), strict=True)),
}
"""Refusal reasons, kinds of feedback and doors, in Chinese."""


def counted(counts: dict[str, int]) -> str:
    """``{"no_evidence": 3, "error": 1}`` as 没有证据 3，程序出错 1."""
    return "，".join(f"{WORDS[name]} {count}" for name, count in counts.items())
