"""What a section of a plan is about, by the words of its heading.

Owns the vocabulary of headings (指导思想, 工作要求, 实施步骤 …) and the roles that follow from it. Refuses to look at wording that
only one plan has. A role is inherited by the entries below unless their own heading says otherwise, because 考核细则 may stand
inside 工作职责.
"""

from __future__ import annotations

import re
from enum import StrEnum

from campaign.plan.outline import Node
from campaign.plan.units import is_body_heading


class Role(StrEnum):
    BACKGROUND = "background"
    ORGANISATION = "organisation"
    DUTIES = "duties"
    TASKS = "tasks"
    PHASES = "phases"
    STANDARD = "standard"
    REQUIREMENT = "requirement"
    MONEY = "money"
    REWARD = "reward"
    FUTURE = "future"
    EVENT = "event"
    HOSTS = "hosts"
    OTHER = "other"


_VOCABULARY: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.FUTURE, re.compile(r"下一?步|下阶段|今后(?:的)?(?:工作|打算|设想)|打算|努力方向|工作设想|来年|明年|改进措施")),
    (Role.HOSTS, re.compile(r"^(?:活动)?(?:主办|承办|协办|指导|支持|联合主办|组织)(?:单位|方|部门)?$|^(?:主办|承办|协办)")),
    (Role.TASKS, re.compile(r"^(?:工作|任务|职责)?分工(?:和|与|及|、).{0,4}指标|标准(?:和|与|及|、).{0,4}任务")),
    (Role.MONEY, re.compile(r"预算|经费(?!保障)|资金(?:安排|预算|来源|概算)|费用|收费标准")),
    (
        Role.PHASES,
        re.compile(
            r"步骤|阶段(?:安排|划分|任务)?$|实施阶段|时间(?:安排|进度|步骤|节点|计划|表)|进度(?:安排|计划)?$|(?:活动|工作|实施|具体|创建)?流程(?:安排)?$|日程"
            r"|实施(?:安排|计划|进程|过程)$|推进(?:计划|安排)$|工作进程|(?:时间|进度)(?:和|与|及).{0,6}(?:安排|步骤|要求)|方法步骤|活动进程"
        ),
    ),
    (
        Role.STANDARD,
        re.compile(
            r"标准(?!化)|考核(?:内容|细则|指标|评分|办法|方法|评定|评价)|测评(?:内容|指标)|评(?:选|定)(?:条件|范围)|评分|条件$|细则$|指标(?:体系"
            r"|要求)?$|资格|先进申报|组织考核"
        ),
    ),
    (Role.REWARD, re.compile(r"奖励|奖惩|奖项|奖金|评奖|奖品|处罚|罚则|处分|分配|表彰(?:奖励)?$|评优|激励|法律责任|责任追究|附则|^考核|考核(?:与|和)?奖")),
    (Role.DUTIES, re.compile(r"职责|职能|岗位责任|责任分工|职务分工|工作分工$|人员分工|部门分工|^分工|任务分工")),
    (
        Role.REQUIREMENT,
        re.compile(
            r"(?:工作|活动|有关|相关|几点|具体|纪律|其他|参赛|参与|形式与|组织|实施)要求|^要求$|要求及|(?:保障|保证)(?:措施|机制)|组织保障"
            r"|工作保障|注意事项|^保障$|纪律$|措施保障|有关事项"
            r"|(?:确保|保证|保障).{0,8}(?:落实落地|落到实处|取得实效|顺利(?:进行|开展|实施))"
        ),
    ),
    (
        Role.REQUIREMENT,
        re.compile(
            r"^(?:加强|强化|严格)?(?:督查|督导|监督|检查)(?:与|和|、)?(?:考核|检查"
            r"|指导|问责|评比|通报)?(?:机制|制度)?$|^(?:工作|保障|推进|运行)机制$"
        ),
    ),
    (
        Role.ORGANISATION,
        re.compile(
            r"组织(?:领导|机构|管理|架构|体系|建设|与领导|指挥|分工|设置)|领导(?:机构|小组|组织)|机构(?:设置|组成|与)|健全机构|指挥(?:机构|体系"
            r"|部)|成立.{0,12}(?:小组|指挥部|委员会)|工作机构|加强领导|组建.{0,6}(?:队伍|小组"
            r"|专班)"
        ),
    ),
    (Role.TASKS, re.compile(r"任务.{0,6}分工|目标.{0,4}分工|(?:工作|主要|重点|具体|目标|整治)任务(?:和|与|及).{0,4}措施")),
    (
        Role.BACKGROUND,
        re.compile(
            r"总则|指导思想|总体(?:要求|思路|目标|部署)|工作(?:思路|目标|原则|方针|宗旨|依据|重要性)|目标(?!责任)|目的|意义|背景|原则|宗旨|主题"
            r"|口号|依据|对象$|范围$|参(?:赛|加|与)(?:单位|人员|对象|者|范围|方式)"
            r"|适用|现状|概[况述]|基本情况|宣传(?:内容|标语|口号|重点)$|地点|预期(?:效果|目标|成效|成果)|形势|认识|由头|活动名称|名称$|由来|理念"
            r"|存在(?:的)?(?:主要)?问题|(?:主要|突出)问题$|人群$|定义|术语|联系(?:人|方式)|活动单位"
        ),
    ),
    (
        Role.EVENT,
        re.compile(
            r"^(?:活动|比赛|会议|集合|报名|举办|演出|实施|工作|创建|开展|起止|整治|检查|宣传|行动|治理|培训)?(?:时间"
            r"|日期)(?:与|及|和|、)?(?:地点)?$|^(?:活动|比赛)形式$|^.{1,4}期$"
        ),
    ),
    (Role.TASKS, re.compile(r"任务|措施|内容|重点|工作(?:安排|计划|方法|做法|方式|要点|部署)|项目|报名|准备|整治|举措|做法|方法|形式|安排|分工|计划")),
)
_GENERIC = re.compile(
    r"(?:主要|重点|具体|工作|活动|实施|创建|整治|防控|推进|项目|帮扶|服务|宣传|教育|管理|保障|基本|年度|目标|总体|任务|措施|步骤|及|和|与|、)*(?:任务|措施|内容"
    r"|重点|安排|计划|方法|做法|方式|步骤|要点|举措|分工|形式|部署|项目)(?:如下)?"
)
_DOING = re.compile(r"负责|协调|加强|开展|做好|落实|组织(?!领导|机构|体系)|建立|制定|完善|严格|强化|抓好|推进|深化|健全|广泛|狠抓|营造|实施(?!步骤|方案|原则)")
_MIXED = re.compile(r"(?:及|和|与|、).{0,4}(?:内容|任务|措施|要求|重点)$")
_ATTACHED = re.compile(r"\s*附(?:件|表|录|则)?\s*\d{0,2}\s*[:、.]")


def heading_role(heading: str) -> Role | None:
    """Role of a heading by its words: 四、工作步骤 → PHASES. None if it names no known kind of section."""
    words = re.sub(r"\s|\(.*?\)", "", heading)
    if not words or len(words) > 30:
        return None
    return next((role for role, pattern in _VOCABULARY if pattern.search(words)), None)


def is_generic(heading: str) -> bool:
    """A heading that names nothing but its kind: 工作计划, 主要任务及措施."""
    return bool(_GENERIC.fullmatch(re.sub(r"\s", "", heading)))


def is_attachment(text: str) -> bool:
    return bool(_ATTACHED.match(text))


def role_of(node: Node, inherited: Role) -> Role:
    """Role of an entry: its heading's, as far as it may overrule the role of what it stands in."""
    if node.kind == "root":
        return Role.OTHER
    own = heading_role(node.heading)
    if inherited == Role.OTHER:
        if own is None and node.children and is_body_heading(node.heading):
            return Role.DUTIES
        trusted = node.parent is None or node.parent.kind == "root" or (len(node.heading) <= 14 and not _DOING.match(node.heading))
        if own == Role.BACKGROUND and _MIXED.search(node.heading) and any(heading_role(c.heading) in (Role.TASKS, Role.REQUIREMENT) for c in node.children):
            return Role.OTHER
        doing = own == Role.BACKGROUND and bool(node.children) and bool(_DOING.match(node.heading))
        return own if own and trusted and not doing else Role.OTHER
    if (
        own is None
        or len(node.heading) > 14
        or _DOING.match(node.heading)
        or inherited in (Role.BACKGROUND, Role.STANDARD, Role.MONEY, Role.REWARD, Role.REQUIREMENT, Role.PHASES, Role.FUTURE)
    ):
        return inherited
    strong = own in (Role.STANDARD, Role.MONEY, Role.REWARD, Role.PHASES) or (
        own in (Role.BACKGROUND, Role.REQUIREMENT, Role.DUTIES) and len(node.heading) <= 8
    )
    if inherited in (Role.DUTIES, Role.TASKS, Role.ORGANISATION) and strong:
        return own
    return inherited
