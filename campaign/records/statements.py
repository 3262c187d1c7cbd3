"""Small statements that both databases spell differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, text
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


_BY_INDEX = {"join_collapse_limit": "1", "enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "jit": "off"}
_NO_SORT = {"enable_sort": "off", "enable_bitmapscan": "off"}


@contextmanager
def as_written(tx: Session, *, in_order: bool = False) -> Iterator[None]:
    """PostgreSQL joins in the order that is written, each row by its index, whatever it thinks it knows of tables that were empty a second ago.

    `in_order`: it also walks the index that has the order which is asked for, and stops at the limit, where it would rather sort "two" rows that
    turn out to be fifty thousand. SQLite needs none of it.
    """
    if tx.get_bind().dialect.name != "postgresql":
        yield
        return
    settings = _BY_INDEX | (_NO_SORT if in_order else {})
    tx.execute(text("SELECT " + ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())))
    yield
    tx.execute(text("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in settings)))  # not where the body failed: its transaction is over
