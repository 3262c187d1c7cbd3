"""The checker: silent over a campaign at work, and naming each thing that is broken behind the engine's back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaign.records.log import seal_events
from campaign.records.store import Store
from campaign.rules.gate import GateOutcome
from campaign.work.planning import gate
from campaign.work.upkeep.verify import verify
from tests.world import LEADER, World, at, item, phase, plan

WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}
CLIMBER, DONE, BACK, HANDED, AWAITED, RESTING, TOLD = "i1", "i2", "i3", "i4", "i5", "i7", "i8"


def live_through(world: World) -> World:
    """A little of everything: each state of a duty, each state of a paper, findings open and closed, gates held and overruled."""
    soon = {"deadline": "2026-03-10"}
    items = [item(1, **soon), item(2, **soon, materials=[{"name": "示例台账"}]), item(3, **soon), item(4), item(5, deadline="event:示例活动+3d"),
             item(6, recurrence=WEEKLY), item(7), item(8, lead_unit="示例乙局", **soon)]  # fmt: skip
    phases = [phase("p1", "rollout", "2026-03-02", "2026-03-31"), phase("p2", "mobilization", "2026-03-02", "2026-03-06")]
    world.opened(plan(items, phases))
    world.work_phase("p2")
    with world.store.begin() as tx:
        gate.decide_gate(tx, tx.merge(world.campaign()), tx.merge(world.phase("p1")), GateOutcome.HOLD, world.by())
        gate.overrule_gate(tx, tx.merge(world.campaign()), tx.merge(world.phase("p2")), world.by(LEADER))
    world.submit(ids(world, DONE), "示例联络员")
    world.review(ids(world, DONE))
    world.submit(ids(world, BACK), "示例联络员")
    world.review(ids(world, BACK), accept=False)
    world.submit(ids(world, HANDED), "示例联络员")
    world.change("suspend", ids(world, RESTING))
    closed = world.find_problem("示例问题一")[1]
    world.find_problem("示例问题二")
    world.submit(closed.id, "示例整改人")
    world.review(closed.id, "示例复核员")
    world.climb(4, one=ids(world, TOLD))
    world.climb(5, deliver_last=False, one=ids(world, CLIMBER))
    world.run("bulletin")
    seal_events(world.store, world.now)
    return world


def ids(world: World, key: str) -> int:
    return next(duty.id for duty in world.duties() if duty.origin.startswith(f"item:{key}/"))


def test_a_campaign_at_work_breaks_nothing(world: World) -> None:
    assert live_through(world).verify() == []


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lived") / "campaign.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    live_through(World(store))
    with store.begin() as tx:
        tx.execute(text("SELECT 1"))
    store.close()
    return path


@pytest.fixture
def broken(sqlite_store: Store, lived: Path) -> World:
    shutil.copy(lived, sqlite_store.url.database or "")
    return World(sqlite_store, "2026-04-01")


def break_it(world: World, statements: str) -> list[str]:
    """Run statements with every constraint off; answers the codes that the checker then names. `LOOSE table` drops a table's constraints."""
    with world.store.writer.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for statement in filter(None, (part.strip() for part in statements.split(";"))):
            if statement.startswith("LOOSE "):
                table = statement.removeprefix("LOOSE ")
                for part in (f"CREATE TABLE loose AS SELECT * FROM {table}", f"DROP TABLE {table}", f"ALTER TABLE loose RENAME TO {table}"):
                    raw.execute(part)
            else:
                changed = raw.execute(statement)
                assert changed.rowcount != 0, f"nothing to break: {statement}"
        raw.execute("PRAGMA ignore_check_constraints = OFF")
        raw.execute("PRAGMA foreign_keys = ON")
    return [one.code for one in verify(world.store)]


def duty(key: str) -> str:
    return f"(SELECT min(id) FROM duty WHERE origin LIKE 'item:{key}/%')"


RECTIFY = "(SELECT min(id) FROM duty WHERE kind = 'rectify')"
DRAFT = "(SELECT max(id) FROM notice WHERE state = 'draft')"
NUMBERED = "(SELECT min(id) FROM notice WHERE number IS NOT NULL)"
SENT = "(SELECT min(id) FROM notice WHERE state = 'delivered' AND rung > 0)"

BREAKS = {
    "origin_twice": f"LOOSE duty; UPDATE duty SET origin = (SELECT origin FROM duty WHERE id = {duty(CLIMBER)}) WHERE id = {duty(AWAITED)}",
    "clock_while_resting": f"UPDATE duty SET next_rung_at = due_at WHERE id = {duty(DONE)}",
    "end_without_time": f"UPDATE duty SET finished_at = NULL WHERE id = {duty(DONE)}",
    "owed_without_time": f"UPDATE duty SET due_at = NULL WHERE id = {duty(BACK)}",
    "owned_by_nobody": f"UPDATE unit SET state = 'abolished' WHERE id = (SELECT unit_id FROM duty WHERE id = {duty(AWAITED)})",
    "suspended_without_time": f"UPDATE duty SET suspended_at = NULL WHERE id = {duty(RESTING)}",
    "ladder_stopped": f"UPDATE notice SET state = 'empty' WHERE id = {DRAFT}",
    "clock_before_delivery": f"UPDATE duty SET next_rung_at = due_at WHERE id = {duty(CLIMBER)}",
    "rung_without_step": f"UPDATE duty SET rung = 3 WHERE id = {duty(CLIMBER)}",
    "rung_twice": f"LOOSE escalation; INSERT INTO escalation SELECT 9999, duty_id, revision, rung, taken_at, skipped, notice_id, pass_id FROM escalation "
    f"WHERE duty_id = {duty(CLIMBER)} AND rung = 3",
    "rungs_out_of_order": f"UPDATE escalation SET taken_at = '2026-03-01 00:00:00.000000' WHERE duty_id = {duty(CLIMBER)} AND rung = 4",
    "rungs_at_once": f"UPDATE escalation SET pass_id = (SELECT pass_id FROM escalation WHERE duty_id = {duty(CLIMBER)} AND rung = 3) "
    f"WHERE duty_id = {duty(CLIMBER)} AND rung = 4",
    "rung_jumped": f"UPDATE notice_line SET escalation_id = NULL WHERE duty_id = {duty(CLIMBER)}; "
    f"DELETE FROM escalation WHERE duty_id = {duty(CLIMBER)} AND rung = 4",
    "skipped_no_reminder": f"UPDATE escalation SET skipped = 1 WHERE duty_id = {duty(CLIMBER)} AND rung = 4",
    "floor_washed_off": f"UPDATE duty SET revision = 2, rung = 0, next_rung_at = due_at WHERE id = {duty(CLIMBER)}",
    "escalated_at_rest": f"UPDATE duty SET state = 'waived', next_rung_at = NULL, finished_at = '2026-03-05 00:00:00.000000' WHERE id = {duty(CLIMBER)}",
    "escalated_too_early": f"UPDATE duty SET due_at = '2026-12-01 00:00:00.000000' WHERE id = {duty(CLIMBER)}",
    "reminded_too_late": f"UPDATE escalation SET taken_at = '2026-03-12 00:00:00.000000' WHERE duty_id = {duty(CLIMBER)} AND rung = 2",
    "dwell_cut_short": f"UPDATE notice SET delivered_at = '2026-04-01 00:00:00.000000' WHERE id = "
    f"(SELECT notice_id FROM escalation WHERE duty_id = {duty(CLIMBER)} AND rung = 3)",
    "no_review": "UPDATE duty SET state = 'cancelled', next_rung_at = NULL, finished_at = opened_at WHERE kind = 'review' AND state = 'open'",
    "submitted_nothing": f"UPDATE duty SET state = 'submitted', next_rung_at = NULL WHERE id = {duty(CLIMBER)}",
    "idle_review": "UPDATE duty SET state = 'open', finished_at = NULL WHERE id = (SELECT min(id) FROM duty WHERE kind = 'review' AND state = 'accepted')",
    "reviewed_review": "UPDATE submission SET duty_id = (SELECT min(id) FROM duty WHERE kind = 'review') WHERE id = 1",
    "accepted_without_verdict": f"DELETE FROM verdict WHERE submission_id IN (SELECT id FROM submission WHERE duty_id = {duty(DONE)})",
    "returned_without_verdict": f"DELETE FROM verdict WHERE submission_id IN (SELECT id FROM submission WHERE duty_id = {duty(BACK)})",
    "decided_but_waiting": "INSERT INTO verdict (submission_id, outcome, reason, given_by, given_at) "
    f"SELECT id, 'accepted', '', 'x', submitted_at FROM submission WHERE duty_id = {duty(HANDED)}",
    "own_verdict": "UPDATE verdict SET given_by = '示例联络员' WHERE id = 1",
    "versions_with_gap": "UPDATE submission SET version = 3 WHERE id = 1",
    "version_altered": "UPDATE submission_file SET name = '别的' WHERE submission_id = 1",
    "closed_by_rectifier": "UPDATE finding SET closed_by = '示例整改人' WHERE state = 'closed'",
    "closed_without_recheck": f"DELETE FROM verdict WHERE submission_id IN (SELECT id FROM submission WHERE duty_id = {RECTIFY})",
    "finding_without_order": "UPDATE duty SET state = 'cancelled', next_rung_at = NULL, finished_at = opened_at WHERE kind = 'rectify' AND state = 'open'",
    "closed_without_gate": "DELETE FROM gate WHERE outcome = 'overruled'",
    "carried_without_names": "UPDATE gate SET outcome = 'carried_over', leftovers = '[]', blockers = '[]' WHERE outcome = 'overruled'",
    "two_leads": "LOOSE item_unit; INSERT INTO item_unit SELECT item_id, 99, role FROM item_unit WHERE item_id = 1",
    "item_without_lead": "UPDATE item_unit SET role = 'supporting' WHERE item_id = 1",
    "series_stopped": "UPDATE series SET state = 'active'",
    "calendar_miscounted": "UPDATE calendar_day SET working = NOT working WHERE day = '2026-05-01'",
    "two_passes_at_once": "UPDATE pass_run SET state = 'running' WHERE name = 'supervision'",
    "no_actor": "UPDATE event SET actor = ' ' WHERE id = 2",
    "no_reason": "UPDATE event SET reason = '' WHERE verb = 'suspend'",
    "silent_end": f"DELETE FROM event WHERE verb = 'accept'; UPDATE duty SET finished_at = '2026-03-02 03:00:00.000000' WHERE id = {duty(DONE)}",
    "silent_opening": f"UPDATE duty SET opened_at = '2026-03-02 03:00:00.000000' WHERE id = {duty(DONE)}",
    "silent_version": "DELETE FROM event WHERE verb = 'submit'",
    "silent_verdict": "DELETE FROM event WHERE verb = 'return'",
    "silent_escalation": "DELETE FROM event WHERE verb = 'pass_supervision'",
    "silent_signature": f"UPDATE notice SET signed_by = 'x' WHERE id = {SENT}",
    "silent_gate": "DELETE FROM event WHERE verb = 'gate_held'",
    "silent_finding": "UPDATE finding SET found_at = '2026-03-02 03:00:00.000000'",
    "log_tampered": "UPDATE event SET reason = '别的' WHERE id = 1",
    "plan_altered": "UPDATE plan_version SET spec = json_set(spec, '$.title', '别的')",
    "ladder_altered": "UPDATE ladder SET source = replace(source, '2wd', '1wd')",
    "escalation_without_line": f"DELETE FROM notice_line WHERE notice_id = {SENT}",
    "line_without_escalation": f"UPDATE notice_line SET escalation_id = NULL WHERE notice_id = {SENT}",
    "notice_without_delivery": f"DELETE FROM attempt; DELETE FROM delivery WHERE notice_id = {SENT}",
    "issued_going_nowhere": f"UPDATE notice SET state = 'issued', delivered_at = NULL WHERE id = {SENT}",
    "delivered_without_proof": f"DELETE FROM attempt WHERE delivery_id IN (SELECT id FROM delivery WHERE notice_id = {SENT})",
    "proof_not_counted": f"UPDATE notice SET state = 'withdrawn', delivered_at = NULL WHERE id = {SENT}",
    "draft_without_signer": f"UPDATE duty SET state = 'cancelled', next_rung_at = NULL, finished_at = opened_at WHERE notice_id = {DRAFT}",
    "idle_signature": f"UPDATE notice SET state = 'withdrawn' WHERE id = {DRAFT}",
    "issued_unsigned": f"UPDATE notice SET state = 'issued', issued_at = created_at WHERE id = {DRAFT}",
    "number_on_draft": f"UPDATE notice SET number = '创办通〔2026〕9号' WHERE id = {DRAFT}",
    "issued_without_number": f"UPDATE notice SET number = NULL WHERE id = {NUMBERED}",
    "issued_without_time": f"UPDATE notice SET issued_at = NULL WHERE id = {NUMBERED}",
    "numbers_with_gap": "UPDATE document_counter SET last = last + 1",
    "finished_on_unsent": f"UPDATE duty SET state = 'submitted', next_rung_at = NULL WHERE id = {duty(CLIMBER)}",
    "attempts_miscounted": "UPDATE delivery SET attempts = attempts + 1 WHERE id = 1",
    "pending_never": "UPDATE delivery SET state = 'pending' WHERE id = 1",
}


@pytest.mark.parametrize("code", BREAKS)
def test_what_is_broken_is_named(broken: World, code: str) -> None:
    assert code in break_it(broken, BREAKS[code])


def test_every_rule_has_been_seen_to_fail() -> None:
    from campaign.work.upkeep.verify import TABLES
    from tests.unit.work.test_verify_hands import HAND_BREAKS

    assert {check.code for table in TABLES for check in table} <= {*BREAKS, *HAND_BREAKS}


def test_a_violation_says_what_is_wrong_and_with_which_rows(broken: World) -> None:
    break_it(broken, BREAKS["end_without_time"])

    told = next(one for one in verify(broken.store) if one.code == "end_without_time")
    assert (told.ids, told.text) == ((ids(broken, DONE),), f"1 项应办事项的办结时间与状态不符（#{ids(broken, DONE)}）")


def log_of(world: World, path: Path, *, without: str | None = None, twice: str | None = None) -> Path:
    keys = [one.idempotency_key for one in world.receiver.arrived if one.idempotency_key != without]
    path.write_text("".join(json.dumps({"key": key}) + "\n" for key in keys + ([twice] if twice else [])) + '{"key": "torn', encoding="utf-8")
    return path


def arrivals(world: World, tmp_path: Path, **changes: Any) -> list[str]:
    return [one.code for one in verify(world.store, receivers=log_of(world, tmp_path / "outbox.jsonl", **changes))]


def test_each_key_is_once_in_the_receivers_log(world: World, tmp_path: Path) -> None:
    world.receiver.says = {"webhook": "refused"}
    world.opened()
    world.deliver()
    key = world.receiver.arrived[0].idempotency_key

    assert world.receiver.arrived[0].channel == "file"
    assert arrivals(world, tmp_path) == []
    assert arrivals(world, tmp_path, without=key) == ["never_arrived"]
    assert arrivals(world, tmp_path, twice=key) == ["arrived_twice"]
    assert arrivals(world, tmp_path, twice="n999-1") == ["unknown_arrival"]


def test_a_key_may_come_twice_after_an_attempt_of_unknown_end(world: World, tmp_path: Path) -> None:
    world.receiver.says = {"webhook": "unknown"}
    world.opened()
    world.receiver.says = {}
    world.wait(minutes=1).deliver()

    assert list(world.receiver.keys.values()) == [2]
    assert arrivals(world, tmp_path) == []


def test_the_folder_of_logs_may_be_named_and_may_be_empty(lite: World, tmp_path: Path) -> None:
    lite.opened()
    assert verify(lite.store, receivers=tmp_path) == []
    assert verify(lite.store, receivers=tmp_path / "outbox.jsonl") == []


def test_the_dwell_is_counted_in_working_time(world: World) -> None:
    """Delivered on Thursday afternoon before the long holiday, the next step is taken two working days later, eleven days on."""
    world.opened(plan([item(1, deadline="2026-09-25")], [phase("p1", "rollout", "2026-09-01", "2026-12-31")]), day="2026-09-01")
    world.climb(3, deliver_last=False)
    world.go("2026-09-30T15:00").deliver()
    world.climb(4)

    assert world.now == at("2026-10-09T15:00")
    assert world.verify() == []
