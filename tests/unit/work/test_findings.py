"""问题 → 整改 → 他人复核 → 销号, and its rounds."""

from __future__ import annotations

import pytest

from campaign.errors import Conflict, NotAllowed
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Notice
from campaign.work.duty.rectify import withdraw_finding
from tests.world import World, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)


def found(world: World, severity: str = "normal") -> Duty:
    world.opened(plan())
    return world.find_problem(severity=severity)[1]


def test_a_finding_is_an_order_with_its_notice(world: World) -> None:
    order = found(world)

    assert (order.kind, order.state, order.origin, order.floor_rung) == ("rectify", "open", "rectify:finding:1/1", 0)
    assert [notice.kind for notice in world.notices(NOTICE.c.kind == "整改通知单")] == ["整改通知单"]
    assert world.verify() == []


def test_it_is_closed_by_the_recheck_of_another(world: World) -> None:
    order = found(world)
    world.submit(order.id, "示例整改人")
    assert (world.finding().state, world.duty("recheck:submission:1").kind) == ("rechecking", "recheck")

    with pytest.raises(NotAllowed, match="整改人"):
        world.review(order.id, "示例整改人")
    world.review(order.id, "示例复核员")

    closed = world.finding()
    assert (closed.state, closed.closed_by, closed.closed_at) == ("closed", "示例复核员", world.now)
    assert world.verify() == []


def test_whoever_rectified_an_earlier_version_cannot_recheck_either(world: World) -> None:
    order = found(world)
    world.submit(order.id, "示例整改人")
    world.submit(order.id, "另一整改人", "补充照片")

    with pytest.raises(NotAllowed):
        world.review(order.id, "示例整改人")


def test_a_failed_recheck_starts_the_next_round_one_rung_higher(world: World) -> None:
    order = found(world)
    world.submit(order.id, "示例整改人")
    world.review(order.id, "示例复核员", accept=False)

    again = world.duty("rectify:finding:1/2")
    assert (again.state, again.floor_rung, world.finding().round, world.finding().state) == ("open", 4, 2, "rectifying")
    assert world.duty(order.id).state == "cancelled"
    world.climb(4, deliver_last=False, one=again.id)
    assert world.verify() == []


def test_a_failed_recheck_does_not_wash_off_the_rung_that_the_round_had_reached(world: World) -> None:
    order = found(world)
    world.climb(5, one=order.id)
    world.submit(order.id, "示例整改人")
    world.review(order.id, "示例复核员", accept=False)

    assert world.duty("rectify:finding:1/2").floor_rung == 5


def test_the_same_problem_found_again_starts_one_rung_higher(world: World) -> None:
    order = found(world)
    world.submit(order.id, "示例整改人")
    world.review(order.id, "示例复核员")

    assert world.find_problem()[1].floor_rung == 4
    assert world.find_problem("另一问题")[1].floor_rung == 0


def test_an_unrectified_finding_climbs_like_any_duty(world: World) -> None:
    order = found(world)
    world.climb(6, one=order.id)

    assert world.verify() == []


def test_a_withdrawn_finding_cancels_its_order_and_its_recheck(world: World) -> None:
    order = found(world)
    world.submit(order.id, "示例整改人")
    with world.store.begin() as tx:
        withdraw_finding(tx, tx.merge(world.finding()), world.by())

    assert {world.states()[origin] for origin in ("rectify:finding:1/1", "recheck:submission:1")} == {"cancelled"}
    assert world.verify() == []


@pytest.mark.parametrize("way", ["waive", "cancel"])
def test_an_order_to_rectify_ends_with_its_finding_only(world: World, way: str) -> None:
    order = found(world)
    with pytest.raises(Conflict, match="撤销该问题"):
        world.change(way, order.id)


def test_findings_belong_to_open_phases(lite: World) -> None:
    lite.launch(plan())
    with pytest.raises(Conflict, match="尚未开启"):
        lite.find_problem()
