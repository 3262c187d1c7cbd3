"""Findings: their grace, where a repeated one starts, and who may recheck."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, due_at_of_day, due_on
from campaign.rules.findings import Severity, due_after_return, floor_of_repeat, may_recheck, recheck_due_at, rectify_due_at
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.ladder import parse_ladder

CN = WorkingCalendar("cn", calendar_rows(2026, 2026))
DEFAULT = parse_ladder((Path(__file__).parents[3] / "config" / "ladders" / "default.yaml").read_text("utf-8"), "default.yaml")
FRIDAY = datetime(2026, 9, 18, 15, 0, tzinfo=CAMPAIGN_ZONE)  # the Sunday after it is worked


@pytest.mark.parametrize(
    ("severity", "on_site", "expected"),
    [
        pytest.param(Severity.MINOR, False, "2026-09-20", id="minor-by-the-next-working-day"),
        pytest.param(Severity.MAJOR, False, "2026-09-22", id="major-in-three"),
        pytest.param(Severity.NORMAL, False, "2026-09-24", id="normal-in-five"),
        pytest.param(Severity.NORMAL, True, "2026-09-18", id="on-site-the-same-day"),
    ],
)
def test_grace_by_severity(severity: Severity, on_site: bool, expected: str) -> None:
    assert due_on(rectify_due_at(severity, FRIDAY, CN, on_site=on_site)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("old", "expected"),
    [pytest.param("2026-09-10", "2026-09-22", id="grace-after-the-return"), pytest.param("2026-12-01", "2026-12-01", id="later-deadline-stays")],
)
def test_a_return_never_shortens_a_deadline(old: str, expected: str) -> None:
    assert due_on(due_after_return(due_at_of_day(date.fromisoformat(old)), FRIDAY, CN)) == date.fromisoformat(expected)


def test_a_recheck_has_three_working_days() -> None:
    assert due_on(recheck_due_at(FRIDAY, CN)) == date(2026, 9, 22)


@pytest.mark.parametrize(("times", "rung"), [(0, 0), (1, 4), (2, 4), (9, 4)], ids=["first-time", "again", "third-time-stays-unsigned", "for-ever"])
def test_a_finding_made_again_starts_one_rung_higher(times: int, rung: int) -> None:
    assert floor_of_repeat(DEFAULT, times) == rung


def test_who_rectified_cannot_recheck() -> None:
    assert not may_recheck("张一", {"张一", "李二"})
    assert may_recheck("王三", {"张一", "李二"})


def test_severities_are_read_in_chinese() -> None:
    assert [severity.label for severity in Severity] == ["轻微", "一般", "重大"]
