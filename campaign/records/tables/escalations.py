"""Ladders as launched, steps taken, and what must be told: notices with lines, their deliveries and each attempt (the outbox)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables.base import json_column, one_of, where


class LadderVersion(SQLModel, table=True):
    """A ladder as it was when duties began with it; a running duty keeps its version."""

    __tablename__ = "ladder"
    __table_args__ = (UniqueConstraint("name", "sha256"),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    sha256: str = Field(max_length=64)
    source: str


class LadderChoice(SQLModel, table=True):
    """Which ladder a campaign's new duties begin with. An empty phase kind or duty kind stands for any; the narrower choice wins."""

    __tablename__ = "ladder_choice"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    phase_kind: str = Field(default="", primary_key=True, max_length=16)
    duty_kind: str = Field(default="", primary_key=True, max_length=16)
    ladder_id: int = Field(foreign_key="ladder.id")


class RungRow(SQLModel, table=True):
    """A rung of a stored ladder, so that set-based statements can join it."""

    __tablename__ = "rung"

    ladder_id: int = Field(foreign_key="ladder.id", primary_key=True)
    number: int = Field(primary_key=True)
    name: str = Field(max_length=24)
    signed: bool = False
    numbered: bool = False
    before_deadline: bool = False
    document: str = Field(max_length=40)
    channel: str = Field(max_length=24)
    fallbacks: str = Field(default="", max_length=200)
    audience: str = Field(max_length=200)
    urgent: bool | None = None  # goes out at night and on rest days too
    digest: int | None = None  # the rung whose notice it shares: reminders of one document to one audience are one message a day


class Escalation(SQLModel, table=True):
    """A rung that was taken, or recorded as skipped; exactly once per duty and revision."""

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("duty_id", "revision", "rung"),
        Index("ix_escalation_pass_id", "pass_id"),
        where("ix_escalation_notice_id", "notice_id", condition="notice_id IS NOT NULL"),
        CheckConstraint("skipped OR notice_id IS NOT NULL", name="taken_has_a_notice"),
    )

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id")
    revision: int
    rung: int
    taken_at: datetime
    skipped: bool = False
    notice_id: int | None = Field(default=None, foreign_key="notice.id")
    pass_id: int | None = Field(default=None, foreign_key="pass_run.id")


BY_ISSUE = "'日报', '周报', '月报', '工作简报'"
"""Bulletins are counted in issues, each campaign from 第1期 on."""


class NoticeState(StrEnum):
    OPEN = "open"
    DRAFT = "draft"
    ISSUED = "issued"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    EMPTY = "empty"

    @property
    def label(self) -> str:
        return {"open": "待发", "draft": "待签发", "issued": "已签发待送达", "delivered": "已送达", "withdrawn": "已撤回", "empty": "已无事项，不再发出"}[
            self.value
        ]


class Notice(SQLModel, table=True):
    """One paper to one unit. `open` collects lines until the sender closes it; `draft` waits for a signature; both only once per unit, rung and day."""

    __tablename__ = "notice"
    __table_args__ = (
        one_of("state", NoticeState),
        where("uq_notice_collecting", "campaign_id", "unit_id", "kind", "rung", "day", "batch", condition="state IN ('open', 'draft')", unique=True),
        where("ix_notice_state", "state", "id", condition="state IN ('open', 'draft', 'issued')"),
        Index("ix_notice_campaign", "campaign_id", "created_at"),
        Index("ix_notice_unit_id", "unit_id", "sent_on"),
        Index("ix_notice_pass", "pass_id"),
        where("uq_notice_number", "number", condition=f"number IS NOT NULL AND kind NOT IN ({BY_ISSUE})", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    unit_id: int = Field(foreign_key="unit.id")
    kind: str = Field(max_length=40)
    rung: int = 0
    ladder_id: int | None = Field(default=None, foreign_key="ladder.id")
    day: date
    batch: int = 0
    state: str = Field(default="open", max_length=16)
    title: str = Field(max_length=300)
    body: str | None = None
    number: str | None = Field(default=None, max_length=60)
    created_at: datetime
    issued_at: datetime | None = None
    sent_on: date | None = None  # the day of its first sending: at most one paper a unit and day, and three messages
    unit_name: str | None = Field(default=None, max_length=120)  # as it was when the paper went out
    signed_by: str | None = Field(default=None, max_length=60)
    delivered_at: datetime | None = None
    closed_reason: str | None = None
    pass_id: int | None = Field(default=None, foreign_key="pass_run.id")


class NoticeLine(SQLModel, table=True):
    __tablename__ = "notice_line"
    __table_args__ = (
        UniqueConstraint("notice_id", "duty_id"),
        where("ix_notice_line_escalation_id", "escalation_id", condition="escalation_id IS NOT NULL"),
        Index("ix_notice_line_duty_id", "duty_id"),
    )

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    duty_id: int = Field(foreign_key="duty.id")
    escalation_id: int | None = Field(default=None, foreign_key="escalation.id")
    removed_at: datetime | None = None
    note: str | None = None
    """What the paper says of this duty, as it was decided; without it the duty speaks for itself."""


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
