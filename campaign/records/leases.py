"""Leases: who may do a thing now. Compared on the database's clock, so that machines need not agree on the time.

A lease has a token that grows with each holder. A batch renews with its token in its own transaction, so a holder that slept past
its time and lost the lease can never write again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records.statements import insert_new, table_of
from campaign.records.store import Store, database_clock
from campaign.records.tables import Lease

_lease = table_of(Lease)
_RENEW = (
    update(_lease)
    .where(_lease.c.name == bindparam("b_name"), _lease.c.holder == bindparam("b_holder"), _lease.c.token == bindparam("b_token"))
    .values(expires_at=bindparam("b_until"))
    .returning(_lease.c.token)
)
ALONE = "alone"
"""Set in a session's `info` where nobody else can open the database (a scratch copy): every lease is its own, and none is written."""


class LeaseLost(Conflict):
    code = "lease_lost"


@dataclass(frozen=True)
class Hold:
    name: str
    holder: str
    token: int
    seconds: float


def take(store: Store, name: str, holder: str, seconds: float) -> Hold | None:
    """The lease, or None while somebody else holds it. The same holder takes its own again."""
    with store.begin() as tx:
        return take_in(tx, name, holder, seconds)


def take_in(tx: Session, name: str, holder: str, seconds: float) -> Hold | None:
    if tx.info.get(ALONE):
        return Hold(name, holder, 1, seconds)
    clock = database_clock(tx)
    until = clock + timedelta(seconds=seconds)
    if insert_new(tx, Lease, [{"name": name, "holder": holder, "token": 1, "expires_at": until}], returning="token"):
        return Hold(name, holder, 1, seconds)
    free = (_lease.c.expires_at < clock) | (_lease.c.holder == holder)
    taken = tx.execute(
        update(_lease).where(_lease.c.name == name, free).values(holder=holder, token=_lease.c.token + 1, expires_at=until).returning(_lease.c.token)
    ).scalar_one_or_none()
    return None if taken is None else Hold(name, holder, taken, seconds)


def renew_in(tx: Session, hold: Hold) -> None:
    """Prolong inside a batch's transaction; raises `LeaseLost` when it is no longer ours, and the batch is rolled back with it."""
    if tx.info.get(ALONE):
        return
    until = database_clock(tx) + timedelta(seconds=hold.seconds)
    renewed = tx.execute(_RENEW, {"b_name": hold.name, "b_holder": hold.holder, "b_token": hold.token, "b_until": until}).scalar_one_or_none()
    if renewed is None:
        raise LeaseLost("本轮已由另一个进程接手，此处停止，没有重复处理。", lease=hold.name)


def renew(store: Store, hold: Hold) -> bool:
    try:
        with store.begin() as tx:
            renew_in(tx, hold)
    except LeaseLost:
        return False
    return True


def release(store: Store, hold: Hold) -> None:
    with store.begin() as tx:
        release_in(tx, hold)


def release_in(tx: Session, hold: Hold) -> None:
    """Free it for the next, keeping the row so that tokens keep growing."""
    if tx.info.get(ALONE):
        return
    tx.execute(
        update(_lease).where(_lease.c.name == hold.name, _lease.c.token == hold.token).values(expires_at=database_clock(tx) - timedelta(seconds=1), holder="")
    )


def holder_of(store: Store, name: str) -> tuple[str, datetime, bool] | None:
    """Holder, expiry and whether it still holds, for status pages."""
    with store.read() as tx:
        row = tx.execute(select(_lease.c.holder, _lease.c.expires_at).where(_lease.c.name == name)).one_or_none()
        return None if row is None else (row.holder, row.expires_at, bool(row.holder) and row.expires_at >= database_clock(tx))


def held(tx: Session) -> list[Hold]:
    """Every lease that somebody holds now."""
    rows = tx.execute(select(_lease.c.name, _lease.c.holder, _lease.c.token).where(_lease.c.holder != "", _lease.c.expires_at >= database_clock(tx)))
    return [Hold(row.name, row.holder, row.token, 0.0) for row in rows]


def forget(store: Store, prefix: str) -> None:
    """Drop expired leases of passes that will never come again (a closed campaign)."""
    with store.begin() as tx:
        tx.execute(delete(_lease).where(_lease.c.name.startswith(prefix), _lease.c.expires_at < database_clock(tx)))
