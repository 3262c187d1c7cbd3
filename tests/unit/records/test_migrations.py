"""Migrations: from every revision to the newest, on both databases, with the same schema at the end as the tables say."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from campaign.errors import CampaignError
from campaign.records.migrations import HEAD, VERSION_TABLE, alembic_config, current, migrate
from campaign.records.store import Store
from campaign.records.tables import metadata
from tests.conftest import create_database, database_url, drop_database
from tests.world import World

REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A database without a single table."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 'blank.db'}")
        yield store
        store.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"blank_{os.getpid()}"
    drop_database(server, name)
    create_database(server, name, None)
    store = Store(database_url(server, name))
    yield store
    store.close()
    drop_database(server, name)


def fill(store: Store) -> dict[str, int]:
    """Rows in every table that a small campaign reaches; answers their counts."""
    world = World(store)
    world.opened()
    world.climb(3)
    world.submit()
    world.review(accept=False)
    world.find_problem()
    return counts(store)


def counts(store: Store) -> dict[str, int]:
    with store.read() as tx:
        tables = [name for name in inspect(tx.connection()).get_table_names() if name not in (VERSION_TABLE, "calendar_day")]
        return {name: tx.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}


def test_the_newest_revision_is_the_one_the_program_expects() -> None:
    assert REVISIONS[-1] == HEAD


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_each_earlier_revision_upgrades_and_loses_nothing(blank: Store, revision: str) -> None:
    migrate(blank, revision)
    before: dict[str, int] = {}
    if revision == HEAD:
        migrate(blank)
        before = fill(blank)

    migrate(blank)

    assert current(blank) == HEAD
    assert {name: counts(blank)[name] for name in before} == before


def test_the_tables_and_the_migrations_say_the_same(store: Store) -> None:
    with store.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata, "version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_every_constraint_of_the_tables_is_in_the_database_by_name(store: Store) -> None:
    """Alembic compares neither checks nor names, and its batch mode on SQLite drops unnamed ones."""
    with store.writer.connect() as connection:
        found = inspect(connection)
        stored = {name for table in metadata.tables for name in _names(found, table)}
    wanted = {str(constraint.name) for table in metadata.tables.values() for constraint in table.constraints if constraint.name}
    wanted |= {str(index.name) for table in metadata.tables.values() for index in table.indexes}

    assert wanted - stored == set()


def test_both_databases_have_the_same_columns_checks_and_keys(sqlite_store: Store, postgres_store: Store) -> None:
    shapes = []
    for store in (sqlite_store, postgres_store):
        with store.writer.connect() as connection:
            found = inspect(connection)
            shapes.append({table: _shape(found, table) for table in metadata.tables})

    assert shapes[0] == shapes[1]


def test_a_database_newer_than_the_program_is_refused(sqlite_store: Store) -> None:
    with sqlite_store.begin() as tx:
        tx.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    with pytest.raises(CampaignError, match="比程序新"):
        migrate(sqlite_store)


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    first = Store.open(tmp_path)
    second = Store.open(tmp_path)

    assert current(first) == current(second) == HEAD
    first.close()
    second.close()


def _names(found: Any, table: str) -> Iterator[str]:
    for rows in (found.get_unique_constraints(table), found.get_check_constraints(table), found.get_foreign_keys(table), found.get_indexes(table)):
        yield from (row["name"] for row in rows if row["name"])
    yield str(found.get_pk_constraint(table)["name"])


def _shape(found: Any, table: str) -> dict[str, Any]:
    unique = {(row["name"], tuple(row["column_names"])) for row in found.get_unique_constraints(table)}
    return {
        "columns": {(row["name"], row["nullable"]) for row in found.get_columns(table)},
        "checks": {(row["name"], _words(row["sqltext"])) for row in found.get_check_constraints(table)},
        "unique": unique,
        "foreign": {(row["name"], tuple(row["constrained_columns"]), row["referred_table"]) for row in found.get_foreign_keys(table)},
        "indexes": {(row["name"], tuple(row["column_names"]), bool(row["unique"])) for row in found.get_indexes(table)} - {(*one, True) for one in unique},
    }


def _words(check: str) -> frozenset[str]:
    """The names and literals of a check; PostgreSQL writes IN as = ANY (ARRAY[…]) and adds casts."""
    return frozenset(re.findall(r"'[^']*'|\b(?!ANY|ARRAY|IN|character|varying|text|AND|OR|IS|NOT|NULL\b)[a-z_]+\b", check))
