"""What the portal never does: ask where somebody is, load from elsewhere, or count logins and readings for a score."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import campaign.portal
from campaign.portal.place import Place
from campaign.records.tables import metadata
from config.settings import Settings
from tests.integration.portal.conftest import browser

ROOM = Path(campaign.portal.__file__).parent
ROOT = ROOM.parents[1]
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


PLACES = re.compile(r"gps|geo|locat|latitude|position|wifi|定位|位置|轨迹|打卡|签到", re.IGNORECASE)
COUNTED = re.compile(r"login|session|seen|read_receipt|登录次数|在线时长|阅读时间|已读", re.IGNORECASE)


def test_no_setting_asks_where_somebody_is_or_scores_logins_and_readings() -> None:
    for name, field in Settings.model_fields.items():
        told = f"{name} {field.description}"
        assert not PLACES.search(told), told
        assert not COUNTED.search(told) or not re.search(r"score|points|分|考核", told), told


def test_a_score_hangs_on_rungs_of_overdue_work_and_on_nothing_else() -> None:
    """What a ladder may lower a score for is being late; no ladder, no scoring rule and no campaign setting knows logins or readings."""
    for ladder in sorted((ROOT / "config").rglob("*.yaml")):
        said = ladder.read_text(encoding="utf-8")
        assert not PLACES.search(re.sub(r"#.*", "", said)) or ladder.parent.name == "campaigns", ladder.name
    rooms = ("rules", "work", "records", "notices")
    files = [file for room in rooms for file in (ROOT / "campaign" / room).rglob("*.py")]
    scoring = [file for file in files if "score" in file.read_text(encoding="utf-8")]
    assert scoring
    for file in scoring:
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not ("score" in line and re.search(r"reading|read_at|login|session|signed_in", line)), f"{file.name}: {line}"


def test_sessions_and_readings_keep_no_address_device_or_score() -> None:
    kept = {name: set(metadata.tables[name].columns.keys()) for name in ("portal_session", "notice_reading", "portal_account")}
    assert kept["portal_session"] == {"token_sha256", "account_id", "csrf", "created_at", "expires_at", "revoked_at"}
    assert kept["notice_reading"] == {"notice_id", "reader", "unit_id", "read_at"}
    assert not {column for columns in kept.values() for column in columns if re.search(r"score|points|device|location", column)}


NEWER = {
    "css": (
        *(r":has\(", r":is\(", r":where\(", r"@container", r"@layer", r"^\s+&", r"\binset\s*:"),
        *(r"aspect-ratio", r"accent-color", r"\bdvh\b", r"color-mix"),
    ),
    "js": (r"\?\?=", r"\|\|=", r"\.at\(", r"\.findLast\(", r"structuredClone", r"Object\.hasOwn", r"\bstatic\s*\{"),
}


@pytest.mark.parametrize("kind", list(NEWER))
def test_nothing_is_newer_than_chromium_86(kind: str) -> None:
    """`:is()` and `inset` came with 87 and 88; browsers of offices are older than those who write for them."""
    found = list(ROOM.glob(f"static/*.{kind}"))
    assert found
    for asset in found:
        for feature in NEWER[kind]:
            assert not re.search(feature, asset.read_text(encoding="utf-8"), re.MULTILINE), f"{asset.name}: {feature}"
