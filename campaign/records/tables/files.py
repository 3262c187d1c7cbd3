"""Bytes that are kept under their hash."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from campaign.records.tables.base import one_of, where


class StoredFile(SQLModel, table=True):
    """Bytes kept under their hash. A withdrawn file keeps hash and tombstone; its bytes are gone everywhere.

    `scan` is what the virus scanner said, empty where there is none; `taken_on` the day that a photo says it was taken.
    """

    __tablename__ = "stored_file"
    __table_args__ = (one_of("scan", ("", "clean", "unchecked", "infected")), where("ix_stored_file_unchecked", "sha256", condition="scan = 'unchecked'"))

    sha256: str = Field(primary_key=True, max_length=64)
    size: int
    media_type: str = Field(max_length=120)
    stored_at: datetime
    scan: str = Field(default="", max_length=12)
    taken_on: date | None = None
    withdrawn_at: datetime | None = None
    withdrawn_reason: str | None = None
