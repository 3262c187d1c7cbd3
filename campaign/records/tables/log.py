"""The append-only log and its seals, leases, calendar days, and the working tables of a pass."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables.base import json_column, one_of, where


class Event(SQLModel, table=True):
    """Who changed what, when and why. Never updated but to be sealed into a block."""

    __tablename__ = "event"
    __table_args__ = (
        where("ix_event_unsealed", "id", condition="block_id IS NULL"),
        Index("ix_event_campaign", "campaign_id", "id"),
        Index("ix_event_subject", "subject", "subject_id"),
    )

    id: int = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=60)
    verb: str = Field(max_length=40)
    reason: str = ""
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    subject: str | None = Field(default=None, max_length=24)
    subject_id: int | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    block_id: int | None = Field(default=None, foreign_key="event_block.id")


class EventBlock(SQLModel, table=True):
    __tablename__ = "event_block"
    __table_args__ = (UniqueConstraint("previous"),)

    id: int = Field(default=None, primary_key=True)
    previous: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    events: int
    sealed_at: datetime


class Lease(SQLModel, table=True):
    __tablename__ = "lease"
    name: str = Field(primary_key=True, max_length=120)
    holder: str = Field(max_length=120)
    token: int
    expires_at: datetime


class CalendarHead(SQLModel, table=True):
    """A working calendar: its hours, and the one it lies upon. `version` grows with each change of a day."""

    __tablename__ = "calendar"

    name: str = Field(primary_key=True, max_length=24)
    title: str = Field(max_length=120)
    base: str | None = Field(default=None, foreign_key="calendar.name", max_length=24)
    hours: str = Field(max_length=80)  # opening and closing times in turn: 9:00,17:30
    version: int = 0


class CalendarOverlay(SQLModel, table=True):
    """A day on which a calendar differs from its base: weekends worked during a rectification."""

    __tablename__ = "calendar_overlay"

    calendar: str = Field(foreign_key="calendar.name", primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    working: bool
    note: str = Field(default="", max_length=60)


class CalendarDay(SQLModel, table=True):
    """A day of a calendar; `ordinal` counts working days up to and including it."""

    __tablename__ = "calendar_day"
    __table_args__ = (one_of("source", ("published", "estimated", "override")),)

    calendar: str = Field(primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    working: bool
    ordinal: int
    note: str = Field(default="", max_length=60)
    source: str = Field(max_length=16)


class PassRun(SQLModel, table=True):
    """One pass and what it did; `request_key` joins a triggered pass to the Prefect run that carries it, `flow_run_id` leads there."""

    __tablename__ = "pass_run"
    __table_args__ = (
        one_of("state", ("running", "done", "failed", "abandoned")),
        Index("ix_pass_run_name", "name", "started_at"),
        where("ix_pass_run_request_key", "request_key", condition="request_key <> ''"),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=24)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    request_key: str = Field(default="", max_length=160)
    flow_run_id: str = Field(default="", max_length=36, sa_column_kwargs={"server_default": ""})
    state: str = Field(default="running", max_length=16)
    now: datetime
    started_at: datetime
    finished_at: datetime | None = None
    holder: str = Field(max_length=120)
    token: int
    actor: str = Field(max_length=60)
    message: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())


class PassDue(SQLModel, table=True):
    """The due duties of a pass, in batches by primary key. A real table: a temporary one has no statistics and misleads the planner."""

    __tablename__ = "pass_due"
    pass_id: int = Field(foreign_key="pass_run.id", primary_key=True)
    batch: int = Field(primary_key=True)
    duty_id: int = Field(primary_key=True)


class PassDecision(SQLModel, table=True):
    """What the rule answered for one group of due duties, so that the answer can be joined."""

    __tablename__ = "pass_decision"
    pass_id: int = Field(foreign_key="pass_run.id", primary_key=True)
    batch: int = Field(primary_key=True)
    campaign_id: int = Field(primary_key=True)
    ladder_id: int = Field(primary_key=True)
    rung: int = Field(primary_key=True)
    floor_rung: int = Field(primary_key=True)
    due_at: datetime = Field(primary_key=True)
    take: int
    rung_after: int
    next_rung_at: datetime | None = None


class Parked(SQLModel, table=True):
    """A row that made its pass fail even alone; shown as 待处理 until somebody releases it."""

    __tablename__ = "parked"
    __table_args__ = (UniqueConstraint("pass_name", "subject", "subject_id"),)

    id: int = Field(default=None, primary_key=True)
    pass_name: str = Field(max_length=24)
    subject: str = Field(max_length=24)
    subject_id: int
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    parked_at: datetime
    reason: str
