"""Whether a question does nothing but name a document or clause: what it says besides the usual words of asking."""

import re

from index.docnumber import find_numbers
from qa.records import Interpretation

_STEPS = re.compile(
    r"第?[（(]?[〇零一二三四五六七八九十百千0-9]+[）)]?(?:编|章|节|条|款|项|目|点|部分)?|[、.．]|附件|专栏"
)
_WORDS = re.compile(
    r"请问|请|帮我|查一?下|查询|查找|找到?|看看?|有没有|什么|哪些|哪个|哪份|内容|讲了?|说了?|规定|全文|原文|文件|公文|文号|字号|是|的|了|过|吗|呢|啊|呀|嘛|啥|"
    r"关于|文|号|规章|法规|政策|一下|给我|显示|打开|里|中|怎么|如何|具体|主要|现行|最新|标题"
)
# 赣市监办5号文: the letters of a number whose year is not said stand before it
SPOKEN_TOKEN = re.compile(
    r"([一-龥]{1,8}?[发函字规办复令监政厅建财税法综审管改农科教卫文民人社环交水林商外体统医价])\s*第?\s*$"
)
_NOISE = 2
"""Characters that may be left of a question when its names and the usual words of asking are taken out."""


def only_names(interpretation: Interpretation) -> bool:
    """Whether a question asks for nothing but a document or clause that it names by number or title."""
    text = interpretation.question
    for number in reversed(find_numbers(text, partial=True)):
        before = text[: number.span.start]
        # 赣市监办5号文: a token without a year is no part of what was read as the number
        before = SPOKEN_TOKEN.sub("", before) if not number.token else before
        text = before + text[number.span.end :]
    for title in interpretation.titles:
        text = text.replace(title, "")
    return len(rest_of(text)) <= _NOISE


def rest_of(text: str) -> str:
    """The words that are neither an address nor usual in asking for a document."""
    text = _WORDS.sub("", _STEPS.sub("", text))
    return "".join(sign for sign in text if sign.isalnum())
