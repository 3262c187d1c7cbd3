"""Count what these units have handed in, and see that each piece has its review."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="收集", **STEP)
def collect(work: BatchWork) -> StepResult:
    """Count what these units have handed in, and see that each piece has its review."""
    return work.carry_out()
