"""A runner of all our deployments without a clock beside it: `python -m tests.e2e.clockless_runner READY_FILE`."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client

from deployments.lifeline import end_with_parent
from deployments.register import register
from deployments.runner import Runner
from deployments.table import ENTRIES, Entry


async def run_until_ended(ready: Path, entries: Sequence[Entry], prepare: Callable[[PrefectClient, list[UUID]], Awaitable[object]] | None = None) -> None:
    async with get_client() as client:
        flows = await register(client, entries=entries)
        if prepare is not None:
            await prepare(client, list(flows))
    runner = Runner(flows)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, runner.stop)
    await asyncio.to_thread(ready.touch)
    await runner.run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    end_with_parent()
    asyncio.run(run_until_ended(Path(sys.argv[1]), ENTRIES))
