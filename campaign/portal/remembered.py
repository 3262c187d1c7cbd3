"""Counts that were dear to get, kept for a while: so that many visitors at once do not each pay for them.

A cheap answer is asked anew every time, so a small database is always shown live. A dear one is shown as it is for twenty times what it cost; after
that it is still shown while it is asked anew beside the requests, but never longer than `STALE_SECONDS`. Whoever has just written something is shown
nothing that was counted before: he would take his own work for lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

log = logging.getLogger("campaign.portal")
T = TypeVar("T")
SLOW_SECONDS, KEEP_FACTOR, STALE_SECONDS, MOST = 0.03, 20, 20.0, 200


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """`asked_at` is when the asking began, on the wall's clock; what was written since is not in it."""

    answer: T
    asked_at: float
    cost: float


class Remembered(Generic[T]):
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: dict[Hashable, Kept[T]] = {}
        self._asking: dict[Hashable, Callable[[], T]] = {}
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    def get(self, key: Hashable, ask: Callable[[], T], *, since: float = 0.0, again: Callable[[], T] | None = None) -> T:
        """`since`: when this visitor wrote last. `again` asks outside the visitor's transaction; without it a kept answer ends with its time."""
        kept = self._kept.get(key)
        if kept is not None and kept.asked_at > since:
            age = self._clock() - kept.asked_at - kept.cost
            if age < min(kept.cost * KEEP_FACTOR, STALE_SECONDS):
                return kept.answer
            if again is not None and age < STALE_SECONDS:
                self._ask_beside(key, again)
                return kept.answer
        return self._ask(key, ask)

    def age(self, key: Hashable) -> float:
        """How many seconds ago the kept answer was asked for; 0 where none is kept."""
        kept = self._kept.get(key)
        return max(0.0, self._clock() - kept.asked_at) if kept is not None else 0.0

    def forget(self, key: Hashable) -> None:
        """Who has just changed it sees it changed."""
        with self._lock:
            self._kept.pop(key, None)

    def settle(self) -> None:
        """Wait for what is asked beside the requests."""
        worker = self._worker
        if worker is not None:
            worker.join()

    def _ask(self, key: Hashable, ask: Callable[[], T]) -> T:
        asked_at = self._clock()
        answer = ask()
        cost = self._clock() - asked_at
        with self._lock:
            if cost > SLOW_SECONDS:
                if len(self._kept) > MOST:
                    self._kept.clear()
                self._kept[key] = Kept(answer, asked_at, cost)
            else:
                self._kept.pop(key, None)
        return answer

    def _ask_beside(self, key: Hashable, again: Callable[[], T]) -> None:
        """One after the other, however many pages ask: counting never takes more than one connection from the visitors."""
        with self._lock:
            self._asking.setdefault(key, again)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="counting", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._asking:
                    self._worker = None
                    return
                key, again = next(iter(self._asking.items()))
            try:
                self._ask(key, again)
            except Exception as failed:
                # Nobody waits for this answer: the next visitor asks himself, and is told.
                log.warning("统计没有完成，下次打开页面时重新统计：%s", failed)
                self.forget(key)
            with self._lock:
                self._asking.pop(key, None)
