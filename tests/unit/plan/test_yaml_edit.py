"""Edits of a hand-written plan change what they are asked to change, and nothing else."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import BadPlan
from campaign.plan.check_view import leads_of
from campaign.plan.spec import Item, Phase, PlanSpec
from campaign.plan.yaml_edit import add_only_phase, assume_lead, edited, update
from campaign.plan.yaml_file import load_plan
from campaign.plan.yaml_text import to_yaml

PLAN = """\
# 云河区,第二稿
title: 云河区创建卫生城区方案   # 报审稿
kind: campaign_plan

items:
- title: 清理街面   # 重点
  number: 1、

# 第二项由城管口负责
- title: "整治集贸市场"
  lead_unit:   # 待定
  deadline: 2027-01-01
- {title: 印发倡议书, lead_unit: __}
- title: 整治河道
  lead_unit: 水务局 # 已商定
- title: 社区大扫除
  unit_class: 社区

# 尾注
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "方案.yaml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_each_blank_lead_is_filled_marked_and_listed_with_its_line(plan: Path) -> None:
    filled = assume_lead(plan, "区创建办")
    rows = plan.read_text(encoding="utf-8").split("\n")
    assert [entry.title for entry in filled] == ["清理街面", "整治集贸市场", "印发倡议书"]
    for entry in filled:
        assert entry.title in rows[entry.line - 1]
    items = load_plan(plan).spec.items
    assert [(item.lead_unit, item.assumed) for item in items] == [
        ("区创建办", True),
        ("区创建办", True),
        ("区创建办", True),
        ("水务局", False),
        (None, False),
    ]


def test_comments_and_all_other_lines_stay(plan: Path) -> None:
    assume_lead(plan, "区创建办")
    text = plan.read_text(encoding="utf-8")
    for line in PLAN.split("\n"):
        if "lead_unit:   #" not in line and "__" not in line:
            assert line in text.split("\n")
    assert "# 待定" in text
    # A comment in front of an entry stays in front of it.
    assert text.index("assumed: true") < text.index("# 第二项由城管口负责") < text.index("整治集贸市场")


def test_filling_twice_changes_nothing_more(plan: Path) -> None:
    assume_lead(plan, "区创建办")
    once = plan.read_bytes()
    assert assume_lead(plan, "另一个单位") == []
    assert plan.read_bytes() == once


def test_a_blank_name_is_refused_and_the_file_stays(plan: Path) -> None:
    with pytest.raises(BadPlan, match="单位名"):
        assume_lead(plan, "  ")
    assert plan.read_text(encoding="utf-8") == PLAN


def test_a_plan_without_phases_gets_one_rollout_phase(plan: Path) -> None:
    add_only_phase(plan, "2026-09-01", "2026-12-31")
    (phase,) = load_plan(plan).spec.phases
    assert (phase.name, phase.kind, phase.start, phase.end) == ("推进", "rollout", "2026-09-01", "2026-12-31")
    with pytest.raises(BadPlan, match="已有 1 个阶段"):
        add_only_phase(plan, "2026-09-01", "2026-12-31")


@pytest.mark.parametrize("indent", ["  - title: 甲\n    number: 2、\n", "- title: 甲\n  number: 2、\n"], ids=["indented", "flush"])
def test_the_indentation_of_the_file_is_kept(indent: str) -> None:
    text = f"title: 方案\nitems:\n{indent}"

    def edit(document: object) -> None:
        update(document["items"][0], {"lead_unit": "乙"})  # type: ignore[index] # ruamel's map has no type

    assert edited(text, edit) == text.replace("甲\n", "甲\n" + " " * (indent.index("t")) + "lead_unit: 乙\n")


def test_an_edit_that_would_break_the_plan_leaves_the_file_alone(plan: Path) -> None:
    with pytest.raises(BadPlan):
        add_only_phase(plan, "九月", "2026-12-31")
    assert plan.read_text(encoding="utf-8") == PLAN
    assert [path.name for path in plan.parent.iterdir()] == ["方案.yaml"]


titles = st.sampled_from(["清理街面", "=公式", "含: 冒号", "# 井号", "‘引号’", "很长" * 30])
leads = st.sampled_from([None, "城管局", "__", "", ("城管局", "住建局")])
entries_of = st.lists(st.builds(Item, title=titles, lead_unit=leads, deadline=st.sampled_from([None, "2026-09-30", "launch+3d"])), max_size=4).map(tuple)


@settings(max_examples=40, deadline=None)
@given(st.builds(PlanSpec, title=titles, items=entries_of, phases=st.lists(st.builds(Phase, name=titles, tasks=entries_of), max_size=2).map(tuple)))
def test_filling_leads_changes_only_blank_leads_of_any_plan(spec: PlanSpec) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "方案.yaml"
        path.write_text(to_yaml(spec), encoding="utf-8")
        filled = assume_lead(path, "区创建办")
        after = load_plan(path).spec

    def expected(item: Item) -> Item:
        return item.model_copy(update={"lead_unit": "区创建办", "assumed": True}) if not leads_of(item) else item

    phases = tuple(phase.model_copy(update={"tasks": tuple(map(expected, phase.tasks))}) for phase in spec.phases)
    assert after == spec.model_copy(update={"items": tuple(map(expected, spec.items)), "phases": phases})
    assert len(filled) == sum(not leads_of(item) for item in (*spec.items, *(task for phase in spec.phases for task in phase.tasks)))
