"""A runner of all our deployments without a clock beside it: `python -m tests.e2e.clockless_runner READY_FILE`."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from pathlib import Path

from prefect.client.orchestration import get_client

from deployments.lifeline import end_with_parent
from deployments.register import register
from deployments.runner import Runner


async def main(ready: Path) -> None:
    async with get_client() as client:
        flows = await register(client)
    runner = Runner(flows)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runner.stop)
    await asyncio.to_thread(ready.touch)
    await runner.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    end_with_parent()
    asyncio.run(main(Path(sys.argv[1])))
