"""The record of passes: which ran when, on whose lease, with what result; and rows that were parked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, insert, select, update
from sqlmodel import Session

from campaign.records.leases import ALONE
from campaign.records.statements import among, chunks, insert_new, one_of_words, table_of
from campaign.records.tables import Campaign, Duty, DutyState, Escalation, Notice, Parked, PassDue, PassRun, Phase, Series, Submission, Unit
from campaign.records.tables.duties import UNFINISHED, duty_table

_run, _due, _notice, _escalation, _unit, _phase, _campaign = (table_of(model) for model in (PassRun, PassDue, Notice, Escalation, Unit, Phase, Campaign))
_parked, _series, _submission = table_of(Parked), table_of(Series), table_of(Submission)


_SAME = (
    (_run.c.name == bindparam("b_name"))
    & _run.c.campaign_id.is_not_distinct_from(bindparam("b_campaign"))
    & _run.c.phase_id.is_not_distinct_from(bindparam("b_phase"))
)
_ABANDON = update(_run).where(_SAME, _run.c.state == "running").values(state="abandoned", finished_at=bindparam("b_now"))
_LAST_DONE = select(_run.c.now).where(_SAME, _run.c.state == "done").order_by(_run.c.id.desc()).limit(1)
_START = insert(_run).returning(_run.c.id)
_FINISH = update(_run).where(_run.c.id == bindparam("b_id"))
_PHASE: BindParameter[Any] = bindparam("b_phase")
# Asked once for each unit of a phase, in every pass.
_AWAITING = (duty_table.c.phase_id == _PHASE) & among(duty_table.c.unit_id, "b_units") & (duty_table.c.state == DutyState.WAITING)
_GROWING = (_series.c.phase_id == _PHASE) & among(_series.c.unit_id, "b_units") & (_series.c.state == "active") & (_series.c.next_on <= bindparam("b_horizon"))
_AWAITS = select(exists().where(_AWAITING, duty_table.c.event_name.is_(None)) | exists().where(_GROWING))
_asked = duty_table.alias("asked")
_UNDER_REVIEW = (
    exists()
    .where(_submission.c.duty_id == duty_table.c.id, _asked.c.submission_id == _submission.c.id, one_of_words(_asked.c.state, UNFINISHED))
    .correlate(duty_table)
)
_HANDED_IN = (duty_table.c.phase_id == _PHASE) & among(duty_table.c.unit_id, "b_units") & (duty_table.c.state == DutyState.SUBMITTED)
_UNREVIEWED = select(duty_table.c.id).where(_HANDED_IN, ~_UNDER_REVIEW)
_OWING = select(duty_table.c.unit_id).where(duty_table.c.phase_id == _PHASE).union(select(_series.c.unit_id).where(_series.c.phase_id == _PHASE))
_UNITS_OF_PHASE = select(_unit.c.id, _unit.c.code, _unit.c.name).where(_unit.c.id.in_(_OWING)).order_by(_unit.c.code)
_COUNT_NOTICES = select(func.count()).select_from(_notice).where(_notice.c.pass_id == bindparam("b_pass"))
_DUE_PHASES = (
    select(_campaign.c.slug, _phase.c.key)
    .join(_campaign, _campaign.c.id == _phase.c.campaign_id)
    .where(
        _campaign.c.state == "launched", _campaign.c.rehearsal.is_(False),
        ((_phase.c.state == "planned") & (_phase.c.starts_on <= bindparam("b_today")))
        | ((_phase.c.state == "open") & (_phase.c.next_pass_at <= bindparam("b_now"))),
    )
    .order_by(_campaign.c.id, _phase.c.number)
)  # fmt: skip


def start(tx: Session, **columns: Any) -> int:
    pass_id: int = tx.execute(_START, columns).scalar_one()
    return pass_id


def abandon_others(tx: Session, name: str, campaign_id: int | None, phase_id: int | None, now: datetime) -> None:
    """The lease is ours, so whoever still says `running` for the same work is dead. Where nobody else is, nobody can have died."""
    if not tx.info.get(ALONE):
        tx.execute(_ABANDON, {"b_name": name, "b_campaign": campaign_id, "b_phase": phase_id, "b_now": now})


def finish(tx: Session, pass_id: int, state: str, now: datetime, message: str, counts: dict[str, Any]) -> None:
    tx.execute(_FINISH, {"b_id": pass_id, "state": state, "finished_at": now, "message": message, "counts": counts})


def by_key(tx: Session, request_key: str) -> PassRun | None:
    return tx.execute(select(PassRun).where(_run.c.request_key == request_key).order_by(_run.c.id.desc()).limit(1)).scalar_one_or_none()


def last_done_at(tx: Session, name: str, campaign_id: int | None, phase_id: int | None) -> datetime | None:
    at: datetime | None = tx.execute(_LAST_DONE, {"b_name": name, "b_campaign": campaign_id, "b_phase": phase_id}).scalar_one_or_none()
    return at


def due_ids(tx: Session, pass_id: int, batch: int) -> list[int]:
    return list(tx.execute(select(_due.c.duty_id).where(_due.c.pass_id == pass_id, _due.c.batch == batch).order_by(_due.c.duty_id)).scalars())


def move_to_new_batch(tx: Session, pass_id: int, ids: Sequence[int]) -> int:
    """Split a failing batch: these ids become a batch of their own; answers its number."""
    fresh: int = tx.execute(select(func.max(_due.c.batch)).where(_due.c.pass_id == pass_id)).scalar_one() + 1
    for part in chunks(ids, 900):
        tx.execute(update(_due).where(_due.c.pass_id == pass_id, _due.c.duty_id.in_(part)).values(batch=fresh))
    return fresh


def park_duty(tx: Session, pass_name: str, duty_id: int, reason: str, now: datetime) -> None:
    """Set a row aside with its reason, and out of the due column so that it stops nobody."""
    campaign_id = tx.execute(select(duty_table.c.campaign_id).where(duty_table.c.id == duty_id)).scalar_one_or_none()
    insert_new(
        tx, Parked, [{"pass_name": pass_name, "subject": "duty", "subject_id": duty_id, "campaign_id": campaign_id, "parked_at": now, "reason": reason[:500]}]
    )
    tx.execute(update(duty_table).where(duty_table.c.id == duty_id).values(next_rung_at=None))


def count_notices(tx: Session, pass_id: int) -> int:
    return int(tx.execute(_COUNT_NOTICES, {"b_pass": pass_id}).scalar_one())


def units_of_phase(tx: Session, phase_id: int) -> list[tuple[int, str, str]]:
    """Units that owe something in a phase: (id, code, name) by code."""
    return [(row.id, row.code, row.name) for row in tx.execute(_UNITS_OF_PHASE, {"b_phase": phase_id}).all()]


def awaits_assignment(tx: Session, phase_id: int, unit_ids: Sequence[int], horizon: date) -> bool:
    """Do these units have duties of the phase to be opened, or series to be grown?"""
    return bool(tx.execute(_AWAITS, {"b_phase": phase_id, "b_units": unit_ids, "b_horizon": horizon}).scalar_one())


def unreviewed(tx: Session, phase_id: int, unit_ids: Sequence[int]) -> list[Duty]:
    """Handed-in duties without an open review; the caller makes sure that each gets one."""
    ids = tx.execute(_UNREVIEWED, {"b_phase": phase_id, "b_units": unit_ids}).scalars().all()
    return list(tx.execute(select(Duty).where(duty_table.c.id.in_(ids)).order_by(duty_table.c.id)).scalars()) if ids else []


def due_phases(tx: Session, today: Any, now: datetime) -> list[tuple[str, str]]:
    """(campaign slug, phase key) of phases whose pass is due: planned ones whose day has come, open ones whose next pass has."""
    return [(row.slug, row.key) for row in tx.execute(_DUE_PHASES, {"b_today": today, "b_now": now})]
