"""Paper that comes to the office: cover sheets with their codes, what was received when, and who outside has signed a register."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, duties, files, units  # noqa: F401 - foreign keys point there


class CoverSheet(SQLModel, table=True):
    """The code printed on a duty's cover sheet. It cannot be guessed, and opens nothing to whoever may not receive papers."""

    __tablename__ = "cover_sheet"
    __table_args__ = (UniqueConstraint("code"),)

    duty_id: int = Field(foreign_key="duty.id", primary_key=True)
    code: str = Field(max_length=40)
    made_at: datetime


class PaperReceipt(SQLModel, table=True):
    """收件登记: one handing over of paper originals. `key` comes with the form, so that sending it twice is one receipt."""

    __tablename__ = "paper_receipt"
    __table_args__ = (UniqueConstraint("key"), CheckConstraint("copies >= 1", name="at_least_one_copy"))

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    key: str = Field(max_length=40)
    copies: int
    received_on: date
    handed_by: str = Field(max_length=60)
    received_by: str = Field(max_length=60)
    noted_at: datetime
    note: str = ""
    version: int | None = None


class Signatory(SQLModel, table=True):
    """Somebody outside who signs one of our registers, as 门前三包: signed when the day is there, proven when the scan is."""

    __tablename__ = "signatory"
    __table_args__ = (UniqueConstraint("campaign_id", "register_name", "unit_id", "name", "address"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    register_name: str = Field(max_length=40)
    name: str = Field(max_length=120)
    address: str = Field(default="", max_length=200)
    signed_on: date | None = None
    sha256: str | None = Field(default=None, foreign_key="stored_file.sha256", max_length=64)
    file_name: str = Field(default="", max_length=255)
    entered_by: str = Field(max_length=60)
    entered_at: datetime
