"""Launching a plan, launching it again, and launching what somebody changed in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from campaign.errors import BadPlan, Conflict
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Event, Item, PlanVersion, Series
from tests.world import ROLLOUT, World, at, item, phase, plan

DUTY = table_of(Duty)
WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}


def test_a_launch_makes_the_duties_of_lead_and_responsible_units_and_none_of_supporting_ones(world: World) -> None:
    spec = plan([item(1, responsible_units=["示例乙局"], supporting_units=["示例丙局"], materials=[{"name": "示例台账"}])])

    done = world.launch(spec)

    assert world.states() == {
        f"item:i1/perform/unit:{world.unit('示例甲局').code}": "waiting",
        f"item:i1/perform/unit:{world.unit('示例乙局').code}": "waiting",
        f"item:i1/material:1/unit:{world.unit('示例乙局').code}": "waiting",
    }
    assert (done.created, done.changed) == (3, [])
    assert "示例丙局" in done.units_created


def test_the_same_file_again_changes_nothing(world: World) -> None:
    spec = plan([item(1), item(2, recurrence=WEEKLY)], supervision=[{"kind": "periodic_report", "text": "每月报送进展"}])
    world.launch(spec)
    events = len(world.rows(Event))

    again = world.go("2026-03-05").launch(spec)

    assert (again.created, again.changed, again.units_created) == (0, [], [])
    assert len(world.rows(PlanVersion)) == 1
    assert len(world.rows(Event)) == events


def test_a_template_is_owed_by_each_unit_of_its_class(world: World) -> None:
    units = [{"name": f"示例{name}社区", "kind": "社区"} for name in ("东", "西", "南")]
    world.launch(plan([item(1, lead_unit="示例甲局", unit_class="社区")], units=units))

    assert len(world.duties()) == 4


def test_a_blank_lead_unit_is_refused_by_name_and_nothing_is_written(world: World) -> None:
    with pytest.raises(BadPlan, match="示例任务1"):
        world.launch(plan([item(1, lead_unit="____"), item(2)]))

    assert world.rows(Campaign) == []
    assert world.duties() == []


def test_an_error_half_way_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("disk")

    monkeypatch.setattr("campaign.work.planning.launch.first_bulletin_at", broken)
    with pytest.raises(OSError, match="disk"):
        world.launch()

    assert world.rows(Campaign) == []
    assert world.duties() == []


def test_a_plan_without_items_is_refused(lite: World) -> None:
    with pytest.raises(BadPlan):
        lite.launch(plan([]))


def test_a_plan_without_phases_gets_one_rollout_phase_with_the_given_dates(world: World) -> None:
    spec = plan(phases=())
    world.launch(spec, start=date(2026, 3, 2), end=date(2026, 3, 20))

    only = world.phase("1")
    assert (only.kind, only.starts_on, only.ends_on) == ("rollout", date(2026, 3, 2), date(2026, 3, 20))
    assert world.launch(spec).changed == []


def test_two_titles_cannot_share_a_slug(lite: World) -> None:
    lite.launch()
    with pytest.raises(Conflict, match="代号"):
        lite.launch(plan(title="示例区另一个方案"))


def test_duties_overdue_at_launch_start_at_their_first_overdue_rung_with_its_full_dwell(world: World) -> None:
    world.go("2026-05-06").opened(day="2026-05-06T10:00")

    first = world.duty()
    assert (first.state, first.rung) == ("open", 0)
    assert first.next_rung_at == at("2026-05-07T10:00")
    world.go("2026-05-07T10:00").sweep()
    assert world.duty().rung == 3


CHANGES: list[Any] = [
    pytest.param([item(1)], {"i2": "cancelled", "i1": "open"}, id="a removed item is cancelled"),
    pytest.param([item(1), item(2), item(3)], {"i1": "open", "i2": "open", "i3": "waiting"}, id="a new item is created"),
]


@pytest.mark.parametrize(("items", "expected"), CHANGES)
def test_a_changed_file_applies_the_difference(world: World, items: list[dict[str, Any]], expected: dict[str, str]) -> None:
    world.opened(plan([item(1), item(2)]))

    done = world.go("2026-03-04").launch(plan(items))

    assert {origin.split("/")[0].removeprefix("item:"): state for origin, state in world.states(DUTY.c.item_id.is_not(None)).items()} == expected
    assert done.changed or done.created
    assert world.verify() == []


def test_a_moved_deadline_is_a_new_revision_and_keeps_the_rung_as_floor(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10")])).climb(4)

    done = world.launch(plan([item(1, deadline="2026-04-20")]))

    moved = world.duty()
    assert (moved.revision, moved.rung, moved.floor_rung) == (2, 0, 4)
    assert moved.due_at == at("2026-04-21T00:00")
    assert any("期限" in line for line in done.changed)
    assert world.verify() == []


def test_a_changed_unit_cancels_and_creates_and_going_back_asks_again(world: World) -> None:
    world.opened(plan([item(1)]))
    world.launch(plan([item(1, lead_unit="示例乙局")]))
    assert sorted(world.states(DUTY.c.item_id.is_not(None)).values()) == ["cancelled", "waiting"]

    world.go("2026-03-05").launch(plan([item(1)], title="示例区创建工作方案"))
    world.work_phase()

    assert world.states(DUTY.c.item_id.is_not(None)) == {
        "item:i1/perform/unit:U001": "open",
        f"item:i1/perform/unit:{world.unit('示例乙局').code}": "cancelled",
    }
    assert world.verify() == []


def test_what_a_person_cancelled_is_not_asked_again_by_a_new_plan(world: World) -> None:
    world.opened(plan([item(1), item(2)]))
    world.change("cancel", 1)

    world.launch(plan([item(1), item(2), item(3)]))

    assert world.duty(1).state == "cancelled"


def test_finished_duties_are_never_touched(world: World) -> None:
    world.opened(plan([item(1), item(2)]))
    world.submit(1)
    world.review(1)
    before = world.duty(1)

    world.launch(plan([item(2, deadline="2026-03-20")]))

    assert world.duty(1).model_dump() == before.model_dump()


@pytest.mark.parametrize("what", ["extended", "returned"])
def test_a_changed_plan_does_not_take_back_the_time_a_person_gave(world: World, what: str) -> None:
    world.opened(plan([item(1, deadline="2026-03-05"), item(2)]))
    if what == "extended":
        world.change("extend", 1, at("2026-03-21T00:00"))
    else:
        world.go("2026-03-05").submit(1)
        world.review(1, accept=False)
    given = world.duty(1).due_at

    world.launch(plan([item(1, deadline="2026-03-05"), item(2), item(3)]))

    assert world.duty(1).due_at == given
    assert world.duty(1).revision == 2


def test_a_deadline_that_no_longer_hangs_on_an_event_opens_with_its_phase(world: World) -> None:
    world.opened(plan([item(1, deadline="event:示例活动+3d"), item(2)]))
    assert world.duty(1).state == "waiting"

    world.launch(plan([item(1, deadline="2026-03-20"), item(2)]))
    world.work_phase()

    assert (world.duty(1).state, world.duty(1).due_at) == ("open", at("2026-03-21T00:00"))


def test_a_removed_recurring_item_stops_its_series_and_cancels_what_it_made(world: World) -> None:
    world.opened(plan([item(1), item(2, recurrence=WEEKLY)]))
    reports = world.duties(DUTY.c.series_id.is_not(None))
    assert reports

    world.launch(plan([item(1)]))

    assert [row.state for row in world.rows(Series)] == ["cancelled"]
    assert {duty.state for duty in world.duties(DUTY.c.series_id.is_not(None))} == {"cancelled"}
    assert world.go("2026-03-20").sweep().counts.get("assigned", 0) == 0
    assert world.verify() == []


def test_a_unit_that_is_out_no_longer_owes_what_its_phase_asked_of_every_unit(world: World) -> None:
    phases = [phase("p1", "mobilization", "2026-03-02", "2026-03-13"), phase("p2", "rollout", "2026-03-16", "2026-03-31")]
    world.opened(plan([item(1), item(2, lead_unit="示例乙局")], phases))
    gone = f"receipt:p1/unit:{world.unit('示例乙局').code}"
    assert world.states()[gone] == "open"

    world.launch(plan([item(1)], phases))

    assert world.states()[gone] == "cancelled"


def test_a_phase_that_left_the_plan_before_it_began_never_begins(world: World) -> None:
    later = phase("p2", "consolidation", "2026-04-01", "2026-04-10")
    world.launch(plan(phases=[ROLLOUT, later]))
    assert any(origin.startswith("summary:") for origin in world.states())

    world.launch(plan(phases=[ROLLOUT]))

    assert world.phase("p2").state == "closed"
    assert {state for origin, state in world.states().items() if origin.startswith("summary:")} == {"cancelled"}
    assert not any("恢复" in line for line in world.launch(plan([item(1), item(2)], phases=[ROLLOUT])).changed)

    world.launch(plan(phases=[ROLLOUT, later]))

    assert world.phase("p2").state == "planned"
    assert {state for origin, state in world.states().items() if origin.startswith("summary:")} == {"waiting"}


def test_the_submitted_version_of_a_removed_item_needs_no_review_any_more(world: World) -> None:
    world.opened(plan([item(1), item(2)]))
    world.submit(1)

    world.launch(plan([item(2)]))

    assert world.states()["review:submission:1"] == "cancelled"
    assert world.verify() == []


def test_an_item_under_a_new_key_with_its_old_number_is_asked_about(world: World) -> None:
    world.launch(plan([item(1), item(2)]))

    done = world.launch(plan([item(1), item(2) | {"key": "other", "title": "示例任务二（改写）"}]))

    assert any("i2" in line for line in done.warnings)
    assert {row.key: row.state for row in world.rows(Item)} == {"i1": "active", "i2": "removed", "other": "active"}
