"""Queries about suspensions: whose clock runs and may be stopped, and which duties a suspension stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from campaign.records.duties import duty_table as duty
from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, Duty, Phase, Suspension, SuspensionDuty, Unit
from campaign.records.tables.duties import CLIMBING

_suspension, _stopped, _phase, _unit = (table_of(model) for model in (Suspension, SuspensionDuty, Phase, Unit))


def owed(tx: Session, campaign: Campaign, phase: Phase | None, unit: Unit | None) -> list[Duty]:
    """Of units only: the office's reviews and signatures go on."""
    chosen = select(Duty).where(duty.c.campaign_id == campaign.id, duty.c.state.in_(CLIMBING), duty.c.unit_id != campaign.office_unit_id)
    if phase is not None:
        chosen = chosen.where(duty.c.phase_id == phase.id)
    if unit is not None:
        chosen = chosen.where(duty.c.unit_id == unit.id)
    return list(tx.execute(chosen.order_by(duty.c.id)).scalars())


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
