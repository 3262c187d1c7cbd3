"""Files on their way in, and what two persons decide about one that must go."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import accounts, duties, files  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of, where


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
