"""Cells of a workbook become text as people read them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from campaign.errors import BadPlan
from campaign.plan.files.sheet import read_sheets, read_workbook


def book(path: Path, rows: list[list[Any]], merges: tuple[str, ...] = (), name: str = "Sheet1") -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for merged in merges:
        sheet.merge_cells(merged)
    made.save(path)
    return path


def test_dates_whole_numbers_and_truth_values_are_written_as_people_do(tmp_path: Path) -> None:
    rows = [[1.0, 2.5, dt.datetime(2026, 9, 30), dt.datetime(2026, 9, 30, 17), True, "  字 "]]
    assert read_sheets(book(tmp_path / "a.xlsx", rows)) == {"Sheet1": [("1", "2.5", "2026-09-30", "2026-09-30 17:00", "是", "字")]}


def test_a_merged_range_stands_in_each_of_its_cells(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["序号", "任务", "牵头单位"], [1, "甲", "城管局"], [2, "乙", None]]
    assert read_sheets(book(tmp_path / "a.xlsx", rows, ("C2:C3",)))["Sheet1"][2] == ("2", "乙", "城管局")


def test_the_title_above_the_heading_is_a_line_and_the_rest_are_rows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["任务分解总表", None, None], ["序号", "任务", "牵头单位"], [1, "甲", "城管局"]]
    lines = read_workbook(book(tmp_path / "a.xlsx", rows, ("A1:C1",))).lines
    assert [(line.text, line.cells is None) for line in lines] == [("任务分解总表", True), ("序号\t任务\t牵头单位", False), ("1\t甲\t城管局", False)]


def test_a_sheet_without_a_title_is_titled_by_its_own_name(tmp_path: Path) -> None:
    rows = [["任务", "牵头单位"], ["甲", "城管局"]]
    assert read_workbook(book(tmp_path / "a.xlsx", rows, name="创建任务")).lines[0].text == "创建任务"
    assert read_workbook(book(tmp_path / "b.xlsx", rows)).lines[0].text == "任务\t牵头单位"


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="空的"):
        read_workbook(book(tmp_path / "a.xlsx", []))


def test_a_sheet_of_enormous_extent_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.cell(1, 1, "任务")
    sheet.cell(1, 16_000, "远")
    made.save(path)
    with pytest.raises(BadPlan, match="不像任务分解表"):
        read_sheets(path)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("不是工作簿", encoding="utf-8")
    with pytest.raises(BadPlan, match="损坏"):
        read_sheets(path)
