"""阶段验收: a phase of each kind against its own conditions, and what a person may decide."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.statements import table_of
from campaign.records.tables import Duty, GateRecord, PackageRecord
from campaign.rules.gate import GateDecision, GateOutcome
from campaign.work.planning import gate
from campaign.work.planning.phases import close_phase, open_phase, reopen_phase, shift_phase
from tests.world import LEADER, ROLLOUT, World, at, item, phase, plan

DUTY = table_of(Duty)
NEXT = phase("p2", "consolidation", None, "2026-05-29")


def one_of(kind: str, **fields: Any) -> Any:
    return plan([item(1, phase="p1", **fields)], [phase("p1", kind, "2026-03-02", "2026-03-31"), NEXT])


def ask(world: World, key: str = "p1") -> GateDecision:
    with world.store.read() as tx:
        return gate.ask_gate(tx, world.campaign(), world.phase(key), world.now)


def decide(world: World, outcome: GateOutcome, key: str = "p1", reason: str = "示例理由") -> None:
    with world.store.begin() as tx:
        gate.decide_gate(tx, tx.merge(world.campaign()), tx.merge(world.phase(key)), outcome, world.by(reason=reason))


def overrule(world: World, actor: str, key: str = "p1") -> None:
    with world.store.begin() as tx:
        gate.overrule_gate(tx, tx.merge(world.campaign()), tx.merge(world.phase(key)), world.by(actor))


def finish_all(world: World) -> None:
    for duty in world.duties(DUTY.c.state.in_(("open", "returned")), DUTY.c.kind.not_in(("review", "recheck"))):
        world.submit(duty.id)
    for duty in world.duties(DUTY.c.state == "submitted"):
        world.review(duty.id)


def freeze_package(world: World, missing: int = 0) -> None:
    with world.store.begin() as tx:
        tx.add(PackageRecord(campaign_id=1, number=1, sha256="0" * 64, missing=missing, frozen_at=world.now, frozen_by="示例审核员", folder="p"))


@pytest.mark.parametrize("kind", ["mobilization", "rollout", "rectification", "readiness", "consolidation"])
def test_a_phase_of_each_kind_passes_when_its_conditions_hold(world: World, kind: str) -> None:
    world.opened(one_of(kind))
    assert not ask(world).may_close

    finish_all(world)
    if kind == "readiness":
        freeze_package(world)
    decide(world, GateOutcome.PASS)

    assert world.phase().state == "closed"
    assert world.phase("p2").starts_on == date(2026, 3, 2)
    assert [row.outcome for row in world.rows(GateRecord)] == ["passed"]
    assert world.verify() == []


BLOCKED: list[Any] = [
    pytest.param("mobilization", "no_contact", id="a unit without a contact person"),
    pytest.param("rollout", "required_open", id="required duties open"),
    pytest.param("readiness", "package_unproved", id="no package"),
    pytest.param("rectification", "required_open", id="self-check missing"),
    pytest.param("consolidation", "required_open", id="summary missing"),
]


@pytest.mark.parametrize(("kind", "code"), BLOCKED)
def test_what_blocks_a_phase_is_named(lite: World, kind: str, code: str) -> None:
    lite.opened(one_of(kind))

    assert code in [blocker.code for blocker in ask(lite).blockers]
    with pytest.raises(Conflict, match="还不能"):
        decide(lite, GateOutcome.PASS)
    assert lite.phase().state == "open"


def test_an_open_major_finding_cannot_be_carried_over(world: World) -> None:
    world.opened(one_of("rectification"))
    finish_all(world)
    world.find_problem(severity="major")

    assert [blocker.code for blocker in ask(world).blockers] == ["major_finding", "required_open"]
    with pytest.raises(Conflict):
        decide(world, GateOutcome.CARRY_OVER)


def test_leftovers_are_carried_over_by_name_with_the_same_duties_and_rungs(world: World) -> None:
    world.opened(one_of("rollout", deadline="2026-03-10")).climb(3)
    before = world.duty()

    decide(world, GateOutcome.CARRY_OVER)

    record = world.rows(GateRecord)[0]
    assert (record.outcome, [row["id"] for row in record.leftovers]) == ("carried_over", [1])
    assert world.duty().model_dump() == before.model_dump()
    world.climb(4)
    assert world.verify() == []


def test_carrying_over_nothing_is_a_pass(lite: World) -> None:
    lite.opened(one_of("rollout"))
    finish_all(lite)
    with pytest.raises(Conflict, match="通过"):
        decide(lite, GateOutcome.CARRY_OVER)


def test_holding_needs_a_reason_and_leaves_the_phase_open(world: World) -> None:
    world.opened(one_of("rollout"))
    with pytest.raises(CampaignError, match="理由"):
        decide(world, GateOutcome.HOLD, reason="")

    decide(world, GateOutcome.HOLD)

    assert (world.phase().state, [row.outcome for row in world.rows(GateRecord)]) == ("open", ["held"])
    assert world.verify() == []


def test_only_a_leader_overrules_and_it_is_recorded_as_such(world: World) -> None:
    world.opened(one_of("mobilization"))
    with pytest.raises(NotAllowed, match=LEADER):
        overrule(world, "示例审核员")

    overrule(world, LEADER)

    assert [(row.outcome, row.decided_by) for row in world.rows(GateRecord)] == [("overruled", LEADER)]
    assert world.verify() == []


def test_an_undated_phase_opens_when_the_one_before_closes(world: World) -> None:
    world.opened(one_of("rollout"))
    finish_all(world)
    world.go("2026-03-25")
    decide(world, GateOutcome.PASS)

    assert world.phase("p2").starts_on == date(2026, 3, 25)
    assert world.work_phase("p2").counts["assigned"] == 1
    assert world.verify() == []


def test_a_phase_without_an_end_gets_it_when_it_opens_and_its_duties_follow(world: World) -> None:
    world.launch(plan([item(1, phase="p1"), item(2, phase="p2")], [phase("p1", "rollout", None, None), phase("p2", "consolidation", None, "2026-12-31")]))
    assert {duty.due_source for duty in world.duties(DUTY.c.phase_id == world.phase().id)} == {"campaign"}

    world.go("2026-03-02")
    with world.store.begin() as tx:
        open_phase(tx, world.campaign(), tx.merge(world.phase()), world.by(), ends_on=date(2026, 3, 20))
    world.work_phase()

    assert (world.duty().due_at, world.duty().due_source) == (at("2026-03-21T00:00"), "phase")


@pytest.mark.without("digests", "receipts")
def test_a_shifted_phase_takes_its_duties_along_but_not_the_overdue_or_their_own_deadlines(world: World) -> None:
    world.opened(plan([item(1), item(2, deadline="2026-03-20")])).go("2026-03-05")
    with world.store.begin() as tx:
        moved = shift_phase(tx, tx.merge(world.campaign()), tx.merge(world.phase()), world.by(), starts_on=None, ends_on=date(2026, 4, 30))

    assert moved == 1
    assert [duty.due_at for duty in world.duties()] == [at("2026-05-01T00:00"), at("2026-03-21T00:00")]
    assert world.verify() == []


def test_what_was_never_opened_in_a_closed_phase_is_owed_all_the_same(world: World) -> None:
    world.launch(one_of("rollout"))
    world.go("2026-03-02")
    with world.store.begin() as tx:
        campaign, first = tx.merge(world.campaign()), tx.merge(world.phase())
        open_phase(tx, campaign, first, world.by())
        close_phase(tx, campaign, first, world.by())

    assert world.duty().state == "open"
    assert world.duty().next_rung_at is not None


def test_a_closed_phase_runs_no_pass_until_it_is_reopened_with_a_reason(world: World) -> None:
    world.opened(plan(phases=[ROLLOUT]))
    finish_all(world)
    decide(world, GateOutcome.PASS)
    assert world.campaign().state == "finished"
    with pytest.raises(Conflict, match="已关闭"):
        world.work_phase()

    with world.store.begin() as tx:
        reopen_phase(tx, tx.merge(world.campaign()), tx.merge(world.phase()), world.by())
    world.work_phase()

    assert (world.campaign().state, world.phase().state) == ("launched", "open")
    assert world.verify() == []
