"""Lead units, parts for units below and reviews in several steps, from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli.conftest import Cli, launch, run_phases


def test_a_street_splits_hands_in_and_the_lead_unit_compiles_through_every_step(cli: Cli) -> None:
    run_phases(launch(cli))
    street = cli.duty(origin="item:street/perform", unit="东岸街道")["id"]
    refused = cli("split", str(street), "--to", "西岸街道")
    assert refused.code == 2
    assert "不是本单位的直接下属单位" in refused.err
    [part] = cli.by("酉二")("split", str(street), "--all", "--due", "2026-03-12")["parts"]
    assert part["unit"] == "柳荫社区"
    early = cli("submit", str(street), "台账.txt", "--as", "酉二")
    assert "还有 1 个单位没有办结：柳荫社区" in early.err
    cli.by("酉四")("submit", str(part["id"]), "台账.txt")
    assert cli.by("酉二")("review", str(part["id"]), "--accept")["state"] == "accepted"

    cli.by("申二")("chain", "use", "full", "--campaign", "x", "--item", "street", "--reason", "市里要求")
    shown = cli.json("chain", "show", "--campaign", "x")
    assert [row["steps"] for row in shown["choices"]] == ["单位负责人审签 → 牵头单位初审 → 创建办审核 → 上报"]
    cli.by("酉二")("submit", str(street), "台账.txt")
    waits = [cli.by(actor)("review", str(street), "--accept", "--step", step)["waiting_for"] for actor, step in
             (("东岸主任", "unit_head"), ("酉一", "lead_unit"), ("申一", "office"))]  # fmt: skip
    assert waits == ["牵头单位初审", "创建办审核", "上报"]
    late = cli("review", str(street), "--accept", "--step", "office", "--as", "申二")
    assert "申一 已在「创建办审核」对第1版作出「通过」" in late.err
    Path("回执.txt").write_text("已收到\n", encoding="utf-8")
    assert cli.by("申一")("review", str(street), "--accept", "--scan", "回执.txt")["state"] == "accepted"

    [row] = [one for one in cli.json("lead", "show", "区城管局")["rows"] if one["title"] == "清理街面"]
    units = {one["unit"]: one["done"] for one in cli.json("lead", "show", "区城管局", "--item", str(row["id"]))["rows"]}
    assert (units["东岸街道"], units["西岸街道"], "柳荫社区" in units) == (1, 0, False)
    assert "西岸街道" in cli.by("酉一")("lead", "remind", str(row["id"]))["reminded"]
    assert cli.by("酉一")("lead", "remind", str(row["id"]))["already"] == ["东岸街道", "西岸街道"]
    own = cli.duty(origin="item:street/perform", unit="区城管局")["id"]
    assert len(cli.by("酉一")("lead", "compile", str(own), "台账.txt", "--note", "全区情况")["parts"]) == 1, "what a unit below did is in the whole already"
    assert cli("verify").code == 0


def test_a_split_is_undone_from_the_command_line(cli: Cli) -> None:
    run_phases(launch(cli))
    street = str(cli.duty(origin="item:street/perform", unit="东岸街道")["id"])
    cli.by("酉二")("split", street, "--to", "柳荫社区")
    assert cli.by("酉二")("split", street, "--undo")["undone"] == 1
    assert cli("split", street).code == 2
