"""Names of public bodies in one form: 省商务厅 in a document of 贵州 is 贵州省商务厅, 发改委 is 发展改革委.

Short names follow the usage of the State Council's list of bodies (国务院机构简称); what cannot be told from the
document stays as written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.divisions import MUNICIPALITIES, prefectures, provinces, signs
from index.records import Clause, Metadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Where a document comes from.

    Attributes:
        province: full name (贵州省), None where it is of the centre or cannot be told.
        city: full name of the city, prefecture or municipality (贵阳市), None where it is of no city.
        county: full name of the county, district or banner (象州县).
        issuer: the issuing body as the document names it.
        central: True for a document of the State Council or of a central body.
    """

    province: str | None = None
    city: str | None = None
    county: str | None = None
    issuer: str | None = None
    central: bool = False


# the usual short form: its other spellings
_SPELLINGS = """
发展改革委: 发改委 发展和改革委员会 发展改革委员会 | 发展改革局: 发改局 发展和改革局
经济和信息化委: 经信委 经济信息委 经济和信息化委员会 | 经济和信息化厅: 经信厅 | 经济和信息化局: 经信局
工业和信息化部: 工信部 | 工业和信息化厅: 工信厅 | 工业和信息化局: 工信局
人力资源社会保障: 人力资源和社会保障 人力社保 | 人力资源社会保障部: 人社部 | 人力资源社会保障厅: 人社厅
人力资源社会保障局: 人社局 | 住房城乡建设: 住房和城乡建设 | 住房城乡建设部: 住建部 | 住房城乡建设厅: 住建厅
住房城乡建设局: 住建局 | 住房城乡建设委: 住建委 住房城乡建委 | 卫生健康委: 卫健委 卫生健康委员会 | 卫生健康局: 卫健局
文化和旅游部: 文旅部 | 文化和旅游厅: 文旅厅 文化旅游厅 | 文化和旅游局: 文旅局 文化旅游局
市场监管局: 市监局 市场监督管理局 | 市场监管总局: 市场监督管理总局 | 药监局: 药品监督管理局
自然资源和规划局: 自规局 | 国资委: 国有资产监督管理委员会 | 商务委: 商务委员会 | 农业农村委: 农业农村委员会
教委: 教育委员会 | 科技局: 科学技术局 | 科技厅: 科学技术厅 | 医保局: 医疗保障局 | 应急厅: 应急管理厅
应急局: 应急管理局 | 金融监管局: 地方金融监督管理局 地方金融监管局
"""
_CENTRAL = (
    "发展改革委|卫生健康委|民委|能源局|邮政局|铁路局|文物局|中医药局|药监局|知识产权局|粮食和储备局|林草局|外汇局|信访局|医保局|"
    "数据局|疾控局|统计局|税务总局|广电总局|矿山安监局|移民局|国防科工局|烟草局|民航局"
)
# 各区（市、县）政府 | 有关部门 | 开发区管委会 | 各成员单位: names of many
_MANY = re.compile(
    r"^(?:各|有关|相关|所在|全[省市县区]|其他|试点|涉及|属地|开发区)|^[省市区县州][级直内属有相各]|部门$"
)
# 省局行政审批处 | 市局人事科: a part of the issuer itself
_OWN_PART = re.compile(r"^[省市区县州](?P<kind>[局厅])(?P<part>.{2,})$")
# 团省委 | 团市委
_YOUTH = re.compile(r"^团(?P<level>省|市|州|县|区|旗)委")
_LEVEL = re.compile(r"^(?P<level>省|自治区|市|州|县|区|旗)(?=[\u4e00-\u9fff“])")
_NOT_LEVEL = re.compile(r"^(?:市场|区域|市政|州际|旗下|区块|县域)(?!府)")
_GOVERNMENT = re.compile(r"(?<=[省市县区州旗盟乡镇])政府")
_COUNTY_ISSUER = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{1,10}?(?:自治县|特区|林区|县|区|旗|市))(?=人民政府|政府|委|人大|党委|办公|[\u4e00-\u9fff]{2,12}(?:局|委|办|中心))"
)
_COUNTY_TITLE = re.compile(r"(?P<name>(?![全各]|我)[\u4e00-\u9fff]{1,6}?(?:自治县|县|旗))(?![域级城区])")
_CENTRAL_ISSUER = re.compile(
    r"^(?:国务院|中共中央|全国|国家|中华人民共和国|最高人民|中央|[\u4e00-\u9fff]{2,10}部(?:$|、|办公厅))"
)


def place_of(metadata: Metadata, clauses: Sequence[Clause] = ()) -> Context:
    """Where a document comes from: by its issuer, else its title, its number's first sign, its head and signature.

    Args:
        metadata: of the document.
        clauses: of the document; head and signature are read where the metadata do not tell.
    """
    issuer = metadata.issuer
    if issuer and _CENTRAL_ISSUER.match(issuer):
        return Context(issuer=issuer, central=True)
    fixed = "\n".join(clause.text for clause in clauses if clause.kind in ("head", "signature"))
    province = city = None
    for text in (issuer, metadata.title, fixed):
        found_province, found_city = _named(text or "")
        city = city or found_city if not province or province == found_province else city
        province = province or found_province
    if province is None and metadata.number:
        province = signs().get(metadata.number[0])
    texts = (text for text in (issuer, metadata.title, *fixed.split("\n")) if text)
    county = next((name for text in texts if (name := _county(text.strip(), province, city))), None)
    if county is not None and (province is None or city is None):
        province, city = _around(county, province, city, clauses)
    return Context(province=province, city=city, county=county, issuer=issuer)


def normal_body(unit: str, context: Context) -> str:
    """The one form of a body's name in its document; lists such as ``各区（市、县）政府`` stay as written.

    Args:
        unit: a single body as written.
        context: from :func:`place_of`.
    """
    name = re.sub(r"\s+", "", unit)
    if _MANY.search(name):
        return name
    own = _OWN_PART.match(name)
    if own is not None and context.issuer and context.issuer.endswith(own["kind"]):
        return _usual(context.issuer + own["part"])
    name = _usual(name)
    name = _YOUTH.sub(lambda match: f"共青团{_place(match['level'], context) or match['level']}委", name)
    level = _LEVEL.match(name)
    if level is not None and not _NOT_LEVEL.match(name):
        place = _place(level["level"], context)
        name = place + name[level.end() :] if place else name
    elif context.central and re.fullmatch(_CENTRAL, name):
        name = f"国家{name}"
    return _GOVERNMENT.sub("人民政府", name)


def _usual(name: str) -> str:
    for spelling, usual in _spellings():
        name = name.replace(spelling, usual)
    return name


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    """Other spelling -> usual one, longer ones first."""
    found: list[tuple[str, str]] = []
    for entry in re.split(r"\||\n", _SPELLINGS.strip()):
        usual, _, others = entry.partition(":")
        found.extend((other, usual.strip()) for other in others.split())
    return tuple(sorted(found, key=lambda pair: -len(pair[0])))


def _place(level: str, context: Context) -> str | None:
    if level in ("省", "自治区"):
        return context.province if (context.province or "").endswith(level) else None
    if level in ("市", "州"):
        city = context.city
        if city is None and context.county and context.county.endswith(level):
            city = context.county
        return city if city and (city.endswith(level) or level == "州") else None
    return context.county if context.county and context.county.endswith(level) else None


def _named(text: str) -> tuple[str | None, str | None]:
    """Province and city that a text names first."""
    province = min(
        ((text.find(name), full) for name, full in provinces().items() if name == full and name in text), default=None
    )
    city = min(((text.find(name), *pair) for name, pair in prefectures().items() if name in text), default=None)
    if province and province[1] in MUNICIPALITIES:
        return province[1], province[1]
    if city and (province is None or city[2] == province[1]):
        return city[2], city[1]
    return (province[1] if province else None), None


def _county(text: str, province: str | None, city: str | None) -> str | None:
    for known in (province, city):
        if known:
            text = text.replace(known, "")
    match = _COUNTY_ISSUER.match(text) or _COUNTY_TITLE.match(text)
    return match["name"] if match and match["name"] not in prefectures() and len(match["name"]) > 1 else None


def _around(
    county: str, province: str | None, city: str | None, clauses: Sequence[Clause]
) -> tuple[str | None, str | None]:
    """Province and city in words such as 来宾市象州县, anywhere in the document."""
    text = "\n".join(clause.text for clause in clauses)
    for name, (full, of) in prefectures().items():
        if f"{name}{county}" in text:
            return province or of, city or full
    return province, city
