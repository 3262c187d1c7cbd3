"""What every task shares: the piece of work it is handed, how its run is named, when it is tried again.

Owns the bound of 200 task runs a flow run: Prefect loses task runs silently above some thousands and its graph suffers from some
hundreds, so units are put together when there are many. Refuses caching: each batch checks in its own transaction what is still due,
so running it again is right and skipping it from a cache is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from campaign.errors import RetryLater
from campaign.records.store import Store
from campaign.work.running.passes import Batch, PassContext, Step, StepResult, run_batch

MOST_TASK_RUNS = 200


class BatchWork:
    """One step over some batches. A plain class on purpose: Prefect walks through dataclasses and models that it is handed."""

    __slots__ = ("batches", "ctx", "step", "store")

    def __init__(self, store: Store, ctx: PassContext, step: Step, batches: Sequence[Batch]) -> None:
        self.store, self.ctx, self.step, self.batches = store, ctx, step, tuple(batches)

    @property
    def name(self) -> str:
        """ASCII first: the timeline graph of the UI draws no Chinese. `U012 城关街道 assign`, `U012-U019 城关街道等8个 assign`."""
        first, last = self.batches[0], self.batches[-1]
        if len(self.batches) == 1:
            return f"{first.code} {first.label} {self.step.name}"
        return f"{first.code}-{last.code} {first.label}等{len(self.batches)}个 {self.step.name}"

    def carry_out(self) -> StepResult:
        done = [run_batch(self.store, self.ctx, self.step, batch) for batch in self.batches]
        return done[0] if len(done) == 1 else _together(done)


def pieces(store: Store, ctx: PassContext, step: Step) -> list[BatchWork]:
    """The step cut into at most its share of the flow run's task runs: 500 units in 5 steps become 5 times 39 pieces."""
    batches = step.split(store, ctx)
    share = max(1, MOST_TASK_RUNS // len(ctx.steps))
    size = -(-len(batches) // share) or 1
    return [BatchWork(store, ctx, step, batches[start : start + size]) for start in range(0, len(batches), size)]


def _together(done: Sequence[StepResult]) -> StepResult:
    counts: dict[str, int] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    for one in done:
        for name, count in one.counts.items():
            counts[name] = counts.get(name, 0) + count
        for name, rows in one.tables.items():
            tables.setdefault(name, []).extend(rows)
    return StepResult(counts, tuple(row for one in done for row in one.rows), tables)


def may_succeed_later(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    """Only what says so of itself is tried again; a refusal or a defect would fail in the same way."""
    try:
        state.result(raise_on_failure=True)
    except RetryLater:
        return True
    except Exception:
        return False
    return False


STEP: dict[str, Any] = {
    "task_run_name": "{work.name}",
    "retries": 3,
    "retry_delay_seconds": [1, 5, 15],
    "retry_condition_fn": may_succeed_later,
    "cache_policy": NO_CACHE,
    "persist_result": False,
}
