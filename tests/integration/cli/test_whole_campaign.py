"""A small campaign from its launch to its end, by commands alone and in virtual time; everybody does what people do in one."""

from __future__ import annotations

import pytest

from tests.conftest import TEMPLATE, create_database, database_url, drop_database
from tests.integration.cli.conftest import Cli, launch


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])])
def anywhere(request: pytest.FixtureRequest, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """A launched campaign on each database."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_template")
        drop_database(server, "campaign_cli")
        create_database(server, "campaign_cli", TEMPLATE)
        monkeypatch.setenv("CAMPAIGN_DATABASE_URL", database_url(server, "campaign_cli"))
    return launch(cli)


def pass_day(cli: Cli, day: str) -> dict[str, int]:
    """Nine o'clock: what is due climbs, then it is sent."""
    cli.at(f"{day}T09:00")
    swept: dict[str, int] = cli.json("sweep", "--campaign", "x")
    cli.json("deliver", "--campaign", "x")
    return swept


def test_a_campaign_runs_from_launch_to_its_end_by_commands(anywhere: Cli) -> None:
    cli = anywhere
    mobilise(cli)
    roll_out(cli)
    rectify(cli)
    conclude(cli)
    assert cli.json("campaigns")[0]["state"] == "finished"
    checked = cli("verify", "--json")
    assert checked.code == 0, checked.out
    assert cli.json("seal")["sealed"] > 0


def mobilise(cli: Cli) -> None:
    assert cli.json("phase", "run", "x", "动员部署", "--local")["assigned"] > 0
    assert cli.json("deliver", "--campaign", "x")["sent"] == 5
    letter = str(cli.duty(kind="sign", title="责任书")["id"])
    assert cli("sign", letter).code == 2, "a letter needs its signed scan"
    assert cli.by("酉二")("sign", letter, "台账.txt")["state"] == "accepted"
    cli.at("2026-03-03T10:00")
    owed = [row for row in cli.json("duties", "--campaign", "x", "--phase", "a") if row["state"] == "open"]
    papers = {row["id"] for row in owed if row["origin"].startswith("ack:notice:")}
    assert papers, "what was told asks for a receipt"
    for row in [row for row in owed if row["id"] not in papers]:
        cli.by("联络员")("ack", str(row["id"]))
        cli.by("联络员")("submit", str(row["id"]), "--note", "已办理")
    left = cli.json("duties", "--campaign", "x", "--phase", "a", "--state", "open")
    assert papers.isdisjoint(row["id"] for row in left), "who signs for an item or hands it in has signed for the paper"
    cli.at("2026-03-05T10:00")
    for row in cli.json("duties", "--campaign", "x", "--kind", "review", "--state", "open"):
        cli.by("申二")("review", str(row["id"]), "--accept")
    assert cli.json("gate", "x", "a")["may_close"]
    assert cli.json("gate", "x", "a", "--pass")["state"] == "closed"


def roll_out(cli: Cli) -> None:
    cli.at("2026-03-06T09:00")
    assert cli.json("phase", "run", "x", "2", "--local")["assigned"] > 0
    done = str(cli.duty(origin="item:street/perform/unit:U3")["id"])
    cli.by("酉二")("submit", done, "--note", "街面已清理")
    cli.by("申二")("review", done, "--accept")
    ledger = str(cli.duty(origin="item:street/material:1/unit:U3")["id"])
    cli.by("酉二")("submit", ledger, "台账.txt")
    back = cli.by("申二")("review", ledger, "--return", "缺照片")
    assert (back["state"], back["outcome"]) == ("returned", "returned")
    cli.at("2026-03-09T10:00")
    assert cli.by("酉二")("submit", ledger, "台账.txt", "--note", "已补照片")["version"] == 2
    cli.by("申二")("review", ledger, "--accept")
    late = str(cli.duty(origin="item:street/perform/unit:U4")["id"])
    cli.by("申二")("waive", str(cli.duty(origin="item:street/material:1/unit:U4")["id"]), "--reason", "与办理情况合并报送")
    rungs = []
    for day in ("03-11", "03-12", "03-16", "03-18", "03-19", "03-20", "03-23", "03-24", "03-25", "03-26"):
        pass_day(cli, f"2026-{day}")
        rungs.append(cli.json("duty", "show", late)["rung"])
    assert rungs == sorted(rungs), "a duty climbs one rung at a time and never falls"
    drafts = cli.json("notices", "list", "--campaign", "x", "--state", "draft")
    draft = next(row for row in drafts if row["unit"] == "西岸街道")
    assert draft["kind"] == "通报"
    assert cli.by("申二")("notices", "sign", str(draft["id"]))["number"]
    assert cli.json("deliver", "--campaign", "x")["sent"] >= 1
    assert cli.json("notices", "show", str(draft["id"]))["state"] == "delivered"
    assert cli("gate", "x", "b", "--pass").code == 2, "overdue work is in the way"
    carried = cli.by("申二")("gate", "x", "b", "--carry-over", "--reason", "转入整改阶段继续督办")
    assert late in {str(left["id"]) for left in carried["leftovers"]}


def rectify(cli: Cli) -> None:
    cli.at("2026-03-27T09:00").json("phase", "run", "x", "c", "--local")
    found = cli.by("检查组")("finding", "add", "x", "西岸街道", "菜场门口积水", "--severity", "major")
    order = str(found["duty"])
    cli.at("2026-03-30T10:00")
    cli.by("酉三")("submit", order, "--note", "已疏通")
    same = cli("review", order, "--accept", "--as", "酉三")
    assert same.code == 2
    assert "整改人不能复核自己的整改" in same.err
    cli.by("检查组")("review", order, "--return", "仍有积水")
    second = str(cli.duty(kind="rectify", state="open")["id"])
    assert second != order
    cli.at("2026-04-01T10:00")
    cli.by("酉三")("submit", second, "--note", "已重做排水沟")
    cli.by("检查组")("review", second, "--accept")
    assert cli.json("finding", "list", "x")[0]["state"] == "closed"
    assert cli.json("event", "x", "专家反馈", "--on", "2026-04-01")["duties"] == 1
    experts = str(cli.duty(origin="item:experts")["id"])
    assert cli.json("extend", experts, "--to", "2026-04-09", "--reason", "等待设备到货")["due_at"].startswith("2026-04-10")
    cli.json("suspend", experts, "--reason", "停工")
    assert cli.json("resume", experts)["state"] == "open"
    cli.json("waive", experts, "--reason", "由市级统一办理")
    finish_everything(cli, "2026-04-02T10:00", "2026-04-03T10:00")
    assert cli.json("gate", "x", "c", "--pass")["state"] == "closed"


def conclude(cli: Cli) -> None:
    cli.at("2026-04-13T09:00").json("phase", "run", "x", "d", "--local")
    finish_everything(cli, "2026-04-14T10:00", "2026-04-15T10:00")
    assert cli.json("bulletin", "--campaign", "x")["bulletins"] == 1
    assert cli.json("package", "freeze", "x", "--reason", "定稿")["number"] == 1
    assert cli.json("phase", "close", "x", "d")["state"] == "closed"


def finish_everything(cli: Cli, in_at: str, reviewed_at: str) -> None:
    cli.at(in_at)
    for row in cli.json("duties", "--campaign", "x", "--state", "open", "--state", "returned"):
        if row["kind"] in ("perform", "material", "report", "rectify") and not row["origin"].startswith(("ack:", "handdeliver:")):
            cli.by("联络员")("submit", str(row["id"]), "台账.txt", "--note", f"已办理 {row['id']}")
    cli.at(reviewed_at)
    for kind in ("review", "recheck"):
        for row in cli.json("duties", "--campaign", "x", "--kind", kind, "--state", "open"):
            cli.by("申二")("review", str(row["id"]), "--accept")
