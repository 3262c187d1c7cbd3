"""Compile the bulletin of one campaign."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="简报", **STEP)
def bulletin(work: BatchWork) -> StepResult:
    """Compile the bulletin of one campaign."""
    return work.carry_out()
