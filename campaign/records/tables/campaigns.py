"""A launched plan and its phases."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.plan.phase_kind import PhaseKind
from campaign.records.tables import ladders, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of, where


class Campaign(SQLModel, table=True):
    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("slug"), one_of("state", ("launched", "finished", "discarded")))

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(max_length=60)
    title: str = Field(max_length=300)
    kind: str = Field(max_length=24)
    state: str = Field(default="launched", max_length=16)
    rehearsal: bool = False
    launched_at: datetime
    live_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    inspection_on: date | None = None
    office_unit_id: int = Field(foreign_key="unit.id")
    ladder_id: int = Field(foreign_key="ladder.id")
    office_ladder_id: int = Field(foreign_key="ladder.id")
    calendar: str = Field(default="cn", max_length=24)
    next_bulletin_at: datetime | None = None
    next_digest_at: datetime | None = None
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())


class Phase(SQLModel, table=True):
    __tablename__ = "phase"
    __table_args__ = (
        UniqueConstraint("campaign_id", "key"),
        UniqueConstraint("campaign_id", "number"),
        one_of("kind", PhaseKind),
        one_of("state", ("planned", "open", "closed")),
        where("ix_phase_due", "starts_on", condition="state = 'planned'"),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    key: str = Field(max_length=60)
    number: int
    name: str = Field(max_length=120)
    kind: str = Field(max_length=16)
    state: str = Field(default="planned", max_length=16)
    starts_on: date | None = None
    ends_on: date | None = None
    due_at: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    next_pass_at: datetime | None = Field(default=None, index=True)
    text: str = ""
