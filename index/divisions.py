"""Provinces and prefectures of China: which province a city lies in, which province a number's first sign stands for.

Source: the list of administrative divisions (行政区划) of the Ministry of Civil Affairs, prefecture level and above.
"""

import re
from functools import cache

# full name, signs that begin its document numbers, prefectures (市 left out; other kinds in full)
_PROVINCES = """
北京市 京 |
天津市 津 |
上海市 沪 |
重庆市 渝 |
河北省 冀 | 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水
山西省 晋 | 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古自治区 内 | 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒盟 阿拉善盟
辽宁省 辽 | 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛
吉林省 吉 | 长春 吉林 四平 辽源 通化 白山 松原 白城 延边朝鲜族自治州
黑龙江省 黑 | 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭地区
江苏省 苏 | 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁
浙江省 浙 | 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水
安徽省 皖 | 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建省 闽 | 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
江西省 赣 | 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东省 鲁 | 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
河南省 豫 | 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
湖北省 鄂 | 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施土家族苗族自治州
湖南省 湘 | 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西土家族苗族自治州
广东省 粤 | 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
广西壮族自治区 桂 | 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南省 琼 | 海口 三亚 三沙 儋州
四川省 川 | 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝藏族羌族自治州 甘孜藏族自治州 凉山彝族自治州
贵州省 黔 | 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南布依族苗族自治州 黔东南苗族侗族自治州 黔南布依族苗族自治州
云南省 云滇 | 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄彝族自治州 红河哈尼族彝族自治州 文山壮族苗族自治州 西双版纳傣族自治州 大理白族自治州 德宏傣族景颇族自治州 怒江傈僳族自治州 迪庆藏族自治州
西藏自治区 藏 | 拉萨 日喀则 昌都 林芝 山南 那曲 阿里地区
陕西省 陕 | 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃省 甘 | 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏回族自治州 甘南藏族自治州
青海省 青 | 西宁 海东 海北藏族自治州 黄南藏族自治州 海南藏族自治州 果洛藏族自治州 玉树藏族自治州 海西蒙古族藏族自治州
宁夏回族自治区 宁 | 银川 石嘴山 吴忠 固原 中卫
新疆维吾尔自治区 新 | 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉回族自治州 博尔塔拉蒙古自治州 巴音郭楞蒙古自治州 阿克苏地区 克孜勒苏柯尔克孜自治州 喀什地区 和田地区 伊犁哈萨克自治州 塔城地区 阿勒泰地区
"""  # noqa: E501
_KIND = re.compile(
    r"(?:(?:(?:布依|土家|朝鲜|蒙古|柯尔克孜|哈萨克|哈尼|景颇|傈僳|[苗侗壮傣白彝藏羌回])族?)+自治州|地区|盟|市)$"
)
_OTHER_KINDS = ("自治州", "地区", "盟")
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
"""Cities that are provinces."""


@cache
def provinces() -> dict[str, str]:
    """Full names and short names (贵州, 内蒙古) of the provinces -> full name."""
    found: dict[str, str] = {}
    for full, _, _ in _rows():
        found[full] = full
        for kind in ("省", "市", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区"):
            if full.endswith(kind):
                found[full.removesuffix(kind)] = full
                break
    return found


@cache
def prefectures() -> dict[str, tuple[str, str]]:
    """Names of prefectures, with and without 市, 州 for 自治州 -> full name and province."""
    found: dict[str, tuple[str, str]] = {}
    for full, _, names in _rows():
        for name in names:
            whole = name if name.endswith(_OTHER_KINDS) else f"{name}市"
            found[whole] = whole, full
    return found


@cache
def short_names() -> dict[str, str]:
    """Names without their kind (贵州, 贵阳, 黔西南, 锡林郭勒) of provinces and prefectures -> that of the province."""
    short = {full: name for name, full in provinces().items() if name != full}
    found = {name: name for name in short.values()}
    for full, province in prefectures().values():
        found.setdefault(_KIND.sub("", full), short[province])
    return found


@cache
def signs() -> dict[str, str]:
    """First sign of a document number -> province: 黔 is 贵州省."""
    return {sign: full for full, some, _ in _rows() for sign in some}


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = []
    for line in _PROVINCES.strip().splitlines():
        head, _, names = line.partition("|")
        full, sign = head.split()
        rows.append((full, sign, tuple(names.split())))
    return tuple(rows)
