"""The outbox: the sendings of a paper, each attempt, and the counters of its numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import notices  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of, where


class Delivery(SQLModel, table=True):
    """One sending of a notice by one channel. The key makes a repeated sending recognisable to the receiver."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        UniqueConstraint("idempotency_key"),
        one_of("state", ("pending", "sending", "delivered", "failed", "cancelled")),
        where("ix_delivery_due", "next_attempt_at", condition="next_attempt_at IS NOT NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    number: int = 1
    channel: str = Field(max_length=24)
    audience: str = Field(max_length=200)
    state: str = Field(default="pending", max_length=16)
    idempotency_key: str = Field(max_length=80)
    attempts: int = 0
    next_attempt_at: datetime | None = None
    claimed_by: str | None = Field(default=None, max_length=80)
    delivered_at: datetime | None = None
    recipients: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())


class Attempt(SQLModel, table=True):
    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"), one_of("outcome", ("delivered", "refused", "failed", "unknown")))

    id: int = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id")
    number: int
    at: datetime
    outcome: str = Field(max_length=16)
    detail: str = ""


class DocumentCounter(SQLModel, table=True):
    """The last number issued by issuer, 代字 and year."""

    __tablename__ = "document_counter"
    issuer: str = Field(primary_key=True, max_length=60)
    code: str = Field(primary_key=True, max_length=20)
    year: int = Field(primary_key=True)
    last: int = 0
