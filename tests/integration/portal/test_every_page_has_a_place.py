"""A page that is added to the access table has to be looked at in the browser too, or be named as no page."""

from __future__ import annotations

from campaign.portal.access import ACCESS, Role
from tests.e2e.portal.furnished import LOGINS, NO_PAGES, PLACES, pages_of

READ = {key.removeprefix("GET ") for key in ACCESS if key.startswith("GET ")}


def test_every_route_that_is_read_is_looked_at_or_no_page() -> None:
    assert set(PLACES) | NO_PAGES == READ
    assert not set(PLACES) & NO_PAGES


def test_every_role_looks() -> None:
    assert set(LOGINS) == set(Role)
    assert {path for role in Role for path in pages_of(role)} == set(PLACES)
