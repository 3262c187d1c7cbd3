"""The sweep as a step of a pass: due rows in batches, each batch in as many transactions as its time allows.

Nobody who hands something in may wait long for the sweep, so a transaction takes as many rows as took a fifth of a second before (half a second on
PostgreSQL, where only who wants the same duties waits): 250 where each lies on a page of its own, a whole batch of 10,000 where they lie side by
side. What is written does not depend on it.

Rows that fail are halved until the bad one is alone; that one is parked with its reason, and never stops the rest.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records import leases
from campaign.records.log import write_events
from campaign.records.running import pass_runs, sweeping
from campaign.records.store import Store
from campaign.work.by import By
from campaign.work.papers.signing import ask_for_signatures
from campaign.work.running.pass_types import Batch, PassContext, StepResult

ALONE_SECONDS, SHARED_SECONDS = 0.2, 0.5
"""What a transaction may take where everybody waits for it (SQLite), and where only who wants the same duties does (PostgreSQL)."""
FIRST_PARTS = 4


def due_batches(store: Store, ctx: PassContext) -> list[Batch]:
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        parts = sweeping.collect_due(tx, ctx.id, ctx.request.now, campaign_id=ctx.campaign_id, phase_id=ctx.phase_id)
    starts = enumerate(range(0, parts, sweeping.PARTS), start=1)
    return [Batch(f"B{place:03}", f"第{place}批", number=start, parts=min(sweeping.PARTS, parts - start)) for place, start in starts]


def escalate(store: Store, ctx: PassContext, batch: Batch) -> StepResult:
    """Take the next rung of each due duty of the batch."""
    counts = Counter(escalated=0, skipped=0)
    start, end, width = batch.number, batch.number + batch.parts, FIRST_PARTS
    wanted = ALONE_SECONDS if store.is_sqlite else SHARED_SECONDS
    while start < end:
        parts = range(start, min(start + width, end))
        began = time.perf_counter()
        counts.update(_take(store, ctx, parts))
        start, width = parts.stop, parts_in_time(len(parts), time.perf_counter() - began, wanted)
    return StepResult(dict(counts))


def parts_in_time(parts: int, seconds: float, wanted: float) -> int:
    """How many parts the next transaction takes, when these took so long. Growing by four at most: one quick transaction says little.

    >>> parts_in_time(4, 0.4, 0.2), parts_in_time(4, 0.1, 0.2), parts_in_time(4, 0.001, 0.2), parts_in_time(1, 9.0, 0.2)
    (2, 8, 16, 1)
    """
    return max(1, min(int(parts * wanted / max(seconds, 0.001)), parts * 4))


def _take(store: Store, ctx: PassContext, parts: range) -> dict[str, int]:
    """These parts in one transaction; when one of their rows is bad, in as many as it takes to have it alone."""

    def take(tx: Session) -> dict[str, int]:
        leases.renew_in(tx, ctx.hold)
        with _bad_rows_named():
            swept = sweeping.sweep_parts(tx, ctx.id, parts, ctx.request.now)
            if swept.drafts:
                ask_for_signatures(tx, swept.drafts, By(ctx.request.actor, ctx.request.now))
        _log_sweep(tx, ctx, parts, swept.steps)
        return {"escalated": swept.escalated, "skipped": swept.skipped}

    try:
        return store.insist(take)
    except _BadRows as error:
        return _halve(store, ctx, parts, error)


class _BadRows(Exception):
    """Something in these rows is wrong, and will be at every try; trouble of the database is not among it."""


@contextmanager
def _bad_rows_named() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError, ValueError, OverflowError, CampaignError) as error:
        raise _BadRows(str(error)) from error


def _log_sweep(tx: Session, ctx: PassContext, parts: range, steps: dict[int, int]) -> None:
    """One event a campaign, in the transaction of what it tells."""
    write_events(tx, [
        {"at": ctx.request.now, "actor": ctx.request.actor, "verb": f"pass_{ctx.name}", "reason": ctx.request.reason, "campaign_id": campaign_id,
         "subject": "pass", "subject_id": ctx.id, "detail": {"batch": parts.start, "steps": count}}
        for campaign_id, count in steps.items() if count
    ])  # fmt: skip


def _halve(store: Store, ctx: PassContext, parts: range, error: Exception) -> dict[str, int]:
    if len(parts) > 1:
        middle = parts.start + len(parts) // 2
        return _both(_take(store, ctx, range(parts.start, middle)), _take(store, ctx, range(middle, parts.stop)))
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        ids = pass_runs.due_ids(tx, ctx.id, parts.start)
        if len(ids) <= 1:
            for duty_id in ids:
                pass_runs.park_duty(tx, ctx.name, duty_id, str(error), ctx.request.now)
            return {"parked": len(ids)}
        fresh = pass_runs.move_to_new_batch(tx, ctx.id, ids[len(ids) // 2 :])
    return _both(_take(store, ctx, parts), _take(store, ctx, range(fresh, fresh + 1)))


def _both(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return dict(Counter(first) + Counter(second))
