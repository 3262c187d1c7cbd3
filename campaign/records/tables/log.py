"""The append-only log and its seals."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, where


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
