"""Every route with every role: the table is complete, says nothing about routes that do not exist, and is what really happens."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from campaign.portal.access import ACCESS, BOARD, PUBLIC, SIGNED_IN, Role
from campaign.portal.app import create_app
from campaign.portal.place import Place
from campaign.records.tables.accounts import ROLES
from tests.integration.portal.conftest import Browser, browser, open_account, token_on


def routes(app: FastAPI) -> list[tuple[str, str]]:
    found = [(method, route.path) for route in _walk(app.routes) for method in sorted((route.methods or set()) - {"HEAD"})]
    assert len(found) > 5
    return found


def _walk(entries: object) -> list[APIRoute]:
    found: list[APIRoute] = []
    for entry in entries:  # type: ignore[attr-defined]  # routes, or routers that hold them
        if isinstance(entry, APIRoute):
            found.append(entry)
        elif hasattr(entry, "original_router"):
            found += _walk(entry.original_router.routes)
    return found


def test_every_route_has_a_rule_and_every_rule_a_route(place: Place) -> None:
    assert {f"{method} {path}" for method, path in routes(create_app(place))} == set(ACCESS)


def test_the_roles_are_those_that_the_records_know() -> None:
    assert tuple(Role) == ROLES
    assert all(role.label for role in Role)


def _example(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "1", path)


def _ask(client: Browser, method: str, path: str) -> int:
    if method == "GET":
        return client.get(_example(path)).status_code
    token = token_on(client.get("/password" if client.get("/password").status_code == 200 else "/login").text)
    return client.request(method, _example(path), data={"csrf": token}).status_code


@pytest.mark.parametrize("role", [*ROLES, None])
def test_a_role_opens_exactly_what_the_table_says(place: Place, role: str | None) -> None:
    client = open_account(place, "zhao", *([(role, None)] if role else []))
    client.app.state.place = client_place = browser(place, open_board=False).app.state.place
    assert client_place.open_board is False
    for method, path in routes(client.app):
        if path == "/logout":
            continue
        rule = ACCESS[f"{method} {path}"]
        allowed = rule in (PUBLIC, SIGNED_IN, BOARD) or (role is not None and isinstance(rule, frozenset) and Role(role) in rule)
        got = _ask(client, method, path)
        assert got < 500 or got == 503, f"{method} {path}: {got}"
        if allowed:
            assert got != 403 or path == "/login", f"{role} should open {method} {path}"
        else:
            assert got == 403, f"{role} should not open {method} {path}, got {got}"


def test_without_a_login_everything_but_public_pages_leads_to_the_login(place: Place) -> None:
    client = browser(place, open_board=False)
    for method, path in routes(client.app):
        if ACCESS[f"{method} {path}"] is PUBLIC:
            continue
        got = client.get(_example(path)) if method == "GET" else client.request(method, _example(path), data={"csrf": "x"})
        assert got.status_code in (303, 401), f"{method} {path}: {got.status_code}"
