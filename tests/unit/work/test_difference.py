"""A changed plan is told before it is applied: nothing is done without agreement to exactly that difference."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.plan.spec import PlanSpec
from campaign.records.tables import Duty, PlanVersion, Unit
from campaign.work.planning.difference import Difference, Unseen, launch_as_agreed
from campaign.work.planning.launch import Launched
from tests.world import LADDERS, ROLLOUT, SLUG, World, item, phase, plan

FIRST, SECOND = item(1, deadline="2026-03-20"), item(2, lead_unit="示例乙局")


def apply(world: World, spec: PlanSpec, agreed: str = "") -> tuple[Launched, bool]:
    with world.store.begin() as tx:
        return launch_as_agreed(tx, spec, world.by(), ladders=LADDERS, slug=SLUG, agreed=agreed)


def shown(world: World, spec: PlanSpec, agreed: str = "") -> Difference:
    with pytest.raises(Unseen) as refused:
        apply(world, spec, agreed)
    return refused.value.difference


def lines(difference: Difference) -> dict[str, tuple[str, ...]]:
    return {group.title: group.lines for group in difference.groups}


def everything(world: World) -> list[Any]:
    return [[row.model_dump() for row in world.rows(table)] for table in (Duty, Unit, PlanVersion)]


def test_a_new_campaign_needs_no_agreement_and_the_same_plan_again_neither(world: World) -> None:
    assert apply(world, plan([FIRST, SECOND]))[1] is True
    done, fresh = apply(world, plan([FIRST, SECOND]))
    assert (done.changed, done.created, fresh) == ([], 0, False)


def test_what_is_added_cancelled_redated_and_given_to_others_is_told_and_not_done(world: World) -> None:
    world.opened(plan([FIRST, SECOND, item(3)]))
    before = everything(world)
    told = lines(shown(world, plan([item(1, deadline="2026-03-25"), item(2, lead_unit="示例丙局"), item(4)])))
    assert told["任务"] == ("新增「示例任务4」", "取消「示例任务3」")
    assert told["改派"] == ("「示例任务2」的牵头单位：示例乙局 → 示例丙局",)
    assert [line.split("：")[0] for line in told["新增应办事项"]] == ["示例丙局", "示例甲局"]
    assert all("2026-03-31 前" in line for line in told["新增应办事项"])
    assert {line.split("：")[0] for line in told["取消应办事项"]} == {"示例乙局", "示例甲局"}
    assert [line.partition("）：")[2] for line in told["调整期限"]] == ["2026-03-20 → 2026-03-25"]
    assert told["新建单位"] == ("示例丙局",)
    assert everything(world) == before


def test_what_was_agreed_to_is_done(world: World) -> None:
    world.opened(plan([FIRST, SECOND]))
    changed = plan([item(1, deadline="2026-03-25")])
    difference = shown(world, changed)
    done, fresh = apply(world, changed, difference.digest)
    assert (len(done.changed), fresh) == (2, False)
    assert len(world.rows(PlanVersion)) == 2
    assert world.verify() == []


def test_agreement_to_one_difference_is_none_to_another(world: World) -> None:
    world.opened(plan([FIRST, SECOND]))
    agreed = shown(world, plan([FIRST])).digest
    world.launch(plan([item(1, deadline="2026-03-27"), SECOND]))  # somebody else was quicker
    before = everything(world)
    assert shown(world, plan([FIRST]), agreed).digest != agreed
    assert everything(world) == before


def test_phases_words_and_materials_are_told_too(world: World) -> None:
    world.opened(plan([item(1, text="旧文字", materials=[{"name": "台账"}])]))
    later = phase("p1", "rollout", "2026-03-02", "2026-04-10")
    told = lines(shown(world, plan([item(1, text="新文字", materials=[{"name": "总结"}])], [later])))
    assert told["阶段、迎检和周期"] == ("阶段「p1阶段」的结束日期：2026-03-31 → 2026-04-10",)
    assert told["任务"] == ("「示例任务1」的文字说明有修改", "「示例任务1」的资料：增加总结；去掉台账")


def test_a_change_of_nothing_but_the_plans_own_words_is_asked_about_too(world: World) -> None:
    world.launch(plan([FIRST]))
    assert shown(world, plan([FIRST], basis=["另一依据"])).groups == ()


def test_what_comes_back_is_no_addition(world: World) -> None:
    world.opened(plan([FIRST, SECOND]))
    world.launch(plan([FIRST]))
    told = lines(shown(world, plan([FIRST, SECOND], [ROLLOUT])))
    assert [line.split("：")[0] for line in told["恢复应办事项"]] == ["示例乙局"]
    assert "新增应办事项" not in told
