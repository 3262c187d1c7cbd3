"""Whether the clock that starts passes is alive, so that pages and commands can say 「督办时钟已停 35 分钟」.

The clock's leader lease is its pulse: it is renewed while the clock runs and expires when it does not, on the database's own clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from campaign.records.leases import holder_of
from campaign.records.store import Store, database_clock

CLOCK_LEASE = "clock"
CLOCK_SECONDS = 90.0


def clock_stopped_for(store: Store) -> timedelta | None:
    """How long nobody has been the clock: None while one runs, `timedelta.max` when there never was one."""
    held = holder_of(store, CLOCK_LEASE)
    if held is None:
        return timedelta.max
    _, expires_at, holds = held
    if holds:
        return None
    with store.read() as tx:
        clock: datetime = database_clock(tx)
    # The last sign of life is one lease before the expiry; a clock that ended in order let go one second before it expired.
    return max(clock - expires_at, timedelta(0))


def say_clock(store: Store) -> str:
    """The sentence for a status page; empty while the clock runs."""
    stopped = clock_stopped_for(store)
    if stopped is None:
        return ""
    if stopped == timedelta.max:
        return "督办时钟还没有运行过：请运行 campaign up"
    minutes = int(stopped.total_seconds() // 60)
    spoken = f"{minutes} 分钟" if minutes < 120 else f"{minutes // 60} 小时" if minutes < 2880 else f"{minutes // 1440} 天"
    return f"督办时钟已停 {spoken}：请运行 campaign up" if minutes else "督办时钟刚刚停止：请运行 campaign up"
