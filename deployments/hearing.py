"""Owns the judgement that a server which is alive answers no more.

Prefect's server on SQLite was seen to lock itself up under two runs at once: every call waited, and nothing ended it but a restart.
A thread asks, so that the one who supervises never waits with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

EVERY_SECONDS = 20.0
DEAF_SECONDS = 90.0


class Hearing(threading.Thread):
    """Deaf once nothing was answered for 90 seconds; then it is given the same time again to come back."""

    def __init__(self, ask: Callable[[], bool], stopping: threading.Event, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(name="hearing", daemon=True)
        self._ask = ask
        self._stopping = stopping
        self._clock = clock
        self._heard_at = clock()

    def run(self) -> None:
        while not self._stopping.wait(EVERY_SECONDS):
            self.listen()

    def listen(self) -> None:
        if self._ask():
            self._heard_at = self._clock()

    def is_deaf(self, now: float) -> bool:
        """True once for each time that it has been silent so long."""
        if now - self._heard_at < DEAF_SECONDS:
            return False
        self._heard_at = now
        return True
