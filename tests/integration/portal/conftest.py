"""A played sample for each test (copied from one that was played once), the portal before it, and a count of its queries."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from campaign.engine.client import Engine
from campaign.portal.app import create_app
from campaign.portal.place import Place, PrefectWatch
from campaign.records.store import Store
from tests.integration.portal.sample import LADDERS, play

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""A Friday, 10:30 in the campaign's zone."""


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("played")
    play(home, NOW).close()
    return home


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bare")
    Store.open(home).close()
    return home


def no_prefect() -> Engine:
    return Engine("http://127.0.0.1:9/api", patience=0.2)


def place_at(home: Path) -> Place:
    return Place(store=Store.open(home), home=home, prefect=PrefectWatch(no_prefect), ladders=LADDERS, clock=lambda: NOW)


@contextmanager
def _copied(template: Path, tmp_path: Path) -> Iterator[Place]:
    home = tmp_path / "home"
    shutil.copytree(template, home)
    place = place_at(home)
    try:
        yield place
    finally:
        place.store.close()


@pytest.fixture
def place(played: Path, tmp_path: Path) -> Iterator[Place]:
    with _copied(played, tmp_path) as place:
        yield place


@pytest.fixture
def empty_place(bare: Path, tmp_path: Path) -> Iterator[Place]:
    with _copied(bare, tmp_path) as place:
        yield place


@dataclass
class Counted:
    statements: list[str]


Counting = Callable[[], AbstractContextManager[Counted]]


@pytest.fixture
def counting(place: Place) -> Counting:
    """`with counting() as seen:` collects the statements that reached the database."""

    @contextmanager
    def count() -> Iterator[Counted]:
        seen = Counted([])
        engines = {id(engine): engine for engine in (place.store.writer, place.store._reader)}

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            seen.statements.append(statement)

        for engine in engines.values():
            event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            for engine in engines.values():
                event.remove(engine, "before_cursor_execute", note)

    return count


class Browser:
    """A visitor without scripts, who keeps cookies and follows no redirect by itself."""

    def __init__(self, app: FastAPI, base: str = "http://testserver") -> None:
        self.app, self.base, self.cookies = app, base, httpx.Cookies()

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base, cookies=self.cookies) as client:
                answer = await client.request(method, path, **rest)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.request("GET", path, **rest)


def browser(place: Place, **changes: Any) -> Browser:
    return Browser(create_app(replace(place, **changes)))
