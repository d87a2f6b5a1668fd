"""What requests hold: bodies and query strings, each field with its meaning, bounds and an example."""

from typing import Annotated

from pydantic import Field

from index.records import Filters
from qa.filters import make_filters
from qa.schemas import Wire

MOST_HITS = 50
"""Clauses that one request may ask for; from the command line more."""
_Text = Annotated[str | None, Field(max_length=200)]


class FilterFields(Wire):
    """The filters: they restrict what is searched, before ranking; the same for every command and address."""

    issuer: _Text = Field(default=None, description="发文机关（含有即可）", examples=["贵阳市"])
    type: _Text = Field(default=None, description="文种", examples=["通知"])
    number: _Text = Field(
        default=None, description="发文字号，任何写法，可只写一部分", examples=["筑府办函〔2021〕33号"]
    )
    since: _Text = Field(
        default=None, description="成文日期不早于；2021-05-31、2021-05、2021 都可以", examples=["2021"]
    )
    until: _Text = Field(default=None, description="成文日期不晚于", examples=["2021-12-31"])
    as_of: _Text = Field(default=None, description="只看这一天适用的文件", examples=["2022-01-01"])
    duty: _Text = Field(default=None, description="责任、牵头或配合单位", examples=["市商务局"])
    validity: _Text = Field(
        default=None, description="时效：in_force、not_yet、expired、repealed、amended、unknown", examples=["in_force"]
    )
    disclosure: _Text = Field(
        default=None, description="公开属性：主动公开、依申请公开、不予公开", examples=["主动公开"]
    )

    def filters(self) -> Filters:
        """Checked filters. Raises UsageError where one cannot be understood."""
        return make_filters(**{name: getattr(self, name) for name in FilterFields.model_fields})


_Count = Annotated[int | None, Field(ge=1, le=MOST_HITS)]


class AskBody(Wire):
    """A question."""

    question: str = Field(
        min_length=1,
        description="问题；字数上限见设置 answer.question_characters",
        examples=["国家级开发区工业用地产出强度2025年要达到多少？"],
    )
    k: _Count = Field(default=None, description="给出多少条相关条款；不写用设置 answer.hits", examples=[5])
    filters: FilterFields = Field(default=FilterFields(), description="筛选条件，先筛选，再排序")
    stream: bool = Field(default=False, description="true：以事件流（text/event-stream）回答")


class SearchQuery(FilterFields):
    """What to search for."""

    q: str = Field(min_length=1, description="要查找的话", examples=["工业用地 产出强度"])
    k: _Count = Field(default=None, description="给出多少条相关条款；不写用设置 answer.hits", examples=[5])


class ListQuery(FilterFields):
    """Which documents to list, and from where on."""

    limit: int = Field(default=100, ge=1, le=500, description="一页多少份")
    cursor: str | None = Field(default=None, max_length=2_000, description="上一页给出的 next_cursor")
