"""The shared options mean the same in every command."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from campaign.cli.options import Reading, Writing, reads, writes

seen: list[Any] = []


@click.command()
@writes
def change(act: Writing) -> None:
    seen.append(act)


@click.command()
@reads
def look(ask: Reading) -> None:
    seen.append(ask)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen.clear()
    monkeypatch.chdir(tmp_path)
    for name in ("ACTOR", "HOME", "TZ", "DATABASE_URL"):
        monkeypatch.delenv(f"CAMPAIGN_{name}", raising=False)


def run(command: click.Command, *words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def test_a_writing_command_is_refused_without_an_actor() -> None:
    answer = run(change)
    assert answer.exit_code == 2
    assert "--as" in answer.stderr
    assert not seen


def test_the_actor_comes_from_the_environment_and_the_option_beats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_ACTOR", "创建办")
    run(change)
    run(change, "--as", "督查室")
    assert [act.actor for act in seen] == ["创建办", "督查室"]


def test_the_actor_may_stand_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CAMPAIGN_ACTOR=创建办\n", encoding="utf-8")
    run(change)
    assert seen[0].actor == "创建办"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-01T08:30", datetime(2026, 9, 1, 0, 30, tzinfo=UTC)),
        ("2026-09-01T08:30+00:00", datetime(2026, 9, 1, 8, 30, tzinfo=UTC)),
        ("2026-09-01", datetime(2026, 8, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_a_time_without_offset_is_campaign_time(text: str, expected: datetime) -> None:
    run(look, "--now", text)
    assert seen[0].now == expected
    assert seen[0].now_given


def test_without_now_the_clock_counts() -> None:
    before = datetime.now(UTC)
    run(look)
    assert before <= seen[0].now <= datetime.now(UTC)
    assert not seen[0].now_given


def test_a_wrong_time_says_how_to_write_it() -> None:
    answer = run(look, "--now", "明天")
    assert answer.exit_code == 2
    assert "2026-09-01T08:30" in answer.stderr


def test_the_data_option_beats_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "a"))
    run(look)
    run(look, "--data", str(tmp_path / "b"))
    assert [ask.data_dir.name for ask in seen] == ["a", "b"]
