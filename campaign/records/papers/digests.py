"""Queries for the daily digest of an office: what was escalated since, what waits for a signature, what did not arrive, what was asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, DutyRequest, Escalation, Notice, Parked, RungRow, Unit
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_campaign, _notice, _escalation, _rung, _unit, _request, _parked = (
    table_of(model) for model in (Campaign, Notice, Escalation, RungRow, Unit, DutyRequest, Parked)
)
KIND = "日报"
_TOLD = select(_campaign.c.office_unit_id, _campaign.c.id).where(_campaign.c.state == "launched", _campaign.c.next_digest_at <= bindparam("b_now"))
_DUE = _TOLD.where(_campaign.c.rehearsal.is_(False)).order_by(_campaign.c.id)
_DUE_OF = _TOLD.where(_campaign.c.id == bindparam("b_campaign")).order_by(_campaign.c.id)


def due(tx: Session, now: datetime, campaign_id: int | None) -> dict[int, list[int]]:
    """Office → its launched campaigns whose day is to be told; a rehearsal's only when it is named."""
    asked = {"b_now": now} | ({} if campaign_id is None else {"b_campaign": campaign_id})
    found: dict[int, list[int]] = {}
    for row in tx.execute(_DUE if campaign_id is None else _DUE_OF, asked):
        found.setdefault(row.office_unit_id, []).append(row.id)
    return found


def told_until(tx: Session, campaign: Campaign) -> datetime:
    """The last digest that its office got, of whichever of its campaigns; else the launch."""
    ours = select(_campaign.c.id).where(_campaign.c.office_unit_id == campaign.office_unit_id)
    last = select(func.max(_notice.c.created_at)).where(_notice.c.unit_id == campaign.office_unit_id, _notice.c.kind == KIND, _notice.c.campaign_id.in_(ours))
    found: datetime | None = tx.execute(last.where(_notice.c.created_at >= campaign.launched_at)).scalar_one_or_none()
    return found or campaign.launched_at


def escalated(tx: Session, campaign_id: int, since: datetime, *, limit: int) -> tuple[list[Any], list[Any]]:
    """(rung, count) of steps behind a deadline, and the highest of them by name: (rung, unit, title)."""
    taken = and_(duty.c.campaign_id == campaign_id, _escalation.c.taken_at > since, ~_escalation.c.skipped, ~_rung.c.before_deadline)
    joined = (
        _escalation.join(duty, duty.c.id == _escalation.c.duty_id)
        .join(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == _escalation.c.rung))
        .join(_unit, _unit.c.id == duty.c.unit_id)
    )
    counts = select(_rung.c.name, func.count().label("count")).select_from(joined).where(taken).group_by(_rung.c.name).order_by(func.max(_escalation.c.rung))
    named = select(_rung.c.name.label("rung"), _unit.c.name.label("unit"), duty.c.title).select_from(joined).where(taken)
    return list(tx.execute(counts)), list(tx.execute(named.order_by(_escalation.c.rung.desc(), duty.c.id).limit(limit)))


def to_sign(tx: Session, campaign_id: int, *, limit: int) -> list[Any]:
    rows = select(_notice.c.id, _notice.c.kind, _notice.c.created_at, _unit.c.name.label("unit")).join(_unit, _unit.c.id == _notice.c.unit_id)
    return list(tx.execute(rows.where(_notice.c.campaign_id == campaign_id, _notice.c.state == "draft").order_by(_notice.c.id).limit(limit)))


def to_carry(tx: Session, campaign_id: int, *, limit: int) -> list[Any]:
    """What no channel could deliver, with the day until which it is to be carried."""
    waiting = select(_notice.c.id).where(_notice.c.campaign_id == campaign_id, _notice.c.state == "issued")
    chosen = and_(duty.c.notice_id.in_(waiting), duty.c.origin.like("handdeliver:notice:%"), duty.c.state.in_(UNFINISHED))
    return list(tx.execute(select(duty.c.title, duty.c.due_at).where(chosen).order_by(duty.c.due_at, duty.c.id).limit(limit)))


def asked(tx: Session, campaign_id: int, since: datetime, *, limit: int) -> list[Any]:
    """Requests that wait for an answer, the new ones marked."""
    rows = (
        select(_request.c.kind, _request.c.asked_by, _request.c.asked_at, duty.c.title, _unit.c.name.label("unit"), (_request.c.asked_at > since).label("new"))
        .join(duty, duty.c.id == _request.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign_id, _request.c.state == "open")
        .order_by(_request.c.id)
    )
    return list(tx.execute(rows.limit(limit)))


def parked(tx: Session, campaign_id: int) -> int:
    return int(tx.execute(select(func.count()).select_from(_parked).where(_parked.c.campaign_id == campaign_id)).scalar_one())


def overdue_counts(tx: Session, campaign_id: int, now: datetime) -> tuple[int, int]:
    """Overdue now, and due by the end of the next three days."""
    late = func.count().filter(duty.c.due_at <= now)
    soon = func.count().filter(duty.c.due_at > now, duty.c.due_at <= now + timedelta(days=3))
    row = tx.execute(select(late, soon).where(duty.c.campaign_id == campaign_id, or_(duty.c.state == "open", duty.c.state == "returned"))).one()
    return int(row[0]), int(row[1])
