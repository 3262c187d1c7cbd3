"""What the issue asks to be measured, printed with its figure; run with `-m bench`."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
from sqlalchemy import text

from campaign.records.planning.ladders import store_ladder
from campaign.records.running import benching
from campaign.records.store import Store
from campaign.work.rehearsal.bench import NOW, bench_sweep
from campaign.work.running.due import due_passes, next_due_at
from tests.world import LADDERS, World, item, plan

pytestmark = pytest.mark.bench
LADDER = (LADDERS / "default.yaml").read_text("utf-8")


def timed(work: Callable[[], object], runs: int = 3) -> float:
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return median(found)


@pytest.mark.timeout(600)
def test_a_sweep_of_ten_thousand_among_a_hundred_thousand(store: Store) -> None:
    print(bench_sweep(store, 100_000, 10_000, ladder=LADDER))


def test_nothing_due_among_a_hundred_thousand(store: Store) -> None:
    with store.begin() as tx:
        benching.fill(tx, ladder_id=store_ladder(tx, "bench", LADDER), duties=100_000, due=0, now=NOW)
        tx.execute(text("UPDATE campaign SET rehearsal = FALSE"))

    assert due_passes(store, NOW) == []
    print(f"due_passes {timed(lambda: due_passes(store, NOW), 20) * 1e3:.2f} ms, next_due_at {timed(lambda: next_due_at(store, NOW), 20) * 1e3:.2f} ms")


def test_launching_ten_thousand_duties(store: Store) -> None:
    world = World(store)
    spec = plan([item(number, lead_unit=f"示例{number % 50}局", responsible_units=[f"示例{(number + 7) % 50}局"]) for number in range(5000)])
    start = time.perf_counter()
    done = world.launch(spec)
    print(f"launch of {done.created} duties {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    world.launch(spec)
    print(f"the same again {time.perf_counter() - start:.2f} s")


def test_a_pass_over_a_thousand_duties_of_fifty_units(store: Store) -> None:
    world = World(store)
    world.launch(plan([item(number, lead_unit=f"示例{number % 50}局") for number in range(1000)]))
    world.go("2026-03-02")
    for label, day in (("opening", "2026-03-02"), ("reminding", "2026-03-26"), ("quiet", "2026-03-26T10:00")):
        world.go(day)
        start = time.perf_counter()
        message = world.work_phase().message
        print(f"{label}: {time.perf_counter() - start:.3f} s ({message})")
        world.deliver()
