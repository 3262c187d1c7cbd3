"""Hand out what the phase owes to these units, and tell each in one digest."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="分派", **STEP)
def assign(work: BatchWork) -> StepResult:
    """Hand out what the phase owes to these units, and tell each in one digest."""
    return work.carry_out()
