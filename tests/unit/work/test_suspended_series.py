"""A suspension stops recurring work: nothing grows meanwhile, and what fell due then is excused and no debt."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from campaign.records.campaigns import find_campaign, find_phase, need_unit
from campaign.records.planning.registry import series_due
from campaign.records.statements import table_of
from campaign.records.tables import Duty
from campaign.rules.calendar import campaign_day
from campaign.work.duty.suspensions import resume_many, suspend_many
from campaign.work.running.series import HORIZON
from tests.world import ROLLOUT, SLUG, World, day_of, item, plan

DUTY = table_of(Duty)
WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}
A, B = "示例甲局", "示例乙局"
SPEC: Any = plan(
    [item(1, recurrence=WEEKLY), item(2, lead_unit=B, recurrence=WEEKLY), item(3, deadline="2026-03-12")],
    phases=[ROLLOUT | {"end": "2026-05-29"}],
    units=[{"name": A, "kind": "街道"}, {"name": B, "kind": "社区", "parent": A}],
)


def reports(world: World, unit: str = A) -> dict[date, str]:
    rows = world.duties(DUTY.c.series_id.is_not(None), DUTY.c.unit_id == world.unit(unit).id)
    return {day_of(duty.first_due_at): duty.state for duty in rows}


def stop(world: World, *, phase: bool = False, unit: str | None = None) -> int:
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        whose = need_unit(tx, unit) if unit else None
        return suspend_many(tx, campaign, world.by(), document="防汛〔2026〕3号", phase=find_phase(tx, campaign, "p1") if phase else None, unit=whose)[0].id


def go_on(world: World, suspension_id: int) -> None:
    with world.store.begin() as tx:
        resume_many(tx, suspension_id, world.by())


SCOPES: list[Any] = [
    pytest.param({}, id="campaign"), pytest.param({"phase": True}, id="phase"), pytest.param({"unit": A}, id="area"),
]  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
def test_nothing_grows_while_it_is_stopped_and_what_fell_due_is_excused(world: World, scope: dict[str, Any]) -> None:
    world.opened(SPEC).go("2026-03-04")
    suspension = stop(world, **scope)
    before = len(world.duties())
    for day in ("2026-03-11", "2026-03-18", "2026-04-01"):
        world.go(day).sweep()
        with world.store.read() as tx:
            assert not series_due(tx, campaign_day(world.now) + HORIZON)
    assert len([duty for duty in world.duties() if duty.series_id is not None]) <= before
    assert set(reports(world).values()) == {"suspended"}

    world.go("2026-04-09")
    go_on(world, suspension)

    assert reports(world) == {date(2026, 3, day): "waived" for day in (6, 13, 20, 27)} | {date(2026, 4, 3): "waived"}
    told = {duty.closed_reason for duty in world.duties(DUTY.c.state == "waived")}
    assert told == {"暂缓期间到期，免报"}
    world.sweep()
    assert {day: state for day, state in reports(world).items() if state == "open"} == {date(2026, 4, 10): "open", date(2026, 4, 17): "open"}
    plain = world.duty("item:i3/perform/unit:U001")
    assert (plain.state, day_of(plain.due_at)) == ("open", date(2026, 4, 17))  # six working days were left, and Monday the 6th rests
    assert world.verify() == []


def test_an_area_covers_what_lies_below_it_and_nobody_else(world: World) -> None:
    world.opened(SPEC).go("2026-03-04")
    stop(world, unit=B)
    world.go("2026-03-18").sweep()
    assert set(reports(world, B).values()) == {"suspended"}
    assert max(reports(world, A)) > date(2026, 3, 20)


def test_one_suspended_report_stops_its_series_alone(world: World) -> None:
    world.opened(SPEC).go("2026-03-04")
    mine = next(duty for duty in world.duties(DUTY.c.series_id == 1) if day_of(duty.due_at) == date(2026, 3, 13))
    world.change("suspend", mine.id)
    world.go("2026-03-25").sweep()
    assert max(reports(world, A)) == date(2026, 3, 13)
    assert max(reports(world, B)) > date(2026, 3, 25)

    world.change("resume", mine.id)
    world.sweep()

    assert reports(world, A)[date(2026, 3, 6)] == "open"  # it was never stopped, and is overdue
    assert {reports(world, A)[date(2026, 3, day)] for day in (13, 20)} == {"waived"}
    assert reports(world, A)[date(2026, 3, 27)] == "open"
    assert world.verify() == []


def test_of_two_suspensions_the_second_keeps_it_stopped(world: World) -> None:
    world.opened(SPEC).go("2026-03-04")
    whole, area = stop(world), stop_again(world)
    world.go("2026-03-18")
    go_on(world, whole)
    world.sweep()
    assert max(reports(world, A)) == date(2026, 3, 13)
    go_on(world, area)
    world.sweep()
    assert max(reports(world, A)) >= date(2026, 3, 27)
    assert world.verify() == []


def stop_again(world: World) -> int:
    """A second one over the same area; something must run for it to have anything to stop."""
    world.find_problem("示例问题", unit=A)
    return stop(world, unit=A)
