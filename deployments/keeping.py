"""Owns the clock's thread: everything it needs joined together, started and stopped. Shared by `up` and by the clock of many machines."""

from __future__ import annotations

import threading
from functools import partial

from campaign.engine.client import Engine
from campaign.work.due import due_passes, next_due_at
from campaign.work.passes import run_pass
from campaign.work.seal import seal_events
from deployments.clock import Clock, Work
from deployments.handover import PrefectStarter
from deployments.timekeeper import Timekeeper
from tasks.workplace import workplace


def keep_time(engine: Engine, prepared: threading.Event, stopping: threading.Event, *, wait_seconds: float) -> None:
    """Starts when Prefect is prepared, or after `wait_seconds` without it; returns when asked to stop and the pass at work has ended."""
    place = workplace()
    starter = PrefectStarter(place.store, engine)
    clock = Clock(place.store, Work(due_passes, next_due_at, partial(run_pass, services=place.services)), starter)
    keeper = Timekeeper(place.store, clock, seal_events, after_tick=starter.refresh_selects)
    prepared.wait(wait_seconds)
    keeper.start()
    stopping.wait()
    keeper.stop()
