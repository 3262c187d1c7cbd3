"""Tell an office of its day, in one message."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="日报", **STEP)
def digest(work: BatchWork) -> StepResult:
    """Tell an office of its day, in one message."""
    return work.carry_out()
