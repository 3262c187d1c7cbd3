"""Every command says in Chinese what it does and shows how it is called; docs/cli.md lists the same commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign.cli import duties, main
from campaign.cli.commands import COMMANDS
from campaign.cli.zh import shown_width
from campaign.records.tables import DutyKind, DutyState
from tests.unit.cli.test_main import ask, modules_after

ROOT = Path(__file__).parents[3]
CHINESE = re.compile("[\u4e00-\u9fff]")
WRITING = {path for path in COMMANDS if not path.startswith("plan ") and any(option.name == "dry_run" for option in main.load(path).params)}


@pytest.mark.parametrize("path", COMMANDS)
def test_help_is_chinese_and_has_an_example(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, *path.split(), "--help")
    assert code == 0
    assert len(CHINESE.findall(out)) > 10
    assert not re.findall("[\u4e00-\u9fff][,;:!?(][^\\n]{0,8}|[,;:!?][\u4e00-\u9fff]", out), "Chinese punctuation is full-width"
    assert re.search(rf"campaign\s+{path.replace(' ', chr(92) + 's+')}\b", out.partition("用法")[2].partition("\n")[2]), "no example"


def test_help_stands_in_columns_as_a_terminal_shows_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "launch", "--help")
    assert code == 0
    options = re.findall(r"^(  -.*?  +)(?=[\u4e00-\u9fff])", out.partition("选项：\n")[2], re.M)
    assert len(options) > 5
    assert len({shown_width(one) for one in options}) == 1


def test_states_and_kinds_are_glossed_as_the_tables_name_them() -> None:
    assert set(duties.STATES) == {one.value for one in DutyState}
    assert all(DutyState(value).label.startswith(label) for value, label in duties.STATES.items())
    assert {one.value: one.label for one in DutyKind} == duties.KINDS


def test_every_writing_command_takes_the_shared_options() -> None:
    for path in WRITING:
        options = {option.name for option in main.load(path).params}
        assert {"actor", "reason", "now", "dry_run", "json_", "data_dir"} <= options, path
    changing = "launch discard golive sweep deliver bulletin submit review sign ack waive cancel extend suspend resume event gate"
    grouped = "phase run,phase open,phase close,phase reopen,phase shift,finding add,finding withdraw,notices sign,notices withdraw,notices serve"
    assert {*changing.split(), *grouped.split(","), "units import", "units rename", "units merge", "package build", "package freeze"} <= WRITING


def test_the_page_lists_every_command_with_an_example_and_no_other() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| [^|]+ \| `campaign ([^`]+)` \|$", (ROOT / "docs" / "cli.md").read_text("utf-8"), re.M)
    assert sorted(path for path, _ in rows) == sorted(COMMANDS)
    for path, example in rows:
        assert example.startswith(path), example


def test_the_examples_of_the_page_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option that an example names exists."""
    rows = re.findall(r"`campaign ([^`]+)` \|$", (ROOT / "docs" / "cli.md").read_text("utf-8"), re.M)
    for example in rows:
        path = next(name for name in sorted(COMMANDS, key=len, reverse=True) if example.startswith(name))
        known = {option for parameter in main.load(path).params for option in parameter.opts}
        for option in re.findall(r"(?<!\S)--?[a-z][a-z-]*", example):
            assert option in known, example


@pytest.mark.parametrize("words", [["up", "--help"], ["package", "verify", "nowhere"], ["launch", "nowhere.yaml", "--as", "甲"]], ids=" ".join)
def test_what_needs_no_database_opens_none(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    _, modules = modules_after(*words)
    assert not modules & {"prefect", "sqlmodel", "alembic"}
    assert not (tmp_path / "home").exists()


def test_no_command_imports_prefect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    modules_after("campaigns")
    code, modules = modules_after("campaigns", "--json")
    assert code == 0
    assert not modules & {"prefect", "alembic", "rich", "httpx", "fastapi", "holidays"}
