"""Stages in time: which entries are stages, their names, days and kinds.

Owns the roll of years: stages run forwards, so 元月 after 12月 is the next year's, whether the year is masked or missing. Refuses
to give a day to 春节前 or x月: the phrase stays and is listed as open. The kind is read from the name first and, where the name
says little, from what is done in the stage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from campaign.plan.dates import Phrase, Span, find_dates, resolve
from campaign.plan.outline import Node, Para
from campaign.plan.sections import Role, heading_role
from campaign.plan.spec import PhaseKind

_STAGE_WORD = re.compile(
    r"阶段|(?:动员|部署|启动|宣传|发动|筹备|准备|实施|推进|攻坚|整治|整改|自查|排查|迎检|验收|检查|考核|总结|巩固|提升|提高|表彰|评选|报名|申报"
    r"|初赛|决赛|评审|评比|展示|开展|落实|督查|督导|评估)(?:期|工作)?$"
)
_NAME_JUNK = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+(?:阶段|步|环节|时段)|[一二三四五六七八九]是"
    r"|首先|其次|最后|阶段[一二三四五六七八九十\d]+)[\s:、,.为是]*|^[\s:、,.为是-]+|[\s:、,.-]+$"
)
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]?")
_LED_BY_DATE = re.compile(r"\s*(?:于|在|到|至|从|自|截至)?\s*$")
_ANY_STAGE = re.compile(r"^[^,。;:]{0,24}阶段")

_NAME_KINDS: tuple[tuple[PhaseKind, re.Pattern[str]], ...] = (
    (PhaseKind.RECTIFICATION, re.compile(r"自查|整改|查漏补缺|自评(?!.{0,4}验收)|问题整治|自纠|对标|纠正|查摆|查找")),
    (PhaseKind.CONSOLIDATION, re.compile(r"总结|巩固|表彰|长效|评优|评先|颁奖|成果(?:展示|转化)|常态|评比|评选|授牌|后续")),
    (PhaseKind.READINESS, re.compile(r"迎检|迎评|迎接|迎验|验收|申报(?!与?项目|立项)|考核|评估|检查|督查|督导|考评|测评|评审|冲刺")),
    (
        PhaseKind.MOBILIZATION,
        re.compile(r"动员|启动|部署|宣传|发动|筹备|准备|组织机构|学习|培训|报名|调研|摸底|制定|策划|推荐|召集|组建|征集|预热|造势|前期|布置|谋划|规划"),
    ),
    (
        PhaseKind.ROLLOUT,
        re.compile(r"实施|推进|开展|落实|整治|攻坚|集中|全面|提升|建设|活动|创建|执行|排查|治理|比赛|演出|收费|运行|立项|深化|提高|行动|初赛|决赛|展示"),
    ),
)
_CONTENT_KINDS: tuple[tuple[PhaseKind, re.Pattern[str]], ...] = (
    (PhaseKind.MOBILIZATION, re.compile(r"动员|部署|成立[^,。]{0,10}(?:机构|小组)|制定[^,。]{0,12}方案|宣传发动|分解任务|责任分解|誓师")),
    (PhaseKind.RECTIFICATION, re.compile(r"自查|整改|查漏补缺|查缺补漏|薄弱环节|自检|问题清单")),
    (PhaseKind.READINESS, re.compile(r"迎接[^,。]{0,10}(?:检查|验收|测评|考核|评估)|迎检|申报材料|接受[^,。]{0,10}验收|准备[^,。]{0,8}资料")),
    (PhaseKind.CONSOLIDATION, re.compile(r"总结|表彰|长效|巩固")),
)


@dataclass(slots=True)
class Stage:
    """A stage as found: its entry (or the paragraphs that make it), name, dates and own paragraphs."""

    node: Node
    name: str
    phrase: Phrase | None
    body: list[Para] = field(default_factory=list)
    span: Span = field(default_factory=Span)
    kind: PhaseKind = PhaseKind.ROLLOUT
    key: str = ""

    def covers(self, day: date) -> bool:
        low = self.span.start or self.span.end
        high = self.span.end or self.span.start
        return bool(low and high and low <= day <= high)


def stages_of(root: Node, roles: dict[Node, Role], year: int) -> list[Stage]:
    """All stages of a document in their order, dated and classified."""
    found: list[Stage] = []
    _collect(root, roles, found)
    for stage in found:
        _named_by_next_line(stage)
    for stage, span in zip(found, _dated([s.phrase for s in found], year), strict=True):
        stage.span = span
    for at, stage in enumerate(found):
        stage.kind = phase_kind(stage.name, "".join(p.text for p in stage.body) + stage.node.whole()[:2000], at, len(found))
    return found


def _collect(node: Node, roles: dict[Node, Role], found: list[Stage]) -> None:
    role = roles.get(node, Role.OTHER)
    marks = [_is_stage(c, in_phases=role == Role.PHASES) for c in node.children]
    enough = sum(marks) >= (1 if role == Role.PHASES else 2) and sum(marks) * 2 >= len(marks)
    if enough and role not in (Role.BACKGROUND, Role.STANDARD, Role.MONEY, Role.REWARD):
        found.extend(
            _stage(c) for c, mark in zip(node.children, marks, strict=True) if mark or (role == Role.PHASES and sum(marks) >= 2 and 2 <= len(c.heading) <= 14)
        )
        return
    if role == Role.PHASES and not node.children and (plain := _plain_stages(node)):
        found.extend(plain)
        return
    for child in node.children:
        _collect(child, roles, found)


def _head(node: Node) -> str:
    text = node.heading or (node.body.text if node.body else "")
    return text[:60]


def _is_stage(node: Node, *, in_phases: bool) -> bool:
    head = _head(node)
    if node.kind == "stage" and (in_phases or "周" not in node.label):
        return True
    bare = _BRACKETS.sub("", head)
    if _ANY_STAGE.match(head) and (in_phases or next(find_dates(head), None) or bare.endswith("阶段")):
        return True
    if not in_phases:
        return False
    if next(find_dates(head), None) is not None:
        return True
    return bool(_STAGE_WORD.search(re.split(r"[:。;,(]", bare)[0])) and len(node.heading) <= 24


def _stage(node: Node) -> Stage:
    body = node.texts()
    head = _head(node)
    phrase = next(find_dates(head), None)
    if phrase is None:
        phrase, body = _date_in_body(body)
    name = _name(head, node)
    if not name and node.body:
        name = _name(re.split(r"[。;]", node.body.text)[0][:40], node)
        rest = node.body.cut(len(re.split(r"[。;]", node.body.text)[0]))
        body = [p for p in [rest.cut(1) if rest.text else rest, *node.paras] if p.text] if name else body
    return Stage(node, name or node.label.strip(" :、(),.") or node.heading[:16] or "阶段", phrase, body)


_ONLY_ORDINAL = re.compile(r"(?:第.{1,2}(?:阶段|步骤?))?")


def _named_by_next_line(stage: Stage) -> None:
    """第一阶段 alone in its line: the next line 宣传发动(3月上旬) is its name."""
    if not stage.body or not _ONLY_ORDINAL.fullmatch(stage.name):
        return
    words = _BRACKETS.sub("", stage.body[0].text).strip(" :")
    if not 2 <= len(words) <= 16 or re.search(r"[,。;:、]", words):
        return
    stage.phrase = stage.phrase or next(find_dates(stage.body[0].text), None)
    stage.name = _name(stage.body[0].text, stage.node) or stage.name
    del stage.body[0]


def _date_in_body(body: list[Para]) -> tuple[Phrase | None, list[Para]]:
    """The date at the beginning of a stage's own paragraph: (20xx年5月底前) or 时间:3月1日-15日."""
    if not body:
        return None, body
    first = body[0]
    lead = re.match(r"\s*(?:[(\[【]|(?:活动|工作|实施|具体)?时间[:为]?|从|自|于|在|:)*\s*", first.text)
    at = lead.end() if lead else 0
    found = next((p for p in find_dates(first.text[:120])), None)
    if found is None:
        return None, body
    if found.at > at:
        return (found, body) if found.shape == "range" and found.at <= 40 else (None, body)
    tail = re.match(r"[^)\]】,。;:]{0,8}[)\]】]\s*[:.。]?\s*|\s*[:,。]?\s*", first.text[found.stop :])
    rest = first.cut(found.stop + (tail.end() if tail else 0)) if lead and re.search(r"[(\[【]|时间", lead.group(0)) else first
    return found, [p for p in [rest, *body[1:]] if p.text]


def _name(head: str, node: Node) -> str:
    words = head
    for phrase in reversed(list(find_dates(head))):
        words = words[: phrase.at] + words[phrase.stop :]
    words = _BRACKETS.sub("", words)
    pieces = [p for p in (_NAME_JUNK.sub("", piece) for piece in re.split(r"[:。;!]", words)) if p]
    stage = next((p for p in pieces if "阶段" in p and len(p) <= 24), None)
    name = stage or (pieces[0] if pieces else "")
    name = re.split(r",", name)[0] if len(name) > 24 else name
    name = re.sub(r"(?<=阶段).*$", "", name) if len(name) > 16 else re.sub(r"\s*(?:活动|工作)?(?:时间|日期)$", "", name)
    return re.sub(r"[_x*]{2,}年?", "", name)[:40].strip(" ,.、:-")


def _plain_stages(node: Node) -> list[Stage]:
    """Stages that stand as unnumbered paragraphs: 宣传发动阶段(3月):…"""
    found: list[Stage] = []
    for para in [piece for whole in node.texts() for piece in _one_stage_each(whole)]:
        head = para.text[:60]
        if _ANY_STAGE.match(head) or (re.match(r"[(\[【]?\S{0,3}\d", head) and re.search(r"^[^,。]{4,40}阶段", head)):
            edge = re.search(r"阶段(?:[(\[【][^)\]】]*[)\]】])?\s*[:。,]?", para.text)
            own = Node("stage", own=para, heading=para.text[: edge.end() if edge else 40].strip(" :。,"), parent=node)
            rest = para.cut(edge.end() if edge else 0)
            own.body = rest if rest.text else None
            found.append(_stage(own))
        elif found:
            found[-1].body.append(para)
    return found


_STAGE_PIECE = re.compile(r"[^,。;:]{0,40}阶段")


def _one_stage_each(para: Para) -> list[Para]:
    """即日起至5月10日为自查阶段；5月11日至31日为迎检阶段 holds two stages in one paragraph."""
    starts = [m.end() for m in re.finditer(r"^|[。;]\s*", para.text) if _STAGE_PIECE.match(para.text, m.end())]
    if len(starts) < 2:
        return [para]
    edges = [0, *(s for s in starts if s), len(para.text)]
    return [para.cut(a, b) for a, b in pairwise(edges)]


def _dated(phrases: list[Phrase | None], year: int) -> list[Span]:
    """Days of stages in their order; one that would begin months before the last one belongs to the next year."""
    spans: list[Span] = []
    last: date | None = None
    at_year = year
    for phrase in phrases:
        if phrase is None:
            spans.append(Span())
            continue
        span = resolve(phrase, at_year)
        day = span.start or span.end
        free = not any(e and (e.year is not None or e.shift is not None) for e in (phrase.start, phrase.end))
        if day and last and free and day < last - timedelta(days=75):
            at_year += 1
            span = resolve(phrase, at_year)
        last = span.start or span.end or last
        spans.append(span)
    return spans


def phase_kind(name: str, content: str, at: int, count: int) -> PhaseKind:
    """Kind by name; by content and place where the name is vague (完善提升, 上门收费)."""
    words = name.removesuffix("阶段")
    named = [kind for kind, pattern in _NAME_KINDS if pattern.search(words)]
    if named == [PhaseKind.MOBILIZATION] or (PhaseKind.MOBILIZATION in named and at == 0):
        return PhaseKind.MOBILIZATION
    if re.search(r"迎[检评接验]", words) and PhaseKind.CONSOLIDATION in named and "总结" not in words:
        return PhaseKind.READINESS
    strong = [k for k in named if k not in (PhaseKind.ROLLOUT, PhaseKind.MOBILIZATION)]
    if strong:
        if strong[0] == PhaseKind.RECTIFICATION and re.search(r"验收|考核|总结", words) and at == count - 1:
            return PhaseKind.CONSOLIDATION if "总结" in words else PhaseKind.READINESS
        if (
            strong[0] == PhaseKind.READINESS
            and re.fullmatch(r".{0,4}(?:督导|督查|检查)(?:指导|整改|落实|推进)?", words)
            and len(re.findall("整改", content)) >= 1
        ):
            return PhaseKind.RECTIFICATION
        return strong[0]
    if PhaseKind.ROLLOUT in named and not re.search(r"提升|提高|完善|深化", words):
        return PhaseKind.ROLLOUT
    votes = {kind: len(pattern.findall(content)) for kind, pattern in _CONTENT_KINDS}
    best = max(votes, key=lambda kind: votes[kind])
    if votes[best] >= 2 and best != PhaseKind.MOBILIZATION:
        return best
    if at == 0 and count > 1:
        return PhaseKind.MOBILIZATION if votes[PhaseKind.MOBILIZATION] else PhaseKind.ROLLOUT
    return PhaseKind.CONSOLIDATION if at == count - 1 and count > 2 and re.search(r"提升|提高|完善", words) else PhaseKind.ROLLOUT


def is_phase_heading(heading: str) -> bool:
    return heading_role(heading) == Role.PHASES
