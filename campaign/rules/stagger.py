"""倒排工期: days proposed for duties that have only their phase's end as deadline, and warnings where a unit would drown.

Owns the spreading. Refuses to touch a deadline that the plan gives, and proposes only (建议): who runs the campaign may take or change it.

The days are the working days of the latter two thirds of the phase, counted back from its end, for the first third is needed to begin. A
unit's duties keep the plan's order. Units of the same load are shifted against each other, so that the office does not get everything on
the same day either. Where the cap cannot hold there, earlier days of the phase are used, and where the phase is too short, the least
loaded day, with a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from campaign.errors import CampaignError
from campaign.rules.calendar import WorkingCalendar

MOST_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day for each duty's key, all marked 建议 by whoever shows them, and what to tell the administrator."""

    due_on: Mapping[str, date]
    warnings: tuple[str, ...]


def propose_calendar(
    loads: Mapping[str, Sequence[str]],
    window: tuple[date, date],
    calendar: WorkingCalendar,
    *,
    most_a_day: int = MOST_A_DAY,
    fixed: Iterable[tuple[str, date]] = (),
    shift: int = 0,
) -> Proposal:
    """Days for `loads` (unit → its duties' keys in the plan's order) within `window`, both ends included.

    `fixed` are (unit, day) of duties with deadlines of their own; they count towards the cap. `shift` is how many units stand before these, so
    that one unit alone gets the days that it would get among all. With 60 working days, a unit with 4 duties
    gets days 30, 40, 50 and 60.
    """
    if most_a_day < 1:
        raise CampaignError("每日到期上限应至少为 1 件", code="bad_cap", most_a_day=most_a_day)
    days = _working_days(window, calendar)
    early = len(days) // 3
    taken = Counter(fixed)
    proposed: dict[str, date] = {}
    for place_of_unit, unit in enumerate(loads, shift):
        keys = loads[unit]
        for wanted, key in zip(_wanted(len(days) - early, len(keys), place_of_unit), keys, strict=True):
            place = _free_place(days, taken, unit, early + wanted, early, most_a_day)
            taken[unit, days[place]] += 1
            proposed[key] = days[place]
    ordered = _in_plan_order(loads, proposed)
    drowned = Counter({place: count for place, count in taken.items() if window[0] <= place[1] <= window[1]})
    return Proposal(ordered, load_warnings(drowned, most_a_day=most_a_day))


def load_warnings(loads: Mapping[tuple[str, date], int], *, most_a_day: int = MOST_A_DAY) -> tuple[str, ...]:
    """Who has too much due on one day, the worst first."""
    over = sorted(((unit, day, count) for (unit, day), count in loads.items() if count > most_a_day), key=lambda one: (-one[2], one[1], one[0]))
    return tuple(f"{unit} {day.month} 月 {day.day} 日有 {count} 件到期，超过每日 {most_a_day} 件" for unit, day, count in over)


def _working_days(window: tuple[date, date], calendar: WorkingCalendar) -> list[date]:
    first, last = window
    if last < first:
        raise CampaignError(f"阶段结束日 {last} 早于开始日 {first}：请先改正阶段日期", code="bad_window", first=first, last=last)
    total = calendar.working_days_between(first, last) + int(calendar.is_working(first))
    if total < 1:
        return [last]
    start = calendar.add_working_days(first, 0, roll=True)
    return [calendar.add_working_days(start, offset) for offset in range(total)]


def _wanted(days: int, duties: int, shift: int) -> list[int]:
    """Even distances back from the last day; a shift of less than one distance, so that nobody leaves the window."""
    if not duties:
        return []
    room = max(days // duties, 1)
    back = shift % room
    return [max((number * days) // duties - 1 - back, 0) for number in range(1, duties + 1)]


def _free_place(days: Sequence[date], taken: Counter[tuple[str, date]], unit: str, wanted: int, lowest: int, most_a_day: int) -> int:
    """The nearest day with room: the wanted one, then later, then earlier, down to the phase's first day; else the least loaded."""
    later = range(wanted, len(days))
    earlier = range(wanted - 1, lowest - 1, -1)
    before = range(lowest - 1, -1, -1)
    for place in chain(later, earlier, before):
        if taken[unit, days[place]] < most_a_day:
            return place
    return min(range(len(days)), key=lambda place: (taken[unit, days[place]], -place))


def _in_plan_order(loads: Mapping[str, Sequence[str]], proposed: Mapping[str, date]) -> dict[str, date]:
    """Days handed out again by unit in the plan's order: what stands earlier in the plan is due no later."""
    ordered: dict[str, date] = {}
    for keys in loads.values():
        ordered.update(zip(keys, sorted(proposed[key] for key in keys), strict=True))
    return ordered
