"""Name what keeps the phase from closing; deciding is a person's."""

from __future__ import annotations

from prefect import task

from campaign.work.running.passes import StepResult
from tasks.work import STEP, BatchWork


@task(name="验收", **STEP)
def gate(work: BatchWork) -> StepResult:
    """Name what keeps the phase from closing; deciding is a person's."""
    return work.carry_out()
