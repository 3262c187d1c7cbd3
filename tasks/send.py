"""Send one batch of the documents that wait, outside any transaction."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="送达", **STEP)
def send(work: BatchWork) -> StepResult:
    """Send one batch of the documents that wait, outside any transaction."""
    return work.carry_out()
