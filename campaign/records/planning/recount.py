"""Queries for a calendar that changed: whose deadlines the plan computes, and whose ladders are armed for a moment that may move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, DutyState, Escalation, Item, Notice, Phase, Requirement
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_campaign, _item, _escalation, _notice, _phase = (table_of(model) for model in (Campaign, Item, Escalation, Notice, Phase))
_requirement = table_of(Requirement)
COMPUTED = ("own", "phase", "campaign", "event")
"""Sources of a deadline that the plan gives; one that a person gave (returned, extended) is not computed again."""


def campaigns_on(tx: Session, calendars: Sequence[str]) -> list[Campaign]:
    chosen = _campaign.c.calendar.in_(calendars) & (_campaign.c.state == "launched")
    return list(tx.execute(select(Campaign).where(chosen).order_by(_campaign.c.id)).scalars())


def computed_duties(tx: Session, campaign: Campaign) -> list[Duty]:
    """Unfinished duties of items and phases whose deadline comes from the plan."""
    owed = duty.c.state.in_((DutyState.OPEN, DutyState.RETURNED, DutyState.WAITING))
    ours = and_(duty.c.campaign_id == campaign.id, duty.c.due_source.in_(COMPUTED), duty.c.series_id.is_(None), duty.c.due_at.is_not(None), owed)
    planned = duty.c.item_id.is_not(None) | (duty.c.due_source == "phase")
    return list(tx.execute(select(Duty).where(ours, planned).order_by(duty.c.id)).scalars())


def phrase_of(tx: Session, one: Duty) -> str | None:
    """The words of its item's deadline."""
    if one.item_id is None or one.requirement_id is not None:
        return None
    return tx.execute(select(_item.c.deadline).where(_item.c.id == one.item_id)).scalar_one_or_none()


def planned_due(tx: Session, one: Duty) -> datetime | None:
    """The deadline that its item, its material or its phase has in the records."""
    if one.due_source == "phase":
        end: datetime | None = tx.execute(select(_phase.c.due_at).where(_phase.c.id == one.phase_id)).scalar_one()
        return end
    if one.due_source != "own":
        return None
    if one.requirement_id is not None:
        own: datetime | None = tx.execute(select(_requirement.c.due_at).where(_requirement.c.id == one.requirement_id)).scalar_one()
        if own is not None:
            return own
    planned: datetime | None = tx.execute(select(_item.c.due_at).where(_item.c.id == one.item_id)).scalar_one_or_none()
    return planned


def armed(tx: Session, campaign_id: int, now: datetime) -> list[Any]:
    """Duties whose next rung lies ahead, with the delivery that it counts from."""
    same = and_(_escalation.c.duty_id == duty.c.id, _escalation.c.revision == duty.c.revision, _escalation.c.rung == duty.c.rung)
    c = duty.c
    rows = (
        select(c.id, c.ladder_id, c.rung, c.floor_rung, c.due_at, c.opened_at, c.next_rung_at, _notice.c.delivered_at)
        .outerjoin(_escalation, same)
        .outerjoin(_notice, _notice.c.id == _escalation.c.notice_id)
        .where(c.campaign_id == campaign_id, c.next_rung_at > now, c.state.in_(CLIMBING))
    )
    return list(tx.execute(rows).all())


def arm(tx: Session, changes: Sequence[tuple[int, datetime]]) -> None:
    if changes:
        armed_for = update(duty).where(duty.c.id == bindparam("b_id")).values(next_rung_at=bindparam("b_at"))
        tx.connection().execute(armed_for, [{"b_id": duty_id, "b_at": at} for duty_id, at in changes])


def duties_of_items(tx: Session, campaign: Campaign, keys: Collection[str]) -> list[tuple[Duty, str, int | None]]:
    """Unfinished duties of these items with the item's key and, for a material, its number."""
    owed = duty.c.state.in_((DutyState.OPEN, DutyState.RETURNED, DutyState.WAITING, DutyState.SUSPENDED))
    rows = (
        select(Duty, _item.c.key, _requirement.c.number)
        .join(_item, _item.c.id == duty.c.item_id)
        .outerjoin(_requirement, _requirement.c.id == duty.c.requirement_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.series_id.is_(None), owed, _item.c.key.in_(sorted(keys)))
        .order_by(duty.c.id)
    )
    return [(row[0], row[1], row[2]) for row in tx.execute(rows)]
