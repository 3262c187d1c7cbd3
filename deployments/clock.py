"""Owns when passes start: the tick that asks what is due and hands it to Prefect, or carries it out itself.

Refuses to decide what is due (campaign.work.running.due does) and to keep any schedule of its own: what waits in `_handed` is only the memory
of what Prefect was asked for, and losing it costs nothing, as the key of a pass finds the run that was started for it.

Deadlines must not depend on the UI server. So a pass is run plainly here when Prefect cannot be reached, and also when Prefect took it
but nobody has begun it after a while (`takeover`): a pass is taken exactly when it is no longer due.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from campaign.engine.client import EngineDown, EngineRefused
from campaign.errors import CampaignError, Conflict
from campaign.records.store import Store
from campaign.work.running.passes import PassRequest

log = logging.getLogger("campaign.clock")

LONGEST_WAIT = timedelta(seconds=60)
TAKEOVER = timedelta(seconds=120)
# While something is handed over, the clock looks again soon: its run may have died.
WATCHING = timedelta(seconds=15)
# What is due again after its pass is handed over anew only so often: a due time that nothing ever consumes must not fill Prefect with runs.
AGAIN = timedelta(seconds=60)
SHORTEST_WAIT = timedelta(seconds=1)


class Course(StrEnum):
    """How a run that was started for a pass stands."""

    UNDER_WAY = "under way"
    DONE = "done"
    DEAD = "dead"


class Starter(Protocol):
    """Who hands a pass to Prefect."""

    def start(self, request: PassRequest, attempt: int) -> tuple[str, int]:
        """The id of the run and the attempt it took; raises EngineDown or EngineRefused."""

    def course(self, run_id: str) -> Course:
        """How that run stands; raises EngineDown."""


@dataclass(frozen=True)
class Work:
    """What the clock calls; given in, so that a test can run weeks of ticks in no time."""

    due_passes: Callable[[Store, datetime], list[PassRequest]]
    next_due_at: Callable[[Store, datetime], datetime | None]
    run_pass: Callable[[Store, PassRequest], object]


@dataclass
class _Handed:
    """What Prefect was asked for; without a run the clock has carried it out itself."""

    request: PassRequest
    since: datetime
    attempt: int = 1
    run_id: str = ""


Key = tuple[str, str | None, str | None]


class Clock:
    """One tick at a time; `tick` returns when the next one is wanted."""

    def __init__(self, store: Store, work: Work, starter: Starter | None, *, takeover: timedelta = TAKEOVER) -> None:
        self._store = store
        self._work = work
        self._starter = starter
        self._takeover = takeover
        self._handed: dict[Key, _Handed] = {}

    def tick(self, now: datetime) -> datetime:
        """Start what is due and not yet started. An empty tick touches nothing."""
        due = {(request.name, request.campaign, request.phase): request for request in self._work.due_passes(self._store, now)}
        for begun in self._handed.keys() - due.keys():
            del self._handed[begun]
        due_at = self._work.next_due_at(self._store, now)
        for key, request in due.items():
            self._attend(key, request, now, due_at)
        return self._next(now)

    def _attend(self, key: Key, request: PassRequest, now: datetime, due_at: datetime | None) -> None:
        handed = self._handed.get(key)
        if handed is None:
            instant = due_at if due_at is not None and due_at <= now else now
            self._hand_over(key, _Handed(replace(request, due_key=request.due_key or due_instant(instant)), now))
            return
        course, age = self._course(handed), now - handed.since
        if course is Course.DONE and age >= AGAIN:
            # Its pass went through and something is due again.
            self._hand_over(key, replace(handed, request=replace(request, due_key=due_instant(now)), since=now, attempt=1))
        elif course is not Course.DONE and age >= self._takeover:
            log.warning("%s 交给 Prefect 后 %d 秒仍未办理，由时钟直接办理", _said(request), age.total_seconds())
            self._carry_out(key, replace(handed, request=request, since=now))
        elif course is Course.DEAD:
            self._hand_over(key, replace(handed, request=replace(request, due_key=handed.request.due_key), attempt=handed.attempt + 1))

    def _course(self, handed: _Handed) -> Course:
        if self._starter is None or not handed.run_id:
            return Course.DONE
        try:
            return self._starter.course(handed.run_id)
        except (EngineDown, EngineRefused):
            return Course.UNDER_WAY  # it may well be at work; the takeover decides

    def _hand_over(self, key: Key, handed: _Handed) -> None:
        if self._starter is None:
            self._carry_out(key, handed)
            return
        try:
            run_id, attempt = self._starter.start(handed.request, handed.attempt)
        except (EngineDown, EngineRefused) as silent:
            log.warning("%s 没有交给 Prefect（%s），由时钟直接办理", _said(handed.request), silent.message)
            self._carry_out(key, handed)
            return
        self._handed[key] = replace(handed, run_id=run_id, attempt=attempt)

    def _carry_out(self, key: Key, handed: _Handed) -> None:
        """Plainly, here. One failing pass must not keep the others from starting."""
        self._handed[key] = replace(handed, run_id="")
        request = handed.request
        try:
            done = self._work.run_pass(self._store, request)
            log.info("%s 已直接办理：%s", _said(request), getattr(done, "message", ""))
        except Conflict:
            log.info("%s 正由别的进程办理", _said(request))
        except CampaignError as refusal:
            log.warning("%s 未能办理：%s", _said(request), refusal.message)
        except Exception:
            log.exception("%s 办理出错", _said(request))

    def _next(self, now: datetime) -> datetime:
        wanted = now + (WATCHING if self._handed else LONGEST_WAIT)
        due_at = self._work.next_due_at(self._store, now)
        # What is due already has been attended to in this tick, so only a due time to come can ask for an earlier one.
        if due_at is not None and due_at > now:
            wanted = min(wanted, due_at)
        return max(wanted, now + SHORTEST_WAIT)


def due_instant(at: datetime) -> str:
    """The due instant of a key: 2026-03-05T01:00Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _said(request: PassRequest) -> str:
    return " ".join(part for part in (request.name, request.campaign, request.phase) if part)
