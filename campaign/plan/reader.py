"""From the lines of a document to a PlanSpec.

Owns the order of the reading: outline, roles of sections, stages, kind, organisation, items, mechanisms, keys. Refuses to guess: what
a rule cannot settle stays blank or is listed among the warnings with its line. Keys hash an entry's own words and not its place, so
that an edit elsewhere in the plan leaves them alone.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable

from campaign.plan.charges import Charge
from campaign.plan.festivals import festival_hint
from campaign.plan.items import Found, Reader
from campaign.plan.keys import with_keys
from campaign.plan.kind import kind_of
from campaign.plan.normal import cleaned, squeezed
from campaign.plan.organisation import organisation_of
from campaign.plan.outline import Node, Para, outline
from campaign.plan.phases import Stage, stages_of
from campaign.plan.pointers import only_points
from campaign.plan.sections import Role, heading_role, is_attachment, role_of
from campaign.plan.source import SourceText
from campaign.plan.spec import Item, Phase, PlanKind, PlanSpec, PlanWarning
from campaign.plan.supervision import mechanisms_of
from campaign.plan.units import names_in
from campaign.plan.wording import title_of

_BASIS = re.compile(r"(?:根据|按照|依据|贯彻(?:落实)?)[^。;]{0,40}?(?P<book>《[^《》]{4,60}》)(?P<no>[(〔]?[^()《》,。;]{0,14}〔[^〕]{2,8}〕\d+号[)〕]?)?")
_TITLE = re.compile(r"(?:方案|计划|通知|意见|办法|制度|总结|预案|要点|安排|报告|细则|策划书?|规定|汇报)(?:\s*[(篇第一二三四五六七八九十\d)]*)?$")

_TITLE_REST = re.compile(r"(?:的?(?:工作|实施|活动|行动|整治|创建)*(?:方案|计划|意见|办法|要点|安排|预案))")
_OWNER_LINE = re.compile(r"(?:委员会|居委会|村委会|办公室|政府|学校|小学|中学|医院|公司|局|社区|街道|办事处|文件)$")


def read_plan(source: SourceText, *, year: int, today: None = None) -> PlanSpec:
    """Everything that a plan states. `year` is the campaign's year; `today` exists only to say that the reader never asks for it."""
    root = outline(source)
    roles = _roles(root)
    paras = _all_paras(root)
    title = _title(root, source)
    stages = stages_of(root, roles, year)
    kind = kind_of(title, _opening(root), [c.heading for c in root.children if c.heading], "".join(p.text for p in paras), phases=len(stages))
    is_report = kind == PlanKind.REPORT
    stages = [] if is_report else stages
    _name_stages(stages, title)
    found = Reader(roles, stages, year, _hosts(root, roles), is_report).read(root)
    items = [f.item for f in found] + _table_items(source, year)
    spec = PlanSpec(
        title=title, kind=kind, basis=_basis(paras), organisation=organisation_of(root, roles, paras, is_report=is_report),
        phases=tuple(_phase(s) for s in stages), items=tuple(items), supervision=mechanisms_of(_without_attachments(paras)),
        warnings=tuple(_warnings(stages, found, year)),
        start=_edge(stages, first=True), end=_edge(stages, first=False),
    )  # fmt: skip
    return with_keys(spec)


def _roles(root: Node) -> dict[Node, Role]:
    roles: dict[Node, Role] = {root: Role.OTHER}
    for node in root.walk():
        for child in node.children:
            roles[child] = role_of(child, roles[node])
    return roles


def _all_paras(root: Node) -> list[Para]:
    return [para for node in root.walk() for para in ([node.own] if node.own else []) + node.paras]


def _without_attachments(paras: list[Para]) -> list[Para]:
    cut = next((i for i, p in enumerate(paras) if is_attachment(p.text) and i > len(paras) // 2), len(paras))
    return paras[:cut]


def _title(root: Node, source: SourceText) -> str:
    first = root.paras[0] if root.paras else None
    then = root.paras[1] if len(root.paras) > 1 else None
    if first and then and len(first.text) <= 40 and _TITLE_REST.fullmatch(squeezed(then.text)) and not _TITLE.search(first.text):
        return f"{first.raw.strip()}{cleaned(then.raw).replace(' ', '')}"
    if first and then and _OWNER_LINE.search(first.text) and len(then.text) <= 60 and _TITLE.search(then.text):
        return then.raw.strip()
    if first and len(first.text) <= 60 and not first.text.endswith("。"):
        return first.raw.strip() or "（无标题）"
    named = next((p.raw for p in root.paras if len(p.text) <= 60 and _TITLE.search(p.text)), None)
    words = named or (first.raw[:60] if first else next((cleaned(line.text)[:60] for line in source.lines if cleaned(line.text)), ""))
    return words.strip() or "（无标题）"


def _opening(root: Node) -> str:
    paras = root.paras[1:] if len(root.paras) > 1 and len(root.paras[0].text) <= 60 else root.paras
    return "\n".join(p.text for p in paras) or "".join(p.text for c in root.children[:1] for p in c.texts())[:600]


def _basis(paras: Iterable[Para]) -> tuple[str, ...]:
    rows = [(m.group("book") + (m.group("no") or "")).strip() for p in list(paras)[:12] for m in _BASIS.finditer(p.raw)]
    return tuple(dict.fromkeys(rows))


def _hosts(root: Node, roles: dict[Node, Role]) -> Charge:
    """主办单位 and 协办单位 as sections of their own."""
    charge = Charge()
    for node in root.walk():
        if roles.get(node) != Role.HOSTS or heading_role(node.heading) != Role.HOSTS:
            continue
        rows = [n for p in node.texts() for n in names_in(p.text)]
        target = (
            charge.supporting if re.search(r"协办|支持|指导", node.heading) else charge.responsible if "承办" in node.heading and charge.lead else charge.lead
        )
        target.extend(n for n in rows if n not in target)
    return charge


def _table_items(source: SourceText, year: int) -> list[Item]:
    if not any(line.cells for line in source.lines):
        return []
    tables = importlib.import_module("campaign.plan.tables")
    return list(tables.items_of_tables(source, year))


def _name_stages(stages: list[Stage], title: str) -> None:
    """Keys of the stages before their items are read, so that each item can name its stage."""
    named = with_keys(PlanSpec(title=title, phases=tuple(Phase(name=s.name) for s in stages)))
    for stage, phase in zip(stages, named.phases, strict=True):
        stage.key = phase.key or ""


def _phase(stage: Stage) -> Phase:
    span = stage.span
    tasks = [
        Item(line=p.line, title=title_of(s, ""), text=s)
        for p in stage.body
        for s in (piece.strip() for piece in re.split(r"(?<=[。;])", p.raw))
        if len(squeezed(s)) >= 4 and not only_points(s)
    ]
    return Phase(
        key=stage.key, line=stage.node.line, name=stage.name, kind=stage.kind,
        start=span.start.isoformat() if span.start else None, end=span.end.isoformat() if span.end else None,
        start_text=span.start_text, end_text=span.end_text, text=stage.node.whole()[:6000], tasks=tuple(tasks),
    )  # fmt: skip


def _edge(stages: list[Stage], *, first: bool) -> str | None:
    days = [d for s in stages for d in (s.span.start, s.span.end) if d]
    return (min(days) if first else max(days)).isoformat() if days else None


def _warnings(stages: list[Stage], found: list[Found], year: int) -> list[PlanWarning]:
    rows: list[PlanWarning] = []
    for stage in stages:
        for words in dict.fromkeys(t for t in (stage.span.start_text, stage.span.end_text) if t):
            hint = festival_hint(words, year, stage.span.start)
            message = f"阶段「{stage.name}」的时间「{words}」需确认：不能推算为确定日期{hint}"
            rows += [PlanWarning(line=stage.node.line, code="needs_confirmation", message=message)]
        if stage.phrase is None:
            rows.append(PlanWarning(line=stage.node.line, code="phase_without_dates", message=f"阶段「{stage.name}」没有写明起止时间"))
    for row in found:
        rows.extend(row.warnings)
    return rows
