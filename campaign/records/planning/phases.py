"""Queries that phases need: what is due with them, and the facts that their gate looks at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlmodel import Session

from campaign.records.pages.picking import first_due
from campaign.records.statements import chunks, table_of
from campaign.records.tables import (
    Body,
    BodyMember,
    Campaign,
    Duty,
    DutyKind,
    DutyState,
    Event,
    Finding,
    GateRecord,
    Item,
    ItemUnit,
    PackageRecord,
    Phase,
    Post,
    Tenure,
    Unit,
)
from campaign.records.tables.duties import CLIMBING, UNFINISHED
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import campaign_day

_unit, _post, _tenure, _item, _part, _finding = (table_of(model) for model in (Unit, Post, Tenure, Item, ItemUnit, Finding))
_body, _member, _gate, _package, _event = (table_of(model) for model in (Body, BodyMember, GateRecord, PackageRecord, Event))


def duties_due_with(tx: Session, phase: Phase) -> list[Duty]:
    """Unfinished duties whose deadline is the phase's end, or was the campaign's while the phase had none."""
    chosen = select(Duty).where(duty.c.phase_id == phase.id, duty.c.state.in_(UNFINISHED), duty.c.event_name.is_(None))
    return list(tx.execute(chosen.where(duty.c.due_source.in_(("phase", "proposed", "campaign"))).order_by(duty.c.id)).scalars())


def undated_of(tx: Session, phase: Phase, due_at: datetime) -> list[Duty]:
    """Waiting duties whose deadline is the phase's end, which was not known until now: those without one, or with the campaign's instead."""
    unknown = or_(duty.c.due_at.is_(None), and_(duty.c.due_source == "campaign", duty.c.due_at != due_at))
    chosen = (duty.c.phase_id == phase.id) & (duty.c.state == DutyState.WAITING) & duty.c.event_name.is_(None) & unknown
    return list(tx.execute(select(Duty).where(chosen, duty.c.due_source.in_(("phase", "proposed", "campaign"))).order_by(duty.c.id)).scalars())


def units_without_contact(tx: Session, phase: Phase, now: datetime) -> list[str]:
    """Units with duties in the campaign that have neither a contact person nor an accepted receipt."""
    today = campaign_day(now)
    known = exists().where(
        _post.c.unit_id == _unit.c.id,
        _post.c.relation == "contact",
        _tenure.c.post_id == _post.c.id,
        _tenure.c.from_on <= today,
        (_tenure.c.to_on.is_(None)) | (_tenure.c.to_on >= today),
    )
    engaged = exists().where(
        duty.c.unit_id == _unit.c.id, duty.c.campaign_id == phase.campaign_id, duty.c.item_id.is_not(None), duty.c.state != DutyState.CANCELLED
    )
    receipts = select(duty.c.unit_id).where(
        duty.c.campaign_id == phase.campaign_id,
        duty.c.origin >= "receipt:",
        duty.c.origin < "receipt;",  # the sign after the colon: a range of the index on origins
        duty.c.state.in_((DutyState.ACCEPTED, DutyState.WAIVED)),
    )
    unknown = list(tx.execute(select(_unit.c.id).where(~known)).scalars())  # first: it spares the duties of everybody who is known
    found: list[tuple[str, str]] = []
    for part in chunks(unknown, 900):
        rows = select(_unit.c.code, _unit.c.name).where(_unit.c.id.in_(part), engaged, _unit.c.id.not_in(receipts))
        found += [(row.code, row.name) for row in tx.execute(rows)]
    return [name for _, name in sorted(found)]


def items_without_owner(tx: Session, phase: Phase) -> list[str]:
    owned = exists().where(_part.c.item_id == _item.c.id, _part.c.role.in_(("lead", "responsible")))
    return list(tx.execute(select(_item.c.title).where(_item.c.campaign_id == phase.campaign_id, _item.c.state == "active", ~owned)).scalars())


def open_duties(tx: Session, phase: Phase, *, kinds: tuple[str, ...], limit: int | None = None) -> list[Any]:
    """Unfinished required duties of the phase with the unit's name: (id, unit, title, state, due_at); the first `limit` by deadline."""
    asked = and_(duty.c.phase_id == phase.id, duty.c.kind.in_(kinds), duty.c.required)
    picked = first_due(dict.fromkeys(UNFINISHED, asked), limit=limit)
    chosen = (
        select(duty.c.id, _unit.c.name.label("unit"), duty.c.title, duty.c.state, duty.c.due_at)
        .join(picked, picked.c.id == duty.c.id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .order_by(duty.c.due_at.is_(None), duty.c.due_at, duty.c.id)
    )
    return list(tx.execute(chosen).all())


def count_open(tx: Session, phase: Phase, now: datetime, *, kinds: tuple[str, ...]) -> tuple[int, int]:
    """How many unfinished required duties the phase has, and how many of them are overdue, from the index alone."""
    late = func.coalesce(func.sum(case((duty.c.state.in_(CLIMBING) & (duty.c.due_at <= now), 1), else_=0)), 0)
    asked = and_(duty.c.phase_id == phase.id, duty.c.state.in_(UNFINISHED), duty.c.kind.in_(kinds), duty.c.required)
    row = tx.execute(select(func.count(), late).select_from(duty).where(asked)).one()
    return int(row[0]), int(row[1])


def rectifications(tx: Session, phase: Phase, now: datetime) -> tuple[int, int]:
    """Due by now, and done of those; found by the campaign's findings."""
    asked = and_(
        _finding.c.campaign_id == phase.campaign_id,
        duty.c.kind == DutyKind.RECTIFY,
        duty.c.due_at <= now,
        duty.c.state.not_in((DutyState.CANCELLED, DutyState.WAIVED)),
    )
    done = func.coalesce(func.sum(case((duty.c.state == DutyState.ACCEPTED, 1), else_=0)), 0)
    row = tx.execute(select(func.count(), done).select_from(_finding).join(duty, duty.c.finding_id == _finding.c.id).where(asked)).one()
    return int(row[0]), int(row[1])


def major_findings(tx: Session, phase: Phase) -> list[Any]:
    """Open major findings of the campaign, with the duty that is to clear each."""
    return list(
        tx.execute(
            select(func.max(duty.c.id).label("id"), _unit.c.name.label("unit"), _finding.c.text.label("title"))
            .join(duty, duty.c.finding_id == _finding.c.id)
            .join(_unit, _unit.c.id == _finding.c.unit_id)
            .where(_finding.c.campaign_id == phase.campaign_id, _finding.c.severity == "major", _finding.c.state.in_(("rectifying", "rechecking")))
            .group_by(_finding.c.id, _unit.c.name, _finding.c.text)
        ).all()
    )


def latest_package(tx: Session, campaign_id: int) -> PackageRecord | None:
    return tx.execute(select(PackageRecord).where(_package.c.campaign_id == campaign_id).order_by(_package.c.number.desc()).limit(1)).scalar_one_or_none()


def leaders(tx: Session, campaign: Campaign) -> list[str]:
    """Who may overrule a gate: heads, deputies and the office's director, as the plan names them."""
    rows = (
        select(_member.c.name)
        .join(_body, _body.c.id == _member.c.body_id)
        .where(_body.c.campaign_id == campaign.id, _member.c.role.in_(("head", "deputy", "director")))
    )
    return list(tx.execute(rows.order_by(_member.c.id)).scalars())


def next_gate_number(tx: Session, phase: Phase) -> int:
    return int(tx.execute(select(func.count()).select_from(_gate).where(_gate.c.phase_id == phase.id)).scalar_one()) + 1


def story_of(tx: Session, phase: Phase, *, limit: int = 8) -> list[Any]:
    """What was done with the phase, the latest first: opened, triggered, decided."""
    rows = select(_event.c.at, _event.c.actor, _event.c.verb, _event.c.reason, _event.c.detail)
    return list(tx.execute(rows.where(_event.c.subject == "phase", _event.c.subject_id == phase.id).order_by(_event.c.id.desc()).limit(limit)))


def gates_of(tx: Session, phase: Phase) -> list[GateRecord]:
    return list(tx.execute(select(GateRecord).where(_gate.c.phase_id == phase.id).order_by(_gate.c.number)).scalars())
