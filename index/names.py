"""Names of documents in a text: 《titles》, acts named without brackets (刑法第三十条), 本办法, spoken forms."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A name as it stands in a text.

    Attributes:
        title: the name, without 《》.
        start: where it begins, brackets included.
        end: where it ends.
    """

    title: str
    start: int
    end: int


_SORTS = (
    "条例|办法|规定|细则|规则|决定|解释|意见|通知|方案|措施|规程|准则|章程|公约|纲要|规划|标准|指南|预案|清单|政策|公告|通告|批复|制度|"
    "目录|修正案|计划|要点|规范|指引|导则|合同|协议|大纲|函|令|编"
)
# 本法第三条 | 本实施细则第五条 | 该条例第七条 | 同法第九条；not: 基本法 | 版本条例
_SELF = re.compile(
    rf"(?:(?<![基版文成])(?:本|该|上述)\s*(?:《?(?:[一-龥]{{0,6}}?)(?:法|{_SORTS})》?)|(?<![共合会不相一陪等])同(?:法|条例|办法|规定))\s*(?:[（(][^（）()]{{1,20}}[）)])?\s*(?:中的|中|的)?\s*$"
)
_GENERIC = re.compile(
    r"(?:有关|相关|上述|该|其他|其|此|各项|各|这些|等|下列|具体|以上|前述|不同|多部|一部|单行|另行|任何|另|及其|与其|的|了|中)*"
)
# what stands before the name of an act in the same sentence
_BEFORE = re.compile(
    r".*(?:依照|按照|根据|依据|遵照|违反|适用(?!法)|触犯|参照|符合|构成|执行|援引|遵守|落实|贯彻|实施(?!条例|细则|办法|规定|意见|方案)|"
    r"第[一二三四五六七八九十百零]+条|涉及|属于|关于|对于|结合|以及|或者|并且|应当|可以|不得|我国|现行|(?:修[正订改]|施行|公布|生效|实施)[前后]的?|修改|规定的?(?!第)|考虑|参考|"
    r"对照|引用|认为|认定|针对|具有|实现|制定|公布|发布|通过|原则|以下|优先|同时|不是|就是|作为|所称的?|包括|除了|"
    r"(?<!共)和(?!国|地方|自然|谐|乡镇|个人)|(?<![国公私所])有|自(?![然治贸由])|对(?!外)|就(?!业)|犯(?!罪)|比(?!例)|从(?!业)|(?<!自)由|"
    r"[以按与及或在将即除因是受如指为])"
)
_ACT_END = re.compile(r"(?:法典|法|宪法|条例|规则|规定|办法|细则|解释|公约|协定)$")
_NOT_ACT = re.compile(
    r"(?:办|方|做|合|非|违|(?<!公)司|执|立|依|看|(?<!适)用|想|语|手|普|本|该|犯|枉|不|旧|新|疗|设|书|"
    r"国内|国际|上位|下位|实体|程序|民商|行政|地方性|一种)法$|^[一-龥]$|^(?:有关|相关|原|暂行|试行|实施|管理|具体|补充)?"
    r"(?:条例|规则|规定|办法|细则|解释|公约|协定)$|法律$"
)
_HAN_RUN = re.compile(r"[一-龥]+$")
_LONGEST_NAME = 30
# a whole act named without place: only behind such verbs, or where the name is beyond doubt
_BARE = re.compile(
    r"(?:依照|按照|根据|依据|遵照|违反|适用|参照|遵守|执行|触犯|援引|贯彻)(?P<name>[一-龥]{1,28}?(?:法典|诉讼法|法|条例))"
    r"(?=的?(?:有关|相关)?(?:规定|要求|条款)|的|关于|、|，|和|及|或|与|以|等|。|；|追究|处|制定|第)"
    r"|(?<![一-龥])(?P<sure>民法典|刑法|宪法|刑事诉讼法|民事诉讼法|行政诉讼法)(?=的?(?:有关|相关)?规定|施行|实施|修正案|、|，)"
    r"|(?<!适用)(?P<code>民法典)(?!第)"
    r"|(?<![一-龥])(?P<began>[一-龥]{2,20}法)(?=施行[前后之日])"
)
_CHINA = "中华人民共和国"
# 宪法、民族区域自治法及其他法律
_CHAINED = re.compile(
    r"(?:、|和|及|以及|或者|与)(?P<name>[一-龥]{1,30}?(?:法典|法|条例))(?=的|、|，|和|及|或|与|以|等|。|；|规定)"
)
# 国发2号文 | 新国发2号文件 | 中央一号文件 | 国办发33号文；not: 4号文件柜
_SPOKEN = re.compile(
    r"(?P<token>新?(?:国发|国办发|国办函|国函|中发|中办发|厅字|中央|财税|银发|[一-龥]?府发|[一-龥]?府办发|[一-龥]?政发|[一-龥]?政办发|[省市县]委))"
    r"\s*第?\s*(?P<serial>[0-9０-９]{1,4}|[一二三四五六七八九十百]{1,5})\s*号\s*文件?(?!柜|夹|袋)"
)
# “国十条” | “新国九条” | 黔“18条”: a nickname that ends with 条
_NICK = re.compile(r"“(?P<nick>[新老旧]?国[一二三四五六七八九十0-9]{1,3}条)”")
_FORM = re.compile(
    r"(?:证|证书|执照|许可证|日报|晚报|时报|早报|周刊|杂志|新闻联播|表|登记表|申请书|通知书|决定书|告知书|承诺书|责任书|意见书|报告书|"
    r"报告表|登记卡|合同书|协议书|委托书|任务书|申报书|建议书|判决书|裁定书|调解书|笔录|册|卡|票|图|签|合同|(?<![清名])单)$"
)
_NOT_DOCUMENT_AFTER = re.compile(
    r"\s*(?:课程|一书|杂志|期刊|专栏|栏目|节目|报|表格|样本|证书|教材|等?歌曲|影片|原件|复印件|格式)"
)

_FORM_BEFORE = re.compile(r"(?:填写|填报|出具|核发|领取|换发|颁发|取得|持有|填制|打印)$")


def find_titles(text: str) -> list[Name]:
    """What stands in 《》, outermost ones only, in order; a title that never closes is left out."""
    found: list[Name] = []
    start = text.find("《")
    while start >= 0:
        end = _title_end(text, start)
        if end is None:
            start = text.find("《", start + 1)
            continue
        inside = re.sub(r"\s*\n\s*", "", text[start + 1 : end - 1]).strip()
        if inside:
            found.append(Name(title=plain_title(inside), start=start, end=end))
        start = text.find("《", end)
    return found


def _title_end(text: str, start: int) -> int | None:
    depth = 0
    for index in range(start, min(len(text), start + 260)):
        if text[index] == "《":
            depth += 1
        elif text[index] == "》":
            depth -= 1
            if depth == 0:
                return index + 1
            # 《关于印发《某办法》的通知》 closes twice; 《甲〈乙》 only once
        elif text[index] in "。；" and depth == 1 and index - start > 120:
            break
    close = text.find("》", start)
    return close + 1 if 0 < close - start < 200 else None


def plain_title(title: str) -> str:
    """A title in one spelling: inner 《》 as 〈〉, round brackets full width, no blanks beside Han characters."""
    title = re.sub(r"[《<＜‹]", "〈", title)
    title = re.sub(r"[》>＞›]", "〉", title)
    title = title.replace("(", "（").replace(")", "）")
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", title).strip()


def is_document_title(title: str) -> bool:
    """Whether 《…》 names a document: not a certificate, a form or a newspaper."""
    return len(title) >= 2 and _FORM.search(title.rstrip("）)")) is None


def is_something_else(text: str, start: int, end: int) -> bool:
    """Whether the words around 《…》 say that it is none of a document: 《红色文化》课程, 出具《材料收取清单》."""
    before = text[max(0, start - 4) : start]
    return _NOT_DOCUMENT_AFTER.match(text, end) is not None or _FORM_BEFORE.search(before) is not None


def self_before(text: str, at: int) -> Name | None:
    """本法, 本办法, 该条例 right before ``at``."""
    match = _SELF.search(text, max(0, at - 40), at)
    if match is None:
        return None
    start = match.start()
    return Name(title=match[0].strip(), start=start, end=at)


def bare_name(text: str, at: int) -> Name | None:
    """An act named without brackets that ends at ``at``: 刑法, 中华人民共和国公司法; its words before are cut off."""
    window = text[max(0, at - 60) : at]
    body = re.sub(r"(?:的|中的|中|（[^（）]{1,25}）|\([^()]{1,25}\))$", "", window)
    run = _HAN_RUN.search(body)
    if run is None or not _ACT_END.search(body):
        return None
    name = _trim(run[0])
    if not 2 <= len(name) <= _LONGEST_NAME or _NOT_ACT.search(name):
        return None
    end = at - len(window) + len(body)
    return Name(title=name, start=end - len(name), end=at)


def _trim(run: str) -> str:
    china = run.rfind(_CHINA)
    if china >= 0:
        return run[china:]
    cut = _BEFORE.sub("", run)
    generic = _GENERIC.match(cut)
    return cut[generic.end() :] if generic and generic.end() < len(cut) else cut


def find_bare_names(text: str, shorts: tuple[str, ...] = ()) -> list[Name]:
    """Acts named as a whole without brackets: 依照刑法的有关规定, 根据宪法，; and short forms of the document."""
    found: list[Name] = []
    for match in _BARE.finditer(text):
        group = match.lastgroup or "name"
        name = match[group]
        if group == "name":
            name = _trim(name)
        if len(name) >= 2 and not _NOT_ACT.search(name) and not name.startswith(("本", "该", "有关", "相关")):
            end = match.end(group)
            found.append(Name(title=name, start=end - len(name), end=end))
            while chained := _CHAINED.match(text, end):
                end = chained.end("name")
                if not _NOT_ACT.search(chained["name"]) and not chained["name"].startswith(("本", "其他", "有关")):
                    found.append(Name(title=chained["name"], start=chained.start("name"), end=end))
    for short in shorts:
        if len(short) >= 2:
            pattern = rf"(?:依照|按照|根据|依据|违反|适用|参照|符合){re.escape(short)}"
            for match in re.finditer(pattern, text):
                found.append(Name(title=short, start=match.end() - len(short), end=match.end()))
    return found


def find_short_names(text: str) -> list[Name]:
    """Spoken forms: 国发2号文 as ``国发2号``, 中央一号文件 as ``中央1号``, “国十条” as it is."""
    from index.numerals import to_int

    found = []
    for match in _SPOKEN.finditer(text):
        found.append(Name(title=f"{match['token']}{to_int(match['serial'])}号", start=match.start(), end=match.end()))
    for match in _NICK.finditer(text):
        found.append(Name(title=match["nick"], start=match.start(), end=match.end()))
    return found
