"""撤销启动: undone before anybody was told, refused afterwards."""

from __future__ import annotations

import pytest

from campaign.errors import Conflict
from campaign.work.discard import discard
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
