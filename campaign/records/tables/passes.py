"""What passes work with: their leases, the duties that are due, what the rule decided, and what was parked."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, pass_runs  # noqa: F401 - foreign keys point there


class Lease(SQLModel, table=True):
    __tablename__ = "lease"
    name: str = Field(primary_key=True, max_length=120)
    holder: str = Field(max_length=120)
    token: int
    expires_at: datetime


class PassDue(SQLModel, table=True):
    """The due duties of a pass, in batches by primary key. A real table: a temporary one has no statistics and misleads the planner."""

    __tablename__ = "pass_due"
    pass_id: int = Field(foreign_key="pass_run.id", primary_key=True)
    batch: int = Field(primary_key=True)
    duty_id: int = Field(primary_key=True)


class PassDecision(SQLModel, table=True):
    """What the rule answered for one group of due duties, so that the answer can be joined."""

    __tablename__ = "pass_decision"
    pass_id: int = Field(foreign_key="pass_run.id", primary_key=True)
    batch: int = Field(primary_key=True)
    campaign_id: int = Field(primary_key=True)
    ladder_id: int = Field(primary_key=True)
    rung: int = Field(primary_key=True)
    floor_rung: int = Field(primary_key=True)
    due_at: datetime = Field(primary_key=True)
    take: int
    rung_after: int
    next_rung_at: datetime | None = None


class Parked(SQLModel, table=True):
    """A row that made its pass fail even alone; shown as 待处理 until somebody releases it."""

    __tablename__ = "parked"
    __table_args__ = (UniqueConstraint("pass_name", "subject", "subject_id"),)

    id: int = Field(default=None, primary_key=True)
    pass_name: str = Field(max_length=24)
    subject: str = Field(max_length=24)
    subject_id: int
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    parked_at: datetime
    reason: str
