"""One clock leads by its lease, and nothing that fails in a tick stops the ticking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from apscheduler.jobstores.base import JobLookupError

from campaign.errors import CampaignError
from campaign.records import leases
from campaign.records.statements import table_of
from campaign.records.store import Store, database_clock
from campaign.records.tables import Lease
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.pulse import CLOCK_LEASE, say_clock
from deployments.clock import Clock
from deployments.handover import PrefectStarter, request_key
from deployments.timekeeper import Timekeeper
from tests.e2e.harness import wait_until
from tests.world import SLUG, World, plan

NOW = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


class Ticks:
    """Stands for the clock: counts, and fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.count, self.error = 0, error

    def tick(self, now: datetime) -> datetime:
        self.count += 1
        if self.error is not None:
            raise self.error
        return now + timedelta(seconds=0.05)


@contextmanager
def keeper_of(store: Store, ticks: Ticks) -> Iterator[Timekeeper]:
    keeper = Timekeeper(store, cast(Clock, ticks), lambda _store, _now: None)
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()


def test_only_one_of_two_clocks_ticks_and_the_other_follows_when_it_stops(sqlite_store: Store) -> None:
    first, second = Ticks(), Ticks()
    with keeper_of(sqlite_store, first) as leader:
        wait_until(lambda: leader.leads and first.count > 2, description="the first clock ticks")
        with keeper_of(sqlite_store, second) as follower:
            wait_until(lambda: first.count > 5, description="the first clock goes on")
            assert not follower.leads
            assert second.count == 0
    with keeper_of(sqlite_store, second) as follower:
        wait_until(lambda: follower.leads and second.count > 0, description="the lease was let go in order")


def test_after_five_days_of_sleep_the_clock_leads_and_ticks_at_once(sqlite_store: Store) -> None:
    """A machine that slept: its lease ran out long ago, and every job's time has passed."""
    ticks, lease = Ticks(), table_of(Lease)
    with keeper_of(sqlite_store, ticks) as keeper:
        wait_until(lambda: keeper.leads and ticks.count > 2, description="the clock ticks")
        before = ticks.count
        with sqlite_store.begin() as tx:
            tx.execute(lease.update().values(expires_at=database_clock(tx) - timedelta(days=5)))
        for job in ("pulse", "tick"):
            with suppress(JobLookupError):  # it is just at work and arms itself anew
                keeper._jobs.modify_job(job, next_run_time=datetime.now(UTC) - timedelta(days=5))
        wait_until(lambda: say_clock(sqlite_store) == "", description="its lease is renewed")
        wait_until(lambda: ticks.count > before + 2, description="it ticks again")
        assert keeper.leads


def test_a_clock_that_slept_yields_to_the_one_that_took_over_meanwhile(sqlite_store: Store) -> None:
    ticks = Ticks()
    with keeper_of(sqlite_store, ticks) as keeper:
        wait_until(lambda: keeper.leads, description="the clock leads")
        with sqlite_store.begin() as tx:
            tx.execute(table_of(Lease).update().values(expires_at=database_clock(tx) - timedelta(days=5)))
        other = leases.take(sqlite_store, CLOCK_LEASE, "another machine", 90)
        assert other is not None
        keeper._pulse()
        assert not keeper.leads
        leases.release(sqlite_store, other)
        keeper._pulse()
        assert keeper.leads


def test_pages_can_say_since_when_the_clock_stands(sqlite_store: Store) -> None:
    assert "还没有运行过" in say_clock(sqlite_store)
    with keeper_of(sqlite_store, Ticks()) as keeper:
        wait_until(lambda: keeper.leads, description="the clock leads")
        assert say_clock(sqlite_store) == ""
    assert "刚刚停止" in say_clock(sqlite_store)
    hold = leases.take(sqlite_store, CLOCK_LEASE, "earlier", -35 * 60 - 5)
    assert hold is not None
    assert "已停 35 分钟" in say_clock(sqlite_store)


def test_a_refusal_in_a_tick_is_told_and_the_clock_ticks_again_within_its_longest_wait(sqlite_store: Store) -> None:
    ticks = Ticks(CampaignError("磁盘已满"))
    with keeper_of(sqlite_store, ticks) as keeper:
        wait_until(lambda: ticks.count == 1, description="the clock has ticked once")
        job: Any = wait_until(lambda: keeper._jobs.get_job("tick"), description="the tick is armed anew")
        assert job.next_run_time <= datetime.now(UTC) + timedelta(seconds=61)


def test_a_pass_is_put_into_prefects_words_with_the_names_that_its_dialog_shows(sqlite_store: Store) -> None:
    World(sqlite_store).launch(plan())
    kind, form, tags = PrefectStarter(sqlite_store, cast(Any, None))._in_words(PassRequest("phase", SLUG, "p1", NOW, "clock", due_key="2026-03-05T01:00Z"))
    assert kind == "rollout"
    assert form.model_dump(include={"campaign", "phase", "at"}) == {"campaign": f"{SLUG} · 示例区创建工作方案", "phase": "p1 · p1阶段", "at": None}
    assert tags == [SLUG, "p1阶段"]


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (PassRequest("supervision", None, None, NOW, "clock", due_key="2026-03-05T01:00Z"), "supervision:全部:2026-03-05T01:00Z"),
        (PassRequest("phase", "city", "p1", NOW, "clock", due_key="2026-03-05T01:00Z"), "phase:city:p1:2026-03-05T01:00Z"),
        (PassRequest("phase", "city", "p1", NOW, "某人"), ""),
    ],
    ids=["over all", "one phase", "by hand"],
)
def test_the_key_of_a_pass_names_its_due_instant(request_: PassRequest, key: str) -> None:
    assert request_key(request_) == key
