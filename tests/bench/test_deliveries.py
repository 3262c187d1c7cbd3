"""How many deliveries a second reach a vendor that answers in 50 ms, with the ledger written; and that none is lost or told twice on the way."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from campaign.records.papers.outbox import write_notice
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Attempt, Delivery, Notice, Unit
from campaign.work.planning.golive import go_live
from campaign.work.running.pass_steps import Services
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import run_pass
from campaign.work.running.services import services_from
from config.settings import Settings
from tests.bench.vendor import counted, vendor
from tests.world import World


@pytest.fixture
def url() -> Iterator[str]:
    with vendor() as url:
        yield url


def with_papers(store: Store, count: int) -> World:
    """A live campaign and as many units, each with one paper to be sent."""
    world = World(store)
    world.launch()
    world.go("2026-03-10T10:00")
    with store.begin() as tx:
        go_live(tx, world.campaign(), world.by())
        first = tx.execute(insert(table_of(Unit)).returning(table_of(Unit).c.id), [
            {"code": f"X{number:05}", "name": f"示例{number}单位", "state": "active", "external": False} for number in range(count)
        ]).scalars().all()  # fmt: skip
        for unit_id in first:
            write_notice(tx, campaign_id=world.campaign().id or 0, unit_id=unit_id, kind="通知", title="示例通知", body="示例正文", now=world.now)
    return world


def sending(tmp_path: Path, url: str) -> Services:
    settings = Settings(_env_file=None, home=tmp_path, webhook_url=url, webhook_secret="示例密钥", webhook_allow_local=True, webhook_by_unit=True)
    return services_from(settings)


def send_all(world: World, services: Services) -> int:
    return run_pass(world.store, PassRequest("delivery", None, None, world.now, "clock", "到期"), services=services).counts.get("sent", 0)


@pytest.mark.bench
@pytest.mark.timeout(600)
def test_deliveries_a_second(store: Store, tmp_path: Path, url: str) -> None:
    world = with_papers(store, 3000)
    services = sending(tmp_path, url)
    began, cpu = time.perf_counter(), time.process_time()
    sent = send_all(world, services)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    services.close()
    assert counted(url) == (sent, sent)
    print(f"\n{sent} deliveries with the ledger: {sent / seconds:.0f}/s, {cpu / sent * 1e3:.1f} ms CPU each ({sent / cpu:.0f}/s of CPU)")


def test_every_paper_reaches_a_slow_vendor_once_and_the_ledger_says_so(store: Store, tmp_path: Path, url: str) -> None:
    world = with_papers(store, 60)
    services = sending(tmp_path, url)
    assert send_all(world, services) == 60
    assert send_all(world, services) == 0
    services.close()
    assert counted(url) == (60, 60)
    assert {row.outcome for row in world.rows(Attempt)} == {"delivered"}
    assert {row.state for row in world.rows(Notice, table_of(Notice).c.kind == "通知")} == {"delivered"}
    assert not world.verify()


def test_a_sender_killed_between_sending_and_recording_repeats_with_the_same_keys(store: Store, tmp_path: Path, url: str) -> None:
    world = with_papers(store, 30)
    services = sending(tmp_path, url)

    def killed(*asked: object) -> list[object]:
        services.send(*asked)  # type: ignore[misc, arg-type]  # as the step calls it
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_all(world, Services(send=killed, batch=20))
    assert counted(url) == (20, 20)
    assert send_all(world, services) == 10, "what was claimed stays claimed for its time"
    world.wait(minutes=3)
    assert send_all(world, services) == 20
    services.close()
    assert counted(url) == (50, 30)
    assert {row.state for row in world.rows(Delivery)} == {"delivered"}
    assert Counter(row.outcome for row in world.rows(Attempt)) == {"delivered": 30, "unknown": 20}
    assert not world.verify()
