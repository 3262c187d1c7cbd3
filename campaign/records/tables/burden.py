"""What is asked of a unit beside its plan, and what the burden meter holds back until a named person confirms it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, duties, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of, where


class ExtraRequest(SQLModel, table=True):
    """A finding, a material or a task asked in between. `key` comes with the form, so that asking twice is one request."""

    __tablename__ = "extra_request"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("kind", ("finding", "material", "perform")),
        one_of("state", ("sent", "held", "confirmed", "dropped")),
        CheckConstraint("state IN ('sent', 'held') OR (decided_by IS NOT NULL AND reason <> '')", name="decided_with_a_reason"),
        where("ix_extra_request_held", "campaign_id", condition="state = 'held'"),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    phase_id: int = Field(foreign_key="phase.id")
    unit_id: int = Field(foreign_key="unit.id")
    key: str = Field(max_length=40)
    kind: str = Field(max_length=16)
    title: str = Field(max_length=300)
    due_on: date | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    state: str = Field(default="sent", max_length=16)
    asked_by: str = Field(max_length=60)
    asked_at: datetime
    decided_by: str | None = Field(default=None, max_length=60)
    decided_at: datetime | None = None
    reason: str = ""
    duty_id: int | None = Field(default=None, foreign_key="duty.id")
