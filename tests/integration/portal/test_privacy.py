"""What the portal never does: ask where somebody is, load from elsewhere, or count logins and readings for a score."""

from __future__ import annotations

import re
from pathlib import Path

import campaign.portal
from campaign.portal.place import Place
from campaign.records.tables import metadata
from tests.integration.portal.conftest import browser

ROOM = Path(campaign.portal.__file__).parent
ASSETS = [*ROOM.glob("templates/*.html"), *ROOM.glob("static/*")]


def test_no_page_and_no_script_asks_for_a_place(place: Place) -> None:
    assert len(ASSETS) > 25
    for asset in ASSETS:
        assert not re.search(r"geolocation|navigator\.(mediaDevices|userAgentData)|latitude", asset.read_text(encoding="utf-8")), asset.name
    assert "geolocation=()" in browser(place).get("/status").headers["permissions-policy"]


def test_nothing_is_loaded_from_another_machine_and_no_style_or_script_stands_inline() -> None:
    for asset in ASSETS:
        text = asset.read_text(encoding="utf-8")
        assert not re.search(r"(src|href|action)=\"(https?:)?//", text), asset.name
        if asset.suffix == ".html":
            assert not re.search(r"\sstyle=|\son[a-z]+=\"|<script>|<style", text), asset.name


def test_sessions_and_readings_keep_no_address_device_or_score() -> None:
    kept = {name: set(metadata.tables[name].columns.keys()) for name in ("portal_session", "notice_reading", "portal_account")}
    assert kept["portal_session"] == {"token_sha256", "account_id", "csrf", "created_at", "expires_at", "revoked_at"}
    assert kept["notice_reading"] == {"notice_id", "reader", "unit_id", "read_at"}
    assert not {column for columns in kept.values() for column in columns if re.search(r"score|points|device|location", column)}
