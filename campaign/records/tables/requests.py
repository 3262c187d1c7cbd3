"""What a unit asks of the office about a duty, what two persons decide about a file, who has read a paper, and uploads on their way."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables.base import one_of, where


class DutyRequest(SQLModel, table=True):
    """申请延期 or 申请退单; one open request of a kind for a duty."""

    __tablename__ = "duty_request"
    __table_args__ = (
        one_of("kind", ("extend", "refuse")),
        one_of("state", ("open", "granted", "refused", "withdrawn")),
        CheckConstraint("kind <> 'extend' OR wanted_on IS NOT NULL", name="extension_names_a_day"),
        where("uq_duty_request_open", "duty_id", "kind", condition="state = 'open'", unique=True),
        where("ix_duty_request_state", "id", condition="state = 'open'"),
    )

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    kind: str = Field(max_length=16)
    reason: str
    wanted_on: date | None = None
    suggested_unit: str = Field(default="", max_length=120)
    asked_by: str = Field(max_length=60)
    asked_at: datetime
    state: str = Field(default="open", max_length=16)
    decided_by: str | None = Field(default=None, max_length=60)
    decided_at: datetime | None = None
    decision: str = ""


class FileWithdrawal(SQLModel, table=True):
    """A file that must go: one person asks with a reason, another decides."""

    __tablename__ = "file_withdrawal"
    __table_args__ = (
        one_of("state", ("open", "done", "refused")),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_persons"),
        where("uq_file_withdrawal_open", "sha256", condition="state = 'open'", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    sha256: str = Field(foreign_key="stored_file.sha256", max_length=64, index=True)
    reason: str
    asked_by: str = Field(max_length=60)
    asked_at: datetime
    state: str = Field(default="open", max_length=16)
    decided_by: str | None = Field(default=None, max_length=60)
    decided_at: datetime | None = None
    decision: str = ""


class NoticeReading(SQLModel, table=True):
    """That somebody confirmed having read a paper; for its delivery, never for a score."""

    __tablename__ = "notice_reading"

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    reader: str = Field(primary_key=True, max_length=60)
    unit_id: int = Field(foreign_key="unit.id")
    read_at: datetime


class Upload(SQLModel, table=True):
    """A file that arrives in pieces. Its bytes wait beside the evidence; `sha256` says that it is whole and kept.

    `personal` names identity-card numbers that were found in its text, their middle hidden.
    """

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("received >= 0 AND received <= size", name="never_more_than_announced"),)

    id: str = Field(primary_key=True, max_length=40)
    account_id: int = Field(foreign_key="portal_account.id", index=True)
    duty_id: int = Field(foreign_key="duty.id")
    name: str = Field(max_length=255)
    size: int
    received: int = 0
    created_at: datetime
    touched_at: datetime = Field(index=True)
    sha256: str | None = Field(default=None, max_length=64)
    media_type: str = Field(default="", max_length=120)
    scan: str = Field(default="", max_length=12)
    taken_on: date | None = None
    personal: str = Field(default="", max_length=200)
