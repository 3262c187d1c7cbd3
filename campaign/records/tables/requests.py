"""What a unit asks of the office about a duty."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import duties  # noqa: F401 - foreign keys point there
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
