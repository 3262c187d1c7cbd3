"""Owns the process of runner and clock: `python -m deployments.runner_child [READY_FILE]`, with the environment that `up` gives it.

Order: wait for Prefect → deployments and selects → our runs that nobody works on become Crashed → clock → runner. The
clock does not wait for Prefect longer than a minute: deadlines must not depend on the UI server, and it carries passes out itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from pathlib import Path

import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError

from campaign.engine.client import Engine, EngineDown, connect
from campaign.work.selects import list_choices
from config.settings import load_settings
from deployments.keeping import keep_time
from deployments.lifeline import end_with_parent
from deployments.register import register, remove_zombie_automation
from deployments.runner import Runner, bury_dead_runs
from deployments.server import is_of
from tasks.workplace import workplace

log = logging.getLogger("campaign.runner")

CLOCK_WAITS_SECONDS = 60.0
LAST_PASS_SECONDS = 15.0


async def _prepare(engine: Engine) -> Runner:
    """Asks until our Prefect answers; each part may be told again without harm."""
    told = False
    while True:
        try:
            if await asyncio.to_thread(engine.is_healthy):
                if await asyncio.to_thread(_is_ours, engine):
                    return await _registered()
                if not told:
                    log.warning("%s 上应答的不是本数据目录的 Prefect 服务，继续等待", engine.ui_url)
                told = True
        except (httpx.HTTPError, PrefectHTTPStatusError, EngineDown) as error:
            log.warning("Prefect 还没有准备好：%s", error)
        await asyncio.sleep(0.5)


async def _registered() -> Runner:
    async with get_client() as client:
        flows = await register(client, list_choices(workplace().store))
        buried = await bury_dead_runs(client, list(flows))
        await remove_zombie_automation(client)
    log.info("已登记 %d 个部署；%d 个失联的运行已标为崩溃", len(flows), buried)
    return Runner(flows)


def _is_ours(engine: Engine) -> bool:
    """Another folder's server may have our port after ours died: its runs are not ours to carry out, and ours not for it to see."""
    return is_of(Path(os.environ["PREFECT_HOME"]), engine.ask("GET", "/admin/settings"))


async def _work(engine: Engine, ready: Path | None) -> None:
    prepared, stopping = threading.Event(), threading.Event()
    ending = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, ending.set)
    keeper = threading.Thread(target=keep_time, args=(engine, prepared, stopping), kwargs={"wait_seconds": CLOCK_WAITS_SECONDS}, name="clock")
    keeper.start()
    try:
        await _run_until(ending, engine, prepared, ready)
    finally:
        stopping.set()
        await asyncio.to_thread(keeper.join)


async def _run_until(ending: asyncio.Event, engine: Engine, prepared: threading.Event, ready: Path | None) -> None:
    """A pass at work may finish; one that does not in time ends with the process and is called Crashed at the next start."""
    ended = asyncio.create_task(ending.wait())
    preparing = asyncio.create_task(_prepare(engine))
    await asyncio.wait({preparing, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not preparing.done():
        preparing.cancel()
        return
    runner = preparing.result()
    prepared.set()
    if ready is not None:
        await asyncio.to_thread(ready.touch)
    running = asyncio.create_task(runner.run())
    await asyncio.wait({running, ended}, return_when=asyncio.FIRST_COMPLETED)
    runner.stop()
    await asyncio.wait({running}, timeout=LAST_PASS_SECONDS)
    if running.done():
        running.result()


def main() -> None:
    end_with_parent()
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    engine = connect(settings.prefect_url, patience=5.0)
    asyncio.run(_work(engine, Path(sys.argv[1]) if len(sys.argv) > 1 else None))


if __name__ == "__main__":
    main()
