"""A calendar that changes: what is computed moves and is told, what a person gave stays."""

from __future__ import annotations

from datetime import date

from campaign.records.campaigns import find_campaign, find_duty
from campaign.records.planning.calendars import load_calendar
from campaign.records.statements import table_of
from campaign.records.tables import Notice
from campaign.rules.calendar import DayRow, due_at_of_day
from campaign.rules.rest_days import RestDays
from campaign.work.duty.change_duty import extend
from campaign.work.planning.calendar_change import Recomputed, import_notice, set_by_hand, set_rest_days
from tests.world import SLUG, World, day_of, item, plan


def change(world: World, day: str, *, working: bool, days: int = 1, own: bool = False) -> Recomputed:
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG) if own else None
        return set_by_hand(tx, DayRow(date.fromisoformat(day), working, "示例说明", "override"), days, world.by(), campaign=campaign)


def test_a_day_off_moves_the_next_rung_and_a_later_change_moves_it_back(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-13")]))
    before = world.duty().next_rung_at
    assert change(world, "2026-03-12", working=False).rungs == 1
    assert world.duty().next_rung_at != before
    change(world, "2026-03-12", working=True)
    assert world.duty().next_rung_at == before


def test_a_deadline_counted_in_working_days_moves_and_its_unit_is_told(world: World) -> None:
    world.opened(plan([item(1, deadline="launch+8wd"), item(2, deadline="2026-03-20")]))
    assert day_of(world.duty(1).due_at) == date(2026, 3, 11)
    done = change(world, "2026-03-10", working=False)
    assert done.deadlines == 1
    assert day_of(world.duty(1).due_at) == date(2026, 3, 12)
    assert day_of(world.duty(2).due_at) == date(2026, 3, 20)
    assert [one.kind for one in world.notices(table_of(Notice).c.kind == "调整通知")] == ["调整通知"]
    assert world.verify() == []


def test_an_extended_deadline_stays_whatever_the_calendar(world: World) -> None:
    world.opened(plan([item(1, deadline="launch+8wd")]))
    with world.store.begin() as tx:
        extend(tx, find_duty(tx, 1), due_at_of_day(date(2026, 3, 18)), world.by())
    assert change(world, "2026-03-10", working=False, days=2).deadlines == 0
    assert day_of(world.duty().due_at) == date(2026, 3, 18)


def test_what_is_overdue_stays_overdue(world: World) -> None:
    world.opened(plan([item(1, deadline="launch+8wd")]))
    world.go("2026-03-13")
    assert change(world, "2026-03-10", working=False).deadlines == 0
    assert day_of(world.duty().due_at) == date(2026, 3, 11)


def test_an_overlay_is_one_campaigns_own_and_follows_its_base(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-13")]))
    change(world, "2026-03-14", working=True, days=2, own=True)
    with world.store.begin() as tx:
        own, everybody = load_calendar(tx, world_calendar(world)), load_calendar(tx)
        assert own.is_working(date(2026, 3, 14))
        assert not everybody.is_working(date(2026, 3, 14))
    change(world, "2026-03-17", working=False)
    with world.store.begin() as tx:
        assert not load_calendar(tx, world_calendar(world)).is_working(date(2026, 3, 17))
    world.go("2026-03-14").sweep()
    assert world.duty().rung > 0, "the Saturday is worked: a 催办 goes out on it"


def world_calendar(world: World) -> str:
    return world.campaign().calendar


def test_an_imported_year_is_published_and_hand_set_days_win(world: World) -> None:
    world.launch()
    change(world, "2028-05-02", working=True)
    rows = (
        DayRow(date(2028, 1, 1), False, "元旦", "published"),
        DayRow(date(2028, 1, 8), True, "调休上班", "published"),
        DayRow(date(2028, 5, 2), False, "劳动节", "published"),
    )
    with world.store.begin() as tx:
        assert load_calendar(tx).coverage(2028) == "estimated"
        import_notice(tx, rows, world.by())
    with world.store.begin() as tx:
        found = load_calendar(tx)
        assert found.coverage(2028) == "published"
        assert found.is_working(date(2028, 1, 8))
        assert found.is_working(date(2028, 5, 2)), "somebody set it by hand"


def test_deadlines_on_rest_days_follow_the_setting_and_show_the_stated_day(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-14"), item(2, deadline="2026-03-13")]))
    with world.store.begin() as tx:
        assert set_rest_days(tx, find_campaign(tx, SLUG), RestDays.LATER, world.by()).deadlines == 1
    moved = world.duty(1)
    assert day_of(moved.due_at) == date(2026, 3, 16)
    assert day_of(moved.first_due_at) == date(2026, 3, 14)
    with world.store.begin() as tx:
        set_rest_days(tx, find_campaign(tx, SLUG), RestDays.KEEP, world.by())
    assert day_of(world.duty(1).due_at) == date(2026, 3, 14)
