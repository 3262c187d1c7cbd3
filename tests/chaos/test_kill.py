"""kill -9 at random moments of a pass, alone and two at once: nothing is broken, and the next pass finishes the work.

Each round forks a child that runs the day's passes and kills it somewhere in between; the parent has no connection open while it does. A dead
holder's lease would run out after a minute, so the parent lets it run out at once.

Six kills a case for everyday use; CHAOS_KILLS=20 for the full measure, CHAOS_SEED for other moments.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from campaign.errors import Conflict
from campaign.records.log import seal_events
from campaign.records.papers.notices import due_deliveries
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.running.sweeping import count_due
from campaign.records.store import Store
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass
from campaign.work.upkeep.verify import verify
from tests.world import SLUG, World, item, phase, plan

pytestmark = pytest.mark.chaos
KILLS = int(os.environ.get("CHAOS_KILLS", "6"))
PASSES = (("phase", "p1"), ("supervision", None), ("delivery", None))


class LoggingReceiver:
    """Takes everything, and has it on disk before it says so."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def __call__(self, outgoing: Sequence[Outgoing], _: Any, __: datetime) -> list[Outcome]:
        for one in outgoing:
            with self.log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({"key": one.idempotency_key}) + "\n")
        return [Outcome(one.delivery_id, "delivered", "示例回执") for one in outgoing]


def work(url: str, now: datetime, log: Path) -> None:
    """The day's passes; one that another is running is left to it."""
    store = Store(url)
    for name, key in PASSES:
        try:
            run_pass(store, PassRequest(name, SLUG, key, now, "clock"), services=Services(send=LoggingReceiver(log), tables=False, batch=7))
        except Conflict:
            continue
    seal_events(store, now)
    store.close()


def fork(url: str, now: datetime, log: Path) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(url, now, log)
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("workers", [1, 2], ids=["alone", "two at once"])
def test_a_pass_killed_at_any_moment_breaks_nothing_and_the_next_one_finishes_it(store: Store, tmp_path: Path, workers: int) -> None:
    world, url, log = World(store), store.url.render_as_string(hide_password=False), tmp_path / "outbox.jsonl"
    days = [f"2026-03-{day:02}" for day in (*range(9, 14), *range(16, 21), *range(23, 28))]
    items = [item(number, lead_unit=f"示例{number % 8}局", deadline=days[number % 15]) for number in range(1, 121)]
    items.append(item(200, recurrence={"every": "day", "text": "每日"}))
    world.launch(plan(items, [phase("p1", "rollout", "2026-03-02", "2026-06-30")]))
    world.go("2026-03-02")
    store.close()
    whole = _time_of(lambda: os.waitpid(fork(url, world.now, log), 0))
    chance = random.Random(os.environ.get("CHAOS_SEED", "1"))

    for _ in range(KILLS):
        world.wait(days=1)
        _act(world, chance)
        store.close()
        children = [fork(url, world.now, log) for _ in range(workers)]
        time.sleep(chance.uniform(0, whole * workers))
        for child in children[: chance.randint(1, workers)]:
            os.kill(child, signal.SIGKILL)
        for child in children:
            os.waitpid(child, 0)
        assert verify(store, receivers=log) == []

        _leases_run_out(store)
        world.wait(minutes=3)
        store.close()
        _, status = os.waitpid(fork(url, world.now, log), 0)
        assert status == 0
        assert verify(store, receivers=log) == []
        with store.read() as tx:
            assert (count_due(tx, world.now, 1), due_deliveries(tx, world.now, 1)) == (0, 0)


def _act(world: World, chance: random.Random) -> None:
    """Between two rounds a few things come in, are reviewed and signed."""
    open_ones = [duty for duty in world.duties() if duty.state in ("open", "returned") and duty.kind in ("perform", "report") and duty.notice_id is None]
    for duty in chance.sample(open_ones, min(3, len(open_ones))):
        world.submit(duty.id, "示例联络员", f"第{duty.revision}稿")
    for duty in [duty for duty in world.duties() if duty.state == "submitted"][:2]:
        world.review(duty.id, accept=chance.random() < 0.5)
    world.sign_for_all()
    world.sign_all()


def _leases_run_out(store: Store) -> None:
    with store.begin() as tx:
        tx.execute(text("UPDATE lease SET expires_at = '2000-01-01 00:00:00'"))


def _time_of(run: Any) -> float:
    start = time.monotonic()
    run()
    return max(time.monotonic() - start, 0.05)


def test_a_claim_of_a_dead_sender_is_due_again_in_two_minutes(store: Store, tmp_path: Path) -> None:
    """The one moment that cannot be undone: sent, and dead before writing it down. It is sent again with its key."""
    world, url, log = World(store), store.url.render_as_string(hide_password=False), tmp_path / "outbox.jsonl"
    world.launch()
    world.go("2026-03-02").work_phase()
    store.close()
    child = os.fork()
    if not child:
        try:
            _die_after_sending(url, world.now, log)
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    _leases_run_out(store)
    world.wait(minutes=3)
    work(url, world.now + timedelta(minutes=3), log)

    keys = [json.loads(line)["key"] for line in log.read_text("utf-8").splitlines()]
    assert keys == ["n1-1", "n1-1"]
    assert verify(store, receivers=log) == []


def _die_after_sending(url: str, now: datetime, log: Path) -> None:
    receiver = LoggingReceiver(log)

    def send(*given: Any) -> list[Outcome]:
        receiver(*given)
        os.kill(os.getpid(), signal.SIGKILL)
        return []

    run_pass(Store(url), PassRequest("delivery", SLUG, None, now, "clock"), services=Services(send=send))
