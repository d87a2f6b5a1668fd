"""Question -> the facts about a document that it asks for: number, signatory, disclosure, dates and more.

Strict, because a fact is answered from the document's head or signature block and not by search alone. Each pattern
has an example and a counter-example.
"""

import re

_WHICH_DAY = r"(?:几月几[号日]|哪(?:一)?[天日年]|什么时[候间]|何时|啥时候?|几[月号])"
_ISSUED = r"(?:发文|(?<!印)发的|下发|出台|发布|答复的|回复的|复函|制定|颁布|通过)"
_BODY = r"哪个?(?:一?家|部门|单位|机关|机构)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    # 公文编号是多少, 发文字号  --  not 1428号提案的编号
    (
        "number",
        r"发文字号|(?:公文|文件|发文)(?:的)?(?:编号|字号|号码|文号)|文号|字号(?:是|为|多少|$)|几号文(?!件精神)|多少号文",
    ),
    # 签发人是谁  --  not 签发的许可证
    ("signatory", r"签发人|谁签发|签发的(?:领导|人)(?!大)|(?:由|是)?谁签(?:的|发)"),
    # 公开方式, 是不是主动公开的  --  not 政务公开工作
    (
        "disclosure",
        r"公开(?:方式|属性|选项|形式|类型|类别)|(?:主动|依申请|不予)公开|公开发布(?:吗|没|不)|(?:是不是|是否|能不能|对外)公开",
    ),
    # 印发日期, 哪天印发  --  not 哪个部门印发
    ("printed_on", rf"印发(?:的)?(?:日期|时间)|{_WHICH_DAY}.{{0,4}}印发|印发.{{0,4}}{_WHICH_DAY}"),
    # 几月几号答复的, 出台时间  --  not 什么时候完成
    (
        "issued_on",
        rf"(?:成文|发文|落款)(?:日期|时间)|{_WHICH_DAY}.{{0,6}}{_ISSUED}"
        rf"|(?:出台|发布|下发|颁布|发文|制定|通过)(?!.{{0,3}}印).{{0,4}}(?:日期|时间|{_WHICH_DAY})",
    ),
    # 从哪天起施行  --  not 实施办法
    (
        "effective_on",
        rf"{_WHICH_DAY}.{{0,6}}(?:施行|实施|生效)|(?:施行|实施|生效)(?:的)?(?:日期|时间|日子)",
    ),
    # 发文机关, 由哪个部门印发  --  not 哪个部门负责
    (
        "issuer",
        rf"发文(?:机关|单位|机构|部门)|(?:谁|{_BODY})(?:印发|发布|制定|下发|发文|出台)"
        r"|哪个?(?:部门|单位|机关|机构).{0,2}印发",
    ),
    # 主送机关, 答复的是哪位代表  --  not 答复时限
    ("addressee", r"主送(?:机关|单位)?|发给(?:谁|哪)|写给谁|答复(?:的是)?(?:谁|哪位|哪个)|给谁的答复"),
    ("copies", r"抄送"),
    # 联系电话  --  not 电话会议
    ("contact", r"联系人|联系电话|联系方式|(?:办公)?电话(?:是|号码|多少)|打哪个电话"),
    # 印了几份  --  not 几份文件
    ("printed_copies", r"印(?:了|发|制)?(?:多少|几)份|共印|印数"),
)  # fmt: skip

FIELDS = tuple(name for name, _ in _PATTERNS)
"""Names that :func:`metadata_fields` gives: fields of :class:`index.records.Metadata`, and ``printed_copies``."""

_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _PATTERNS)
_TITLE = re.compile(r"《[^》]*》")


def metadata_fields(plain: str) -> tuple[str, ...]:
    """The fields that a question (simplified characters) asks for; what stands in 《》 does not count."""
    bare = _TITLE.sub("", plain)
    return tuple(name for name, pattern in _COMPILED if pattern.search(bare))
