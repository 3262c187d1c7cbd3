"""签收: a clock and a short ladder of its own, and four ways to sign for a paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.campaigns import find_campaign, find_duty, need_unit
from campaign.records.papers.notices import find_notice
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.planning.ladders import RECEIPT
from campaign.records.statements import table_of
from campaign.records.tables import Duty, LadderChoice, Notice, Unit
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.by import By
from campaign.work.duty import change_duty
from campaign.work.papers.amend import recall_notice
from campaign.work.papers.reading import confirm_reading
from campaign.work.papers.receipts import ask_for_receipts
from campaign.work.people.hand_over import Heirs
from campaign.work.people.roll_change import abolish_unit, merge_units
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from tests.world import SLUG, Receiver, World, at, day_of, item, plan

A, B, C = "示例甲局", "示例乙局", "示例丙局"

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


class MergesMeanwhile(Receiver):
    """The unit of the first paper ends while the message is out, and the message arrives."""

    def __init__(self, end: Callable[[], object], **says: str) -> None:
        super().__init__(**says)
        self.end: Callable[[], object] | None = end

    def __call__(self, outgoing: Sequence[Outgoing], people: Mapping[int, Sequence[Any]], now: datetime) -> list[Outcome]:
        end = self.end
        if end is not None and outgoing:
            self.end = None
            end()
        return super().__call__(outgoing, people, now)


def ends_meanwhile(world: World, end: Callable[[Session, By], object], **says: str) -> None:
    """甲局 has items 1 to 3, 乙局 and 丙局 one each; 甲局 ends while its 任务分解通知 is on its way."""
    world.launch(plan([*(item(number, deadline="2026-03-30") for number in (1, 2, 3)), item(4, lead_unit=B), item(5, lead_unit=C)]))
    world.go("2026-03-03").work_phase()

    def now() -> None:
        with world.store.begin() as tx:
            end(tx, world.by(reason="机构改革"))

    world.receiver = MergesMeanwhile(now, **says)
    world.deliver()


class RemembersPeople(Receiver):
    def __init__(self) -> None:
        super().__init__()
        self.people: dict[int, Sequence[Any]] = {}

    def __call__(self, outgoing: Sequence[Outgoing], people: Mapping[int, Sequence[Any]], now: datetime) -> list[Outcome]:
        self.people |= {one.notice_id: people[one.delivery_id] for one in outgoing}
        return super().__call__(outgoing, people, now)


def merge(tx: Session, by: By) -> object:
    import_roll(tx, [RollRow(1, A, None, None, None, (), False, "contact", "contact", "甲联", "13800000001", None, None)], by, path=Path("名册.csv"))
    return merge_units(tx, need_unit(tx, A), need_unit(tx, B), by)


def paper_of(world: World, unit: str) -> Notice:
    return world.notices(NOTICE.c.unit_id == world.rows(Unit, table_of(Unit).c.name == unit)[0].id, NOTICE.c.kind == "任务分解通知")[0]


def test_the_successor_signs_for_a_paper_that_was_on_its_way_when_its_unit_was_merged(world: World) -> None:
    ends_meanwhile(world, merge)

    (asked,) = world.duties(ASKED, DUTY.c.notice_id == paper_of(world, A).id)
    assert (asked.unit_id, asked.title) == (world.unit(B).id, "签收《任务分解通知》（原发示例甲局）")
    assert asked.next_rung_at is not None
    assert world.verify() == []
    world.submit(1)
    assert world.duty(asked.id).state == "accepted", "whoever does what the paper lists has it"
    assert world.verify() == []


def test_a_paper_that_is_sent_again_after_the_merger_reaches_the_people_of_the_successor(world: World) -> None:
    ends_meanwhile(world, merge, webhook="unknown")
    paper = paper_of(world, A)
    assert (paper.state, paper.unit_id) == ("issued", world.rows(Unit, table_of(Unit).c.name == A)[0].id)

    told = RemembersPeople()
    world.receiver = told
    world.wait(minutes=2).deliver()

    assert [name for _, name, *_ in told.people[paper.id]] == ["甲联"]
    (asked,) = world.duties(ASKED, DUTY.c.notice_id == paper.id)
    assert asked.unit_id == world.unit(B).id
    assert world.verify() == []


def test_of_an_abolished_unit_whoever_has_most_of_what_the_paper_lists_signs_for_it(world: World) -> None:
    def abolish(tx: Session, by: By) -> object:
        return abolish_unit(tx, need_unit(tx, A), Heirs({1: need_unit(tx, B), 2: need_unit(tx, C), 3: need_unit(tx, C)}), by)

    ends_meanwhile(world, abolish)

    (asked,) = world.duties(ASKED, DUTY.c.notice_id == paper_of(world, A).id)
    assert asked.unit_id == world.unit(C).id
    assert world.verify() == []


def test_nobody_signs_for_a_paper_of_a_unit_of_which_nothing_is_left(world: World) -> None:
    def abolish(tx: Session, by: By) -> object:
        for number in (1, 2, 3):
            change_duty.cancel(tx, find_duty(tx, number), by)
        return abolish_unit(tx, need_unit(tx, A), Heirs(), by)

    ends_meanwhile(world, abolish)

    assert world.duties(ASKED, DUTY.c.notice_id == paper_of(world, A).id) == []
    assert world.verify() == []


def test_the_office_that_takes_a_unit_over_does_not_sign_for_its_own_paper(world: World) -> None:
    ends_meanwhile(world, lambda tx, by: merge_units(tx, need_unit(tx, A), need_unit(tx, "示例创建办"), by))

    assert world.duties(ASKED, DUTY.c.notice_id == paper_of(world, A).id) == []
    assert world.verify() == []
