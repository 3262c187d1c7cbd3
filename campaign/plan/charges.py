"""Who has to do with a task: leads it, owes it himself, or helps.

Owns the words of responsibility: lines (牵头单位:…), brackets at the end, verbs (由X负责, X牵头,Y配合) and the subject of a sentence.
Refuses subjects deep inside a sentence when the sentence has one at its beginning: 社区要…,工作人员应… charges the community.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from campaign.plan.units import PEOPLE, UNIT_END, is_set, named_unit, names_in, split_names

_KEY = (
    r"(?P<key>(?:牵头|主要|直接|主管|第一)?(?:责任|负责|牵头|主办|承办|实施|落实|配合|协办|协作|协助|参与|支持|主责|执行)(?:责任)?(?:单位|部门"
    r"|科室|处室|股室|领导|人员?|组|社区|方)"
    r"|责任(?:单位|部门|科室)(?:及|和|与|、|/)责任人|组长单位|成员单位|牵头人?|责任人?|负责(?=:)|主办|承办|协办|配合)"
)
_STOP = r"[。;\n)\]】]|\s+(?:牵头|责任|配合|协办|主办|承办|完成|整改|时间|时限|参与|实施)|,(?:牵头|责任|配合|协办|参与|实施|完成|协助|协作|支持)\S{0,4}:|$"
_LINE = re.compile(rf"(?:^|[\s。;,(\[【-]){_KEY}(?:名单)?(?:\((?:科室|股室|处室|部门|单位|站所|人)\))?\s*[:(]\s*(?P<names>[^。;:\n\[\]【】]*?)(?={_STOP})")
_TAIL = re.compile(r"[(\[【]([^()\[\]【】。;]{2,60})[)\]】]\s*[。;]?$")

_NOT_START = re.compile(
    r"加强|开展|组织|建立|健全|完善|配合|协助|协调|联系|联合|邀请|对接|聘请|成立|组建|设立|深入|走进|进入|创建|争创|建设|推进|推动|实施|落实"
    r"|做好|抓好|抓|搞好|加大|强化|提高|提升|充分|积极|认真|继续|大力|严格|切实|广泛|不断|进一步|全面"
    r"|逐步|统一|合理|及时|定期|每|对|在|为|把|将|根据|按照|按|通过|利用|结合|以|从|由|与|向|依托|针对|随着|确保|争取|力争|要|应|让|使|给|到|凡"
    r"|如|若|当|并|且|或|同时|同|各项|各类|各种|一些|这|那|其|无|有|没有|是|不|未|用"
    r"|包括|负责|担任|拟|报|送|交|发|设|全社会|整个|所辖|我|本|该|此|受|被|经|就|和|及|而|也|还|又|再|已|共|执行|帮助|带动|引导|指导|动员|鼓励"
    r"|号召|服务|围绕|突出|打造|参与|参观|接受|迎接|成果|形成|构建|培育|营造"
)
_STILL_START = re.compile(
    r"各(?!项|类|种)|应急|发改|发展|交警|交通|经信|经济|经发|(?:建设|组织|创建|对外|联合|服务|指导|就业|执法)(?=局|科|办|部(?!门要)|委|厅|股|处"
    r"|组|工作领导|领导小组|指挥|会|站|中心|单位)|报社|共青团|不动产|无线电|用人|设计"
    r"|受托|经营|施工|每个|全体|所有|我\S局|本级|参加\S{2,8}的|存在\S{2,8}的"
)
_INSIDE = re.compile(
    r"[,。;:!?由]|对(?!外(?!来))|在(?!校|职|编|岗)|将|把|为(?!民)|向|使|让|通过|根据|按照|围绕|加强|开展|组织(?!部|委员|办)|进行|建立|提高|做好|要求"
    r"|工作(?!组|人员|队|站|委|领导|部|办|室|专班|小组|者|班子)|活动(?!中心|组"
    r"|办|领导|室|小组|部)|创建(?!办|工作领导|领导|指挥|组|委|活动领导)|环境(?!卫生|保护|监察|科|局|所|监测)|形象|是|了|深入|走进|赴|发放|张贴"
)
_TRIGGER = re.compile(
    r"[也都均还再]?(?:要(?!求)|应当?(?!急)|须|需|必须|务必|应该|不得|将|会(?=组织)|负责(?!人|制(?![定订作止]))|有权|作为|请(?=在|于|将|按|到)"
    r"|可以?(?=根据|结合))|至少|统一|具体|分别|共同|主动|积极|认真|及时|切实"
    r"|全面|充分|严格|定期|不定期|适时|自行|自(?=[把行])|单独|立即|密切|全力|全程|每[天日周月年季逢半两三个学班]"
    r"|根据|按照|按(?=各|要|规|上|照|职)|依据|依托|结合|围绕|针对|通过|利用|联合|会同|对(?!象|口|面|外(?!来)|接)|与(?=各|\S{2,12}签订)"
    r"|发现(?!的)|牵头|组织(?!机构|领导|体系"
    r"|建设|架构)|开展|制定(?!的)|制订|建立|成立|注册|提供|安排|召开|完成|做好|落实"
    r"|加强|承担|履行|坚持|确定|指定|抓好|把|进行|举办|召集|负有|主持|于(?=[\d每一二三四五六七八九十])|在(?=\S{1,24}(?:中|上|下|前|后|时|内|间|里|基础)(?:要|应|须|需"
    r"|及时|认真|,))|为\S{0,12}(?:负责人|责任人|代表人|开设|提供|讲授"
    r"|安排)"
    r"|开设|撰写|编写|深入|赴|走访|走进|入户|上门|发放|张贴|悬挂|购置|设置|设立|配备|报送|提交|填写|收集|汇总|清理|清扫|选派|抽调|邀请|颁发|公布|受理|拟定"
    r"|拟订|起草|修订|印发|组建|推行|强化|健全|完善|布置|制作|组成|采购|购买|采取|举行|实行|加大|加快|抽查|全天|承办"
)
_STRONG = re.compile(
    r"[也都均]?(?:要(?!求)|应当?(?!急)|须|需|必须|务必|应该|将(?=\S{0,16}(?:组织|对|通过|划分|根据|给予|制定|开展|定期|报|送))|负责(?!人"
    r"|制(?![定订作止]))|有权|不得)|每[天日周月年季半两三个学班]|至少|定期|不定期"
    r"|组织(?!机构|领导|体系)|牵头|根据|按照|及时|负有|自[把行]|单独|按(?=各|要|规)|对(?!象|口|外|接)|承担|分别|具体负责|于(?=[\d一二三四五六七八九十])"
)
_FOLLOWS = re.compile(rf"(?:其\S{{0,10}}(?:负责|要|应|必须))|利用|{_STRONG.pattern}")
_ADVERBIAL = re.compile(r"(?:对|在|根据|按照|为|通过|针对|结合|围绕|当|以)(?!各).*|同时|届时|.{0,14}(?:时|前|后|期间|中|下)$|[一二三四五六七八九]是\S{0,10}$")


@dataclass(slots=True)
class Charge:
    """Who has to do with a task, and whether a line of its own says so."""

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    supporting: list[str] = field(default_factory=list)
    stated: bool = False

    def add(self, other: Charge) -> None:
        for mine, theirs in ((self.lead, other.lead), (self.responsible, other.responsible), (self.supporting, other.supporting)):
            _extend(mine, [n for n in theirs if n not in self.lead])
        self.stated = self.stated or other.stated

    @property
    def empty(self) -> bool:
        return not (self.lead or self.responsible or self.supporting)


def _extend(rows: list[str], names: list[str]) -> None:
    rows.extend(n for n in names if n not in rows)


_AND_OTHERS = re.compile(r"、[^,。;:、]{2,6}等(?:相关|有关|职能)?(?:部门|单位|科室|站所)$")
_SHORT_NAME = re.compile(r"(?!有关|相关|各|其他|加强|开展|做好|组织|实施|落实)[\u4e00-\u9fff]{2,5}(?<!工作)(?<!活动)(?<!环境)")


def _units(text: str) -> list[str]:
    short = bool(_AND_OTHERS.search(text))
    return [unit for name in names_in(text) if (unit := named_unit(name) or (name if short and _SHORT_NAME.fullmatch(name) else None))]


def _sort_in(charge: Charge, names: list[str]) -> None:
    """One named unit leads; a set or several subjects owe the task each for itself."""
    _extend(charge.lead if len(names) == 1 and not is_set(names[0]) else charge.responsible, names)


# lines and brackets -------------------------------------------------------------------------------------------------


def kind_of_line(key: str) -> str:
    """牵头/主办 lead, 配合/协办 support, everything else is responsible."""
    if re.match(r"牵头|组长单位|主办|主责|第一责任|直接责任|主要责任|主管", key):
        return "lead"
    return "supporting" if re.match(r"配合|协办|协作|协助|参与|支持", key) else "responsible"


_PERSON = re.compile(r"[\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]?[xX*某_]{1,3}")


def charge_of_lines(text: str) -> Charge:
    """牵头单位:A 责任单位:B、C / --责任部门(D、E) / (责任单位:F). Blank or __ names nobody, but the line counts as stated."""
    charge = Charge()
    keys = [m.group("key") for m in _LINE.finditer(text)]
    for found in _LINE.finditer(text):
        if found.group("key").endswith(("人", "领导")) and any(not k.endswith(("人", "领导")) for k in keys):
            continue
        rows = names_in(found.group("names"))
        if found.group("key").endswith(("人", "领导")):
            rows = [r for r in rows if named_unit(r) or not _PERSON.fullmatch(r)]
        if found.group("key") in ("责任", "配合", "承办") and not rows:
            continue
        charge.stated = True
        if "牵头" in found.group("names"):
            charge.add(charge_of_verbs(found.group("names")))
            continue
        if found.group("key").startswith("负责"):
            _sort_in(charge, rows)
            continue
        _extend(getattr(charge, kind_of_line(found.group("key"))), rows)
    return charge


_OR_ALSO = re.compile(r"[村镇乡县市区街道][(](?:(?:社区|居|街道|办事处|镇|村|市|区|县|园区|开发区)[、,]?)+[)]\s*[。;]?$")


def tail_charge(text: str) -> Charge:
    """Units in brackets at the end of an entry: …(城管科、各社区), …(企划部提供)."""
    charge = Charge()
    found = _TAIL.search(text.rstrip())
    if not found or _OR_ALSO.search(text.rstrip()):
        return charge
    inner = found.group(1)
    spoken = charge_of_verbs(inner)
    if spoken.lead or spoken.responsible:
        spoken.stated = True
        return spoken
    names = names_in(inner)
    if names and all(named_unit(n) for n in names):
        _sort_in(charge, names)
        charge.stated = True
    return charge


# verbs --------------------------------------------------------------------------------------------------------------

_NAMES = r"(?:[^,。;:()由]|\([^()]{1,10}\))"
_BY = re.compile(
    rf"由(?P<names>{_NAMES}{{2,40}}?)(?:依法|分别|共同|各自|统一)??(?P<verb>负责(?!人|制(?![定订作止]))|牵头|组织(?!部)|具体|统一(?=组织|部署|安排|实施|负责|领导|协调"
    rf"|指挥|印制|制作|发放|采购|购买|配送|汇总|管理使用)|根据"
    rf"|按照|承担|落实|主持|实施|承办|主办|统筹|制定|协助|配合|指导|提供|监督|汇总|收集|会同|委托)"
)
_LEADS = re.compile(
    rf"(?:^|[,。;:(]|建立完善|完善|健全|形成|构建)(?P<names>{_NAMES}{{2,30}}?)(?:负责)?牵头(?!单位|人|部门|责任|科室|抓总)(?P<rest>[^。;]{{0,60}})"
)
_WITH = re.compile(r"[,、;]?(?P<names>[^,。;:]{2,40}?)(?:积极|密切|协同|共同)*(?:配合|协助|协同|参与)(?:[,。;)]|$)")
_WITH_WORDS = re.compile(r"(?:^|[,;(])(?P<names>[^,。;:()由]{2,40}?)(?:积极|密切|协同|共同|予以)*(?:配合|协助|协办)(?=[,。;)]|$)")
_TOGETHER = re.compile(
    r"(?:会同|联合)(?P<names>[^,。;:]{2,40}?)(?=加强|开展|对|进行|组织|制定|负责|实施|成立|建立|做好|共同|委托|编制|每|定期|不定期|按|及时|[,。;])"
)
_ROLE_OF = re.compile(r"(?:充分)?发挥(?P<name>[^,。;:]{2,16}?(?:组|办|办公室|指挥部|委员会))(?:的)?(?:职能|牵头|协调|监督)?作用")
_DOES = re.compile(
    rf"(?:^|[。;,(])\s*(?P<names>{_NAMES}{{2,26}}?)(?:具体|主要|全面|直接|统一|分别|共同)*(?:负责(?!人|制(?![定订作止]))|具体落实(?=[,。;:)]|$)"
    rf"|提供(?=[)]|$)|(?:主|承)办(?=[,。;:)]"
    rf"|$))"
)
_PRESENT = re.compile(r"(?:须|需|要|应|必须)有(?P<names>[^,。;:]{2,12}?)(?:到场|在场|陪同|参加)")


def charge_of_verbs(text: str) -> Charge:
    """由X负责, X牵头，Y、Z配合, 会同Y, X负责…, 发挥X的作用, 须有X到场."""
    charge = Charge()
    for found in _BY.finditer(text):
        _by(charge, text, found)
    for found in _LEADS.finditer(text):
        _led(charge, found)
    for pattern in (_WITH_WORDS, _TOGETHER, _PRESENT):
        for found in (m for m in pattern.finditer(text) if not re.search("[要应须]", m.group("names"))):
            _extend(charge.supporting, _units(found.group("names")))
    for found in _ROLE_OF.finditer(text):
        _extend(charge.lead, [found.group("name")])
    several = [*charge.lead, *charge.responsible]
    _extend(several, doers(text))
    if len(several) > 1 and "牵头" not in text and not _ROLE_OF.search(text):
        charge.lead, charge.responsible = [], several
    elif several and not charge.lead:
        charge.responsible = []
        _sort_in(charge, several)
    charge.responsible = [n for n in charge.responsible if n not in charge.lead]
    charge.supporting = [n for n in charge.supporting if n not in charge.lead and n not in charge.responsible]
    return charge


_ACT_BEFORE = re.compile(r"[要应须]|确保|做到|进行|谁|^(?:形成|建立|构建|健全|完善|实行|坚持|落实)")


def doers(text: str) -> list[str]:
    """Units before 负责, 承办 or 具体落实."""
    found = [m.group("names") for m in _DOES.finditer(text)]
    return [unit for names in found if "牵头" not in names and not _ACT_BEFORE.search(names) for unit in _units(names)]


def _by(charge: Charge, text: str, found: re.Match[str]) -> None:
    names, verb = _units(found.group("names")), found.group("verb")
    after = text[found.end() : found.end() + 32]
    if re.search("协助|配合|指导", verb) or (verb == "具体" and after.startswith("指导")):
        _extend(charge.supporting, names)
        return
    if charge.lead or charge.responsible:
        _extend(charge.responsible, [n for n in names if verb in ("负责", "牵头")])
        return
    _sort_in(charge, names)
    if verb == "牵头" and (helped := re.match(r"(?P<names>[^,。;:]{2,30}?)(?:配合|协助|参与)", after)):
        _extend(charge.supporting, _units(helped.group("names")))
    if verb == "组织" and (more := re.match(r"(?!对|开展|进行)(?P<more>[^,。;:]{2,30}?)(?:进行|开展|对)", after)):
        _extend(charge.supporting, [n for n in names_in(more.group("more")) if named_unit(n) or len(n) <= 4])


def _led(charge: Charge, found: re.Match[str]) -> None:
    names = [re.sub(r"^(?:建立完善|完善|健全|由)", "", n) for n in split_names(found.group("names"))]
    _extend(charge.responsible, [u for n in names if n.endswith("领导") and (u := named_unit(n.removesuffix("领导")))])
    _extend(charge.lead, [u for n in names if not n.endswith("领导") and (u := named_unit(n))])
    rest = found.group("rest")
    if with_ := _WITH.match(rest):
        _extend(charge.supporting, _units(with_.group("names")))
    elif rest.startswith("、"):
        _extend(charge.supporting, _units(re.split("等|共", rest, maxsplit=1)[0]))


# subjects -----------------------------------------------------------------------------------------------------------


_POST_END = re.compile(r"(?:员|长|书记|主任|人|干部|领导|成员|教师|经理|主席)$")


def charge_of_subjects(text: str) -> Charge:
    """The one named unit that is the subject leads; sets and several subjects are responsible."""
    charge = Charge()
    first = list(dict.fromkeys(subjects(text, at_start=True)))
    later = list(dict.fromkeys(subjects(text, at_start=False)))
    names = [*first, *(n for n in later if n not in first and not _POST_END.search(n))] if first else later
    _sort_in(charge, [n for n in names if not any(n != m and (m.endswith(n) or m.startswith(n)) for m in names)])
    return charge


def subjects(text: str, *, at_start: bool) -> Iterator[str]:
    """Units that are the subject of a sentence, or with `at_start` false of a later clause of one: 对…的隐患,社区要…"""
    for sentence in re.split(r"[。;!?\n]", text):
        clauses = _clauses(sentence)
        opening = True
        for at, clause in enumerate(clauses):
            opening = opening or (clauses[at - 1].endswith(":") and len(clauses[at - 1]) <= 17)
            following = clauses[at + 1] if at + 1 < len(clauses) else ""
            if opening == at_start or (opening and not at_start):
                yield from _subject(clause.strip(" :"), following.strip(), _TRIGGER if opening else _STRONG, alone=opening)
            opening = opening and bool(_ADVERBIAL.fullmatch(clause.strip()))


def _clauses(sentence: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for at, c in enumerate(sentence):
        depth += (c in "(“《") - (c in ")”》")
        if (c == "," and depth <= 0) or (c == ":" and at - start <= 16):
            parts.append(sentence[start : at + (c == ":")])
            start = at + 1
    return [*parts, sentence[start:]]


_DATE_BEFORE = re.compile(r"^(?:20\d\d年|今年|每年)?\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|初|末)?(?:之?前|以?前|起|开始|,)(?=[\u4e00-\u9fff])")


def _subject(clause: str, following: str, trigger: re.Pattern[str], *, alone: bool) -> Iterator[str]:
    clause = re.sub(r"^[^,。]{2,10}?(?:期间|时|前|后)(?=各)", "", clause)
    clause = _DATE_BEFORE.sub("", clause)
    clause = re.sub(r"^(?:同时|届时|首先|其次|另外|此外|其中|[一二三四五六七八九]是|(?:请|要求)(?=各))", "", clause)
    if not clause or (_NOT_START.match(clause) and not _STILL_START.match(clause)):
        return
    for found in re.finditer(UNIT_END, clause[:36]):
        name, rest = clause[: found.end()], clause[found.end() :]
        fits = trigger.match(rest) or (alone and not rest and bool(_FOLLOWS.match(following))) or _with_people(rest, trigger)
        if not fits:
            continue
        if _INSIDE.search(re.sub(r"[“”]|^.*的(?=[^的]{2,8}$)", "", name)):
            return
        yield from _parts(name)
        return


def _with_people(rest: str, trigger: re.Pattern[str]) -> bool:
    """各团队和参加的同学按照…: people beside a unit do not hide it."""
    found = re.match(r"[、和与及]([^,。;]{2,16}?)(?=按照|根据|要|应|须|及时|认真|必须|在)", rest)
    return bool(found and PEOPLE.search(found.group(1)) and trigger.match(rest[found.end() :]))


def _parts(name: str) -> Iterator[str]:
    """Units of a subject: of 存在…的生产经营单位 the noun, of 参加实践的队伍 the whole, for 队伍 alone says too little."""
    if "或" in name:
        return
    head = re.sub(r"^.{2,}的(?=[^的]{4,10}$)", "", name)
    if "的" in name and head != name and not re.search(r"[、和]", head):
        name = head
    elif "的" in name:
        yield name
        return
    yield from _units(name)
