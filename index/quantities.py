"""Units, bounds and numbers as figures are written with them: 万元/亩, 个百分点, 不低于, 以上."""

import re

_KIND_UNITS = {
    "money": "元 美元 欧元 港元 港币 日元 英镑",
    "percent": "% ‰ 个百分点 成",
    "area": "亩 公顷 平方米 平方公里 平方千米 顷",
    "length": "公里 千米 米 厘米 毫米 海里",
    "mass": "吨 公斤 千克 克 吨标准煤 吨标煤 载重吨",
    "volume": "立方米 方 升 毫升",
    "energy": "千瓦 千瓦时 兆瓦 吉瓦 度 伏安 千伏 焦耳 卡",
    "period": "年 个月 天 日 个工作日 小时 分钟 周 周岁 岁 学时 课时 个季度",
}
_COUNTED = (
    "个 家 项 户 名 人 人次 人年 次 倍 条 座 所 处 辆 台 套 件 批 种 类 场 支 位 只 头 张 宗 份 部 间 床 张床位 "
    "标准箱 标箱 班 艘 架 笔 例 期 门 幢 栋 株 棵 站 篇 单 盏 口 尾 羽 块 片 首 册 本 届 户次 班次 架次 车次 台次 "
    "件次 列 孔 根 组 对 股 票 杯 瓶 分 字 页 公里/小时 PB TB GB P 卡"
)
KINDS: dict[str, str] = {unit: kind for kind, units in _KIND_UNITS.items() for unit in units.split()}
"""Plain unit -> kind; units that are not here count things."""

_D = "0-9０-９"
NUMBER = rf"(?:[{_D}]{{1,3}}(?:[,，][{_D}]{{3}})+(?:[.．][{_D}]+)?|[{_D}]+(?:[.．][{_D}]+)?)"
"""A number in digits, with thousands or a decimal fraction."""


def _choice(units: list[str]) -> str:
    return "|".join(re.escape(unit) for unit in sorted(set(units), key=len, reverse=True))


_B = r"[ \t\u3000\xa0\n]*"
_ALL = [*KINDS, *_COUNTED.split(), "％", "㎡", "百分点", "工作日"]
_BY = (
    "亩 年 月 日 天 人 人·月 人次 平方米 ㎡ 立方米 公里 平方公里 小时 千瓦时 户 吨 公斤 家 个 件 次 台 辆 课时 "
    "标准箱 株 头 间"
)
_PER = rf"(?:{_B}[/／]{_B}(?:{_choice(_BY.split())}))*"
_NOT_UNIT = r"(?:人民币|美元)?"
UNIT = rf"(?:(?:[十百千]?[万亿]{{1,2}}|[百千])?{_B}(?:{_choice(_ALL)}){_NOT_UNIT}{_PER}(?![a-zA-Z]))"
"""A unit behind digits, with 万 and 亿 before it and ``/亩`` behind."""

_HAN_UNITS = (
    "元 美元 个月 年 日 天 个工作日 小时 周岁 岁 亩 公顷 平方米 公里 米 吨 "
    "个 家 项 户 名 人 人次 次 倍 条 座 所 处 种 件 份 位"
)
HAN_UNIT = rf"(?:[万亿]{{0,2}}(?:{_choice(_HAN_UNITS.split())}))"
"""A unit behind a Chinese numeral."""

_BOUNDS_BEFORE = {
    "at_least": "不低于 不少于 不小于 不得低于 不得少于 应不低于 最低 至少 ≥ 不短于 最少",
    "at_most": "不超过 不高于 不多于 不大于 不得超过 不得高于 不得多于 最高不超过 最高 最多 至多 ≤ 控制在 不超出",
    "more_than": "超过 突破 高于 多于 大于 超出 ＞ >",
    "less_than": "低于 少于 小于 不足 不到 ＜ <",
    "about": "约 大约 近 将近 约为 接近 ≈ 平均约",
}
_BEFORE_KIND = {word: kind for kind, words in _BOUNDS_BEFORE.items() for word in words.split()}
BEFORE = _choice(list(_BEFORE_KIND))
"""A bound before a figure."""

_AFTER = re.compile(
    rf"{_B}(?:[（(]含[^）)]{{0,8}}[）)])?{_B}(?:(?P<at_least>及?以上|及其以上|起(?=[，。；、）)]))|(?P<at_most>及?以下|以内|之内|内(?!容|部|地|外|陆|设|涵|生)|封顶)|"
    rf"(?P<about>左右|上下|前后)|(?P<more_than>余|多(?=[个家项户名人种]|$)))"
)


# 不低于本校教师总数的5%: the bound stands before what the figure is a share of
_FAR = re.compile(
    rf"(?P<word>{_choice([word for word in _BEFORE_KIND if len(word) > 1 and word[0] in '不超低高多少'])})"
    rf"[^，,。；;：:、\n{_D}]{{1,20}}的?{_B}$"
)


def bound_far(text: str, at: int) -> str | None:
    """The bound named before the words that a figure at ``at`` is a share of; None where there is none."""
    match = _FAR.search(text, max(0, at - 32), at)
    return _BEFORE_KIND[match["word"]] if match else None


def bound_before(word: str) -> str:
    """The bound that a word before a figure sets."""
    return _BEFORE_KIND[word]


def bound_after(text: str, at: int) -> tuple[str | None, int]:
    """The bound named right behind a figure that ends at ``at``, and where its words end; None and ``at`` without."""
    match = _AFTER.match(text, at)
    if match is None or match.lastgroup is None:
        return None, at
    return match.lastgroup, match.end()
