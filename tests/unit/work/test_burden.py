"""What is asked beside the plan waits above the cap until a named person confirms it; what the plan asks never waits."""

from __future__ import annotations

from datetime import date

import pytest

from campaign.errors import CampaignError, Conflict
from campaign.records.campaigns import find_campaign, find_phase, need_unit
from campaign.records.duty.burden import extra_requests, loads
from campaign.records.store import Store
from campaign.records.tables import ExtraRequest
from campaign.rules.burden import last_weeks, must_wait
from campaign.work.duty import burden
from tests.world import SLUG, World, item, plan

UNIT = "示例甲局"
FRIDAY = date(2026, 3, 6)


@pytest.fixture
def world(store: Store) -> World:
    return World(store).opened(plan([item(1), item(2)]))


def ask(world: World, key: str = "k1", kind: str = "perform", title: str = "补报巡查照片", **detail: object) -> ExtraRequest:
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        return burden.ask_extra(
            tx, campaign, find_phase(tx, campaign, "p1"), need_unit(tx, UNIT), world.by(), key=key, kind=kind, title=title, due_on=FRIDAY, **detail
        )


def cap(world: World, number: int | None) -> None:
    with world.store.begin() as tx:
        burden.set_cap(tx, find_campaign(tx, SLUG), number, world.by())


def decide(world: World, request: ExtraRequest, what: str, reason: str = "检查组明日到场") -> None:
    with world.store.begin() as tx:
        getattr(burden, what)(tx, tx.get_one(ExtraRequest, request.id), world.by("示例组长", reason))


@pytest.mark.parametrize(("asked", "cap", "waits"), [(2, None, False), (2, 3, False), (3, 3, True), (9, 3, True)])
def test_one_more_waits_when_the_cap_is_reached(asked: int, cap: int | None, waits: bool) -> None:
    assert must_wait(asked, cap) is waits


def test_without_a_cap_a_request_becomes_a_duty_at_once(world: World) -> None:
    request = ask(world)
    duty = world.duty(request.duty_id or 0)
    assert (request.state, duty.state, duty.title, duty.due_source) == ("sent", "open", "补报巡查照片", "own")
    assert world.verify() == []


def test_the_same_form_sent_twice_asks_once(world: World) -> None:
    assert ask(world).id == ask(world).id
    assert len(world.rows(ExtraRequest)) == 1


@pytest.mark.parametrize("kind", ["perform", "material", "finding"])
def test_over_the_cap_the_unit_is_asked_nothing_until_a_person_confirms(world: World, kind: str) -> None:
    cap(world, 2)
    before = len(world.duties())
    request = ask(world, kind=kind, text="出口积水")
    assert (request.state, request.duty_id, len(world.duties())) == ("held", None, before)
    decide(world, request, "confirm")
    confirmed = world.rows(ExtraRequest)[0]
    duty = world.duty(confirmed.duty_id or 0)
    assert (confirmed.state, confirmed.decided_by, confirmed.reason) == ("confirmed", "示例组长", "检查组明日到场")
    assert duty.kind == {"finding": "rectify"}.get(kind, kind)
    with pytest.raises(Conflict, match="示例组长 已确认交办"):
        decide(world, request, "confirm")


def test_confirming_and_dropping_need_a_reason(world: World) -> None:
    cap(world, 1)
    request = ask(world)
    for what in ("confirm", "drop"):
        with pytest.raises(CampaignError, match="须写明理由"):
            decide(world, request, what, " ")
    decide(world, request, "drop")
    assert world.rows(ExtraRequest)[0].state == "dropped"


def test_a_new_week_has_room_again(world: World) -> None:
    cap(world, 2)
    assert ask(world).state == "held"
    world.go("2026-03-09")
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        request = burden.ask_extra(
            tx, campaign, find_phase(tx, campaign, "p1"), need_unit(tx, UNIT), world.by(), key="k2", kind="perform", title="另一件", due_on=date(2026, 3, 12)
        )
    assert request.state == "sent"


def test_what_the_plan_asks_is_counted_and_never_waits(store: Store) -> None:
    world = World(store)
    world.launch(plan([item(1), item(2), item(3)]))
    cap(world, 1)
    world.go("2026-03-02").work_phase()
    assert [duty.state for duty in world.duties() if duty.item_id] == ["open"] * 3
    with store.read() as tx:
        found = loads(tx, find_campaign(tx, SLUG), last_weeks(date(2026, 3, 4), 2))
    assert [(one.unit, one.asked, one.extra) for one in found] == [(UNIT, (0, 3), (0, 0))]


def test_the_meter_tells_what_is_beside_the_plan(world: World) -> None:
    ask(world)
    world.find_problem()
    with world.store.read() as tx:
        campaign = find_campaign(tx, SLUG)
        found = loads(tx, campaign, last_weeks(date(2026, 3, 4), 1))
        assert extra_requests(tx, campaign.id, held=True) == []
    assert [(one.asked, one.extra) for one in found] == [((4,), (2,))]


def test_a_request_that_waited_past_its_day_is_due_on_the_day_it_is_confirmed(world: World) -> None:
    cap(world, 1)
    request = ask(world)
    world.go("2026-03-16")
    decide(world, request, "confirm")
    confirmed = world.rows(ExtraRequest)[0]
    due_at = world.duty(confirmed.duty_id or 0).due_at
    assert due_at is not None
    assert due_at > world.now
