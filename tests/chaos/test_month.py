"""A month of a campaign in virtual time while sweepers, senders and database connections are killed: each notice arrives exactly once.

Two sweepers and two senders work at once, over all campaigns and over the one, so that they hold different leases and only the claims keep
them apart. The receiver is a process of its own that counts idempotency keys; its count is what is believed.

Ten kills for everyday use; CHAOS_MONTH_KILLS=200 for the full measure, CHAOS_SEED for other moments.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaign.errors import CampaignError, Conflict, RetryLater
from campaign.notices.sending import Sender
from campaign.records.campaigns import find_campaign
from campaign.records.log import seal_events
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Delivery, Duty, Notice
from campaign.work.planning.golive import go_live
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass
from campaign.work.upkeep.verify import verify
from config.settings import Settings
from tests.world import SLUG, World, item, phase, plan

pytestmark = pytest.mark.chaos
KILLS = int(os.environ.get("CHAOS_MONTH_KILLS", "10"))
SEED = os.environ.get("CHAOS_SEED", "1")
DELIVERY, NOTICE = table_of(Delivery), table_of(Notice)
MONTH = [day for day in (date(2026, 3, 2) + timedelta(days=n) for n in range(31)) if day.weekday() < 5]
LONGEST_ROUND = 0.5
WORKERS = (("supervision", None), ("supervision", SLUG), ("delivery", None), ("delivery", SLUG))


@dataclass(frozen=True)
class Place:
    url: str
    receiver: str
    home: Path


@contextmanager
def receiver(log: Path) -> Iterator[str]:
    env = {**os.environ, "CAMPAIGN_PARENT_PID": str(os.getpid())}
    with subprocess.Popen([sys.executable, "-m", "tests.chaos.receiver", str(log)], stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/notices"
        finally:
            process.kill()


def fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


def persist(place: Place, name: str, campaign: str | None, now: datetime) -> None:
    """One worker of a round: the pass of its kind, again after trouble that passes, until it went through once. Dies with its connection."""
    store = Store(place.url)
    sender = Sender(Settings(_env_file=None, home=place.home, webhook_url=place.receiver, webhook_allow_local=True, webhook_by_unit=True))
    services = Services(send=sender, tables=False, batch=5)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            run_pass(store, PassRequest(name, campaign, None, now, "clock"), services=services)
        except (Conflict, RetryLater):
            time.sleep(0.02)
        else:
            break
    store.close()


def half_written(place: Place) -> None:
    """A writer on SQLite that dies in the middle of its transaction: what it wrote must not be there."""
    with Store(place.url).begin() as tx:
        tx.execute(text("UPDATE duty SET rung = rung + 1, next_rung_at = NULL"))
        tx.execute(text("DELETE FROM delivery WHERE state = 'pending' AND number = 99"))
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGKILL)


def cut_connection(store: Store, chance: random.Random) -> bool:
    """One of the workers' connections to PostgreSQL is torn; False when none had one at that moment."""
    with store.begin() as tx:
        others = list(tx.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")).scalars())
        if others:
            tx.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": chance.choice(sorted(others))})
    return bool(others)


def a_round(place: Place, store: Store, now: datetime, chance: random.Random) -> str | None:
    """Four workers at once, one fault at a random moment, and the leases of the dead run out; answers what was hit, None when it had ended before."""
    store.close()  # a fork must not inherit a connection
    workers = [fork(lambda name=name, campaign=campaign: persist(place, name, campaign, now)) for name, campaign in WORKERS]  # type: ignore[misc]  # a lambda with defaults has no type of its own
    time.sleep(chance.uniform(0.01, LONGEST_ROUND))
    hit, struck = chance.choice(["sweeper", "sender", "connection"]), -1
    if hit == "connection" and store.is_sqlite:
        workers.append(struck := fork(lambda: half_written(place)))
    elif hit == "connection":
        struck = 0 if cut_connection(store, chance) else -1
    else:
        struck = workers[chance.choice([0, 1] if hit == "sweeper" else [2, 3])]
        os.kill(struck, signal.SIGKILL)
    with store.begin() as tx:
        tx.execute(text("UPDATE lease SET expires_at = '2000-01-01 00:00:00'"))
    store.close()
    ended = {worker: os.waitpid(worker, 0)[1] for worker in workers}
    return hit if os.WIFSIGNALED(ended.get(struck, 0)) or struck == 0 else None


def act(world: World, chance: random.Random) -> None:
    """People hand in, review and sign, some of them late."""
    for duty in chance.sample(ready := _unfinished(world), min(5, len(ready))):
        world.submit(duty.id, "示例联络员", f"第{duty.revision}稿")
    for duty in [duty for duty in world.duties() if duty.state == "submitted"][:3]:
        world.review(duty.id, accept=chance.random() < 0.6)
    world.sign_for_all()
    world.sign_all()


def _unfinished(world: World) -> list[Duty]:
    return [duty for duty in world.duties() if duty.state in ("open", "returned") and duty.kind in ("perform", "report") and duty.notice_id is None]


def settle(place: Place, store: Store, now: datetime) -> None:
    """The day's end without faults: every pass until nothing is due, then the seal."""
    kept = Store(place.url)
    services = Services(
        send=Sender(Settings(_env_file=None, home=place.home, webhook_url=place.receiver, webhook_allow_local=True, webhook_by_unit=True)), tables=False
    )
    for name in ("phase", "supervision", "delivery"):
        try:
            run_pass(kept, PassRequest(name, SLUG, "p1" if name == "phase" else None, now, "clock"), services=services)
        except CampaignError as refusal:
            raise AssertionError(refusal.message) from refusal
    seal_events(kept, now)
    services.close()
    kept.close()


@pytest.mark.timeout(3600)
def test_a_month_of_kills_loses_no_notice_and_doubles_none(store: Store, tmp_path: Path) -> None:
    print(f"CHAOS_SEED={SEED} CHAOS_MONTH_KILLS={KILLS}")
    chance = random.Random(SEED)
    log = tmp_path / "arrived.jsonl"
    with receiver(log) as address:
        world = World(store)
        place = Place(store.url.render_as_string(hide_password=False), address, tmp_path)
        _launch(world)
        settle(place, store, world.now)
        hits: Counter[str] = Counter()
        rounds = 0
        for number, day in enumerate(MONTH):
            world.go(day.isoformat())
            act(world, chance)
            while sum(hits.values()) < KILLS * (number + 1) // len(MONTH):
                world.wait(minutes=11)
                rounds += 1
                assert rounds < 20 * KILLS, "most rounds end before they are struck"
                if hit := a_round(place, store, world.now, chance):
                    hits[hit] += 1
            world.now = max(world.now, world.now.replace(hour=16))
            settle(place, store, world.now)
            assert world.verify() == [], f"{day}, seed {SEED}"
        _let_the_last_arrive(world, place, store)
    assert sum(hits.values()) == KILLS
    assert verify(store, receivers=log) == []
    assert_each_arrived_once(store, log)
    print(f"{KILLS} kills {dict(hits)} in {rounds} rounds: {len(_acted(log))} notices arrived once each, {len(_lines(log))} requests")


def _launch(world: World) -> None:
    days = [day.isoformat() for day in MONTH]
    items = [item(number, lead_unit=f"示例{number % 8}局", deadline=days[number % len(days)]) for number in range(1, 121)]
    items.append(item(200, recurrence={"every": "day", "text": "每日"}))
    world.launch(plan(items, [phase("p1", "rollout", "2026-03-02", "2026-06-30")]))
    with world.store.begin() as tx:
        go_live(tx, find_campaign(tx, SLUG), world.by())
    world.go("2026-03-02")


def _let_the_last_arrive(world: World, place: Place, store: Store) -> None:
    """A week without faults, in working hours: what was held back or waits for a repetition goes out."""
    for day in range(1, 8):
        world.go((MONTH[-1] + timedelta(days=day)).isoformat())
        world.sign_all()
        for _ in range(4):
            world.wait(minutes=35)
            settle(place, store, world.now)


def assert_each_arrived_once(store: Store, log: Path) -> None:
    acted = _acted(log)
    assert acted, "the receiver took notices"
    assert set(acted.values()) == {1}, "the receiver acted once on each key"
    with store.read() as tx:
        told: list[Any] = list(tx.execute(DELIVERY.select().where(DELIVERY.c.channel == "webhook")))
        arrived = {row.id for row in tx.execute(NOTICE.select().where(NOTICE.c.state == "delivered"))}
    delivered = [row for row in told if row.state == "delivered"]
    assert not [row for row in told if row.state in ("sending", "pending") and row.attempts], "nothing is still under way"
    assert {row.idempotency_key for row in delivered} == set(acted), "what the ledger says and what arrived are the same"
    assert Counter(row.notice_id for row in delivered) == Counter({row.notice_id: 1 for row in delivered}), "no notice by two keys"
    assert {row.notice_id for row in delivered} == arrived
    assert all(row.state in ("delivered", "cancelled", "pending") for row in told), Counter(row.state for row in told)


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def _acted(log: Path) -> Counter[str]:
    return Counter(line["key"] for line in _lines(log) if line["acted"])
