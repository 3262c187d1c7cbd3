"""A plan with its names and dates resolved: what a launch writes, before it is written.

Pure over a spec, a calendar and the moment of launch. Refuses a plan without items or without any date; `check_plan` has said so before,
in the words of its codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from campaign.errors import BadPlan
from campaign.plan.keys import with_keys
from campaign.plan.spec import Item, PhaseKind, PlanSpec
from campaign.plan.spec import Phase as PhaseSpec
from campaign.rules.calendar import WorkingCalendar, campaign_day, due_at_of_day, due_on
from campaign.rules.when import event_of, resolve_when

BLANK = re.compile(r"[\s_＿×xX…]*")
INSPECTION_EVENT = "迎检日期"


@dataclass(frozen=True, slots=True)
class PhasePlan:
    number: int
    key: str
    name: str
    kind: str
    starts_on: date | None
    ends_on: date | None
    due_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class MaterialPlan:
    number: int
    name: str
    copies: int | None
    count: int | None
    form: str | None
    due_at: datetime | None
    event: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class ItemPlan:
    key: str
    phase_key: str
    spec: Item
    lead: str
    responsible: tuple[str, ...]
    supporting: tuple[str, ...]
    due_at: datetime | None
    event: str | None
    materials: tuple[MaterialPlan, ...]


@dataclass(frozen=True, slots=True)
class Blueprint:
    spec: PlanSpec
    office: str
    phases: tuple[PhasePlan, ...]
    items: tuple[ItemPlan, ...]
    starts_on: date | None
    ends_on: date | None
    inspection_on: date | None


def draw(spec: PlanSpec, *, launched_at: datetime, calendar: WorkingCalendar, start: date | None = None, end: date | None = None) -> Blueprint:
    """Resolve phases, items and deadlines. A plan without phases gets one 推进 phase from `start` to `end`."""
    spec = with_keys(_with_a_phase(spec, start, end))
    dates = _Dates(spec, launched_at, calendar)
    phases = tuple(dates.phase(number, phase) for number, phase in enumerate(spec.phases, 1))
    items = tuple(_items(spec, phases, dates))
    if not items:
        raise BadPlan("方案里没有任务事项，无法启动：请在 items 下写明要办的事和牵头单位。", code="no_items")
    starts = [phase.starts_on for phase in phases if phase.starts_on] + ([start] if start else [])
    ends = [phase.ends_on for phase in phases if phase.ends_on] + [due_on(item.due_at) for item in items if item.due_at] + ([end] if end else [])
    if spec.end and (stated := dates.day(spec.end, "end")):
        ends = [stated]
    if not ends:
        raise BadPlan("方案没有任何日期，无法确定应办事项何时到期：请为阶段写上 start 和 end，或用 --start 和 --end 指定起止日期。", code="no_dates")
    return Blueprint(spec, office_name(spec), phases, items, min(starts, default=None), max(ends), dates.inspection_on)


def office_name(spec: PlanSpec) -> str:
    office = spec.organisation.office
    named = office.name if office and office.name and not BLANK.fullmatch(office.name) else None
    return named or "创建办公室"


def _with_a_phase(spec: PlanSpec, start: date | None, end: date | None) -> PlanSpec:
    if spec.phases:
        return spec
    first, last = start.isoformat() if start else spec.start, end.isoformat() if end else spec.end
    return spec.model_copy(update={"phases": (PhaseSpec(key="p1", name="推进阶段", kind=PhaseKind.ROLLOUT, start=first, end=last),)})


class _Dates:
    def __init__(self, spec: PlanSpec, launched_at: datetime, calendar: WorkingCalendar) -> None:
        self._launched_at, self._calendar = launched_at, calendar
        self.inspection_on: date | None = None
        self.inspection_on = self.day(spec.inspection.start, "start") if spec.inspection else None

    def day(self, when: str | None, edge: str) -> date | None:
        found = self._resolve(when, edge)
        return campaign_day(found) if isinstance(found, datetime) else found

    def due(self, when: str | None) -> tuple[datetime | None, str | None]:
        """The due moment, or the event (with its distance) that has to come first."""
        if when is None:
            return None, None
        found = self._resolve(when, "end")
        if isinstance(found, datetime):
            return found, None
        if found is not None:
            return due_at_of_day(found), None
        distance = when.rpartition("+")[2] if "+" in when else ""
        name = event_of(when) or INSPECTION_EVENT
        if name == INSPECTION_EVENT:
            distance = when.removeprefix("inspection").lstrip("+")
        return None, f"{name}+{distance}" if distance else name

    def phase(self, number: int, phase: PhaseSpec) -> PhasePlan:
        assert phase.key is not None
        ends = self.day(phase.end, "end")
        return PhasePlan(
            number, phase.key, phase.name, phase.kind.value, self.day(phase.start, "start"), ends, due_at_of_day(ends) if ends else None, phase.text
        )

    def _resolve(self, when: str | None, edge: str) -> date | datetime | None:
        if when is None:
            return None
        return resolve_when(
            when,
            launched_at=self._launched_at,
            inspection_on=self.inspection_on,
            events={},
            calendar=self._calendar,
            edge="start" if edge == "start" else "end",
        )


def _items(spec: PlanSpec, phases: tuple[PhasePlan, ...], dates: _Dates) -> Iterator[ItemPlan]:
    home = default_phase(phases)
    known = {phase.key for phase in phases}
    for item, key in _placed(spec, home, known):
        leads = [item.lead_unit] if isinstance(item.lead_unit, str) else list(item.lead_unit or ())
        leads = [name for name in leads if not BLANK.fullmatch(name)]
        if not leads:
            raise BadPlan(
                f"任务「{item.title}」{f'（第{item.line}行）' if item.line else ''}没有牵头单位："
                "请补填 lead_unit，或用 campaign plan check --assume-lead 单位名 统一补填。",
                code="no_lead", key=item.key,
            )  # fmt: skip
        due_at, event = dates.due(item.deadline)
        responsible = _named([*leads[1:], *item.responsible_units, *([f"各{item.unit_class}"] if item.unit_class else [])], without=leads[:1])
        materials = tuple(
            MaterialPlan(number, material.name, material.copies, material.count, material.form, *dates.due(material.due), material.key)
            for number, material in enumerate(item.materials, 1)
        )
        assert item.key is not None
        yield ItemPlan(item.key, key, item, leads[0], responsible, _named(item.supporting_units, without=[*leads, *responsible]), due_at, event, materials)


def _placed(spec: PlanSpec, home: str, known: set[str]) -> Iterator[tuple[Item, str]]:
    """Each item with the key of its phase; a phase's own tasks are launched like items."""
    for item in spec.items:
        yield item, item.phase if item.phase in known and item.phase is not None else home
    for phase in spec.phases:
        for task in phase.tasks:
            assert phase.key is not None
            yield task, phase.key


def default_phase(phases: Iterable[PhasePlan]) -> str:
    """An item that names no phase belongs to the first 推进, else to the first that is not 动员, else to the first."""
    rows = list(phases)
    for fits in (lambda phase: phase.kind == PhaseKind.ROLLOUT, lambda phase: phase.kind != PhaseKind.MOBILIZATION, lambda phase: True):
        for phase in rows:
            if fits(phase):
                return phase.key
    raise BadPlan("方案没有阶段。", code="no_phase")


def _named(names: Iterable[str], *, without: Iterable[str]) -> tuple[str, ...]:
    left = set(without)
    kept = dict.fromkeys(name.strip() for name in names if not BLANK.fullmatch(name) and name.strip() not in left)
    return tuple(kept)
