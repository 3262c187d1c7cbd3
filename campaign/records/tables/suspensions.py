"""Clocks that were stopped with a document."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, duties, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import where


class Suspension(SQLModel, table=True):
    """A clock stopped with a document, for one duty, a unit, a phase or a whole campaign, until it is resumed."""

    __tablename__ = "suspension"
    __table_args__ = (where("ix_suspension_open", "campaign_id", condition="ended_at IS NULL"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    document: str = Field(max_length=200)
    reason: str = ""
    began_at: datetime
    began_by: str = Field(max_length=60)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=60)


class SuspensionDuty(SQLModel, table=True):
    """A duty whose clock a suspension stopped: resuming it starts these again, and no other."""

    __tablename__ = "suspension_duty"

    suspension_id: int = Field(foreign_key="suspension.id", primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", primary_key=True, index=True)
