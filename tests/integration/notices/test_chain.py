"""A paper on its whole way over real HTTP: a robot that fails, the SMS behind it, the office that carries it, and the rung after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from campaign.notices.sending import Sender
from campaign.records.campaigns import find_campaign
from campaign.records.statements import table_of
from campaign.records.tables import Delivery, Duty, Notice, RungRow
from campaign.rules.calendar import CAMPAIGN_ZONE
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from config.settings import Settings
from tests.integration.notices.vendors import SECRET, Vendor, vendor_open
from tests.world import SLUG, World, at, item, phase, plan

NOTICE, DELIVERY, RUNG = table_of(Notice), table_of(Delivery), table_of(RungRow)
UNIT = "示例甲局"


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with vendor_open() as running:
        yield running


@pytest.fixture
def way_out(vendor: Vendor, tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(
        Settings(_env_file=None, home=tmp_path, wecom_robot_url=vendor.wecom, sms_url=vendor.url("sms"), sms_secret=SECRET, vendor_allow_local=True)
    )
    yield sender
    sender.close()


def live(world: World, way_out: Sender, *, deadline: str, start: str, end: str) -> World:
    """Launched and live, its unit known by a telephone, 催办 and 督办 by the robot and then by SMS."""
    row = RollRow(line=2, unit=UNIT, code=None, kind=None, parent=None, aliases=(), external=False, relation="contact", post="单位联络员", person="甲一",
                  phone="13800001111", email=None, account=None)  # fmt: skip
    with world.store.begin() as tx:
        import_roll(tx, [row], world.by(), path=Path("名册.csv"))
    world.launch(plan([item(1, deadline=deadline)], [phase("p1", "rollout", start, end)]))
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        campaign.live_at = world.now
        tx.add(campaign)
        tx.execute(update(RUNG).where(RUNG.c.document.in_(("催办通知单", "督办通知书"))).values(channel="wecom_robot", fallbacks="sms"))
    world.go(start).work_phase()
    world.deliver()
    world.sign_for_all()
    world.receiver = way_out  # type: ignore[assignment]  # the product's own way out stands for the receiver
    return world


def channels_of(world: World, kind: str) -> list[tuple[str, str]]:
    paper = world.notices(NOTICE.c.kind == kind)[0]
    rows = world.rows(Delivery, DELIVERY.c.notice_id == paper.id)
    return [(row.channel, row.state) for row in sorted(rows, key=lambda row: row.number)]


def test_a_robot_that_fails_falls_over_to_sms_then_to_the_office_and_carried_it_climbs(lite: World, vendor: Vendor, way_out: Sender) -> None:
    live(lite, way_out, deadline="2026-03-10", start="2026-03-02", end="2026-03-31").go("2026-03-12")
    vendor.mood = "refused"
    lite.sweep()
    lite.deliver()
    lite.deliver()
    assert channels_of(lite, "催办通知单") == [("wecom_robot", "failed"), ("sms", "failed")]
    paper = lite.notices(NOTICE.c.kind == "催办通知单")[0]
    asked = lite.duty(f"handdeliver:notice:{paper.id}")
    assert (asked.state, asked.title, lite.duty(1).next_rung_at) == ("open", f"人工送达催办通知单：{UNIT}", None)

    lite.go("2026-03-13T10:00").serve(paper.id, to="甲一")
    lite.now = lite.duty(1).next_rung_at or lite.now
    lite.sweep()
    assert lite.duty(1).rung == 4
    lite.deliver()
    vendor.mood = "ok"
    lite.deliver()

    assert channels_of(lite, "督办通知书") == [("wecom_robot", "failed"), ("sms", "delivered")]
    taken = [body for name, body in vendor.said if name == "sms"]
    assert len(taken) == 1
    assert lite.duty(1).next_rung_at is not None
    assert lite.verify() == []


@pytest.mark.parametrize("mood", ["page", "cut", "status503"])
def test_a_vendor_in_a_bad_mood_is_asked_again_or_left_and_nothing_is_lost_or_doubled(lite: World, vendor: Vendor, way_out: Sender, mood: str) -> None:
    """A page is no answer of a vendor and goes to the SMS at once; silence and 503 are asked again, with the same key."""
    live(lite, way_out, deadline="2026-03-10", start="2026-03-02", end="2026-03-31").go("2026-03-12").sweep()
    vendor.mood = mood
    lite.deliver()
    vendor.mood = "ok"
    lite.wait(minutes=2).deliver()
    way = channels_of(lite, "催办通知单")
    assert way == ([("wecom_robot", "failed"), ("sms", "delivered")] if mood == "page" else [("wecom_robot", "delivered")])
    assert lite.notices(NOTICE.c.kind == "催办通知单")[0].state == "delivered"
    assert not lite.duties(table_of(Duty).c.origin.like("handdeliver:%"))
    assert lite.verify() == []


@pytest.mark.parametrize(
    ("deadline", "start", "end", "late", "quiet", "sent"),
    [
        ("2026-03-12", "2026-03-02", "2026-03-31", "2026-03-13T21:00", "2026-03-14T10:00", "2026-03-16T08:00"),
        ("2026-09-30", "2026-09-21", "2026-10-31", "2026-10-09T21:00", "2026-10-10T07:00", "2026-10-10T08:00"),
    ],
    ids=["held over a weekend", "sent on a Saturday that is worked"],
)
def test_what_is_due_on_a_friday_evening_waits_for_the_next_worked_day(
    lite: World, vendor: Vendor, way_out: Sender, deadline: str, start: str, end: str, late: str, quiet: str, sent: str
) -> None:
    live(lite, way_out, deadline=deadline, start=start, end=end).go(late).sweep()
    lite.deliver()
    assert vendor.said == []
    lite.go(quiet).deliver()
    assert vendor.said == []
    waiting = lite.notices(NOTICE.c.kind == "催办通知单")[0]
    due = lite.rows(Delivery, DELIVERY.c.notice_id == waiting.id)[0].next_attempt_at
    assert due.astimezone(CAMPAIGN_ZONE) == at(sent)
    lite.go(sent).deliver()
    assert len(vendor.said) == 1
    assert lite.verify() == []
