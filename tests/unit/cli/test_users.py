"""`campaign user`: the password is told once, a closed account says so, and the list names roles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.main import build
from campaign.records.store import Store
from campaign.work.people.accounts import log_in, need_account


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Store.open(tmp_path / "home").close()
    return tmp_path / "home"


def ask(home: Path, *words: str) -> Result:
    acting = [] if words[0] == "list" else ["--as", "系统管理员"]
    return CliRunner().invoke(build(), ["user", *words, *acting, "--data", str(home), "--json"])


def test_the_printed_password_opens_the_portal(home: Path) -> None:
    from datetime import UTC, datetime

    told = json.loads(ask(home, "add", "wang", "--name", "季怀瑾", "--role", "reviewer").output)
    store = Store.open(home)
    try:
        assert log_in(store, "wang", told["password"], "local", datetime.now(UTC)).must_change
    finally:
        store.close()


def test_reset_gives_another_password_and_opens_a_closed_account(home: Path) -> None:
    first = json.loads(ask(home, "add", "wang", "--name", "季怀瑾", "--role", "reviewer").output)
    assert ask(home, "disable", "wang", "--reason", "调离").exit_code == 0
    assert json.loads(ask(home, "list").output)[0]["state"] == "disabled"
    again = json.loads(ask(home, "reset", "wang").output)
    assert again["password"] != first["password"]
    store = Store.open(home)
    try:
        with store.read() as tx:
            assert need_account(tx, "wang").state == "active"
    finally:
        store.close()


def test_the_list_names_roles_and_never_passwords(home: Path) -> None:
    ask(home, "add", "wang", "--name", "季怀瑾", "--role", "admin")
    listed = ask(home, "list").output
    assert json.loads(listed)[0]["roles"] == [{"role": "admin", "unit": None}]
    assert "password" not in listed


def test_a_dry_run_opens_nothing(home: Path) -> None:
    assert ask(home, "add", "wang", "--name", "季怀瑾", "--role", "admin", "--dry-run").exit_code == 0
    assert json.loads(ask(home, "list").output) == []
