"""Everything about one duty, in the order in which a person asks: versions and verdicts, steps of the ladder, changes, and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlmodel import Session

from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.ladders import ladder_of
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Escalation, Event, Notice, Phase, RungRow, Submission, SubmissionFile, Verdict
from campaign.records.tables.duties import CLIMBING
from campaign.rules.ladder import describe

_submission, _file, _verdict, _escalation, _rung, _notice, _event = (
    table_of(model) for model in (Submission, SubmissionFile, Verdict, Escalation, RungRow, Notice, Event)
)
SOURCES = {
    "own": "事项自己的期限",
    "phase": "随阶段结束",
    "campaign": "随活动结束",
    "proposed": "倒排工期建议",
    "event": "按事件推算",
    "extended": "已延期",
    "returned": "退回后重定",
}


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    submitted_by: str
    submitted_at: datetime
    note: str
    sha256: str
    files: tuple[str, ...]
    outcome: str | None
    given_by: str | None
    given_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    revision: int
    rung: int
    name: str
    taken_at: datetime
    skipped: bool
    notice_id: int | None
    notice_state: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    actor: str
    verb: str
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    campaign: str
    phase: str
    due_source: str
    first_due_at: datetime | None
    revision: int
    floor_rung: int
    acked_by: str | None
    acked_at: datetime | None
    closed_reason: str | None
    submissions: tuple[Version, ...]
    escalations: tuple[Step, ...]
    events: tuple[Change, ...]
    ahead: tuple[str, ...]

    def as_dict(self, told: Callable[[datetime | None], str | None]) -> dict[str, Any]:
        """Plain values; `told` writes a moment."""
        return {name: _plain(getattr(self, name), told) for name in self.__slots__}


def history_of(tx: Session, duty: Duty, now: datetime) -> History:
    campaign, phase = tx.get_one(Campaign, duty.campaign_id), tx.get_one(Phase, duty.phase_id)
    return History(
        campaign=campaign.title, phase=phase.name, due_source=SOURCES[duty.due_source], first_due_at=duty.first_due_at, revision=duty.revision,
        floor_rung=duty.floor_rung, acked_by=duty.acked_by, acked_at=duty.acked_at, closed_reason=duty.closed_reason,
        submissions=_versions(tx, duty), escalations=_steps(tx, duty), events=_changes(tx, duty), ahead=_ahead(tx, duty, campaign, now),
    )  # fmt: skip


def _versions(tx: Session, duty: Duty) -> tuple[Version, ...]:
    files: dict[int, list[str]] = {}
    listed = select(_file.c.submission_id, _file.c.name).join(_submission, _submission.c.id == _file.c.submission_id).where(_submission.c.duty_id == duty.id)
    for row in tx.execute(listed.order_by(_file.c.submission_id, _file.c.number)):
        files.setdefault(row.submission_id, []).append(row.name)
    rows = tx.execute(
        select(_submission, _verdict.c.outcome, _verdict.c.given_by, _verdict.c.given_at, _verdict.c.reason)
        .outerjoin(_verdict, _verdict.c.submission_id == _submission.c.id)
        .where(_submission.c.duty_id == duty.id)
        .order_by(_submission.c.version)
    )
    words = {"accepted": "通过", "returned": "退回补正", None: None}
    return tuple(
        Version(row.version, row.submitted_by, row.submitted_at, row.note, row.sha256, tuple(files.get(row.id, ())), words[row.outcome], row.given_by,
                row.given_at, row.reason or "")
        for row in rows
    )  # fmt: skip


def _steps(tx: Session, duty: Duty) -> tuple[Step, ...]:
    rows = tx.execute(
        select(_escalation, _rung.c.name, _notice.c.state, _notice.c.number)
        .join(_rung, and_(_rung.c.ladder_id == duty.ladder_id, _rung.c.number == _escalation.c.rung))
        .outerjoin(_notice, _notice.c.id == _escalation.c.notice_id)
        .where(_escalation.c.duty_id == duty.id)
        .order_by(_escalation.c.id)
    )
    return tuple(Step(row.revision, row.rung, row.name, row.taken_at, row.skipped, row.notice_id, row.state, row.number) for row in rows)


def _changes(tx: Session, duty: Duty) -> tuple[Change, ...]:
    """Its own events, and those of the problem that it rectifies."""
    ours = and_(_event.c.subject == "duty", _event.c.subject_id == duty.id)
    if duty.finding_id is not None:
        ours = or_(ours, and_(_event.c.subject == "finding", _event.c.subject_id == duty.finding_id))
    rows = tx.execute(select(_event.c.at, _event.c.actor, _event.c.verb, _event.c.reason).where(ours).order_by(_event.c.id))
    return tuple(Change(*row) for row in rows)


def _ahead(tx: Session, duty: Duty, campaign: Campaign, now: datetime) -> tuple[str, ...]:
    """What happens if nobody works on it; only while its ladder runs and nothing was taken yet."""
    if duty.state not in CLIMBING or duty.due_at is None or duty.rung:
        return ()
    return describe(ladder_of(tx, duty.ladder_id), duty.due_at, max(now, duty.opened_at), load_calendar(tx, campaign.calendar), floor_rung=duty.floor_rung)


def _plain(value: Any, told: Callable[[datetime | None], str | None]) -> Any:
    if isinstance(value, datetime):
        return told(value)
    if isinstance(value, tuple):
        return [_plain(one, told) for one in value]
    if isinstance(value, Version | Step | Change):
        return {name: _plain(getattr(value, name), told) for name in value.__slots__}
    return value
