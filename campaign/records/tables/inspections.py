"""Inspections, and findings with their rounds of rectification."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of


class Inspection(SQLModel, table=True):
    __tablename__ = "inspection"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int = Field(foreign_key="phase.id")
    name: str = Field(max_length=120)
    kind: str = Field(max_length=24)
    held_on: date


class Finding(SQLModel, table=True):
    """A problem found at a unit. Closed only by somebody else's recheck; `round` counts its rectifications."""

    __tablename__ = "finding"
    __table_args__ = (
        one_of("severity", ("minor", "normal", "major")),
        one_of("state", ("rectifying", "rechecking", "closed", "withdrawn")),
        UniqueConstraint("campaign_id", "reference"),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int = Field(foreign_key="phase.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    inspection_id: int | None = Field(default=None, foreign_key="inspection.id")
    reference: str = Field(max_length=80)
    text: str
    indicator: str | None = Field(default=None, max_length=120)
    site: str | None = Field(default=None, max_length=120)
    severity: str = Field(default="normal", max_length=8)
    state: str = Field(default="rectifying", max_length=16)
    round: int = 1
    found_by: str = Field(max_length=60)
    found_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, max_length=60)
