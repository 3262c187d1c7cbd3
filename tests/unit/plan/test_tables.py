"""A task table is known by its headings, whatever people call them, and gives an item for each of its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign.plan.documents import open_document
from campaign.plan.source import Line, SourceText
from campaign.plan.spec import Item
from campaign.plan.tables import explain, items_of_tables, task_tables
from tests.samples.plans import build


def table(*rows: list[str]) -> SourceText:
    return SourceText(tuple(Line(at, " ".join(filter(None, row)), None, 1, tuple(row)) for at, row in enumerate(rows, 1)))


def only(*rows: list[str]) -> Item:
    (item,) = items_of_tables(table(*rows), 2026)
    return item


@pytest.mark.parametrize(
    "title", ["任务", "重点任务", "工作任务", "任务事项", "工作内容", "整治措施", "主要工作", "事项", "具体任务", "任 务", "工作任务及要求"]
)
@pytest.mark.parametrize("lead", ["牵头单位", "牵头部门", "主办单位", "牵头责任单位", "牵头 单位", "牵头科室"])
def test_headings_are_known_by_their_synonyms(title: str, lead: str) -> None:
    item = only(["序号", title, lead], ["1", "清理街面", "城管局"])
    assert (item.title, item.lead_unit, item.number) == ("清理街面", "城管局", "1")


@pytest.mark.parametrize("heading", ["完成时限", "完成时间", "时限", "时间节点", "办结时限", "截止时间", "完成日期", "时间要求", "整改期限"])
def test_deadlines_are_known_by_their_synonyms(heading: str) -> None:
    assert only(["任务", heading], ["清理街面", "9月底前"]).deadline == "2026-09-30"


@pytest.mark.parametrize("heading", ["资料", "报送资料", "申报材料", "佐证材料", "材料清单", "所需材料", "成果形式"])
def test_materials_are_known_by_their_synonyms(heading: str) -> None:
    assert [material.name for material in only(["任务", heading], ["清理街面", "台账、图片"]).materials] == ["台账", "图片"]


def test_a_two_row_heading_with_merged_cells_is_one_heading() -> None:
    item = only(["序号", "任务", "责任分工", "责任分工"], ["序号", "任务", "牵头单位", "配合单位"], ["1", "清理街面", "城管局", "住建局"])
    assert (item.lead_unit, item.supporting_units) == ("城管局", ("住建局",))


def test_titles_sections_sums_and_repeated_headings_are_no_items() -> None:
    head = ["序号", "任务", "牵头单位"]
    source = table(
        ["任务分解表"] * 3, head, ["一、市容"] * 3, ["1", "清理街面", "城管局"], head, ["2", "清理小巷", "城管局"], ["", "", ""], ["合计", "2项", "x"]
    )
    assert [item.title for item in items_of_tables(source, 2026)] == ["清理街面", "清理小巷"]


def test_a_title_over_several_rows_leaves_the_name_to_the_content() -> None:
    source = table(["任务", "工作内容", "牵头单位"], ["街面", "清理乱堆", "城管局"], ["街面", "整治占道", "公安局"], ["河道", "清淤", "水务局"])
    assert [item.title for item in items_of_tables(source, 2026)] == ["清理乱堆", "整治占道", "河道"]


def test_units_of_one_cell_are_divided_by_their_roles() -> None:
    item = only(["任务", "责任单位"], ["清理街面", "牵头：城管局；配合：住建局、街道办"])
    assert (item.lead_unit, item.responsible_units, item.supporting_units) == ("城管局", (), ("住建局", "街道办"))


def test_a_responsible_unit_beside_a_supporting_column_leads() -> None:
    item = only(["任务", "责任单位", "配合单位"], ["清理街面", "城管局", "住建局"])
    assert (item.lead_unit, item.responsible_units) == ("城管局", ())


def test_a_responsible_column_alone_makes_no_lead() -> None:
    item = only(["任务", "责任单位"], ["清理街面", "城管局"])
    assert (item.lead_unit, item.responsible_units) == (None, ("城管局",))


def test_a_blank_lead_stays_blank() -> None:
    assert only(["任务", "牵头单位", "完成时限"], ["清理街面", "__", "9月底前"]).lead_unit is None


def test_line_text_phase_recipient_and_targets_are_kept() -> None:
    item = only(
        ["任务", "工作内容", "阶段", "报送对象", "牵头单位", "目标"],
        ["清理街面", "清理主次干道", "集中整治", "区创建办", "城管局", "覆盖率达90%以上"],
    )
    assert (item.line, item.phase, item.recipient) == (2, "集中整治", "区创建办")
    assert "清理主次干道" in item.text
    assert [(target.op, target.value, target.unit) for target in item.targets] == [(">=", 90, "%")]


@pytest.mark.parametrize(
    "rows",
    [
        [["姓名", "职务", "电话"], ["甲", "乙", "1"]],
        [["序号", "测评内容", "分值"], ["1", "街面", "5"]],
        [["组长", "区长"], ["副组长", "副区长"]],
        [["", ""], ["", ""]],
    ],
    ids=["contacts", "scores", "members", "empty"],
)
def test_a_table_that_hands_nothing_out_is_left_alone(rows: list[list[str]]) -> None:
    assert items_of_tables(table(*rows), 2026) == ()


def test_a_strange_table_is_explained_by_what_was_taken_and_what_is_missing() -> None:
    told = explain(table(["序号", "任务", "得分"], ["1", "清理", "5"]))
    assert "「任务」当作任务" in told
    assert "没有认出的列：得分" in told
    assert "缺 牵头单位、责任单位、完成时限、资料中的任一列" in told


def test_the_sample_workbook_gives_its_four_items(tmp_path: Path) -> None:
    source = open_document(build("食品安全任务分解表.xlsx", tmp_path))
    items = items_of_tables(source, 2026)
    assert len(task_tables(source)) == 1
    assert [(item.title, item.lead_unit, item.supporting_units, item.deadline) for item in items] == [
        ("对学校食堂开展全覆盖检查", "市场监管局", ("教育局", "卫生健康局"), "2026-05-31"),
        ("推行“明厨亮灶”,覆盖率达90%以上", "市场监管局", ("商务局",), "2026-09-30"),
        ("农贸市场", "农业农村局", ("市场监管局",), None),
        ("宣传引导", None, (), None),
    ]
    assert items[1].materials[0].copies == 2
    assert items[2].recurrence is not None
    assert items[2].recurrence.on == ("25",)
    assert items[3].deadline_text == "节前"
