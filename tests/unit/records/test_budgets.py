"""Robots share their budget through the database: no minute sees more than the vendor allows, and what must wait is no attempt."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from campaign.records.papers.budgets import PER_MINUTE, take
from campaign.records.statements import table_of
from campaign.records.store import Store
from campaign.records.tables import Delivery
from tests.world import World, at, item, plan

DELIVERY = table_of(Delivery)
START = at("2026-03-02")


def taken(store: Store, wanted: int, moment: datetime, channel: str = "wecom_robot") -> int:
    with store.begin() as tx:
        return take(tx, channel, wanted, moment).count


def test_the_budget_is_given_once_and_comes_back_when_the_minute_has_passed(store: Store) -> None:
    assert [taken(store, wanted, START) for wanted in (15, 15, 1)] == [15, 5, 0]
    assert taken(store, 30, START + timedelta(seconds=59)) == 0
    assert taken(store, 30, START + timedelta(seconds=70)) == 20
    assert taken(store, 30, START, "dingtalk_robot") == 20


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asks=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 15)), min_size=1, max_size=25))
def test_no_minute_ever_holds_more_than_the_limit(sqlite_store: Store, asks: list[tuple[int, int]]) -> None:
    with sqlite_store.begin() as tx:
        tx.execute(text("DELETE FROM channel_budget"))
    sent: list[datetime] = []
    moment = START
    for wait, wanted in asks:
        moment += timedelta(seconds=wait)
        sent += [moment] * taken(sqlite_store, wanted, moment)
    for first in sent:
        assert sum(first <= one < first + timedelta(minutes=1) for one in sent) <= PER_MINUTE["wecom_robot"]


def test_what_has_no_budget_is_put_back_for_later_and_is_no_attempt(world: World) -> None:
    units = [item(number, lead_unit=f"示例{number}局") for number in range(1, 26)]
    world.launch(plan(units))
    world.go("2026-03-02").work_phase()
    with world.store.begin() as tx:
        tx.execute(update(DELIVERY).values(channel="wecom_robot"))

    world.deliver()

    rows = world.rows(Delivery)
    assert Counter((row.state, row.attempts) for row in rows) == {("delivered", 1): 20, ("pending", 0): 5}
    waits = {row.next_attempt_at - world.now for row in rows if row.state == "pending"}
    assert all(timedelta(0) < wait <= timedelta(seconds=70) for wait in waits)
    assert world.verify() == []

    world.wait(seconds=71).deliver()

    assert len(world.receiver.arrived) == 25
    assert {row.attempts for row in world.rows(Delivery)} == {1}
    assert world.verify() == []
