"""Work by wall clock that belongs to no campaign: back up, clean, and look whether the clock lives. Each calls its use case and says a sentence.

In a thread of its own, for a long copy must not hold back the run's heartbeats.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from campaign.engine.client import connect
from campaign.work.by import By
from campaign.work.running.pulse import say_clock
from campaign.work.running.services import evidence_of
from campaign.work.upkeep.backup import back_up_unless_fresh
from campaign.work.upkeep.retention import clean, terms_of
from tasks.work import may_succeed_later
from tasks.workplace import workplace

# Two signs of life of the clock: one that is just starting is not called dead.
SECOND_LOOK_SECONDS = 25.0
UPKEEP: dict[str, Any] = {
    "retries": 2,
    "retry_delay_seconds": [10, 60],
    "retry_condition_fn": may_succeed_later,
    "cache_policy": NO_CACHE,
    "persist_result": False,
}


@task(name="备份", task_run_name="backup 备份", **UPKEEP)
async def back_up_records() -> str:
    """Copy the records and the list of the evidence; what was made and how large it is."""
    place = workplace()
    made, fresh = await asyncio.to_thread(back_up_unless_fresh, place.store, place.settings.backups, datetime.now(UTC), pg_bin=place.settings.pg_bin)
    told = f"{made.name}（{made.size / 1024 / 1024:.1f} MB，证据清单 {made.evidence} 件）"
    return f"已备份到 {made.folder.parent}：{told}" if fresh else f"一小时内已有备份，不再重复：{told}"


@task(name="清理", task_run_name="cleanup 清理", **UPKEEP)
async def clean_up(actor: str, reason: str) -> str:
    """Take away what is over."""
    place = workplace()
    settings = place.settings
    with connect(settings.prefect_url, home=settings.data_dir, patience=60.0) as engine:
        done = await asyncio.to_thread(
            clean,
            place.store,
            By(actor, datetime.now(UTC), reason),
            terms_of(settings),
            backups=settings.backups,
            evidence=evidence_of(settings),
            engine=engine,
            errands=settings.data_dir / "errands",
        )
    return done.message


@task(name="检查时钟", task_run_name="clock 检查时钟", cache_policy=NO_CACHE, persist_result=False)
async def look_at_clock() -> str:
    """Empty while the clock runs; else the sentence that the portal says too."""
    store = workplace().store
    if not await asyncio.to_thread(say_clock, store):
        return ""
    await asyncio.sleep(SECOND_LOOK_SECONDS)
    return await asyncio.to_thread(say_clock, store)
