"""Metadata that web pages keep beside the text: labels and values in cells or in one line."""

import re
from collections.abc import Sequence

# Labels as government sites write them; blanks between the characters are allowed anywhere.
_NAMES = """
索引号 信息索引号 文号 发文字号 发文文号 文件编号 发布机构 发布单位 发布部门 发文机关 发文单位
发文机构 制发机关 公开责任部门 责任部门 信息来源 文章来源 来源 成文日期 生成日期 生成时间
发文日期 发文时间 公开日期 发布日期 发布时间 印发日期 更新时间 更新日期 实施日期 生效日期
施行日期 失效日期 废止日期 终止日期 名称 文件名称 标题 信息名称 主题词 关键词 关键字 主题分类
主题类别 所属主题 信息分类 分类 体裁分类 组配分类 公文种类 服务对象 有效性 是否有效 效力状态
文件状态 时效性 时效 公开方式 公开范围 公开时限 公开程序 公开属性 公开形式 统一登记号
规范性文件编号 登记号 信息有效性 作者 编辑 责任编辑 浏览次数 访问次数 访问量 点击数 点击量
阅读次数 字体 字号
"""
# Counters, switches and people of the site, not of the document.
_OF_THE_SITE = "浏览次数 访问次数 访问量 点击数 点击量 阅读次数 字体 字号 作者 编辑 责任编辑 分类"
# 来源 and the like are ordinary words: alone they prove no table of metadata.
_ORDINARY = "来源 名称 标题 时效 体裁分类 服务对象 责任部门 登记号"
_LABELS = sorted(_NAMES.split(), key=len, reverse=True)
_WORTHLESS = frozenset(_OF_THE_SITE.split())
_WEAK = _WORTHLESS | frozenset(_ORDINARY.split())
_BLANK = "[ \t\u00a0\u2002\u2003\u3000]*"
_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[\s|｜\[【（(：:]))(?P<label>"
    + "|".join(_BLANK.join(label) for label in _LABELS)
    + rf"){_BLANK}[：:︰]"
)
_ALONE = re.compile("|".join(f"(?:{_BLANK.join(label)})" for label in _LABELS))
_EMPTY = frozenset({"", "无", "—", "-", "--", "暂无", "/", "｜", "|"})


def pairs(cells: Sequence[str], *, loose: bool = False) -> list[str] | None:
    """Lines ``标签：值`` of a run of cells (or of one line), in order.

    Labels lose their blanks; pairs without a value and counters of the site are left out.

    Args:
        cells: the texts of neighbouring cells, a label and its value in one cell or in two.
        loose: accept one label, and labels that are ordinary words, as is right beside a document, not in it.

    Returns:
        None where the cells hold no metadata, that is fewer than two known labels of which one is unmistakable.
    """
    joined = "\n".join(_with_colon(cell) for cell in cells if cell.strip())
    found = list(_LABEL.finditer(joined))
    labels = [re.sub(r"\s", "", match["label"]) for match in found]
    if not labels or (not loose and (len(labels) < 2 or all(label in _WEAK for label in labels))):
        return None
    lines = []
    ends = [match.start() for match in found[1:]] + [len(joined)]
    for match, label, end in zip(found, labels, ends, strict=True):
        value = " ".join(joined[match.end() : end].split()).strip(" 　[]【】|｜")
        if label not in _WORTHLESS and value not in _EMPTY:
            lines.append(f"{label}：{value}")
    before = " ".join(joined[: found[0].start()].split())
    return ([before] if before else []) + lines


def label_of(line: str) -> str | None:
    """The known label that a line begins with, without blanks; None where there is none."""
    found = _LABEL.match(line)
    return re.sub(r"\s", "", found["label"]) if found else None


def is_bare_label(line: str) -> bool:
    """True for a known label with nothing behind it."""
    found = _LABEL.match(line)
    return found is not None and not line[found.end() :].strip()


def _with_colon(cell: str) -> str:
    stripped = cell.strip()
    return stripped + "：" if _ALONE.fullmatch(stripped) else stripped
