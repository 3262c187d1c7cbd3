"""Write down the tables that people look at, and when the phase is worked next."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="公布", **STEP)
def publish(work: BatchWork) -> StepResult:
    """Write down the tables that people look at, and when the phase is worked next."""
    return work.carry_out()
