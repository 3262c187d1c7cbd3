"""The review as a chain: its steps as they were when a version was handed in, the verdict of each step, and the parts of a compiled version."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import campaigns, files, ladders, submissions  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of


class ReviewChain(SQLModel, table=True):
    """A chain as it is now; a version that was handed in keeps the chain it began with."""

    __tablename__ = "review_chain"
    __table_args__ = (UniqueConstraint("name", "sha256"),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=24)
    title: str = Field(max_length=60)
    sha256: str = Field(max_length=64)


class ReviewStep(SQLModel, table=True):
    """A step of a stored chain, so that a page can join its name. Without a ladder of its own it has that of the office."""

    __tablename__ = "review_step"
    __table_args__ = (UniqueConstraint("chain_id", "number"), UniqueConstraint("chain_id", "key"), one_of("who", ("unit_head", "lead_unit", "office", "above")))

    id: int = Field(default=None, primary_key=True)
    chain_id: int = Field(foreign_key="review_chain.id")
    number: int
    key: str = Field(max_length=24)
    name: str = Field(max_length=24)
    who: str = Field(max_length=16)
    days: int
    ladder_id: int | None = Field(default=None, foreign_key="ladder.id")
    receipt: bool = False


class ReviewChoice(SQLModel, table=True):
    """Which chain new versions of a campaign go through. An empty item or duty kind stands for any; the narrower choice wins."""

    __tablename__ = "review_choice"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    item_key: str = Field(default="", primary_key=True, max_length=80)
    duty_kind: str = Field(default="", primary_key=True, max_length=16)
    chain_id: int | None = Field(default=None, foreign_key="review_chain.id")  # NULL: the office's review alone


class StepVerdict(SQLModel, table=True):
    """The verdict of one step on exactly one version; the step that reports outside keeps the receipt it got."""

    __tablename__ = "step_verdict"
    __table_args__ = (UniqueConstraint("submission_id", "number"), one_of("outcome", ("accepted", "returned")))

    id: int = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    step_id: int = Field(foreign_key="review_step.id")
    number: int
    outcome: str = Field(max_length=16)
    reason: str = ""
    sha256: str = Field(max_length=64)
    given_by: str = Field(max_length=60)
    given_at: datetime
    receipt: str = Field(default="", max_length=120)
    receipt_sha256: str | None = Field(default=None, foreign_key="stored_file.sha256", max_length=64)
    receipt_name: str = Field(default="", max_length=255)


class CompiledPart(SQLModel, table=True):
    """汇总: a version of the lead unit is made of these accepted versions of others."""

    __tablename__ = "compiled_part"

    submission_id: int = Field(foreign_key="submission.id", primary_key=True)
    part_id: int = Field(foreign_key="submission.id", primary_key=True, index=True)
