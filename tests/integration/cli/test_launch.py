"""Launching: the same file changes nothing, a changed one asks first, a wrong one can be undone until somebody was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.conftest import PLAN, Cli


def rewrite(old: str, new: str) -> None:
    assert old in PLAN
    Path("plan.yaml").write_text(PLAN.replace(old, new), encoding="utf-8")


def test_the_same_file_again_changes_nothing(launched: Cli) -> None:
    assert launched.json("launch", "plan.yaml", "--slug", "x") == {"campaign": "x", "created": 0, "changed": [], "units_created": [], "warnings": []}


def test_a_changed_file_shows_its_difference_and_needs_yes_without_a_terminal(launched: Cli) -> None:
    rewrite("deadline: 2026-03-25", "deadline: 2026-03-26")
    answer = launched("launch", "plan.yaml", "--slug", "x")
    assert answer.code == 2
    assert "2026-03-25 → 2026-03-26" in answer.err
    assert "--yes" in answer.err
    assert launched.duty(origin="item:homes/perform/unit:U5")["due_on"] == "2026-03-25"
    done = launched.json("launch", "plan.yaml", "--slug", "x", "--yes")
    assert len(done["changed"]) == 2
    assert launched.duty(origin="item:homes/perform/unit:U5")["due_on"] == "2026-03-26"


def test_a_removed_item_is_cancelled_with_its_reason_and_finished_work_stays(running: Cli) -> None:
    done = str(running.duty(origin="item:street/perform/unit:U3")["id"])
    running.by("酉二")("submit", done, "--note", "已办理")
    running.by("申二")("review", done, "--accept")
    start = PLAN.index("  - key: street")
    Path("plan.yaml").write_text(PLAN[:start] + PLAN[PLAN.index("  - key: weekly") :], encoding="utf-8")
    running.json("launch", "plan.yaml", "--slug", "x", "--yes", "--reason", "任务并入另一方案")
    assert running.json("duty", "show", done)["state"] == "accepted"
    (gone,) = [row for row in running.json("duties", "--campaign", "x", "--state", "cancelled") if row["origin"] == "item:street/perform/unit:U4"]
    assert "任务并入另一方案" in running.json("duty", "show", str(gone["id"]))["closed_reason"]


def test_an_extension_by_hand_survives_the_next_launch(running: Cli) -> None:
    duty = str(running.duty(origin="item:homes/perform/unit:U5")["id"])
    running.json("extend", duty, "--to", "2026-04-03", "--reason", "等批复")
    rewrite("deadline: 2026-03-25", "deadline: 2026-03-24")
    running.json("launch", "plan.yaml", "--slug", "x", "--yes")
    assert running.json("duty", "show", duty)["due_on"] == "2026-04-03"


def test_errors_of_the_plan_name_the_lines_of_its_file_and_create_nothing(cli: Cli) -> None:
    rewrite("lead_unit: 东岸街道", "lead_unit: __")
    answer = cli("launch", "plan.yaml", "--slug", "x", "--now", "2026-03-02")
    assert answer.code == 2
    line = next(number for number, text in enumerate(Path("plan.yaml").read_text(encoding="utf-8").splitlines(), 1) if "lead_unit: __" in text)
    assert f"第 {line} 行" in answer.err
    assert cli.json("campaigns") == []
    assert cli.json("units", "list") == []


def test_a_plan_without_phases_gets_the_dates_of_the_options(cli: Cli) -> None:
    Path("plan.yaml").write_text("title: 无阶段方案\nitems:\n  - {title: 清理, lead_unit: 甲局}\n", encoding="utf-8")
    cli.json("launch", "plan.yaml", "--slug", "x", "--rehearsal", "--start", "2026-03-02", "--end", "2026-03-20", "--now", "2026-03-02")
    (phase,) = cli.at("2026-03-02").json("status")["phases"]
    assert (phase["start"], phase["end"], phase["kind"]) == ("2026-03-02", "2026-03-20", "rollout")


def test_dates_for_a_plan_that_has_phases_are_refused(cli: Cli) -> None:
    answer = cli("launch", "plan.yaml", "--start", "2026-03-02", "--end", "2026-03-20")
    assert answer.code == 2
    assert "已有 4 个阶段" in answer.err


@pytest.mark.parametrize("slug", ["a b", "甲", "-x", "a/b", "x" * 49])
def test_a_slug_is_plain(cli: Cli, slug: str) -> None:
    assert cli("launch", "plan.yaml", f"--slug={slug}").code == 2
    assert cli.json("campaigns") == []


def test_a_slug_of_another_campaign_is_refused(launched: Cli) -> None:
    rewrite("title: 试区创建卫生城区方案", "title: 另一个方案")
    answer = launched("launch", "plan.yaml", "--slug", "x", "--yes")
    assert answer.code == 2
    assert "--slug" in answer.err


def test_a_discarded_launch_frees_its_slug(launched: Cli) -> None:
    launched.json("phase", "run", "x", "a", "--local")
    assert launched.json("discard", "x", "--reason", "版本不对")["cancelled"] > 0
    assert launched.json("campaigns") == []
    assert launched.at("").json("verify") == {"violations": []}
    launched.at("2026-03-02T10:00").json("launch", "plan.yaml", "--slug", "x", "--rehearsal")
    assert [row["campaign"] for row in launched.json("campaigns")] == ["x"]
    assert len(launched.json("campaigns", "--all")) == 2


def test_after_the_first_notice_a_launch_cannot_be_discarded(running: Cli) -> None:
    running.json("deliver", "--campaign", "x")
    answer = running("discard", "x")
    assert answer.code == 2
    assert "已经发出" in answer.err
    assert running.json("campaigns")[0]["state"] == "launched"


def test_a_rehearsal_never_goes_live(launched: Cli) -> None:
    answer = launched("golive", "x")
    assert answer.code == 2
    assert "演练" in answer.err


def test_golive_is_done_once(cli: Cli) -> None:
    cli.json("launch", "plan.yaml", "--slug", "x", "--now", "2026-03-02")
    assert cli.json("golive", "x")["changed"]
    assert not cli.json("golive", "x")["changed"]
    assert cli.json("campaigns")[0]["live"]


def test_a_live_campaign_cannot_become_a_rehearsal(cli: Cli) -> None:
    cli.json("launch", "plan.yaml", "--slug", "x", "--now", "2026-03-02")
    answer = cli("launch", "plan.yaml", "--slug", "x", "--rehearsal", "--now", "2026-03-02")
    assert answer.code == 2
    assert "--slug" in answer.err
