"""Queries about suspensions: whose clock runs and may be stopped, and which duties a suspension stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, text
from sqlmodel import Session

from campaign.records.people.below import units_below
from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, Duty, Phase, Series, Suspension, SuspensionDuty, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_suspension, _stopped, _phase, _unit, _series, _campaign = (table_of(model) for model in (Suspension, SuspensionDuty, Phase, Unit, Series, Campaign))
# As the index says it, so that both databases see that it fits.
_RESTING = text("duty.state = 'suspended' AND duty.series_id IS NOT NULL")


def owed(tx: Session, campaign: Campaign, phase: Phase | None, unit: Unit | None) -> list[Duty]:
    """Of units only: the office's reviews and signatures go on."""
    chosen = select(Duty).where(duty.c.campaign_id == campaign.id, duty.c.state.in_(CLIMBING), duty.c.unit_id != campaign.office_unit_id)
    if phase is not None:
        chosen = chosen.where(duty.c.phase_id == phase.id)
    if unit is not None:
        chosen = chosen.where(duty.c.unit_id.in_(reach(tx, unit)))
    return list(tx.execute(chosen.order_by(duty.c.id)).scalars())


def reach(tx: Session, unit: Unit) -> frozenset[int]:
    """A suspension of an area covers the unit and everything below it."""
    return units_below(tx, [unit.id])


def stopped_series(tx: Session) -> ColumnElement[bool]:
    """Series that do not grow now: one of their occurrences is suspended, or a suspension of their phase, area or campaign is open."""
    resting = exists().where(_RESTING, duty.c.series_id == _series.c.id)
    covered = [covers(tx, row) for row in tx.execute(select(Suspension).where(_suspension.c.ended_at.is_(None))).scalars()]
    return or_(resting, *covered)


def covers(tx: Session, row: Suspension) -> ColumnElement[bool]:
    """The series of units in a suspension's scope; the office's own work goes on."""
    office = select(_campaign.c.office_unit_id).where(_campaign.c.id == row.campaign_id).scalar_subquery()
    scope = [_series.c.campaign_id == row.campaign_id, _series.c.unit_id != office]
    if row.phase_id is not None:
        scope.append(_series.c.phase_id == row.phase_id)
    if row.unit_id is not None:
        scope.append(_series.c.unit_id.in_(units_below(tx, [row.unit_id])))
    return and_(*scope)


def series_to_go_on(tx: Session, chosen: ColumnElement[bool]) -> list[Series]:
    """Those among the chosen that nothing else stops."""
    rows = select(Series).where(chosen, _series.c.state == "active", not_(stopped_series(tx))).order_by(_series.c.id)
    return list(tx.execute(rows).scalars())


def remember(tx: Session, suspension_id: int, duty_ids: Sequence[int]) -> None:
    insert_new(tx, SuspensionDuty, [{"suspension_id": suspension_id, "duty_id": one} for one in duty_ids], returning="duty_id")


def stopped_by(tx: Session, suspension_id: int) -> list[Duty]:
    rows = select(Duty).join(_stopped, _stopped.c.duty_id == duty.c.id).where(_stopped.c.suspension_id == suspension_id).order_by(duty.c.id)
    return list(tx.execute(rows).scalars())


def suspensions_of(tx: Session, campaign: Campaign) -> list[Any]:
    counted = select(func.count()).select_from(_stopped).where(_stopped.c.suspension_id == _suspension.c.id).scalar_subquery()
    rows = (
        select(_suspension, _phase.c.name.label("phase"), _unit.c.name.label("unit"), counted.label("duties"))
        .outerjoin(_phase, _phase.c.id == _suspension.c.phase_id)
        .outerjoin(_unit, _unit.c.id == _suspension.c.unit_id)
        .where(_suspension.c.campaign_id == campaign.id)
        .order_by(_suspension.c.id)
    )
    return list(tx.execute(rows).all())
