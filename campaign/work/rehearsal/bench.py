"""How fast the sweep is, beside the same effect as plain SQL on the same rows.

Alternating runs and medians of three, because a machine's speed drifts: only the ratio says something about the product. Both sides are
timed to the end of their commit; what a run did is taken back in between, untimed. The product's side is the whole of it: lease, due table,
rule, claim, papers, log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from campaign.errors import CampaignError
from campaign.records.planning.ladders import store_ladder
from campaign.records.running import benching, pass_runs
from campaign.records.store import Store
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.passes import ESCALATE, close_pass, open_pass, run_batch

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
RUNS = 3


def bench_sweep(store: Store, duties: int, due: int, *, ladder: str) -> dict[str, Any]:
    """Measure on an empty database, which is empty again afterwards; `ladder` is the text of a ladder with at least four unsigned rungs."""
    if duties < 1 or not 0 < due <= duties:
        raise CampaignError("测速的项数应为正数，到期项数不能多于总项数。", code="bad_bench")
    with store.begin() as tx:
        if not benching.is_empty(tx):
            raise CampaignError("测速须用一个空的数据目录：请用 --data 另指定一个目录，以免动到真实数据。", code="bench_needs_empty")
        campaign_id = benching.fill(tx, ladder_id=store_ladder(tx, "bench", ladder), duties=duties, due=due, now=NOW)
    try:
        with store.read() as tx:
            due = benching.count_due(tx, campaign_id, NOW)
        swept, plain = [], []
        for _ in range(RUNS):
            swept.append(_timed(store, campaign_id, due, lambda: sweep_once(store)))
            plain.append(_timed(store, campaign_id, due, lambda: _plain_sweep(store, campaign_id)))
    finally:
        with store.begin() as tx:
            benching.remove(tx, campaign_id)
    seconds, sql_seconds = median(swept), median(plain)
    return {"duties": duties, "due": due, "seconds": round(seconds, 4), "sql_seconds": round(sql_seconds, 4), "ratio": round(seconds / sql_seconds, 2)}


def _timed(store: Store, campaign_id: int, due: int, sweep: Callable[[], int]) -> float:
    start = time.perf_counter()
    done = sweep()
    seconds = time.perf_counter() - start
    if done != due:
        raise RuntimeError(f"the sweep took {done} steps where {due} were due")
    with store.begin() as tx:
        benching.undo(tx, campaign_id, NOW)
    return seconds


def sweep_once(store: Store) -> int:
    """The product's pass over the campaign that `benching` filled; answers how many duties took a rung."""
    ctx = open_pass(store, PassRequest("supervision", benching.SLUG, None, NOW, "bench"))
    results = [(ESCALATE.name, run_batch(store, ctx, ESCALATE, batch)) for batch in ESCALATE.split(store, ctx)]
    return close_pass(store, ctx, results).counts["escalated"]


def _plain_sweep(store: Store, campaign_id: int) -> int:
    with store.begin() as tx:
        pass_id = pass_runs.start(
            tx, name="supervision", campaign_id=campaign_id, phase_id=None, request_key="", now=NOW, started_at=NOW, holder="bench", token=0, actor="bench",
            state="done", message="", counts={},
        )  # fmt: skip
        return benching.plain_sweep(tx, campaign_id, pass_id, NOW)
