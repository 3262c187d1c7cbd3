"""What was handed in for a duty, its files, and the verdict on exactly one version."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import duties, files  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of


class Submission(SQLModel, table=True):
    """One version of what was handed in for a duty; `sha256` is over the sorted (name, sha256) of its files and its note."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("duty_id", "version"),)

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id")
    version: int
    sha256: str = Field(max_length=64)
    note: str = ""
    submitted_by: str = Field(max_length=60)
    submitted_at: datetime
    chain_id: int | None = None  # the chain its review goes through, kept for good; NULL is the office alone


class SubmissionFile(SQLModel, table=True):
    __tablename__ = "submission_file"

    submission_id: int = Field(foreign_key="submission.id", primary_key=True)
    number: int = Field(primary_key=True)
    sha256: str = Field(foreign_key="stored_file.sha256", max_length=64, index=True)
    name: str = Field(max_length=255)


class Verdict(SQLModel, table=True):
    __tablename__ = "verdict"
    __table_args__ = (UniqueConstraint("submission_id"), one_of("outcome", ("accepted", "returned")))

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    outcome: str = Field(max_length=16)
    reason: str = ""
    given_by: str = Field(max_length=60)
    given_at: datetime
