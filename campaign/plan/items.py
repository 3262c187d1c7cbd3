"""What a plan hands out: which entries are items, at which level, and what each of them says.

Owns the choice of the level: where responsibility is written on a task, that task is the item; a heading that names a group or a
post hands its duties to it; otherwise the lowest numbered entry is the item. Refuses aims, standards, money, rewards and
requirements that charge nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from campaign.plan.allotting import charge_of_body, charge_of_entry, charge_of_group, duties_in, joint_bodies, stated_charge
from campaign.plan.charges import Charge, charge_of_lines, charge_of_subjects, charge_of_verbs, tail_charge
from campaign.plan.deadlines import dated_clauses, deadline_of, has_deadline
from campaign.plan.entries import PART_START, is_leading_group, is_list_of, parts_of, raw_with, runs_of, sentences_of, text_with, words_of
from campaign.plan.materials import materials_of, named_material, recipient_of
from campaign.plan.outline import Node, Para
from campaign.plan.phases import Stage
from campaign.plan.pointers import only_points
from campaign.plan.recurrence import recurrence_of
from campaign.plan.sections import Role, is_attachment, is_generic
from campaign.plan.spec import Item, PlanWarning
from campaign.plan.targets import targets_of
from campaign.plan.units import name_of_body, named_unit
from campaign.plan.wording import title_of, without_heading, without_number

SKIPPED = (Role.BACKGROUND, Role.STANDARD, Role.MONEY, Role.REWARD, Role.HOSTS, Role.EVENT)
_GOAL = re.compile(r"(?:实现|达到|完成)[^,。;]{0,24}目标[。;]?$|奠定[^,。;]{0,12}基础[。;]?$|(?:作出|做出)[^,。;]{0,12}贡献[。;]?$")
_SUBMITS = re.compile(r"报送|上报|(?<![通申填海])报(?:至|到|[\u4e00-\u9fff“”]{2,14}(?=[,。;(]|$))|提交|递交|交至?|发至|发送|送达?|反馈")
_SETS_UP = re.compile(r"任组长|为组长|组长\s*:|总指挥\s*:|任总指挥|成立[^。]{0,40}(?:领导小组|指挥部|委员会)|人员组成|组成人员|名单如下|同志负责")
_SANCTION = re.compile(
    r"(?:第\S{1,3}条\s*)?(?:对)?[^,。;]{0,24}?(?:违反|违者|不服从|不按"
    r"|未按|迟到|早退|旷工|脱岗|弄虚作假)[^。]{0,40}(?:罚|扣|处分|辞退|追究|取消)"
)
_PURPOSE = re.compile(r"(?:第\S{1,3}条\s*)?(?:为|根据|本(?:办法|制度|规定|规则|细则|预案|方案))[^。]{0,80}(?:制[定订]本|适用于|负责解释|起(?:施行|执行|实施))")
_NEXT = re.compile(r"(?:下一步|下阶段|下步)")
_HEADS = re.compile(r"(?:任|为)(?:组长|总指挥)|(?:^|\n)(?:组长|总指挥)\s*:")
_DUTY = re.compile(r"职责(?:是|为|:|如下)|(?:主要|工作|具体)职责|负责(?!人|制(?![定订作止]))[^。,;]{4,}|承担|由[^,。;]{2,12}(?<!同志)(?:负责|牵头),")
_LABEL_LINE = re.compile(r"^(?P<label>[^,。;:]{2,24}?)(?:\([^()]{2,20}\))?:(?=.{2,})")
_EVENT_LABEL = re.compile(
    r"^(?:\d+\.)?\s*(?:活动|比赛|会议|报名)?(?:时间|日期|地点|内容|对象|主题|形式|人员|参加人员|方式|联系人|电话|规则|要求|组长|副组长|成员|牵头"
    r"|责任|配合|主任|副主任|总指挥|副总指挥|组员|队长|备注|名称|流程|完成|时限|目标|任务|措施|标准|奖项)"
)
_EVENT_TIME = re.compile(r"(?:^|\n|\s)(?:活动|比赛|举办)?(?:时间|日期)\s*:")
_PRINCIPLE = re.compile(
    r"以人为本|预防为主|统一(?:领导|指挥)|分级(?:负责|管理)|属地|依法(?:规范|防控|管理|科学|依规)|科学(?:应对|规范|防控)|快速反应|联防联控"
    r"|群防群控|平战结合|常备不懈|条块结合|标本兼治|坚持.{2,16}(?:原则|相结合|并举|为主|为本|统领"
    r"|优先)|以.{1,4}为(?:本|主|先|重|要)|.{2,16}原则"
)
_DEMAND = re.compile(
    r"^(?:进一步|切实|高度|全面|严格|不断)?(?:加强(?:组织|领导|宣传|协调|督|考核|监督|舆论|协作|沟通|保障)|提高(?:认识|政治|思想|站位)"
    r"|统一(?:思想|认识)|广泛宣传|强化(?:领导|组织|责任|督|考核|宣传|保障|协作)|落实责任"
    r"|明确(?:责任|职责|分工|任务)|严格(?:考核|纪律|督|要求)|狠抓|压实|营造|密切|注重|精心组织|高度重视|严肃|协作|凝聚|提升)"
)

_CONDUCT = re.compile(r"不准|不得|不要|严禁|禁止|要[^,。;]{2,16},(?:[^,。;]{2,16},)?不")
_EVENT_PART = re.compile(r"(?:活动|比赛|会议|具体)?(?:时间|地点|内容|主题|对象|形式|方式|(?:参会|参加|参与|活动|参赛)?人员)")


def _describes_event(run: list[Node]) -> bool:
    """1、时间:… 2、地点:… are parts of one event and no tasks."""
    heads = [n.heading for n in run if _EVENT_PART.fullmatch(n.heading)]
    return len(heads) >= 2 and len(heads) * 2 >= len(run) and any("时间" in h or "地点" in h for h in heads)


def _names_units(node: Node) -> bool:
    """指标 whose entries end in (教务处、总务处) are tasks, whatever their heading says."""
    told = sum(not tail_charge(c.whole()).empty for c in node.children)
    return told >= 2 and told * 2 >= len(node.children)


_ROSTER = re.compile(r"(?:常务)?(?:副?组长|副?主任|副?总指挥|副?队长|成员(?:单位)?|组员|队员|联络员)\s*:")


def _is_roster(paras: list[Para]) -> bool:
    """组长:… 副组长:… 成员:… and nothing else: names, no task."""
    return len(paras) >= 2 and all(_ROSTER.match(p.text) and len(p.text) <= 120 and "负责" not in p.text for p in paras)


@dataclass(slots=True)
class Found:
    """An item with what belongs to its place but not to the item itself."""

    item: Item
    node: Node | None = None
    warnings: list[PlanWarning] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Walks the tree once and collects items."""

    roles: dict[Node, Role]
    stages: list[Stage]
    year: int
    hosts: Charge
    is_report: bool
    found: list[Found] = field(default_factory=list)

    def read(self, root: Node) -> list[Found]:
        staged = {s.node: s for s in self.stages}
        by_parent = {s.node.parent for s in self.stages}
        self._duties(root, None, None)
        for run in runs_of(root.children):
            demands = is_list_of(run, _DEMAND, 0.75) and all(c.kind != "cn" for c in run)
            if is_list_of(run, _PRINCIPLE, 0.5) and all(self.roles[c] in (Role.OTHER, Role.BACKGROUND) for c in run):
                continue
            for node in run:
                role = Role.REQUIREMENT if demands and len(run) >= 2 else self.roles[node]
                self._section(node, role, staged, by_parent)
        if self.is_report:
            self._announced(root)
        elif not any(f.item.required for f in self.found):
            self._required(root)
            self._standards(root)
        return self.found

    def _announced(self, root: Node) -> None:
        """下一步,…一是…二是… at the end of a report: what it still plans, without a heading of its own."""
        for node in root.walk():
            if self.roles[node] == Role.FUTURE:
                continue
            for para in (p for p in node.paras if _NEXT.match(p.text)):
                parts = parts_of(para)
                for piece in parts if len(parts) >= 2 else [para]:
                    self._add(piece, None, "", Charge(), None, number="")

    def _required(self, root: Node) -> None:
        """A plan without stages whose only tasks stand under 工作要求 hands those out."""
        for node in [n for top in root.children for n in (top, *top.children)] if not self.stages else []:
            if self.roles[node] != Role.REQUIREMENT or is_list_of(node.children, _DEMAND, 0.75):
                continue
            for child in (c for c in node.children if not _DEMAND.match(c.heading)):
                self.roles |= {n: Role.TASKS for n in child.walk() if self.roles[n] == Role.REQUIREMENT}
                self._entries(child, Role.TASKS)

    def _duties(self, node: Node, stage: Stage | None, number: str | None) -> bool:
        """城管局负责…, 教导处:负责… as unnumbered paragraphs: each is an item of its unit."""
        rows = duties_in(node.paras)
        for para, name in rows:
            self._add(para, None, name, charge_of_body(name, para.text), stage, number=number or "")
        return bool(rows)

    def _standards(self, root: Node) -> None:
        """A plan that is only a standard hands out its entries as indicators: evidence is filed under them."""
        for node in (n for n in root.children if self.roles[n] == Role.STANDARD):
            for entry in (c for c in node.children if c.own):
                self._item(entry, Role.STANDARD, Charge(stated=True), None, None)
                last = self.found[-1]
                last.item = last.item.model_copy(update={"indicator": last.item.title, "required": False})

    def _section(self, node: Node, role: Role, staged: dict[Node, Stage], by_parent: set[Node | None]) -> None:
        if node in staged or node in by_parent or any(n in staged for n in node.walk()):
            self._stages_in(node, staged, role)
        elif self.is_report:
            if role == Role.FUTURE:
                self._entries(node, Role.TASKS)
        elif role not in SKIPPED or role == Role.STANDARD:
            self._entries(node, role)

    # stages ---------------------------------------------------------------------------------------------------------

    def _stages_in(self, node: Node, staged: dict[Node, Stage], role: Role) -> None:
        plain = [s for s in self.stages if s.node.parent is node and s.node not in node.children]
        for stage in [staged[node]] if node in staged else plain:
            self._stage(stage)
        for child in node.children if node not in staged else []:
            if child in staged:
                self._stage(staged[child])
            elif any(n in staged for n in child.walk()):
                self._stages_in(child, staged, role)
            elif (own := self.roles.get(child, role)) not in SKIPPED:
                self._entries(child, own)

    def _stage(self, stage: Stage) -> None:
        for run in runs_of(stage.node.children):
            for child in run if not (_describes_event(run) or (len(run) == 1 and run[0].kind == "is")) else []:
                self._entries(child, Role.TASKS, stage=stage)
        for para in stage.body:
            dated = dated_clauses(para, stage.phrase)
            for piece in dated:
                self._add(piece, None, "", Charge(), stage, number=stage.node.label)
            rest = [s for s in sentences_of(para) if not any(piece.text in s.text or s.text in piece.text for piece in dated)]
            self._submissions(rest, stage, told=stage.phrase.text if stage.phrase else "")

    # entries --------------------------------------------------------------------------------------------------------

    def _entries(self, node: Node, role: Role, *, group: str | None = None, stage: Stage | None = None) -> None:
        if role == Role.STANDARD and _names_units(node):
            role = Role.TASKS
            self.roles |= dict.fromkeys(node.walk(), role)
        if role in SKIPPED or (node.own and is_attachment(node.own.text)):
            return
        stated = stated_charge(node)
        if (stated and node.children and not name_of_body(node.heading)) or _describes_event(node.children):
            self._item(node, role, stated, group, stage)
        elif not node.children:
            self._leaf(node, role, stated, group, stage)
        else:
            body = name_of_body(node.heading) or joint_bodies(node.heading)
            lead = (stated.lead[0] if stated and stated.lead else body) if body else group
            for run in runs_of(node.children):
                if role in (Role.TASKS, Role.OTHER, Role.ORGANISATION) and is_list_of(run, _PRINCIPLE, 0.6):
                    continue
                if len(run) >= 3 and is_list_of(run, _CONDUCT, 0.75):
                    continue
                for child in run:
                    self._entries(child, self.roles.get(child, role), group=lead, stage=stage)

    def _leaf(self, node: Node, role: Role, stated: Charge | None, group: str | None, stage: Stage | None) -> None:
        paras = node.texts()
        whole = "\n".join(p.text for p in paras)
        body = name_of_body(node.heading)
        if role == Role.REQUIREMENT:
            self._requirement(node, stage)
        elif _is_roster(paras) or (not stated and self._duties(node, stage, None)) or self._is_only_staff(node, role, whole, body):
            return
        elif body and (role in (Role.DUTIES, Role.ORGANISATION, Role.OTHER) or _DUTY.search(whole)):
            self._item(node, role, stated if stated and stated.lead else charge_of_body(body, whole), group, stage)
        elif stated:
            self._item(node, role, stated, group, stage)
        elif parts := self._named_parts(node):
            for part in parts:
                self._add(part, node, "", Charge(), stage, number=node.label)
        elif labelled := self._labelled(node):
            for para in labelled:
                label = re.split(r"[:(]", para.text)[0]
                self._add(para, node, label, charge_of_body(label, "") if named_unit(label) else Charge(), stage, number="")
        elif self._is_goal(node, role, whole) or _SANCTION.match(words_of(node)) or _PURPOSE.match(words_of(node)):
            return
        elif whole or node.level > 1 or len(node.heading) >= 6 or node.kind in ("label", "article") or role == Role.TASKS:
            self._item(node, role, stated, group, stage)

    def _is_only_staff(self, node: Node, role: Role, whole: str, body: str | None) -> bool:
        """A leading group's list of names hands nothing out; 1、成立…领导小组 as an entry of its own does."""
        heads = node.kind in ("cn", "label") and _HEADS.search(whole)
        if role != Role.ORGANISATION and not (role == Role.DUTIES and is_leading_group(body, whole)) and not heads:
            return False
        if body:
            return not _DUTY.search(whole) or is_leading_group(body, whole)
        if node.kind in ("cn", "label", "cnp"):
            return bool(_SETS_UP.search(whole)) or not (charge_of_subjects(whole).lead or charge_of_subjects(whole).responsible)
        return bool(re.search(r"(?:^|\n)(?:组长|总指挥|主任)\s*:", whole))

    def _is_goal(self, node: Node, role: Role, whole: str) -> bool:
        return node.kind == "cn" and is_generic(node.heading) and len(node.paras) <= 2 and bool(_GOAL.search(whole.rstrip()))

    def _named_parts(self, node: Node) -> list[Para]:
        """一是引进…项目。…二是… under a bare heading: each names a task of its own."""
        if not is_generic(node.heading):
            return []
        starts = [p for p in node.texts() if PART_START.match(p.text)]
        if len(starts) >= 2:
            return starts
        for para in node.texts():
            pieces = parts_of(para)
            if len(pieces) >= 2 and all(len(p.text) >= 50 and "。" in p.text[:-1] for p in pieces):
                return pieces
        return []

    def _labelled(self, node: Node) -> list[Para]:
        """Unnumbered lines of the form 名称:说明 are an entry each, unless they describe one event."""
        paras = [p for p in node.paras if _LABEL_LINE.match(p.text)]
        if len(paras) < 2 or len(paras) * 3 < len(node.paras) * 2 or any(_EVENT_LABEL.match(p.text) for p in paras):
            return []
        return paras

    def _requirement(self, node: Node, stage: Stage | None) -> None:
        """A requirement is an item only if it charges a unit by name or asks for papers by a time."""
        text = node.whole()
        if _SETS_UP.search(node.own.text if node.own else "") or any(re.search(r"组长\s*:|总指挥\s*:", p.text) for p in node.texts()):
            return
        folded = "\n".join(p.text for p in ([node.own] if node.own else []) + node.paras)
        charge = charge_of_lines(folded)
        if not charge.lead and not charge.responsible:
            named = charge_of_verbs(folded)
            charge = named if (named.lead or named.responsible) and re.search(r"[^,。;]{2,12}由[^,。;由]{2,14}负责", folded) else Charge()
        by_when = (has_deadline(folded) or recurrence_of(folded)) and (_SUBMITS.search(folded) or not charge_of_subjects(without_number(folded)).empty)
        if text and (charge.lead or charge.responsible or by_when):
            self._item(node, Role.REQUIREMENT, charge if charge.stated else None, None, stage)

    # one item -------------------------------------------------------------------------------------------------------

    def _item(self, node: Node, role: Role, stated: Charge | None, group: str | None, stage: Stage | None) -> None:
        own = node.own or (node.paras[0] if node.paras else None)
        if own is None:
            return
        rest = self._submissions(node.paras, stage) if node.heading and node.body and node.body.text else node.paras
        kept = text_with(node, rest)
        charge = stated if stated and (stated.stated or not stated.empty) else None
        if charge is None and group:
            charge = charge_of_group(group)
            charge.supporting = charge_of_verbs(kept).supporting
        if group and charge is not None and not charge.lead and not joint_bodies(group):
            charge.lead = [group]
        self._add(Para(raw_with(node, rest), kept, own.line), node, node.heading, charge or Charge(), stage, number=node.label)

    def _submissions(self, paras: list[Para], stage: Stage | None, told: str | None = None) -> list[Para]:
        """请各队于12月6日前将…报… behind other words is an item of its own; the other paragraphs stay."""
        rest: list[Para] = []
        for para in paras:
            asked = told is not None or re.match(r"请|各\S{0,12}(?:于|要|应|须|在)", para.text)
            if asked and has_deadline(para.text, besides=told) and _SUBMITS.search(para.text):
                self._add(para, None, "", Charge(), stage, number="")
            else:
                rest.append(para)
        return rest

    def _add(self, para: Para, node: Node | None, heading: str, charge: Charge, stage: Stage | None, *, number: str) -> None:
        text = para.text
        if not charge.lead and only_points(without_number(text)):
            return
        charge = charge if charge.stated else charge_of_entry(text, heading)
        if not number and 1 < len(self.stages) <= 60:
            due, _, _ = deadline_of(text, self.year, None, para.line)
            stage = next((s for s in self.stages if due and s.covers(date.fromisoformat(due[:10]))), stage)
        due, due_text, warning = deadline_of(text, self.year, stage, para.line)
        if node and node.kind == "cn" and _EVENT_TIME.search(text) and not charge.stated and not self.hosts.empty:
            charge = self.hosts
        title = title_of(text, heading)
        item = Item(
            line=para.line, number=number or None, title=title, text=para.raw[:6000],
            lead_unit=_lead(charge.lead), responsible_units=tuple(charge.responsible), supporting_units=tuple(charge.supporting),
            unit_class=_class_of(charge.responsible), recipient=recipient_of(text), deadline=due, deadline_text=due_text,
            materials=materials_of(without_heading(text, heading)) or named_material(heading), targets=targets_of(without_number(text)),
            recurrence=recurrence_of(text), phase=stage.key if stage else None, signed=bool(re.search(r"签订[^。;]{0,24}责任[书状]", text)),
        )  # fmt: skip
        self.found.append(Found(item, node, [warning] if warning else []))


def _lead(names: list[str]) -> str | tuple[str, ...] | None:
    return None if not names else names[0] if len(names) == 1 else tuple(names)


def _class_of(names: list[str]) -> str | None:
    """各社区 makes the item a template over 社区."""
    found = next((m for n in names if (m := re.fullmatch(r"(?:各|各个|全体|所有)([\u4e00-\u9fff]{2,6})", n))), None)
    return found.group(1) if found else None
