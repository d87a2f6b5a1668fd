"""Bodies in their document's context: as written in, normal form out."""

import pytest

from index.bodies import Context, normal_body, place_of
from index.divisions import prefectures, provinces, signs
from index.records import Metadata

GUIZHOU = Context(province="贵州省", issuer="贵州省人民政府")
GUIYANG = Context(province="贵州省", city="贵阳市", issuer="贵阳市人民政府办公厅")
CHONGQING = Context(province="重庆市", city="重庆市", issuer="重庆市人民政府")
XIANGZHOU = Context(province="广西壮族自治区", city="来宾市", county="象州县", issuer="象州县人民政府")
STATE = Context(issuer="国务院办公厅", central=True)
BUREAU = Context(province="江西省", issuer="江西省市场监督管理局")


@pytest.mark.parametrize(
    ("unit", "context", "expected"),
    [
        ("省商务厅", GUIZHOU, "贵州省商务厅"),
        ("省发改委", GUIZHOU, "贵州省发展改革委"),
        ("省发展和改革委员会", GUIZHOU, "贵州省发展改革委"),
        ("省政府金融办", GUIZHOU, "贵州省人民政府金融办"),
        ("贵阳市政府", GUIZHOU, "贵阳市人民政府"),
        ("团省委", GUIZHOU, "共青团贵州省委"),
        ("省“1＋7”联席会议办公室", GUIZHOU, "贵州省“1＋7”联席会议办公室"),
        ("国家外汇管理局贵州省分局", GUIZHOU, "国家外汇管理局贵州省分局"),
        ("市财政局", GUIYANG, "贵阳市财政局"),
        ("市市场监管局", GUIYANG, "贵阳市市场监管局"),
        ("省商务厅", GUIYANG, "贵州省商务厅"),
        ("贵安新区自然资源局", GUIYANG, "贵安新区自然资源局"),
        ("市商务委", CHONGQING, "重庆市商务委"),
        ("县交通运输局", XIANGZHOU, "象州县交通运输局"),
        ("自治区财政厅", XIANGZHOU, "广西壮族自治区财政厅"),
        ("发展改革委", STATE, "国家发展改革委"),
        ("商务部", STATE, "商务部"),
        ("省局行政审批处", BUREAU, "江西省市场监管局行政审批处"),
        # what cannot be told stays
        ("市财政局", GUIZHOU, "市财政局"),
        ("省商务厅", STATE, "省商务厅"),
        # lists stay
        ("各区（市、县）政府", GUIYANG, "各区（市、县）政府"),
        ("开发区管委会", GUIYANG, "开发区管委会"),
        ("省有关行业监管部门", GUIZHOU, "省有关行业监管部门"),
        ("各市、县人民政府", GUIZHOU, "各市、县人民政府"),
        ("市场监管总局", STATE, "市场监管总局"),
    ],
)
def test_normal_form(unit: str, context: Context, expected: str) -> None:
    assert normal_body(unit, context) == expected
    assert normal_body(expected, context) == expected


@pytest.mark.parametrize(
    ("metadata", "province", "city", "county"),
    [
        (Metadata(issuer="贵州省人民政府办公厅"), "贵州省", None, None),
        (Metadata(issuer="贵阳市人民政府办公厅"), "贵州省", "贵阳市", None),
        (Metadata(issuer="重庆市人民政府"), "重庆市", "重庆市", None),
        (Metadata(title="江西省促进开发区改革的若干措施"), "江西省", None, None),
        (Metadata(number="黔府办发〔2021〕6号"), "贵州省", None, None),
        (Metadata(issuer="遵义市播州区人民政府"), "贵州省", "遵义市", "播州区"),
        (Metadata(issuer="海南省商务厅"), "海南省", None, None),
        (Metadata(issuer="吉林省吉林市人民政府"), "吉林省", "吉林市", None),
        (Metadata(issuer="国务院办公厅"), None, None, None),
        (Metadata(), None, None, None),
    ],
)
def test_where_a_document_comes_from(
    metadata: Metadata, province: str | None, city: str | None, county: str | None
) -> None:
    found = place_of(metadata)
    assert (found.province, found.city, found.county) == (province, city, county)


def test_the_table_of_divisions_is_whole() -> None:
    assert len(set(provinces().values())) == 31
    assert len(set(signs().values())) == 31
    assert len({full for full, _ in prefectures().values()}) == 333
    assert prefectures()["苏州市"] == ("苏州市", "江苏省")
