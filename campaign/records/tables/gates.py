"""Decisions at gates, and frozen evidence packages."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of


class GateRecord(SQLModel, table=True):
    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("phase_id", "number"), one_of("outcome", ("passed", "carried_over", "held", "overruled")))

    id: int = Field(default=None, primary_key=True)
    phase_id: int = Field(foreign_key="phase.id")
    number: int
    outcome: str = Field(max_length=16)
    blockers: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    leftovers: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    decided_by: str = Field(max_length=60)
    decided_at: datetime
    reason: str = ""


class PackageRecord(SQLModel, table=True):
    """A frozen evidence package: its manifest's hash is what inspectors can verify."""

    __tablename__ = "package"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    number: int
    sha256: str = Field(max_length=64)
    missing: int
    frozen_at: datetime
    frozen_by: str = Field(max_length=60)
    folder: str = Field(max_length=255)
