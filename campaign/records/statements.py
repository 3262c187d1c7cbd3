"""Small statements that both databases spell differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert
from sqlmodel import Session, SQLModel


def table_of(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel's metaclass on table classes
    return table


def insert_of(tx: Session, model: type[SQLModel]) -> Any:
    """An INSERT of the transaction's own dialect, so that ON CONFLICT can be said."""
    table = table_of(model)
    return sqlite.insert(table) if tx.get_bind().dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(tx: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]], *, returning: str = "id") -> list[Any]:
    """INSERT … ON CONFLICT DO NOTHING of many rows; answers the `returning` column of those that were new."""
    if not rows:
        return []
    column = table_of(model).c[returning]
    statement: Insert = insert_of(tx, model).on_conflict_do_nothing().returning(column)
    return list(tx.execute(statement, rows).scalars())


def chunks(values: Iterable[Any], size: int) -> Iterable[list[Any]]:
    part: list[Any] = []
    for value in values:
        part.append(value)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
