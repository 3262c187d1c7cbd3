"""Open the recurring duties up to the horizon."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="定期事项", **STEP)
def series(work: BatchWork) -> StepResult:
    """Open the recurring duties up to the horizon."""
    return work.carry_out()
