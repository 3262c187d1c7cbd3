"""Numbers by issuer, 代字 and year; typed ones; voided ones; bulletins by issue."""

from __future__ import annotations

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.records.papers.letterhead import keep_letterhead
from campaign.records.papers.notices import find_notice
from campaign.records.statements import table_of
from campaign.records.tables import Notice, Unit
from campaign.work.papers import signing
from campaign.work.running.bulletin import compile_bulletin
from tests.world import LEADER, World, item, plan

NOTICE = table_of(Notice)
TWO = [item(1, deadline="2026-03-10"), item(2, lead_unit="示例乙局", deadline="2026-03-10")]


def named(world: World, **letterhead: object) -> World:
    with world.store.begin() as tx:
        campaign = tx.merge(world.campaign())
        keep_letterhead(campaign, **letterhead)  # type: ignore[arg-type]  # the tests give what the function takes
        tx.add(campaign)
    return world


def numbers(world: World, kind: str) -> list[str | None]:
    return [notice.number for notice in world.notices(NOTICE.c.kind == kind)]


def drafts(world: World) -> list[int]:
    return [notice.id for notice in world.notices(NOTICE.c.state == "draft")]


def sign(world: World, notice_id: int, number: str | None = None) -> str | None:
    with world.store.begin() as tx:
        return signing.sign_notice(tx, find_notice(tx, notice_id), world.by(LEADER), number=number)


def test_the_issuer_is_the_campaigns_own_and_the_form_follows_the_relation(world: World) -> None:
    world.opened(plan(TWO))
    named(world, issuer="东文创办", relations={"示例乙局": "平级"})
    world.climb(4)

    assert sorted(str(number) for number in numbers(world, "督办通知书")) == ["东文创办函〔2026〕1号", "东文创办督〔2026〕1号"]
    sent = {one.unit_name: (one.kind, one.form) for one in world.receiver.arrived if one.kind == "督办通知书"}
    assert sent == {"示例甲局": ("督办通知书", "督办通知书"), "示例乙局": ("督办通知书", "商请函")}
    assert set(numbers(world, "催办通知单")) == {None}
    assert world.verify() == []


def test_a_rectification_order_has_its_number_without_any_rung(world: World) -> None:
    world.opened()
    named(world, issuer="东文创办")
    world.find_problem()
    world.deliver()

    assert numbers(world, "整改通知单") == ["东文创办整〔2026〕1号"]
    assert world.verify() == []


def test_a_typed_number_is_kept_as_typed_and_moves_no_counter(world: World) -> None:
    world.opened(plan(TWO)).climb(5, deliver_last=False)
    first, second = drafts(world)

    assert sign(world, first, " 东政办通〔2026〕37号 ") == "东政办通〔2026〕37号"
    assert sign(world, second) == "创办通〔2026〕1号"
    assert world.verify() == []


def test_the_counter_goes_past_a_number_that_was_typed(world: World) -> None:
    world.opened(plan(TWO)).climb(5, deliver_last=False)
    first, second = drafts(world)

    sign(world, first, "创办通〔2026〕1号")

    assert sign(world, second) == "创办通〔2026〕2号"
    assert world.verify() == []


def test_a_number_is_given_once(world: World) -> None:
    world.opened(plan(TWO)).climb(5, deliver_last=False)
    first, second = drafts(world)
    sign(world, first, "东政办通〔2026〕37号")

    with pytest.raises(Conflict, match=f"文书 {first}"):
        sign(world, second, "东政办通〔2026〕37号")
    with pytest.raises(CampaignError, match="1 到 60"):
        sign(world, second, " ")


def test_bulletins_are_counted_by_issue_in_the_year_and_as_a_whole(world: World) -> None:
    world.opened()
    for day in ("2026-03-06", "2026-03-13", "2027-01-08"):
        world.go(day)
        with world.store.begin() as tx:
            compile_bulletin(tx, tx.merge(world.campaign()), world.by())
        world.deliver()

    assert numbers(world, "周报") == ["第1期（总第1期）", "第2期（总第2期）", "第1期（总第3期）"]
    assert world.verify() == []


def test_two_campaigns_both_have_a_first_issue(lite: World) -> None:
    lite.opened()
    lite.launch(plan(title="示例区另一工作方案"), slug="other")
    with lite.store.begin() as tx:
        for campaign in ("demo", "other"):
            from campaign.records.campaigns import find_campaign

            compile_bulletin(tx, find_campaign(tx, campaign), lite.by())
    lite.run("delivery", campaign=None)

    assert numbers(lite, "周报") == ["第1期（总第1期）", "第1期（总第1期）"]
    with lite.store.read() as tx, pytest.raises(CampaignError, match="改用编号"):
        find_notice(tx, "第1期（总第1期）")
    assert lite.verify() == []


def test_the_name_below_the_text_is_the_leading_groups_office_unless_another_is_set(lite: World) -> None:
    lite.opened()
    before = lite.receiver.arrived[0].signatory
    named(lite, signatory="东岸区创建文明城区工作领导小组办公室")
    lite.climb(3)

    assert before.endswith("办公室")
    assert lite.receiver.arrived[-1].signatory == "东岸区创建文明城区工作领导小组办公室"
    assert {unit.name for unit in lite.rows(Unit)} >= {"示例甲局"}
