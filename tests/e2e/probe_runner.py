"""A runner process that serves the probe flows: `python -m tests.e2e.probe_runner READY_FILE`."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import PrefectClient

from campaign.engine.names import DeploymentName
from deployments.lifeline import end_with_parent
from deployments.register import install_zombie_automation
from deployments.runner import bury_dead_runs
from deployments.table import Entry
from tests.e2e.clockless_runner import run_until_ended

PROBE = DeploymentName("试办", "试办")
ALONE = DeploymentName("试办", "独办")
TICKING = DeploymentName("定时试办", "定时试办")
ENTRIES = (
    Entry(PROBE, "tests.e2e.probes.probe", "试办", ("试",)),
    Entry(ALONE, "tests.e2e.probes.probe", "同时只办一个", ("试",), alone=True),
    Entry(TICKING, "tests.e2e.probes.ticking", "定时", ("试",), alone=True, cron="* * * * *"),
)


async def as_with_work_pools(client: PrefectClient, deployments: list[UUID]) -> None:
    await bury_dead_runs(client, deployments)
    await install_zombie_automation(client)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    end_with_parent()
    asyncio.run(run_until_ended(Path(sys.argv[1]), ENTRIES, as_with_work_pools))
