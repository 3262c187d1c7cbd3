"""Steps taken on a ladder, and the lines of a paper that tell of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import duties, notices, pass_runs  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import where


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
