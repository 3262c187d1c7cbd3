"""What a campaign keeps beside its duties: the versions of its plan, its organisation, and the ladders it chose."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, ladders, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of


class PlanVersion(SQLModel, table=True):
    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    number: int
    sha256: str = Field(max_length=64)
    spec: dict[str, Any] = Field(sa_column=json_column())
    applied_at: datetime
    actor: str = Field(max_length=60)


class Body(SQLModel, table=True):
    """A leading group, its office or a work group of one campaign."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "name"), one_of("kind", ("leading_group", "office", "work_group")))

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    kind: str = Field(max_length=16)
    name: str = Field(max_length=120)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")


class BodyMember(SQLModel, table=True):
    __tablename__ = "body_member"
    __table_args__ = (UniqueConstraint("body_id", "role", "name"),)

    id: int = Field(default=None, primary_key=True)
    body_id: int = Field(foreign_key="body.id")
    role: str = Field(max_length=24)
    name: str = Field(max_length=120)


class LadderChoice(SQLModel, table=True):
    """Which ladder a campaign's new duties begin with. An empty phase kind or duty kind stands for any; the narrower choice wins."""

    __tablename__ = "ladder_choice"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    phase_kind: str = Field(default="", primary_key=True, max_length=16)
    duty_kind: str = Field(default="", primary_key=True, max_length=16)
    ladder_id: int = Field(foreign_key="ladder.id")
