"""Queries for 倒排工期: which duties have no deadline but their phase's end, and how much each unit has due on each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from campaign.records.duty.duties import duty_table as duty
from campaign.records.statements import chunks, table_of
from campaign.records.tables import Campaign, Duty, DutyState, Phase, Unit
from campaign.rules.calendar import due_on

_unit, _phase = table_of(Unit), table_of(Phase)
MOVABLE_STATES = (DutyState.WAITING, DutyState.OPEN)
MOVABLE_SOURCES = ("phase", "campaign", "proposed")
_owed = (DutyState.WAITING, DutyState.OPEN, DutyState.RETURNED)


@dataclass(frozen=True, slots=True)
class Movable:
    """A duty whose day is for the office to choose, within its phase."""

    duty_id: int
    unit: str
    title: str
    phase_id: int
    due_at: datetime
    source: str
    told: bool
    """The unit knows its deadline already."""


def movable(tx: Session, campaign: Campaign, now: datetime, phase: Phase | None = None) -> list[Movable]:
    """In the plan's order. What is overdue stays overdue, so it is not among them."""
    chosen = (
        select(duty.c.id, _unit.c.name.label("unit"), duty.c.title, duty.c.phase_id, duty.c.due_at, duty.c.due_source, duty.c.state)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_phase, _phase.c.id == duty.c.phase_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.state.in_(MOVABLE_STATES), duty.c.due_source.in_(MOVABLE_SOURCES), duty.c.event_name.is_(None))
        .where(duty.c.due_at > now, _phase.c.state != "closed", duty.c.item_id.is_not(None), duty.c.series_id.is_(None))
        .order_by(_unit.c.code, duty.c.id)
    )
    if phase is not None:
        chosen = chosen.where(duty.c.phase_id == phase.id)
    return [Movable(row.id, row.unit, row.title, row.phase_id, row.due_at, row.due_source, row.state == DutyState.OPEN) for row in tx.execute(chosen)]


def load(tx: Session, campaign: Campaign, now: datetime, *, without: Collection[int] = ()) -> Counter[tuple[str, date]]:
    """How many unfinished duties each unit has due on each day from now on; the office's own work does not count."""
    rows = (
        select(_unit.c.name, duty.c.due_at, func.count().label("duties"))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.state.in_(_owed), duty.c.due_at > now)
        .where(or_(duty.c.unit_id != campaign.office_unit_id, duty.c.item_id.is_not(None)))
        .group_by(_unit.c.name, duty.c.due_at)
    )
    counted: Counter[tuple[str, date]] = Counter()
    for row in tx.execute(rows):
        counted[row.name, due_on(row.due_at)] += row.duties
    for part in chunks(without, 900):
        left_out = select(_unit.c.name, duty.c.due_at).join(_unit, _unit.c.id == duty.c.unit_id).where(duty.c.id.in_(part))
        counted.subtract((row.name, due_on(row.due_at)) for row in tx.execute(left_out))
    return +counted


def locked(tx: Session, campaign: Campaign, duty_ids: Collection[int]) -> dict[int, Duty]:
    """These duties as they are now, kept from everybody else until the transaction ends."""
    found: dict[int, Duty] = {}
    for part in chunks(sorted(duty_ids), 900):
        rows = select(Duty).where(duty.c.campaign_id == campaign.id, duty.c.id.in_(part)).order_by(duty.c.id).with_for_update()
        found |= {one.id: one for one in tx.execute(rows.execution_options(populate_existing=True)).scalars()}
    return found
