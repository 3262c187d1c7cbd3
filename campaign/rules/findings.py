"""What follows from a finding: the days its unit gets to rectify, where its ladder starts, and who may recheck.

Owns the grace by severity. Refuses that a finding is rechecked by whoever rectified it, and that one found again starts from nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from campaign.rules.calendar import WorkingCalendar, campaign_day, due_at_of_day
from campaign.rules.ladder import Ladder


class Severity(StrEnum):
    MINOR = "minor"
    NORMAL = "normal"
    MAJOR = "major"

    @property
    def label(self) -> str:
        return {"minor": "轻微", "normal": "一般", "major": "重大"}[self.value]

    @property
    def grace(self) -> int:
        """Working days to rectify: what can be cleared on the spot in one, a major one soon because it is dangerous or decides the result."""
        return {"minor": 1, "normal": 5, "major": 3}[self.value]


RETURN_GRACE = 3
RECHECK_GRACE = 3


def rectify_due_at(severity: Severity, found_at: datetime, calendar: WorkingCalendar, *, on_site: bool = False) -> datetime:
    """The end of the last working day of the grace; found by the inspectors on site, the end of the same day, whatever the calendar says."""
    found_on = campaign_day(found_at)
    return due_at_of_day(found_on if on_site else calendar.add_working_days(found_on, severity.grace))


def due_after_return(old_due_at: datetime, returned_at: datetime, calendar: WorkingCalendar, grace: int = RETURN_GRACE) -> datetime:
    """Returned work keeps its deadline if that is later than the return plus the grace in working days."""
    return max(old_due_at, due_at_of_day(calendar.add_working_days(campaign_day(returned_at), grace)))


def recheck_due_at(rectified_at: datetime, calendar: WorkingCalendar) -> datetime:
    return due_at_of_day(calendar.add_working_days(campaign_day(rectified_at), RECHECK_GRACE))


def floor_of_repeat(ladder: Ladder, times_found_before: int) -> int:
    """The rung below which a repeated finding does not start: one higher each time, never above the last rung nobody has to sign.

    The first repetition of a finding starts at 督办 where the first time it would have been 催办.
    """
    first = ladder.first_overdue
    if first is None or times_found_before <= 0:
        return 0
    machine_made = [rung.number for rung in ladder.rungs if rung.number >= first and not rung.signed]
    return min(first + times_found_before, machine_made[-1] if machine_made else first)


def may_recheck(rechecker: str, rectifiers: Collection[str]) -> bool:
    """Closing needs somebody else."""
    return rechecker not in rectifiers
