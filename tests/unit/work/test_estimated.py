"""A deadline in a year whose notice is not published carries the flag until the notice lands, and moves then."""

from __future__ import annotations

from datetime import date

from campaign.records.campaigns import find_campaign
from campaign.records.pages import views
from campaign.records.planning.calendars import load_calendar
from campaign.records.statements import table_of
from campaign.records.tables import Event, Notice
from campaign.rules.calendar import DayRow
from campaign.work.planning.calendar_change import import_notice
from tests.world import ROLLOUT, SLUG, World, day_of, item, plan


def flags(world: World) -> list[bool]:
    with world.store.read() as tx:
        return [row.estimated for row in views.list_duties(tx, world.now, campaign=find_campaign(tx, SLUG)) if row.origin.startswith("item:")]


def test_the_flag_goes_and_the_deadline_moves_when_the_notice_of_the_year_is_published(world: World) -> None:
    world.go("2027-12-20")
    spec = plan([item(1, deadline="launch+15wd"), item(2, deadline="2027-12-31")], phases=[ROLLOUT | {"start": "2027-12-21", "end": "2028-03-31"}])
    world.opened(spec, day="2027-12-21")
    with world.store.read() as tx:
        assert load_calendar(tx).coverage(2028) == "estimated"
        before = load_calendar(tx).is_working(date(2028, 1, 15))
    assert before is False
    assert flags(world)[-1] is True
    was = day_of(world.duty("item:i1/perform/unit:U001").due_at)

    rows = [
        DayRow(date(2028, 1, 1), False, "元旦"),
        DayRow(date(2028, 1, 3), False, "元旦"),
        DayRow(date(2028, 1, 5), False, "元旦"),
        DayRow(date(2028, 1, 15), True, "调休上班"),
    ]
    with world.store.begin() as tx:
        done = import_notice(tx, rows, world.by(reason="放假安排公布"))

    assert flags(world)[-1] is False
    assert done.days > 0
    with world.store.read() as tx:
        assert load_calendar(tx).coverage(2028) == "published"
    assert day_of(world.duty("item:i1/perform/unit:U001").due_at) > was  # Wednesday the 5th rests now
    assert len(world.notices(table_of(Notice).c.kind == "调整通知")) == 1
    assert len(world.rows(Event, table_of(Event).c.verb == "import_calendar")) == 1
    assert world.verify() == []
