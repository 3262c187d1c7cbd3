"""The queue of versions that wait for a verdict, by age, and what a reviewer sees of one."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlmodel import Session

from campaign.records.pages.views import light_column
from campaign.records.statements import as_written, table_of
from campaign.records.tables import Campaign, ReviewStep, Submission, SubmissionFile, Unit, Verdict
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_campaign, _submission, _file, _verdict, _unit = (table_of(model) for model in (Campaign, Submission, SubmissionFile, Verdict, Unit))
_step = table_of(ReviewStep)
_target = duty.alias("target")
# As the index on the queue says it: walked in the order of the versions, it stops at the first page however many wait.
_OPEN_REVIEW = text("duty.state = 'open' AND duty.kind IN ('review', 'recheck')")
Units = Collection[int] | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Over which units somebody decides, by the kind of step; None is the whole house. The office's steps go by the unit that handed in."""

    office: Units
    report: Units
    by_unit: tuple[tuple[str, Units], ...] = ()


def _waiting(reach: Reach) -> ColumnElement[bool]:
    """Open steps that somebody may decide; found through the units that hold them, so that the index on (unit, state) answers."""
    ways: list[ColumnElement[bool]] = []
    offices = duty.c.unit_id.in_(select(_campaign.c.office_unit_id))
    reviewed = or_(_step.c.id.is_(None), and_(_step.c.who == "office", ~_step.c.receipt))
    for units, of_office in ((reach.office, reviewed), (reach.report, and_(_step.c.who == "office", _step.c.receipt))):
        if units is None or units:
            ways.append(and_(offices, of_office, *([] if units is None else [_target.c.unit_id.in_(sorted(units))])))
    for who, units in reach.by_unit:
        if units is None or units:
            ways.append(and_(_step.c.who == who, *([] if units is None else [duty.c.unit_id.in_(sorted(units))])))
    return and_(_OPEN_REVIEW, or_(*ways) if ways else duty.c.id.is_(None))


def open_step(tx: Session, submission_id: int) -> Any | None:
    """The review that a version waits for: its unit, and the step it is, if it is one of a chain."""
    rows = (
        select(duty.c.id, duty.c.kind, duty.c.unit_id, duty.c.due_at, _step.c.key, _step.c.name, _step.c.who, _step.c.receipt)
        .outerjoin(_step, _step.c.id == duty.c.review_step_id)
        .where(duty.c.submission_id == submission_id, duty.c.kind.in_(("review", "recheck")), duty.c.state.in_(UNFINISHED))
    )
    return tx.execute(rows).first()


def units_asked(tx: Session, submission_id: int) -> list[tuple[int, str]]:
    """Every unit that a step of this version was at, with who decides there: they may look at it afterwards."""
    rows = select(duty.c.unit_id, _step.c.who).join(_step, _step.c.id == duty.c.review_step_id).where(duty.c.submission_id == submission_id)
    return [(row.unit_id, row.who) for row in tx.execute(rows)]


def queue_lines(tx: Session, reach: Reach, now: datetime, yellow_until: datetime, *, limit: int, offset: int = 0) -> list[Any]:
    """The oldest first: (submission, version, submitted_by, submitted_at, kind, light, due_at, title, unit, campaign, files)."""
    files = select(func.count()).where(_file.c.submission_id == _submission.c.id).scalar_subquery()
    rows = (
        select(
            _submission.c.id,
            _submission.c.version,
            _submission.c.submitted_by,
            _submission.c.submitted_at,
            _submission.c.note,
            duty.c.kind,
            duty.c.due_at,
            light_column(now, yellow_until).label("light"),
            _target.c.id.label("duty_id"),
            _target.c.title,
            _unit.c.name.label("unit"),
            _campaign.c.title.label("campaign"),
            files.label("files"),
            _step.c.key.label("step_key"),
            _step.c.name.label("step"),
            _step.c.receipt,
        )
        .join(_submission, _submission.c.id == duty.c.submission_id)
        .outerjoin(_step, _step.c.id == duty.c.review_step_id)
        .join(_target, _target.c.id == _submission.c.duty_id)
        .join(_unit, _unit.c.id == _target.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .where(_waiting(reach))
        .order_by(duty.c.submission_id)
        .limit(limit)
        .offset(offset)
    )
    with _walked(tx, reach):
        return list(tx.execute(rows))


def next_in_queue(tx: Session, reach: Reach, but: int) -> int | None:
    """The oldest version that waits, other than this one."""
    rows = (
        select(_submission.c.id)
        .select_from(duty)
        .join(_submission, _submission.c.id == duty.c.submission_id)
        .join(_target, _target.c.id == _submission.c.duty_id)
        .outerjoin(_step, _step.c.id == duty.c.review_step_id)
        .where(_waiting(reach), _submission.c.id != but)
        .order_by(duty.c.submission_id)
        .limit(1)
    )
    with _walked(tx, reach):
        return tx.execute(rows).scalar_one_or_none()


def _walked(tx: Session, reach: Reach) -> AbstractContextManager[None]:
    """Whoever decides over the whole house walks the queue from its front; the others' steps are few, and found through their units."""
    return as_written(tx, in_order=True) if reach.office is None or reach.report is None else nullcontext()


def version_facts(tx: Session, submission_id: int) -> Any | None:
    """One version with its verdict, if it has one, and the number of the latest version of its duty."""
    newest = _submission.alias("newest")
    latest = select(func.max(newest.c.version)).where(newest.c.duty_id == duty.c.id).scalar_subquery()
    rows = (
        select(
            _submission,
            duty.c.unit_id,
            duty.c.item_id,
            duty.c.kind,
            duty.c.opened_at,
            _verdict.c.outcome,
            _verdict.c.reason,
            _verdict.c.given_by,
            _verdict.c.given_at,
            latest.label("latest"),
        )
        .join(duty, duty.c.id == _submission.c.duty_id)
        .outerjoin(_verdict, _verdict.c.submission_id == _submission.c.id)
        .where(_submission.c.id == submission_id)
    )
    return tx.execute(rows).one_or_none()
