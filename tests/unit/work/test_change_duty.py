"""签收, 延期, 暂缓, 恢复, 免报, 取消 and awaited events."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Event, Notice
from campaign.work.planning.phases import close_phase
from tests.world import ROLLOUT, World, at, item, phase, plan

DUTY, NOTICE, EVENT = table_of(Duty), table_of(Notice), table_of(Event)
NEAR = plan([item(1, deadline="2026-03-10")])
LATER = at("2026-03-21T00:00")


def test_an_extension_keeps_the_rung_as_floor_and_the_first_deadline_visible(world: World) -> None:
    world.opened(NEAR).climb(4)
    world.change("extend", 1, at("2026-04-21T00:00"))

    duty = world.duty()
    assert (duty.revision, duty.rung, duty.floor_rung, duty.due_source) == (2, 0, 4, "extended")
    assert (duty.due_at, duty.first_due_at) == (at("2026-04-21T00:00"), at("2026-03-11T00:00"))
    world.climb(4, deliver_last=False)
    assert world.verify() == []


@pytest.mark.parametrize("to", [pytest.param("2026-03-11T00:00", id="no later"), pytest.param("2026-03-01T00:00", id="past")])
def test_an_extension_goes_forward(lite: World, to: str) -> None:
    lite.opened(NEAR)
    with pytest.raises(CampaignError, match="晚于"):
        lite.change("extend", 1, at(to))


def test_suspended_time_stands_still_and_as_many_working_days_are_left_afterwards(world: World) -> None:
    world.opened(NEAR).go("2026-03-04")
    world.change("suspend")
    assert (world.duty().state, world.duty().next_rung_at) == ("suspended", None)
    assert world.go("2026-03-30").escalate() == 0

    world.go("2026-04-01")
    world.change("resume")

    assert (world.duty().state, world.duty().due_at) == ("open", at("2026-04-09T00:00"))
    assert world.verify() == []


def test_what_was_overdue_stays_overdue_after_a_suspension(world: World) -> None:
    world.opened(NEAR).climb(4)
    world.change("suspend")
    world.go("2026-04-01")
    world.change("resume")

    due_at = world.duty().due_at
    assert due_at is not None
    assert due_at < world.now
    assert world.duty().floor_rung == 4
    assert world.verify() == []


def test_returned_work_is_still_returned_after_a_suspension(world: World) -> None:
    world.opened(NEAR).submit()
    world.review(accept=False)
    world.change("suspend")
    world.change("resume")

    assert world.duty().state == "returned"
    assert world.verify() == []


@pytest.mark.parametrize("way", ["waive", "cancel", "extend", "suspend"])
def test_a_change_needs_its_reason(lite: World, way: str) -> None:
    lite.opened(NEAR)
    more: tuple[Any, ...] = (LATER,) if way == "extend" else ()
    with pytest.raises(CampaignError, match="理由"):
        lite.change(way, 1, *more, reason=" ")


@pytest.mark.parametrize("way", ["waive", "cancel", "extend", "suspend", "acknowledge"])
def test_a_finished_duty_changes_no_more(lite: World, way: str) -> None:
    lite.opened(NEAR).submit()
    lite.review()
    more: tuple[Any, ...] = (LATER,) if way == "extend" else ()
    with pytest.raises(Conflict, match="已办结"):
        lite.change(way, 1, *more)


def test_the_first_acknowledgement_counts(world: World) -> None:
    world.opened(NEAR)
    world.change("acknowledge")
    first = world.duty().acked_at
    world.wait(days=1).change("acknowledge")

    assert world.duty().acked_at == first
    assert len(world.rows(Event, EVENT.c.verb == "ack")) == 1


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        pytest.param("event:示例活动", "2026-03-19T00:00", id="the day itself"),
        pytest.param("event:示例活动+3d", "2026-03-22T00:00", id="days after"),
        pytest.param("event:示例活动+3wd", "2026-03-24T00:00", id="working days after"),
    ],
)
def test_an_awaited_event_gives_the_deadline_opens_the_duty_and_tells_the_unit(world: World, deadline: str, due: str) -> None:
    world.opened(plan([item(1, deadline=deadline)]))
    assert (world.duty().state, world.duty().due_at) == ("waiting", None)

    world.go("2026-03-18")
    assert world.happened("示例活动") == 1

    assert (world.duty().state, world.duty().due_at) == ("open", at(due))
    assert world.notices(NOTICE.c.kind == "任务分解通知")
    assert world.verify() == []


def test_an_event_in_a_phase_not_begun_waits_for_it_and_in_a_closed_one_opens(world: World) -> None:
    later = phase("p2", "consolidation", "2026-04-01", "2026-04-30")
    world.opened(plan([item(1, deadline="event:示例活动+30d"), item(2, phase="p2", deadline="event:示例活动+40d")], [ROLLOUT, later]))
    with world.store.begin() as tx:
        close_phase(tx, tx.merge(world.campaign()), tx.merge(world.phase("p1")), world.by())

    world.happened("示例活动")

    assert (world.states()["item:i1/perform/unit:U001"], world.states()["item:i2/perform/unit:U001"]) == ("open", "waiting")
    world.go("2026-04-01").work_phase("p2")
    assert world.states()["item:i2/perform/unit:U001"] == "open"


def test_what_waits_for_an_event_has_no_deadline_to_extend(lite: World) -> None:
    lite.opened(plan([item(1, deadline="event:示例活动")]))
    with pytest.raises(Conflict, match="示例活动"):
        lite.change("extend", 1, LATER)


def test_every_change_is_logged_with_actor_and_reason(world: World) -> None:
    world.opened(NEAR)
    world.change("extend", 1, LATER, reason="示例延期理由")
    world.change("suspend", 1, reason="示例暂缓理由")
    world.change("resume")
    world.change("waive", 1, reason="示例免报理由")

    told = [(event.verb, event.actor, event.reason) for event in world.rows(Event, EVENT.c.subject == "duty")]
    assert told == [(verb, "示例审核员", f"示例{reason}") for verb, reason in
                    (("extend", "延期理由"), ("suspend", "暂缓理由"), ("resume", "理由"), ("waive", "免报理由"))]  # fmt: skip
