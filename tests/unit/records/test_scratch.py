"""A scratch database: one session that remembers, and forgets what was never done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import InvalidRequestError

from campaign.records import leases
from campaign.records.planning.calendars import load_calendar, override_day
from campaign.records.scratch import scratch_of, scratch_store
from campaign.records.store import Store, database_clock
from campaign.records.tables import Lease
from campaign.records.tables import Unit as UnitRow
from tests.world import World, at, plan

DAY = at("2026-03-02").date()


def change_and_fail(store: Store, *, working: bool) -> None:
    with store.begin() as tx:
        override_day(tx, DAY, working=working, note="示例")
        assert load_calendar(tx).is_working(DAY) is working
        raise RuntimeError


def rename_within(store: Store, unit_id: int) -> None:
    with store.begin() as tx:
        tx.get_one(UnitRow, unit_id).name = "示例乙局"
        tx.flush()
        with store.begin():
            pass


def test_a_calendar_changed_in_a_transaction_that_failed_is_as_before() -> None:
    with scratch_store() as store:
        with store.read() as tx:
            before = load_calendar(tx).is_working(DAY)
        with pytest.raises(RuntimeError):
            change_and_fail(store, working=not before)
        with store.read() as tx:
            assert load_calendar(tx).is_working(DAY) is before


def test_what_one_transaction_wrote_the_next_reads_anew_and_reading_writes_nothing() -> None:
    with scratch_store() as store:
        with store.begin() as tx:
            unit = UnitRow(code="X1", name="示例甲局")
            tx.add(unit)
        with store.begin() as tx:
            found = tx.get_one(UnitRow, unit.id)
            assert found is not unit
            found.name = "示例乙局"
        with store.read() as tx:
            tx.get_one(UnitRow, unit.id).name = "示例丙局"
        with store.read() as tx:
            assert tx.get_one(UnitRow, unit.id).name == "示例乙局"


def test_a_read_leaves_its_transaction_to_the_next_which_still_can_be_undone_and_holds_no_other() -> None:
    with scratch_store() as store:
        with store.begin() as tx:
            unit = UnitRow(code="X1", name="示例甲局")
            tx.add(unit)
        with store.read() as tx:
            assert tx.get_one(UnitRow, unit.id).name == "示例甲局"
        with pytest.raises(InvalidRequestError):
            rename_within(store, unit.id)
        with store.read() as tx:
            assert tx.get_one(UnitRow, unit.id).name == "示例甲局"


def test_nobody_contests_a_lease_of_a_scratch_database_and_none_is_written() -> None:
    with scratch_store() as store, store.begin() as tx:
        first, second = (leases.take_in(tx, "pass：示例", holder, 60) for holder in ("甲", "乙"))
        assert first is not None
        assert second is not None
        leases.renew_in(tx, first)
        leases.release_in(tx, second)
        assert tx.get(Lease, "pass：示例") is None


def test_a_copy_has_the_campaign_and_the_live_records_keep_their_leases(world: World) -> None:
    world.launch(plan())
    campaign_id = world.campaign().id
    assert campaign_id is not None
    with scratch_of(world.store, campaign_id) as scratch, scratch.read() as tx:
        assert load_calendar(tx).is_working(DAY)
    with world.store.begin() as tx:
        assert leases.take_in(tx, "pass：示例", "甲", 60) is not None
        assert leases.take_in(tx, "pass：示例", "乙", 60) is None
        assert database_clock(tx) > at("2026-01-01") + timedelta(days=1)
