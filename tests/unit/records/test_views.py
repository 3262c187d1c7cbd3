"""Lights in SQL and lights by the rule are the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.records.pages import views
from campaign.records.planning.calendars import load_calendar
from campaign.records.statements import table_of
from campaign.records.tables import Duty, DutyState
from campaign.rules.calendar import Light, light
from tests.world import World, at, item, plan

DUTY = table_of(Duty)
AROUND = [
    at(day)
    for day in ("2026-02-27T23:59", "2026-03-02T00:00", "2026-03-02T09:00", "2026-03-05T17:00", "2026-03-07T10:00", "2026-09-25T08:00", "2026-10-08T09:00")
]


def test_lights_in_sql_are_those_of_the_rule(world: World) -> None:
    states = list(DutyState)
    world.launch(plan([item(number) for number in range(1, 97)], phases=[{"key": "p1", "name": "一", "start": "2026-03-02", "end": "2026-10-31"}]))
    with world.store.begin() as tx:
        for duty in tx.execute(DUTY.select()).all():
            due_at = AROUND[duty.id % len(AROUND)] + timedelta(hours=24 * (duty.id % 13) - 100, minutes=duty.id % 3 - 1)
            tx.execute(DUTY.update().where(DUTY.c.id == duty.id).values(state=states[duty.id % len(states)], due_at=due_at))

    for now in AROUND:
        with world.store.read() as tx:
            calendar = load_calendar(tx)
            shown = {row.id: row.light for row in views.list_duties(tx, now)}
        expected = {duty.id: light(duty.state, duty.due_at, now, calendar).value for duty in world.duties()}
        assert shown == expected


@pytest.mark.without("digests", "receipts")
def test_the_red_list_is_right_with_every_timer_switched_off(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10"), item(2, deadline="2026-03-31")])).go("2026-03-13")

    with world.store.read() as tx:
        assert [row.id for row in views.list_duties(tx, world.now, light="red")] == [1]
        assert views.lights(tx, DUTY.c.campaign_id == 1, world.now) == {"red": 1, "yellow": 0, "green": 1, "grey": 0}
    assert world.duty().rung == 0


@pytest.mark.parametrize("name", [one.value for one in Light])
def test_a_list_of_one_light_has_no_other(world: World, name: str) -> None:
    world.opened(plan([item(number, deadline=f"2026-03-{number + 1:02}") for number in range(1, 20)])).go("2026-03-10")
    world.change("suspend", 19)

    with world.store.read() as tx:
        found = views.list_duties(tx, world.now, light=name)
    assert found
    assert {row.light for row in found} == {name}


@pytest.mark.without("digests", "receipts")
def test_a_deadline_is_shown_as_the_day_before_it_is_too_late(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10")]))
    with world.store.read() as tx:
        assert [row.due_on for row in views.list_duties(tx, world.now)] == ["2026-03-10"]
        stored = tx.execute(text("SELECT due_at FROM duty")).scalar_one()
    assert str(stored).startswith("2026-03-10 16:00")
