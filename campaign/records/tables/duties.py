"""The heart: what one unit owes by one time."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, inspections, items, ladders, notices, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import metadata, one_of, where


class DutyKind(StrEnum):
    SIGN = "sign"
    PERFORM = "perform"
    MATERIAL = "material"
    REPORT = "report"
    RECTIFY = "rectify"
    RECHECK = "recheck"
    REVIEW = "review"

    @property
    def label(self) -> str:
        return {"sign": "签订", "perform": "办理", "material": "报送资料", "report": "定期报告", "rectify": "整改", "recheck": "整改复核", "review": "审核"}[
            self.value
        ]


class DutyState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        return {
            "open": "办理中",
            "submitted": "已报送待审核",
            "accepted": "已办结",
            "returned": "退回补正",
            "waived": "免报/不涉及",
            "cancelled": "已取消",
            "suspended": "暂缓（中止计时）",
            "waiting": "待触发",
        }[self.value]


CLIMBING = (DutyState.OPEN, DutyState.RETURNED)
"""The states in which a ladder runs."""
UNFINISHED = (DutyState.OPEN, DutyState.RETURNED, DutyState.SUBMITTED, DutyState.SUSPENDED, DutyState.WAITING)


class Duty(SQLModel, table=True):
    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("campaign_id", "origin"),
        one_of("kind", DutyKind),
        one_of("state", DutyState),
        one_of("due_source", ("own", "phase", "campaign", "proposed", "event", "extended", "returned")),
        CheckConstraint("due_at IS NOT NULL OR state IN ('waiting', 'waived', 'cancelled')", name="owed_by_a_time"),
        CheckConstraint("next_rung_at IS NULL OR state IN ('open', 'returned')", name="ladder_runs_only_while_owed"),
        CheckConstraint("revision >= 1 AND rung >= 0 AND floor_rung >= 0", name="counters"),
        where("ix_duty_due", "campaign_id", "next_rung_at", "phase_id", condition="next_rung_at IS NOT NULL"),
        Index("ix_duty_unit", "unit_id", "state", "due_at", "id"),
        Index("ix_duty_phase", "phase_id", "state", "due_at", "id", "kind", "required", "unit_id"),
        Index("ix_duty_campaign", "campaign_id", "state", "due_at", "id", "finished_at"),
        where("ix_duty_reviewing", "submission_id", condition="state = 'open' AND kind IN ('review', 'recheck')"),
        where("ix_duty_item", "item_id", condition="item_id IS NOT NULL"),
        where("ix_duty_submission", "submission_id", condition="submission_id IS NOT NULL"),
        where("ix_duty_notice", "notice_id", condition="notice_id IS NOT NULL"),
        where("ix_duty_parent", "parent_id", condition="parent_id IS NOT NULL"),
        where("ix_duty_event", "campaign_id", "event_name", condition="state = 'waiting'"),
        where("ix_duty_resting", "series_id", condition="state = 'suspended' AND series_id IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int = Field(foreign_key="phase.id")
    unit_id: int = Field(foreign_key="unit.id")
    kind: str = Field(max_length=16)
    origin: str = Field(max_length=160)
    title: str = Field(max_length=300)
    state: str = Field(default="open", max_length=16)
    required: bool = True
    due_at: datetime | None = None
    due_source: str = Field(default="phase", max_length=16)
    first_due_at: datetime | None = None
    event_name: str | None = Field(default=None, max_length=40)
    event_days: str | None = Field(default=None, max_length=8)
    revision: int = 1
    rung: int = 0
    floor_rung: int = 0
    next_rung_at: datetime | None = None
    ladder_id: int = Field(foreign_key="ladder.id")
    opened_at: datetime
    acked_at: datetime | None = None
    acked_by: str | None = Field(default=None, max_length=60)
    submitted_at: datetime | None = None
    finished_at: datetime | None = None
    suspended_at: datetime | None = None
    item_id: int | None = Field(default=None, foreign_key="item.id")
    requirement_id: int | None = Field(default=None, foreign_key="requirement.id")
    series_id: int | None = Field(default=None, foreign_key="series.id")
    submission_id: int | None = None  # what a review is about; a foreign key would close a circle with submission.duty_id
    finding_id: int | None = Field(default=None, foreign_key="finding.id", index=True)
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    last_pass_id: int | None = None  # the sweep that took its latest rung: marks a batch's rows for the statements after the claim
    closed_reason: str | None = None
    parent_id: int | None = None  # the duty that this one is a part of; without a foreign key, which SQLite could add only by writing the table anew
    review_step_id: int | None = None  # the step of a chain that a review is; the same


duty_table = metadata.tables["duty"]
