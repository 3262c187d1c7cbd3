"""Launching a changed plan: materials by key or name, series with their phase, and nothing that the change does not mean."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Requirement, Series
from campaign.work.planning.phases import shift_phase
from tests.world import ROLLOUT, SLUG, World, day_of, item, plan

DUTY = table_of(Duty)
WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}
LEDGER, SUMMARY, PHOTOS = {"name": "工作台账"}, {"name": "工作总结", "due": "2026-03-20"}, {"name": "照片"}


def asks(*materials: dict[str, Any]) -> Any:
    return plan([item(1, materials=list(materials))])


def by_title(world: World) -> dict[str, Duty]:
    return {duty.title.split("《")[1].split("》")[0]: duty for duty in world.duties(DUTY.c.kind == "material", DUTY.c.state != "cancelled")}


def test_reordering_and_inserting_materials_changes_nothing_else(world: World) -> None:
    world.opened(asks(LEDGER, SUMMARY))
    before = {name: duty.model_dump() for name, duty in by_title(world).items()}

    assert world.launch(asks(SUMMARY, LEDGER)).changed == []
    done = world.launch(asks(PHOTOS, SUMMARY, LEDGER))

    assert (done.created, done.changed) == (1, [])
    after = by_title(world)
    assert {name: after[name].model_dump() for name in before} == before
    assert after["照片"].origin.startswith("item:i1/material:3/")


def test_a_material_that_is_left_out_is_cancelled_and_comes_back_as_the_same_one(world: World) -> None:
    world.opened(asks(LEDGER, SUMMARY))
    ledger = by_title(world)["工作台账"]
    done = world.launch(asks(SUMMARY))
    assert any("取消" in line for line in done.changed)
    assert (world.duty(ledger.id).state, world.duty(ledger.id).closed_reason) == ("cancelled", "方案调整后不再要求：示例理由")
    assert by_title(world)["工作总结"].state == "open"

    world.launch(asks(PHOTOS, SUMMARY, LEDGER))

    assert world.duty(ledger.id).state == "waiting"
    assert sorted(row.number for row in world.rows(Requirement)) == [1, 2, 3]
    assert world.verify() == []


def test_a_renamed_material_is_asked_about_and_stays_the_same_one_with_the_key_that_was_told(world: World) -> None:
    world.opened(asks(LEDGER, SUMMARY))
    ledger = by_title(world)["工作台账"]
    renamed = {"name": "分月工作台账"}
    with world.store.begin() as tx:  # looked at, and not done
        from campaign.work.planning.launch import launch
        from tests.world import LADDERS

        done = launch(tx, asks(renamed, SUMMARY), world.by(), ladders=LADDERS, slug=SLUG)
        assert any("m1" in warning for warning in done.warnings)
        tx.rollback()

    done = world.launch(asks(renamed | {"key": "m1"}, SUMMARY))

    assert done.created == 0
    assert world.duty(ledger.id).title.startswith("报送《分月工作台账》")
    assert world.duty(ledger.id).state == "open"
    assert world.launch(asks({"name": "台账", "key": "m1"}, SUMMARY)).created == 0


def test_finished_materials_stay_whatever_the_order(world: World) -> None:
    world.opened(asks(LEDGER, SUMMARY))
    ledger = by_title(world)["工作台账"].id
    world.submit(ledger)
    world.review("review:submission:1")
    before = world.duty(ledger).model_dump()
    world.launch(asks(SUMMARY | {"due": "2026-03-25"}, LEDGER | {"due": "2026-03-10"}))
    assert world.duty(ledger).model_dump() == before
    assert day_of(by_title(world)["工作总结"].due_at) == date(2026, 3, 25)


def reports(world: World) -> dict[date, str]:
    return {day_of(duty.due_at): duty.state for duty in world.duties(DUTY.c.series_id.is_not(None))}


def ending(day: str) -> Any:
    return plan([item(1, recurrence=WEEKLY), item(2)], phases=[ROLLOUT | {"end": day}])


@pytest.mark.parametrize("by_shift", [False, True], ids=["by the plan", "by shifting the phase"])
def test_reports_behind_the_end_of_a_shortened_phase_are_cancelled_and_asked_again_when_it_grows(world: World, by_shift: bool) -> None:
    def end(day: str) -> None:
        if not by_shift:
            world.launch(ending(day))
            return
        with world.store.begin() as tx:
            campaign = find_campaign(tx, SLUG)
            shift_phase(tx, campaign, find_phase(tx, campaign, "p1"), world.by(), starts_on=None, ends_on=date.fromisoformat(day))

    world.opened(ending("2026-03-31"))
    first, second = date(2026, 3, 6), date(2026, 3, 13)
    assert reports(world) == {first: "open", second: "open"}

    end("2026-03-09")

    assert reports(world) == {first: "open", second: "cancelled"}
    (gone,) = world.duties(DUTY.c.state == "cancelled")
    assert gone.closed_reason is not None
    assert "阶段缩短" in gone.closed_reason
    assert world.go("2026-03-05").sweep().counts.get("assigned", 0) == 0

    end("2026-03-27")
    world.go("2026-03-09").sweep()

    assert reports(world) == {first: "open", second: "open", date(2026, 3, 20): "open"}
    world.go("2026-03-20").sweep()
    assert max(reports(world)) == date(2026, 3, 27)
    assert {row.state for row in world.rows(Series)} == {"ended"}
    assert world.verify() == []


def test_a_report_that_was_handed_in_before_the_phase_was_shortened_stays(world: World) -> None:
    world.opened(ending("2026-03-31"))
    late = next(duty for duty in world.duties(DUTY.c.series_id.is_not(None)) if day_of(duty.due_at) == date(2026, 3, 13))
    world.submit(late.id)
    world.launch(ending("2026-03-09"))
    assert world.duty(late.id).state == "submitted"
    world.review("review:submission:1")
    assert world.duty(late.id).state == "accepted"
