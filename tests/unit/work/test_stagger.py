"""倒排工期 in the records: what is proposed, what a person chose, and what may not be moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from campaign.errors import CampaignError
from campaign.records.campaigns import find_campaign
from campaign.records.duty import staggered
from campaign.records.statements import table_of
from campaign.records.tables import Event, Notice
from campaign.work.planning.phases import shift_phase
from campaign.work.planning.stagger import Staggering, move_deadlines, propose_deadlines
from tests.world import ROLLOUT, SLUG, World, day_of, item, phase, plan

NOTICE = table_of(Notice)


def proposed(world: World, **how: Any) -> Staggering:
    with world.store.read() as tx:
        return propose_deadlines(tx, find_campaign(tx, SLUG), world.now, **how)


def moved(world: World, moves: Mapping[int, date]) -> int:
    with world.store.begin() as tx:
        return move_deadlines(tx, find_campaign(tx, SLUG), moves, world.by())


def days(world: World) -> list[date]:
    return [day_of(duty.due_at) for duty in world.duties()]


def test_only_what_has_no_deadline_of_its_own_is_proposed_a_day_and_launch_warns_of_the_crowd(world: World) -> None:
    done = world.launch(plan([*(item(number) for number in range(1, 6)), item(6, deadline="2026-03-12")]))
    assert any("3 月 31 日有 5 件到期" in warning for warning in done.warnings)
    assert any("campaign stagger demo" in warning for warning in done.warnings)

    found = proposed(world)

    assert sorted(found.proposals) == [1, 2, 3, 4]  # the fifth keeps the last day, the sixth has its own
    assert [slot.proposed_on for slot in found.slots] == sorted(slot.proposed_on for slot in found.slots if slot.proposed_on)
    assert found.left == ()


def test_proposals_taken_are_marked_and_are_kept_by_the_next_launch_of_a_changed_plan(world: World) -> None:
    rows = [item(number) for number in range(1, 6)]
    world.launch(plan(rows))
    wanted = proposed(world).proposals
    assert moved(world, wanted) == 4
    assert moved(world, wanted) == 0
    assert [duty.due_source for duty in world.duties()] == ["proposed"] * 4 + ["phase"]
    before = days(world)

    world.launch(plan([*rows, item(9)]))

    assert days(world)[:5] == before
    assert [duty.revision for duty in world.duties()] == [1] * 6
    assert world.verify() == []


def test_a_shortened_phase_takes_back_only_the_days_behind_its_end(world: World) -> None:
    world.launch(plan([item(number) for number in range(1, 6)]))
    moved(world, {1: date(2026, 3, 13), 2: date(2026, 3, 27)})
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        shift_phase(tx, campaign, tx.get_one(type(world.phase()), 1), world.by(), starts_on=None, ends_on=date(2026, 3, 20))
    assert days(world) == [date(2026, 3, 13)] + [date(2026, 3, 20)] * 4


def test_who_was_told_already_gets_one_notice_and_the_day_of_the_move_stands_in_the_duty_s_history(world: World) -> None:
    world.opened(plan([item(1), item(2)]))
    assert moved(world, {1: date(2026, 3, 18), 2: date(2026, 3, 18)}) == 2
    assert len(world.notices(NOTICE.c.kind == "调整通知")) == 1
    assert world.duty(1).revision == 2
    assert world.duty(1).first_due_at != world.duty(1).due_at
    assert len(world.rows(Event, table_of(Event).c.verb == "redate")) == 2
    assert world.verify() == []


@pytest.mark.parametrize(
    ("moves", "why"),
    [
        ({1: date(2026, 4, 2)}, "2026-03-02 至 2026-03-31 之间"),
        ({1: date(2026, 3, 3)}, "不早于 2026-03-05"),
        ({1: date(2026, 3, 14)}, "当天休息"),
        ({2: date(2026, 3, 18)}, "由方案或经批准确定"),
        ({99: date(2026, 3, 18)}, "#99"),
    ],
    ids=["outside", "too soon for who was told", "rest day", "its own deadline", "unknown"],
)
def test_one_day_that_cannot_be_refuses_them_all_by_name(world: World, moves: dict[int, date], why: str) -> None:
    world.opened(plan([item(1), item(2, deadline="2026-03-20"), item(3)]))
    before = days(world)
    with pytest.raises(CampaignError, match="没有改动任何期限") as refused:
        moved(world, {3: date(2026, 3, 18)} | moves)
    assert why in refused.value.message
    assert days(world) == before


def test_what_is_finished_or_overdue_is_not_moved(lite: World) -> None:
    lite.opened(plan([item(1), item(2)], phases=[phase("p1", "rollout", "2026-03-02", "2026-03-06"), ROLLOUT | {"key": "p2", "name": "后段"}]))
    lite.change("waive", 1)
    lite.go("2026-03-09")
    assert proposed(lite).slots == ()
    with pytest.raises(CampaignError, match="已经逾期"):
        moved(lite, {2: date(2026, 3, 20)})


def test_one_unit_alone_is_proposed_what_it_would_get_among_all(world: World) -> None:
    units = ("示例甲局", "示例乙局", "示例丙局")
    second = phase("p2", "rollout", "2026-04-01", "2026-04-30")
    rows = [item(number, lead_unit=unit, phase=("p1", "p2")[number % 2]) for number, unit in enumerate(units * 4, 1)]
    world.launch(plan(rows, [ROLLOUT, second]))
    world.work_phase()
    moved(world, {1: proposed(world).slots[0].due_on})
    whole = proposed(world)
    with world.store.read() as tx:
        campaign = find_campaign(tx, SLUG)
        among = staggered.rooms(tx, campaign, world.now)
        parts = [propose_deadlines(tx, campaign, world.now, unit_id=unit_id, among=among) for unit_id in dict.fromkeys(room.unit_id for room in among)]
    assert [slot for part in parts for slot in part.slots] == list(whole.slots)
    assert {key: load for part in parts for key, load in part.loads.items()} == dict(whole.loads)
    assert sum(room.movable for room in among) == len(whole.slots)
    assert any(slot.proposed_on != slot.due_on for slot in whole.slots)
