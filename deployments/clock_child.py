"""Owns the process of a clock alone, for many machines: `python -m deployments.clock_child`. Start several; one leads by its lease.

Workers of a work pool run what it starts. On one machine `up` runs the clock beside the runner instead.

Tells Prefect once to call a run dead whose process no longer shows itself: a worker that loses its machine cannot say so.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading

import httpx

from campaign.engine.client import Engine, connect
from config.settings import load_settings
from deployments.keeping import keep_time
from deployments.lifeline import end_with_parent

log = logging.getLogger("campaign.clock")
ASK_AGAIN_SECONDS = 30.0


def _watch_workers(engine: Engine, stopping: threading.Event) -> None:
    """Asks until Prefect answers; the clock does not wait for it. Prefect's client is told the address that the clock itself uses."""
    os.environ["PREFECT_API_URL"] = engine.api_url
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    from deployments.register import install_zombie_automation

    async def install() -> None:
        async with get_client() as client:
            await install_zombie_automation(client)

    while not stopping.is_set():
        try:
            if engine.is_healthy():
                asyncio.run(install())
                return
        except (httpx.HTTPError, PrefectHTTPStatusError, OSError) as error:
            log.warning("Prefect 还没有准备好：%s", error)
        stopping.wait(ASK_AGAIN_SECONDS)


def main() -> None:
    end_with_parent()
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stopping = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    watching = connect(settings.prefect_url, patience=5.0)
    threading.Thread(target=_watch_workers, args=(watching, stopping), name="watch-workers", daemon=True).start()
    keep_time(connect(settings.prefect_url, patience=5.0), threading.Event(), stopping, wait_seconds=0)


if __name__ == "__main__":
    main()
