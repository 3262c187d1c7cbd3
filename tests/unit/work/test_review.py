"""Handing in and the verdict on exactly one version."""

from __future__ import annotations

import pytest

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Notice, Submission, Verdict
from tests.world import World, at, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
NEAR = plan([item(1, deadline="2026-03-10")])


def test_handing_in_stops_the_ladder_and_asks_for_one_review(world: World) -> None:
    world.opened(NEAR).submit()

    assert (world.duty().state, world.duty().next_rung_at) == ("submitted", None)
    asked = world.duty("review:submission:1")
    assert (asked.state, asked.kind, asked.unit_id) == ("open", "review", world.campaign().office_unit_id)
    assert world.verify() == []


def test_the_same_files_again_are_the_same_version(world: World) -> None:
    world.opened(NEAR)
    assert (world.submit(), world.submit(), world.submit(1, "示例联络员", "补充")) == (1, 1, 2)
    assert world.states()["review:submission:1"] == "cancelled"
    assert world.verify() == []


def test_the_verdict_on_a_version_that_was_replaced_meanwhile_is_refused(world: World) -> None:
    world.opened(NEAR).submit()
    world.submit(1, "示例联络员", "第二稿")

    with pytest.raises(Conflict, match="第2版"):
        world.review("review:submission:1")

    assert world.duty().state == "submitted"
    assert world.rows(Verdict) == []


def test_an_old_verdict_stays_readable_beside_the_new_version(world: World) -> None:
    world.opened(NEAR).submit()
    world.review(accept=False)
    world.submit(1, "示例联络员", "第二稿")
    world.review()

    assert [(row.submission_id, row.outcome) for row in world.rows(Verdict)] == [(1, "returned"), (2, "accepted")]
    assert [row.version for row in world.rows(Submission)] == [1, 2]
    assert world.duty().state == "accepted"
    assert world.verify() == []


def test_the_second_who_decides_sees_what_the_first_did(world: World) -> None:
    world.opened(NEAR).submit()
    world.review()

    with pytest.raises(Conflict, match=f"示例审核员 已对第1版作出「通过」"):  # noqa: F541 - the name as a person reads it
        world.review(1, "另一审核员", accept=False)


def test_nobody_reviews_what_they_handed_in(world: World) -> None:
    world.opened(NEAR).submit(1, "示例联络员")

    with pytest.raises(NotAllowed, match="由他人办理"):
        world.review(1, "示例联络员")


@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param("2026-03-03", "2026-03-11T00:00", id="early: the old deadline stands"),
        pytest.param("2026-03-09", "2026-03-13T00:00", id="late: return plus grace"),
    ],
)
def test_a_return_leaves_the_later_of_old_deadline_and_grace(world: World, day: str, due: str) -> None:
    world.opened(NEAR).submit()
    world.go(day).review(accept=False)

    returned = world.duty()
    assert (returned.state, returned.due_at, returned.revision) == ("returned", at(due), 2)
    assert returned.next_rung_at is not None
    assert [notice.kind for notice in world.notices(NOTICE.c.kind == "退回补正通知")] == ["退回补正通知"]
    assert world.verify() == []


def test_a_return_does_not_wash_off_the_rung_that_was_reached(world: World) -> None:
    world.opened(NEAR).climb(4)
    world.submit()
    world.review(accept=False)

    assert (world.duty().rung, world.duty().floor_rung) == (0, 4)
    world.climb(4, deliver_last=False)
    assert world.duty().rung == 4
    assert world.verify() == []


def test_a_late_review_climbs_the_offices_own_ladder(world: World) -> None:
    world.opened(NEAR).submit()
    review = world.duty("review:submission:1").id

    world.climb(2, one=review)

    assert world.duty(1).rung == 0
    assert world.verify() == []


@pytest.mark.parametrize("way", ["waive", "cancel"])
def test_a_review_ends_with_its_verdict_only(world: World, way: str) -> None:
    world.opened(NEAR).submit()

    with pytest.raises(Conflict, match="审核意见"):
        world.change(way, "review:submission:1")


@pytest.mark.parametrize("way", ["waive", "cancel"])
def test_a_duty_that_is_let_off_after_handing_in_needs_no_review(world: World, way: str) -> None:
    world.opened(NEAR).submit()
    world.change(way)

    assert world.states()["review:submission:1"] == "cancelled"
    assert world.verify() == []


def test_a_return_needs_its_reason(lite: World) -> None:
    lite.opened(NEAR).submit()
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.review import review

    with pytest.raises(CampaignError, match="原因"), lite.store.begin() as tx:
        review(tx, find_duty(tx, 1), lite.by(), accept=False, reason="  ")


@pytest.mark.parametrize("state", ["waiting", "suspended", "accepted", "waived"])
def test_what_is_not_owed_cannot_be_handed_in(lite: World, state: str) -> None:
    lite.launch(NEAR)
    if state != "waiting":
        lite.go("2026-03-02").work_phase()
    if state == "accepted":
        lite.submit()
        lite.review()
    elif state in ("suspended", "waived"):
        lite.change({"suspended": "suspend", "waived": "waive"}[state])

    with pytest.raises(Conflict):
        lite.submit()


def test_a_material_needs_a_file(lite: World) -> None:
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.hand_in import hand_in

    lite.opened(plan([item(1, materials=[{"name": "示例台账"}])]))
    with pytest.raises(CampaignError, match="文件"), lite.store.begin() as tx:
        hand_in(tx, find_duty(tx, 2), [], lite.by())
