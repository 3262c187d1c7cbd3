"""倒排工期: proposed days are worked, in the latter two thirds, capped by unit and day, and the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import CampaignError
from campaign.rules.calendar import WorkingCalendar
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.stagger import load_warnings, propose_calendar

CN = WorkingCalendar("cn", calendar_rows(2026, 2027))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))  # 22 working days, the latter 15 used


def test_duties_of_a_unit_are_spread_back_from_the_end_in_the_plans_order() -> None:
    found = propose_calendar({"教育局": ["a", "b", "c", "d"]}, SEPTEMBER, CN)
    assert [day.isoformat() for day in found.due_on.values()] == ["2026-09-14", "2026-09-18", "2026-09-23", "2026-09-30"]
    assert list(found.due_on) == ["a", "b", "c", "d"]
    assert found.warnings == ()


LOADS = st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.integers(0, 40), max_size=5)


@given(sizes=LOADS, start=st.dates(date(2026, 1, 5), date(2027, 3, 1)), length=st.integers(0, 120), cap=st.integers(1, 5))
def test_a_proposal_keeps_the_cap_wherever_the_phase_is_long_enough(sizes: dict[str, int], start: date, length: int, cap: int) -> None:
    loads = {unit: [f"{unit}{number}" for number in range(size)] for unit, size in sizes.items()}
    window = (start, start + timedelta(days=length))
    found = propose_calendar(loads, window, CN, most_a_day=cap)
    assert set(found.due_on) == {key for keys in loads.values() for key in keys}
    days = [window[0] + timedelta(days=offset) for offset in range(length + 1) if CN.is_working(window[0] + timedelta(days=offset))]
    for unit, keys in loads.items():
        due = [found.due_on[key] for key in keys]
        assert due == sorted(due)
        assert all(window[0] <= day <= window[1] for day in due)
        if days:
            assert all(CN.is_working(day) for day in due)
            most = max(Counter(due).values(), default=0)
            assert most <= max(cap, -(-len(keys) // len(days)))
            if len(keys) <= cap * (len(days) - len(days) // 3):
                assert all(day >= days[len(days) // 3] for day in due)
        assert any(unit in warning for warning in found.warnings) is (max(Counter(due).values(), default=0) > cap)
    assert propose_calendar(loads, window, CN, most_a_day=cap) == found


def test_deadlines_of_their_own_count_towards_the_cap() -> None:
    fixed = [("教育局", date(2026, 9, 30))] * 3
    found = propose_calendar({"教育局": ["a"]}, SEPTEMBER, CN, fixed=fixed)
    assert found.due_on["a"] == date(2026, 9, 29)


def test_units_of_the_same_load_are_shifted_against_each_other() -> None:
    found = propose_calendar({"甲": ["a"], "乙": ["b"], "丙": ["c"]}, SEPTEMBER, CN)
    assert len(set(found.due_on.values())) == 3


def test_who_will_drown_is_told_worst_first() -> None:
    loads = {("教育局", date(2026, 9, 20)): 4, ("城关街道", date(2026, 9, 20)): 23, ("住建局", date(2026, 9, 21)): 3}
    assert load_warnings(loads) == ("城关街道 9 月 20 日有 23 件到期，超过每日 3 件", "教育局 9 月 20 日有 4 件到期，超过每日 3 件")


def test_a_window_without_working_days_uses_its_last_day() -> None:
    found = propose_calendar({"甲": ["a"]}, (date(2026, 10, 1), date(2026, 10, 5)), CN)
    assert found.due_on == {"a": date(2026, 10, 5)}


@pytest.mark.parametrize(("window", "cap"), [((date(2026, 9, 30), date(2026, 9, 1)), 3), (SEPTEMBER, 0)], ids=["backwards", "no-cap"])
def test_what_cannot_be_spread_is_refused(window: tuple[date, date], cap: int) -> None:
    with pytest.raises(CampaignError):
        propose_calendar({"甲": ["a"]}, window, CN, most_a_day=cap)
