"""A rehearsal of a year: a hundred units, twenty thousand duties, people of mixed punctuality."""

from __future__ import annotations

import random
import resource
import time
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

from campaign.plan.spec import PlanSpec
from campaign.work.rehearsal.people_model import Profile
from campaign.work.rehearsal.rehearse import rehearse_plan
from tests.world import LADDERS, at, item, phase, plan

PHASES = (
    ("p1", "mobilization", date(2026, 1, 5), date(2026, 1, 30), 1),
    ("p2", "rollout", date(2026, 2, 2), date(2026, 8, 31), 6),
    ("p3", "rectification", date(2026, 9, 1), date(2026, 10, 16), 2),
    ("p4", "readiness", date(2026, 10, 19), date(2026, 11, 20), 2),
    ("p5", "consolidation", date(2026, 11, 23), date(2026, 12, 25), 1),
)


def year_plan(units: int, items: int) -> PlanSpec:
    """Two duties an item and unit (the work and its paper), deadlines spread over the phases; the same plan every time."""
    chance = random.Random(3)
    names = [f"示例{number:03}街道" for number in range(units)]
    rows = []
    for number in range(1, items + 1):
        key, _, start, end, _ = chance.choices(PHASES, [weight for *_, weight in PHASES])[0]
        due = start + timedelta(days=chance.randrange(8, (end - start).days + 1))
        rows.append(item(number, phase=key, lead_unit="示例创建办", responsible_units=names, deadline=due.isoformat(), materials=[{"name": "佐证材料"}]))
    return plan(rows, [phase(key, kind, start.isoformat(), end.isoformat()) for key, kind, start, end, _ in PHASES])


@pytest.mark.bench
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("units", "items"), [(12, 100), (100, 86)])
def test_a_year(units: int, items: int) -> None:
    statements = Counter[str]()

    def count(*_: object) -> None:
        statements["all"] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        began, cpu = time.perf_counter(), time.process_time()
        found = rehearse_plan(year_plan(units, items), profile=Profile.MIXED, seed=1, ladders=LADDERS, start=at("2026-01-04"))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    totals = found.totals
    assert totals["duties"] >= 2 * units * items, "a play with fewer duties than the plan asks measures something else"
    print(f"\n{totals['duties']} duties, {totals['notices']} notices, {totals['instants']} instants: {seconds:.1f} s, {cpu:.1f} s CPU, "
          f"{statements['all']} statements, at most {most} MB")  # fmt: skip
