"""What a unit's people see: their list of duties, and everything about one duty, in queries that do not grow with the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, select
from sqlmodel import Session

from campaign.records.pages.views import light_column
from campaign.records.statements import table_of
from campaign.records.tables import (
    Campaign,
    DutyRequest,
    Escalation,
    Event,
    Finding,
    Item,
    ItemUnit,
    Notice,
    NoticeLine,
    NoticeReading,
    Phase,
    Requirement,
    RungRow,
    StoredFile,
    Submission,
    SubmissionFile,
    Unit,
    Verdict,
)
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import due_on

_campaign, _phase, _unit, _item, _part, _requirement = (table_of(model) for model in (Campaign, Phase, Unit, Item, ItemUnit, Requirement))
_submission, _file, _stored, _verdict, _finding = (table_of(model) for model in (Submission, SubmissionFile, StoredFile, Verdict, Finding))
_notice, _line, _escalation, _rung, _event, _reading, _request = (
    table_of(model) for model in (Notice, NoticeLine, Escalation, RungRow, Event, NoticeReading, DutyRequest)
)
OWN_KINDS = ("perform", "material", "report", "rectify", "sign")
"""What units do; reviews and rechecks have a queue of their own."""
FILTERS = ("todo", "red", "returned", "submitted", "done")


@dataclass(frozen=True, slots=True)
class TodoLine:
    id: int
    kind: str
    title: str
    state: str
    light: str
    due_at: datetime | None
    due_on: date | None
    unit: str
    campaign: str
    acked: bool
    rung: str
    reason: str | None


def _chosen(unit_ids: Collection[int] | None, which: str, now: datetime) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [duty.c.kind.in_(OWN_KINDS)]
    if unit_ids is not None:
        parts.append(duty.c.unit_id.in_(sorted(unit_ids)))
    if which == "red":
        parts += [duty.c.state.in_(CLIMBING), duty.c.due_at <= now]
    elif which == "todo":
        parts.append(duty.c.state.in_(CLIMBING))
    elif which == "done":
        parts.append(duty.c.state.in_(("accepted", "waived")))
    else:
        parts.append(duty.c.state == which)
    return and_(*parts)


def todo_lines(
    tx: Session, unit_ids: Collection[int] | None, which: str, now: datetime, yellow_until: datetime, *, limit: int, offset: int = 0
) -> list[TodoLine]:
    """The most urgent first; done ones the latest first. Picked by the index, then joined."""
    order = (duty.c.finished_at.desc(), duty.c.id.desc()) if which == "done" else (duty.c.due_at, duty.c.id)
    picked = select(duty.c.id).where(_chosen(unit_ids, which, now)).order_by(*order).limit(limit).offset(offset).subquery()
    rows = (
        select(
            duty.c.id,
            duty.c.kind,
            duty.c.title,
            duty.c.state,
            light_column(now, yellow_until).label("light"),
            duty.c.due_at,
            duty.c.acked_at,
            duty.c.closed_reason,
            _unit.c.name.label("unit"),
            _campaign.c.title.label("campaign"),
            _rung.c.name.label("rung"),
        )
        .join(picked, picked.c.id == duty.c.id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .outerjoin(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == duty.c.rung))
        .order_by(*order)
    )
    return [
        TodoLine(
            row.id,
            row.kind,
            row.title,
            row.state,
            row.light,
            row.due_at,
            due_on(row.due_at) if row.due_at else None,
            row.unit,
            row.campaign,
            row.acked_at is not None,
            row.rung or "",
            row.closed_reason,
        )
        for row in tx.execute(rows)
    ]


def todo_counts(tx: Session, unit_ids: Collection[int] | None, now: datetime) -> dict[str, int]:
    """How many of each filter, from the index on (unit, state, due)."""
    late = func.sum(cast(duty.c.due_at <= now, Integer))
    rows = select(duty.c.state, func.count().label("total"), late.label("late")).where(duty.c.state.in_((*CLIMBING, "submitted", "accepted", "waived")))
    rows = rows.where(duty.c.kind.in_(OWN_KINDS))
    if unit_ids is not None:
        rows = rows.where(duty.c.unit_id.in_(sorted(unit_ids)))
    found = dict.fromkeys(FILTERS, 0)
    for row in tx.execute(rows.group_by(duty.c.state)):
        if row.state in CLIMBING:
            found["todo"] += row.total
            found["red"] += row.late or 0
            found["returned"] += row.total if row.state == "returned" else 0
        else:
            found["submitted" if row.state == "submitted" else "done"] += row.total
    return found


def busiest_unit(tx: Session) -> int | None:
    """The unit with most open and returned duties that is no campaign's office: a demonstration shows best there."""
    offices = select(_campaign.c.office_unit_id)
    returned = func.sum(case((duty.c.state == "returned", 5), else_=1))
    rows = (
        select(duty.c.unit_id)
        .where(duty.c.state.in_(CLIMBING), duty.c.unit_id.not_in(offices))
        .group_by(duty.c.unit_id)
        .order_by(returned.desc(), duty.c.unit_id)
    )
    return tx.execute(rows.limit(1)).scalar_one_or_none()


def duty_facts(tx: Session, duty_id: int, now: datetime, yellow_until: datetime) -> Any | None:
    """The duty with what is asked: item, requirement, phase, campaign, unit, light, rung; None when there is none."""
    rows = (
        select(
            duty,
            light_column(now, yellow_until).label("light"),
            _unit.c.name.label("unit"),
            _unit.c.parent_id.label("unit_parent"),
            _campaign.c.title.label("campaign"),
            _campaign.c.slug,
            _phase.c.name.label("phase"),
            _phase.c.number.label("phase_number"),
            _phase.c.state.label("phase_state"),
            _item.c.title.label("item_title"),
            _item.c.text.label("item_text"),
            _item.c.number.label("item_number"),
            _item.c.indicator,
            _item.c.targets,
            _item.c.recipient,
            select(_part.c.unit_id).where(_part.c.item_id == duty.c.item_id, _part.c.role == "lead").limit(1).scalar_subquery().label("lead_unit_id"),
            _requirement.c.name.label("asked"),
            _requirement.c.copies,
            _requirement.c.count,
            _requirement.c.form,
            _rung.c.name.label("rung_name"),
            _finding.c.text.label("finding_text"),
            _finding.c.site,
            _finding.c.severity,
        )
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .join(_phase, _phase.c.id == duty.c.phase_id)
        .outerjoin(_item, _item.c.id == duty.c.item_id)
        .outerjoin(_requirement, _requirement.c.id == duty.c.requirement_id)
        .outerjoin(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == duty.c.rung))
        .outerjoin(_finding, _finding.c.id == duty.c.finding_id)
        .where(duty.c.id == duty_id)
    )
    return tx.execute(rows).one_or_none()


def lead_unit_of(tx: Session, item_id: int | None) -> int | None:
    if item_id is None:
        return None
    return tx.execute(select(_part.c.unit_id).where(_part.c.item_id == item_id, _part.c.role == "lead")).scalar_one_or_none()


def versions_of(tx: Session, duty_id: int, *, limit: int = 20) -> list[Any]:
    """The latest versions first, each with its verdict."""
    rows = (
        select(_submission, _verdict.c.outcome, _verdict.c.reason, _verdict.c.given_by, _verdict.c.given_at)
        .outerjoin(_verdict, _verdict.c.submission_id == _submission.c.id)
        .where(_submission.c.duty_id == duty_id)
        .order_by(_submission.c.version.desc())
        .limit(limit)
    )
    return list(tx.execute(rows))


def files_of_versions(tx: Session, submission_ids: Collection[int]) -> dict[int, list[Any]]:
    rows = (
        select(
            _file.c.submission_id,
            _file.c.number,
            _file.c.name,
            _file.c.sha256,
            _stored.c.size,
            _stored.c.media_type,
            _stored.c.scan,
            _stored.c.taken_on,
            _stored.c.withdrawn_at,
        )
        .join(_stored, _stored.c.sha256 == _file.c.sha256)
        .where(_file.c.submission_id.in_(list(submission_ids)))
        .order_by(_file.c.submission_id, _file.c.number)
    )
    found: dict[int, list[Any]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.submission_id, []).append(row)
    return found


def papers_of_duty(tx: Session, duty_id: int, *, limit: int = 20) -> list[Any]:
    """Papers that name this duty and have gone out or wait to."""
    rows = (
        select(_notice.c.id, _notice.c.kind, _notice.c.number, _notice.c.state, _notice.c.created_at, _notice.c.issued_at, _notice.c.delivered_at)
        .join(_line, _line.c.notice_id == _notice.c.id)
        .where(_line.c.duty_id == duty_id, _line.c.removed_at.is_(None), _notice.c.state.in_(("issued", "delivered")))
        .order_by(_notice.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(rows))


def history_of(tx: Session, duty_id: int, *, limit: int = 30) -> list[Any]:
    rows = select(_event.c.at, _event.c.actor, _event.c.verb, _event.c.reason, _event.c.detail).where(
        _event.c.subject == "duty", _event.c.subject_id == duty_id
    )
    return list(tx.execute(rows.order_by(_event.c.id.desc()).limit(limit)))


def steps_of(tx: Session, duty_id: int) -> list[Any]:
    """Rungs that were taken, with their names."""
    rows = (
        select(_escalation.c.rung, _escalation.c.taken_at, _escalation.c.skipped, _escalation.c.revision, _rung.c.name)
        .join(duty, duty.c.id == _escalation.c.duty_id)
        .join(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == _escalation.c.rung))
        .where(_escalation.c.duty_id == duty_id)
        .order_by(_escalation.c.id.desc())
        .limit(30)
    )
    return list(tx.execute(rows))


def requests_of(tx: Session, duty_id: int) -> list[Any]:
    return list(tx.execute(select(_request).where(_request.c.duty_id == duty_id).order_by(_request.c.id.desc()).limit(10)))


def notice_lines_of_units(tx: Session, unit_ids: Collection[int] | None, reader: str, *, limit: int, offset: int = 0) -> list[Any]:
    """Papers to these units that have gone out, the newest first, and whether this reader has confirmed them."""
    rows = (
        select(
            _notice.c.id,
            _notice.c.kind,
            _notice.c.title,
            _notice.c.number,
            _notice.c.rung,
            _notice.c.created_at,
            _notice.c.issued_at,
            func.coalesce(_notice.c.unit_name, _unit.c.name).label("unit"),
            _campaign.c.title.label("campaign"),
            _reading.c.read_at,
        )
        .join(_unit, _unit.c.id == _notice.c.unit_id)
        .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
        .outerjoin(_reading, and_(_reading.c.notice_id == _notice.c.id, _reading.c.reader == reader))
        .where(_notice.c.state.in_(("issued", "delivered")))
    )
    if unit_ids is not None:
        rows = rows.where(_notice.c.unit_id.in_(sorted(unit_ids)))
    return list(tx.execute(rows.order_by(_notice.c.id.desc()).limit(limit).offset(offset)))


def lines_on(tx: Session, notice_id: int, *, limit: int = 300) -> list[Any]:
    """The duties on a paper."""
    rows = (
        select(duty.c.id, duty.c.title, duty.c.due_at, duty.c.state, _line.c.removed_at, _line.c.note, duty.c.unit_id)
        .join(_line, _line.c.duty_id == duty.c.id)
        .where(_line.c.notice_id == notice_id, _line.c.removed_at.is_(None))
        .order_by(duty.c.due_at, duty.c.id)
        .limit(limit)
    )
    return list(tx.execute(rows))
