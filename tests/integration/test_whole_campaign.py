"""A campaign through all five kinds of phases, half a year of virtual time, worked by people of mixed punctuality."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from campaign.records.log import broken_blocks, seal_events
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Escalation, GateRecord, Notice, PackageRecord, Person, Post, Tenure
from campaign.rules.gate import GateOutcome
from campaign.work.planning import gate
from tests.world import LEADER, SLUG, World, item, phase, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
PHASES = [
    phase("p1", "mobilization", "2026-03-02", "2026-03-13"),
    phase("p2", "rollout", "2026-03-16", "2026-05-15"),
    phase("p3", "rectification", "2026-05-18", "2026-06-12"),
    phase("p4", "readiness", None, "2026-07-10"),
    phase("p5", "consolidation", "2026-07-13", "2026-07-31"),
]
UNITS = [f"示例{name}街道" for name in "甲乙丙丁戊己"]
WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}
PUNCTUAL, LATE, NEVER = {"甲", "乙", "丙"}, {"丁", "戊"}, {"己"}


pytestmark = pytest.mark.slow  # lives through whole campaigns


def spec() -> object:
    rows = [item(number, lead_unit=UNITS[number % 6], responsible_units=[UNITS[(number + 1) % 6]]) for number in range(1, 13)]
    rows.append(item(20, lead_unit=UNITS[0], unit_class="街道", materials=[{"name": "示例台账"}]))
    rows.append(item(21, lead_unit=UNITS[1], recurrence=WEEKLY))
    rows.append(item(22, lead_unit=UNITS[2], deadline="event:示例活动+5wd"))
    rows.append(item(23, lead_unit=UNITS[5], deadline="2026-04-10"))
    return plan(rows, PHASES, units=[{"name": name, "kind": "街道"} for name in UNITS])


def punctuality(duty: Duty, names: dict[int, str]) -> float:
    """How many days after it was opened, or its deadline, a duty is handed in; far beyond the campaign when never."""
    letter = names.get(duty.unit_id, "示例办")[2]
    chance = random.Random(duty.id * 7 + duty.revision)
    if letter in NEVER:
        return 400
    return chance.uniform(1, 8) if letter in PUNCTUAL else chance.uniform(8, 45)


def live_a_day(world: World, names: dict[int, str]) -> None:
    """Units hand in, the office reviews and signs, and what could not be delivered is served by hand."""
    today = random.Random(world.now.toordinal())
    for duty in world.duties(DUTY.c.state.in_(("open", "returned")), DUTY.c.kind.in_(("perform", "material", "report", "rectify")), DUTY.c.notice_id.is_(None)):
        if world.now >= duty.opened_at + timedelta(days=punctuality(duty, names) + 20 * (duty.revision > 1)):
            world.submit(duty.id, f"联络员{duty.unit_id}", f"第{duty.revision}稿")
    for duty in world.duties(DUTY.c.state == "submitted"):
        if today.random() < 0.6:
            world.review(duty.id, "示例审核员", accept=today.random() < 0.85)
    for notice in world.notices(NOTICE.c.state == "draft"):
        if today.random() < 0.5:
            world.sign(notice.id)
    for notice in world.notices(NOTICE.c.state == "issued"):
        if world.states().get(f"handdeliver:notice:{notice.id}") == "open":
            world.serve(notice.id)


def close(world: World, key: str) -> None:
    with world.store.begin() as tx:
        campaign, closing = tx.merge(world.campaign()), tx.merge(world.phase(key))
        decision = gate.ask_gate(tx, campaign, closing, world.now)
        if decision.may_close:
            gate.decide_gate(tx, campaign, closing, GateOutcome.PASS, world.by())
        elif GateOutcome.CARRY_OVER in decision.outcome_allowed:
            gate.decide_gate(tx, campaign, closing, GateOutcome.CARRY_OVER, world.by())
        else:
            gate.overrule_gate(tx, campaign, closing, world.by(LEADER))


def appoint_contacts(world: World) -> None:
    with world.store.begin() as tx:
        for name in UNITS:
            post, person = Post(unit_id=world.unit(name).id, relation="contact", name="联络员"), Person(name=f"{name}联络员", phone=None)
            tx.add_all([post, person])
            tx.flush()
            tx.add(Tenure(person_id=person.id, post_id=post.id, from_on=world.now.date()))


def test_a_campaign_lives_through_all_its_phases_and_breaks_no_rule(world: World) -> None:
    world.launch(spec(), rehearsal=True)  # type: ignore[arg-type]  # a PlanSpec
    appoint_contacts(world)
    names = {unit.id: unit.name for unit in (world.unit(name) for name in UNITS)}
    world.receiver.says = {"webhook": "refused"}
    days = {"p1": ("2026-03-02", "2026-03-16"), "p2": ("2026-03-16", "2026-05-18"), "p3": ("2026-05-18", "2026-06-15"),
            "p4": ("2026-06-15", "2026-07-13"), "p5": ("2026-07-13", "2026-08-03")}  # fmt: skip
    for key, (start, end) in days.items():
        world.go(f"{start}T09:00")
        while world.now.date().isoformat() < end:
            if world.now.weekday() in (0, 2, 4):
                world.work_phase(key)
                live_a_day(world, names)
                world.sweep()
                world.deliver()
                world.deliver()
            if world.now.date().isoformat() == "2026-04-20":
                assert world.happened("示例活动") == 1
            if world.now.date().isoformat() in ("2026-05-20", "2026-06-23"):
                world.find_problem("示例占道问题", UNITS[3], key, severity="major" if key == "p4" else "normal")
            if world.now.date().isoformat() == "2026-04-27":
                world.wait(days=9)  # nobody runs anything around the holiday
            world.wait(days=1)
        if key == "p4":
            with world.store.begin() as tx:
                tx.add(PackageRecord(campaign_id=1, number=1, sha256="0" * 64, missing=0, frozen_at=world.now, frozen_by="示例审核员", folder="p"))
        world.wait(days=-1)
        close(world, key)
        assert world.verify() == [], key

    seal_events(world.store, world.now)
    assert world.verify() == []
    assert world.campaign().state == "finished"
    outcomes = [row.outcome for row in world.rows(GateRecord)]
    assert len(outcomes) == 5
    assert "carried_over" in outcomes
    kinds = {notice.kind for notice in world.notices(NOTICE.c.state == "delivered")}
    assert kinds >= {"任务分解通知", "工作提醒", "催办通知单", "督办通知书", "通报", "提请问责建议函", "整改通知单", "退回补正通知"}
    assert {row.rung for row in world.rows(Escalation)} == {1, 2, 3, 4, 5, 6}
    assert set(world.receiver.keys.values()) == {1}
    with world.store.read() as tx:
        assert broken_blocks(tx) == []
    assert world.campaign().slug == SLUG
