"""A plan as a person reviews it on a terminal.

Owns the picture: who runs it, the phases as a small Gantt, every item with its blanks in red, the mechanisms of supervision, each with the
line of the source. Blanks are marked with a word as well as a colour, because colours are lost in a pipe and on many eyes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from campaign.plan.cells import lead_text, material_text, period_text
from campaign.plan.check_view import day_of, is_blank
from campaign.plan.labels import MECHANISMS, PLAN_KINDS
from campaign.plan.spec import Item, Person, Phase, PhaseKind, PlanSpec

BAR = 48
_COLOURS = {
    PhaseKind.MOBILIZATION: "cyan",
    PhaseKind.ROLLOUT: "blue",
    PhaseKind.RECTIFICATION: "yellow",
    PhaseKind.READINESS: "magenta",
    PhaseKind.CONSOLIDATION: "green",
}
_BLANK = Text("空缺", style="bold red")


def review(spec: PlanSpec) -> Iterator[RenderableType]:
    yield _head(spec)
    for part in (_organisation, _phases, _items, _mechanisms):
        yield Text()
        yield part(spec)


def _head(spec: PlanSpec) -> RenderableType:
    rows = [
        Text(spec.title, style="bold"),
        Text(f"类型：{PLAN_KINDS[spec.kind]}    阶段：{len(spec.phases)} 个    任务事项：{len(spec.items)} 项    督办机制：{len(spec.supervision)} 条"),
    ]
    if spec.basis:
        rows.append(Text("依据：" + "、".join(spec.basis)))
    rows += [Text(f"来源：{source.name}    sha256 {(source.sha256 or '')[:12]}…", style="dim") for source in spec.sources]
    return Panel(Group(*rows), box=box.ROUNDED, title="方案", title_align="left")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column in ("行", "序号") else "left", no_wrap=column in ("行", "完成时限", "起", "止"))
    return table


def _organisation(spec: PlanSpec) -> RenderableType:
    org = spec.organisation
    table = _table("组织机构", "职务", "人员、单位")
    table.add_row("名称", org.name or "")
    table.add_row("组长", _people(org.head) or _BLANK)
    if org.deputies:
        table.add_row("副组长", _people(org.deputies))
    if org.members:
        table.add_row("成员", "、".join(org.members))
    if org.office:
        seat = f"，设在{org.office.seat}" if org.office.seat else ""
        director = f"，主任：{org.office.director}" if org.office.director else ""
        table.add_row("办公室", f"{org.office.name or '办公室'}{seat}{director}")
    for group in org.groups:
        members = f"({'、'.join(group.members)})" if group.members else ""
        table.add_row("工作组", f"{group.name}:{group.lead_unit or group.lead or '未写牵头'}{members}")
    return table


def _people(people: tuple[Person, ...]) -> str:
    return "、".join(" ".join(filter(None, (person.name, person.position))) for person in people)


def _phases(spec: PlanSpec) -> RenderableType:
    if not spec.phases:
        return Text("阶段：方案没有分阶段（可用 plan check --start 日期 --end 日期 给它一个推进阶段）", style="yellow")
    days = [day for phase in spec.phases for day in (day_of(phase.start), day_of(phase.end)) if day]
    first, last = (min(days), max(days)) if days else (None, None)
    table = _table("阶段", "行", "阶段", "类型", "起", "止", _ticks(first, last))
    for phase in spec.phases:
        colour = _COLOURS[phase.kind]
        table.add_row(
            _line(phase.line),
            Text(phase.name),
            Text(phase.kind.label, style=colour),
            _when(phase.start, phase.start_text),
            _when(phase.end, phase.end_text),
            _bar(phase, first, last),
        )
    return table


def _when(when: str | None, words: str | None) -> Text:
    if when:
        return Text(when)
    return Text(f"待定（{words}）", style="red") if words else Text("未写", style="red")


def _ticks(first: date | None, last: date | None) -> str:
    """The months above the bars, each at its first day."""
    if first is None or last is None:
        return ""
    row = [" "] * BAR
    month = first
    while month <= last:
        label = f"{month.month}月"
        at = _column(month, first, last)
        # A Chinese letter is two columns wide, so a label of n letters needs one column more.
        if at + len(label) + 1 <= BAR and all(cell == " " for cell in row[max(0, at - 1) : at + len(label) + 1]):
            row[at : at + len(label) + 1] = [*label, ""]
        month = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return "".join(row).rstrip()


def _column(day: date, first: date, last: date) -> int:
    return round((day - first).days * (BAR - 1) / max(1, (last - first).days))


def _bar(phase: Phase, first: date | None, last: date | None) -> Text:
    start, end = day_of(phase.start), day_of(phase.end)
    if first is None or last is None or (start is None and end is None):
        return Text("")
    left = _column(start or end or first, first, last)
    right = max(left, _column(end or start or last, first, last))
    # An open end is drawn as one: the plan does not say it, so the bar must not either.
    body = "█" * (right - left + 1) if start and end else "┣" if start else "┫"
    return Text(" " * left + body, style=_COLOURS[phase.kind])


def _items(spec: PlanSpec) -> RenderableType:
    table = _table("任务事项", "行", "序号", "任务", "牵头单位", "责任单位", "配合单位", "完成时限", "资料")
    for item in spec.items:
        table.add_row(*_row(item))
    for phase in spec.phases:
        if phase.tasks:
            table.add_section()
            table.add_row("", "", Text(f"〔{phase.name}〕", style="dim"))
            for task in phase.tasks:
                table.add_row(*_row(task))
    return table if table.row_count else Text("任务事项：没有读到", style="bold red")


def _row(item: Item) -> tuple[RenderableType, ...]:
    lead = lead_text(item)
    owed = [name for name in item.responsible_units if not is_blank(name)]
    return (
        _line(item.line),
        item.number or "",
        Text(item.title),
        Text(f"各{item.unit_class}") if item.unit_class and is_blank(lead) else _BLANK if is_blank(lead) else Text(lead + ("（补填）" if item.assumed else "")),
        Text("、".join(owed)) if owed else Text("空缺", style="red") if is_blank(lead) else Text("—", style="dim"),
        Text("、".join(item.supporting_units)),
        _due(item),
        Text("、".join(map(material_text, item.materials))),
    )


def _due(item: Item) -> Text:
    period = period_text(item.recurrence)
    if item.deadline:
        return Text(item.deadline.replace("T", " ").removesuffix("+08:00") + (f" {period}" if period else ""))
    if period:
        return Text(period)
    return Text(f"待定（{item.deadline_text}）", style="red") if item.deadline_text else Text("随阶段", style="dim")


def _mechanisms(spec: PlanSpec) -> RenderableType:
    table = _table("督办机制", "行", "类别", "原文")
    kinds: dict[tuple[int | None, str], list[str]] = {}
    for mechanism in spec.supervision:
        kinds.setdefault((mechanism.line, mechanism.text), []).append(MECHANISMS.get(mechanism.kind, mechanism.kind))
    for (line, text), names in kinds.items():
        table.add_row(_line(line), "、".join(names), Text(text if len(text) <= 70 else text[:69] + "…"))
    return table if table.row_count else Text("督办机制：没有读到", style="yellow")


def _line(line: int | None) -> str:
    return "" if line is None else str(line)
