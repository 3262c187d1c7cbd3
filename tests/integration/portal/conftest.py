"""A played sample for each test (copied from one that was played once), the portal before it, and a count of its queries."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import col, select

from campaign.engine.client import Engine
from campaign.portal.app import create_app
from campaign.portal.place import Place, PrefectWatch
from campaign.records.campaigns import need_unit
from campaign.records.store import Store
from campaign.records.tables import Duty, Unit
from campaign.work.by import By
from campaign.work.duty.requests import ask_extension, ask_refusal
from campaign.work.people.accounts import add_account, grant, hasher
from tests.integration.portal.sample import LADDERS, play

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""A Friday, 10:30 in the campaign's zone."""
PASSWORD = "山高水长-2026-青岚"


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

    def post(self, path: str, form: dict[str, Any] | None = None, *, page: str | None = None, **rest: Any) -> httpx.Response:
        """Send a form with the token of `page` (the page that the form stands on; by default one that everybody has)."""
        token = token_on(self.get(page or "/login").text)
        return self.request("POST", path, data={"csrf": token, **(form or {})}, **rest)

    def log_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", {"login": login, "password": password})


def token_on(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page has no form token"
    return found[1]


def browser(place: Place, **changes: Any) -> Browser:
    return Browser(create_app(replace(place, **changes)))


def open_account(place: Place, login: str, *roles: tuple[str, str | None], name: str = "") -> Browser:
    """An account with these (role, unit) and a browser that is logged in with it."""
    by = By("system", NOW)
    with place.store.begin() as tx:
        account = add_account(tx, login, name or f"人员{login}", password_hash(), by, lasting=True)
        for role, unit in roles:
            grant(tx, account, role, need_unit(tx, unit) if unit else None, by)
    client = browser(place)
    assert client.log_in(login).status_code == 303
    return client


@cache
def password_hash() -> str:
    return hasher().hash(PASSWORD)


def unit_with(place: Place, state: str, kind: str = "material") -> tuple[int, str]:
    """A duty of this state and the name of its unit."""
    with place.store.read() as tx:
        row = tx.execute(
            select(Duty.id, Unit.name).join(Unit, col(Unit.id) == Duty.unit_id).where(Duty.state == state, Duty.kind == kind).order_by(col(Duty.id)).limit(1)
        ).one()
        return row[0], row[1]


def admin(place: Place, login: str = "guan", name: str = "") -> Browser:
    return open_account(place, login, ("admin", None), name=name)


def one_of(place: Place, model: type, **chosen: object) -> object:
    with place.store.read() as tx:
        return tx.exec(select(model).filter_by(**chosen)).first()


def asked(place: Place, kind: str, by: str = "叶知秋") -> tuple[int, int]:
    duty_id, _ = unit_with(place, "open")
    with place.store.begin() as tx:
        duty = tx.get_one(Duty, duty_id)
        if kind == "extend":
            request = ask_extension(tx, duty, date(2027, 1, 10), By(by, NOW, "等待数据"))
        else:
            request = ask_refusal(tx, duty, By(by, NOW, "职责不在本单位"), suggested_unit="区卫健局")
        return request.id, duty_id
