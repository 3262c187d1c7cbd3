"""An issued paper is corrected or withdrawn by another paper; numbers stay, and nobody is let off."""

from __future__ import annotations

from typing import Any

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.records.papers.notices import find_notice
from campaign.records.statements import table_of
from campaign.records.tables import Amendment, Duty, Notice
from campaign.work.papers.amend import correct_notice, recall_notice
from tests.world import LEADER, Receiver, World, at, item, plan

NOTICE, DUTY = table_of(Notice), table_of(Duty)
NEAR = plan([item(1, deadline="2026-03-10")])


def supervised(world: World) -> Notice:
    world.opened(NEAR).climb(4)
    return world.notices(NOTICE.c.kind == "督办通知书")[0]


def amend(world: World, what: Any, notice: Notice, reason: str = "单位名称有误", **given: str) -> Notice:
    with world.store.begin() as tx:
        made: Notice = what(tx, find_notice(tx, notice.id), world.by(LEADER, reason), **given)
        return made


def test_a_correction_is_a_numbered_paper_of_its_own_and_the_first_stays_in_force(world: World) -> None:
    paper = supervised(world)
    rung_at = world.duty().next_rung_at

    made = amend(world, correct_notice, paper, text="第1项办理时限应为3月20日。")
    world.deliver()

    sent = world.receiver.arrived[-1]
    assert (sent.kind, sent.number, sent.unit_name) == ("更正通知", "创办发〔2026〕1号", "示例甲局")
    assert "创办督〔2026〕1号" in (sent.body or "")
    assert "第1项办理时限应为3月20日。" in (sent.body or "")
    assert world.notices(NOTICE.c.id == paper.id)[0].state == "delivered"
    assert world.duty().next_rung_at == rung_at
    assert [(row.notice_id, row.amends_id, row.way) for row in world.rows(Amendment)] == [(made.id, paper.id, "correct")]
    assert world.verify() == []


def test_a_withdrawn_paper_keeps_its_number_and_its_duties_take_the_rung_again(world: World) -> None:
    paper = supervised(world)

    amend(world, recall_notice, paper)
    world.deliver()

    old = world.notices(NOTICE.c.id == paper.id)[0]
    assert (old.state, old.number, old.closed_reason) == ("withdrawn", "创办督〔2026〕1号", "单位名称有误")
    duty = world.duty()
    assert (duty.revision, duty.rung, duty.floor_rung, duty.state) == (2, 0, 4, "open")
    assert duty.next_rung_at is not None
    assert "因单位名称有误，现予撤回" in (world.receiver.arrived[-1].body or "")
    assert world.verify() == []

    world.climb(4)

    assert [one.number for one in world.notices(NOTICE.c.kind == "督办通知书")] == ["创办督〔2026〕1号", "创办督〔2026〕2号"]
    assert world.verify() == []


def test_withdrawn_before_it_arrived_nothing_of_it_is_sent_and_nobody_serves_it(world: World) -> None:
    world.opened(NEAR).go("2026-03-12").sweep()
    world.receiver = Receiver(webhook="refused", file="refused")
    world.deliver()
    world.deliver()
    paper = world.notices(NOTICE.c.kind == "催办通知单")[0]
    world.receiver = Receiver()

    amend(world, recall_notice, paper)
    world.go("2026-03-12T10:00").deliver()

    assert [one.kind for one in world.receiver.arrived] == ["撤回通知"]
    assert world.duty(f"handdeliver:notice:{paper.id}").state == "cancelled"
    assert world.verify() == []


def test_a_later_rung_is_not_undone_by_withdrawing_an_earlier_paper(world: World) -> None:
    supervised(world)
    urged = world.notices(NOTICE.c.kind == "催办通知单")[0]

    amend(world, recall_notice, urged)

    assert (world.duty().rung, world.duty().revision) == (4, 1)
    assert world.verify() == []


def test_what_did_not_go_out_or_is_void_cannot_be_amended(world: World) -> None:
    world.opened(NEAR).climb(5, deliver_last=False)
    draft = world.notices(NOTICE.c.state == "draft")[0]
    with pytest.raises(Conflict, match="还没有发出"):
        amend(world, correct_notice, draft, text="改")
    paper = world.notices(NOTICE.c.kind == "督办通知书")[0]
    with pytest.raises(CampaignError, match="理由"):
        amend(world, recall_notice, paper, " ")
    with pytest.raises(CampaignError, match="更正的内容"):
        amend(world, correct_notice, paper, text=" ")
    recall = amend(world, recall_notice, paper)
    with pytest.raises(Conflict, match="已经撤回"):
        amend(world, recall_notice, paper)
    world.go("2026-03-25").deliver()
    with pytest.raises(Conflict, match="本身是撤回通知"):
        amend(world, recall_notice, recall)
    assert world.now > at("2026-03-10")
