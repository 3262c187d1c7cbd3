"""Prefect's server on SQLite waits five seconds for a lock, where it would wait for a minute and stand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy import text

from deployments import server_child


async def time_out(database: Path) -> int:
    engine = await AioSqliteConfiguration(f"sqlite+aiosqlite:///{database}").engine()
    try:
        async with engine.connect() as connection:
            return int((await connection.execute(text("PRAGMA busy_timeout"))).scalar_one())
    finally:
        await engine.dispose()


def test_the_server_waits_less_for_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AioSqliteConfiguration, "setup_sqlite", AioSqliteConfiguration.setup_sqlite)  # put back after the test
    assert asyncio.run(time_out(tmp_path / "before.db")) == 60_000, "Prefect's own has changed: is this still needed?"
    server_child._wait_less_for_locks()
    assert asyncio.run(time_out(tmp_path / "after.db")) == server_child.LOCK_SECONDS * 1000
