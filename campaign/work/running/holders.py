"""Who holds a lease, named so that the next process on this machine can tell whether that one still lives.

A lease of a process that was killed runs out by itself, the clock's after 90 s and a pass's after 60 s. On one machine there is no need to wait:
`free_leases_of_the_dead` lets go what processes of this host held that are no more. Should it ever be wrong about one (two containers that
share a host's name), the lease's token keeps the old holder from writing, so nothing is done twice.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from uuid import uuid4

from campaign.records import leases
from campaign.records.store import Store

CLOCK_SLACK_SECONDS = 5  # when a process began is counted from the boot, and that moment moves when the machine's clock is set
HOST_LETTERS = 30  # a delivery's claim has room for 80 letters, and a pod's name alone may have 63


def holder_name() -> str:
    """`host:process:its start:some letters`; new with each call, so that two passes of one process are two holders."""
    return f"{_host()}:{os.getpid()}:{_our_start(os.getpid())}:{uuid4().hex[:8]}"


def is_dead_here(holder: str) -> bool:
    """True only for a process of this host that is gone; its number may have been given to another since."""
    parts = holder.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdigit():
        return False
    started = _started(int(parts[1]))
    return not started or not parts[2] or abs(int(started) - int(parts[2])) > CLOCK_SLACK_SECONDS


def free_leases_of_the_dead(store: Store) -> list[str]:
    """The names of the leases that were let go. Asked at start, before the clock wants its own."""
    with store.begin() as tx:
        dead = [hold for hold in leases.held(tx) if is_dead_here(hold.holder)]
        for hold in dead:
            leases.release_in(tx, hold)
    return [hold.name for hold in dead]


@cache
def _host() -> str:
    return socket.gethostname()[:HOST_LETTERS].replace(":", "-")


@cache
def _our_start(pid: int) -> str:
    """By process, for a child that was forked is another."""
    return _started(pid)


def _started(pid: int) -> str:
    """The second in which that process began; empty when there is none."""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(round(process.create_time()))
    except psutil.Error:
        return ""
