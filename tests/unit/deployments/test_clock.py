"""The clock starts what is due, once, through Prefect or without it; ticks run in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from campaign.engine.client import EngineDown
from campaign.errors import CampaignError, Conflict
from campaign.records.store import Store
from campaign.work.running.pass_types import PassRequest
from deployments.clock import AGAIN, LONGEST_WAIT, TAKEOVER, WATCHING, Clock, Course, Work

NINE = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
NO_STORE = cast(Store, None)  # the clock only hands it on


@dataclass
class FakePrefect:
    """Takes passes, or is down; its runs stand as `standing` says."""

    down: bool = False
    standing: Course = Course.UNDER_WAY
    started: list[tuple[str, str, int]] = field(default_factory=list)

    def start(self, request: PassRequest, attempt: int) -> tuple[str, int]:
        if self.down:
            raise EngineDown("连不上")
        self.started.append((request.name, request.due_key, attempt))
        return f"run-{len(self.started)}", attempt

    def course(self, run_id: str) -> Course:
        if self.down:
            raise EngineDown("连不上")
        return self.standing


@dataclass
class Office:
    """What is due, and what was carried out plainly."""

    due: list[str] = field(default_factory=list)
    due_at: datetime | None = None
    carried_out: list[str] = field(default_factory=list)
    fails_with: Exception | None = None

    def due_passes(self, _: Store, now: datetime) -> list[PassRequest]:
        return [PassRequest(name, None, None, now, "clock") for name in self.due]

    def next_due_at(self, _: Store, now: datetime) -> datetime | None:
        return self.due_at

    def run_pass(self, _: Store, request: PassRequest) -> None:
        self.carried_out.append(request.name)
        if self.fails_with is not None:
            raise self.fails_with
        self.due.remove(request.name)

    def clock(self, prefect: FakePrefect | None) -> Clock:
        return Clock(NO_STORE, Work(self.due_passes, self.next_due_at, self.run_pass), prefect)


def test_an_empty_tick_starts_nothing_and_comes_back_after_a_minute() -> None:
    office, prefect = Office(), FakePrefect()
    assert office.clock(prefect).tick(NINE) == NINE + LONGEST_WAIT
    assert (prefect.started, office.carried_out) == ([], [])


def test_the_next_tick_is_at_the_next_due_time_when_that_is_sooner_than_a_minute() -> None:
    office = Office(due_at=NINE + timedelta(seconds=20))
    assert office.clock(FakePrefect()).tick(NINE) == NINE + timedelta(seconds=20)


def test_a_due_time_that_has_passed_never_makes_the_clock_spin() -> None:
    office = Office(due=["supervision"], due_at=NINE - timedelta(hours=1))
    assert office.clock(FakePrefect()).tick(NINE) == NINE + WATCHING


def test_a_due_pass_is_handed_to_prefect_once_with_its_due_instant_in_the_key() -> None:
    office, prefect = Office(due=["supervision"], due_at=NINE - timedelta(minutes=2)), FakePrefect()
    clock = office.clock(prefect)
    for seconds in (0, 15, 30, 45):
        clock.tick(NINE + timedelta(seconds=seconds))
    assert prefect.started == [("supervision", "2026-03-05T00:58Z", 1)]
    assert office.carried_out == []


def test_without_prefect_the_clock_carries_the_pass_out_in_the_same_tick() -> None:
    office = Office(due=["supervision", "delivery"])
    office.clock(FakePrefect(down=True)).tick(NINE)
    assert office.carried_out == ["supervision", "delivery"]


def test_a_pass_that_prefect_took_and_nobody_begins_is_carried_out_after_two_minutes() -> None:
    office, prefect = Office(due=["supervision"]), FakePrefect()
    clock = office.clock(prefect)
    clock.tick(NINE)
    clock.tick(NINE + TAKEOVER - timedelta(seconds=1))
    assert office.carried_out == []
    clock.tick(NINE + TAKEOVER)
    assert office.carried_out == ["supervision"]


def test_a_run_that_died_is_started_again_with_the_next_attempt_under_the_same_instant() -> None:
    office, prefect = Office(due=["supervision"]), FakePrefect()
    clock = office.clock(prefect)
    clock.tick(NINE)
    prefect.standing = Course.DEAD
    clock.tick(NINE + WATCHING)
    assert prefect.started == [("supervision", "2026-03-05T01:00Z", 1), ("supervision", "2026-03-05T01:00Z", 2)]


def test_runs_that_keep_dying_end_with_the_clock_doing_the_work() -> None:
    office, prefect = Office(due=["supervision"]), FakePrefect(standing=Course.DEAD)
    clock = office.clock(prefect)
    for seconds in range(0, int(TAKEOVER.total_seconds()) + 15, 15):
        clock.tick(NINE + timedelta(seconds=seconds))
    assert office.carried_out == ["supervision"]


def test_what_is_due_again_after_its_pass_is_handed_over_anew_but_not_more_than_once_a_minute() -> None:
    office, prefect = Office(due=["delivery"]), FakePrefect(standing=Course.DONE)
    clock = office.clock(prefect)
    for seconds in range(0, 181, 15):
        clock.tick(NINE + timedelta(seconds=seconds))
    assert len(prefect.started) == 1 + 180 // int(AGAIN.total_seconds())
    assert office.carried_out == []


def test_a_pass_that_is_no_longer_due_is_forgotten() -> None:
    office, prefect = Office(due=["supervision"]), FakePrefect()
    clock = office.clock(prefect)
    clock.tick(NINE)
    office.due.clear()
    clock.tick(NINE + WATCHING)
    office.due.append("supervision")
    clock.tick(NINE + timedelta(hours=1))
    assert [attempt for _, _, attempt in prefect.started] == [1, 1]


@pytest.mark.parametrize("error", [Conflict("正在进行"), CampaignError("不行"), ZeroDivisionError()], ids=["held by another", "refused", "defect"])
def test_a_pass_that_fails_keeps_no_other_from_starting(error: Exception) -> None:
    office = Office(due=["supervision", "delivery"], fails_with=error)
    office.clock(None).tick(NINE)
    assert office.carried_out == ["supervision", "delivery"]


def test_three_days_without_prefect_leave_nothing_undone() -> None:
    office, prefect = Office(), FakePrefect(down=True)
    clock = office.clock(prefect)
    plan: dict[datetime, str] = {NINE + timedelta(hours=7 * n): "supervision" for n in range(10)}
    now = NINE
    undone: Callable[[], list[datetime]] = lambda: [at for at in plan if at <= now]  # noqa: E731 - a name for the reader
    while now < NINE + timedelta(days=3):
        for at in undone():
            office.due.append(plan.pop(at))
        office.due = list(dict.fromkeys(office.due))
        now = clock.tick(now)
    assert len(office.carried_out) == 10
