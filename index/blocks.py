"""What a single paragraph looks like: title, number, addressee, signing body, date, note, colophon, annex head.

Each test reads one paragraph; where it stands decides what it is (see :mod:`index.layout`). After GB/T 9704—2012.
"""

import re
import unicodedata

from index.docnumber import find_numbers
from index.grammar import HAN, read_mark
from index.numerals import find_dates, to_int
from index.records import Span

_B = r"[\s\u3000]*"
KIND_WORDS = (
    "通知|意见|决定|决议|公告|通告|通报|公报|批复|复函|函|答复|报告|请示|议案|纪要|方案|办法|规定|细则|条例|规则|规范|规划|纲要|"
    "计划|预案|要点|措施|举措|清单|目录|标准|指南|导则|规程|制度|章程|说明|解读|公示|大纲|名单|解释|意见书|法"
)
TITLE_END = re.compile(rf"(?:{KIND_WORDS})(?:[（(〔\[][^（）()]{{1,30}}[）)〕\]])*$")

# 成文日期：2019年01月27日 | 文　号：赣府厅字〔2020〕14号 | 发布日期: 2021-03-24 来源：贵州日报
_LABELS = (
    "信息索引号|索引号|信息分类|主题分类|组配分类|分类|体裁|文种|发文机关|发文单位|发布机构|发布单位|公开责任部门|信息来源|来源|成文日期|生成日期|"
    "发文日期|公开日期|发布日期|发布时间|印发日期|更新时间|更新日期|公开方式|公开时限|公开范围|公开形式|公开属性|发文字号|发文文号|文号|信息名称|文件名称|"
    "名称|标题|主题词|关键词|有效性|是否有效|效力状态|时效性|时效|有效期|施行日期|实施日期|失效日期|废止日期|作者|浏览次数|点击数|字号|字体|责任编辑|编辑"
)
LABEL = re.compile(
    rf"(?P<label>{'|'.join(_B.join(label) for label in _LABELS.split('|'))}){_B}[：:︰]{_B}(?:[|｜]{_B})?(?P<value>.*)"
)
_MARK_OF_ISSUER = re.compile(rf"[{HAN}、\s]{{2,60}}(?:文件|令|公告)")
_SIGNER = re.compile(rf"签{_B}发{_B}人{_B}[：:]")
_ODD_NUMBER = re.compile(rf"编{_B}号{_B}[：:]{_B}[0-9]{{4,12}}")
_ORDER_NUMBER = re.compile(rf"[（(]?第{_B}[0-9０-９一二三四五六七八九十百〇零]+{_B}号[）)]?")
# 2020年第5号 below 某局公告 | 〔2021〕12号 below 某会议纪要
_YEARLY_NUMBER = re.compile(rf"(?:[0-9０-９]{{4}}年第|[〔\[（(][0-9０-９]{{4}}[〕\]）)]第?){_B}[0-9０-９]{{1,4}}{_B}号")
_ADOPTION = re.compile(r"[（(].*(?:通过|公布|发布|修正|修订|批准|施行|颁布|制定|印发|废止|失效)")
_ADOPTION_END = re.compile(r"第?.{0,12}会议.{0,20}通过.{0,40}[）)]")
_BRACKETED = re.compile(r"[（(〔\[][^。；]{1,60}[）)〕\]]")
_LONGEST_DATE = 40
_ENDS = "。；：！？;:!?…，,、"

_BODY_END = (
    "政府|办公厅|办公室|委员会|管委会|人大常委会|代表大会|国务院|法院|检察院|委|局|厅|部|署|院|会|行|司|社|处|室|中心|集团|公司|总队|支队|队|"
    "协会|学会|联合会|海关|学校|大学|学院|医院|研究所|所|站|组|党组|纪委|工委|党委|省委|市委|县委|区委|军委|政治部|指挥部|街道|乡|镇"
)
_BODIES = re.compile(
    rf"(?:[{HAN}“”（）()〔〕\-—·]{{2,45}}(?:{_BODY_END})(?:[（(][{HAN}]{{2,20}}[）)])?)"
    rf"(?:[\s\u3000、]+[{HAN}“”（）()]{{2,45}}(?:{_BODY_END}))*"
)
_NO_BODY = re.compile(r"关于|印发|转发|批转|推行|执行|实施|《|进行|举行|试行|运行|履行")
# （试行） | 征求意见稿 | （2021—2025年） | （2022年修订）；not: （2020年5月28日…通过）
_SUFFIX = re.compile(
    r"[（(〔\[]?(?:试行|暂行|草案|修订草案|征求意见稿|公开征求意见稿|讨论稿|送审稿|报批稿|修订稿|修订版|修订|第?[一二三四五六七八九十\d]+[期批版]|[一二三四五六七八九十]|"
    r"(?:19|20)\d{2}(?:年)?(?:\s*[-—–－~～至]+\s*(?:19|20)\d{2})?(?:年)?(?:版|本|修订|修正|度|第\d+期)?)[）)〕\]]?"
)
_ADOPTED = re.compile(r".{0,60}(?:通过|批准|公布|修订|修正|审议|第.{1,6}届|届.{0,20}会议)[）)]?")
_PERSON = re.compile(
    rf"(?:代{_B})?(?:省长|市长|州长|县长|区长|总理|国家主席|主席|主任|部长|局长|署长|行长|会长|院长|检察长|厅长|秘书长)"
    rf"(?:{_B}[{HAN}·]{{1,4}}{_B}[{HAN}·]{{0,4}})?"
)
NOTE = re.compile(
    rf"[（(【〔]{_B}(?:此件|本件|本文|此文|附{_B}注|联系人|联系单位|联系电话|联系方式|主动公开|依申请公开|不予公开|公开|有删减|删减|信息公开|公开属性|公开方式)[^（()）]*[^）)】〕]*[）)】〕]?。?"
    rf"|(?:公开属性|信息公开(?:选项|属性|类别)|公开方式|公开类别|附{_B}注)[：:].*|{_B}是否宜公开.*"
)
COLOPHON = re.compile(
    rf"(?:抄{_B}送|抄{_B}报|主{_B}送|分{_B}送|报{_B}送|报|送|发){_B}[：:].*|[（(]?{_B}共{_B}印{_B}[0-9]+{_B}份{_B}[）)]?|印{_B}发"
    rf"|(?:校{_B}对|拟{_B}稿|打{_B}字|印{_B}数)[：:].*"
)
_CONTACT = re.compile(
    rf"(?:联{_B}系{_B}(?:人|电话|方式|单位|地址)|电{_B}话|传{_B}真|邮{_B}箱|电子邮箱|邮{_B}编|通讯地址|地{_B}址)[^：:。]{{0,12}}[：:].*"
)
TAIL = re.compile(
    r"(?:相关(?:解读|文章|链接|文件|附件|政策|新闻)|图解|文字解读|本文政策解读|政策解读|解读|原文链接|文件下载|附件下载|责任编辑|信息来源|来源|编辑|作者|上一篇|下一篇|扫一扫|分享到)"
    r"[：:].*|(?:打印|关闭|返回|扫一扫|上一篇|下一篇|主办(?!单位)|版权所有|网站地图|ICP备|网站标识码).{0,60}"
)
_FILE_NAME = re.compile(
    r".{0,120}\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|jpe?g|png|pptx?|ofd)(?:[（(].{0,20}[）)])?", re.IGNORECASE
)
# 附件 | 附件1 | 附件一： | 附　件3 | 附件1-2 | 附表2；not: 附件：1.甲清单 | 附件1所列
_ANNEX_HEAD = re.compile(
    rf"(?P<word>附{_B}件|附{_B}表|附{_B}录|附(?=[：:]))(?P<mark>{_B}(?:[0-9０-９]{{1,2}}(?:[-—－][0-9]{{1,2}})?|[一二三四五六七八九十]{{1,3}}|[A-Z]))?{_B}[：:.．]?"
)
_ANNEX_TITLED = re.compile(
    rf"附{_B}件{_B}(?P<mark>[0-9０-９一二三四五六七八九十]{{0,3}}){_B}[：:]{_B}(?P<title>[^0-9\s].{{3,60}})"
)
_ANNEX_LIST = re.compile(
    rf"附{_B}(?:件|表|图)?{_B}[0-9０-９一二三四五六七八九十]{{0,3}}{_B}[：:]|附{_B}件{_B}[0-9０-９一二三四五六七八九十]{{1,3}}{_B}[.．、《{HAN}]"
)
_LIST_ITEM = re.compile(
    r"(?:附件)?[0-9０-９]{1,2}(?:[.．、：:\s]|[-—][0-9])|[（(]?[一二三四五六七八九十]{1,3}[）)、.]|[①-⑳⒈-⒛]"
)
_CONTENTS = re.compile(rf"(?:.{{0,60}}(?:批准|通过|日|月|稿）|草案）))?目{_B}[录次]")
_LEADER = re.compile(r"(?:[.．…·•]{3,}|…)\s*[.．…·]*\s*[0-9IVXivx]{0,4}\s*$|\s[0-9]{1,3}$")
_COMMA = re.compile(r"[，,；;。！？]")
_QUOTED = re.compile(r"《[^》]*》|“[^”]*”|〈[^〉]*〉|（[^）]*）|\([^)]*\)")


def plain(text: str) -> str:
    """``text`` without blanks, in half-width digits and letters, for comparison only."""
    return re.sub(r"[\s\u200b]+", "", unicodedata.normalize("NFKC", text))


def is_label(text: str) -> bool:
    """A row of a page's table of metadata: ``成文日期：2019年01月27日``."""
    found = LABEL.match(text)
    return found is not None and len(text) <= 200 and "。" not in found["value"][:-1]


def is_number(text: str) -> bool:
    """A document number alone in its line, or with 签发人 behind it."""
    if len(text) > 80:
        return False
    if (
        _YEARLY_NUMBER.fullmatch(text)
        or _ORDER_NUMBER.fullmatch(text)
        or _ODD_NUMBER.fullmatch(text)
        or _SIGNER.match(text)
    ):
        return True
    body = text[1:-1] if text[:1] in "（(" and text[-1:] in "）)" else text
    numbers = find_numbers(body)
    if not numbers:
        return False
    rest = body[: numbers[0].span.start] + body[numbers[0].span.end :]
    return not rest.strip() or _SIGNER.search(rest) is not None


def titled_number(text: str) -> int:
    """Where the number begins that was glued to a title (``…的通知津市场监管垄〔2021〕5号``), 0 if there is none."""
    numbers = find_numbers(text)
    if not numbers or numbers[-1].span.end != len(text.rstrip()):
        return 0
    start = numbers[-1].span.start
    return start if TITLE_END.search(text[:start].rstrip()) and "关于" in text[:start] else 0


def is_date(text: str) -> bool:
    """A date alone in its line, brackets around it aside, without 印发."""
    if len(text) > _LONGEST_DATE:
        return False
    body = re.sub("(?:前言|目录|序言)$", "", text.strip())  # the next page's heading may be glued to a cover's date
    if len(body) > 2 and body[0] in "（(" and body[-1] in "）)":
        body = body[1:-1].strip()
    dates = find_dates(body)
    return len(dates) == 1 and not dates[0].printed and dates[0].span == Span(start=0, end=len(body))


def has_day(text: str) -> bool:
    """Whether the first date of ``text`` names its day."""
    dates = find_dates(text)
    return bool(dates) and len(dates[0].iso) == 10


def is_printing(text: str) -> bool:
    """The line of the colophon that tells who printed when: ``某局办公室 2024年6月25日印发``."""
    if len(text) > 80 or "。" in text or "，" in text:
        return False
    return any(date.printed for date in find_dates(text))


def is_body(text: str) -> bool:
    """One or several bodies as they sign: ``贵州省人民政府``, ``某局　某委``."""
    if len(text) > 140 or text[-1:] == "。":
        return False
    cleaned = re.sub(r"&\w{2,5};?", "", text).strip()
    if cleaned[:1] in "（(" and cleaned[-1:] in "）)":
        cleaned = cleaned[1:-1]
    if not 2 <= len(cleaned) <= 120 or _NO_BODY.search(cleaned) or read_mark(cleaned):
        return False
    return _BODIES.fullmatch(cleaned) is not None


def is_person(text: str) -> bool:
    """Office and name of who signs an order: ``省长　赵六``."""
    return _PERSON.fullmatch(text.strip()) is not None


def is_issuer_mark(text: str) -> bool:
    """The 发文机关标志: ``某某局文件``, ``某某省人民政府令``, or the body's name alone."""
    if len(text) > 60 or re.search(r"关于|《", text):
        return False
    return (_MARK_OF_ISSUER.fullmatch(text) is not None) or is_body(text)


def is_addressee(text: str) -> bool:
    """The 主送机关: bodies or a person, ending with a colon; ``现将有关事项通知如下：`` is none."""
    body = text.strip()
    if len(body) > 600 or body[-1:] not in "：:" or "。" in body or read_mark(body) or _ANNEX_LIST.match(body):
        return False
    if re.search(
        r"如下|通知|规定|下列|以下|按照|根据|联系|组长|成员|说明|来源|其中|包括[：:]|事项[：:]|内容[：:]|抄送|材料[：:]",
        body,
    ):
        return False
    return bool(
        re.search(
            r"政府|部门|单位|[局委厅部办院署行会司社处室所校][：:、，）)]|公司|企业|中心|代表|委员|同志|乡镇|街道|机构|管委会|国务院|厂|学校|市[：:]|省[：:]|县[：:]|区[：:]",
            body,
        )
    )


def is_annex_list(text: str) -> bool:
    """The first line of the 附件说明: ``附件：1. 甲清单``."""
    return _ANNEX_LIST.match(text) is not None and "。" not in text[:-1]


def is_list_item(text: str) -> bool:
    """A further line of the 附件说明."""
    return len(text) <= 90 and "。" not in text[:-1] and (_LIST_ITEM.match(text) is not None or is_file(text))


def is_file(text: str) -> bool:
    """The name of a file to be downloaded: ``附件1、2.docx``."""
    return _FILE_NAME.fullmatch(text) is not None


def is_contact(text: str) -> bool:
    """``联系电话：0771-2260359``."""
    return len(text) <= 90 and _CONTACT.match(text) is not None and "。" not in text[:-1]


def is_tail(text: str) -> bool:
    """Links and buttons that a page puts under a document."""
    return TAIL.fullmatch(text) is not None


def is_colophon(text: str) -> bool:
    """A line of the 版记."""
    return COLOPHON.fullmatch(text) is not None or is_printing(text)


def is_note(text: str) -> bool:
    """The 附注: ``（此件公开发布）``."""
    return len(text) <= 120 and NOTE.fullmatch(text) is not None


def annex_label(text: str) -> str | None:
    """``附件1`` for the head line of an annex (``附 件 一：``), None for anything else."""
    found = _ANNEX_HEAD.fullmatch(text.strip())
    if found is None:
        return None
    mark = plain(found["mark"] or "")
    number = to_int(mark)
    word = plain(found["word"])
    return ("附件" if word == "附" else word) + (str(number) if number else mark.replace("—", "-"))


def annex_title(text: str) -> str | None:
    """The title behind an annex mark in one line, where an annex begins so: ``附件1：工作任务分工表``."""
    found = _ANNEX_TITLED.fullmatch(text.strip())
    return found["title"] if found and is_title_line(found["title"]) and not is_file(text) else None


def is_contents_head(text: str) -> bool:
    """``目　录``, alone or glued to the line before it."""
    return len(text) <= 70 and _CONTENTS.fullmatch(text) is not None and "《" not in text


def contents_key(text: str) -> str:
    """A line of a contents list without dot leaders and page number, for comparison."""
    return plain(_LEADER.sub("", text)).rstrip(".…·．")


def has_leader(text: str) -> bool:
    """A line that ends with dot leaders or a page number."""
    return re.search(r"[.．…·]{4,}", text) is not None


def is_title_line(text: str) -> bool:
    """A line that can be (part of) a title: short, unpunctuated, no clause."""
    if len(text) > 100 or text[-1:] in _ENDS or read_mark(text) or is_label(text):
        return False
    outside = _QUOTED.sub("", text)
    return _COMMA.search(outside) is None and re.search(f"[{HAN}]", text) is not None and "：" not in outside


def adoption_at(text: str) -> int:
    """Where the adoption note begins that was glued to the end of a title, 0 if there is none."""
    found = re.match(
        rf"(?P<title>[^。；]{{4,150}}?(?:{KIND_WORDS}))(?=[（(].*(?:通过|公布|发布|批准|修订|修正).*[）)]$)", text
    )
    return found.end() if found and is_title_line(found["title"]) else 0


def title_suffix(text: str) -> str | None:
    """``（试行）``, ``征求意见稿``, ``（2021—2025年）`` on a line of its own, in brackets; None for anything else."""
    body = text.strip()
    if len(body) > 30 or _SUFFIX.fullmatch(body) is None or len(plain(body)) < 2 or is_date(body):
        return None
    return body if body[0] in "（(〔[" else f"（{body}）"


def is_adopted(text: str) -> bool:
    """A line without brackets that tells who adopted the document and when: ``2021年1月27日上海市第十五届…批准``."""
    return len(text) <= 80 and bool(find_dates(text)) and _ADOPTED.fullmatch(text) is not None


def is_bracket_line(text: str) -> bool:
    """A line in brackets below a title: adoption note, （试行）, （2021—2025年）."""
    if _ADOPTION.match(text) and len(text) <= 1500 and not is_note(text):
        return True
    if _ADOPTION_END.fullmatch(text):
        return True
    return _BRACKETED.fullmatch(text) is not None and not is_note(text)
