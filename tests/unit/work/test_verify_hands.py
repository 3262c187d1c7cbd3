"""The checker over reviews in steps, split duties and compiled versions: silent while they hold, naming each that is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from campaign.records.campaigns import find_campaign, find_duty, find_unit
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Duty, Submission, Unit
from campaign.work.duty.lead import compile_parts
from campaign.work.duty.review import review
from campaign.work.duty.review_steps import Receipt
from campaign.work.duty.split import split_duty
from campaign.work.planning.review_chains import put_chain_in_force
from tests.unit.work.test_verify import break_it
from tests.world import LADDERS, OFFICE, SLUG, World, item, plan

DUTY = table_of(Duty)
PART = "(SELECT min(id) FROM duty WHERE parent_id IS NOT NULL)"
WHOLE = "(SELECT max(parent_id) FROM duty)"

HAND_BREAKS = {
    "step_on_other_version": "UPDATE step_verdict SET sha256 = 'x' WHERE number = 1",
    "step_of_other_chain": "UPDATE step_verdict SET step_id = (SELECT max(id) FROM review_step) WHERE number = 1",
    "steps_out_of_order": "UPDATE step_verdict SET outcome = 'returned' WHERE number = 1",
    "own_step_verdict": "UPDATE step_verdict SET given_by = '示例丙局干部' WHERE number = 2",
    "reported_without_receipt": "UPDATE step_verdict SET receipt = ' ' WHERE number = 4",
    "verdict_without_steps": "DELETE FROM step_verdict WHERE number = 3",
    "step_decided_but_asked": "UPDATE duty SET review_step_id = NULL WHERE kind = 'review' AND state = 'open'",
    "part_due_later": f"UPDATE duty SET due_at = '2027-03-01 00:00:00.000000' WHERE id = {PART}",
    "part_of_part": f"UPDATE duty SET parent_id = {PART} WHERE parent_id IS NOT NULL AND id <> {PART}",
    "part_of_own_unit": f"UPDATE duty SET unit_id = (SELECT unit_id FROM duty WHERE id = {WHOLE}) WHERE id = {PART}",
    "whole_before_parts": f"UPDATE duty SET state = 'submitted', next_rung_at = NULL WHERE id = {WHOLE}",
    "part_above_urge": f"UPDATE duty SET rung = 4 WHERE id = {PART}",
    "silent_split": "DELETE FROM event WHERE verb = 'split'",
    "part_not_accepted": "DELETE FROM verdict WHERE submission_id IN (SELECT part_id FROM compiled_part)",
}


def pass_through_hands(world: World) -> World:
    """One version accepted by four hands and compiled by the lead unit, one that waits at the second hand, and a duty split to two units below."""
    world.launch(plan([item(1, responsible_units=["示例乙局", "示例丙局"]), item(2)]))
    with world.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), "full", world.by(), ladders=LADDERS)
        above = find_unit(tx, "示例甲局")
        assert above is not None
        tx.add_all([Unit(code=f"U90{number}", name=f"示例{number}社区", parent_id=above.id) for number in (1, 2)])
    world.go("2026-03-02").work_phase()
    for unit, hands in (("示例丙局", ("丙局长", "甲干部", OFFICE, OFFICE)), ("示例乙局", ("乙局长",))):
        one = owed(world, unit, "i1")
        world.submit(one, f"{unit}干部", unit)
        for actor in hands:
            world.wait(minutes=5)
            with world.store.begin() as tx:
                review(tx, find_duty(tx, one), world.by(actor), accept=True, receipt=Receipt("示函〔2026〕1号"))
    with world.store.begin() as tx:
        part = tx.get_one(Submission, 1)
        compile_parts(tx, find_duty(tx, owed(world, "示例甲局", "i1")), [part.id], [], world.by("甲干部"))
        below = [found for number in (1, 2) if (found := find_unit(tx, f"示例{number}社区")) is not None]
        split_duty(tx, find_duty(tx, owed(world, "示例甲局", "i2")), below, world.by("甲干部"))
    return world


def owed(world: World, unit: str, key: str) -> int:
    one: Duty = world.duties(DUTY.c.unit_id == world.unit(unit).id, DUTY.c.origin.like(f"item:{key}/perform/%"))[0]
    return one.id


def test_work_that_passed_through_many_hands_breaks_nothing(world: World) -> None:
    assert pass_through_hands(world).verify() == []


@pytest.fixture(scope="module")
def handed_on(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("handed") / "campaign.db"
    shutil.copy(sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    pass_through_hands(World(store))
    store.close()
    return path


@pytest.mark.parametrize("code", HAND_BREAKS)
def test_what_is_broken_is_named(sqlite_store: Store, handed_on: Path, code: str) -> None:
    shutil.copy(handed_on, sqlite_store.url.database or "")
    assert code in break_it(World(sqlite_store, "2026-04-01"), HAND_BREAKS[code])
