"""Owns APScheduler: three jobs in memory — the pulse (who is the clock), the tick, the sealing of events.

Nothing is persisted: the jobs are code and the due columns are the schedule. Every job runs late rather than never
(`misfire_grace_time=None`; APScheduler's own default drops what is one second late), once for however many times it was missed
(`coalesce`), and never twice at once. The tick arms itself anew whatever happened in it, as a dated job that failed would be gone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler

from campaign.errors import CampaignError
from campaign.records import leases
from campaign.records.store import Store
from campaign.work.running.holders import holder_name
from campaign.work.running.pulse import CLOCK_LEASE, CLOCK_SECONDS
from deployments.clock import LONGEST_WAIT, Clock

log = logging.getLogger("campaign.clock")

PULSE_SECONDS = 20
SEAL_SECONDS = 60


def utc_now() -> datetime:
    return datetime.now(UTC)


class Timekeeper:
    """The clock of one process: ticks while it holds the lease, waits for the lease otherwise."""

    def __init__(self, store: Store, clock: Clock, seal: Callable[[Store, datetime], object], after_tick: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._clock = clock
        self._seal = seal
        self._after_tick = after_tick
        self._holder = holder_name()
        self._hold: leases.Hold | None = None
        self._arming, self._stopped = threading.Lock(), False
        self._jobs = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
        self._jobs.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)

    @property
    def leads(self) -> bool:
        return self._hold is not None

    def start(self) -> None:
        self._jobs.add_job(self._pulse, "interval", seconds=PULSE_SECONDS, id="pulse", next_run_time=utc_now())
        self._jobs.add_job(self._seal_events, "interval", seconds=SEAL_SECONDS, id="seal")
        self._arm(utc_now() + timedelta(seconds=1))
        self._jobs.start()

    def stop(self) -> None:
        """Waits for a pass that is being carried out, then lets the lease go so that another clock need not wait for it to expire."""
        # Nothing is begun any more before the threads are told to end: shutdown alone lets a job come due in between, and fail for want of one.
        # It also waits for running jobs with the lock in its hand that arming needs, so nobody may arm from here on.
        with self._arming:
            self._stopped = True
        self._jobs.pause()
        self._jobs.remove_all_jobs()
        self._jobs.shutdown(wait=True)
        if self._hold is not None:
            leases.release(self._store, self._hold)
            self._hold = None

    def _pulse(self) -> None:
        led = self.leads
        if self._hold is not None and not leases.renew(self._store, self._hold):
            self._hold = None
        if self._hold is None:
            self._hold = leases.take(self._store, CLOCK_LEASE, self._holder, CLOCK_SECONDS)
        if self.leads and not led:
            log.info("本进程担任督办时钟")
            self._arm(utc_now())
        elif led and not self.leads:
            log.warning("督办时钟已由另一个进程接手")

    def _tick(self) -> None:
        now = utc_now()
        wanted = now + LONGEST_WAIT
        try:
            if self.leads:
                wanted = self._clock.tick(now)
                self._after_tick()
        except CampaignError as trouble:
            log.warning("本次巡查没有完成：%s", trouble.message)
        finally:
            self._arm(wanted)

    def _arm(self, at: datetime) -> None:
        with self._arming:
            if not self._stopped:
                self._jobs.add_job(self._tick, "date", run_date=at, id="tick", replace_existing=True)

    def _seal_events(self) -> None:
        if self.leads:
            self._seal(self._store, utc_now())


def _tell(event: JobExecutionEvent) -> None:
    """APScheduler only notes these in its own log; a clock that skips must say so."""
    error = getattr(event, "exception", None)
    log.error("时钟的任务 %s 没有正常完成：%s", event.job_id, error or "错过或仍在进行")
