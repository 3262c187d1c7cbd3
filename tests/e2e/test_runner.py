"""Server and runner keep their promises on a real Prefect server."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from campaign.engine.client import Engine
from campaign.engine.names import DeploymentName
from campaign.engine.runs import Run, find_deployment, read_run, trigger
from tests.e2e.harness import wait_until
from tests.e2e.probe_runner import ALONE, PROBE, TICKING

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]


def start(engine: Engine, folder: Path, name: DeploymentName = PROBE, *, key: str = "", **wanted: object) -> tuple[Run, str]:
    probe = uuid4().hex[:8]
    run, _ = trigger(engine, name, {"request": {"folder": str(folder), "name": probe, **wanted}}, key=key)
    return run, probe


def state_of(engine: Engine, run: Run) -> str:
    found = read_run(engine, run.id)
    assert found is not None
    return found.state_name


def ended(engine: Engine, run: Run) -> Run:
    def final() -> Run | None:
        found = read_run(engine, run.id)
        return found if found is not None and found.is_final else None

    return wait_until(final, description=f"run {run.id} has ended")


def test_a_triggered_run_completes_and_shows_its_task_runs(engine: Engine, probes: Path) -> None:
    run, _ = start(engine, probes, steps=3)
    assert ended(engine, run).state_type == "COMPLETED"

    def named() -> list[str]:
        found = engine.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run.id]}}})
        return sorted(one["name"] for one in found if one["state_type"] == "COMPLETED")

    wait_until(lambda: named() == ["U000 一步", "U001 一步", "U002 一步"], description="all three task runs are visible")


def test_a_cron_deployment_with_a_limit_has_scheduled_runs_and_one_of_them_completes(engine: Engine, probes: Path) -> None:
    deployment = find_deployment(engine, TICKING)["id"]

    def count(state: str) -> int:
        found = engine.ask("POST", "/flow_runs/count", {"deployments": {"id": {"any_": [deployment]}}, "flow_runs": {"state": {"type": {"any_": [state]}}}})
        assert isinstance(found, int)
        return found

    wait_until(lambda: count("SCHEDULED") >= 3, description="Prefect's scheduler has planned runs of the cron deployment")
    wait_until(lambda: count("COMPLETED") >= 1, description="a scheduled run has completed", every=0.5)


def test_the_same_key_starts_one_run_only(engine: Engine, probes: Path) -> None:
    key = uuid4().hex
    first, name = start(engine, probes, key=key)
    second, _ = start(engine, probes, key=key)
    assert second.id == first.id
    assert ended(engine, first).state_type == "COMPLETED"
    assert (probes / f"{name}.first").exists()


def test_at_most_two_runs_are_at_work_and_the_third_follows(engine: Engine, probes: Path) -> None:
    runs = [start(engine, probes, seconds=1.5) for _ in range(3)]
    for run, _ in runs:
        assert ended(engine, run).state_type == "COMPLETED"
    firsts = sorted(float((probes / f"{name}.first").read_text()) for _, name in runs)
    assert firsts[2] - firsts[0] >= 1.4


def test_a_second_run_of_a_lone_deployment_is_cancelled_at_once(engine: Engine, probes: Path) -> None:
    enough = probes / uuid4().hex
    first, name = start(engine, probes, ALONE, steps=1000, seconds=0.2, until=str(enough))
    wait_until((probes / f"{name}.first").exists, description="the first run is at work")
    second, unborn = start(engine, probes, ALONE)
    assert ended(engine, second).state_type == "CANCELLED"
    assert not (probes / f"{unborn}.first").exists()
    enough.touch()
    assert ended(engine, first).state_type == "COMPLETED"


def test_a_cancelled_run_stops_between_steps_and_becomes_cancelled(engine: Engine, probes: Path) -> None:
    run, name = start(engine, probes, steps=1000, seconds=0.5)
    wait_until((probes / f"{name}.1").exists, description="two steps are done")
    engine.ask("POST", f"/flow_runs/{run.id}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})
    final = ended(engine, run)
    assert (final.state_type, final.state_name) == ("CANCELLED", "Cancelled")
    assert not (probes / f"{name}.999").exists(), "a cancellation takes about one step, not the rest of the run"


def test_a_cancelled_key_is_tried_again_with_the_next_attempt(engine: Engine, probes: Path) -> None:
    key = uuid4().hex
    parameters = {"request": {"folder": str(probes), "name": key, "steps": 1000, "seconds": 0.3}}
    first, attempt = trigger(engine, PROBE, parameters, key=key)
    assert attempt == 1
    wait_until((probes / f"{key}.first").exists, description="the first attempt is at work")
    engine.ask("POST", f"/flow_runs/{first.id}/set_state", {"state": {"type": "CANCELLING", "name": "Cancelling"}})
    assert ended(engine, first).is_dead
    parameters["request"]["steps"] = 0
    second, attempt = trigger(engine, PROBE, parameters, key=key)
    assert attempt == 2
    assert second.id != first.id
    assert ended(engine, second).state_type == "COMPLETED"
