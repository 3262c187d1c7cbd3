"""The budget of each robot, shared by all senders through the database: how many messages may still go out this minute.

Owns the counting in stretches of ten seconds. Any minute touches at most seven of them, and what those seven hold together never exceeds the
vendor's limit, so not even two bursts at the turn of a minute do. A robot above its limit is muted for ten minutes.

Counted on the database's clock while a pass runs in real time, for its own `now` stands still and machines differ; a pass in virtual time
counts in its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from campaign.records.papers.outbox import Outgoing
from campaign.records.statements import insert_of, table_of
from campaign.records.store import database_clock
from campaign.records.tables import ChannelBudget, Delivery

PER_MINUTE = MappingProxyType({"wecom_robot": 20, "dingtalk_robot": 20, "feishu_robot": 100})
STRETCH, COUNTED = timedelta(seconds=10), timedelta(seconds=70)
REAL_TIME = timedelta(minutes=15)
_TURN = datetime(1970, 1, 1, tzinfo=UTC)
_budget, _delivery = table_of(ChannelBudget), table_of(Delivery)


@dataclass(frozen=True, slots=True)
class Granted:
    """How many of those wanted may go, and when to ask for the rest."""

    count: int
    again_in: timedelta


def within_budget(tx: Session, claimed: Sequence[Outgoing], now: datetime) -> list[Outgoing]:
    """Of what was claimed, what may go out; the rest is put back for later in the same transaction and counts as no attempt."""
    kept = {one.delivery_id for one in claimed}
    for channel in sorted({one.channel for one in claimed} & set(PER_MINUTE)):
        ours = [one.delivery_id for one in claimed if one.channel == channel]
        clock = database_clock(tx)
        granted = take(tx, channel, len(ours), clock if abs(clock - now) < REAL_TIME else now)
        rest = ours[granted.count :]
        if rest:
            back = {"state": "pending", "claimed_by": None, "attempts": _delivery.c.attempts - 1, "next_attempt_at": now + granted.again_in}
            tx.execute(update(_delivery).where(_delivery.c.id.in_(rest)).values(**back))
            kept -= set(rest)
    return [one for one in claimed if one.delivery_id in kept]


def take(tx: Session, channel: str, wanted: int, at: datetime) -> Granted:
    """Reserve up to `wanted` messages. Senders take turns on a row of the channel, so that none counts on what another is just taking."""
    turn = insert_of(tx, ChannelBudget).values(channel=channel, window_start=_TURN, used=0)
    tx.execute(turn.on_conflict_do_update(index_elements=["channel", "window_start"], set_={"used": _budget.c.used}))
    stretch = _TURN + ((at - _TURN) // STRETCH) * STRETCH
    mine = _budget.c.channel == channel
    tx.execute(delete(_budget).where(mine, _budget.c.window_start <= stretch - COUNTED, _budget.c.window_start > _TURN))
    held = tx.execute(select(func.coalesce(func.sum(_budget.c.used), 0), func.min(_budget.c.window_start)).where(mine, _budget.c.window_start > _TURN)).one()
    count = max(min(wanted, PER_MINUTE[channel] - int(held[0])), 0)
    if count:
        used = insert_of(tx, ChannelBudget).values(channel=channel, window_start=stretch, used=count)
        tx.execute(used.on_conflict_do_update(index_elements=["channel", "window_start"], set_={"used": _budget.c.used + count}))
    first = held[1] or stretch
    return Granted(count, max(first + COUNTED - at, STRETCH))
