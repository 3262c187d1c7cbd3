"""Whatever is typed into an address or a form: never a 500."""

from __future__ import annotations

import re

import pytest

from campaign.portal.place import Place
from tests.integration.portal.conftest import open_account
from tests.integration.portal.test_access import routes

pytestmark = pytest.mark.slow

HUGE = "9" * 25
RUBBISH = (HUGE, "-1", "0", "%00", "a%00b", "%F0%9F%98%80", "..%2F..%2Fetc", "%27%20OR%201=1--", "１２", "²")
QUERIES = ("page={}", "before={}", "unit={}&phase={}", "q={}", "actor={}&verb={}", "show={}&light={}&state={}", "next={}", "campaign={}")
FIELDS = (
    *("what", "reason", "note", "outcome", "unit", "role", "grant", "on", "wanted_on", "version", "decision"),
    *("slug", "plan", "login", "part", "whole", "reuse", "drop", "name", "to", "how", "lead_for_all"),
)
PAGES = ("/status", "/todo", "/review", "/campaigns/civility/duties", "/log", "/users", "/search", "/units", "/notices", "/requests", "/login", "/api/status")


def _paths(path: str, value: str) -> str:
    return re.sub(r"\{[^}]*\}", value, path)


def _no_fault(got: int, what: str) -> None:
    """503 is what a portal without Prefect answers to a trigger."""
    assert got < 500 or got == 503, f"{what}: {got}"


@pytest.mark.parametrize("value", RUBBISH)
def test_no_address_leads_to_a_fault(place: Place, value: str) -> None:
    client = open_account(place, "guan", ("admin", None), ("contact", None), ("reviewer", None))
    for method, path in routes(client.app):
        if method == "GET" and "{" in path:
            _no_fault(client.get(_paths(path, value)).status_code, _paths(path, value))
    for path in (
        "/status",
        "/todo",
        "/review",
        "/campaigns/civility/duties",
        "/log",
        "/users",
        "/search",
        "/units",
        "/notices",
        "/requests",
        "/login",
        "/api/status",
    ):
        for query in QUERIES:
            asked = f"{path}?{query.replace('{}', value)}"
            _no_fault(client.get(asked).status_code, asked)


@pytest.mark.parametrize("value", ["", HUGE, "²", "\x00", "😀" * 50, "a" * 5000, "../../x", "2026-13-45"])
def test_no_form_leads_to_a_fault(place: Place, value: str) -> None:
    client = open_account(place, "guan", ("admin", None), ("contact", None), ("reviewer", None))
    token = {"csrf": re.search(r'name="csrf" value="([^"]+)"', client.get("/password").text)[1]}  # type: ignore[index]  # the page has one
    for method, path in routes(client.app):
        if method == "POST" and path not in ("/logout", "/password"):
            for number in ("1", HUGE):
                got = client.request("POST", _paths(path, number), data={**token, **dict.fromkeys(FIELDS, value)})
                _no_fault(got.status_code, f"POST {path} with {value[:20]!r}")
