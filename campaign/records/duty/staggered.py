"""Queries for 倒排工期: which duties have no deadline but their phase's end, and how much each unit has due on each day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session

from campaign.records.statements import chunks, table_of
from campaign.records.tables import Campaign, Duty, DutyState, Phase, Unit
from campaign.records.tables.duties import duty_table as duty
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


@dataclass(frozen=True, slots=True)
class Room:
    """What a unit has to move in a phase: how much, how much of it nobody has given a day yet, and whether any of that was told to the unit."""

    unit_id: int
    unit: str
    phase_id: int
    movable: int
    free: int
    told: bool


def _movable(campaign: Campaign, now: datetime) -> ColumnElement[bool]:
    """What is overdue stays overdue, so it is not among them."""
    return and_(
        duty.c.campaign_id == campaign.id, duty.c.state.in_(MOVABLE_STATES), duty.c.due_source.in_(MOVABLE_SOURCES), duty.c.event_name.is_(None),
        duty.c.due_at > now, _phase.c.state != "closed", duty.c.item_id.is_not(None), duty.c.series_id.is_(None),
    )  # fmt: skip


def movable(tx: Session, campaign: Campaign, now: datetime, phase: Phase | None = None, *, unit_id: int | None = None) -> list[Movable]:
    """In the plan's order."""
    chosen = (
        select(duty.c.id, _unit.c.name.label("unit"), duty.c.title, duty.c.phase_id, duty.c.due_at, duty.c.due_source, duty.c.state)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_phase, _phase.c.id == duty.c.phase_id)
        .where(_movable(campaign, now))
        .order_by(_unit.c.code, duty.c.id)
    )
    if phase is not None:
        chosen = chosen.where(duty.c.phase_id == phase.id)
    if unit_id is not None:
        chosen = chosen.where(duty.c.unit_id == unit_id)
    return [Movable(row.id, row.unit, row.title, row.phase_id, row.due_at, row.due_source, row.state == DutyState.OPEN) for row in tx.execute(chosen)]


def rooms(tx: Session, campaign: Campaign, now: datetime) -> list[Room]:
    """Every unit with something to move, phase by phase, in the order of `movable`: counted where they lie, however many there are."""
    free = duty.c.due_source != "proposed"
    rows = (
        select(
            _unit.c.id, _unit.c.name, duty.c.phase_id, func.count().label("movable"), func.sum(case((free, 1), else_=0)).label("free"),
            func.max(case((and_(free, duty.c.state == DutyState.OPEN), 1), else_=0)).label("told"),
        )
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_phase, _phase.c.id == duty.c.phase_id)
        .where(_movable(campaign, now))
        .group_by(_unit.c.id, _unit.c.name, _unit.c.code, duty.c.phase_id)
        .order_by(_unit.c.code, duty.c.phase_id)
    )  # fmt: skip
    return [Room(row.id, row.name, row.phase_id, row.movable, int(row.free), bool(row.told)) for row in tx.execute(rows)]


def load(tx: Session, campaign: Campaign, now: datetime, *, unit_id: int | None = None) -> Counter[tuple[str, date]]:
    """How many unfinished duties each unit has due on each day from now on; the office's own work does not count."""
    rows = (
        select(_unit.c.name, duty.c.due_at, func.count().label("duties"))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.state.in_(_owed), duty.c.due_at > now)
        .where(or_(duty.c.unit_id != campaign.office_unit_id, duty.c.item_id.is_not(None)))
        .group_by(_unit.c.name, duty.c.due_at)
    )
    if unit_id is not None:
        rows = rows.where(duty.c.unit_id == unit_id)
    counted: Counter[tuple[str, date]] = Counter()
    for row in tx.execute(rows):
        counted[row.name, due_on(row.due_at)] += row.duties
    return counted


def days_of(tx: Session, campaign: Campaign, duty_ids: Collection[int]) -> dict[int, date]:
    """When these are due as things stand; what is another campaign's, or waits for an event, is not among them."""
    found: dict[int, date] = {}
    for part in chunks(sorted(duty_ids), 900):
        rows = select(duty.c.id, duty.c.due_at).where(duty.c.campaign_id == campaign.id, duty.c.id.in_(part), duty.c.due_at.is_not(None))
        found |= {row.id: due_on(row.due_at) for row in tx.execute(rows)}
    return found


def locked(tx: Session, campaign: Campaign, duty_ids: Collection[int]) -> dict[int, Duty]:
    """These duties as they are now, kept from everybody else until the transaction ends."""
    found: dict[int, Duty] = {}
    for part in chunks(sorted(duty_ids), 900):
        rows = select(Duty).where(duty.c.campaign_id == campaign.id, duty.c.id.in_(part)).order_by(duty.c.id).with_for_update()
        found |= {one.id: one for one in tx.execute(rows.execution_options(populate_existing=True)).scalars()}
    return found
