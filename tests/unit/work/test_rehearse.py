"""A rehearsal plays the real passes: what it says is what then happens, and the same seed says it twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaign.plan.spec import PlanSpec
from campaign.records.running import played
from campaign.records.tables import Duty, Event, Notice
from campaign.rules.calendar import WorkingCalendar
from campaign.rules.holidays_cn import calendar_rows
from campaign.work.rehearsal.people_model import People, Profile
from campaign.work.rehearsal.play import Play
from campaign.work.rehearsal.preview import preview_campaign
from campaign.work.rehearsal.rehearsal_page import page_of
from campaign.work.rehearsal.rehearsal_words import Rehearsal
from campaign.work.rehearsal.rehearse import _notices, rehearse_live, rehearse_plan
from tests.world import LADDERS, SLUG, World, at, item, phase, plan

pytestmark = pytest.mark.slow  # each plays whole campaigns


def two_phases() -> PlanSpec:
    phases = [phase("p1", "mobilization", "2026-03-02", "2026-03-13"), phase("p2", "rollout", "2026-03-16", "2026-04-30")]
    items = [item(number, phase="p2", deadline="2026-04-04", lead_unit="示例甲局", responsible_units=["示例乙街道"]) for number in range(1, 6)]
    return plan([*items, item(6, phase="p1", materials=[{"name": "示例方案"}])], phases)


def rehearsed(profile: Profile = Profile.MIXED, seed: int = 1) -> Rehearsal:
    return rehearse_plan(two_phases(), profile=profile, seed=seed, ladders=LADDERS, start=at("2026-03-01"))


def test_the_same_seed_gives_the_same_rehearsal_and_another_does_not() -> None:
    first, again, other = rehearsed(), rehearsed(), rehearsed(seed=2)
    assert first == again
    assert first.notices != other.notices


def test_it_tells_who_is_drowned_what_rests_and_what_the_gates_say() -> None:
    found = rehearsed(Profile.SILENT)
    assert any("示例乙街道 4 月 4 日有 5 件到期" in one for one in found.warnings)
    assert any("4 月 4 日" in one and "休息" in one for one in found.warnings), "清明节"
    gates = {one.phase: one for one in found.gates}
    assert gates["p1阶段"].outcome == "暂缓转段"
    assert any("没有联络员" in one for one in gates["p1阶段"].blockers)
    assert found.totals["rungs"]["提请问责"] > 0
    assert all(one.at and one.rung and one.unit for one in found.notices)


def test_punctual_units_are_never_urged() -> None:
    found = rehearsed(Profile.ON_TIME)
    assert found.totals["late"] == 0
    assert not {"督办", "通报", "提请问责"} & set(found.totals["rungs"])


def test_no_notice_goes_out_at_night_or_on_a_rest_day() -> None:
    calendar = WorkingCalendar("cn", calendar_rows(2026, 2026))
    for one in rehearsed(Profile.LATE).notices:
        assert "08:00" <= one.at[11:16] < "20:00", one
        assert calendar.is_working(date.fromisoformat(one.at[:10])), one


def test_nobody_gets_more_than_three_messages_a_day() -> None:
    days: dict[tuple[str, str], set[int]] = {}
    for one in rehearsed(Profile.LATE).notices:
        days.setdefault((one.unit, one.at[:10]), set()).add(one.notice)
    assert max(len(notices) for notices in days.values()) <= 3


def test_the_page_needs_no_network_and_escapes_what_units_are_called() -> None:
    spec = plan([item(1, lead_unit="<b>示例</b>局", deadline="2026-03-20")])
    page = page_of(rehearse_plan(spec, profile=Profile.LATE, seed=1, ladders=LADDERS, start=at("2026-03-01")))
    assert page.count('role="img"') == 2
    assert "http" not in page.replace("http-equiv", "")
    assert "<b>示例</b>" not in page
    assert "&lt;b&gt;示例" in page


def test_a_plan_that_cannot_be_launched_is_refused_with_the_reason() -> None:
    from campaign.errors import BadPlan

    with pytest.raises(BadPlan, match="牵头单位"):
        rehearse_plan(plan([item(1, lead_unit=None)]), profile=Profile.MIXED, seed=1, ladders=LADDERS, start=at("2026-03-01"))


def test_a_preview_equals_what_then_fires_on_a_frozen_clock(world: World) -> None:
    world.opened(plan([item(number, deadline="2026-03-10") for number in range(1, 4)]))
    world.go("2026-03-05")
    until = world.now + timedelta(days=14)
    coming = preview_campaign(world.store, SLUG, now=world.now, until=until)
    campaign_id = world.campaign().id
    Play(world.store, campaign_id).run(world.now, until)
    with world.store.read() as tx:
        fired = [line for line in played.told(tx, campaign_id, world.now, until) if line.state in ("issued", "delivered", "draft")]
    assert [(one.kind, one.unit, one.duty_id) for one in coming] == [(line.kind, line.unit, line.duty_id) for line in fired]
    assert [one.at for one in coming] == [line.at.astimezone(at("2026-03-01").tzinfo).isoformat(timespec="minutes") for line in fired]
    assert {"工作提醒", "催办通知单", "督办通知书"} <= {one.kind for one in coming}
    assert any("到期前" in one.why for one in coming)
    assert any("进入“催办”" in one.why for one in coming)


def test_a_preview_and_a_rehearsal_of_what_is_live_change_nothing(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-10")]))
    before = [world.rows(model) for model in (Duty, Notice, Event)]
    preview_campaign(world.store, SLUG, now=world.now, until=world.now + timedelta(days=30))
    found = rehearse_live(world.store, SLUG, profile=Profile.SILENT, seed=1, now=world.now)
    assert found.totals["rungs"]["提请问责"] == 1
    assert [world.rows(model) for model in (Duty, Notice, Event)] == before


@pytest.mark.timeout(300)
def test_a_rehearsal_equals_the_same_people_at_work_on_the_real_records(lite: World) -> None:
    """The scratch copy has one session and no leases; the records have both, and what happens is the same."""
    lite.launch(two_phases())
    until = lite.now + timedelta(days=45)
    told = rehearse_live(lite.store, SLUG, profile=Profile.MIXED, seed=3, now=lite.now, until=until)
    campaign_id = lite.campaign().id
    play = Play(lite.store, campaign_id, People(Profile.MIXED, 3))
    play.run(lite.now, until)
    with lite.store.read() as tx:
        happened = _notices(played.told(tx, campaign_id, lite.now, until))
        assert told.totals.items() >= played.outcome_counts(tx, campaign_id).items()
    assert told.notices == happened
    assert told.totals["instants"] == play.instants
    assert len(happened) > 20
    assert {found.partition(":")[0] for found in lite.verify()} <= {"closed_without_gate"}, "a gate that holds is passed for the play's sake"


def test_others_campaigns_do_not_move_in_a_preview(lite: World) -> None:
    lite.opened(plan([item(1, deadline="2026-03-10")]))
    lite.launch(plan([item(1, deadline="2026-03-10")], title="示例另一方案"), slug="other")
    coming = preview_campaign(lite.store, SLUG, now=lite.now, until=lite.now + timedelta(days=10))
    assert len({one.duty_id for one in coming if one.kind == "工作提醒"}) == 1
