"""Nights, rest days and crowded days postpone messages and lose none; urgent rungs do not wait."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaign.records.campaigns import find_campaign
from campaign.records.statements import table_of
from campaign.records.tables import Delivery, Event, Notice
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar
from campaign.rules.holidays_cn import calendar_rows
from campaign.rules.sending import Window, next_sending, window_of
from tests.world import SLUG, World, at, item, phase, plan

CALENDAR = WorkingCalendar("cn", calendar_rows(2026, 2026))


@pytest.mark.parametrize(
    ("now", "goes_out"),
    [
        pytest.param("2026-03-06T21:00", "2026-03-09T08:00", id="周五夜里到周一"),
        pytest.param("2026-03-06T07:00", "2026-03-06T08:00", id="清晨等到八点"),
        pytest.param("2026-03-06T12:00", "2026-03-06T12:00", id="白天照发"),
        pytest.param("2026-09-20T10:00", "2026-09-20T10:00", id="调休的星期日照发"),
        pytest.param("2026-10-01T10:00", "2026-10-08T08:00", id="国庆之后"),
    ],
)
def test_a_message_waits_for_the_next_opening(now: str, goes_out: str) -> None:
    assert next_sending(at(now), CALENDAR, Window()).astimezone(CAMPAIGN_ZONE) == at(goes_out)


def test_a_window_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(Exception, match="发送时段"):
        window_of({"sending": {"from": "20:00", "to": "8:00"}})


def test_what_is_due_on_a_rest_day_goes_out_on_the_next_working_day(world: World) -> None:
    world.launch(plan([item(1, deadline="2026-03-20")]))
    world.go("2026-03-07T10:00").work_phase()
    world.deliver()
    assert [one.state for one in world.notices()] == ["open"], "a Saturday"
    assert world.rows(Delivery)[0].next_attempt_at.astimezone(CAMPAIGN_ZONE) == at("2026-03-09T08:00")
    world.go("2026-03-09T08:00").deliver()
    assert [one.state for one in world.notices()] == ["delivered"]
    assert world.verify() == []


def test_a_unit_gets_one_paper_a_day_and_the_other_the_next_morning(world: World) -> None:
    items = [item(1, deadline="2026-03-06"), item(2, deadline="2026-03-06")]
    world.opened(plan(items))
    world.climb(4, deliver_last=False, one=1)
    paper = world.notices(table_of(Notice).c.kind == "督办通知书")[0]
    with world.store.begin() as tx:
        other = Notice(campaign_id=paper.campaign_id, unit_id=paper.unit_id, kind="督办通知书", rung=4, ladder_id=paper.ladder_id, day=date(2026, 3, 2),
                       state="delivered", title="督办通知书", created_at=world.now, issued_at=world.now, delivered_at=world.now,
                       sent_on=world.now.astimezone(CAMPAIGN_ZONE).date(), number="示例督〔2026〕99号")  # fmt: skip
        tx.add(other)
    world.deliver()
    waiting = next(one for one in world.notices(table_of(Notice).c.kind == "督办通知书") if one.id == paper.id)
    assert waiting.state == "open"
    assert waiting.number is None
    world.now += timedelta(days=1)
    world.deliver()
    sent = next(one for one in world.notices(table_of(Notice).c.kind == "督办通知书") if one.id == paper.id)
    assert sent.state == "delivered"
    assert sent.number


def test_urgent_rungs_of_readiness_go_out_in_the_evening(world: World) -> None:
    phases = [phase("p1", "readiness", "2026-03-02", "2026-03-31"), phase("p2", "rollout", "2026-03-02", "2026-03-31")]
    world.launch(plan([item(1, deadline="2026-03-13", phase="p1"), item(2, deadline="2026-03-17", phase="p2", lead_unit="示例乙局")], phases))
    for key in ("p1", "p2"):
        world.go("2026-03-02").work_phase(key)
    world.deliver()
    world.go("2026-03-13T21:00").sweep()
    world.deliver()
    reminders = {one.unit_id: one.state for one in world.notices(table_of(Notice).c.kind == "工作提醒")}
    assert sorted(reminders.values()) == ["delivered", "open"], "迎检 at once, 推进 on Monday"


def test_more_papers_than_the_cap_are_said_once_a_month(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-06")]))
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        campaign.settings = {**campaign.settings, "paper_cap": 0}
        tx.add(campaign)
    world.climb(5)
    told = world.rows(Event, table_of(Event).c.verb == "paper_cap")
    assert len(told) == 1
    assert "超过 0 件" in told[0].reason
