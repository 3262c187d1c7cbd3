"""Owns the process of a clock alone, for many machines: `python -m deployments.clock_child`. Start several; one leads by its lease.

Workers of a work pool run what it starts. On one machine `up` runs the clock beside the runner instead.
"""

from __future__ import annotations

import logging
import signal
import threading

from campaign.engine.client import connect
from config.settings import load_settings
from deployments.keeping import keep_time
from deployments.lifeline import end_with_parent


def main() -> None:
    end_with_parent()
    settings = load_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stopping = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    keep_time(connect(settings.prefect_url, patience=5.0), threading.Event(), stopping, wait_seconds=0)


if __name__ == "__main__":
    main()
