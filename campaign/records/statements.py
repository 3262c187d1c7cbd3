"""Small statements that both databases spell differently."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Integer, Table, Text, TypeDecorator, bindparam, literal_column, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.functions import FunctionElement
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
    return list(tx.execute(_insert_new(table_of(model), returning), rows).scalars().all())


def add_new(tx: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> int:
    """The same for whoever asks only how many were new, or not even that: without RETURNING the rows go through one prepared statement."""
    if not rows:
        return 0
    added: Any = tx.execute(_add_new(table_of(model)), rows)
    return int(added.rowcount)


class _InsertNew(Insert):
    """The dialects' own INSERT … ON CONFLICT is compiled anew at each execution, which takes ten times as long as running it; this one once."""

    inherit_cache = True


@compiles(_InsertNew)
def _do_nothing(element: _InsertNew, compiler: SQLCompiler, **options: Any) -> str:
    render: Callable[..., str] = compiler.visit_insert
    values, returning, columns = render(element, **options).partition(" RETURNING ")
    return f"{values} ON CONFLICT DO NOTHING{returning}{columns}"


@cache
def _insert_new(table: Table, returning: str) -> Any:
    return _InsertNew(table).returning(table.c[returning])


@cache
def _add_new(table: Table) -> Any:
    return _InsertNew(table)


class _Ids(TypeDecorator[Collection[int]]):
    """Many ids as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(postgresql.ARRAY(Integer()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:
        ids = value or ()
        return list(ids) if dialect.name == "postgresql" else f"[{','.join(map(str, ids))}]"


class _Among(FunctionElement[bool]):
    """Of no type: a Boolean would be compared with 1 on SQLite, and lead to no index."""

    name = "among"
    inherit_cache = True


@compiles(_Among)
def _any_of(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, ids = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a column and a parameter


def among(column: ColumnElement[Any], name: str = "b_ids") -> ColumnElement[bool]:
    """`column` is one of the ids bound as `name`, however many: the statement is the same text for one and for ten thousand.

    An IN list would be spelled out anew at each execution, be prepared anew for each length, and end at a few thousand.
    """
    return _Among(column, bindparam(name, type_=_Ids()))


def one_of_words(column: ColumnElement[Any], words: Iterable[str]) -> ColumnElement[bool]:
    """`column` is one of these words of our own, written into the statement, where a partial index on them is seen to fit."""
    return column.in_([literal_column(f"'{word}'") for word in sorted(words)])


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
