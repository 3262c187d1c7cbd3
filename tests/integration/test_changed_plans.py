"""Any plan changed into any other: afterwards the records are the new plan, and nothing that was finished has moved."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign.plan.spec import PlanSpec
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Duty, DutyState
from tests.world import World, item, phase, plan

DUTY = table_of(Duty)
UNITS = ("示例甲局", "示例乙局", "示例丙局")
PERIODS = (None, {"every": "week", "on": ["FR"], "text": "每周五"}, {"every": "month", "on": ["10"], "text": "每月10日"}, {"every": "day", "text": "每日"})
FINISHED = (DutyState.ACCEPTED, DutyState.WAIVED)

material = st.fixed_dictionaries({"name": st.sampled_from(("台账", "总结", "照片", "方案"))}, optional={"due": st.sampled_from(("2026-03-13", "2026-03-20"))})


@st.composite
def one_item(draw: st.DrawFn, number: int) -> dict[str, Any]:
    period = draw(st.sampled_from(PERIODS))
    fields: dict[str, Any] = {"lead_unit": draw(st.sampled_from(UNITS)), "responsible_units": draw(st.lists(st.sampled_from(UNITS), max_size=2, unique=True))}
    fields["materials"] = draw(st.lists(material, max_size=3))
    if period is not None:
        fields["recurrence"] = period
    else:
        fields["deadline"] = draw(st.sampled_from((None, "2026-03-12", "2026-03-25", "event:示例活动+3d")))
    return item(number, **fields)


@st.composite
def any_plan(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Its items and the last days of its two phases, as what makes a plan."""
    items = [draw(one_item(number)) for number in draw(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True))]
    first, second = draw(st.sampled_from(("2026-03-10", "2026-03-18", "2026-03-31"))), draw(st.sampled_from(("2026-04-10", "2026-04-24")))
    both = draw(st.booleans())
    phases = [phase("p1", "rollout", "2026-03-02", first), phase("p2", "consolidation", "2026-04-01", second)]
    return [{"items": items, "phases": phases if both else phases[:1]}]


def spec_of(parts: list[dict[str, Any]], basis: str = "示例依据") -> PlanSpec:
    return plan(parts[0]["items"], parts[0]["phases"], basis=[basis])


def finished(world: World) -> dict[int, Any]:
    return {duty.id: duty.model_dump() for duty in world.duties(DUTY.c.state.in_(FINISHED))}


def work_on(world: World, picks: list[int]) -> None:
    """Some of it is done, some handed in, some let off, one has more time."""
    acts = ("accept", "submit", "waive", "extend")
    for place, pick in enumerate(picks):
        rows = world.duties(DUTY.c.state == "open", DUTY.c.item_id.is_not(None))
        if not rows:
            return
        duty, act = rows[pick % len(rows)], acts[place % len(acts)]
        if act == "waive":
            world.change("waive", duty.id)
        elif act == "extend":
            assert duty.due_at is not None
            world.change("extend", duty.id, duty.due_at.replace(year=2027))
        else:
            version = world.submit(duty.id)
            if act == "accept":
                review = world.duties(DUTY.c.kind == "review", DUTY.c.state == "open")[-1]
                assert version == 1
                world.review(review.id)


@pytest.mark.slow
@settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(before=any_plan(), after=any_plan(), picks=st.lists(st.integers(0, 20), max_size=5))
def test_applying_a_change_leaves_no_difference_and_touches_nothing_that_is_finished(
    sqlite_template: Path, sqlite_kept: Store, before: list[dict[str, Any]], after: list[dict[str, Any]], picks: list[int]
) -> None:
    for leftover in Path(sqlite_kept.url.database or "").parent.glob("campaign.db*"):
        leftover.unlink()
    shutil.copy(sqlite_template, sqlite_kept.url.database or "")
    world = World(sqlite_kept)
    try:
        world.opened(spec_of(before))
        world.go("2026-03-05")
        work_on(world, picks)
        world.sweep()
        done = finished(world)

        world.launch(spec_of(after))
        world.sweep()
        again = world.launch(spec_of(after, "示例依据（同一方案再次印发）"))

        assert (again.created, again.changed) == (0, [])
        assert {duty_id: row for duty_id, row in finished(world).items() if duty_id in done} == done
        origins = [duty.origin for duty in world.duties()]
        assert len(origins) == len(set(origins))
        assert world.verify() == []
    finally:
        sqlite_kept.close()
