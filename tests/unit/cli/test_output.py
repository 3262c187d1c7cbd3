"""What commands print is the same for scripts everywhere, and nothing is lost for people in a pipe."""

from __future__ import annotations

import json
from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign.cli.output import LIGHTS, emit_json, light_cell, progress, show_table, to_json
from campaign.plan.spec import PhaseKind, PlanSpec


@dataclass(frozen=True)
class Answer:
    name: str
    at: datetime


Pair = namedtuple("Pair", ["one", "other"])


def test_everything_that_commands_hold_has_a_json_form() -> None:
    value = {
        "dataclass": Answer("甲", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        "day": date(2026, 9, 1),
        "enum": PhaseKind.ROLLOUT,
        "model": PlanSpec(title="方案"),
        "path": Path("a/b"),
        "set": {"乙", "丙"},
        "pair": Pair(1, 2),
    }
    told = json.loads(to_json(value))
    assert told["dataclass"] == {"name": "甲", "at": "2026-09-01T08:00:00+00:00"}
    assert (told["day"], told["enum"], told["path"], told["set"]) == ("2026-09-01", "rollout", "a/b", sorted({"乙", "丙"}))
    assert told["model"]["title"] == "方案"


def test_what_has_no_json_form_is_a_defect_and_not_a_guess() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_json({"x": object()})


def test_json_is_readable_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    emit_json({"名": "值"})
    assert '"名": "值"' in capsys.readouterr().out


def test_a_table_in_a_pipe_keeps_long_cells_and_takes_brackets_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    long = "清理主次干道和背街小巷" * 4
    show_table(("任务", "单位"), [(long, "[红]城管局"), (None, 3)], title="清单")
    out = capsys.readouterr().out
    assert long in out
    assert "[红]城管局" in out
    assert out.startswith("清单\n")


def test_an_empty_table_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("任务",), [], title="清单", empty="没有")
    assert capsys.readouterr().out == "清单：没有\n"


def test_each_light_is_a_word_and_a_shape_of_its_own() -> None:
    assert len({str(light_cell(light)) for light in LIGHTS}) == len(LIGHTS) == 4


def test_progress_is_silent_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("正在读取"):
        pass
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")
