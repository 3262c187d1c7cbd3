"""What all tables share: named constraints, and short ways to write checks and partial indexes that hold on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, values: Iterable[StrEnum | str], name: str | None = None) -> CheckConstraint:
    """A named check that a text column holds one of the words; a database enum would be painful to extend."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=name or column)


def where(name: str, *columns: str, condition: str, unique: bool = False) -> Index:
    """A partial index that both databases understand, also as an ON CONFLICT target."""
    return Index(name, *columns, unique=unique, sqlite_where=text(condition), postgresql_where=text(condition))


def json_column(*, nullable: bool = False) -> Column[Any]:
    return Column(JSON().with_variant(JSONB(), "postgresql"), nullable=nullable)
