"""Two at once, in threads, on both databases: sweeps, senders, reviewers and units that hand in meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from campaign.errors import CampaignError
from campaign.records.running import sweeping
from campaign.records.statements import table_of
from campaign.records.tables import Escalation, Notice, StepVerdict, Verdict
from tests.world import LADDERS, SLUG, World, item, plan

NOTICE = table_of(Notice)
MANY = plan([item(number, lead_unit=f"示例{number % 6}局", deadline="2026-03-10") for number in range(1, 61)])


def together(*work: Callable[[], object]) -> list[object]:
    """Run all at once; answers what each gave, or the refusal it met. Anything else that is raised is a defect."""
    start = threading.Barrier(len(work))
    answers: list[object] = [None] * len(work)
    defects: list[BaseException] = []

    def run(place: int, one: Callable[[], object]) -> None:
        start.wait()
        try:
            answers[place] = one()
        except CampaignError as refusal:
            answers[place] = refusal
        except BaseException as defect:
            defects.append(defect)

    threads = [threading.Thread(target=run, args=(place, one)) for place, one in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if defects:
        raise defects[0]
    return answers


@pytest.mark.without("digests", "receipts")
def test_two_sweeps_at_once_take_each_rung_once(world: World) -> None:
    """One over a phase, one over everything: they hold different leases, so only the claim keeps them apart."""
    world.opened(MANY).go("2026-03-12")

    together(lambda: world.run("supervision", campaign=None), lambda: world.work_phase(), world.sweep)

    assert len(world.rows(Escalation, table_of(Escalation).c.skipped.is_(False))) == 60
    assert {duty.rung for duty in world.duties()} == {3}
    assert world.verify() == []


def test_two_who_decide_one_step_at_once_pass_it_once_and_decide_no_other(world: World) -> None:
    """The second waits for the first, and is then told what happened at the step that it looked at."""
    from campaign.records.campaigns import find_campaign, find_duty
    from campaign.work.duty.review import review
    from campaign.work.planning.review_chains import put_chain_in_force

    world.launch(plan([item(1, responsible_units=["示例乙局"])]))
    with world.store.begin() as tx:
        put_chain_in_force(tx, find_campaign(tx, SLUG), "full", world.by(), ladders=LADDERS)
    world.go("2026-03-02").work_phase()
    one = next(duty.id for duty in world.duties() if duty.unit_id == world.unit("示例乙局").id)
    world.submit(one)

    def decide(actor: str, accept: bool) -> str:
        with world.store.begin() as tx:
            return review(tx, find_duty(tx, one), world.by(actor), accept=accept, reason="数据有误", step="unit_head").state

    answers = together(lambda: decide("甲局长", True), lambda: decide("乙局长", True), lambda: decide("丙局长", True))

    refused = [answer for answer in answers if isinstance(answer, CampaignError)]
    assert len(refused) == 2
    assert all("已在「单位负责人审签」对第1版作出「通过」" in answer.message for answer in refused)
    assert [row.number for row in world.rows(StepVerdict)] == [1]
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_two_senders_at_once_send_each_notice_once(world: World) -> None:
    world.opened(MANY).go("2026-03-12").sweep()
    before = len(world.receiver.arrived)

    together(lambda: world.run("delivery", campaign=None), world.deliver)

    assert len(world.receiver.arrived) - before == len(world.notices(NOTICE.c.kind == "催办通知单"))
    assert set(world.receiver.keys.values()) == {1}
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_handing_in_while_the_sweep_runs_loses_neither(world: World) -> None:
    world.opened(MANY).go("2026-03-12")
    ids = [duty.id for duty in world.duties()]

    together(world.sweep, *(lambda part=ids[place::4]: [world.submit(one, f"联络员{one}") for one in part] for place in range(4)))

    assert {duty.state for duty in world.duties() if duty.id in ids} == {"submitted"}
    assert world.verify() == []
    world.deliver()
    assert world.verify() == []


@pytest.mark.without("digests", "receipts")
def test_sweeping_while_papers_are_sent_loses_no_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender closes the very papers that the sweep writes on, batch after batch."""
    monkeypatch.setattr(sweeping, "PART", 4)
    monkeypatch.setattr(sweeping, "PARTS", 1)
    world.opened(MANY).go("2026-03-05").sweep()
    world.deliver()
    world.go("2026-03-09")

    together(world.sweep, lambda: [world.deliver() for _ in range(8)])
    world.deliver()

    assert world.verify() == []
    assert {duty.rung for duty in world.duties()} == {2}


@pytest.mark.parametrize("accept", [True, False], ids=["both accept", "one accepts, one returns"])
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told(world: World, accept: bool) -> None:
    world.opened(plan([item(1)]))
    world.submit()

    answers = together(lambda: world.review(1, "审核员甲"), lambda: world.review(1, "审核员乙", accept=accept))

    refusals = [one for one in answers if isinstance(one, CampaignError)]
    assert len(refusals) == 1
    assert "没有重复处理" in refusals[0].message or "待审核" in refusals[0].message
    assert len(world.rows(Verdict)) == 1
    assert world.verify() == []


def test_two_units_hand_in_the_same_duty_at_once_as_two_versions(world: World) -> None:
    world.opened(plan([item(1)]))

    answers = together(lambda: world.submit(1, "甲", "甲稿"), lambda: world.submit(1, "乙", "乙稿"))

    assert sorted(str(one) for one in answers) == ["1", "2"]
    assert world.verify() == []


def test_launching_the_same_file_twice_at_once_makes_one_campaign(world: World) -> None:
    answers = together(lambda: world.launch(MANY), lambda: world.launch(MANY))

    made = [getattr(one, "created", 0) for one in answers]
    assert sorted(made) == [0, 60]
    assert world.campaign().slug == SLUG
    assert len(world.duties()) == 60


def test_documents_signed_at_once_get_numbers_without_a_gap(world: World) -> None:
    world.opened(MANY).climb(5, deliver_last=False)
    drafts = [notice.id for notice in world.notices(NOTICE.c.state == "draft")]
    assert len(drafts) == 6

    together(*(lambda one=one: world.sign(one) for one in drafts))

    assert sorted(notice.number or "" for notice in world.notices(NOTICE.c.id.in_(drafts))) == [f"创办通〔2026〕{number}号" for number in range(1, 7)]
    assert world.verify() == []


@pytest.mark.parametrize("turn", range(4))
def test_a_merger_while_papers_arrive_leaves_no_receipt_with_the_merged_unit(world: World, turn: int) -> None:
    """On PostgreSQL both write at once: the merger waits for who asks for the 签收, or the asking for the merger."""
    from campaign.records.campaigns import need_unit
    from campaign.work.people.roll_change import merge_units

    world.launch(MANY)
    world.go("2026-03-02").work_phase()

    def merge() -> object:
        with world.store.begin() as tx:
            return merge_units(tx, need_unit(tx, f"示例{turn}局"), need_unit(tx, "示例5局"), world.by())

    together(world.deliver, merge)

    assert world.verify() == []
