"""The JSON of each command has the fields that scripts rely on: those of the issue exactly, the others as docs/cli.md lists them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Cli

DUTY = {"id", "origin", "unit", "kind", "title", "due_at", "due_on", "light", "rung", "state", "estimated"}
PHASE = {"key", "name", "kind", "state", "start", "end", "lights", "blockers"}


def test_launch(cli: Cli) -> None:
    value = cli.json("launch", "plan.yaml", "--slug", "x", "--rehearsal", "--now", "2026-03-02")
    assert set(value) == {"campaign", "created", "changed", "units_created", "warnings"}
    assert value["campaign"] == "x"
    assert value["created"] > 10
    assert "区城管局" in value["units_created"]


def test_status(running: Cli) -> None:
    value = running.json("status", "x")
    assert set(value) == {"campaign", "now", "phases"}
    assert datetime.fromisoformat(value["now"]).isoformat() == "2026-03-06T09:00:00+08:00"
    assert [set(phase) for phase in value["phases"]] == [PHASE] * 4
    opened = value["phases"][0]
    assert (opened["key"], opened["kind"], opened["state"], opened["start"]) == ("a", "mobilization", "open", "2026-03-02")
    assert set(opened["lights"]) == {"red", "yellow", "green", "grey"}
    assert opened["blockers"]
    assert value["phases"][2]["blockers"] == []


def test_duties(running: Cli) -> None:
    rows = running.json("duties", "--campaign", "x")
    assert [set(row) for row in rows] == [DUTY] * len(rows)
    one = next(row for row in rows if row["origin"] == "item:street/perform/unit:U3")
    assert one["due_on"] == "2026-03-13"
    assert datetime.fromisoformat(one["due_at"]).isoformat() == "2026-03-14T00:00:00+08:00"
    assert (one["unit"], one["kind"], one["light"], one["rung"], one["state"]) == ("东岸街道", "perform", "green", 0, "open")


@pytest.mark.parametrize(
    ("options", "field", "values"),
    [
        (["--light", "red"], "light", {"red"}),
        (["--unit", "东岸街道"], "unit", {"东岸街道"}),
        (["--unit", "U3"], "unit", {"东岸街道"}),
        (["--state", "waiting"], "state", {"waiting"}),
        (["--kind", "sign"], "kind", {"sign"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_duties_are_narrowed_by_each_option(running: Cli, options: list[str], field: str, values: set[str]) -> None:
    rows = running.at("2026-03-10T10:00").json("duties", "--campaign", "x", *options)
    assert rows
    assert {row[field] for row in rows} == values


def test_duties_of_a_phase_need_its_campaign(running: Cli) -> None:
    assert running.json("duties", "--campaign", "x", "--phase", "动员部署")
    assert running("duties", "--phase", "动员部署").code == 2


def test_sweep_counts_what_was_due(running: Cli) -> None:
    value = running.at("2026-03-10T10:00").json("sweep", "--campaign", "x")
    assert set(value) == {"pass", "due", "escalated", "skipped", "notices"}
    assert value["due"] > 0
    assert value["escalated"] == value["due"] - value["skipped"] or value["escalated"] <= value["due"]
    again = running.json("sweep", "--campaign", "x")
    assert (again["due"], again["escalated"], again["notices"]) == (0, 0, 0)
    assert again["pass"] == value["pass"] + 1


def test_gate_names_its_blockers(running: Cli) -> None:
    value = running.json("gate", "x", "b")
    assert set(value) == {"campaign", "phase", "state", "may_close", "allowed", "blockers", "leftovers"}
    assert value["allowed"] == ["carry_over", "hold"]
    assert {name for blocker in value["blockers"] for name in blocker} == {"code", "text", "duty_ids", "carried"}


def test_duty_show_tells_the_whole_history(running: Cli) -> None:
    duty = str(running.duty(origin="item:street/material:1/unit:U3")["id"])
    running.by("酉二")("submit", duty, "台账.txt", "--note", "首次")
    running.by("申二")("review", duty, "--return", "缺照片")
    value = running.json("duty", "show", duty)
    assert set(value) > DUTY
    (version,) = value["submissions"]
    assert (version["version"], version["outcome"], version["given_by"], version["files"]) == (1, "退回补正", "申二", ["台账.txt"])
    assert [event["verb"] for event in value["events"]] == ["submit", "return"]
    assert (value["revision"], value["state"]) == (2, "returned")
    assert any("督办" in line for line in value["ahead"])


def test_submit_keeps_the_bytes_and_names_their_hash(running: Cli) -> None:
    duty = str(running.duty(origin="item:street/material:1/unit:U3")["id"])
    value = running.by("酉二")("submit", duty, "台账.txt")
    assert set(value) == {"id", "version", "sha256", "state", "submitted_at", "files"}
    (file,) = value["files"]
    digest = file["sha256"]
    assert (running.home / "evidence" / digest[:2] / digest[2:4] / digest).read_text(encoding="utf-8") == "清理台账\n"
    assert running.by("酉二")("submit", duty, "台账.txt")["version"] == 1


def test_notices_list_and_show(running: Cli) -> None:
    rows = running.json("notices", "list", "--campaign", "x")
    assert {row["kind"] for row in rows} == {"任务分解通知"}
    value = running.json("notices", "show", str(rows[0]["id"]))
    assert set(value) == {"id", "kind", "unit", "number", "state", "signed_by", "text", "lines", "deliveries"}
    assert value["unit"] in value["text"]
    assert value["lines"][0]["duty"]


def test_finding_add_orders_the_rectification(running: Cli) -> None:
    value = running.by("检查组")("finding", "add", "x", "西岸街道", "积水", "--severity", "minor")
    assert set(value) == {"id", "reference", "unit", "severity", "phase", "duty", "due_at"}
    assert running.json("duty", "show", str(value["duty"]))["kind"] == "rectify"
    (listed,) = running.json("finding", "list", "x", "--state", "rectifying")
    assert (listed["reference"], listed["found_by"]) == ("W0001", "检查组")
    running.json("finding", "withdraw", str(value["id"]), "--reason", "重复登记")
    assert running.json("duty", "show", str(value["duty"]))["state"] == "cancelled"


def test_phase_run_says_what_it_did(launched: Cli) -> None:
    value = launched.json("phase", "run", "x", "1", "--local")
    assert set(value) == {"pass", "message", "assigned", "collected", "escalated", "skipped", "notices", "blockers"}
    assert value["message"] == f"新交办 {value['assigned']} 项"


def test_serving_by_hand_is_delivery(running: Cli) -> None:
    notice = running.json("notices", "list", "--campaign", "x", "--limit", "1")[0]
    assert running("notices", "serve", str(notice["id"]), "--to", "酉一").code == 2, "it has not been issued yet"
    running.json("deliver", "--campaign", "x")
    assert running.json("notices", "show", str(notice["id"]))["state"] == "delivered"


def test_package_build_verify_and_freeze(running: Cli, tmp_path: Path) -> None:
    built = running.json("package", "build", "x", "--out", "包")
    assert set(built) == {"campaign", "folder", "sha256", "folders", "duties", "files", "size", "missing", "damaged"}
    assert running.at("").json("package", "verify", "包", "--sha256", built["sha256"]) == {"folder": "包", "faults": []}
    (tmp_path / "包" / "多余.txt").write_text("x", encoding="utf-8")
    answer = running("package", "verify", "包", "--json")
    assert answer.code == 1
    assert len(answer.value["faults"]) == 1


def test_verify_names_what_is_broken(running: Cli) -> None:
    import sqlite3

    assert running.at("").json("verify") == {"violations": []}
    with sqlite3.connect(running.home / "campaign.db") as database:
        database.execute("UPDATE duty SET rung = 3 WHERE state = 'open'")
    database.close()
    answer = running("verify", "--json")
    assert answer.code == 1
    assert "rung_without_step" in {one["code"] for one in answer.value["violations"]}


def test_bench_answers_what_the_issue_asks_and_leaves_the_data_folder_alone(running: Cli) -> None:
    before = (running.home / "campaign.db").read_bytes()
    value = running.at("").json("bench", "sweep", "--duties", "200", "--due", "20")
    assert set(value) == {"duties", "due", "seconds", "sql_seconds", "ratio"}
    assert (value["duties"], value["due"]) == (200, 20)
    assert (running.home / "campaign.db").read_bytes() == before
    assert "空的数据目录" in running("bench", "sweep", "--data", str(running.home)).err
