"""Take the next rung of each overdue duty of the batch."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="督办", **STEP)
def escalate(work: BatchWork) -> StepResult:
    """Take the next rung of each overdue duty of the batch."""
    return work.carry_out()
