"""Units and posts in running text: what a name of one looks like.

Owns the recognition of a unit by its last characters (局 科 办 社区 学校 组 …), enumerations, and the line between one named unit and a
set of them. Refuses to make units of those who are taught, served or mobilised, of 有关部门, of the plan's owner (我社区) and of words
that only end like a unit (场所, 布局, 主办): a wrong unit costs an administrator more than a blank one, which the check names anyway.
"""

from __future__ import annotations

import re

_ORG = (
    "委员会|居委会|居委|村委会|村委|村民委|业委会|社居委|党支部|党总支|总支|党委|党组|党工委|纪工委|纪委|党组织|支部|团委|团总支|工会|妇联"
    "|共青团|少先队|办公室|指挥部|领导小组|工作组|督导组|督查组|小组"
    "|专班|派出所|司法所|卫生院|卫生室|调委会|医院|学校|中学|小学|幼儿园|学院|大学|中心(?!人|户)|服务站|工作站|卫生站|文化站|大队|中队|支队|分队"
    "|小分队|工作队|服务队|执法队|分局|街道办事处|办事处|街道办|街道|乡镇|镇街|社区|物业公司"
    "|物业服务企业|物业|公司|企业|单位|机关|机构(?!编制)|政府|协会|学会|联合会|研究会|集团|部门|科室|处室|股室|班级|年级组|年级|教研组|后勤"
    "|学生会|两委|“两委”|各地|各地区|团队|社团|队伍|政教处|教务处|总务处|德育处|医务室|团体|网格|交警|校区|园区|片区|(?<=各)(?:县市区|区县|县区|市县|市区|市州|区|县|市)"
    "|公安|城管|经营户|车间|班组|网点|支行|分行|营业部|门店|分公司|分院"
)
_SHORT = "局|厅|委|办|科|处|股|室|部|站|所|队|组|镇|乡|村|厂|院|校|园|馆|班"
_POST = (
    "党委书记|支部书记|总支书记|部书记|书记|主任|校长|院长|局长|科长|站长|组长|队长|所长|主席|经理|负责人|责任人|联络员|网格员|网格长|楼栋长"
    "|楼长|单元长|干部|工作人员|人员|专干|专管员|领导|管理员|保洁员|队员|成员|员工|领导班子"
    r"|班主任|教师|教研员|民警|门卫|村医|医生|护士|警务员|协管员|督导员|信息员|安全员|辅导员|河长|路长|街长|段长|一把手|“一把手”|个人"
    r"|(?<=[\u4e00-\u9fff])(?<![党团学会演全动社议官雇])员(?!工|会)"
)
UNIT_END = rf"(?:(?:{_ORG}|{_POST}|{_SHORT})(?:\([^()]{{1,8}}\))?)"
_FALSE_END = re.compile(
    r"(?:(?<!各)(?<!小)(?<!工作)分组|重组|全部|内部|外部|局部|底部|顶部|各部|各处|此处|到处|好处|随处|处处|远处|之处|一处|排队|军队|场所|厕所"
    r"|住所|主办|承办|协办|督办|举办|交办|创办|兴办|开办|催办|查办|阅办|学科|百科|本科|专科"
    r"|楼院|庭院|小院|大院|住院|出院|入院|影院|剧院|返校|在校|离校|入校|家园|公园|花园"
    r"|田园|游园|农村|城中村|驻村|乡村|城镇|布局|格局|大局|结局|全局|教室|浴室|寝室|活动室|阅览室|卫生间|网站|车站|垃圾站|中转站|城乡|返乡|家乡"
    r"|工厂|网吧|宾馆|旅馆|餐馆|下乡|下班|上班|加班|轮班|夜班|当班|一班|带队|同队|总部|一个单位|为中心"
    r"|为单位|显示公司|我处|成果|分管|校园|进社区|入社区|示范社区|文明社区|卫生社区|和谐社区|平安社区|无毒社区|绿色社区|创建单位"
    r"|人人|个体户|分工|社会团体和个人|文明单位|先进单位|先进个人|整改单位|优秀班级|文明校|示范校|文明村|实行|规划|负责人员)$"
)
PEOPLE = re.compile(
    r"居民(?!委|小组长|小区)|群众|市民|村民(?!委|小组|代表)|学生(?!会|处|科|工作)|志愿者(?!协会|服务队|组织)|师生|家长(?!委)|业主(?!委)|职工"
    r"|青少年|老人|儿童|商户|住户|租户|租客|游客|顾客|患者|病人|农户|贫困户|公民|同学|选手"
    r"|观众|社会各界|大家|人们|驾驶员|司机|店主|从业人员|参选人员|返回人员|团员|少先队员|老同志|教职工|代表|对象|聘用人员|违法|肇事|服务对象|消费者|未成年"
)
_VAGUE = re.compile(
    r"(?:有关|相关|其他|其它|上级|各级|专门|所在|主管|本|我|全|该|此|他|专业|社会|地方|当地|多|两级|双方|第三方|同级|下级|上下|所属|被\S{1,4}"
    r"|相应|各方|某)(?:级|个|的)?(?:责任|职能|主管|行政)?(?:部门|单位|机构|方面|人员"
    r"|领导|力量|组织|社区|街道|局|校|院|镇|乡|村|县|市|区|办|处|站|科|所|公司|组|委|会|学校|医院|中心|负责人)*"
    r"|(?:工作)?人员|领导|干部|负责人|责任人|成员|个人|部门|领导班子|主要领导|班子成员|员工|队伍|机构|当事人|(?:参会|与会|检查|执法|在场)人员"
    r"|专人|专职人员|相关责任人"
)
_SPLIT = re.compile(r"[、,，;/\s]+|(?<=[\u4e00-\u9fff)”])(?:以及|和(?!平|谐)|及(?!时)|与)(?=[\u4e00-\u9fff“])")
_PLACEHOLDER = re.compile(r"^[\s_xX*…\-.—]*$")
_ACTS = re.compile(
    r"(?:加强|开展|组织(?!部|委员|科)|建立|健全|完善|成立|组建|设立|强化|深入|明确|落实|推进|整治|打造|举办|主办(?!方|单位)|承办(?!方|单位)|创建(?!办|工作|领导|指挥|组|活动领导)"
    r"|做好|抓好|发挥|进一步|选|抓|对(?!外)|召开|培育|参[加与]|搞|建(?!设|委|管|交)|提升"
    r"|规范|清理|优化|实施|严格|突出|充分|积极|广泛|坚持|注重|争|要|被)"
)
_SET = re.compile(
    r"^(?:所有|全体|每个|广大)|各(?!自)|(?:乡镇|经营者|经营户|户|村居|村社区)$|(?:人员|干部|员工|队员|成员|教师|同志|团队|个人|队伍|网格员|楼栋长"
    r"|部门)$|^(?:(?:生产|经营|企业|事业|机关|驻区|辖区|驻地|职能|成员|责任|施工|建设"
    r"|行政|社会|沿街|联建|共建|帮扶|包联|参赛|基层|社区|村|卫生|医疗|服务|用人|食品|餐饮|娱乐|市场|业主|联动)+(?:单位|企业|公司|机构|站|所))$"
)
_OWNED = re.compile(r"^(?:我|本|该)(?=[\u4e00-\u9fff]{3,})")
_PLAIN_OWNER = re.compile(r"^(?:我|本|全|该)(?!市场|县级)[\u4e00-\u9fff]{1,2}$")
_HEAD_OF = re.compile(r"^(?:关于)?(?P<name>[^,。;:]{2,22}?)(?:的)?(?:主要|工作|岗位|具体|管理)*(?:职责|责任|任务|分工)(?:及?分工)?$")


def split_names(text: str) -> list[str]:
    """Parts of an enumeration; what stands in brackets or quotes is not cut."""
    parts: list[str] = []
    depth, start = 0, 0
    cuts = {m.start(): m.end() for m in _SPLIT.finditer(text)}
    for at, c in enumerate(text):
        depth += (c in "(“《") - (c in ")”》")
        if at in cuts and depth <= 0 and at >= start:
            parts.append(text[start:at])
            start = cuts[at]
    parts.append(text[start:])
    return parts


def names_in(text: str) -> list[str]:
    """Names of an enumeration: 保卫、物业 → both; placeholders and 等 are dropped."""
    found: list[str] = []
    for part in split_names(text):
        name = re.sub(r"(?:等(?:相关|有关|职能)?(?:部门|单位|科室|站所)?|负责|牵头|配合|具体落实|(?<=.)(?:负责)?落实)$", "", part.strip(" .。:;,-_"))
        name = re.sub(r"^(?:由|请|以及|会同|联合)", "", name)
        if 1 < len(name) <= 26 and not _PLACEHOLDER.match(name) and name not in found and not re.search(r"\d月|\d日|长期|全年|^\d", name):
            found.append(name)
    return found


def named_unit(name: str) -> str | None:
    """The unit that a phrase names, without 我/本 before a longer name; None if it is no unit that can be charged."""
    name = _OWNED.sub("", name.strip('“”"') if name.count("“") != name.count("”") else name)
    if not 2 <= len(name) <= 22 or not re.search(rf"{UNIT_END}$", name) or _FALSE_END.search(name):
        return None
    if re.search(r"(?<![主重])要(?!闻)|由|应(?!急)|须|将|确定|负责(?!人)|进行|开展|做好|一名|每|会同|协同|下设|分别|组成|两个|对(?!外)|形成", name[1:]):
        return None
    if (
        PEOPLE.search(name)
        or _VAGUE.fullmatch(name)
        or _PLAIN_OWNER.match(name)
        or _ACTS.match(name)
        or re.match(r"专人|当事人|双方|人大代表|家人|其|这|那|某|不|无|让|使|为了|向", name)
    ):
        return None
    return name


def is_set(name: str) -> bool:
    """A class or several: 各社区, 生产经营单位, 帮扶干部. One named unit is no set."""
    return bool(_SET.search(name))


def name_of_body(heading: str) -> str | None:
    """The group, office or post that a heading names: 综合创建组, 收费人员职责 → 收费人员. None for a task."""
    words = re.sub(r"\s", "", heading)
    if "--" in words or re.search(r"责任(?:部门|单位)|牵头", words):
        return None
    found = _HEAD_OF.match(words)
    name = found.group("name") if found else words
    name = re.sub(r"^近(?=..组)", "", name)
    if len(name) > 20 or not re.search(rf"{UNIT_END}$", name) or _ACTS.match(name) or _FALSE_END.search(name) or re.search(r"[,。;:、]|为(?!民)|下设", name):
        return None
    if not found and re.search(r"(?:建设|管理|工作|活动)$|^(?:社区|单位|学校|部门|企业|街道|机关)$", name):
        return None
    return name


def is_body_heading(heading: str) -> bool:
    return name_of_body(heading) is not None
