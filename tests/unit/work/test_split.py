"""分解到下级: parts for the units below, done before the whole, climbing no higher than 催办."""

from __future__ import annotations

from datetime import datetime

import pytest

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.campaigns import find_duty, find_unit
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Unit
from campaign.work.duty.requests import ask_refusal, reassign
from campaign.work.duty.split import split_duty, undo_split
from tests.world import World, at, item, plan

DUTY = table_of(Duty)
BELOW = ("示例一社区", "示例二社区")
NEAR = plan([item(1, deadline="2026-03-10", responsible_units=["示例丙局"])])
WHOLE = "item:i1/perform/unit:U001"


def with_communities(world: World) -> World:
    """示例甲局 has two units below it, and one more that lies elsewhere."""
    world.opened(NEAR)
    with world.store.begin() as tx:
        above = find_unit(tx, "示例甲局")
        assert above is not None
        for number, name in enumerate((*BELOW, "示例别处社区"), 900):
            tx.add(Unit(code=f"U{number}", name=name, parent_id=above.id if name in BELOW else None))
    return world


def whole(world: World) -> int:
    return world.duties(DUTY.c.unit_id == world.unit("示例甲局").id, DUTY.c.kind == "perform", DUTY.c.parent_id.is_(None))[0].id


def split(world: World, *names: str, due_at: datetime | None = None, duty: int | None = None) -> list[Duty]:
    with world.store.begin() as tx:
        units = [found for name in names or BELOW if (found := find_unit(tx, name)) is not None]
        return split_duty(tx, find_duty(tx, duty or whole(world)), units, world.by("示例甲局干部"), due_at=due_at)


def parts(world: World) -> list[Duty]:
    return world.duties(DUTY.c.parent_id == whole(world))


def test_each_unit_below_gets_a_part_that_is_due_with_the_whole_and_is_told(world: World) -> None:
    with_communities(world)
    split(world)
    made = parts(world)
    assert [(part.state, part.due_at, part.required) for part in made] == [("open", at("2026-03-11T00:00"), False)] * 2
    assert [part.origin for part in made] == [f"split:duty:{whole(world)}/unit:U{number}" for number in (900, 901)]
    assert {notice.unit_id for notice in world.notices() if notice.kind == "任务分解通知" and notice.state == "open"} == {part.unit_id for part in made}
    assert world.verify() == []


def test_splitting_twice_makes_nothing_twice(lite: World) -> None:
    with_communities(lite)
    assert len(split(lite, BELOW[0])) == 1
    assert len(split(lite)) == 1
    assert split(lite) == []
    assert len(parts(lite)) == 2


def test_the_whole_is_handed_in_only_when_its_parts_are_done(world: World) -> None:
    with_communities(world)
    split(world)
    with pytest.raises(Conflict, match="还有 2 个单位没有办结：示例一社区、示例二社区"):
        world.submit(whole(world))
    one, other = parts(world)
    world.submit(one.id, "示例一社区干部")
    assert [row.unit_id for row in world.duties(DUTY.c.kind == "review", DUTY.c.state == "open")] == [world.unit("示例甲局").id], "the unit above judges it"
    world.review(one.id, "示例甲局干部")
    world.change("waive", other.id)
    world.submit(whole(world))
    world.review(whole(world))
    assert world.duty(whole(world)).state == "accepted"
    assert world.verify() == []


def test_a_part_climbs_to_urging_and_the_whole_goes_on_from_there(world: World) -> None:
    with_communities(world)
    split(world)
    part = parts(world)[0].id
    world.climb(4, one=whole(world))
    world.sign_all()
    assert world.duty(part).rung == 3
    world.go("2026-04-20").sweep()
    world.deliver()
    assert (world.duty(part).rung, world.duty(part).next_rung_at) == (3, None)
    assert world.verify() == []


@pytest.mark.parametrize("due", ["2026-03-12T00:00", "2026-03-02T00:00"], ids=["later than the whole", "in the past"])
def test_a_part_is_due_no_later_than_the_whole_and_not_in_the_past(lite: World, due: str) -> None:
    with_communities(lite)
    with pytest.raises(CampaignError, match="不能晚于本单位的期限 2026-03-10"):
        split(lite, due_at=at(due))
    assert parts(lite) == []


def test_only_units_directly_below_get_a_part(lite: World) -> None:
    with_communities(lite)
    with pytest.raises(NotAllowed, match="示例别处社区不是本单位的直接下属单位"):
        split(lite, BELOW[0], "示例别处社区")
    assert parts(lite) == []


def test_a_part_is_not_split_again(lite: World) -> None:
    with_communities(lite)
    split(lite)
    with pytest.raises(Conflict, match="只分解一层"):
        split(lite, duty=parts(lite)[0].id)


def test_a_split_is_undone_before_work_started_and_may_be_made_again(world: World) -> None:
    with_communities(world)
    split(world)
    with world.store.begin() as tx:
        assert undo_split(tx, find_duty(tx, whole(world)), world.by("示例甲局干部")) == 2
    assert {part.state for part in parts(world)} == {"cancelled"}
    world.wait(hours=1)
    split(world, BELOW[0])
    assert [part.origin.rpartition("/")[2] for part in parts(world) if part.state == "open"] == ["2"]
    assert world.verify() == []


def test_a_split_is_not_undone_once_somebody_handed_in(lite: World) -> None:
    with_communities(lite)
    split(lite)
    lite.submit(parts(lite)[0].id, "示例一社区干部")
    with pytest.raises(Conflict, match="已经开始办理"), lite.store.begin() as tx:
        undo_split(tx, find_duty(tx, whole(lite)), lite.by())


@pytest.mark.parametrize("way", ["waive", "cancel"])
def test_parts_end_with_the_whole_and_so_do_their_reviews(world: World, way: str) -> None:
    with_communities(world)
    split(world)
    world.submit(parts(world)[0].id, "示例一社区干部")
    world.change(way, whole(world))
    assert {part.state for part in parts(world)} == {"cancelled"}
    assert world.duties(DUTY.c.kind == "review", DUTY.c.state == "open") == []
    assert world.verify() == []


def test_parts_rest_and_go_on_with_the_whole(world: World) -> None:
    with_communities(world)
    split(world)
    world.wait(hours=1).change("suspend", whole(world))
    assert {part.state for part in parts(world)} == {"suspended"}
    world.go("2026-03-20").change("resume", whole(world))
    assert {(part.state, part.due_at) for part in parts(world)} == {("open", world.duty(whole(world)).due_at)}
    assert world.verify() == []


def test_a_part_is_extended_only_as_far_as_the_whole(lite: World) -> None:
    with_communities(lite)
    split(lite, due_at=at("2026-03-08T00:00"))
    part = parts(lite)[0].id
    with pytest.raises(CampaignError, match="不能晚于示例甲局的期限 2026-03-10"):
        lite.change("extend", part, at("2026-03-12T00:00"))
    lite.change("extend", part, at("2026-03-11T00:00"))
    assert lite.verify() == []


def test_a_part_returned_late_stays_due_no_later_than_the_whole(lite: World) -> None:
    with_communities(lite)
    split(lite)
    part = parts(lite)[0].id
    lite.go("2026-03-09").submit(part, "示例一社区干部")
    lite.review(part, "示例甲局干部", accept=False)
    assert (lite.duty(part).state, lite.duty(part).due_at) == ("returned", at("2026-03-11T00:00"))
    assert lite.verify() == []


def test_a_whole_that_is_due_earlier_draws_its_parts_along(lite: World) -> None:
    with_communities(lite)
    split(lite)
    earlier = plan([item(1, deadline="2026-03-06", responsible_units=["示例丙局"])])
    lite.launch(earlier)
    assert {part.due_at for part in parts(lite)} == {at("2026-03-07T00:00")}
    assert lite.verify() == []


def test_a_part_that_is_placed_elsewhere_still_belongs_to_the_whole(lite: World) -> None:
    with_communities(lite)
    split(lite, BELOW[0])
    with lite.store.begin() as tx:
        request = ask_refusal(tx, parts_in := find_duty(tx, parts(lite)[0].id), lite.by("示例一社区干部"))
        other = find_unit(tx, BELOW[1])
        assert other is not None
        moved = reassign(tx, request, other, lite.by())
        assert (moved.parent_id, parts_in.state) == (whole(lite), "cancelled")
    with pytest.raises(Conflict, match="还有 1 个单位没有办结：示例二社区"):
        lite.submit(whole(lite))
