"""What each pass did."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import json_column, one_of, where


class PassRun(SQLModel, table=True):
    """One pass and what it did; `request_key` joins a triggered pass to the Prefect run that carries it, `flow_run_id` leads there."""

    __tablename__ = "pass_run"
    __table_args__ = (
        one_of("state", ("running", "done", "failed", "abandoned")),
        Index("ix_pass_run_name", "name", "started_at"),
        where("ix_pass_run_request_key", "request_key", condition="request_key <> ''"),
    )

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=24)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    phase_id: int | None = Field(default=None, foreign_key="phase.id")
    request_key: str = Field(default="", max_length=160)
    flow_run_id: str = Field(default="", max_length=36, sa_column_kwargs={"server_default": ""})
    state: str = Field(default="running", max_length=16)
    now: datetime
    started_at: datetime
    finished_at: datetime | None = None
    holder: str = Field(max_length=120)
    token: int
    actor: str = Field(max_length=60)
    message: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
