"""The register of units: a file enters all of it or nothing, names stay findable, a merged unit's work goes on."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.integration.cli.conftest import ROLL, Cli


def roll(text: str) -> None:
    Path("u.csv").write_text(text, encoding="utf-8")


def test_an_import_enters_units_parents_posts_and_people(cli: Cli) -> None:
    value = cli.json("units", "import", "units.csv")
    assert set(value) == {"file", "units", "created", "changed", "persons", "joined", "left", "unreachable"}
    assert (value["units"], value["persons"], value["unreachable"]) == (5, 6, [])
    rows = {row["name"]: row for row in cli.json("units", "list")}
    assert (rows["柳荫社区"]["parent"], rows["柳荫社区"]["kind"], rows["柳荫社区"]["code"]) == ("东岸街道", "社区", "U5")
    assert {(one["relation"], one["name"], one["phone"]) for one in rows["区创建办"]["persons"]} == {
        ("contact", "申一", "10000000001"),
        ("office", "申二", "10000000002"),
    }


def test_the_same_file_again_changes_nothing(cli: Cli) -> None:
    cli.json("units", "import", "units.csv")
    again = cli.json("units", "import", "units.csv")
    assert [again[name] for name in ("created", "changed", "joined", "left")] == [[], [], [], []]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_any_office_is_read(cli: Cli, encoding: str) -> None:
    Path("u.csv").write_text(ROLL, encoding=encoding)
    assert cli.json("units", "import", "u.csv")["units"] == 5


def test_headings_with_a_remark_and_full_width_commas_are_understood(cli: Cli) -> None:
    roll("单位名称（必填）,别名,姓名（联络员）\n区城管局,城管局，城市管理局；执法局,酉一\n")
    assert cli.json("units", "import", "u.csv")["persons"] == 1
    assert cli.json("units", "rename", "执法局", "区综合执法局")["from"] == "区城管局"


def test_a_workbook_is_read(cli: Cli) -> None:
    book = openpyxl.Workbook()
    for line in ROLL.splitlines():
        book.active.append([cell or None for cell in line.split(",")])
    book.save("u.xlsx")
    assert cli.json("units", "import", "u.xlsx")["persons"] == 6


def test_every_wrong_cell_is_named_with_its_line_and_nothing_is_entered(cli: Cli) -> None:
    roll("单位名称,编号,上级单位,岗位,姓名,手机,邮箱\n甲局,U1,,大官,张一,12,x\n乙局,U1,丙局,,,10000000001,\n,,,,李一,,\n")
    answer = cli("units", "import", "u.csv")
    assert answer.code == 2
    for words in ("第 2 行 岗位「大官」不认识", "第 2 行 手机「12」", "第 2 行 邮箱「x」", "第 3 行 有联系方式但没有姓名", "没有导入任何内容"):
        assert words in answer.err
    assert cli.json("units", "list") == []
    roll("单位名称,编号,上级单位\n甲局,U1,\n乙局,U1,丙局\n")
    answer = cli("units", "import", "u.csv")
    for words in ("编号「U1」已用于别的单位", "上级单位「丙局」既不在名册里"):
        assert words in answer.err
    assert cli.json("units", "list") == []


def test_a_file_without_a_heading_says_which_columns_there_are(cli: Cli) -> None:
    roll("甲局，张一\n")
    answer = cli("units", "import", "u.csv")
    assert answer.code == 2
    assert "单位名称" in answer.err


def test_units_do_not_stand_under_themselves(cli: Cli) -> None:
    roll("单位名称,上级单位\n甲局,乙局\n乙局,甲局\n")
    answer = cli("units", "import", "u.csv")
    assert answer.code == 2
    assert "不能隶属于自己的下级" in answer.err


def test_whoever_is_no_longer_in_the_file_has_left_the_post(cli: Cli) -> None:
    cli.json("units", "import", "units.csv", "--now", "2026-03-01")
    roll("单位名称,岗位,姓名,手机\n区城管局,单位联络员,亥一,10000000009\n")
    value = cli.json("units", "import", "u.csv", "--now", "2026-03-05")
    assert (value["joined"], value["left"]) == (["区城管局 单位联络员：亥一"], ["区城管局：酉一"])
    people = {row["name"]: [one["name"] for one in row["persons"]] for row in cli.json("units", "list", "--now", "2026-03-06")}
    assert people["区城管局"] == ["亥一"]
    assert people["东岸街道"] == ["酉二"], "a unit that the file does not name stays as it is"
    before = {row["name"]: [one["name"] for one in row["persons"]] for row in cli.json("units", "list", "--now", "2026-03-03")}
    assert before["区城管局"] == ["酉一"]


def test_a_new_number_of_the_same_person_is_a_correction(cli: Cli) -> None:
    cli.json("units", "import", "units.csv", "--now", "2026-03-01")
    roll("单位名称,岗位,姓名,手机\n区城管局,单位联络员,酉一,10000000099\n")
    value = cli.json("units", "import", "u.csv", "--now", "2026-03-05")
    assert (value["joined"], value["left"]) == ([], [])
    (unit,) = [row for row in cli.json("units", "list", "--now", "2026-03-05") if row["name"] == "区城管局"]
    assert [one["phone"] for one in unit["persons"]] == ["10000000099"]


def test_a_roll_in_which_everybody_can_be_reached_is_not_called_empty(cli: Cli) -> None:
    assert "没有单位" in cli("units", "list", "--unreachable").out
    roll("单位名称,岗位,姓名,手机\n甲局,单位联络员,张一,10000000001\n")
    cli.json("units", "import", "u.csv")
    assert "所列单位都有联系得上的人员" in cli("units", "list", "--unreachable").out


def test_units_without_a_reachable_person_are_told(cli: Cli) -> None:
    roll("单位名称,岗位,姓名,手机\n甲局,单位联络员,张一,10000000001\n乙局,单位联络员,李一,\n丙局,,,\n")
    assert cli.json("units", "import", "u.csv")["unreachable"] == ["乙局", "丙局"]
    assert [row["name"] for row in cli.json("units", "list", "--unreachable")] == ["乙局", "丙局"]
    assert "乙局、丙局" in cli("units", "import", "u.csv").err


def test_a_renamed_unit_is_found_by_both_names(cli: Cli) -> None:
    cli.json("units", "import", "units.csv")
    assert cli.json("units", "rename", "西岸街道", "西岸新区街道")["from"] == "西岸街道"
    (unit,) = [row for row in cli.json("units", "list") if row["name"] == "西岸新区街道"]
    assert unit["aliases"] == ["西岸街道"]
    assert cli("units", "rename", "西岸街道", "东岸街道").code == 2
    assert cli.json("units", "rename", "西岸新区街道", "西岸街道")["name"] == "西岸街道"


def test_a_merged_units_work_goes_on_in_the_other(running: Cli) -> None:
    moved = running.duty(origin="item:homes/perform/unit:U5")["id"]
    twin = running.duty(origin="item:street/perform/unit:U4")["id"]
    value = running.at("2026-03-06T10:00").json("units", "merge", "柳荫社区", "西岸街道")
    assert value["moved"] > 0
    assert running.json("duty", "show", str(moved))["unit"] == "西岸街道"
    value = running.json("units", "merge", "西岸街道", "东岸街道", "--reason", "区划调整")
    assert value["cancelled"] > 0
    gone = running.json("duty", "show", str(twin))
    assert (gone["state"], gone["closed_reason"][:5]) == ("cancelled", "单位调整，")
    assert running.json("duty", "show", str(moved))["origin"] == "item:homes/perform/unit:U3"
    assert running.json("launch", "plan.yaml", "--slug", "x")["changed"] == [], "the next launch finds the moved duties again"
    assert running.at("").json("verify") == {"violations": []}
    assert running("units", "merge", "西岸街道", "东岸街道").code == 2
    assert "办公室" in running("units", "merge", "区创建办", "东岸街道").err


def test_a_dry_run_of_a_merger_lists_what_moves_and_moves_nothing(running: Cli) -> None:
    trial = running.at("2026-03-06T10:00").json("units", "merge", "柳荫社区", "西岸街道", "--dry-run")
    assert trial["dry_run"] is True
    assert {"duty", "title", "to", "same_as"} == set(trial["moves"][0])
    assert {move["to"] for move in trial["moves"]} == {"西岸街道"}
    done = running.json("units", "merge", "柳荫社区", "西岸街道", "--reason", "区划调整")
    assert done["moves"] == trial["moves"]


def test_a_unit_is_abolished_only_with_an_owner_for_all_it_owes(running: Cli) -> None:
    running.at("2026-03-06T10:00")
    refused = running("units", "abolish", "柳荫社区", "--reason", "区划调整")
    assert refused.code == 2
    assert "没有承接单位" in refused.err
    assert "--make-table" in refused.err
    made = running.json("units", "abolish", "柳荫社区", "--make-table", "t.csv")
    lines = Path("t.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == made["rows"] + 1
    filled = [lines[0], *(f"{line}西岸街道" for line in lines[1:])]
    Path("t.csv").write_text("\n".join(filled), "utf-8")
    value = running.json("units", "abolish", "柳荫社区", "--table", "t.csv", "--reason", "区划调整")
    assert value["moved"] + value["cancelled"] >= made["rows"]
    assert value["stayed"] != []
    assert running("units", "split", "西岸街道").code == 2
    assert running.at("").json("verify") == {"violations": []}
