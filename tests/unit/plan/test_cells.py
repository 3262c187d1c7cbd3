"""A cell of a task table is read as people mean it, and what we write into one is what we read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.plan.cells import due_in, material_text, materials_in, period_text, recurrence_in, units_by_role, units_in
from campaign.plan.spec import Material, Recurrence


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("城管局", ("城管局",)),
        ("城管局、住建局", ("城管局", "住建局")),
        ("城管局，住建局；水务局", ("城管局", "住建局", "水务局")),
        ("城管局\n住建局", ("城管局", "住建局")),
        ("城管局 住建局", ("城管局", "住建局")),
        ("牵头单位：城管局", ("城管局",)),
        ("城管局、住建局等有关部门", ("城管局", "住建局")),
        ("城管局、城管局", ("城管局",)),
        ("__", ()),
        ("xx", ()),
        ("/", ()),
        ("无", ()),
        ("", ()),
    ],
)
def test_the_units_of_a_cell(text: str, units: tuple[str, ...]) -> None:
    assert units_in(text) == units


def test_roles_inside_one_cell_are_told_apart() -> None:
    assert units_by_role("牵头单位：城管局\n配合单位：住建局、街道办") == {"lead": ("城管局",), "supporting": ("住建局", "街道办")}
    assert units_by_role("城管局、住建局") == {}
    assert units_by_role("水务局 配合:住建局") == {"responsible": ("水务局",), "supporting": ("住建局",)}


@pytest.mark.parametrize(
    ("text", "deadline"),
    [
        ("2026-09-30", "2026-09-30"),
        ("2026年9月30日", "2026-09-30"),
        ("9月底前", "2026-09-30"),
        ("9月1日至10月15日", "2026-10-15"),
        ("9月15日17:00前", "2026-09-15T17:00+08:00"),
        ("launch+3d", "launch+3d"),
        ("inspection-7d", "inspection-7d"),
    ],
)
def test_a_deadline_is_the_last_day_that_is_meant(text: str, deadline: str) -> None:
    assert due_in(text, 2026).deadline == deadline


def test_what_is_no_day_stays_as_words_and_a_period_is_a_period() -> None:
    assert due_in("节前", 2026).text == "节前"
    assert due_in("节前", 2026).deadline is None
    assert due_in("长期坚持", 2026).text is None
    assert due_in("__", 2026).text is None
    monthly = due_in("每月10日前", 2026)
    assert monthly.deadline is None
    assert monthly.text is None
    assert monthly.recurrence is not None
    assert (monthly.recurrence.every, monthly.recurrence.on) == ("month", ("10",))


@pytest.mark.parametrize(
    ("text", "materials"),
    [
        ("工作总结、图片", (Material(name="工作总结"), Material(name="图片"))),
        ("1.工作总结\n2.图片", (Material(name="工作总结"), Material(name="图片"))),
        ("工作总结（一式两份，纸质）", (Material(name="工作总结", copies=2, form="paper"),)),
        ("检查记录(不少于8次)", (Material(name="检查记录", count=8),)),
        ("总结(2026-10-31前,电子版)", (Material(name="总结", due="2026-10-31", form="electronic"),)),
        ("责任书(签字盖章件)", (Material(name="责任书(签字盖章件)"),)),
        ("台账3份", (Material(name="台账", copies=3),)),
        ("无", ()),
        ("", ()),
    ],
)
def test_the_materials_of_a_cell(text: str, materials: tuple[Material, ...]) -> None:
    assert materials_in(text, 2026) == materials


papers = st.builds(
    Material,
    name=st.sampled_from(["工作总结", "台账", "图片", "整改清单", "责任书(盖章件)"]),
    copies=st.none() | st.integers(1, 99),
    count=st.none() | st.integers(1, 99),
    form=st.sampled_from([None, "electronic", "paper", "both"]),
    due=st.sampled_from([None, "2026-10-31", "launch+3d", "inspection-7d"]),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(papers, max_size=4, unique_by=lambda material: material.name))
def test_what_is_written_for_materials_is_read_back(materials: list[Material]) -> None:
    assert materials_in("\n".join(map(material_text, materials)), 2026) == tuple(materials)


def test_a_period_is_written_in_words_that_are_read_back() -> None:
    for period in (Recurrence(every="month", on=("10",)), Recurrence(every="week", on=("FR",)), Recurrence(every="quarter"), Recurrence(every="day")):
        read = recurrence_in(period_text(period))
        assert read is not None
        assert (read.every, read.on) == (period.every, period.on)
    assert recurrence_in("") is None
