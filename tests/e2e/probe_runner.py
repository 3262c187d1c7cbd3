"""A runner process that serves the probe flows: `python -m tests.e2e.probe_runner READY_FILE`."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from pathlib import Path

from prefect.client.orchestration import get_client

from campaign.engine.names import DeploymentName
from deployments.lifeline import end_with_parent
from deployments.register import install_zombie_automation, register
from deployments.runner import Runner, bury_dead_runs
from deployments.table import Entry

PROBE = DeploymentName("试办", "试办")
ALONE = DeploymentName("试办", "独办")
TICKING = DeploymentName("定时试办", "定时试办")
ENTRIES = (
    Entry(PROBE, "tests.e2e.probes.probe", "试办", ("试",)),
    Entry(ALONE, "tests.e2e.probes.probe", "同时只办一个", ("试",), alone=True),
    Entry(TICKING, "tests.e2e.probes.ticking", "定时", ("试",), alone=True, cron="* * * * *"),
)


async def main(ready: Path) -> None:
    async with get_client() as client:
        flows = await register(client, entries=ENTRIES)
        await bury_dead_runs(client, list(flows))
        await install_zombie_automation(client)
    runner = Runner(flows)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runner.stop)
    await asyncio.to_thread(ready.touch)
    await runner.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    end_with_parent()
    asyncio.run(main(Path(sys.argv[1])))
