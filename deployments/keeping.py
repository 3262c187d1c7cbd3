"""Owns the clock's thread: everything it needs joined together, started and stopped. Shared by `up` and by the clock of many machines."""

from __future__ import annotations

import logging
import threading
from functools import partial

from campaign.engine.client import Engine
from campaign.errors import CampaignError
from campaign.records.store import Store
from campaign.work.running.due import due_passes, next_due_at
from campaign.work.running.holders import free_leases_of_the_dead
from campaign.work.running.passes import run_pass
from campaign.work.upkeep.seal import seal_events
from deployments.clock import Clock, Work
from deployments.handover import PrefectStarter
from deployments.timekeeper import Timekeeper
from tasks.workplace import workplace

log = logging.getLogger("campaign.clock")


def keep_time(engine: Engine, prepared: threading.Event, stopping: threading.Event, *, wait_seconds: float) -> None:
    """Starts when Prefect is prepared, or after `wait_seconds` without it; returns when asked to stop and the pass at work has ended."""
    place = workplace()
    starter = PrefectStarter(place.store, engine)
    clock = Clock(place.store, Work(due_passes, next_due_at, partial(run_pass, services=place.services)), starter)
    keeper = Timekeeper(place.store, clock, seal_events, after_tick=starter.refresh_selects)
    _let_go_of_the_dead(place.store)
    prepared.wait(wait_seconds)
    keeper.start()
    stopping.wait()
    keeper.stop()


def _let_go_of_the_dead(store: Store) -> None:
    """After a kill or a restart of the machine: else nobody would be the clock for 90 s, and a torn pass would wait for its lease."""
    try:
        freed = free_leases_of_the_dead(store)
    except CampaignError as trouble:
        log.warning("没能查清上次遗留的占用，等它们自行到期：%s", trouble.message)
        return
    if freed:
        log.warning("上次没有正常结束，已解除遗留的占用：%s", "、".join(freed))
