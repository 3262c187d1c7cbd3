"""The queue of versions that wait for a verdict, by age, and what a reviewer sees of one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from campaign.records.duties import duty_table as duty
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Submission, SubmissionFile, Unit, Verdict
from campaign.records.views import light_column

_campaign, _submission, _file, _verdict, _unit = (table_of(model) for model in (Campaign, Submission, SubmissionFile, Verdict, Unit))
_target = duty.alias("target")


def _waiting(unit_ids: Collection[int] | None) -> ColumnElement[bool]:
    """Open reviews and rechecks; found through the offices, which hold them all, so that the index on (unit, state) answers."""
    chosen = duty.c.unit_id.in_(select(_campaign.c.office_unit_id)) & (duty.c.state == "open") & duty.c.kind.in_(("review", "recheck"))
    return chosen if unit_ids is None else chosen & _target.c.unit_id.in_(sorted(unit_ids))


def queue_lines(tx: Session, unit_ids: Collection[int] | None, now: datetime, yellow_until: datetime, *, limit: int, offset: int = 0) -> list[Any]:
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
        )
        .join(_submission, _submission.c.id == duty.c.submission_id)
        .join(_target, _target.c.id == _submission.c.duty_id)
        .join(_unit, _unit.c.id == _target.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .where(_waiting(unit_ids))
        .order_by(_submission.c.submitted_at, _submission.c.id)
        .limit(limit)
        .offset(offset)
    )
    return list(tx.execute(rows))


def next_in_queue(tx: Session, unit_ids: Collection[int] | None, but: int) -> int | None:
    """The oldest version that waits, other than this one."""
    rows = (
        select(_submission.c.id)
        .select_from(duty)
        .join(_submission, _submission.c.id == duty.c.submission_id)
        .join(_target, _target.c.id == _submission.c.duty_id)
        .where(_waiting(unit_ids), _submission.c.id != but)
        .order_by(_submission.c.submitted_at, _submission.c.id)
        .limit(1)
    )
    return tx.execute(rows).scalar_one_or_none()


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
