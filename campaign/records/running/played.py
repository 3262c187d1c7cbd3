"""What a played campaign looks at and tells: newly owed duties while it runs, and all notices, loads and counts when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, func, select
from sqlmodel import Session

from campaign.records.statements import among, one_of_words, table_of
from campaign.records.tables import Campaign, Delivery, Duty, DutyKind, DutyState, Escalation, Notice, NoticeLine, RungRow, Submission, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_unit, _notice, _line, _delivery, _rung, _escalation = (table_of(model) for model in (Unit, Notice, NoticeLine, Delivery, RungRow, Escalation))
_submission, _campaign = table_of(Submission), table_of(Campaign)
INTERNAL = (DutyKind.REVIEW, DutyKind.RECHECK)

# Built once: a year has a thousand instants.
_NEWEST = select(func.max(duty.c.id))
_MADE = select(duty.c.id).where(duty.c.id > bindparam("b_after"), duty.c.campaign_id == bindparam("b_campaign"), duty.c.state == DutyState.OPEN)
_OPENED = select(duty.c.id).where(duty.c.campaign_id == bindparam("b_campaign"), duty.c.state == DutyState.OPEN, duty.c.opened_at == bindparam("b_at"))
_c = duty.c
_GLIMPSES = select(_c.id, _c.unit_id, _c.kind, _c.origin, _c.state, _c.due_at, _c.revision, _c.notice_id).where(among(_c.id)).order_by(_c.id)
_asked = duty.alias("asked")
_UNDER_REVIEW = (
    select(Duty, _submission.c.version)
    .join(_submission, _submission.c.duty_id == duty.c.id)
    .join(_asked, _asked.c.submission_id == _submission.c.id)
    .where(among(_asked.c.id), one_of_words(_asked.c.state, CLIMBING), duty.c.state == DutyState.SUBMITTED)
    .order_by(duty.c.id)
)


def unit_codes(tx: Session) -> dict[int, str]:
    return {row.id: row.code for row in tx.execute(select(_unit.c.id, _unit.c.code))}


def owed_ids(tx: Session, campaign_id: int) -> list[int]:
    """What is owed now; of a running campaign, all of it."""
    return list(tx.execute(select(duty.c.id).where(duty.c.campaign_id == campaign_id, duty.c.state.in_(CLIMBING)).order_by(duty.c.id)).scalars())


def newest_id(tx: Session) -> int:
    """One step down the primary key: is there anything new at all?"""
    return int(tx.execute(_NEWEST).scalar_one() or 0)


def opened_ids(tx: Session, campaign_id: int, after_id: int, opened_at: datetime | None) -> list[int]:
    """Duties that are new since `after_id`, and those opened at this instant, if anything was."""
    found = set(tx.execute(_MADE, {"b_campaign": campaign_id, "b_after": after_id}).scalars().all())
    if opened_at is not None:
        found.update(tx.execute(_OPENED, {"b_campaign": campaign_id, "b_at": opened_at}).scalars().all())
    return sorted(found)


def glimpses(tx: Session, ids: Sequence[int]) -> list[Any]:
    """As much of these duties as people need to plan their day; whole objects for tens of thousands would take seconds."""
    return list(tx.execute(_GLIMPSES, {"b_ids": ids}).all()) if ids else []


def under_review(tx: Session, review_ids: Sequence[int]) -> list[tuple[Duty, int]]:
    """The duties that these open reviews are about, with the number of the version."""
    return [(row[0], row[1]) for row in tx.execute(_UNDER_REVIEW, {"b_ids": review_ids}).all()]


class Told(NamedTuple):
    """One line of a notice that went out (or, signed, waits): when, what, whom about which duty."""

    notice_id: int
    at: datetime
    state: str
    kind: str
    number: str | None
    rung: int
    rung_name: str | None
    unit: str
    unit_code: str
    audience: str | None
    recipients: Any
    duty_id: int | None
    duty: str | None
    due_at: datetime | None
    ladder_id: int | None
    floor_rung: int | None
    taken_at: datetime | None


def line_ids(tx: Session, campaign_id: int) -> set[tuple[int, int | None]]:
    """(notice, duty) of every line there is."""
    rows = select(_line.c.notice_id, _line.c.duty_id).join(_notice, _notice.c.id == _line.c.notice_id).where(_notice.c.campaign_id == campaign_id)
    return {(row.notice_id, row.duty_id) for row in tx.execute(rows)}


def told(tx: Session, campaign_id: int, since: datetime, until: datetime) -> list[Told]:
    """Every line of every notice in the order in which they went out."""
    at = func.coalesce(_notice.c.delivered_at, _notice.c.issued_at, _notice.c.created_at)
    first = _delivery.alias("first")
    rows = (
        select(
            _notice.c.id, at.label("at"), _notice.c.state, _notice.c.kind, _notice.c.number,
            func.coalesce(_escalation.c.rung, _notice.c.rung).label("rung"), _rung.c.name.label("rung_name"),
            _unit.c.name.label("unit"), _unit.c.code, first.c.audience, first.c.recipients, duty.c.id.label("duty_id"), duty.c.title, duty.c.due_at,
            _notice.c.ladder_id, duty.c.floor_rung, _escalation.c.taken_at,
        )
        .join(_unit, _unit.c.id == _notice.c.unit_id)
        .outerjoin(_line, (_line.c.notice_id == _notice.c.id) & _line.c.removed_at.is_(None))
        .outerjoin(_escalation, _escalation.c.id == _line.c.escalation_id)
        .outerjoin(_rung, (_rung.c.ladder_id == _notice.c.ladder_id) & (_rung.c.number == func.coalesce(_escalation.c.rung, _notice.c.rung)))
        .outerjoin(first, (first.c.notice_id == _notice.c.id) & (first.c.number == 1))
        .outerjoin(duty, duty.c.id == _line.c.duty_id)
        .where(_notice.c.campaign_id == campaign_id, _notice.c.state.in_(("issued", "delivered", "draft")), at >= since, at <= until)
        .order_by(at, _notice.c.id, duty.c.id)
    )  # fmt: skip
    return [Told(*row) for row in tx.execute(rows)]


def due_days(tx: Session, campaign_id: int, since: datetime) -> list[Any]:
    """(unit, code, office, due_at, count) of what is due, by the deadline each had first; reviews are the office's own time-table."""
    office = select(_campaign.c.office_unit_id).where(_campaign.c.id == campaign_id).scalar_subquery()
    first = func.coalesce(duty.c.first_due_at, duty.c.due_at)
    chosen = (duty.c.campaign_id == campaign_id) & (duty.c.state != DutyState.CANCELLED) & (first > since)
    rows = (
        select(_unit.c.name.label("unit"), _unit.c.code, (duty.c.unit_id == office).label("office"), first.label("due_at"), func.count().label("count"))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(chosen)
        .group_by(_unit.c.name, _unit.c.code, duty.c.unit_id, first)
        .order_by(first, _unit.c.code)
    )
    return list(tx.execute(rows).all())


def outcome_counts(tx: Session, campaign_id: int) -> dict[str, int]:
    """How the duties of units ended, and how many were ever late."""
    mine = (duty.c.campaign_id == campaign_id) & duty.c.kind.not_in(INTERNAL) & (duty.c.state != DutyState.CANCELLED) & ~duty.c.origin.like("sign:notice:%")
    late = case((func.coalesce(duty.c.submitted_at, duty.c.finished_at) >= duty.c.first_due_at, 1), (duty.c.state.in_(CLIMBING), 1), else_=0)
    row = tx.execute(
        select(func.count().label("duties"), func.sum(case((duty.c.state == DutyState.ACCEPTED, 1), else_=0)), func.sum(late),
               func.sum(case((duty.c.revision > 1, 1), else_=0))).where(mine)
    ).one()  # fmt: skip
    return {"duties": int(row[0]), "accepted": int(row[1] or 0), "late": int(row[2] or 0), "returned": int(row[3] or 0)}


def rungs_taken(tx: Session, campaign_id: int) -> list[tuple[str, int]]:
    """How often each rung was taken, in the order of the ladder."""
    taken = (
        select(duty.c.ladder_id, _escalation.c.rung, func.count().label("times"))
        .join(duty, duty.c.id == _escalation.c.duty_id)
        .where(duty.c.campaign_id == campaign_id, _escalation.c.skipped.is_(False))
        .group_by(duty.c.ladder_id, _escalation.c.rung)
        .subquery()
    )
    rows = (
        select(_rung.c.name, func.sum(taken.c.times))
        .join(taken, (taken.c.ladder_id == _rung.c.ladder_id) & (taken.c.rung == _rung.c.number))
        .group_by(_rung.c.name)
        .order_by(func.min(_rung.c.number))
    )
    return [(row[0], row[1]) for row in tx.execute(rows)]
