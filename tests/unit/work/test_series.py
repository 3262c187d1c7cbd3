"""Recurring duties: a horizon of 14 days, an outage, and phases that move."""

from __future__ import annotations

from datetime import date

from campaign.records.statements import table_of
from campaign.records.tables import Duty, Series
from campaign.work.planning.phases import close_phase, open_phase, reopen_phase, shift_phase
from tests.world import World, item, phase, plan

DUTY = table_of(Duty)
WEEKLY = item(1, recurrence={"every": "week", "on": ["FR"], "text": "每周五"})
DAILY = item(1, recurrence={"every": "day", "text": "每日"})


def reports(world: World) -> dict[str, str]:
    """Key of the occurrence → state."""
    return {duty.origin.rpartition("/")[2]: duty.state for duty in world.duties(DUTY.c.series_id.is_not(None))}


def test_occurrences_are_created_to_a_horizon_of_fourteen_days_and_once(world: World) -> None:
    world.opened(plan([WEEKLY]))
    assert reports(world) == {"2026-W10": "open", "2026-W11": "open"}

    world.go("2026-03-06").sweep()
    world.sweep()

    assert reports(world) == {"2026-W10": "open", "2026-W11": "open", "2026-W12": "open"}


def test_a_recurring_item_owes_its_reports_and_no_single_performance(world: World) -> None:
    world.opened(plan([WEEKLY]))

    assert {duty.kind for duty in world.duties()} == {"report"}


def test_after_an_outage_missed_occurrences_are_recorded_and_the_latest_is_opened(world: World) -> None:
    world.opened(plan([DAILY]), day="2026-03-02")
    before = set(reports(world))

    world.go("2026-03-25").sweep()

    found = reports(world)
    missed = sorted(key for key, state in found.items() if state == "waived")
    assert missed
    assert max(missed) < "2026-03-25"
    assert all(state == "open" for key, state in found.items() if key not in missed)
    assert not before & set(missed)
    assert {duty.closed_reason for duty in world.duties(DUTY.c.state == "waived")} == {"停摆期间漏开，记为缺报"}
    assert world.verify() == []


def test_a_series_ends_with_its_phase_and_goes_on_when_the_phase_is_prolonged(world: World) -> None:
    world.opened(plan([WEEKLY], [phase("p1", "rollout", "2026-03-02", "2026-03-13")]))
    assert [row.state for row in world.rows(Series)] == ["ended"]
    with world.store.begin() as tx:
        shift_phase(tx, world.campaign(), tx.merge(world.phase()), world.by(), starts_on=None, ends_on=date(2026, 3, 27))

    world.go("2026-03-13").sweep()

    assert sorted(reports(world)) == ["2026-W10", "2026-W11", "2026-W12", "2026-W13"]
    assert world.verify() == []


def test_a_closed_phase_reports_no_more_and_a_reopened_one_again_from_today(world: World) -> None:
    world.opened(plan([WEEKLY], [phase("p1", "rollout", "2026-03-02", "2026-04-30")]))
    with world.store.begin() as tx:
        close_phase(tx, tx.merge(world.campaign()), tx.merge(world.phase()), world.by())
    world.go("2026-03-27").sweep()
    assert sorted(reports(world)) == ["2026-W10", "2026-W11"]

    with world.store.begin() as tx:
        reopen_phase(tx, tx.merge(world.campaign()), tx.merge(world.phase()), world.by())
    world.sweep()

    assert {key: state for key, state in reports(world).items() if key > "2026-W11"} == {"2026-W13": "open", "2026-W14": "open", "2026-W15": "open"}


def test_a_phase_without_a_start_begins_its_series_on_the_day_it_opens(world: World) -> None:
    world.launch(plan([WEEKLY], [phase("p1", "rollout", None, "2026-06-30")]))
    world.go("2026-05-11")
    with world.store.begin() as tx:
        open_phase(tx, world.campaign(), tx.merge(world.phase()), world.by())

    world.work_phase()

    assert reports(world) == {"2026-W20": "open", "2026-W21": "open"}


def test_a_new_horizon_is_told_to_the_unit(world: World) -> None:
    world.opened(plan([WEEKLY]))
    arrived = len(world.receiver.arrived)

    world.go("2026-03-06").sweep()
    world.deliver()

    told = world.receiver.arrived[arrived:]
    assert [(one.kind, len(one.lines)) for one in told if one.kind == "任务分解通知"] == [("任务分解通知", 1)]
