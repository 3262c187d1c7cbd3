"""How much is asked of a unit in a week, and when something more has to wait for a person's word.

Pure. What the plan and the law ask is counted and never held: only what is asked beside them waits.
"""

from __future__ import annotations

from datetime import date, timedelta

WEEKS = 8


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def last_weeks(today: date, count: int = WEEKS) -> list[date]:
    """Their Mondays, the oldest first, this week last."""
    return [week_of(today) - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def must_wait(asked: int, cap: int | None) -> bool:
    """Whether one more request would be over the cap."""
    return cap is not None and asked >= cap
