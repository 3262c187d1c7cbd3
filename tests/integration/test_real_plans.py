"""Two real plans, from their annotations: launched as a rehearsal with their blanks filled, and run to the end of their last phase without Prefect."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from campaign.plan.spec import PhaseKind, PlanSpec
from campaign.plan.yaml_edit import assume_lead
from campaign.plan.yaml_file import load_plan
from campaign.records.log import seal_events
from campaign.records.planning.phases import leaders
from campaign.records.planning.registry import phases_of
from campaign.records.statements import table_of
from campaign.records.tables import Duty, GateRecord, Notice, Phase
from campaign.rules.calendar import campaign_day
from campaign.rules.gate import GateOutcome
from campaign.work.planning import gate
from tests.gold_plans import gold_file, spec_of
from tests.world import World

DUTY, NOTICE = table_of(Duty), table_of(Notice)
OWED = ("perform", "material", "report", "rectify")


pytestmark = pytest.mark.slow  # lives through whole campaigns


def filled(name: str, folder: Path) -> PlanSpec:
    """The plan as a person launches it: written to a file, its blank lead units filled by `--assume-lead`."""
    gold = gold_file(name)
    if gold is None:
        pytest.skip(f"the annotated plan {name} does not lie beside the checkout")
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(spec_of(gold, year=2026).model_dump(mode="json", exclude_none=True), allow_unicode=True, sort_keys=False), "utf-8")
    assume_lead(path, "示例牵头科室")
    return load_plan(path).spec


def test_a_plan_with_two_self_check_phases_and_no_rollout_places_its_items_in_the_first_of_them(lite: World, tmp_path: Path) -> None:
    spec = filled("001-06", tmp_path)
    lite.launch(spec, rehearsal=True)

    kinds = [phase.kind for phase in spec.phases]
    assert kinds == [PhaseKind.MOBILIZATION, PhaseKind.RECTIFICATION, PhaseKind.RECTIFICATION, PhaseKind.READINESS]
    homes = {duty.phase_id for duty in lite.duties() if duty.origin.startswith("item:i") and not duty.origin.startswith("item:ip")}
    assert homes == {lite.phase("2").id}


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("name", "launched"), [("000-01", "2026-08-28"), ("001-06", "2026-05-07")])
def test_a_real_plan_runs_to_the_end_of_its_last_phase(lite: World, tmp_path: Path, name: str, launched: str) -> None:
    lite.go(launched).launch(filled(name, tmp_path), rehearsal=True)
    lite.receiver.says = {"webhook": "refused"}
    chance = random.Random(name)

    while lite.campaign().state == "launched":
        if lite.now.weekday() in (0, 2, 4):
            _work(lite, chance)
        _close_what_has_ended(lite)
        lite.wait(days=1)

    seal_events(lite.store, lite.now)
    assert lite.verify() == []
    with lite.store.read() as tx:
        assert {phase.state for phase in phases_of(tx, lite.campaign())} == {"closed"}
    assert len(lite.rows(GateRecord)) == len(lite.rows(Phase))
    states = {duty.state for duty in lite.duties()}
    assert "waiting" not in states
    assert "accepted" in states
    assert {notice.kind for notice in lite.notices(NOTICE.c.state == "delivered")} >= {"任务分解通知", "工作提醒", "催办通知单"}
    assert set(lite.receiver.keys.values()) == {1}


def _work(world: World, chance: random.Random) -> None:
    """A day's passes; two thirds of what is owed comes in about its deadline, the office keeps up."""
    for phase in world.rows(Phase):
        if phase.state == "open" or (phase.state == "planned" and phase.starts_on is not None and phase.starts_on <= campaign_day(world.now)):
            world.work_phase(phase.key)
    for duty in world.duties(DUTY.c.state.in_(("open", "returned")), DUTY.c.kind.in_(OWED), DUTY.c.notice_id.is_(None), DUTY.c.id % 3 != 0):
        if duty.due_at is not None and duty.due_at - timedelta(days=chance.uniform(-3, 4)) <= world.now:
            world.submit(duty.id, "示例联络员", f"第{duty.revision}稿")
    for duty in world.duties(DUTY.c.state == "submitted"):
        world.review(duty.id, accept=chance.random() < 0.85)
    world.sign_all()
    world.sweep()
    world.deliver()
    world.deliver()


def _close_what_has_ended(world: World) -> None:
    for phase in world.rows(Phase):
        if phase.state != "open" or phase.ends_on is None or phase.ends_on >= campaign_day(world.now):
            continue
        with world.store.begin() as tx:
            campaign, closing = tx.merge(world.campaign()), tx.merge(phase)
            allowed = gate.ask_gate(tx, campaign, closing, world.now).outcome_allowed
            way = next((one for one in (GateOutcome.PASS, GateOutcome.CARRY_OVER) if one in allowed), None)
            if way is None:
                gate.overrule_gate(tx, campaign, closing, world.by(leaders(tx, campaign)[0]))
            else:
                gate.decide_gate(tx, campaign, closing, way, world.by())
