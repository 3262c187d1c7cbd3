"""`campaign plan check` answers without a database, and its exit code is the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.test_main import HEAVY, ask, modules_after

SOUND = """\
title: 云河区创建卫生城区方案
basis: [《云河市创建卫生城市行动方案》]
phases:
  - {name: 推进, start: 2026-09-01, end: 2099-12-31}
items:
  - title: 清理街面  # 重点
    lead_unit: 城管局
    responsible_units: [街道办]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "方案.yaml"
    path.write_text(SOUND, encoding="utf-8")
    return path


def test_the_command_imports_neither_prefect_nor_a_database(plan: Path) -> None:
    code, modules = modules_after("plan", "check", str(plan))
    assert code == 0
    assert not modules & set(HEAVY)


def test_a_sound_plan_answers_zero(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "plan", "check", str(plan))
    assert code == 0
    assert "可以启动" in out


def test_an_error_answers_one_with_line_reason_and_remedy(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(SOUND.replace("城管局", "__"), encoding="utf-8")
    code, out, _ = ask(capsys, "plan", "check", str(plan))
    assert code == 1
    assert "[blank_lead_unit]" in out
    assert "第 7 行" in out
    assert "为什么" in out
    assert "怎么办" in out


def test_only_warnings_answer_zero(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(SOUND.replace("[街道办]", "[]"), encoding="utf-8")
    code, out, _ = ask(capsys, "plan", "check", str(plan))
    assert code == 0
    assert "[no_responsible_unit]" in out


def test_json_lists_every_finding(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(SOUND.replace("城管局", "__"), encoding="utf-8")
    code, out, _ = ask(capsys, "plan", "check", str(plan), "--json")
    assert code == 1
    first = json.loads(out)[0]
    assert set(first) == {"code", "level", "line", "message", "why", "todo", "source_line"}
    assert (first["code"], first["level"], first["line"]) == ("blank_lead_unit", "error", 7)


def test_assume_lead_fills_the_file_and_lists_what_it_filled(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(SOUND.replace("城管局", "  # 待定"), encoding="utf-8")
    code, out, _ = ask(capsys, "plan", "check", str(plan), "--assume-lead", "区创建办")
    assert code == 0
    assert "已将「区创建办」补为 1 项的牵头单位" in out
    text = plan.read_text(encoding="utf-8")
    assert "assumed: true" in text
    assert "# 待定" in text
    assert "# 重点" in text


def test_start_and_end_give_a_plan_without_phases_one(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(SOUND.replace("phases:\n  - {name: 推进, start: 2026-09-01, end: 2099-12-31}\n", ""), encoding="utf-8")
    assert ask(capsys, "plan", "check", str(plan))[0] == 1
    code, out, _ = ask(capsys, "plan", "check", str(plan), "--start", "2099-09-01", "--end", "2099-10-31")
    assert code == 0
    assert "推进阶段" in out
    assert ask(capsys, "plan", "check", str(plan))[0] == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--start", "2026-09-01"], "一起给"),
        (["--start", "九月", "--end", "2026-09-01"], "2026-09-01"),
        (["--start", "2026-09-01", "--end", "2026-09-02"], "已有 1 个阶段"),
    ],
    ids=["one alone", "no date", "has phases"],
)
def test_wrong_dates_are_refused_and_nothing_is_written(plan: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    code, _, err = ask(capsys, "plan", "check", str(plan), *words)
    assert code == 2
    assert expected in err
    assert plan.read_text(encoding="utf-8") == SOUND


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ask(capsys, "plan", "check", str(tmp_path / "无.yaml"))
    assert (code, out) == (2, "")
    assert "找不到文件" in err
    assert err.count("\n") == 1
