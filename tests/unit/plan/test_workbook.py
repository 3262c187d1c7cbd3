"""The review workbook comes back without loss: what nobody touched stays, what was corrected is written, comments and all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaign.errors import BadPlan
from campaign.plan.apply import apply_changes
from campaign.plan.spec import Item, PlanSpec
from campaign.plan.workbook import ITEM_COLUMNS, KEY, Corrections, read_corrections, write_workbook
from campaign.plan.yaml_file import load_plan

PLAN = """\
title: 云河区创建卫生城区方案
phases:
  - key: p-one
    name: 集中整治
    kind: rollout
    start: 2026-03-01
    end: 2026-11-30
    tasks:
      - key: i-task
        title: 印发分工方案
        lead_unit: 创建办
items:
  - key: i-streets
    number: 1、
    title: 清理主次干道   # 重点
    text: 清理主次干道。每日两次。
    lead_unit: 城管局
    responsible_units: [街道办, 社区]
    deadline: 2026-09-30
    materials:
      - {name: "台账,含照片", copies: 2, form: paper}
      - {name: 图片}
    targets: [{metric: 覆盖率, op: ">=", value: 90, unit: "%"}]
    recurrence: {every: day, times: 2}
  # 市场口
  - key: i-market
    title: "=1+1"
    lead_unit:
    deadline_text: 节前
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "方案.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def spec_of(plan: Path) -> PlanSpec:
    return load_plan(plan).spec


def corrected(plan: Path, changes: dict[tuple[str, str], str | None], extra: list[dict[str, str]] | None = None, drop: str | None = None) -> Corrections:
    """The workbook after a person changed cells named by (key, column), added rows and dropped one."""
    path = plan.with_suffix(".xlsx")
    write_workbook(spec_of(plan), path)
    book = openpyxl.load_workbook(path)
    sheet: Any = book["任务分解表"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    rows = {sheet.cell(row, columns[KEY]).value: row for row in range(4, sheet.max_row + 1)}
    for (key, column), text in changes.items():
        sheet.cell(rows[key], columns[column]).value = text
    for row in extra or []:
        at = sheet.max_row + 1
        for column, text in row.items():
            sheet.cell(at, columns[column]).value = text
    if drop:
        sheet.delete_rows(rows[drop])
    book.save(path)
    return read_corrections(path, spec_of(plan))


def applied(plan: Path, found: Corrections, removed: tuple[str, ...] = ()) -> dict[str, Item]:
    apply_changes(plan, found.changes, added=found.added, removed=removed)
    spec = spec_of(plan)
    return {item.title: item for item in (*spec.items, *(task for phase in spec.phases for task in phase.tasks))}


def test_an_untouched_workbook_changes_nothing(plan: Path) -> None:
    assert corrected(plan, {}) == Corrections((), (), (), ())


def test_an_untouched_workbook_saved_by_another_program_changes_nothing(plan: Path) -> None:
    changes = {("i-streets", "资料"): "台账,含照片(2份,纸质) \r\n图片", ("i-streets", "任务"): " 清理主次干道 "}
    assert corrected(plan, dict(changes)).changes == ()


def test_each_column_is_read_back(plan: Path) -> None:
    found = corrected(
        plan,
        {
            ("i-streets", "牵头单位"): "城市管理局",
            ("i-streets", "责任单位"): "街道办",
            ("i-streets", "配合单位"): "住建局、水务局",
            ("i-streets", "完成时限"): "10月底前",
            ("i-streets", "周期"): "每周五",
            ("i-streets", "报送对象"): "区创建办",
            ("i-streets", "阶段"): "集中整治",
            ("i-market", "任务"): "整治集贸市场",
            ("i-market", "完成时限"): "2026-05-31",
            ("i-task", "牵头单位"): "区创建办",
        },
    )
    items = applied(plan, found)
    streets, market = items["清理主次干道"], items["整治集贸市场"]
    assert (streets.lead_unit, streets.responsible_units, streets.supporting_units) == ("城市管理局", ("街道办",), ("住建局", "水务局"))
    assert (streets.deadline, streets.recipient, streets.phase) == ("2026-10-31", "区创建办", "p-one")
    assert streets.recurrence is not None
    assert (streets.recurrence.every, streets.recurrence.on) == ("week", ("FR",))
    assert (market.deadline, market.deadline_text) == ("2026-05-31", None)
    assert items["印发分工方案"].lead_unit == "区创建办"


def test_a_touched_cell_leaves_the_other_fields_and_the_comments_alone(plan: Path) -> None:
    before = spec_of(plan).items[0]
    after = applied(plan, corrected(plan, {("i-streets", "牵头单位"): "城市管理局"}))["清理主次干道"]
    assert after == before.model_copy(update={"lead_unit": "城市管理局"})
    text = plan.read_text(encoding="utf-8")
    assert "# 重点" in text
    assert "# 市场口" in text
    changed = [(old, new) for old, new in zip(PLAN.split("\n"), text.split("\n"), strict=True) if old != new]
    assert changed == [("    lead_unit: 城管局", "    lead_unit: 城市管理局")]


def test_a_material_that_stays_in_its_line_keeps_what_a_cell_would_divide(plan: Path) -> None:
    found = corrected(plan, {("i-streets", "资料"): "台账,含照片(2份,纸质)\n整改清单、总结"})
    materials = applied(plan, found)["清理主次干道"].materials
    assert [(material.name, material.copies) for material in materials] == [("台账,含照片", 2), ("整改清单", None), ("总结", None)]


def test_a_cleared_cell_clears_the_field(plan: Path) -> None:
    item = applied(plan, corrected(plan, {("i-streets", "牵头单位"): None, ("i-streets", "完成时限"): None, ("i-streets", "责任单位"): None}))["清理主次干道"]
    assert (item.lead_unit, item.deadline, item.responsible_units) == (None, None, ())


def test_a_row_without_a_key_is_a_new_item_with_one(plan: Path) -> None:
    found = corrected(plan, {}, [{"任务": "亮化工程", "牵头单位": "住建局", "完成时限": "2026-10-15", "资料": "方案、总结"}])
    item = applied(plan, found)["亮化工程"]
    assert (item.lead_unit, item.deadline, len(item.materials)) == ("住建局", "2026-10-15", 2)
    assert item.key


def test_a_row_copied_with_its_key_is_new_too(plan: Path) -> None:
    found = corrected(plan, {}, [{"任务": "清理背街小巷", KEY: "i-streets"}])
    assert [item.title for item in found.added] == ["清理背街小巷"]
    assert found.changes == ()


def test_a_row_that_is_gone_is_named_and_removed_only_when_asked(plan: Path) -> None:
    found = corrected(plan, {}, drop="i-market")
    assert [item.key for item in found.missing] == ["i-market"]
    assert len(applied(plan, found)) == 3
    assert len(applied(plan, found, ("i-market",))) == 2


def test_a_date_typed_as_a_date_is_a_deadline(plan: Path) -> None:
    import datetime as dt

    found = corrected(plan, {("i-streets", "完成时限"): dt.datetime(2026, 8, 15)})  # type: ignore[dict-item] # what Excel makes of a typed date
    assert found.changes[0].fields["deadline"] == "2026-08-15"


def test_a_title_that_looks_like_a_formula_stays_text(plan: Path) -> None:
    write_workbook(spec_of(plan), plan.with_suffix(".xlsx"))
    sheet: Any = openpyxl.load_workbook(plan.with_suffix(".xlsx"))["任务分解表"]
    types = {cell.data_type for row in sheet.iter_rows(min_row=4) for cell in row if cell.value == "=1+1"}
    assert types == {"s"}


@pytest.mark.parametrize(
    ("column", "text", "words"),
    [("任务", None, "任务是空的"), ("阶段", "没有的阶段", "可填 集中整治")],
)
def test_a_cell_that_cannot_be_right_is_refused_with_its_row(plan: Path, column: str, text: str | None, words: str) -> None:
    with pytest.raises(BadPlan, match="第 4 行") as refused:
        corrected(plan, {("i-streets", column): text})
    assert words in refused.value.message


def test_a_workbook_of_another_plan_or_from_elsewhere_is_refused(plan: Path, tmp_path: Path) -> None:
    write_workbook(spec_of(plan), plan.with_suffix(".xlsx"))
    other = PlanSpec(title="别的方案", items=(Item(title="别的任务"),))
    with pytest.raises(BadPlan) as refused:
        read_corrections(plan.with_suffix(".xlsx"), other)
    assert refused.value.code == "other_plan"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["任务", "牵头单位"])
    book.save(tmp_path / "外来.xlsx")
    with pytest.raises(BadPlan) as refused:
        read_corrections(tmp_path / "外来.xlsx", spec_of(plan))
    assert refused.value.code == "no_review_sheet"


def test_the_columns_are_those_that_administrators_expect() -> None:
    assert {"序号", "任务", "牵头单位", "责任单位", "完成时限", "资料", "来源段落"} <= {name for _, name, _ in ITEM_COLUMNS}
