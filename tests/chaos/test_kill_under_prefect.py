"""kill -9 of the process that runs the flows, at random moments of a pass under Prefect: nothing is broken, nothing keeps a slot, the next pass comes.

The process is what `campaign up` starts: runner and clock in one. The kill of a machine takes the Prefect server and the database's own
processes with it. What is measured is the time from the kill until a pass is done again; the promise is 90 s. It is judged where it is measured in
full, on a machine that does nothing else: beside other tests, the start of a server alone may take a minute.

One kill a case for everyday use; CHAOS_PREFECT_KILLS=20 for the full measure, CHAOS_SEED for other moments.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from campaign.engine.client import Engine
from campaign.engine.forms import CampaignForm, PassForm, PhaseForm, parameters_of
from campaign.engine.names import PASSES, PHASES, DeploymentName
from campaign.engine.runs import Run, read_run, trigger
from campaign.plan.spec import PhaseKind
from campaign.records.papers.notices import due_deliveries
from campaign.records.running.sweeping import count_due
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import PassRun
from campaign.work.upkeep.verify import verify
from deployments.children import Child
from deployments.ports import choose_port
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.world import SLUG, World, item, phase, plan

pytestmark = [pytest.mark.chaos, pytest.mark.e2e, pytest.mark.timeout(3600)]
KILLS = int(os.environ.get("CHAOS_PREFECT_KILLS", "1"))
SEED = os.environ.get("CHAOS_SEED", "1")
NEXT_PASS_WITHIN = 90.0 if "CHAOS_PREFECT_KILLS" in os.environ else 900.0
UNDONE = ["RUNNING", "PENDING", "CANCELLING"]


@dataclass
class House:
    """A data folder, the address of its records, and the Prefect server that its runner talks to."""

    home: Path
    store: Store
    place: ServerPlace
    engine: Engine

    @contextmanager
    def runner(self) -> Iterator[Child]:
        ready = self.home / f"ready-{uuid4().hex[:6]}"
        url = self.store.url.render_as_string(hide_password=False)
        env = client_environment(self.place) | {
            "CAMPAIGN_HOME": str(self.home),
            "CAMPAIGN_DATABASE_URL": url,
            "CAMPAIGN_PREFECT_API_URL": self.place.api_url,
        }
        with harness.running(harness.python("deployments.runner_child", str(ready)), env, log=self.home / "runner.log") as runner:

            def is_ready() -> bool:
                assert runner.is_alive, f"the runner died:\n{runner.last_words(30)}"
                return ready.exists()

            wait_until(is_ready, description="runner and clock are ready", within=harness.START_SECONDS)
            yield runner

    def start(self, name: DeploymentName, form: PassForm) -> Run:
        return trigger(self.engine, name, parameters_of(form))[0]

    def sweep_and_phase(self, now: datetime, *, both: bool) -> list[Run]:
        """The sweep, and with `both` the phase's own pass beside it: two passes that want the same duties."""
        runs = [self.start(PASSES["supervision"], CampaignForm(campaign=SLUG, at=now))]
        if both:
            runs.append(self.start(PHASES[PhaseKind.ROLLOUT], PhaseForm(campaign=SLUG, phase="p1", at=now)))
        return runs

    def ended(self, runs: list[Run]) -> list[str]:
        def states() -> list[str]:
            found = [read_run(self.engine, run.id) or run for run in runs]
            return [run.state_type for run in found] if all(run.is_final for run in found) else []

        return wait_until(states, description="the passes have ended", every=0.2)

    def carried_out(self, now: datetime, *, both: bool) -> None:
        """As the clock does: a run that is turned away because another holds the slot is started again, until the dead would have kept it."""
        for _ in range(3):
            if set(self.ended(self.sweep_and_phase(now, both=both))) == {"COMPLETED"}:
                return
        raise AssertionError("a dead run keeps a slot from the next")

    def still_undone(self) -> int:
        """Runs that Prefect believes to be at work."""
        return int(self.engine.ask("POST", "/flow_runs/count", {"flow_runs": {"state": {"type": {"any_": UNDONE}}}}))

    def slots_taken(self) -> float:
        limits = self.engine.ask("POST", "/v2/concurrency_limits/filter", {"limit": 100})
        return float(sum(one["active_slots"] for one in limits))


@pytest.fixture(scope="module")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPlace]:
    """One server for the tests that kill runners only: each leaves no run at work on it."""
    with harness.prefect_server(tmp_path_factory.mktemp("prefect") / "home") as (place, _):
        yield place


@pytest.fixture
def house(store: Store, prefect: ServerPlace, tmp_path: Path) -> Iterator[House]:
    home = tmp_path / "data"
    home.mkdir()
    with Engine(prefect.api_url, patience=120) as engine:
        yield House(home, store, prefect, engine)


def kill(child: Child) -> None:
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()


def launch(store: Store, *, rehearsal: bool, first_day: str) -> World:
    begin = datetime.fromisoformat(first_day)
    days = [(begin + timedelta(days=3 + n % 20)).date().isoformat() for n in range(60)]
    items = [item(number, lead_unit=f"示例{number % 8}局", deadline=day) for number, day in enumerate(days, 1)]
    world = World(store, first_day)
    world.launch(plan(items, [phase("p1", "rollout", first_day, (begin + timedelta(days=120)).date().isoformat())]), rehearsal=rehearsal)
    return world


@pytest.mark.parametrize("both", [False, True], ids=["alone", "two at once"])
def test_a_killed_run_breaks_nothing_and_the_next_one_comes_in_time(house: House, both: bool) -> None:
    print(f"CHAOS_SEED={SEED} CHAOS_PREFECT_KILLS={KILLS}")
    world, chance = launch(house.store, rehearsal=True, first_day="2026-03-02"), random.Random(SEED)
    outbox = house.home / "outbox.jsonl"
    waited: list[float] = []
    caught = 0
    for _ in range(KILLS):
        with house.runner() as runner:
            _act(house, world, chance)
            house.sweep_and_phase(world.now, both=both)
            time.sleep(chance.uniform(0.1, 1.5))
            kill(runner)
            killed_at = time.monotonic()
        caught += house.still_undone() > 0
        assert verify(house.store, receivers=outbox) == [], f"seed {SEED}"
        with house.runner():
            world.wait(minutes=3)
            house.carried_out(world.now, both=both)
            waited.append(time.monotonic() - killed_at)
            house.ended([house.start(PASSES["delivery"], CampaignForm(campaign=SLUG, at=world.now))])
            assert (house.still_undone(), house.slots_taken()) == (0, 0)
            with house.store.read() as tx:
                assert count_due(tx, world.now, 1) == 0
        assert verify(house.store, receivers=outbox) == [], f"seed {SEED}"
    print(f"{KILLS} kills, {caught} left a run at work; next pass done after {sorted(round(one, 1) for one in waited)} s")
    assert max(waited) < NEXT_PASS_WITHIN


def _act(house: House, world: World, chance: random.Random) -> None:
    """A day passes in which some hand in; the first passes of that day have gone through when the one to be killed begins."""
    world.wait(days=1)
    house.ended([house.start(PASSES["delivery"], CampaignForm(campaign=SLUG, at=world.now))])
    if world.phase().state == "planned":
        house.ended([house.start(PHASES[PhaseKind.ROLLOUT], PhaseForm(campaign=SLUG, phase="p1", at=world.now))])
    ready = [duty for duty in world.duties() if duty.state in ("open", "returned") and duty.kind == "perform" and duty.notice_id is None]
    for duty in chance.sample(ready, min(2, len(ready))):
        world.submit(duty.id, "示例联络员", f"第{duty.revision}稿")
    world.sign_all()


@pytest.fixture
def port() -> Iterator[int]:
    """Ours until the test ends: between kill and restart nobody else may take it."""
    with ExitStack() as held:
        yield choose_port(14201, "Prefect", held)


def test_after_a_restart_of_the_machine_the_clock_takes_up_the_torn_pass_by_itself(store: Store, tmp_path: Path, port: int) -> None:
    """Runner, Prefect server and database die at once with a run Running; everything is started again, and nobody triggers anything."""
    home, prefect_home = tmp_path / "data", tmp_path / "prefect"
    home.mkdir()
    begun = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    launch(store, rehearsal=False, first_day=begun)
    with harness.prefect_server(prefect_home, port=port) as (place, server), Engine(place.api_url, patience=120) as engine:
        house = House(home, store, place, engine)
        with house.runner() as runner:
            # Its Prefect run says Running, and its rows are there: it is in the middle.
            wait_until(lambda: house.still_undone() > 0 and _passes(store, "running"), description="a run is at work", every=0.02)
            kill(runner)
            kill(server)
            killed_at = time.monotonic()
            store.close()
            _crash(store)
    before = len(_passes(store, "done"))
    assert verify(store, receivers=home / "outbox.jsonl") == []
    with harness.prefect_server(prefect_home, port=port) as (place, _), Engine(place.api_url, patience=120) as engine:
        house = House(home, store, place, engine)
        with house.runner():
            wait_until(lambda: len(_passes(store, "done")) > before, description="the clock brought the next pass", within=400, every=0.2)
            waited = time.monotonic() - killed_at
            wait_until(lambda: _nothing_due(store), description="all that was due is done", within=400, every=1)
            wait_until(lambda: house.still_undone() == 0, description="no run says that it is at work")
            assert house.slots_taken() == 0
    print(f"next pass {waited:.1f} s after the kill")
    assert verify(store, receivers=home / "outbox.jsonl") == []
    assert waited < NEXT_PASS_WITHIN


def _crash(store: Store) -> None:
    """PostgreSQL loses one of its processes to kill -9, restarts all of them and recovers from its log. SQLite has no process of its own."""
    if store.is_sqlite:
        return
    with store.read() as tx:
        pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Exception, match=r"连不上|closed|terminat"):
            tx.execute(text("SELECT 1")).scalar_one()
    store.close()

    def back() -> bool:
        try:
            with store.read() as tx:
                return bool(tx.execute(text("SELECT 1")).scalar_one())
        except Exception:
            store.close()
            return False

    wait_until(back, description="PostgreSQL has recovered")


def _passes(store: Store, state: str) -> list[int]:
    run = table_of(PassRun)
    with store.read() as tx:
        return [row.id for row in tx.execute(run.select().where(run.c.state == state))]


def _nothing_due(store: Store) -> bool:
    now = datetime.now(UTC)
    with store.read() as tx:
        return (count_due(tx, now, 1), due_deliveries(tx, now, 1)) == (0, 0)
