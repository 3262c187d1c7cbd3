"""Units and posts in running text: who leads, who owes the task himself, who helps.

Owns the recognition of a unit by its last characters (局 科 办 社区 学校 组 …) and by the words of responsibility around it. Refuses
to make units of those who are taught, served or mobilised, of 有关部门 and of the plan's owner (我社区): a wrong unit costs an
administrator more than a blank one, which `plan check` names anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_ORG = (
    "委员会|居委会|居委|村委会|村委|村民委|业委会|社居委|党支部|党总支|党委|党组|党工委|纪工委|纪委|党组织|支部|团委|团总支|团支部|工会|妇联|共青团|少先队|办公室|指挥部|领导小组|工作组|督导组|督查组|小组"
    "|专班|派出所|司法所|卫生院|卫生室|医院|学校|中学|小学|幼儿园|学院|大学|中心|服务站|工作站|卫生站|文化站|大队|中队|支队|分队|小分队|工作队|服务队|分局|街道办事处|办事处|街道办|街道|乡镇|社区|物业公司"
    "|物业服务企业|物业|公司|企业|单位|机关|机构|政府|协会|学会|联合会|研究会|集团|部门|科室|处室|股室|班级|年级组|年级|教研组|后勤|学生会|班主任|两委|“两委”|经营户|各地|各地区|各级|团队|社团|网格|窗口|政教处|教务处|总务处|德育处|医务室|保卫科|团体"
)
_SHORT = "局|厅|委|办|科|处|股|室|部|站|所|队|组|镇|乡|村|厂|院|校|园|会|区|县|市|居|班|馆|店|行|社|台"
_POST = (
    "党委书记|支部书记|总支书记|书记|主任|校长|院长|局长|科长|站长|组长|队长|所长|主席|经理|负责人|责任人|联络员|网格员|网格长|楼栋长|楼长|单元长|干部|工作人员|人员|专干|专管员|领导|管理员|保洁员|队员|成员|员工|领导班子"
    "|教师|教研员|医生|护士|同志|警务员|协管员|督导员|信息员|安全员|辅导员|物业经理|河长|路长|街长|段长|一把手|包联干部"
)
_PEOPLE = re.compile(
    r"居民|群众|市民|村民|学生|志愿者|师生|家长|业主|职工|青少年|老人|儿童|商户|住户|租户|租客|游客|顾客|患者|病人|农户|贫困户|公民|党员(?!干部|责任)|同学|选手|观众|社会各界|大家|人们|市场主体|驾驶员|司机|店主|从业人员|参选人员|返回人员|团员|少先队员|老同志|教职工|代表|对象"
)
_VAGUE = re.compile(r"(?:有关|相关|其他|其它|上级|各级|专门|所在|主管|本|我|全|该|此|他|专业|社会|地方|当地|多|两级|双方|第三方|同级|下级)(?:级)?(?:部门|单位|机构|方面|人员|领导|力量|组织|社区|街道|局|校|院|镇|乡|村|县|市|区|办|处|站|科|所|公司|单位|组|委|会|学校|医院|中心)")
_OWNER = re.compile(r"(?:我|本|全|该)(?!市|县|区.)")
_NOT_START = re.compile(
    r"加强|开展|组织|建立|健全|完善|配合|协助|协调|联系|联合|邀请|对接|聘请|成立|组建|设立|深入|走进|进入|创建|争创|建设|推进|推动|实施|落实|做好|抓好|抓|搞好|加大|强化|提高|提升|充分|积极|认真|继续|大力|严格|切实|广泛|不断|进一步|全面|逐步|统一|合理|及时|定期|每|对|在|为|把|将|根据|按照|按|通过|利用|结合|以|从|由|与|向|依托|针对|随着|确保|争取|力争|要|应|让|使|给|到|请|凡|如|若|当|并|且|或|同时|同|各项|各类|各种|一些|这|那|其中|无|有|没有|是|不|未|用|以及|包括|负责|担任|拟|报|送|交|发|设|市民|全社会|整个|所辖|我|本|该|此|受|被|经|就|和|及|而|也|还|又|再|已|共"
)
_STILL_START = re.compile(
    r"各(?!项|类|种)|应急|发改|发展|交警|交通|经信|经济|经发|(?:建设|组织|创建|对外|联合)(?=局|科|办|部|委|厅|股|处|组|工作领导|领导小组|指挥)|报社|共青团|不动产|无线电|用人单位|设计|受托|经营"
    r"|建设单位|施工|联合(?:会|工会)|请(?=各)|市(?!民)|县|区|镇|校|院|班"
)
_INSIDE = re.compile(r"[,。;:!?]|对|在(?!校|职|编|岗)|将|把|为(?!民)|向|使|让|通过|根据|按照|围绕|加强|开展|组织(?!部|委员|办)|进行|建立|提高|落实|做好|要求|工作(?!组|人员|队|站|委|领导|部|办|室|专班|小组|者|班子)|活动(?!中心|组|办|领导|室|小组)|创建(?!办|工作领导|领导|指挥|组|委)|环境(?!卫生|保护|监察|科|局|所|监测)|形象|文明(?!办|委)")
_TRIGGER = re.compile(
    r"(?:[也都均还再]?(?:要|应当?|须|需|必须|务必|应该|不得|将|会(?=组织)|负责|有权|作为|可以?(?=根据|结合))|(?:至少|统一|具体|分别|共同|主动|积极|认真|及时|切实|全面|充分|严格|定期|不定期|适时|自行|自|单独|立即|密切|全力|全程|每[天日周月年季逢]|也要)"
    r"|根据|按照|按|依据|依托|结合|围绕|针对|通过|利用|对(?!象|口|面|外)|与(?=各)|牵头|组织(?!机构|领导|体系|建设|架构)|开展|制定|制订|建立|成立|注册|提供|安排|召开|完成|做好|落实|加强|承担|履行|坚持|确定|指定|抓好|把|进行|举办|召集|负有|全面负责|主持|在(?=\S{1,24}(?:中|上|下|前|后|时|内|间|里|基础)(?:要|应|须|需|及时|,)))"
)
_MODAL = re.compile(r"(?:[也都均]?(?:要|应当?|须|需|必须|务必|应该|将(?=\S{0,16}(?:组织|对|通过|划分|根据|给予|制定|开展|定期))|负责|有权|作为|不得))|每[天日周月年季]|至少|定期|不定期|组织|牵头|根据|按照|及时|统一|负有|自[把行]|单独|按|对|主要负责|承担|履行|分别|安排")
_SET = re.compile(
    r"各|所有|全体|每个|广大|各级|(?:单位|部门|企业|公司|乡镇|街道|经营者|户|村居|机构)$(?<!业服务企业)|村社区$|(?:人员|干部|员工|队员|成员|教师|同志|团队|个人|队伍|网格员|班主任|楼栋长|服务站|卫生站|工作站)$"
)
_ORG_END = re.compile(rf"(?:{_ORG}|{_POST})(?:\([^()]{{1,8}}\))?|(?:{_SHORT})(?=要|应|须|需|必须|负责|牵头|将|每|根据|按照|定期|[、,和及与等]|$|\)|。|;|对|统一|组织|具体)")
_SPLIT = re.compile(r"[、,，;/\s]+|(?<=[\u4e00-\u9fff)”])(?:和|及|以及|与)(?=[\u4e00-\u9fff“])")

_LINE_KEY = (
    r"(?P<key>(?:牵头|主要|直接|主管|第一)?(?:责任|负责|牵头|主办|承办|实施|落实|配合|协办|协作|协助|参与|参加|支持|主责|执行|完成|组织)(?:责任)?(?:单位|部门|科室|处室|股室|领导|人员?|组|人|队伍|社区|方)?"
    r"|牵头人?|责任人?|主办|承办|协办|配合)"
)
_LINE = re.compile(
    rf"(?:^|[\s。;,(\[【-]){_LINE_KEY}(?:名单)?\s*[:(]\s*(?P<names>[^。;:\n\[\]【】]*?)(?=[。;\n)\]】]|\s+(?:牵头|责任|配合|协办|主办|承办|完成|整改|时间|时限|参与|实施)|[,，](?:牵头|责任|配合|协办|参与|实施|完成)\S{{0,4}}[::]|$)"
)
_TAIL = re.compile(r"[(\[【]([^()\[\]【】。;]{2,60})[)\]】]\s*[。;]?$")
_HEAD_OF = re.compile(r"^(?:\(?[一二三四五六七八九十]\)?[、.])?(?:关于)?(?P<name>[^,。;:]{2,22}?)(?:的)?(?:主要|工作|岗位|具体|管理)*(?:职责|责任|任务|分工|工作制度)(?:及?分工)?$")
_BODY_HEADING = re.compile(rf"^[近]?(?P<name>[^,。;:]{{0,18}}(?:{_ORG}|组|队|队伍|室|科|办|部|处|局|站|所|{_POST}))(?:\([^()]*\))?$")
_PLACEHOLDER = re.compile(r"^[\s_xX*…\-.—]*$")
_MASK = re.compile(r"^[_x*\-…]+$")


@dataclass(slots=True)
class Charge:
    """Who has to do with a task, and how firmly the text says so."""

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    supporting: list[str] = field(default_factory=list)
    stated: bool = False

    def add(self, other: Charge) -> None:
        for mine, theirs in ((self.lead, other.lead), (self.responsible, other.responsible), (self.supporting, other.supporting)):
            mine.extend(name for name in theirs if name not in mine)
        self.stated = self.stated or other.stated

    @property
    def empty(self) -> bool:
        return not (self.lead or self.responsible or self.supporting)


def names_in(text: str) -> list[str]:
    """Names of an enumeration: 保卫、物业 → both; placeholders and 等 are dropped, 张三(队长) keeps its person."""
    found: list[str] = []
    for part in _split_outside(text):
        name = re.sub(r"(?:等(?:相关|有关)?(?:部门|单位|科室)?|负责|牵头|配合|具体落实)$", "", part.strip(" .。:;,-_"))
        name = re.sub(r"^(?:由|请)", "", name)
        if 1 < len(name) <= 26 and not _PLACEHOLDER.match(name) and not _MASK.match(name) and name not in found and not re.search(r"\d月|\d日|长期|全年", name):
            found.append(name)
    return found


def _split_outside(text: str) -> list[str]:
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


def kind_of_line(key: str) -> str:
    """牵头/主办 lead, 配合/协办 support, everything else is responsible."""
    if re.match(r"牵头|主办|主责|第一责任|直接责任|主要责任|主管", key):
        return "lead"
    if re.match(r"配合|协办|协作|协助|参与|参加|支持", key):
        return "supporting"
    return "responsible"


def charge_of_lines(text: str) -> Charge:
    """牵头单位:A 责任单位:B、C / ——责任部门(D、E) / (责任单位:F). Blank or __ names nobody, but the line counts as stated."""
    charge = Charge()
    for found in _LINE.finditer(text):
        key = found.group("key")
        if key in ("责任", "负责", "参加", "完成", "组织", "落实", "实施", "参与", "支持", "执行", "协助"):
            continue
        charge.stated = True
        getattr(charge, kind_of_line(key)).extend(n for n in names_in(found.group("names")) if n not in getattr(charge, kind_of_line(key)))
    return charge


def is_body_heading(heading: str) -> bool:
    """A heading that names a group, an office or a post: 综合创建组, 收费人员职责, 防控指挥办公室."""
    return name_of_body(heading) is not None


def name_of_body(heading: str) -> str | None:
    words = re.sub(r"\s", "", heading)
    if found := _HEAD_OF.match(words):
        name = found.group("name")
        return name if re.search(rf"(?:{_ORG}|{_POST}|{_SHORT})(?:\([^()]*\))?$", name) and not _acts(name) else None
    if (found := _BODY_HEADING.match(words)) and not _acts(words) and len(words) <= 20:
        return re.sub(r"^近(?=..组)", "", found.group("name"))
    return None


def _acts(name: str) -> bool:
    return bool(re.match(r"(?:加强|开展|组织|建立|健全|完善|成立|组建|设立|强化|深入|明确|落实|推进|整治|打造|创建|做好|抓好|发挥|进一步|选|抓|对|召开|培育|参|搞|建|提升|规范|清理)", name) or re.search(r"[和与及]?(?:建设|管理|工作|活动)$", name))


def tail_charge(text: str) -> Charge:
    """Units in brackets at the end of an entry: …(城管科、各社区)."""
    charge = Charge()
    if found := _TAIL.search(text.rstrip()):
        inner = found.group(1)
        if re.search(r"牵头|配合|协办", inner) and (spoken := charge_of_verbs(inner)).lead:
            return spoken
        parts = names_in(re.sub(r"^(?:责任|牵头|配合)(?:单位|部门|科室|人)?[:]", "", inner))
        if parts and all(_is_unit(p) for p in parts):
            charge.responsible = parts if len(parts) > 1 or _SET.search(parts[0]) else []
            charge.lead = parts if not charge.responsible else []
            charge.stated = True
        elif found2 := re.match(r"(\S{2,12})(?:负责|提供|牵头|承办)$", inner):
            charge.lead = names_in(found2.group(1))
    return charge


def _is_unit(name: str) -> bool:
    return bool(re.search(rf"(?:{_ORG}|{_POST}|{_SHORT})(?:\([^()]*\))?$", name)) and not _PEOPLE.search(name) and len(name) <= 18 and not _acts(name) and name not in ("有关部门", "相关部门")


_BY = re.compile(
    rf"由(?P<names>[^,。;:由]{{2,40}}?)(?P<verb>负责|牵头|组织(?!部)|具体|统一|根据|按照|承担|落实|主持|实施|承办|主办|统筹|安排|制定|协助|依法协助|配合|指导|提供|管理|监督|完成|汇总|进行|收集)"
)
_LEADS = re.compile(r"(?:^|[,。;:(、]|建立完善|完善|健全|形成|构建)(?P<names>(?:(?![,。;:(]).){2,30}?)(?:负责)?牵头(?!单位|人|部门|责任|科室|负责人|,)(?P<rest>[^。;]{0,60})")
_WITH = re.compile(r"[,、;]?(?P<names>[^,。;:]{2,40}?)(?:积极|密切|协同|共同)*(?:配合|协助|协同)(?:[。;)]|$)")
_TOGETHER = re.compile(r"(?:会同|联合)(?P<names>[^,。;:]{2,40}?)(?=加强|开展|对|进行|组织|制定|负责|实施|成立|建立|做好|共同|[,。;])")
_ROLE_OF = re.compile(r"(?:充分)?发挥(?P<name>[^,。;:]{2,16}?(?:组|办|办公室|指挥部|委员会))(?:的)?(?:职能|牵头|协调|监督)?作用")
_DUTY_OF = re.compile(r"(?:^|[。;,(])\s*(?P<names>[^,。;:()由]{2,26}?)(?:具体|主要|全面|直接|统一)*(?:负责(?![人制])|具体落实(?=[,。;:)]|$)|主办(?=[,。;:)]|$)|承办(?=[,。;:)]|$))")


def charge_of_verbs(text: str) -> Charge:
    """由X负责, X牵头,Y、Z配合, 会同Y, X:负责…, 发挥X的作用."""
    charge = Charge()
    for found in _BY.finditer(text):
        names = [n for n in names_in(found.group("names")) if _is_named(n)]
        verb = found.group("verb")
        if re.search("协助|配合|指导", verb) or (verb == "具体" and text[found.end() : found.end() + 2] == "指导"):
            _extend(charge.supporting, names)
        else:
            organised = re.match(r"(?P<more>[^,。;:]{2,30}?)(?:等部门|等单位)?(?:进行|开展|对)", text[found.end() :]) if verb == "组织" else None
            _sort_in(charge, names)
            if organised:
                _extend(charge.supporting, [n for n in names_in(organised.group("more")) if _is_named(n) or len(n) <= 4])
    for found in _LEADS.finditer(text):
        rows = names_in(re.sub(r"^(?:建立完善|完善|健全|由)", "", found.group("names")))
        names = [n for n in rows if _is_named(n)]
        _extend(charge.lead, names[-1:] if "领导" in found.group("names") else names)
        if with_ := _WITH.search(found.group("rest")):
            _extend(charge.supporting, [n for n in names_in(with_.group("names")) if _is_named(n)])
        elif re.match("、", found.group("rest")):
            _extend(charge.supporting, [n for n in names_in(re.split("等|共", found.group("rest"), maxsplit=1)[0]) if _is_named(n)])
    for found in _TOGETHER.finditer(text):
        _extend(charge.supporting, [n for n in names_in(found.group("names")) if _is_named(n)])
    for found in _ROLE_OF.finditer(text):
        _extend(charge.lead, [found.group("name")])
    for found in _DUTY_OF.finditer(text):
        _sort_in(charge, [n for n in names_in(found.group("names")) if _is_named(n) and "由" not in n])
    return charge


def _is_named(name: str) -> bool:
    return _is_unit(name) and not _VAGUE.fullmatch(name) and not _OWNER.match(name) and not re.match(r"专人|当事人|专职|专门|双方|人大|家人|其", name)


def _extend(rows: list[str], names: list[str]) -> None:
    rows.extend(n for n in names if n not in rows)


def is_set(name: str) -> bool:
    """A class or several: 各社区, 生产经营单位, 帮扶干部. One named unit is no set."""
    return bool(_SET.search(name))


def _sort_in(charge: Charge, names: list[str]) -> None:
    """One named unit leads; a set or several subjects owe the task each for itself."""
    if len(names) == 1 and not is_set(names[0]):
        _extend(charge.lead, names)
    else:
        _extend(charge.responsible, names)


def subjects(text: str) -> Iterator[str]:
    """Units that are the subject of a sentence: 社区将划分责任区 → 社区; 各乡镇、各部门要 → both."""
    for sentence in re.split(r"[。;!?\n]", text):
        clauses = sentence.split(",")
        after_adverbial = True
        for clause in clauses:
            yield from _subject(clause.strip(), loose=after_adverbial)
            after_adverbial = after_adverbial and bool(re.match(r"对|在|根据|按照|为|通过|针对|结合|围绕|当|同时|届时|首先|其次|其中|[一二三四五六七八九]是|.{0,12}(?:时|前|后|期间)$", clause.strip()))


def _subject(clause: str, *, loose: bool) -> Iterator[str]:
    clause = re.sub(r"^(?:同时|届时|首先|其次|另外|此外|其中|[一二三四五六七八九]是|请|其)", "", clause)
    if _NOT_START.match(clause) and not _STILL_START.match(clause):
        return
    for found in _ORG_END.finditer(clause, 0, 34):
        end = found.end()
        name, rest = clause[:end], clause[end:]
        trigger = (_TRIGGER if loose else _MODAL).match(rest)
        if not trigger:
            continue
        if _INSIDE.search(name.replace("“", "").replace("”", "")) and not re.search(r"的[^的]{2,8}$", name):
            return
        for part in names_in(re.sub(r"^.{4,}的(?=[^的]{3,10}$)", "", name) if not re.search(r"[、和]", name) else name):
            if _is_unit(part) and not _PEOPLE.search(part) and not _OWNER.match(part) and not _VAGUE.fullmatch(part):
                yield part
        return


def charge_of_subjects(text: str) -> Charge:
    """The one named unit that is the subject leads; sets and several subjects are responsible."""
    charge = Charge()
    names = list(dict.fromkeys(subjects(text)))
    kept = [n for n in names if not any(n != m and m.endswith(n) and len(n) >= 2 for m in names)]
    _sort_in(charge, kept)
    return charge
