"""What is shown of dear counts: live where they are cheap, kept for a while where they are not, and never from before a visitor's own write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from campaign.portal.remembered import STALE_SECONDS, Remembered


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def asking(clock: Clock, cost: float) -> Callable[[], int]:
    """Answers 1, 2, 3 … and takes `cost` seconds each time."""
    answers = iter(range(1, 100))

    def ask() -> int:
        clock.now += cost
        return next(answers)

    return ask


def test_a_cheap_count_is_asked_every_time(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.01)
    assert [counts.get("a", ask) for _ in range(3)] == [1, 2, 3]


def test_a_dear_count_is_kept_for_twenty_times_its_cost(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.1)
    assert counts.get("a", ask) == 1
    clock.now += 1.9
    assert counts.get("a", ask) == 1
    assert counts.age("a") == pytest.approx(2.0)
    clock.now += 0.2
    assert counts.get("a", ask) == 2


def test_what_is_out_of_time_is_shown_once_more_while_it_is_asked_anew_beside_the_visitor(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.1)
    counts.get("a", ask)
    clock.now += 5
    assert counts.get("a", ask, again=ask) == 1
    counts.settle()
    assert counts.get("a", ask, again=ask) == 2


def test_nothing_older_than_the_limit_is_shown(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.1)
    counts.get("a", ask)
    clock.now += STALE_SECONDS + 1
    assert counts.get("a", ask, again=ask) == 2


def test_who_has_written_is_shown_no_count_from_before(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.1)
    counts.get("a", ask)
    assert counts.get("a", ask, since=clock.now, again=ask) == 2
    assert counts.get("a", ask, since=clock.now - 1) == 2


def test_a_count_that_fails_beside_the_requests_is_asked_by_the_next_visitor(clock: Clock) -> None:
    counts: Remembered[int] = Remembered(clock)
    ask = asking(clock, 0.1)
    counts.get("a", ask)
    clock.now += 5

    def broken() -> int:
        raise OSError("the database went away")

    assert counts.get("a", ask, again=broken) == 1
    counts.settle()
    assert counts.get("a", ask, again=broken) == 2
