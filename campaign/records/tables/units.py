"""Units as a tree, and the names that a unit had before."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables.base import one_of


class Unit(SQLModel, table=True):
    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("code"), one_of("state", ("active", "merged", "abolished")))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=16)
    name: str = Field(max_length=120)
    kind: str | None = Field(default=None, max_length=40, index=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    state: str = Field(default="active", max_length=16)
    successor_id: int | None = Field(default=None, foreign_key="unit.id")
    external: bool = False


class UnitAlias(SQLModel, table=True):
    __tablename__ = "unit_alias"
    name: str = Field(primary_key=True, max_length=120)
    unit_id: int = Field(foreign_key="unit.id", index=True)
