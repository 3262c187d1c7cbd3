"""Settings come from the environment or `.env`, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.errors import CampaignError
from config.settings import PREFIX, Settings, default_home, load_settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        assert f"`{PREFIX}{name.upper()}`" in page
        assert field.description
        assert field.description in page


def test_the_environment_beats_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CAMPAIGN_PORTAL_PORT=9001\nCAMPAIGN_ACTOR=甲\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("CAMPAIGN_PORTAL_PORT", "9002")
    settings = load_settings()
    assert (settings.portal_port, settings.actor) == (9002, "甲")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PORTAL_PORT", "八千", "1 到 65535"),
        ("PREFECT_PORT", "70000", "1 到 65535"),
        ("TZ", "Mars/Base", "Asia/Shanghai"),
        ("WEBHOOK_ALLOW_LOCAL", "也许", "1（是）或 0（否）"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(CampaignError) as wrong:
        load_settings()
    assert PREFIX + name in wrong.value.message
    assert value in wrong.value.message
    assert words in wrong.value.message


def test_records_live_in_the_data_folder_unless_a_database_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert load_settings(home=tmp_path).records_url == f"sqlite:///{tmp_path}/campaign.db"
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", "postgresql+psycopg://example/campaign")
    assert load_settings(home=tmp_path).records_url == "postgresql+psycopg://example/campaign"


def test_an_empty_setting_is_none_and_not_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "DATABASE_URL", "PREFECT_API_URL"):
        monkeypatch.setenv(PREFIX + name, " ")
    settings = load_settings()
    assert settings.data_dir == default_home()
    assert settings.records_url == f"sqlite:///{default_home()}/campaign.db"
    assert settings.prefect_url == "http://127.0.0.1:4200/api"


def test_the_default_data_folder_is_in_the_checkout_else_with_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert default_home() == tmp_path / "share" / "campaign"
    root = Path(__file__).parents[3]
    monkeypatch.chdir(root / "campaign" / "plan")
    assert default_home() == root / ".data"


def test_addresses_with_passwords_do_not_show_in_a_printed_settings_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_DATABASE_URL", "postgresql://u:secret@h/db")
    assert "secret" not in repr(load_settings())
