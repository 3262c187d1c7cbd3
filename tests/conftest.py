"""Stores for the tests: each database is a copy of one that was migrated once, SQLite as a file, PostgreSQL as a template.

One PostgreSQL server serves the session, without fsync: nothing here has to survive a power cut. Where its wheel is missing, its half of the
tests is skipped and says so.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import psycopg
import pytest

from campaign.records.store import Store
from tests.postgres import postgres_in
from tests.world import World

TEMPLATE = "campaign_template"
USE_CASES = Path(__file__).parent / "unit" / "work"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sqlite_template")
    Store.open(home).close()
    return home / "campaign.db"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of our own, ending in the database's name."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # not below pytest's private folder: as root, the server runs as another user
    with postgres_in(folder) as url:
        yield url
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    create_database(postgres_server, TEMPLATE, None)
    Store.open(url=database_url(postgres_server, TEMPLATE)).close()
    return postgres_server


@pytest.fixture(scope="session")
def sqlite_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store a session over a file that each test finds fresh: SQLAlchemy compiles a statement once for an engine, and that is half a test's time."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'campaign.db'}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_kept(postgres_template: str) -> Iterator[Store]:
    store = Store(database_url(postgres_template, "campaign_test"))
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_kept: Store, sqlite_template: Path) -> Iterator[Store]:
    """Migrated and empty, on SQLite."""
    path = Path(sqlite_kept.url.database or "")
    for leftover in path.parent.glob(f"{path.name}*"):
        leftover.unlink()
    shutil.copy(sqlite_template, path)
    yield sqlite_kept
    sqlite_kept.close()


@pytest.fixture
def postgres_store(postgres_kept: Store, postgres_template: str) -> Iterator[Store]:
    """Migrated and empty, on PostgreSQL."""
    drop_database(postgres_template, "campaign_test")
    create_database(postgres_template, "campaign_test", TEMPLATE)
    yield postgres_kept
    postgres_kept.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    """Migrated and empty, on each database."""
    found: Store = request.getfixturevalue("sqlite_store" if request.param == "sqlite" else "postgres_store")
    return found


@pytest.fixture
def world(store: Store, request: pytest.FixtureRequest) -> World:
    """A small campaign to be, on each database."""
    return World(store, without=_left_out(request))


@pytest.fixture
def lite(sqlite_store: Store, request: pytest.FixtureRequest) -> World:
    """The same on SQLite only."""
    return World(sqlite_store, without=_left_out(request))


def _left_out(request: pytest.FixtureRequest) -> frozenset[str]:
    return frozenset(words for mark in request.node.iter_markers("without") for words in mark.args)


def create_database(server: str, name: str, template: str | None) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def database_url(server: str, name: str) -> str:
    base, _, rest = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}" + (f"?{rest}" if rest else "")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Use cases run on both databases. The quick tests take SQLite for them, CI takes both; queries, races and pages are on both always."""
    for item in items:
        if USE_CASES in item.path.parents and item.get_closest_marker("postgres"):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for rubbish again and again takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A user's machine may lack something, and a test then skips with its reason; CI lacks nothing, so there a skip is a failure."""
    report = yield
    if report.skipped and os.environ.get("CAMPAIGN_TEST_EVERYTHING") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
