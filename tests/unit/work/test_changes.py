"""A unit is told what the office decided about one of its duties, in the words of the decision; what it never heard of is not taken back aloud."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from campaign.notices.wording import compose
from campaign.records.campaigns import find_campaign, find_duty, find_phase, need_unit
from campaign.records.tables import DutyRequest, Notice, NoticeLine
from campaign.rules.calendar import due_at_of_day
from campaign.rules.papers import CHANGES
from campaign.work.by import By
from campaign.work.duty.rectify import withdraw_finding
from campaign.work.duty.requests import ask_extension, ask_refusal, grant_extension, reassign, reject
from campaign.work.duty.suspensions import resume_many, suspend_many
from campaign.work.papers.changes import until_now
from campaign.work.planning.phases import shift_phase
from tests.world import SLUG, World, day_of, item, plan

PLAN = plan([item(1, deadline="2026-03-13"), item(2, deadline="2026-03-20", lead_unit="示例乙街道")])


def opened(world: World) -> World:
    return world.opened(PLAN)


def changes(world: World, kind: str = CHANGES) -> dict[int, str | None]:
    """Duty → what its unit is told of it."""
    with world.store.read() as tx:
        rows = tx.exec(select(NoticeLine).join(Notice).where(Notice.kind == kind, col(NoticeLine.removed_at).is_(None)))
        return {line.duty_id: line.note for line in rows}


def asked(world: World, what: str) -> int:
    with world.store.begin() as tx:
        by, duty = By("示例联络员", world.now, "人手不足"), find_duty(tx, 1)
        return (ask_extension(tx, duty, date(2026, 3, 18), by) if what == "extend" else ask_refusal(tx, duty, by)).id


@pytest.mark.parametrize(
    ("what", "answer", "says"),
    [
        (
            "extend",
            lambda tx, one, by: grant_extension(tx, one, date(2026, 3, 17), by),
            "期限由2026年3月13日延至2026年3月17日：准予延期：人手不足",
        ),
        ("extend", reject, "未准予延期，期限不变：示例理由"),
        ("refuse", reject, "退单未获准，仍由你单位办理：示例理由"),
        ("refuse", lambda tx, one, by: reassign(tx, one, need_unit(tx, "示例乙街道"), by), "退单获准，已改派示例乙街道：示例理由"),
    ],
)
def test_the_unit_is_told_how_the_office_answered(world: World, what: str, answer: Callable[[Session, DutyRequest, By], object], says: str) -> None:
    request_id = asked(opened(world), what)
    assert changes(world) == {}, "asking is no answer"
    with world.store.begin() as tx:
        answer(tx, tx.get_one(DutyRequest, request_id), world.by())
    assert changes(world) == {1: says}
    assert world.verify() == []


@pytest.mark.parametrize(
    ("what", "says"),
    [("waive", "免报：示例理由"), ("cancel", "取消：示例理由"), ("suspend", "暂缓，停止计时：示例理由")],
)
def test_the_unit_is_told_what_the_office_did_by_itself(world: World, what: str, says: str) -> None:
    opened(world).change(what)
    assert changes(world) == {1: says}
    world.go("2026-03-03").deliver()
    (sent,) = world.rows(Notice, col(Notice.kind) == CHANGES)
    assert (sent.state, sent.number) == ("delivered", None), "sent although what it tells of has ended; a message carries no number"
    assert world.verify() == []


def test_what_nobody_was_told_of_is_not_taken_back(world: World) -> None:
    world.launch(PLAN)
    world.go("2026-03-02").work_phase()
    world.change("cancel")
    assert changes(world) == {}
    world.deliver()
    assert world.verify() == []


def test_two_decisions_of_one_day_are_one_paper_with_the_last_word(world: World) -> None:
    opened(world).change("suspend")
    world.change("resume")
    assert len(world.rows(Notice, col(Notice.kind) == CHANGES)) == 1
    assert changes(world) == {1: "恢复计时，期限2026年3月13日：示例理由"}


def test_a_suspension_of_many_is_one_paper_a_unit(world: World) -> None:
    opened(world)
    with world.store.begin() as tx:
        row, stopped = suspend_many(tx, find_campaign(tx, SLUG), world.by(), document="示例发〔2026〕3号")
        suspension = row.id
    papers = world.rows(Notice, col(Notice.kind) == CHANGES)
    assert stopped >= len(papers) == len({paper.unit_id for paper in papers}) >= 2
    assert set(changes(world).values()) == {"暂缓，停止计时：示例发〔2026〕3号：示例理由"}
    world.go("2026-03-04").deliver()
    with world.store.begin() as tx:
        resume_many(tx, suspension, world.by())
    assert {paper.day for paper in world.rows(Notice, col(Notice.kind) == CHANGES)} == {date(2026, 3, 2), date(2026, 3, 4)}
    assert world.verify() == []


def test_a_withdrawn_problem_is_told_to_who_was_to_mend_it(world: World) -> None:
    opened(world)
    finding, duty = world.find_problem()
    world.deliver()
    with world.store.begin() as tx:
        withdraw_finding(tx, tx.merge(finding), world.by())
    assert changes(world) == {duty.id: "问题登记已撤销，不再整改：示例理由"}


def test_a_changed_plan_tells_what_moved_and_what_is_owed_no_more(world: World) -> None:
    opened(world)
    world.launch(plan([item(1, deadline="2026-03-18")]))
    assert changes(world) == {1: "方案调整，期限由2026年3月13日改为2026年3月18日：示例理由", 2: "方案调整，不再办理：示例理由"}
    assert world.verify() == []


def test_a_paper_about_moved_dates_says_which_ones_hold_no_more(world: World) -> None:
    world.opened(plan([item(1)]))
    due = world.duty().due_at
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        shift_phase(tx, campaign, find_phase(tx, campaign, "p1"), world.by(), starts_on=None, ends_on=day_of(due) + timedelta(days=7))
    assert changes(world, "调整通知")[1] == until_now(due)


def test_a_paper_says_of_what_has_ended_that_it_is_owed_no_more(world: World) -> None:
    opened(world).change("waive")
    world.change("extend", 2, due_at_of_day(date(2026, 3, 27)))
    world.deliver()
    papers = {outgoing.unit_name: compose(outgoing).text_plain for outgoing in world.receiver.arrived if outgoing.kind == CHANGES}
    assert "（时限：不再办理）；变动情况：免报：示例理由" in papers["示例甲局"]
    assert "（时限：3月27日）；变动情况：期限由2026年3月20日延至2026年3月27日：示例理由" in papers["示例乙街道"]
