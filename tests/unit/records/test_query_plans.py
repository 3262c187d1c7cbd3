"""The questions that are asked all day find their rows by an index on both databases, and the sweep reads what is due and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from campaign.records.planning.ladders import store_ladder
from campaign.records.running import benching, dues, sweeping
from campaign.records.store import Store
from campaign.rules.calendar import campaign_day
from campaign.work.rehearsal.bench import NOW, sweep_once
from campaign.work.running.due import due_passes, next_due_at
from tests.plans import full_scans, watching
from tests.world import LADDERS

DUTIES, DUE = 3_000, 1_000


@pytest.fixture
def filled(store: Store) -> Store:
    with store.begin() as tx:
        benching.fill(tx, ladder_id=store_ladder(tx, "bench", (LADDERS / "default.yaml").read_text("utf-8")), duties=DUTIES, due=DUE, now=NOW)
    return store


def test_nothing_due_is_one_statement_that_scans_nothing(filled: Store) -> None:
    with watching(filled) as sent:
        assert due_passes(filled, NOW) == []

    assert len([one for one in sent.asked if "set_config" not in one]) == 1
    assert full_scans(filled, sent) == []


def test_the_duties_of_a_rehearsal_are_never_read_to_find_that_nothing_is_due(filled: Store) -> None:
    """Its thousand are long overdue by our time; the one that counts is another's."""
    with filled.begin() as tx:
        assert not dues.kinds_due(tx, NOW, campaign_day(NOW), campaign_day(NOW)).duty
        tx.execute(text("UPDATE campaign SET rehearsal = FALSE"))
        assert dues.kinds_due(tx, NOW, campaign_day(NOW), campaign_day(NOW)).duty
        assert not dues.kinds_due(tx, NOW - timedelta(hours=2), campaign_day(NOW), campaign_day(NOW)).duty


def test_when_something_is_due_next_is_asked_of_indexes(filled: Store) -> None:
    with filled.begin() as tx:
        tx.execute(text("UPDATE campaign SET rehearsal = FALSE"))
    with watching(filled) as sent:
        assert next_due_at(filled, NOW) == NOW - timedelta(hours=1)

    assert full_scans(filled, sent) == []


def test_a_sweep_scans_no_large_table(filled: Store) -> None:
    with watching(filled) as sent:
        assert sweep_once(filled) == DUE

    assert full_scans(filled, sent) == []


def test_a_sweep_sends_as_many_statements_for_one_part_as_for_four(filled: Store) -> None:
    """1,000 due rows are four parts, and the first transaction takes four."""
    with watching(filled) as sent:
        sweep_once(filled)

    assert -(-DUE // sweeping.PART) == 4
    assert len([one for one in sent.asked if "INSERT INTO escalation" in one]) == 1
    assert len(sent.asked) < 50
