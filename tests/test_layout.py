"""Parts of files: real shapes of documents in, kinds and labels out, and a partition whatever comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paragraphs import readable_of

from index.layout import layout

NOTICE = [
    "head  : 贵阳市人民政府办公厅",
    "head  : 筑府办函〔2021〕33号",
    "head  : 市人民政府办公厅印发关于推进开发区 高质量发展的实施方案的通知",
    "body 通知 : 各区、市、县人民政府，高新区管委会，市政府各工作部门：",
    "body 通知 : 《关于推进开发区高质量发展的实施方案》已经市委、市政府研究同意，现印发给你们，请结合实际认真贯彻落实。",
    "signature  : 2021年5月31日",
    "signature  : (此件公开发布)",
    "head  : 关于推进开发区高质量发展的实施方案",
    "body  : 按照《指导意见》（黔府办发〔2021〕6号）等文件要求，制定本方案。",
    "body  : 一、总体要求",
    "body  : 本方案所称开发区包括：国家级新区、经济技术开发区等。",
    "signature  : 抄送：市委编办。",
    "signature  : (共印51份)",
]
REPLY = [
    "head  : 贵州省投资促进局文件",
    "head  : 黔投提复字〔2024〕64号 签发人：谢强",
    "head  : 省投资促进局关于省政协十三届二次会议",
    "head  : 第1428号提案的答复",
    "body  : 谢强委员：",
    "body  : 您提出的提案收悉，现就提案提出的有关问题答复如下：",
    "body  : 一、关于营商环境建设的建议",
    "body  : 问题解决率达70%。",
    "signature  : 省投资促进局",
    "signature  : 2024年6月25日",
    "signature  : （附注：依申请公开）",
    "signature  : （联系人：何德勇；联系电话：86892879）",
    "signature  : 抄送：省人民政府办公厅、省政协提案委员会",
    "signature  : 贵州省投资促进局办公室2024年6月25日印发",
]
NO_HEAD = [
    "body  : 各市、自治州人民政府，省政府各部门、各直属机构：",
    "body  : 为支持平台加快发展，提出以下意见。",
    "body  : （二十三）本《意见》适用于以后新设立的国家级开放创新平台。",
    "signature  : 贵州省人民政府",
    "signature  : 2016年6月1日",
]
NEWS = [
    "head  : 贵州打造“贵人服务”品牌建设一流营商环境",
    "head  : 发布日期: 2021-03-24 来源：贵州日报",
    "body  : 恒力（贵阳）产业园项目正按计划稳步推进。",
    "body  : 创新方式精准招商",
    "body  : 3月初，驻粤招商工作队赴广东开展驻点招商工作。",
]
LAW = [
    "head  : 中华人民共和国反垄断法",
    "head  : （2007年8月30日 第十届全国人民代表大会常务委员会第二十九次会议通过　2022年6月24日 修正）",
    "contents  : 目　录",
    "contents  : 第一章 总 则",
    "contents  : 第二章 垄断协议",
    "body  : 第一章 总则",
    "body  : 第一条 为了预防和制止垄断行为，制定本法。",
]
ORDER = [
    "head  : 中华人民共和国国务院令",
    "head  : 第706号",
    "body 通知 : 《专利代理条例》已经国务院第23次常务会议修订通过，现将修订后的《专利代理条例》公布，自2019年3月1日起施行。",
    "signature  : 总理　李克强",
    "signature  : 2018年11月6日",
    "head  : 专利代理条例",
    "head  : （1991年3月4日中华人民共和国国务院令第76号发布　2018年9月6日国务院第23次常务会议修订通过）",
    "body  : 第一章　总则",
    "body  : 第一条　为了规范专利代理行为，制定本条例。",
]
ANNEXES = [
    "head  : 国务院办公厅关于湖北省巴东县地质灾害险情有关问题的复函",
    "head  : 国办函〔2004〕80号",
    "body  : 湖北省人民政府：",
    "body  : 你省《请示》（鄂政文〔2004〕15号）收悉。",
    "signature  : 附件：1.国土资源部关于地质险情调研情况的报告",
    "signature  : 2.地质险情调查专家组意见",
    "signature  : 国务院办公厅",
    "signature  : 二〇〇四年十一月四日",
    "head 附件1 : 附件1",
    "head 附件1 : 关于湖北省巴东县官渡口镇马鬃山村",
    "head 附件1 : 地质险情调研情况的报告",
    "body 附件1 : 国务院：",
    "body 附件1 : 一、基本情况",
    "body 附件1 : 马鬃山村位于长江南岸。",
    "signature 附件1 : 国土资源部",
    "signature 附件1 : 二〇〇四年十月十日",
    "head 附件2 : 附 件 二：",
    "head 附件2 : 地质险情调查意见",
    "body 附件2 : 专家组意见如下。",
]
TWO_ENCLOSED = [
    "head  : 国务院办公厅关于印发经营性文化事业单位转制为企业和进一步支持文化企业发展两个规定的通知",
    "head  : 国办发〔2018〕124号",
    "body 通知 : 各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
    "body 通知 : 《经营性文化事业单位转制为企业的规定》和《进一步支持文化企业发展的规定》已经国务院同意，现印发给你们。",
    "signature  : 国务院办公厅",
    "signature  : 2018年12月18日",
    "head  : 经营性文化事业单位转制为企业的规定",
    "body  : 为进一步深化文化体制改革，特制定以下规定：",
    "body  : 一、关于公司制股份制改革",
    "body  : 上述政策执行期限为2019年1月1日至2023年12月31日。",
    "head 文件2 : 进一步支持文化企业发展的规定",
    "body 文件2 : 一、关于财政税收",
]
TWICE = [
    "body  : 安岭乡人民政府：",
    "body  : 你乡《关于要求调整行政村规模的请示》（安政〔2013〕26号）收悉，现批复如下：",
    "body  : 一、撤销上门楼村、吕坟村建制。",
    "body  : 特此批复。",
    "signature  : 仙居县人民政府",
    "signature  : 2013年9月9日",
    "dropped  : 安岭乡人民政府：",
    "dropped  : 你乡《关于要求调整行政村规模的请示》（安政〔2013〕26号）收悉，现批复如下：",
    "dropped  : 一、撤销上门楼村、吕坟村建制。",
    "dropped  : 特此批复。",
    "dropped  : 仙居县人民政府",
    "dropped  : 2013年9月9日",
]
STANDALONE_ANNEX = [
    "head  : 附件3:",
    "head  : 公安机关录用人民警察体能测评标准",
    "head  : 及实施规范",
    "body  : 体能测评按照《项目和标准》组织实施。",
    "body  : 一、10米×4往返跑",
]
WEB_PAGE = [
    "head  : 索引号：000014349/2019-00007",
    "head  : 成文日期：2019年01月27日",
    "head  : 发文字号：国发〔2019〕5号",
    "head  : 国务院关于在市场监管领域全面推行",
    "head  : 部门联合“双随机、一公开”监管的意见",
    "head  : 国发〔2019〕5号",
    "body  : 各省、自治区、直辖市人民政府：",
    "body  : 一、总体要求。推进联合监管。",
    "signature  : 国务院",
    "signature  : 2019年1月27日",
    "signature  : 相关解读：解读《意见》",
    "signature  : 抢时间保进度！25问25答",
]


ANNOUNCEMENT = [
    "head  : 国家税务总局公告",
    "head  : 2020年第5号",
    "head  : 国家税务总局关于某事项的公告",
    "body  : 为落实政策，现公告如下：",
    "body  : 一、延长申报期限。",
    "signature  : 国家税务总局",
    "signature  : 2020年3月1日",
    "head 附件1 : 附件1：申报表格式",
    "head 附件1 : 申报表格式",
    "body 附件1 : 一、纳税人名称",
]
ANNEXED_ACT = [
    "head  : 某市财政局关于印发《某市专项资金管理办法》的通知",
    "head  : 某财规〔2022〕3号",
    "body 通知 : 各区财政局：",
    "body 通知 : 现将《某市专项资金管理办法》印发给你们，请遵照执行。",
    "signature  : 附件：某市专项资金管理办法",
    "signature  : 某市财政局",
    "signature  : 2022年3月1日",
    "head  : 附件",
    "head  : 某市专项资金管理办法",
    "body  : 第一条 为规范管理，制定本办法。",
    "head 附件1 : 附件1",
    "head 附件1 : 申请表",
    "body 附件1 : 填表说明：略。",
]
AMENDMENT = [
    "head  : 江西省人民政府关于修改《江西省流动人口服务和管理办法》的决定",
    "body  : 一、将第六条修改为：“公安机关负责流动人口的居住登记。”",
    "body  : 《江西省流动人口服务和管理办法》根据本决定作相应修改，重新公布。",
    "head 文件2 : 江西省流动人口服务和管理办法",
    "head 文件2 : (2011年8月26日省人民政府令第190号公布2016年9月21日省人民政府令第223号修正)",
    "body 文件2 : 第一条 为了保障流动人口合法权益，制定本办法。",
]


def taken_apart(lines: list[str]) -> list[str]:
    texts = [line.split(" : ", 1)[1] for line in lines]
    readable, _ = readable_of(texts)
    return [
        f"{part.kind} {part.label} : {readable.paragraphs[index].text}"
        for part in layout(readable)
        for index in range(part.first, part.last)
    ]


@pytest.mark.parametrize(
    "document",
    [
        NOTICE,
        REPLY,
        NO_HEAD,
        NEWS,
        LAW,
        ORDER,
        ANNEXES,
        TWO_ENCLOSED,
        TWICE,
        STANDALONE_ANNEX,
        WEB_PAGE,
        ANNOUNCEMENT,
        ANNEXED_ACT,
        AMENDMENT,
    ],
    ids=[
        "notice",
        "reply",
        "no_head",
        "news",
        "law",
        "order",
        "annexes",
        "two_enclosed",
        "twice",
        "standalone_annex",
        "web_page",
        "announcement",
        "annexed_act",
        "amendment",
    ],
)
def test_parts_of_real_shapes(document: list[str]) -> None:
    assert taken_apart(document) == document


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["印发关于推进开发区 高质量发展的实施方案的通知", "正文如下，如下。"], "印发关于推进开发区高质量发展的实施方案的通知"),
        (["国务院关于印发全民健身计划", "（2021—2025年）的通知", "正文。"], "国务院关于印发全民健身计划（2021—2025年）的通知"),
        (["市级国土空间总体规划编制指南", "（试行）", "征求意见稿", "正文。"], "市级国土空间总体规划编制指南（试行）（征求意见稿）"),
        (["《杭州市工作指导规则》", "来源：法律法规", "杭州市工作指导规则", "第一条为了。"], "杭州市工作指导规则"),
        (["《某市工作", "指导规则》", "某市工作指导规则", "第一条为了。"], "某市工作指导规则"),
        (["大纲3", "江西省2022年度考试录用公务员", "专业科目考试大纲", "正文。"], "江西省2022年度考试录用公务员专业科目考试大纲"),
        (["国务院办公厅", "关于所提问题办理情况的函", "辽宁省人民政府："], "国务院办公厅关于所提问题办理情况的函"),
        (["关于落实措施的通知津市场监管垄〔2021〕5号", "各区人民政府："], "关于落实措施的通知"),
        (["关于办理刑事案件的解释（最高人民法院审判委员会第1237次会议通过）", "正文。"], "关于办理刑事案件的解释"),
        (["第一条 为了加强管理，制定本法。"], ""),
        (["各市、县人民政府：", "现将有关事项通知如下："], ""),
    ],
)  # fmt: skip
def test_title(lines: list[str], title: str) -> None:
    readable, _ = readable_of(lines)
    heads = [part for part in layout(readable) if part.kind == "head"]
    assert (heads[0].title if heads else "") == title


POOL = sorted(
    {line.split(" : ", 1)[1] for shape in (NOTICE, REPLY, LAW, ORDER, ANNEXES, TWICE, WEB_PAGE) for line in shape}
)


@given(st.lists(st.one_of(st.sampled_from(POOL), st.text(min_size=1, max_size=20), st.just("| 甲 | 乙")), max_size=30))
def test_parts_always_partition_the_paragraphs(lines: list[str]) -> None:
    readable, _ = readable_of(line.replace("\n", " ") for line in lines)
    at = 0
    for part in layout(readable):
        assert part.first == at < part.last
        at = part.last
    assert at == len(readable.paragraphs)
