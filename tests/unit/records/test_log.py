"""The sealed log: blocks that chain, and tampering that shows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.records.log import GENESIS, broken_blocks, head, seal_events, unsealed, write_event
from campaign.records.store import Store
from campaign.records.tables import EventBlock
from tests.world import World, at

NOON = at("2026-03-02T12:00")


def write(store: Store, *verbs: str) -> None:
    with store.begin() as tx:
        for verb in verbs:
            write_event(tx, at=NOON, actor="示例员", verb=verb, reason="理由", detail={"数": 1, "a": [1.5, None]})


def broken(store: Store) -> list[str]:
    with store.read() as tx:
        return broken_blocks(tx)


def test_sealing_covers_every_event_once_and_chains_the_blocks(store: Store) -> None:
    write(store, "a", "b")
    assert seal_events(store, NOON) == 2
    write(store, "c")
    assert seal_events(store, NOON) == 1
    assert seal_events(store, NOON) == 0

    with store.read() as tx:
        blocks = tx.execute(text("SELECT previous, sha256, events FROM event_block ORDER BY id")).all()
        assert unsealed(tx) == 0
        assert head(tx) == blocks[-1].sha256
    assert [(row.previous, row.events) for row in blocks] == [(GENESIS, 2), (blocks[0].sha256, 1)]
    assert broken(store) == []


TAMPERED = [
    pytest.param("UPDATE event SET reason = '别的' WHERE id = 2", id="a changed reason"),
    pytest.param("UPDATE event SET actor = '别人' WHERE id = 1", id="a changed actor"),
    pytest.param("UPDATE event SET detail = '{}' WHERE id = 3", id="a changed detail"),
    pytest.param("DELETE FROM event WHERE id = 2", id="a deleted row"),
    pytest.param("UPDATE event SET block_id = NULL WHERE id = 2", id="a row taken out of its block"),
    pytest.param("UPDATE event_block SET sha256 = 'x' WHERE id = 1", id="a changed seal"),
    pytest.param("UPDATE event SET block_id = 2 WHERE block_id = 1; DELETE FROM event_block WHERE id = 1", id="a deleted block"),
]


@pytest.mark.parametrize("statements", TAMPERED)
def test_tampering_is_found(store: Store, statements: str) -> None:
    write(store, "a", "b")
    seal_events(store, NOON)
    write(store, "c")
    seal_events(store, NOON)

    with store.begin() as tx:
        for statement in statements.split(";"):
            tx.execute(text(statement))

    assert broken(store)


def test_a_writer_that_commits_late_is_sealed_in_the_next_block(postgres_store: Store) -> None:
    with postgres_store.begin() as late:
        write_event(late, at=NOON, actor="示例员", verb="late")
        late.flush()
        write(postgres_store, "early")
        assert seal_events(postgres_store, NOON) == 1
    assert seal_events(postgres_store, NOON) == 1
    assert broken(postgres_store) == []


def test_two_sealers_at_once_seal_each_event_once(store: Store) -> None:
    write(store, *"abcdefgh")
    sealed: list[int] = []
    start = threading.Barrier(2)

    def seal() -> None:
        start.wait()
        sealed.append(seal_events(store, NOON))

    threads = [threading.Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sealed) == 8
    assert broken(store) == []


def test_the_same_events_have_the_same_seal_whatever_the_database(sqlite_store: Store, postgres_store: Store) -> None:
    heads = []
    for one in (sqlite_store, postgres_store):
        write(one, "a", "b")
        seal_events(one, NOON + timedelta(hours=1))
        with one.read() as tx:
            heads.append(head(tx))

    assert heads[0] == heads[1]


def test_a_campaign_at_work_seals_and_holds(world: World) -> None:
    world.opened()
    world.submit()
    world.review()
    assert seal_events(world.store, world.now) >= 4
    assert world.rows(EventBlock)
    assert world.verify() == []
