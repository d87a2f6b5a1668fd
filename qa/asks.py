"""Question -> what kind of answer would satisfy it, told by its words alone.

Each kind is one pattern over the folded question, with an example and a counter-example. A question may be of several
kinds, or of none; the ranker weighs them, so a pattern may be generous. (:mod:`qa.fields` decides alone which part of a
document answers, and is strict for that reason.)
"""

import re
from dataclasses import dataclass

from index.tokens import fold

_WHAT = r"(?:什么|甚么|啥|哪|何)"
# 由哪个部门负责, 该找谁  --  not 谁都可以
WHO = re.compile(
    r"谁(?!都)|责任单位|牵头|主管|责任部门|配合单位|(?:归|由|找|问|跟|向|到|去|靠)(?:的是)?哪|归口"
    rf"|(?:{_WHAT}|几|多少)(?:些|一|两|几|个|家)*(?:省直|市直|有关|具体)?(?:人|部门|单位|机构|机关|厅|局|委|办|科室|处室|政府|组织|企业|公司|领导)"
    r"|负责"
)
# 多少钱, 占几成, 增速是百分之几  --  not 几乎, 好几年了
NUMBER = re.compile(
    r"多少|(?<![好第])几(?![乎何])|百分之|多(?:大|高|长|久|远|宽|重|快|厚|深)|[占成]比|比重|比例|[比税利费汇增]率|增速|标准|上限|下限|最[高低多少长短]|总额|总量|数量|目标|指标"
    r"|规模|不[得少低高]于|面积|金额|次数|人数"
)
# 什么时候, 哪天, 截止  --  not 时候到了
WHEN = re.compile(
    rf"{_WHAT}(?:个)?(?:时候|时间|时|年|月|日|天|号|一年|一天)|几(?:月|号|日|点)|何时|多[久会]|期限|时限|截[止至]|最[晚迟早]|日期|有效期|起始|开始时间"
)
# 啥叫标准地, 包括哪些类型  --  not 什么时候
DEFINITION = re.compile(
    r"(?:什么|啥)(?:叫|是|意思|概念|类型|样)|(?:是|指)(?:的是)?(?:什么|啥|哪|指)|定义|含义|所称|叫什么|叫啥|怎么(?:理解|界定|定义|认定|划分|分)"
    r"|包括(?:哪|什么|啥|几)|包含|(?:分|有)(?:为|成)?(?:哪|几)[些种类个]?|哪[几些]|算(?:不算|是)"
)
# 怎么申请, 流程, 要带什么材料  --  not 怎么理解
PROCEDURE = re.compile(
    r"怎么|怎样|如何|咋|流程|步骤|程序|手续|材料|措施|办法|方式|途径|渠道|机制|做法|条件|要求|哪里办|在哪|去哪|到哪|哪儿|申请|申报"
)
# 能不能, 算不算, …吗  --  a question for yes or no
YES_NO = re.compile(r"吗|嘛|么[?？]?$|(.)不\1|是否|有没有|有无|可否|能否|行不|没有[?？]?$|没[?？]?$|不[?？]?$")
WHY = re.compile(r"为什么|为啥|为何|原因|凭什么|怎么回事|目的")
PENALTY = re.compile(r"罚|处分|追究|坐牢|判|违法|犯法|后果|责任(?!单位|部门)|赔")

# 几 that counts nothing asked for: 第几条, 好几年了, 这几年, 没几个人, 跑了几家, 超期几天
_FEW = r"(?<![第好这那没近前后上头跑了剩隔拖过期哪])几(?![乎何])"
_HOW_MANY = rf"(?:多少|{_FEW})"
_MONEY = r"(?:元|块|万|亿)"
_SUM = (
    r"(?:租金|工资|薪水|月薪|年薪|资金|金额|总额|产值|投资额?|罚款|额度|价格|费用|收费|奖金|奖励|补助|补贴|补偿|津贴|保证金"
    r"|安家费|利润|收入|成本|规模)"
)
_CLASSIFIER = r"家个人名亩户件份条项所张座次批届台辆套种类倍间栋平公吨千度级岁位支趟处艘架头只株场门篇本册段步层档等"
_UNIT_BY_QUESTION: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "percent",
        # 增速是百分之几, 占比  --  not 比例上限由谁定
        re.compile(
            rf"百分之几|{_HOW_MANY}(?:%|个百分点|个?点|成)|[占多]?几成|%$|(?:占比|比重|比例|率|增速|幅度)(?:$|[是为要达到在约]{{0,3}}{_HOW_MANY}|多[大高])"
            r"|(?:增长|涨|降|下降|提高)(?:了)?(?:多少|几)|多[大高]的?(?:比重|比例|占比|幅度)"
        ),
        re.compile(r"\d[\d.]*\s*[%‰]|百分之|[一二三四五六七八九十]成|个百分点|\d倍|翻番|翻一番"),
    ),
    (
        "dollar",
        re.compile(rf"{_HOW_MANY}[万亿]*(?:美元|美金)|(?:美元|美金).{{0,4}}{_HOW_MANY}"),
        re.compile(r"\d\s*[万亿]*(?:美元|美金)"),
    ),
    (
        "money",
        # 罚多少, 租金每月多少, 罚款标准  --  not 工资被扣了税, 价格谁来定
        re.compile(
            rf"多少{_MONEY}|多少钱|{_FEW}{_MONEY}|{_SUM}(?:标准|上限|下限|有多)|{_SUM}[^，,。？?]{{0,8}}{_HOW_MANY}|{_HOW_MANY}[^，,。？?]{{0,4}}{_SUM}"
            rf"|[罚补奖赔领拿给花交缴][^，,。？?]{{0,3}}多少(?![家个人名天日年月])|多大[^，,。？?]{{0,3}}{_SUM}"
        ),
        re.compile(
            r"\d[\d.,]*\s*(?:余|多)?\s*[十百千万亿]*(?:美|欧|港)?[元块]|[一二三四五六七八九十百千万亿两]+元"
            rf"|[\d一二三四五六七八九十百千两]\s*[万亿](?![\s\d{_CLASSIFIER}平k㎡])"
        ),
    ),
    (
        "duration",
        re.compile(
            rf"多久|多长时间|{_HOW_MANY}(?:天|个?工作日|年|个?月|个?小时|个?钟头|分钟|周)|(?:期限|时限|有效期)(?:$|是|有|为|多)"
        ),
        re.compile(
            r"[\d一二三四五六七八九十百两半]+\s*(?:个)?(?:工作)?(?:日|天|年|月|小时|分钟|周|星期)|[一二两三四五六七八九十\d]次|长期|永久|当[日天场]|即时|立即"
        ),
    ),
    (
        "date",
        re.compile(
            r"什么时候|何时|哪[年月日天]|哪一[年天]|几月|几号(?!令|文|提案|建议)|截止(?:到|日|时|$)|最[晚迟]|啥时"
        ),
        re.compile(
            r"\d+\s*[年月日]|[年月]底|年末|期末|期间|之日|季度|以前|之前|每[年月季]|上半年|下半年|十四五|十三五"
        ),
    ),
)
_ASKED_CLASSIFIER = re.compile(rf"{_HOW_MANY}\s*(?:多)?(?:个|家)?([{_CLASSIFIER}])")
FIGURE = re.compile(
    r"\d|百分之|(?<![第一二三四五六七八九十百])[一二三四五六七八九十百千两]+"
    rf"(?:[{_CLASSIFIER}万亿元%日天年月]|分之)"
)
_ASKS_FIGURE = re.compile(rf"{_HOW_MANY}|百分之几|多(?:大|高|长|久|远|宽)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asks:
    """What a question wants.

    Attributes:
        flags: 1.0 or 0.0 for each of :data:`KINDS`.
        figure: it asks outright for a figure (多少, 几, 百分之, 多大, …).
        quantities: names of the quantities asked for, of ``percent``, ``dollar``, ``money``, ``duration``, ``date``.
        patterns: what a passage must hold to name these quantities, in the same order; one further pattern for a
            classifier (``多少家`` wants a figure followed by 家).
    """

    flags: tuple[float, ...]
    figure: bool
    quantities: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


KINDS = ("who", "number", "when", "definition", "procedure", "yes_no", "why", "penalty")
_PATTERNS = (WHO, NUMBER, WHEN, DEFINITION, PROCEDURE, YES_NO, WHY, PENALTY)


def asks(question: str) -> Asks:
    """What ``question`` wants; see :class:`Asks`."""
    folded = fold(question).strip()
    quantities: list[str] = []
    patterns: list[re.Pattern[str]] = []
    for name, wanted, evidence in _UNIT_BY_QUESTION:
        if wanted.search(folded):
            quantities.append(name)
            patterns.append(evidence)
    if "dollar" in quantities and "money" in quantities:
        # 多少亿美元 is not answered by yuan
        del patterns[quantities.index("money")]
        quantities.remove("money")
    classifier = _ASKED_CLASSIFIER.search(folded)
    if classifier is not None and not quantities:
        sign = classifier[1]
        # people are counted as 人, 名 or 位; whatever counts as 个 may be written with any classifier
        signs = "人名位" if sign in "人名位" else sign
        counted = rf"[\d一二三四五六七八九十百千万亿两余多]\s*(?:余|多)?个?[{signs}]|\d[：:]\d"
        patterns.append(FIGURE if sign in "个等级" else re.compile(counted))
    return Asks(
        flags=tuple(float(pattern.search(folded) is not None) for pattern in _PATTERNS),
        figure=_ASKS_FIGURE.search(folded) is not None,
        quantities=tuple(quantities),
        patterns=tuple(patterns),
    )


def has_figure(folded: str) -> bool:
    """Whether a folded passage states any figure: 70%, 三个月, 52天; not 第三条 or 一是."""
    return FIGURE.search(folded) is not None
