"""Question -> the addresses of clauses and the bodies that it names, in the form in which documents write them.

Both are told by form: markers joined to an address (``二（四）9`` -> ``二、（四）9.``), suffixes of bodies (省…厅).
What could be something else stays out: ``一、二、三等奖``, ``第一条生产线``, ``9个``, ``全部``, ``当局``.
"""

import re

from index.numerals import to_chinese, to_int

_HAN = "〇零一二三四五六七八九十百千两"
_N = rf"[{_HAN}]{{1,7}}|[0-9０-９]{{1,4}}"
# 第九条, 第9条, 第（三）项, 第二部分  --  not 第一条生产线, 第一项任务, 第一节课, 第二章鱼
_NAMED = (
    rf"第\s*[（(]?\s*(?P<named>{_N})\s*[）)]?\s*(?P<unit>分编|编|章|节|条|款|项|目|(?:大)?部分)"
    rf"(?:之(?P<after>[一二三四五六七八九十]{{1,3}})(?![{_HAN}]))?"
    r"(?!生产线|高速|铁路|公路|道路|线路|航线|跑道|隧道|地铁|轨道|街|河|消息|新闻|信息|微信|建议|意见|提案"
    r"|任务|工作|议程|内容|措施是|指标|课|鱼)"
)
# （四）, (四)；not （4） alone, which may be anything; first of an address not 解释（一）, of a title
_BRACKET = r"[（(]\s*(?P<bracket>[一二三四五六七八九十]{1,3})\s*[）)]"
_BRACKET_DIGITS = r"[（(]\s*(?P<bracket_digits>[0-9０-９]{1,2})\s*[）)]"
_TOP = r"(?P<top>[一二三四五六七八九十]{1,3})"
_DOT = r"(?P<dot>[0-9０-９]{1,3})(?:[.．、](?![0-9０-９])|(?![0-9０-９.．%年月日号个家亩元万亿人项次条户倍吨米台]))"
_ONE = r"(?P<one>[一二三四五六七八九十]{1,2})是"
_ANNEX = r"附件\s*(?P<annex>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})(?![0-9０-９个份])"
# 《民法典》15条, 劳动法的39条, 国务院令第706号十二条  --  not 出台30条措施, 规定了3条, 三条
_BARE = (
    rf"(?:(?<=[》〉>”\"])\s*的?\s*(?P<quoted>{_N})|(?<=[法典例定则释案号）)])\s*的?\s*(?P<bare>[0-9０-９]{{1,4}}|[{_HAN}]{{0,4}}[十百][{_HAN}]{{0,4}}))"
    r"\s*条(?![例件款文]|措施|举措|意见|政策|建议|硬)"
)
_GAP = r"[\s的之里中下，,“”\"'‘’]{0,3}"

_FIRST = re.compile(
    rf"(?<![{_HAN}、])(?:{_NAMED}|{_BARE}|{_ANNEX}|(?<![法典例定则释案]){_BRACKET}|{_TOP}(?=、?\s*[（(]\s*[一二三四五六七八九十])、?"
    rf"|(?<=[“\"‘]){_ONE}(?=[”\"’]))"
)
_NEXT = re.compile(rf"{_GAP}(?:{_NAMED}|{_BRACKET}|{_BRACKET_DIGITS}|{_ANNEX})")
_TOP_NEXT = re.compile(rf"{_GAP}{_TOP}(?:、|(?=\s*[（(]\s*[一二三四五六七八九十]))")
_LAST = re.compile(rf"{_GAP}{_ONE}|(?<=[）)、])\s?{_DOT}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")


def addresses(text: str) -> tuple[str, ...]:
    """The addresses of clauses in ``text`` (simplified characters), as paths, in order, each once.

    ``第9条第（三）项`` -> ``第九条（三）``, ``第二部分“三是”`` -> ``二、三是``, ``二（四）9`` -> ``二、（四）9.``.
    """
    found: list[str] = []
    position = 0
    while (match := _FIRST.search(text, position)) is not None:
        steps = [_step(match)]
        position = match.end()
        while (match := _next(text, position)) is not None:
            steps.append(_step(match))
            position = match.end()
        found.append("".join(steps))
    return tuple(dict.fromkeys(path for path in found if path))


def _next(text: str, position: int) -> re.Match[str] | None:
    for pattern in (_NEXT, _TOP_NEXT, _LAST):
        match = pattern.match(text, position)
        if match is not None:
            return match
    return None


def _step(match: re.Match[str]) -> str:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    if "named" in groups:
        return _named(groups["named"], groups["unit"], groups.get("after"))
    for name in ("quoted", "bare"):
        if name in groups:
            return _named(groups[name], "条", None)
    kind, value = next(iter(groups.items()))
    number = to_int(value.translate(_FULL_WIDTH)) or 0
    forms = {
        "bracket": f"（{to_chinese(number)}）",
        "bracket_digits": f"（{number}）",
        "top": f"{to_chinese(number)}、",
        "dot": f"{number}.",
        "one": f"{to_chinese(number)}是",
        "annex": f"附件{number}",
    }
    return forms[kind]


def _named(value: str, unit: str, after: str | None) -> str:
    number = to_int(value.translate(_FULL_WIDTH))
    if not number:
        return ""
    numeral = to_chinese(number)
    if unit.endswith("部分"):
        return f"{numeral}、"
    if unit == "项":
        return f"（{numeral}）"
    return f"第{numeral}{unit}" + (f"之{after}" if after else "")


_FIELDS = (
    "商务|发展(?:和)?改革|发改|工业和信息化|经济和信息化|工信|经信|财政|教育|科学技术|科技|人力资源和?社会保障|人社|自然资源(?:和规划)?|国土资源|规划"
    "|生态环境|环境保护|环保|住房和?城乡建设|住建|交通运输|交通|水利|水务|农业农村|农业|林业(?:和草原)?|文化和?旅游|文旅|卫生健康|卫健|卫生"
    "|应急(?:管理)?|审计|国有资产监督管理|国资|市场监督管理|市场监管|工商(?:行政管理)?|质监|统计|医疗保障|医保|投资促进|投促|招商|大数据(?:发展)?(?:管理)?"
    "|税务|国税|地税|公安|民政|司法|海关|气象|能源|民族宗教|民宗|体育|信访|乡村振兴|扶贫|退役军人事务|退役军人|地方金融(?:监管|监督管理)|金融(?:监管|工作)"
    "|广播电视|新闻出版|知识产权|药品监督管理|药监|食品药品|综合行政执法|城市管理|城管|行政审批(?:服务)?|政务服务(?:管理)?|机关事务|粮食(?:和物资储备)?"
    "|邮政管理|通信管理|消防救援|外事|侨务|台湾事务|妇联|残联|工商联|团|编制|网信|宣传|组织|统战|政法"
)
_OFFICE = "委员会|总局|管理局|办公室|服务中心|厅|局|委办|委|部|署|办"
# 贵阳市, 黔南州  --  not 只由市, 归哪个市
_PLACE = (
    r"(?:(?![由只在的和是归级个从到给对这那等与及把各该问找请跟向去听哪几])[一-龥]){2,3}"
    r"(?:自治区|自治州|自治县|省|市|州|县|区)"
)
_LEVEL = rf"国家|全国|全省|全市|{_PLACE}|省|市|区|县|州"
# 省商务厅, 市自然资源和规划局, 投促局  --  not 当局, 开办, 全部, 哪个厅
_BODY = re.compile(rf"(?:{_LEVEL})?(?:{_FIELDS})(?:{_OFFICE})(?!分|长|门|署|委|会)")
# 贵阳市人民政府, 省政府, 各区（市、县）政府, 开发区管委会, 省直各部门 stays out
_RULING = re.compile(
    rf"(?:各区（市、县）|各市（州）|各县（市、区）|(?:{_LEVEL})|[一-龥]{{2,8}}?(?:开发区|高新区|保税区|新区|园区|经开区|试验区))?"
    r"(?:人民政府|政府|管委会|管理委员会)(?!采购|网|信息|工作|补|投资|性|部门|投|引导|职能|出面|办事)"
)
_HIGH = re.compile(
    r"国务院(?:办公厅)?|(?:最高|[一-龥]{2,3}(?:高级|中级)?)人民(?:法院|检察院)|全国人大(?:常委会)?|省(?:人大|政协)(?:常委会)?|中国人民银行"
)
_LEADING_WORD = re.compile(r"按照|依照|根据|依据|遵照|请问|听说")
_LEADING = re.compile(r"^(?:[由归找问请跟向到去是和与在对从让被])+(?=[一-龥]{2})")


def units(text: str) -> tuple[str, ...]:
    """The bodies named in ``text`` (simplified characters), as written, in order, each once."""
    spans: list[tuple[int, int, str]] = []
    text = _LEADING_WORD.sub("，", text)
    for pattern in (_HIGH, _BODY, _RULING):
        for match in pattern.finditer(text):
            name = _LEADING.sub("", match[0])
            if len(name) < 3 or name in ("人民政府", "管理委员会"):
                continue
            start = match.end() - len(name)
            if all(start >= end or match.end() <= begin for begin, end, _ in spans):
                spans.append((start, match.end(), name))
    return tuple(dict.fromkeys(name for _, _, name in sorted(spans)))
