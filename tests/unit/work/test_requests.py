"""Requests, suspensions and a moved inspection: who may, what stops, what stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.plan.spec import PlanSpec
from campaign.records.campaigns import find_campaign, find_duty, need_unit
from campaign.records.planning.registry import latest_plan
from campaign.records.statements import table_of
from campaign.records.tables import Duty, DutyRequest, Event, Notice
from campaign.work.by import By
from campaign.work.duty.requests import ask_extension, ask_refusal, grant_extension, reassign, reject
from campaign.work.duty.suspensions import resume_many, suspend_many
from campaign.work.ics import campaign_calendar, unit_calendar
from campaign.work.planning.inspection_date import move_inspection
from tests.world import LEADER, SLUG, World, day_of, item, plan

UNIT = "示例联络员"


def opened(world: World) -> World:
    return world.opened(plan([item(1, deadline="2026-03-13"), item(2, deadline="2026-03-20", lead_unit="示例乙街道")]))


def ask(world: World, what: str, *, duty: int = 1, on: str = "2026-03-18", actor: str = UNIT) -> int:
    with world.store.begin() as tx:
        by = By(actor, world.now, "示例理由")
        found = find_duty(tx, duty)
        request = ask_extension(tx, found, date.fromisoformat(on), by) if what == "extend" else ask_refusal(tx, found, by)
        return request.id


def test_an_extension_is_asked_before_the_deadline_and_granted_by_another(world: World) -> None:
    opened(world)
    request_id = ask(world, "extend")
    with pytest.raises(NotAllowed), world.store.begin() as tx:
        grant_extension(tx, tx.get_one(DutyRequest, request_id), date(2026, 3, 18), By(UNIT, world.now))
    with world.store.begin() as tx:
        grant_extension(tx, tx.get_one(DutyRequest, request_id), date(2026, 3, 18), world.by())
    duty = world.duty()
    assert (day_of(duty.due_at), day_of(duty.first_due_at)) == (date(2026, 3, 18), date(2026, 3, 13)), "the original date stays visible"
    assert world.duty(f"decide:request:{request_id}").state == "accepted"
    world.go("2026-03-20")
    with pytest.raises(Conflict, match="到期前"):
        ask(world, "extend", on="2026-03-25")
    assert world.verify() == []


def test_a_third_extension_is_refused(world: World) -> None:
    opened(world)
    for day in ("2026-03-18", "2026-03-20"):
        request_id = ask(world, "extend", on=day)
        with world.store.begin() as tx:
            grant_extension(tx, tx.get_one(DutyRequest, request_id), date.fromisoformat(day), world.by())
    with pytest.raises(Conflict, match="2 次"):
        ask(world, "extend", on="2026-03-25")


def test_a_refusal_stops_the_clock_and_its_rejection_starts_it_with_what_was_left(world: World) -> None:
    opened(world)
    request_id = ask(world, "refuse")
    assert world.duty().state == "suspended"
    assert world.duty().next_rung_at is None
    world.wait(days=7)
    with world.store.begin() as tx:
        reject(tx, tx.get_one(DutyRequest, request_id), world.by(reason="属于本单位职责"))
    duty = world.duty()
    assert duty.state == "open"
    assert day_of(duty.due_at) == date(2026, 3, 20), "nine working days were left on March 2"
    assert world.verify() == []


def test_what_is_refused_twice_is_placed_by_a_leader(world: World) -> None:
    opened(world)
    first = ask(world, "refuse")
    with world.store.begin() as tx:
        moved = reassign(tx, tx.get_one(DutyRequest, first), need_unit(tx, "示例乙街道"), world.by())
        moved_id = moved.id
    second = ask(world, "refuse", duty=moved_id, actor="示例乙联络员")
    with pytest.raises(NotAllowed, match="第二次退单"), world.store.begin() as tx:
        reassign(tx, tx.get_one(DutyRequest, second), need_unit(tx, "示例甲局"), world.by())
    with world.store.begin() as tx:
        reassign(tx, tx.get_one(DutyRequest, second), need_unit(tx, "示例甲局"), By(LEADER, world.now, "指定承办"))
    assert world.states(table_of(Duty).c.item_id == world.duty().item_id) == {
        "item:i1/perform/unit:U002": "cancelled", f"reassign:duty:{world.duty().id}": "cancelled", f"reassign:duty:{moved_id}": "open",
    }  # fmt: skip
    assert world.verify() == []


def test_an_unanswered_request_climbs_the_offices_own_ladder(world: World) -> None:
    opened(world)
    request_id = ask(world, "extend")
    asked = world.duty(f"decide:request:{request_id}")
    assert asked.next_rung_at is not None
    assert asked.unit_id == world.campaign().office_unit_id


def test_a_suspension_stops_one_unit_and_resumes_what_it_stopped_only(world: World) -> None:
    opened(world)
    world.change("suspend", 2)
    with world.store.begin() as tx:
        row, count = suspend_many(tx, find_campaign(tx, SLUG), world.by(), document="示例〔2026〕3号", unit=need_unit(tx, "示例甲局"))
        suspension_id = row.id
    assert count == 1
    assert [world.duty(one).state for one in (1, 2)] == ["suspended", "suspended"]
    world.wait(days=7)
    with world.store.begin() as tx:
        assert resume_many(tx, suspension_id, world.by()) == 1
    assert [world.duty(one).state for one in (1, 2)] == ["open", "suspended"]
    with pytest.raises(Conflict), world.store.begin() as tx:
        resume_many(tx, suspension_id, world.by())


def test_a_suspension_without_a_document_is_refused(world: World) -> None:
    opened(world)
    with pytest.raises(CampaignError, match="依据"), world.store.begin() as tx:
        suspend_many(tx, find_campaign(tx, SLUG), world.by(), document=" ")


def test_a_moved_inspection_moves_what_counts_from_it_and_tells_each_unit_once(world: World) -> None:
    items = [item(1, deadline="inspection-7d"), item(2, deadline="inspection-5d"), item(3, deadline="2026-03-20")]
    world.opened(plan(items, inspection={"start": "2026-03-27"}))
    with world.store.begin() as tx:
        assert move_inspection(tx, find_campaign(tx, SLUG), date(2026, 4, 3), world.by()) == 2
    assert [day_of(world.duty(one).due_at) for one in (1, 2, 3)] == [date(2026, 3, 27), date(2026, 3, 29), date(2026, 3, 20)]
    assert len(world.notices(table_of(Notice).c.kind == "调整通知")) == 1
    world.go("2026-03-31")
    with world.store.begin() as tx:
        assert move_inspection(tx, find_campaign(tx, SLUG), date(2026, 4, 10), world.by()) == 0, "what is overdue stays overdue"
    with pytest.raises(CampaignError, match="工作日之后"), world.store.begin() as tx:
        move_inspection(tx, find_campaign(tx, SLUG), date(2026, 4, 1), world.by())
    assert world.verify() == []


def test_an_earlier_inspection_leaves_the_minimum_notice(world: World) -> None:
    world.opened(plan([item(1, deadline="inspection-7d")], inspection={"start": "2026-03-27"}))
    with world.store.begin() as tx:
        move_inspection(tx, find_campaign(tx, SLUG), date(2026, 3, 9), world.by())
    assert day_of(world.duty().due_at) == date(2026, 3, 5), "three working days after the decision, not March 2"


def moved(world: World, to: date) -> int:
    with world.store.begin() as tx:
        return move_inspection(tx, find_campaign(tx, SLUG), to, world.by())


def test_a_moved_inspection_is_a_version_of_the_plan(world: World) -> None:
    def spec(start: str, *more: dict[str, Any]) -> PlanSpec:
        items = [item(1, deadline="inspection-7d"), item(2, deadline="inspection-20d"), item(3, deadline="2026-03-20"), *more]
        return plan(items, inspection={"start": start, "end": (date.fromisoformat(start) + timedelta(days=2)).isoformat()})

    world.opened(spec("2026-03-27"))
    world.go("2026-03-09")
    assert moved(world, date(2026, 4, 3)) == 1, "item 2 was due on 7 March"
    with world.store.read() as tx:
        kept = latest_plan(tx, find_campaign(tx, SLUG))
    assert (kept.number, kept.spec["inspection"]) == (2, {"start": "2026-04-03", "end": "2026-04-05"})
    (told,) = world.rows(Event, table_of(Event).c.verb == "move_inspection")
    assert (told.reason, told.detail["plan"]) == ("示例理由", 2)

    assert world.launch(spec("2026-04-03")).changed == [], "a file with the new date changes nothing"
    assert world.campaign().inspection_on == date(2026, 4, 3)

    more = world.launch(spec("2026-04-03", item(4, deadline="2026-03-25")))
    assert (more.changed, more.created) == ([], 1), "another change does not let off what was overdue when the date moved"
    assert day_of(world.duty(2).due_at) == date(2026, 3, 7)
    assert world.verify() == []


def test_the_file_from_before_the_move_says_that_it_takes_the_decision_back(world: World) -> None:
    old = plan([item(1, deadline="inspection-7d")], inspection={"start": "2026-03-27"})
    world.opened(old)
    moved(world, date(2026, 4, 3))

    back = world.launch(old).changed

    assert back[0].startswith("迎检日期：现行 2026-04-03 → 方案文件 2026-03-27")
    assert any("期限：2026-03-27 → 2026-03-20" in line for line in back)
    assert world.campaign().inspection_on == date(2026, 3, 27)
    assert world.verify() == []


def test_an_earlier_date_keeps_its_notice_through_the_next_launch(world: World) -> None:
    world.opened(plan([item(1, deadline="inspection-7d")], inspection={"start": "2026-03-27"}))
    moved(world, date(2026, 3, 9))

    done = world.launch(plan([item(1, deadline="inspection-7d"), item(2)], inspection={"start": "2026-03-09"}))

    assert (done.changed, done.created) == ([], 1)
    assert day_of(world.duty().due_at) == date(2026, 3, 5)


def test_calendar_files_have_the_last_day_and_keep_their_uid(world: World) -> None:
    opened(world)
    with world.store.read() as tx:
        campaign, unit = find_campaign(tx, SLUG), need_unit(tx, "示例甲局")
        first = Calendar.from_ical(unit_calendar(tx, unit, world.now))
        phases = Calendar.from_ical(campaign_calendar(tx, campaign, world.now))
    (event,) = first.walk("VEVENT")
    assert event.decoded("dtstart") == date(2026, 3, 13)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
    assert [str(one["summary"]) for one in phases.walk("VEVENT")] == ["p1阶段"]
    due_at = world.duty().due_at
    assert due_at is not None
    world.change("extend", 1, due_at + timedelta(days=3))
    with world.store.read() as tx:
        (moved,) = Calendar.from_ical(unit_calendar(tx, need_unit(tx, "示例甲局"), world.now)).walk("VEVENT")
    assert (moved["uid"], moved.decoded("dtstart")) == (event["uid"], date(2026, 3, 16))
