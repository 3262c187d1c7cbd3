"""Working calendars and their days."""

from datetime import date

from sqlmodel import Field, SQLModel

from campaign.records.tables.base import one_of


class CalendarHead(SQLModel, table=True):
    """A working calendar: its hours, and the one it lies upon. `version` grows with each change of a day."""

    __tablename__ = "calendar"

    name: str = Field(primary_key=True, max_length=24)
    title: str = Field(max_length=120)
    base: str | None = Field(default=None, foreign_key="calendar.name", max_length=24)
    hours: str = Field(max_length=80)  # opening and closing times in turn: 9:00,17:30
    version: int = 0


class CalendarOverlay(SQLModel, table=True):
    """A day on which a calendar differs from its base: weekends worked during a rectification."""

    __tablename__ = "calendar_overlay"

    calendar: str = Field(foreign_key="calendar.name", primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    working: bool
    note: str = Field(default="", max_length=60)


class CalendarDay(SQLModel, table=True):
    """A day of a calendar; `ordinal` counts working days up to and including it."""

    __tablename__ = "calendar_day"
    __table_args__ = (one_of("source", ("published", "estimated", "override")),)

    calendar: str = Field(primary_key=True, max_length=24)
    day: date = Field(primary_key=True)
    working: bool
    ordinal: int
    note: str = Field(default="", max_length=60)
    source: str = Field(max_length=16)
