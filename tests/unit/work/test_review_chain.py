"""A review that goes through several hands: each step a duty with its own clock, bound to one version, back to the unit at any return."""

from __future__ import annotations

import pytest

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.campaigns import find_campaign, find_duty
from campaign.records.duty.review_chains import chains_chosen, waiting_at
from campaign.records.statements import table_of
from campaign.records.tables import Duty, LadderVersion, Notice, ReviewChain, StepVerdict, Verdict
from campaign.rules.review_chain import BadChain, parse_chains
from campaign.work.duty.review import review
from campaign.work.duty.review_steps import Receipt
from campaign.work.planning.review_chains import put_chain_in_force
from tests.world import LADDERS, OFFICE, SLUG, World, at, day_of, file, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
SHARED = plan([item(1, responsible_units=["示例乙局"], deadline="2026-03-20", recipient="示例市创建办")])
HEAD, LEAD, CONTACT = "示例乙局局长", "示例甲局干部", "示例乙局联络员"


def chained(world: World, chain: str = "full", **where: str) -> World:
    """Launched with this chain and open; 示例乙局 owes its share, 示例甲局 leads."""
    world.launch(SHARED)
    with world.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), chain, world.by(), ladders=LADDERS, **where)
    world.go("2026-03-02").work_phase()
    world.deliver()
    return world


def share(world: World, unit: str = "示例乙局") -> int:
    return world.duties(DUTY.c.unit_id == world.unit(unit).id, DUTY.c.kind == "perform")[0].id


def decide(world: World, duty: int | str, actor: str, *, accept: bool = True, step: str = "", receipt: str = "") -> Duty:
    with world.store.begin() as tx:
        return review(tx, find_duty(tx, duty), world.by(actor), accept=accept, reason="" if accept else "数据有误", step=step, receipt=Receipt(receipt))


def asked(world: World) -> list[tuple[str, str]]:
    """The open steps: origin, unit."""
    units = {world.unit(name).id: name for name in ("示例甲局", "示例乙局", "示例创建办")}
    return [(duty.origin, units[duty.unit_id]) for duty in world.duties(DUTY.c.kind == "review", DUTY.c.state == "open")]


def waits_at(world: World, duty: int) -> str | None:
    with world.store.read() as tx:
        found = waiting_at(tx, [duty]).get(duty)
        return found.step if found else None


def test_by_default_the_office_reviews_alone_and_no_chain_is_stored(world: World) -> None:
    world.opened(SHARED)
    world.submit(share(world), CONTACT)
    assert asked(world) == [("review:submission:1", "示例创建办")]
    assert world.rows(ReviewChain) == []


def test_a_version_goes_through_every_step_and_is_accepted_by_the_last(world: World) -> None:
    duty = share(chained(world))
    world.submit(duty, CONTACT)
    passed = []
    for actor, receipt in ((HEAD, ""), (LEAD, ""), (OFFICE, ""), (OFFICE, "示创函〔2026〕7号")):
        passed.append((asked(world)[0][0].rpartition("/")[2], asked(world)[0][1], waits_at(world, duty)))
        assert len(asked(world)) == 1
        assert world.duty(duty).state == "submitted"
        world.wait(hours=1)
        decide(world, duty, actor, receipt=receipt)

    assert passed == [
        ("unit_head", "示例乙局", "单位负责人审签"),
        ("lead_unit", "示例甲局", "牵头单位初审"),
        ("office", "示例创建办", "创建办审核"),
        ("report", "示例创建办", "上报"),
    ]
    assert world.duty(duty).state == "accepted"
    assert [(row.number, row.given_by, row.receipt) for row in world.rows(StepVerdict)][-1] == (4, OFFICE, "示创函〔2026〕7号")
    assert world.duty("review:submission:1/report").title == "上报（示例市创建办）：示例任务1"
    assert len(world.rows(Verdict)) == 1
    assert world.verify() == []


def test_a_return_at_any_step_goes_back_to_the_unit_with_the_step_named(world: World) -> None:
    duty = share(chained(world))
    world.submit(duty, CONTACT)
    decide(world, duty, HEAD)
    decide(world, duty, LEAD, accept=False)

    returned = world.duty(duty)
    assert (returned.state, returned.closed_reason) == ("returned", "牵头单位初审退回：数据有误")
    assert asked(world) == []
    assert [notice.kind for notice in world.notices(NOTICE.c.kind == "退回补正通知")] == ["退回补正通知"]
    assert world.verify() == []


def test_a_new_version_starts_the_chain_again_and_closes_the_open_step(world: World) -> None:
    duty = share(chained(world))
    world.submit(duty, CONTACT)
    decide(world, duty, HEAD)
    world.submit(duty, CONTACT, "第二稿")

    assert world.duty("review:submission:1/lead_unit").state == "cancelled"
    assert asked(world) == [("review:submission:2/unit_head", "示例乙局")]
    with pytest.raises(Conflict, match="第2版"):
        decide(world, "review:submission:1/lead_unit", LEAD)
    assert world.verify() == []


def test_the_second_who_decides_a_step_sees_what_the_first_did_and_decides_nothing(world: World) -> None:
    duty = share(chained(world))
    world.submit(duty, CONTACT)
    decide(world, duty, HEAD)

    with pytest.raises(Conflict, match=f"{HEAD} 已在「单位负责人审签」对第1版作出「通过」"):
        decide(world, "review:submission:1/unit_head", "另一局长", accept=False)
    with pytest.raises(Conflict, match=f"{HEAD} 已在「单位负责人审签」"):
        decide(world, duty, "另一局长", accept=False, step="unit_head")
    with pytest.raises(Conflict, match="现在等待「牵头单位初审」"):
        decide(world, duty, OFFICE, step="office")
    assert len(world.rows(StepVerdict)) == 1


def test_nobody_reviews_his_own_version_but_a_head_signs_for_his_unit(lite: World) -> None:
    duty = share(chained(lite))
    lite.submit(duty, HEAD)
    with pytest.raises(NotAllowed, match="重新报送一版"):
        decide(lite, duty, HEAD, accept=False)
    decide(lite, duty, HEAD)
    with pytest.raises(NotAllowed, match="由他人办理"):
        decide(lite, duty, HEAD)
    assert lite.verify() == []


def test_the_lead_units_own_material_skips_its_own_step(lite: World) -> None:
    own = share(chained(lite), "示例甲局")
    lite.submit(own, "示例甲局联络员")
    decide(lite, own, "示例甲局局长")
    assert asked(lite) == [("review:submission:1/office", "示例创建办")]


def test_reporting_outside_needs_a_number_or_a_scan(lite: World) -> None:
    duty = share(chained(lite))
    lite.submit(duty, CONTACT)
    for actor in (HEAD, LEAD, OFFICE):
        decide(lite, duty, actor)
    with pytest.raises(CampaignError, match="收文号或回执"):
        decide(lite, duty, OFFICE)
    scan = file("回执扫描件")
    with lite.store.begin() as tx:
        review(tx, find_duty(tx, duty), lite.by(), accept=True, receipt=Receipt(name=scan.name, sha256=scan.sha256, size=scan.size, media_type=scan.media_type))
    assert lite.duty(duty).state == "accepted"
    assert lite.verify() == []


def test_each_step_has_its_own_clock_and_a_short_ladder(world: World) -> None:
    duty = share(chained(world))
    world.submit(duty, CONTACT)
    sign = world.duty("review:submission:1/unit_head")
    ladder = next(row for row in world.rows(LadderVersion) if row.id == sign.ladder_id)
    assert (day_of(sign.due_at), ladder.name) == (at("2026-03-03").date(), "review")

    world.climb(2, one=sign.id)
    assert world.duty(duty).rung == 0
    world.go("2026-03-20").sweep()
    assert world.duty(sign.id).rung == 2, "the ladder of a step ends there"
    assert world.verify() == []


def test_a_chain_is_chosen_for_a_kind_or_an_item_and_the_narrower_wins(lite: World) -> None:
    chained(lite, "full", duty_kind="perform")
    with lite.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), "lead", lite.by(), ladders=LADDERS, item_key="i1", duty_kind="perform")
        put_chain_in_force(tx, find_campaign(tx, SLUG), "office", lite.by(), ladders=LADDERS, duty_kind="report")
    duty = share(lite)
    lite.submit(duty, CONTACT)
    assert asked(lite) == [("review:submission:1/lead_unit", "示例甲局")]
    with lite.store.read() as tx:
        told = chains_chosen(tx, lite.campaign().id)
    assert [(row["item"], row["duty"], row["steps"]) for row in told] == [
        ("", "perform", "单位负责人审签 → 牵头单位初审 → 创建办审核 → 上报"),
        ("", "report", "创建办审核"),
        ("i1", "perform", "牵头单位初审 → 创建办审核"),
    ]


def test_a_version_under_review_keeps_its_chain_when_another_is_put_in_force(lite: World) -> None:
    duty = share(chained(lite, "lead"))
    lite.submit(duty, CONTACT)
    with lite.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), "office", lite.by(), ladders=LADDERS)
    decide(lite, duty, LEAD)
    assert asked(lite) == [("review:submission:1/office", "示例创建办")]
    decide(lite, duty, OFFICE)
    assert lite.verify() == []


def test_a_step_that_got_lost_is_asked_for_again_by_the_next_pass(lite: World) -> None:
    duty = share(chained(lite, "lead"))
    lite.submit(duty, CONTACT)
    decide(lite, duty, LEAD)
    with lite.store.begin() as tx:
        tx.delete(find_duty(tx, "review:submission:1/office"))
    assert asked(lite) == []
    lite.work_phase()
    assert asked(lite) == [("review:submission:1/office", "示例创建办")]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        pytest.param({"chains": {"a": {"steps": []}}}, "1 至 8 步", id="no steps"),
        pytest.param({"chains": {"a": {"steps": [{"key": "l", "name": "初审", "who": "lead_unit"}]}}}, "没有创建办审核", id="no office"),
        pytest.param({"chains": {"a": {"steps": [{"key": "l", "name": "初审", "who": "boss"}]}}}, "who「boss」不可用", id="unknown who"),
        pytest.param({"chains": {"a": {"steps": [{"key": "o", "name": "审", "who": "office", "days": 0}]}}}, "1 至 30 个工作日", id="no days"),
        pytest.param({"chains": {"a": {"steps": [{"key": "o", "name": "审", "who": "office", "receipt": True}]}}}, "没有创建办审核", id="only reported"),
        pytest.param({"chains": {"split": {"steps": [{"key": "o", "name": "审", "who": "office"}]}}}, "不能叫 split", id="reserved name"),
        pytest.param({"chains": {}, "choices": [{"chain": "none"}]}, "第 1 条应写 chain", id="choice of nothing"),
        pytest.param([], "应有 chains", id="no mapping"),
    ],
)
def test_a_chain_that_cannot_be_right_is_refused_with_its_reason(broken: object, why: str) -> None:
    with pytest.raises(BadChain, match=why):
        parse_chains(broken, "review_chains.yaml")
