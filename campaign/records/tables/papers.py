"""What belongs to papers and their sending beside the paper itself: each robot's budget, numbers typed by hand, papers about papers, who has read one."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from campaign.records.tables import notices, people, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of


class ChannelBudget(SQLModel, table=True):
    """How many messages a channel was given in one stretch of ten seconds; what senders in several processes share."""

    __tablename__ = "channel_budget"

    channel: str = Field(primary_key=True, max_length=24)
    window_start: datetime = Field(primary_key=True)
    used: int = 0


class NoticePerson(SQLModel, table=True):
    """Who is told of a paper, and the day that it counts for; `put_off` is who had three messages that day and reads it in the next day's summary."""

    __tablename__ = "notice_person"
    __table_args__ = (Index("ix_notice_person_day", "person_id", "day"),)

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    day: date
    put_off: bool = False


class TypedNumber(SQLModel, table=True):
    """A number that the document office gave and a person typed: it follows no counter of ours."""

    __tablename__ = "typed_number"

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    given_by: str = Field(max_length=60)
    given_at: datetime


class Amendment(SQLModel, table=True):
    """A notice that corrects or withdraws an issued one; that one keeps its text and its number."""

    __tablename__ = "amendment"
    __table_args__ = (one_of("way", ("correct", "withdraw")),)

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    amends_id: int = Field(foreign_key="notice.id", index=True)
    way: str = Field(max_length=16)


class NoticeReading(SQLModel, table=True):
    """That somebody confirmed having read a paper; for its delivery, never for a score."""

    __tablename__ = "notice_reading"

    notice_id: int = Field(foreign_key="notice.id", primary_key=True)
    reader: str = Field(primary_key=True, max_length=60)
    unit_id: int = Field(foreign_key="unit.id")
    read_at: datetime
