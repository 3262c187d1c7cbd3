"""A paper to a unit. Its lines and sendings are in `escalations` and `deliveries`."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, ladders, pass_runs, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of, where

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
