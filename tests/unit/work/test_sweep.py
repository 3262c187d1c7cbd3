"""The sweep: every rung once, in order, after its dwell; what an outage, a hand-in or a bad row does to it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from campaign.records.running import sweeping
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Escalation, Event, Notice, NoticeLine, Parked, PassRun
from campaign.work.running.due import due_passes, next_due_at
from tests.world import World, at, item, plan

DUTY, NOTICE, ESCALATION, LINE = table_of(Duty), table_of(Notice), table_of(Escalation), table_of(NoticeLine)
NEAR = plan([item(1, deadline="2026-03-10")])


def taken(world: World, duty_id: int = 1) -> list[tuple[int, int, bool]]:
    """(revision, rung, skipped) of a duty, in order."""
    return sorted((row.revision, row.rung, row.skipped) for row in world.rows(Escalation, ESCALATION.c.duty_id == duty_id))


def test_every_rung_is_taken_once_and_in_order_up_to_the_top(world: World) -> None:
    world.opened(NEAR).climb(6)

    assert taken(world) == [(1, rung, False) for rung in range(1, 7)]
    assert world.duty().next_rung_at is None
    assert world.go("2026-08-03").escalate() == 0
    assert world.verify() == []


def test_a_second_sweep_at_the_same_moment_finds_nothing(world: World) -> None:
    world.opened(NEAR).go("2026-03-05")
    assert world.escalate() == 1

    assert world.escalate() == 0
    assert taken(world) == [(1, 1, False)]


def test_after_an_outage_the_next_rung_only_is_taken(world: World) -> None:
    world.opened(NEAR).climb(3)

    world.go("2026-03-25").sweep()
    assert world.duty().rung == 4
    world.deliver()
    assert world.escalate() == 0
    assert world.verify() == []


def test_reminders_that_came_too_late_are_recorded_as_skipped_and_never_sent(world: World) -> None:
    world.opened(NEAR)

    swept = world.go("2026-03-13").sweep()

    assert taken(world) == [(1, 1, True), (1, 2, True), (1, 3, False)]
    assert (swept.counts["skipped"], swept.counts["escalated"]) == (2, 1)
    assert not world.notices(NOTICE.c.kind == "工作提醒")
    assert world.verify() == []


def test_the_next_rung_waits_for_the_delivery_of_the_one_before(world: World) -> None:
    world.opened(NEAR).go("2026-03-12").sweep()
    assert (world.duty().rung, world.duty().next_rung_at) == (3, None)

    world.go("2026-04-20")
    assert world.escalate() == 0
    world.deliver()

    assert world.duty().next_rung_at == at("2026-04-22T09:00")


@pytest.mark.parametrize("way", ["submit", "waive", "cancel", "suspend"])
def test_a_duty_that_is_no_longer_owed_is_not_escalated(world: World, way: str) -> None:
    world.opened(NEAR).climb(3)
    if way == "submit":
        world.submit()
    else:
        world.change(way)

    world.go("2026-04-20").sweep()

    assert max(rung for _, rung, _ in taken(world)) == 3


def test_duties_of_one_unit_and_rung_share_one_paper(world: World) -> None:
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 6)] + [item(9, lead_unit="示例乙局", deadline="2026-03-10")]))

    swept = world.go("2026-03-05").sweep()

    assert swept.counts["escalated"] == 6
    assert len(world.notices(NOTICE.c.kind == "工作提醒")) == 2


def test_a_sweep_leaves_one_event_a_campaign_in_the_transaction_of_its_steps(world: World) -> None:
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 4)]))
    world.launch(plan([item(1, deadline="2026-03-10")], title="示例区另一个方案"), slug="other")
    world.run("phase", "p1", campaign="other")

    world.go("2026-03-05").run("supervision", campaign=None)

    events = [event for event in world.rows(Event) if event.verb == "pass_supervision"]
    assert sorted((event.campaign_id, event.actor, event.detail["steps"]) for event in events) == [(1, "clock", 3), (2, "clock", 1)]


def test_a_bad_row_is_parked_with_its_reason_and_the_others_go_on(world: World) -> None:
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 9)]))
    with world.store.begin() as tx:  # beyond every calendar
        tx.execute(text("UPDATE duty SET due_at = '2099-01-01 00:00:00', next_rung_at = '2026-03-04 01:00:00' WHERE id = 5"))

    swept = world.go("2026-03-05").sweep()

    assert (swept.counts["escalated"], swept.counts["parked"]) == (7, 1)
    parked = world.rows(Parked)
    assert [(row.subject, row.subject_id) for row in parked] == [("duty", 5)]
    assert "日历" in parked[0].reason
    assert world.sweep().counts.get("parked", 0) == 0


def test_trouble_of_the_database_parks_nobody(lite: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.opened(NEAR).go("2026-03-05")

    def locked(*_: object) -> Any:
        from sqlite3 import OperationalError as Locked

        from sqlalchemy.exc import OperationalError

        raise OperationalError("UPDATE duty", {}, Locked("database is locked"))

    monkeypatch.setattr(sweeping, "sweep_parts", locked)
    with pytest.raises(Exception, match="正忙"):
        lite.sweep()

    assert lite.rows(Parked) == []
    assert {run.state for run in lite.rows(PassRun) if run.name == "supervision"} == {"failed"}


def test_more_than_a_batch_is_swept_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PART", 3)
    monkeypatch.setattr(sweeping, "PARTS", 1)
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 9)]))

    assert world.go("2026-03-05").escalate() == 8
    assert len(world.notices(NOTICE.c.kind == "工作提醒")) == 1
    assert world.verify() == []


def test_a_batch_run_again_after_its_commit_changes_nothing(world: World) -> None:
    world.opened(NEAR).go("2026-03-05")
    with world.store.begin() as tx:
        tx.add(PassRun(name="supervision", now=world.now, started_at=world.now, holder="x", token=1, actor="clock"))
    run = world.rows(PassRun)[-1].id
    with world.store.begin() as tx:
        sweeping.collect_due(tx, run, world.now)
    results = []
    for _ in range(2):
        with world.store.begin() as tx:
            results.append(sweeping.sweep_parts(tx, run, range(1), world.now).escalated)

    assert results == [1, 0]


def test_rehearsals_live_in_their_own_time(world: World) -> None:
    world.launch(NEAR, rehearsal=True)
    world.go("2026-03-02").work_phase()
    world.go("2026-03-05")

    assert due_passes(world.store, world.now) == []
    assert next_due_at(world.store, world.now) is None
    assert world.run("supervision", campaign=None).counts.get("escalated", 0) == 0
    assert world.escalate() == 1
    assert world.run("delivery", campaign=None).counts.get("sent", 0) == 0
    assert world.deliver().counts["sent"] > 0


@pytest.mark.without("digests", "receipts")
def test_the_clock_is_told_what_is_due_and_when_the_next_thing_will_be(world: World) -> None:
    world.launch(NEAR)
    assert [(one.name, one.phase) for one in due_passes(world.store, at("2026-03-02T00:00"))] == [("phase", "p1")]
    world.go("2026-03-02").work_phase()
    assert [one.name for one in due_passes(world.store, world.now)] == ["delivery"]
    world.deliver()

    assert due_passes(world.store, world.now) == []
    assert next_due_at(world.store, world.now) == at("2026-03-03T08:30")


def test_an_extension_after_a_rung_takes_its_line_off_the_unsent_paper(world: World) -> None:
    world.opened(NEAR).go("2026-03-05").sweep()

    world.change("extend", 1, at("2026-03-21T00:00"))
    world.deliver()

    assert [notice.state for notice in world.notices(NOTICE.c.kind == "工作提醒")] == ["empty"]
    assert world.duty().next_rung_at == at("2026-03-17T09:00")
    assert world.verify() == []


def test_a_new_deadline_keeps_a_duty_on_the_digest_that_hands_it_out(world: World) -> None:
    world.launch(NEAR)
    world.go("2026-03-02").work_phase()

    world.change("extend", 1, at("2026-03-21T00:00"))

    assert [line.removed_at for line in world.rows(NoticeLine)] == [None]
