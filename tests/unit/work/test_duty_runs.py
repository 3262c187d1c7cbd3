"""A duty knows the passes that opened it and took its rungs, and the Prefect runs that carried them."""

from __future__ import annotations

from campaign.records.duty.duty_runs import DutyRun, runs_of_duty
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass
from tests.world import SLUG, World


def runs(world: World, duty: int = 1) -> list[DutyRun]:
    with world.store.read() as tx:
        return runs_of_duty(tx, world.duty(duty))


def through_prefect(world: World, name: str, phase: str | None, run_id: str) -> None:
    run_pass(world.store, PassRequest(name, SLUG, phase, world.now, "clock", flow_run_id=run_id), services=Services(send=world.receiver, tables=False))


def test_opening_and_each_rung_name_their_pass(world: World) -> None:
    world.launch()
    assert runs(world) == []
    world.go("2026-03-02")
    through_prefect(world, "phase", "p1", "run-1")
    world.deliver()
    world.now = world.duty().next_rung_at or world.now
    through_prefect(world, "supervision", None, "run-2")

    told = runs(world)

    assert [(one.did, one.name, one.flow_run_id) for one in told] == [("交办", "phase", "run-1"), ("提醒", "supervision", "run-2")]
    assert told[0].url("http://prefect.example/") == "http://prefect.example/runs/flow-run/run-1"


def test_a_pass_without_prefect_leads_nowhere(lite: World) -> None:
    lite.opened()
    (one,) = runs(lite)
    assert (one.did, one.url("http://prefect.example")) == ("交办", "")
