"""签收: a clock and a short ladder of its own, and four ways to sign for a paper."""

from __future__ import annotations

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.records.campaigns import find_campaign
from campaign.records.papers.notices import find_notice
from campaign.records.planning.ladders import RECEIPT
from campaign.records.statements import table_of
from campaign.records.tables import Duty, LadderChoice, Notice
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.duty import change_duty
from campaign.work.papers.amend import recall_notice
from campaign.work.papers.reading import confirm_reading
from campaign.work.papers.receipts import ask_for_receipts
from tests.world import SLUG, World, at, day_of, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
ASKED = DUTY.c.origin.like("ack:notice:%")


def told(world: World) -> Duty:
    """Tuesday: the unit has got its 任务分解通知 and has not signed for it."""
    world.launch(plan([item(1, deadline="2026-03-30"), item(2, deadline="2026-03-30")]))
    world.go("2026-03-03").work_phase()
    world.deliver()
    return world.duties(ASKED)[0]


def test_a_delivered_paper_asks_for_its_receipt_by_the_next_working_day(world: World) -> None:
    asked = told(world)

    assert (asked.unit_id, asked.state, asked.required) == (world.unit("示例甲局").id, "open", False)
    assert asked.title == "签收《任务分解通知》"
    assert day_of(asked.due_at).isoformat() == "2026-03-04"
    assert world.verify() == []


def test_unsigned_it_climbs_its_own_ladder_and_the_work_does_not(world: World) -> None:
    asked = told(world)
    moments = []
    for _ in range(2):
        waiting = world.duty(asked.id)
        assert waiting.next_rung_at is not None
        moments.append(waiting.next_rung_at.astimezone(CAMPAIGN_ZONE))
        world.now = waiting.next_rung_at
        assert world.escalate() == 1
        world.deliver()

    reminders = world.notices(NOTICE.c.kind == "签收提醒")
    assert moments == [at("2026-03-05T09:00"), at("2026-03-06T09:00")]
    assert [(one.rung, one.number) for one in reminders] == [(1, None), (2, None)]
    assert (world.duty(asked.id).next_rung_at, world.duty(1).rung) == (None, 0)
    assert len(world.duties(ASKED)) == 1, "a reminder to sign asks for no signature itself"
    assert world.verify() == []


@pytest.mark.parametrize("way", ["command", "item", "portal", "work"])
def test_each_way_of_signing_ends_it_and_nothing_more_is_sent(world: World, way: str) -> None:
    asked = told(world)
    paper = asked.notice_id
    if way == "command":
        world.change("acknowledge", asked.id)
    elif way == "item":
        world.change("acknowledge", 1)
    elif way == "work":
        world.submit(1)
    else:
        with world.store.begin() as tx:
            assert confirm_reading(tx, find_notice(tx, paper or 0), world.by("示例联络员"))

    signed = world.duty(asked.id)
    assert (signed.state, signed.next_rung_at) == ("accepted", None)
    assert signed.acked_at == world.now
    world.go("2026-03-06").sweep()
    assert world.notices(NOTICE.c.kind == "签收提醒") == []
    assert world.verify() == []


def test_the_slip_of_a_paper_that_was_carried_is_its_receipt(world: World) -> None:
    world.launch(plan([item(1, deadline="2026-03-30")]))
    world.go("2026-03-03").work_phase()
    world.receiver.says = {"webhook": "refused", "file": "refused"}
    world.deliver()
    world.deliver()
    world.serve(world.notices()[0].id, to="张三")
    with world.store.begin() as tx:
        assert ask_for_receipts(tx, [world.notices()[0].id], world.by()) == 0

    assert world.duties(ASKED) == []
    assert world.verify() == []


def test_recurring_reports_alone_ask_for_no_receipt(world: World) -> None:
    world.launch(plan([item(1, recurrence={"every": "week", "text": "每周"})]))
    world.go("2026-03-03").work_phase()
    world.deliver()

    assert [one.kind for one in world.notices()] == ["任务分解通知"]
    assert world.duties(ASKED) == []


def test_a_letter_to_an_equal_and_a_campaign_without_the_ladder_ask_for_none(world: World) -> None:
    world.launch(plan([item(1, deadline="2026-03-30", lead_unit="示例大学"), item(2, deadline="2026-03-30")]))
    world.go("2026-03-03").work_phase()
    world.deliver()
    assert [one.unit_id for one in world.duties(ASKED)] == [world.unit("示例甲局").id]
    with world.store.begin() as tx:
        choice = tx.get_one(LadderChoice, (find_campaign(tx, SLUG).id, "", RECEIPT))
        tx.delete(choice)
    with world.store.begin() as tx:
        assert ask_for_receipts(tx, [one.id for one in world.notices()], world.by()) == 0


def test_asking_twice_asks_once_and_signing_twice_counts_once(world: World) -> None:
    asked = told(world)
    with world.store.begin() as tx:
        assert ask_for_receipts(tx, [asked.notice_id or 0], world.by()) == 0
    world.change("acknowledge", asked.id)
    with pytest.raises(Conflict, match="已办结"):
        world.change("acknowledge", asked.id)


def test_a_recalled_paper_need_not_be_signed_for(world: World) -> None:
    asked = told(world)
    with world.store.begin() as tx:
        recall_notice(tx, find_notice(tx, asked.notice_id or 0), world.by())

    assert world.duty(asked.id).state == "cancelled"
    assert world.verify() == []


def test_a_receipt_is_signed_and_neither_handed_in_nor_waived(lite: World) -> None:
    asked = told(lite)
    with pytest.raises(CampaignError, match="签收"):
        lite.submit(asked.id)
    with pytest.raises(CampaignError, match="纸质签收"), lite.store.begin() as tx:
        change_duty.waive(tx, tx.merge(asked), lite.by())


def test_the_phase_of_an_inspection_does_not_hurry_receipts(world: World) -> None:
    phases = [{"key": "p1", "name": "迎检", "kind": "readiness", "start": "2026-03-02", "end": "2026-03-31"}]
    world.launch(plan([item(1, deadline="2026-03-30")], phases))
    world.go("2026-03-03").work_phase()
    world.deliver()

    asked = world.duties(ASKED)[0]
    assert asked.next_rung_at is not None
    assert asked.next_rung_at.astimezone(CAMPAIGN_ZONE) == at("2026-03-05T09:00"), "by its own ladder, not four hours before"
