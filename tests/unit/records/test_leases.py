"""Leases: one holder, a token that grows, and nothing written by whoever lost it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from campaign.errors import Conflict
from campaign.records import leases
from campaign.records.store import Store
from campaign.records.tables import Campaign
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import close_pass, open_pass, run_batch
from tests.world import SLUG, World, item, plan


def expire(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(text("UPDATE lease SET expires_at = '2000-01-01 00:00:00'"))


def test_a_lease_has_one_holder_and_is_free_after_its_release(store: Store) -> None:
    first = leases.take(store, "clock", "a", 60)
    assert first is not None
    assert leases.take(store, "clock", "b", 60) is None

    leases.release(store, first)

    second = leases.take(store, "clock", "b", 60)
    assert second is not None
    assert second.token > first.token


def test_an_expired_lease_goes_to_the_next_and_its_token_grows(store: Store) -> None:
    first = leases.take(store, "clock", "a", 60)
    expire(store)
    second = leases.take(store, "clock", "b", 60)

    assert first is not None
    assert second is not None
    assert second.token == first.token + 1
    assert not leases.renew(store, first)
    assert leases.renew(store, second)


def test_of_many_who_ask_at_once_one_gets_it(store: Store) -> None:
    got: list[str] = []
    start = threading.Barrier(6)

    def ask(name: str) -> None:
        start.wait()
        if leases.take(store, "clock", name, 60) is not None:
            got.append(name)

    threads = [threading.Thread(target=ask, args=(f"h{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == 1


def test_a_pass_that_lost_its_lease_writes_nothing_more(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10")])).go("2026-03-05")
    request = PassRequest("supervision", SLUG, None, world.now, "clock")
    lost = open_pass(world.store, request, Services(send=world.receiver))
    escalate = next(step for step in lost.steps if step.name == "escalate")
    batches = escalate.split(world.store, lost)
    expire(world.store)
    taker = open_pass(world.store, request, Services(send=world.receiver))

    with pytest.raises(leases.LeaseLost):
        run_batch(world.store, lost, escalate, batches[0])
    with pytest.raises(leases.LeaseLost):
        close_pass(world.store, lost, [])

    assert world.duty().rung == 0
    close_pass(world.store, taker, [])
    assert world.verify() == []


def test_a_pass_that_is_running_is_not_run_twice(world: World) -> None:
    world.opened()
    open_pass(world.store, PassRequest("supervision", SLUG, None, world.now, "clock"))

    with pytest.raises(Conflict, match="正在进行"):
        world.sweep()


def test_a_batch_whose_lease_is_lost_is_rolled_back_whole(store: Store) -> None:
    hold = leases.take(store, "clock", "a", 60)
    assert hold is not None
    expire(store)
    leases.take(store, "clock", "b", 60)

    def write() -> None:
        with store.begin() as tx:
            tx.execute(text("DELETE FROM calendar_day"))
            leases.renew_in(tx, hold)

    with pytest.raises(leases.LeaseLost):
        write()
    with store.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM calendar_day")).scalar_one() > 3000
        assert tx.get(Campaign, 1) is None
