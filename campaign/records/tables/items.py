"""What a plan hands out: items with their units, the materials that they ask for, and recurring series."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint, false
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of, where


class Item(SQLModel, table=True):
    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("campaign_id", "key"), one_of("state", ("active", "removed")))

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int = Field(foreign_key="phase.id", index=True)
    key: str = Field(max_length=80)
    number: str | None = Field(default=None, max_length=40)
    line: int | None = None
    title: str = Field(max_length=300)
    text: str = ""
    recipient: str | None = Field(default=None, max_length=120)
    indicator: str | None = Field(default=None, max_length=120)
    deadline: str | None = Field(default=None, max_length=60)
    due_at: datetime | None = None
    due_source: str = Field(default="phase", max_length=16)
    event_name: str | None = Field(default=None, max_length=40)
    recurrence: dict[str, Any] | None = Field(default=None, sa_column=json_column(nullable=True))
    targets: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    required: bool = True
    signed: bool = False
    state: str = Field(default="active", max_length=16)


class ItemUnit(SQLModel, table=True):
    """Which unit has which part in an item; at most one lead unit, held by the index."""

    __tablename__ = "item_unit"
    __table_args__ = (
        one_of("role", ("lead", "responsible", "supporting")),
        where("uq_item_unit_lead", "item_id", condition="role = 'lead'", unique=True),
    )

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True, index=True)
    role: str = Field(max_length=16)


class Requirement(SQLModel, table=True):
    """One material that an item asks for, and what it must be: copies, form, how many times. Its number never changes; `removed` is asked for no more."""

    __tablename__ = "requirement"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: int = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id")
    number: int
    name: str = Field(max_length=200)
    copies: int | None = None
    count: int | None = None
    form: str | None = Field(default=None, max_length=16)
    due_at: datetime | None = None
    event_name: str | None = Field(default=None, max_length=40)
    key: str | None = Field(default=None, max_length=60)
    removed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Series(SQLModel, table=True):
    """A recurring duty of one unit; `next_on` is the first day whose occurrences are not yet created, NULL when it has ended or the plan dropped it."""

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("campaign_id", "origin"),
        one_of("state", ("active", "ended", "cancelled")),
        where("ix_series_due", "next_on", condition="state = 'active'"),
    )

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    phase_id: int = Field(foreign_key="phase.id", index=True)
    item_id: int | None = Field(default=None, foreign_key="item.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    origin: str = Field(max_length=160)
    title: str = Field(max_length=300)
    recurrence: dict[str, Any] = Field(sa_column=json_column())
    starts_on: date
    ends_on: date
    next_on: date | None = None
    state: str = Field(default="active", max_length=16)
