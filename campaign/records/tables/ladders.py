"""Ladders as launched, with their rungs."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class LadderVersion(SQLModel, table=True):
    """A ladder as it was when duties began with it; a running duty keeps its version."""

    __tablename__ = "ladder"
    __table_args__ = (UniqueConstraint("name", "sha256"),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    sha256: str = Field(max_length=64)
    source: str


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
