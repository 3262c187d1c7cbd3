"""`campaign plan read` and `campaign plan workbook`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaign.plan.yaml_file import load_plan
from tests.samples.plans import build
from tests.unit.cli.test_main import ask, modules_after


@pytest.fixture
def word(tmp_path: Path) -> Path:
    return build("卫生城区.docx", tmp_path)


@pytest.fixture
def plan(word: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    out = word.with_suffix(".yaml")
    assert ask(capsys, "plan", "read", str(word), "--year", "2026", "-o", str(out))[0] == 0
    return out


def test_reading_a_text_imports_neither_prefect_nor_a_database(tmp_path: Path) -> None:
    code, modules = modules_after("plan", "read", str(build("安全社区.txt", tmp_path)), "--year", "2026", "--json")
    assert code == 0
    assert not modules & {"prefect", "sqlmodel", "sqlalchemy", "httpx", "rich", "openpyxl", "mammoth", "pypdfium2"}


def test_json_is_the_plan_spec(word: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "plan", "read", str(word), "--year", "2026", "--json")
    told = json.loads(out)
    assert code == 0
    assert {"title", "kind", "organisation", "phases", "items", "supervision", "warnings"} <= set(told)
    assert told["items"][0]["lead_unit"] == "城管局"
    assert all(item["key"] for item in told["items"])


def test_the_review_names_blanks_lines_and_the_verdict(word: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(capsys, "plan", "read", str(word), "--year", "2026")
    assert code == 0
    for words in ("组织机构", "█", "空缺", "督办机制", "问题（行号为原文行号）", "[blank_lead_unit]"):
        assert words in out


def test_yaml_written_from_a_plan_can_be_checked(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(capsys, "plan", "check", str(plan))[0] == 1
    assert ask(capsys, "plan", "check", str(plan), "--assume-lead", "区创建办")[0] == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--json"], "--year"),
        (["--year", "1026"], "2000"),
        (["--year", "2026", "--json", "--yaml"], "只能选一个"),
        (["--year", "2026", "--xlsx"], "-o"),
        (["--year", "2026", "-o", "a.doc"], "--yaml"),
        (["--year", "2026", "--attach", "a.docx:别的"], "任务分解表"),
        (["--year", "2026", "--attach", "a.docx:任务分解表:明天"], "2026-09-01"),
        (["--year", "2026", "--attach", "无.docx:任务分解表"], "找不到文件"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_options_are_refused_with_the_right_ones(word: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    code, out, err = ask(capsys, "plan", "read", str(word), *words)
    assert (code, out) == (2, "")
    assert expected in err
    assert err.count("\n") == 1


def test_several_plans_are_listed_and_one_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = build("三篇方案.txt", tmp_path)
    assert "篇三" in ask(capsys, "plan", "read", str(path), "--list")[1]
    assert [part["line"] for part in json.loads(ask(capsys, "plan", "read", str(path), "--list", "--json")[1])] == [1, 13, 25]
    code, _, err = ask(capsys, "plan", "read", str(path), "--year", "2026")
    assert code == 2
    assert "--part" in err
    assert ask(capsys, "plan", "read", str(path), "--year", "2026", "--part", "2")[0] == 0


def test_an_attached_table_adds_items_and_shows_contradictions(word: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["任务", "牵头单位", "完成时限"], ["清理背街小巷垃圾", "住建局", "2026-07-31"], ["改造路灯", "城管局", ""]):
        book.active.append(row)
    book.save(tmp_path / "分解表.xlsx")
    code, out, _ = ask(capsys, "plan", "read", str(word), "--year", "2026", "--json", "--attach", f"{tmp_path / '分解表.xlsx'}:任务分解表:2026-05-01")
    told = json.loads(out)
    assert code == 0
    assert "改造路灯" in [item["title"] for item in told["items"]]
    assert sum(note["code"] == "contradiction" for note in told["warnings"]) == 2
    assert told["sources"][1]["effective"] == "2026-05-01"


def test_a_workbook_goes_out_and_comes_back(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "任务分解表.xlsx"
    assert ask(capsys, "plan", "workbook", str(plan), "-o", str(out))[0] == 0
    book = openpyxl.load_workbook(out)
    sheet: Any = book["任务分解表"]
    sheet["D4"] = "城市管理局"
    book.save(out)
    before = plan.read_bytes()
    listed = ask(capsys, "plan", "workbook", str(out), "--into", str(plan), "--dry-run")
    assert listed[0] == 0
    assert "城市管理局" in listed[1]
    assert plan.read_bytes() == before
    told = json.loads(ask(capsys, "plan", "workbook", str(out), "--into", str(plan), "--json")[1])
    assert [(change["column"], change["old"], change["new"]) for change in told["changes"]] == [("牵头单位", "城管局", "城市管理局")]
    assert load_plan(plan).spec.items[0].lead_unit == "城市管理局"


def test_plan_read_takes_a_corrected_workbook_back_too(word: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = word.with_suffix(".xlsx")
    assert ask(capsys, "plan", "workbook", str(plan), "-o", str(out))[0] == 0
    code, told, _ = ask(capsys, "plan", "read", str(out), "--into", str(plan))
    assert code == 0
    assert "0 处改动" in told


def test_units_are_asked_and_their_answers_are_applied_on_request(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "征求意见.xlsx"
    code, told, _ = ask(capsys, "plan", "workbook", str(plan), "--by-unit", "-o", str(out))
    assert code == 0
    assert "城管局" in told
    book = openpyxl.load_workbook(out)
    sheet: Any = book["城管局"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(4, columns["建议时限"]).value = "2026-07-15"
    sheet.cell(4, columns["理由"]).value = "雨季施工"
    book.save(out)
    code, told, _ = ask(capsys, "plan", "workbook", str(out), "--into", str(plan))
    assert code == 0
    assert "雨季施工" in told
    assert load_plan(plan).spec.items[0].deadline == "2026-06-30"
    assert ask(capsys, "plan", "workbook", str(out), "--into", str(plan), "--apply")[0] == 0
    assert load_plan(plan).spec.items[0].deadline == "2026-07-15"


def test_a_plan_without_keys_gets_them_when_its_workbook_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "方案.yaml"
    plan.write_text("title: 方案\nitems:\n  - title: 清理街面  # 重点\n    lead_unit: 城管局\n", encoding="utf-8")
    code, out, _ = ask(capsys, "plan", "workbook", str(plan), "-o", str(tmp_path / "a.xlsx"))
    assert code == 0
    assert "key" in out
    assert load_plan(plan).spec.items[0].key
    assert "# 重点" in plan.read_text(encoding="utf-8")


def test_a_file_that_is_there_is_replaced_only_when_forced(word: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text("title: 手工改过\n", encoding="utf-8")
    code, _, err = ask(capsys, "plan", "read", str(word), "--year", "2026", "-o", str(plan))
    assert code == 2
    assert "--force" in err
    assert "手工改过" in plan.read_text(encoding="utf-8")
    assert ask(capsys, "plan", "read", str(word), "--year", "2026", "-o", str(plan), "--force")[0] == 0
    assert "清理背街小巷垃圾" in plan.read_text(encoding="utf-8")
    code, _, err = ask(capsys, "plan", "workbook", str(plan), "-o", str(word))
    assert code == 2
    assert "--force" in err
