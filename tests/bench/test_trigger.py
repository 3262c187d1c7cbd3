"""How quick the run of a pass is, and what everything costs while nothing happens. Prints; judges nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

import psutil
import pytest

from campaign.engine.client import Engine, connect
from campaign.engine.names import PASSES, PHASES
from campaign.engine.runs import Run, find_deployment, read_run, trigger
from campaign.plan.spec import PhaseKind
from campaign.records.store import Store
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.e2e.probe_runner import PROBE
from tests.e2e.test_up import children_of, up
from tests.world import World, item, phase, plan

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

TRIGGERS, PAUSE_SECONDS, IDLE_SECONDS = 40, 0.7, 60.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPlace]:
    with harness.prefect_server(tmp_path_factory.mktemp("prefect") / "home") as (place, _):
        yield place


def test_trigger_to_first_line(place: ServerPlace, tmp_path: Path) -> None:
    """Posted as the button of the UI posts it; an idle pause before each, so that the runner is found asleep."""
    argv = harness.python("tests.e2e.probe_runner", str(tmp_path / "ready"))
    with harness.running(argv, client_environment(place), log=tmp_path / "runner.log"), Engine(place.api_url, patience=60) as engine:
        wait_until((tmp_path / "ready").exists, description="the runner is ready", within=harness.START_SECONDS)
        deployment = find_deployment(engine, PROBE)["id"]
        waits = []
        for _ in range(TRIGGERS):
            time.sleep(PAUSE_SECONDS)
            name, asked_at = uuid4().hex[:8], time.time()
            engine.ask("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": {"request": {"folder": str(tmp_path), "name": name, "steps": 0}}})
            first = tmp_path / f"{name}.first"
            wait_until(partial(is_written, first), description="the first line ran", within=60, every=0.05)
            waits.append(float(first.read_text()) - asked_at)
        print(f"\ntrigger → first line of {TRIGGERS}: median {median(waits):.2f} s, p95 {quantiles(waits, n=20)[-1]:.2f} s, most {max(waits):.2f} s")


def launch_thousand(home: Path) -> None:
    today = datetime.now(UTC).date()
    days = [(today + timedelta(days=n)).isoformat() for n in (-10, -1, 20)]
    units = [f"示例{number:02d}局" for number in range(1, 51)]
    items = [item(number, responsible_units=units, deadline=days[1] if number < 6 else days[2]) for number in range(1, 21)]
    store = Store.open(home)
    World(store).launch(plan(items, [phase("p1", "rollout", "2026-03-02", "2026-12-20")], title="示例区千项方案"), slug="thousand", rehearsal=True)
    store.close()


def test_a_pass_over_a_thousand_duties_and_what_idling_costs(tmp_path: Path) -> None:
    home = tmp_path / "home"
    launch_thousand(home)
    began = time.monotonic()
    with up(home) as (process, _), connect("", home=home, patience=60) as engine:
        print(f"\nup on a migrated database: {time.monotonic() - began:.1f} s")
        for _ in range(3):
            began = time.monotonic()
            run, _ = trigger(engine, PHASES[PhaseKind.ROLLOUT], {"request": {"campaign": "thousand", "phase": "p1", "at": "2026-03-20T09:00:00+08:00"}})
            wait_until(partial(has_ended, engine, run), description="the pass has ended", within=90)
            ended = time.monotonic() - began
            wait_until(partial(are_visible, engine, run), description="its task runs are visible", within=90)
            found = read_run(engine, run.id)
            assert found is not None, "the run that is measured has gone"
            assert found.state_type == "COMPLETED", found.message
            print(f"pass over 1,000 duties of 50 units: {ended:.1f} s, visible after {time.monotonic() - began:.1f} s: {found.message}")
        run, _ = trigger(engine, PASSES["delivery"], {})
        wait_until(partial(has_ended, engine, run), description="the delivery has ended", within=90)
        time.sleep(20)
        family = [psutil.Process(process.pid), *children_of(process)]
        before = [sum(one.cpu_times()[:2]) for one in family]
        time.sleep(IDLE_SECONDS)
        for one, cpu in zip(family, before, strict=True):
            spent = 100 * (sum(one.cpu_times()[:2]) - cpu) / IDLE_SECONDS
            print(f"  {' '.join(one.cmdline()[1:3]):40} cpu {spent:4.1f} %  rss {one.memory_info().rss / 2**20:4.0f} MB")
        total = 100 * (sum(sum(one.cpu_times()[:2]) for one in family) - sum(before)) / IDLE_SECONDS
        print(f"idle: cpu {total:.1f} % of a core, rss {sum(one.memory_info().rss for one in family) / 2**20:.0f} MB")


def is_written(file: Path) -> bool:
    return file.exists() and bool(file.read_text())


def has_ended(engine: Engine, run: Run) -> bool:
    return (read_run(engine, run.id) or run).is_final


def are_visible(engine: Engine, run: Run) -> bool:
    """A task run a unit at least, all of them Completed, and the tables."""
    mine = {"flow_runs": {"id": {"any_": [run.id]}}}
    known = engine.ask("POST", "/task_runs/count", mine)
    completed = engine.ask("POST", "/task_runs/count", mine | {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}})
    return bool(50 <= known == completed) and bool(engine.ask("POST", "/artifacts/count", mine) >= 4)
