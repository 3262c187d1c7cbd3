"""撤销启动: undone before anybody was told, refused afterwards."""

from __future__ import annotations

import pytest

from campaign.errors import Conflict
from campaign.records.campaigns import need_unit
from campaign.records.people import rolls
from campaign.rules.calendar import campaign_day
from campaign.work.planning.discard import discard
from tests.world import SLUG, World, item, plan


def undo(world: World) -> int:
    with world.store.begin() as tx:
        return discard(tx, tx.merge(world.campaign()), world.by())


def test_a_wrong_launch_is_undone_and_its_slug_is_free_again(world: World) -> None:
    world.launch(plan([item(1), item(2)]))
    world.go("2026-03-02").work_phase()

    assert undo(world) == 2

    assert {duty.state for duty in world.duties()} == {"cancelled"}
    assert world.verify() == []
    assert world.launch(plan([item(1)])).created == 1
    assert world.campaign().slug == SLUG
    assert world.verify() == []


def test_once_a_notice_has_gone_out_a_launch_is_not_undone(world: World) -> None:
    world.opened()

    with pytest.raises(Conflict, match="已经发出"):
        undo(world)
    assert world.duty().state == "open"


def test_units_that_only_the_wrong_launch_entered_leave_the_roll_and_others_stay(world: World) -> None:
    world.launch(plan([item(1, lead_unit="示例老局")], title="示例区先前的方案"), slug="earlier")
    wrong = plan(
        [item(1, lead_unit="示例错局"), item(2, lead_unit="示例老局"), item(3, lead_unit="示例有人局"), item(4, lead_unit="示例同用局")],
        units=[{"name": "示例错局", "aliases": ["错局"]}],
    )
    world.launch(wrong)
    world.launch(plan([item(1, lead_unit="示例同用局")], title="示例区另一个方案"), slug="other")
    with world.store.begin() as tx:
        rolls.post_of(tx, need_unit(tx, "示例有人局"), "contact", "单位联络员")

    undo(world)

    with world.store.read() as tx:
        listed = {unit.name for unit in rolls.list_units(tx, campaign_day(world.now))}
    assert {"示例老局", "示例有人局", "示例同用局"} <= listed
    assert "示例错局" not in listed
    assert world.launch(wrong).created == 4
    assert world.unit("错局").state == "active"
    assert world.verify() == []
