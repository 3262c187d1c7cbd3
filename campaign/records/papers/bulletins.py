"""Queries for bulletins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlmodel import Session

from campaign.records.statements import one_of_words, table_of
from campaign.records.tables import Campaign, DutyState, Escalation, Notice, RungRow, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_campaign, _notice, _escalation, _rung, _unit = (table_of(model) for model in (Campaign, Notice, Escalation, RungRow, Unit))


def due(tx: Session, now: datetime, campaign_id: int | None) -> list[tuple[int, str]]:
    """Launched campaigns whose bulletin is due; the one that is named, in any case."""
    rows = select(_campaign.c.id, _campaign.c.title).where(_campaign.c.state == "launched")
    if campaign_id is not None:
        rows = rows.where(_campaign.c.id == campaign_id)
    else:
        rows = rows.where(_campaign.c.next_bulletin_at <= now, _campaign.c.rehearsal.is_(False))
    return [(row.id, row.title) for row in tx.execute(rows.order_by(_campaign.c.id))]


def count(tx: Session, campaign_id: int) -> int:
    return int(tx.execute(select(func.count()).select_from(_notice).where(_notice.c.campaign_id == campaign_id, _notice.c.kind == "周报")).scalar_one())


def overdue(tx: Session, campaign_id: int, now: datetime, limit: int) -> list[Any]:
    """(unit, title, origin, due_at) of the red duties, the earliest deadline first: as many columns as a line of the bulletin has."""
    red = (duty.c.campaign_id == campaign_id) & one_of_words(duty.c.state, CLIMBING) & (duty.c.due_at <= now)
    rows = select(_unit.c.name.label("unit"), duty.c.title, duty.c.origin, duty.c.due_at).join(_unit, _unit.c.id == duty.c.unit_id).where(red)
    return list(tx.execute(rows.order_by(duty.c.due_at, duty.c.id).limit(limit)).all())


def finished_since(tx: Session, campaign_id: int, since: datetime) -> int:
    finished = (duty.c.campaign_id == campaign_id) & (duty.c.state == DutyState.ACCEPTED) & (duty.c.finished_at > since)
    return int(tx.execute(select(func.count()).select_from(duty).where(finished)).scalar_one())


def rungs_taken_since(tx: Session, campaign_id: int, since: datetime) -> list[tuple[str, int]]:
    """(name of a rung, how often), from the lowest; reminders to sign for a paper or to review are no news.

    The + 0 keeps both databases off the index of the campaign: the steps of a week are few, the duties of a campaign are not.
    """
    taken = (duty.c.campaign_id + 0 == campaign_id) & (_escalation.c.taken_at > since) & _escalation.c.skipped.is_(False)
    rows = (
        select(_rung.c.name, func.count())
        .select_from(_escalation)
        .join(duty, duty.c.id == _escalation.c.duty_id)
        .join(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == _escalation.c.rung))
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .where(taken, duty.c.notice_id.is_(None), duty.c.unit_id != _campaign.c.office_unit_id)
        .group_by(_rung.c.name)
        .order_by(func.min(_rung.c.number), _rung.c.name)
    )
    return [(row[0], row[1]) for row in tx.execute(rows)]
