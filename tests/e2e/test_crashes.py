"""What is killed leaves no run that says for ever that it is at work."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from campaign.engine.client import Engine
from campaign.engine.runs import Run, read_run, trigger
from deployments.children import Child
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness
from tests.e2e.harness import wait_until
from tests.e2e.probe_runner import ALONE

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1200)]


@contextmanager
def runner_of(place: ServerPlace, folder: Path) -> Iterator[Child]:
    ready = folder / f"ready-{uuid4().hex[:6]}"
    with harness.running(harness.python("tests.e2e.probe_runner", str(ready)), client_environment(place, os.environ), log=folder / "runner.log") as runner:
        wait_until(ready.exists, description="the runner is ready", within=harness.START_SECONDS)
        yield runner


def kill(child: Child) -> None:
    assert child.process is not None
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()


def begin(engine: Engine, folder: Path, *, steps: int, seconds: float, until: str = "") -> tuple[Run, str]:
    name = uuid4().hex[:8]
    run, _ = trigger(engine, ALONE, {"request": {"folder": str(folder), "name": name, "steps": steps, "seconds": seconds, "until": until}})
    wait_until((folder / f"{name}.0").exists, description="the run is at work")
    return run, name


def state_type(engine: Engine, run: Run) -> str:
    found = read_run(engine, run.id)
    assert found is not None
    return found.state_type


def heartbeats(engine: Engine, run: Run) -> int:
    wanted = {"event": {"name": ["prefect.flow-run.heartbeat"]}, "resource": {"id": [f"prefect.flow-run.{run.id}"]}}
    return int(engine.ask("POST", "/events/filter", {"filter": wanted, "limit": 1})["total"])


def test_a_run_of_a_killed_runner_is_crashed_at_the_next_start_and_frees_its_slot(tmp_path: Path) -> None:
    with harness.prefect_server(tmp_path / "home") as (place, _), Engine(place.api_url, patience=60) as engine:
        with runner_of(place, tmp_path) as runner:
            run, _ = begin(engine, tmp_path, steps=1000, seconds=0.5)
            kill(runner)
        assert state_type(engine, run) == "RUNNING"
        with runner_of(place, tmp_path):
            wait_until(lambda: state_type(engine, run) == "CRASHED", description="the dead run is called crashed")
            later, _ = begin(engine, tmp_path, steps=1, seconds=0)
            wait_until(lambda: state_type(engine, later) == "COMPLETED", description="the slot of the dead run is free")


def test_a_runner_waits_for_its_own_server_and_leaves_that_of_another_folder_alone(server: ServerPlace, tmp_path: Path) -> None:
    ready, log = tmp_path / "ready", tmp_path / "runner.log"
    env = client_environment(replace(server, home=tmp_path / "other")) | {"CAMPAIGN_HOME": str(tmp_path), "CAMPAIGN_PREFECT_API_URL": server.api_url}
    with harness.running(harness.python("deployments.runner_child", str(ready)), env, log=log):
        wait_until(lambda: "不是本数据目录的 Prefect 服务" in log.read_text("utf-8"), description="it saw whose server that is", within=harness.START_SECONDS)
        assert not ready.exists()
        assert "已登记" not in log.read_text("utf-8")


def test_a_run_goes_on_while_the_server_is_killed_and_ends_completed_when_it_is_back(tmp_path: Path) -> None:
    with harness.prefect_server(tmp_path / "home") as (place, server), runner_of(place, tmp_path), Engine(place.api_url, patience=60) as engine:
        enough = tmp_path / "enough"
        run, name = begin(engine, tmp_path, steps=1000, seconds=0.5, until=str(enough))
        kill(server)
        done = len(list(tmp_path.glob(f"{name}.*")))
        wait_until((tmp_path / f"{name}.{done + 2}").exists, description="the run goes on without a server")
        with harness.prefect_server(tmp_path / "home", port=place.port):
            enough.touch()
            wait_until(lambda: state_type(engine, run) == "COMPLETED", description="the run has completed")
            later, _ = begin(engine, tmp_path, steps=1, seconds=0)
            wait_until(lambda: state_type(engine, later) == "COMPLETED", description="the runner takes runs again")


@pytest.mark.slow
def test_a_run_without_heartbeats_is_crashed_by_prefect_itself(tmp_path: Path) -> None:
    with harness.prefect_server(tmp_path / "home") as (place, _), Engine(place.api_url, patience=60) as engine:
        with runner_of(place, tmp_path) as runner:
            run, _ = begin(engine, tmp_path, steps=1000, seconds=0.5)
            wait_until(lambda: heartbeats(engine, run) > 0, description="its first heartbeat has reached the server")
            kill(runner)
        wait_until(lambda: state_type(engine, run) == "CRASHED", description="the automation called the silent run crashed", within=400, every=1)
