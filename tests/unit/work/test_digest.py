"""日报: one message a working day to the office, with what happened and what waits for it."""

from __future__ import annotations

from datetime import date

from campaign.records.campaigns import find_campaign, find_duty
from campaign.records.statements import table_of
from campaign.records.tables import Notice
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.duty import requests
from campaign.work.running.due import due_passes, due_passes_of
from tests.world import SLUG, World, at, item, plan

NOTICE = table_of(Notice)
DAILY = NOTICE.c.kind == "日报"
NEAR = plan([item(1, deadline="2026-03-10"), item(2, deadline="2026-03-30")])


def evening(world: World, day: str) -> list[Notice]:
    world.go(f"{day}T16:30").sweep()
    world.deliver()
    return world.notices(DAILY)


def test_a_day_on_which_nothing_happened_has_no_digest_and_the_next_is_asked_for(world: World) -> None:
    world.opened(NEAR)
    assert evening(world, "2026-03-03") == []
    assert (world.campaign().next_digest_at or world.now).astimezone(CAMPAIGN_ZONE) == at("2026-03-04T16:30")


def test_it_tells_what_climbed_what_waits_and_what_was_asked_in_one_message(world: World) -> None:
    world.opened(NEAR).climb(5, deliver_last=False)
    with world.store.begin() as tx:
        requests.ask_extension(tx, find_duty(tx, 2), date(2026, 4, 10), world.by("示例联络员"))
    day = world.now.astimezone(CAMPAIGN_ZONE).date().isoformat()
    *_, paper = evening(world, day)

    assert paper.body is not None
    for words in ("待签发文书", "通报（编号", "待答复的申请", "示例甲局申请延期：示例任务2"):
        assert words in paper.body
    assert (paper.state, paper.unit_id) == ("delivered", world.campaign().office_unit_id)
    assert (paper.number or "").startswith("第")
    assert {words: sum(words in (one.body or "") for one in world.notices(DAILY)) for words in ("催办 1 项", "督办 1 项", "通报 1 项")} == {
        "催办 1 项": 1, "督办 1 项": 1, "通报 1 项": 1,
    }  # fmt: skip
    assert world.verify() == []


def test_it_is_written_once_however_often_the_pass_runs_and_tells_only_what_is_new(world: World) -> None:
    world.opened(NEAR).climb(4)
    day = world.now.astimezone(CAMPAIGN_ZONE).date()
    told = len(evening(world, day.isoformat()))
    assert told
    world.sweep()
    assert len(world.notices(DAILY)) == told
    world.wait(days=1).sweep()
    assert len(world.notices(DAILY)) == told, "nothing new, nothing waits"


def test_what_could_not_be_delivered_is_told_until_it_was_carried(world: World) -> None:
    world.launch(NEAR)
    world.go("2026-03-02").work_phase()
    world.receiver.says = {"webhook": "refused", "file": "refused"}
    world.deliver()
    world.deliver()
    world.receiver.says = {}
    assert "人工送达任务分解通知：示例甲局" in (evening(world, "2026-03-02")[-1].body or "")
    world.serve(world.notices(NOTICE.c.kind == "任务分解通知")[0].id)
    assert len(evening(world, "2026-03-03")) == 1


def test_an_office_of_two_campaigns_gets_one_digest_for_both(world: World) -> None:
    for slug in (SLUG, "other"):
        world.launch(NEAR, slug=slug)
        world.go("2026-03-02")
        world.run("phase", "p1", slug)
    world.receiver.says = {"webhook": "refused", "file": "refused"}
    for _ in range(2):
        world.run("delivery", campaign=None)
    world.receiver.says = {}
    world.go("2026-03-02T16:30")
    world.run("supervision", campaign=None)

    (paper,) = world.notices(DAILY)
    assert (paper.body or "").count("### 未能送达、须人工送达") == 2


def test_the_clock_is_told_of_a_digest_that_is_due(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-30")]))
    world.go("2026-03-02T16:30").sweep()
    world.go("2026-03-03T08:30").work_phase()
    world.go("2026-03-03T16:29")
    assert due_passes(world.store, world.now) == []
    world.go("2026-03-03T16:30")
    with world.store.read() as tx:
        campaign = find_campaign(tx, SLUG)
    assert [one.name for one in due_passes(world.store, world.now)] == ["supervision"]
    assert [one.name for one in due_passes_of(world.store, campaign, world.now, "clock")] == ["supervision"]
