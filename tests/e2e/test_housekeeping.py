"""The clock that stands is seen in Prefect; backups and cleaning run as deployments. The runner here has no clock beside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.engine.client import Engine
from campaign.engine.forms import HousekeepingForm, parameters_of
from campaign.engine.housekeeping import delete_old_runs, delete_quiet_checks
from campaign.engine.names import HOUSEKEEPING
from campaign.engine.runs import Run, find_deployment, read_run, recent_runs, trigger
from campaign.records import leases
from campaign.records.statements import table_of
from campaign.records.store import Store, database_clock
from campaign.records.tables import Lease
from campaign.work.running.pulse import CLOCK_LEASE
from campaign.work.upkeep.backup import check_backup, find_backup
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.world import World, plan

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def house(server: ServerPlace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("house")
    store = Store.open(home)
    World(store).launch(plan(), rehearsal=True)
    store.close()
    env = client_environment(server) | {"CAMPAIGN_HOME": str(home), "CAMPAIGN_PREFECT_API_URL": server.api_url}
    with harness.running(harness.python("tests.e2e.clockless_runner", str(home / "ready")), env, log=home / "runner.log") as runner:

        def ready() -> bool:
            assert runner.is_alive, f"the runner died:\n{runner.last_words(30)}"
            return (home / "ready").exists()

        wait_until(ready, description="the runner is ready", within=harness.START_SECONDS)
        yield home


def ended(engine: Engine, what: str) -> Run:
    run, _ = trigger(engine, HOUSEKEEPING[what], parameters_of(HousekeepingForm(reason="示例")))

    def final() -> Run | None:
        found = read_run(engine, run.id)
        return found if found is not None and found.is_final else None

    return wait_until(final, description=f"{what} has ended")


def clock_ran_until(home: Path, ago: timedelta) -> None:
    """As if the clock had let its lease run out that long ago."""
    store, lease = Store.open(home), table_of(Lease)
    with store.begin() as tx:
        tx.execute(lease.delete().where(lease.c.name == CLOCK_LEASE))
        tx.execute(lease.insert().values(name=CLOCK_LEASE, holder="gone", token=1, expires_at=database_clock(tx) - ago))
    store.close()


def test_a_clock_that_stands_is_a_failed_run_that_says_for_how_long(engine: Engine, house: Path) -> None:
    clock_ran_until(house, timedelta(minutes=35))
    run = ended(engine, "clock")
    assert (run.state_type, run.message) == ("FAILED", "督办时钟已停 35 分钟：请运行 campaign up")
    assert run.name.startswith("督办时钟检查 · ")


def test_a_clock_that_runs_is_a_completed_one(engine: Engine, house: Path) -> None:
    store = Store.open(house)
    with store.begin() as tx:
        tx.execute(table_of(Lease).delete())
    hold = leases.take(store, CLOCK_LEASE, "clock", 90)
    assert hold is not None
    assert ended(engine, "clock").message == "督办时钟正常"
    store.close()


def test_prefect_asks_by_itself(engine: Engine, house: Path) -> None:
    """Its scheduler has runs ahead for each; a schedule without them would be silence, not calm."""

    def planned() -> bool:
        ahead = engine.ask("POST", "/flow_runs/filter", {"limit": 50, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
        found = {one["deployment_id"] for one in ahead}
        return all(find_deployment(engine, name)["id"] in found for name in HOUSEKEEPING.values())

    wait_until(planned, description="runs are planned for every housekeeping deployment", every=1)


def test_a_nights_backup_can_be_put_back(engine: Engine, house: Path, tmp_path: Path) -> None:
    run = ended(engine, "backup")
    assert run.state_type == "COMPLETED", run.message
    assert "已备份到" in run.message
    assert "不再重复" in ended(engine, "backup").message
    store = Store.open(house)
    assert check_backup(find_backup(house / "backups", None), tmp_path, live=store).is_good
    store.close()


def test_old_runs_go_from_prefect_and_young_ones_stay(engine: Engine, house: Path) -> None:
    run = ended(engine, "cleaning")
    assert (run.state_type, run.message) == ("COMPLETED", "没有到期需要清理的内容")
    now = datetime.now(UTC)
    assert delete_old_runs(engine, now - timedelta(days=30)) == 0
    assert read_run(engine, run.id) is not None
    delete_quiet_checks(engine, now + timedelta(minutes=1))
    left = {one.name.split(" · ")[0] for one in recent_runs(engine, limit=200) if one.state_type == "COMPLETED"}
    assert "督办时钟检查" not in left
    assert "数据清理" in left
    assert delete_old_runs(engine, now + timedelta(minutes=1)) > 0
    assert read_run(engine, run.id) is None
