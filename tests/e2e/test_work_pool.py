"""The same flows on many machines: prefect.yaml deploys to a work pool, a worker runs a pass in a process of its own, behind the password."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from campaign.engine.client import Engine, EngineRefused
from campaign.engine.names import ALL, PHASES
from campaign.engine.runs import find_deployment, read_run, trigger
from campaign.plan.spec import PhaseKind
from campaign.records.store import Store
from deployments.server import client_environment
from tests.e2e import harness
from tests.e2e.harness import ROOT, wait_until
from tests.world import SLUG, World, plan

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1200)]

AUTH = "admin:example-1"


def prefect(*arguments: str, env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "prefect", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_a_worker_runs_a_phase_that_prefect_yaml_deployed(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "data")
    World(store).launch(plan(), rehearsal=True)
    store.close()
    with harness.prefect_server(tmp_path / "home", auth=AUTH) as (place, _), Engine(place.api_url, auth=AUTH, patience=60) as engine:
        with Engine(place.api_url) as stranger, pytest.raises(EngineRefused, match="口令"):
            find_deployment(stranger, PHASES[PhaseKind.ROLLOUT])
        settings = {"CAMPAIGN_HOME": str(tmp_path / "data"), "CAMPAIGN_PREFECT_API_URL": place.api_url, "CAMPAIGN_SOURCE": str(ROOT), "PYTHONPATH": str(ROOT)}
        env = client_environment(place, os.environ) | settings
        prefect("work-pool", "create", "--type", "process", "campaign", env=env)
        prefect("--no-prompt", "deploy", "--all", "--prefect-file", "deployments/prefect.yaml", env=env)
        assert all(find_deployment(engine, name)["work_pool_name"] == "campaign" for name in ALL)
        with harness.running(harness.python("deployments.clock_child"), env, log=tmp_path / "clock.log"):
            wait_until(lambda: engine.ask("POST", "/automations/count") == 1, description="silent workers are watched", every=0.5)
        worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "campaign"]
        with harness.running(worker, env | {"PREFECT_WORKER_QUERY_SECONDS": "1"}, log=tmp_path / "worker.log") as started:
            chosen = {"campaign": SLUG, "phase": "p1", "at": "2026-03-02T09:00:00+08:00"}
            run, _ = trigger(engine, PHASES[PhaseKind.ROLLOUT], {"request": chosen})
            wait_until(lambda: (read_run(engine, run.id) or run).is_final, description="the worker has run the pass", within=400)
            ended = read_run(engine, run.id)
            assert ended is not None
            assert (ended.state_type, ended.message) == ("COMPLETED", "新交办 1 项"), started.last_words(40)
