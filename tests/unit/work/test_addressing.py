"""Who gets a paper: people of the unit or nobody, deputies, successors, lead units, those above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign.errors import CampaignError
from campaign.notices.channels.file import read_sendings
from campaign.notices.sending import Sender
from campaign.records.campaigns import find_campaign, need_unit
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.records.planning import registry
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Event, Notice, NoticeLine
from campaign.rules.papers import COPY_TO_LEAD
from campaign.work.papers.addressing import resolve_addressees
from campaign.work.people.away import take_leave
from campaign.work.people.roll_change import rename_unit
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from config.settings import Settings
from tests.world import SLUG, World, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
UNIT = "示例甲局"


def row(unit: str, relation: str, person: str, phone: str | None = "10000000000", line: int = 2) -> RollRow:
    post = {"contact": "单位联络员", "unit_head": "单位主要负责人", "group_head": "组长"}[relation]
    return RollRow(
        line=line, unit=unit, code=None, kind=None, parent=None, aliases=(), external=False, relation=relation, post=post, person=person, phone=phone,
        email=None, account=None,
    )  # fmt: skip


def enter(world: World, *rows: RollRow) -> Any:
    with world.store.begin() as tx:
        return import_roll(tx, rows, world.by(), path=Path("名册.csv"))


class Careful:
    """The way out of the product, on the file channel alone, and whom it told by paper."""

    def __init__(self, home: Path) -> None:
        self.sender, self.path = Sender(Settings(_env_file=None, home=home)), home / "outbox.jsonl"

    def __call__(self, outgoing: Sequence[Outgoing], people: Mapping[int, Sequence[Any]], now: datetime) -> list[Outcome]:
        return self.sender([replace(one, channel="file") for one in outgoing], people, now)

    def told(self) -> list[tuple[str, str, list[str]]]:
        units = [one for one in read_sendings(self.path) if one["kind"] != "日报"]
        return [(one["unit"], one["kind"], [to["name"] for to in one["to"]]) for one in units]


@pytest.fixture
def file(tmp_path: Path) -> Careful:
    return Careful(tmp_path)


def live(world: World, file: Careful, *items: dict[str, Any]) -> World:
    world.launch(plan(list(items) or [item(1, deadline="2026-03-10")]))
    with world.store.begin() as tx:
        campaign = find_campaign(tx, SLUG)
        campaign.live_at = world.now
        tx.add(campaign)
    world.receiver = file  # type: ignore[assignment]  # stands for the receiver, and is the product's own way out
    world.go("2026-03-02").work_phase()
    return world


def delivered(world: World) -> World:
    """By one channel after the other; what arrived is signed for."""
    world.deliver()
    world.deliver()
    world.sign_for_all()
    return world


def test_a_unit_without_anybody_to_reach_is_served_by_hand_and_the_rung_is_not_lost(world: World, file: Careful) -> None:
    delivered(live(world, file))
    paper = world.notices()[0]
    assert (paper.state, file.told()) == ("issued", [])
    asked = world.duty(f"handdeliver:notice:{paper.id}")
    assert (asked.title, asked.unit_id) == (f"人工送达任务分解通知：{UNIT}", world.campaign().office_unit_id)
    assert [one.reason for one in world.rows(Event, table_of(Event).c.verb == "undeliverable")] == ["单位没有联系得上的人员"]
    world.go("2026-03-12").sweep()
    delivered(world)
    urged = world.notices(NOTICE.c.kind == "催办通知单")[0]
    assert (urged.state, world.duty(1).next_rung_at) == ("issued", None), "taken, not arrived: the next rung waits"
    world.go("2026-03-13T10:00").serve(urged.id)
    world.now = world.duty(1).next_rung_at or world.now
    world.sweep()
    assert world.duty(1).rung == 4, "served by hand, it climbs on"
    assert world.verify() == []


def test_a_person_without_any_address_reaches_nobody(world: World, file: Careful) -> None:
    enter(world, row(UNIT, "contact", "甲一", phone=None))
    delivered(live(world, file))
    assert [one.state for one in world.notices()] == ["issued"]


def test_whoever_comes_later_gets_what_waited_to_be_carried_and_nobody_carries_it(world: World, file: Careful) -> None:
    delivered(live(world, file))
    paper = world.notices()[0]
    assert enter(world.go("2026-03-03"), row(UNIT, "contact", "甲一")).sent_afresh == 1
    delivered(world)
    assert file.told() == [(UNIT, "任务分解通知", ["甲一"])]
    assert world.notices()[0].state == "delivered"
    assert world.duty(f"handdeliver:notice:{paper.id}").state == "accepted"
    assert world.verify() == []


def test_a_successor_gets_the_last_paper_afresh_once_and_the_duty_stays(world: World, file: Careful) -> None:
    enter(world, row(UNIT, "contact", "甲一"))
    delivered(live(world, file)).go("2026-03-12").sweep()
    delivered(world)
    world.go("2026-03-13")
    assert enter(world, row(UNIT, "contact", "甲二", "10000000002")).sent_afresh == 1
    assert enter(world, row(UNIT, "contact", "甲二", "10000000002")).sent_afresh == 0
    assert enter(world, row(UNIT, "unit_head", "甲二", "10000000002")).sent_afresh == 0, "the same person in a second post has it already"
    delivered(world)
    world.deliver()
    assert file.told() == [(UNIT, "任务分解通知", ["甲一"]), (UNIT, "催办通知单", ["甲一"]), (UNIT, "催办通知单", ["甲二"])]
    assert world.duty(1).unit_id == world.unit(UNIT).id
    assert not world.duties(DUTY.c.origin.like("handdeliver:%"))
    assert world.verify() == []


def test_a_finished_campaign_and_finished_work_are_told_to_no_successor(world: World, file: Careful) -> None:
    enter(world, row(UNIT, "contact", "甲一"))
    delivered(live(world, file))
    world.change("waive", 1)
    world.go("2026-03-13")
    assert enter(world, row(UNIT, "contact", "甲二", "10000000002")).sent_afresh == 0


@pytest.mark.parametrize(
    ("day", "reached"),
    [("2026-03-09", ["甲一"]), ("2026-03-12", ["甲二"]), ("2026-03-16", ["甲一"])],
    ids=["the day before the leave", "during it", "after it"],
)
def test_a_deputy_is_found_on_the_day_of_sending(lite: World, tmp_path: Path, day: str, reached: list[str]) -> None:
    enter(lite, row(UNIT, "contact", "甲一"), row(UNIT, "unit_head", "甲二", "10000000002"))
    with lite.store.begin() as tx:
        take_leave(tx, need_unit(tx, UNIT), "甲一", date(2026, 3, 10), date(2026, 3, 13), lite.by(), deputy="甲二")
    live(lite, Careful(tmp_path))
    with lite.store.begin() as tx:
        lite.go(day)
        outgoing = Outgoing(
            delivery_id=5, notice_id=1, campaign_id=lite.campaign().id, campaign_title="", unit_id=lite.unit(UNIT).id, unit_name=UNIT, kind="催办通知单",
            rung=3, number=None, channel="file", audience="contact", idempotency_key="", attempts=0, issued_at=lite.now, live=True, body=None, lines=(),
        )  # fmt: skip
        assert [person[1] for person in resolve_addressees(tx, [outgoing], lite.now)[5]] == reached


def test_leave_names_people_who_are_there_and_a_deputy_who_can_be_reached(lite: World) -> None:
    enter(lite, row(UNIT, "contact", "甲一"), row("示例乙局", "contact", "乙一", None))
    with lite.store.begin() as tx:
        unit = need_unit(tx, UNIT)
        for name, deputy, words in (("甲九", None, "没有现任"), ("甲一", "甲一", "本人"), ("甲一", "乙一", "收不到消息")):
            with pytest.raises(CampaignError, match=words):
                take_leave(tx, unit, name, date(2026, 3, 10), date(2026, 3, 13), lite.by(), deputy=deputy)
        with pytest.raises(CampaignError, match="早于"):
            take_leave(tx, unit, "甲一", date(2026, 3, 13), date(2026, 3, 10), lite.by())


def test_who_is_away_without_a_deputy_is_told_only_where_nobody_else_is_there(lite: World, tmp_path: Path) -> None:
    enter(lite, row(UNIT, "contact", "甲一"), row(UNIT, "contact", "甲三", "10000000003", 3), row("示例乙局", "contact", "乙一", "10000000004", 4))
    with lite.store.begin() as tx:
        for unit, name in ((UNIT, "甲一"), ("示例乙局", "乙一")):
            take_leave(tx, need_unit(tx, unit), name, date(2026, 3, 1), date(2026, 3, 31), lite.by())
    file = Careful(tmp_path)
    delivered(live(lite, file, item(1, deadline="2026-03-10"), item(2, lead_unit="示例乙局", deadline="2026-03-10")))
    assert sorted(file.told()) == [("示例乙局", "任务分解通知", ["乙一"]), (UNIT, "任务分解通知", ["甲三"])]


def test_the_lead_unit_gets_one_copy_a_day_that_names_the_units(world: World, file: Careful) -> None:
    enter(world, row(UNIT, "unit_head", "甲一"), row("示例乙局", "contact", "乙一", "10000000002", 3), row("示例丙局", "contact", "丙一", "10000000003", 4))
    items = [item(number, lead_unit="示例丙局", responsible_units=[UNIT, "示例乙局"], deadline="2026-03-10") for number in (1, 2)]
    delivered(live(world, file, *items))
    with world.store.read() as tx:
        mine = [duty.id for duty in registry.unfinished_of(tx, find_campaign(tx, SLUG)) if duty.unit_id == world.unit("示例丙局").id and duty.item_id]
    for duty in mine:
        world.submit(duty)
    world.climb(4, one=next(duty.id for duty in world.duties(DUTY.c.unit_id == world.unit(UNIT).id, DUTY.c.item_id.is_not(None))))
    delivered(world)
    copies = world.notices(NOTICE.c.kind == COPY_TO_LEAD)
    assert len(copies) == 1
    assert len(world.rows(NoticeLine, table_of(NoticeLine).c.notice_id == copies[0].id)) == 4
    sent = [one for one in read_sendings(file.path) if one["kind"] == COPY_TO_LEAD]
    assert [to["name"] for to in sent[0]["to"]] == ["丙一"]
    assert {line["title"].split("：")[0] for line in sent[0]["lines"]} == {UNIT, "示例乙局"}
    assert world.verify() == []


def test_old_papers_keep_the_old_name_and_new_ones_carry_the_new(world: World, file: Careful) -> None:
    enter(world, row(UNIT, "contact", "甲一"))
    delivered(live(world, file))
    with world.store.begin() as tx:
        rename_unit(tx, need_unit(tx, UNIT), "示例甲委", world.by())
    enter(world.go("2026-03-03"), row("示例甲委", "contact", "甲二", "10000000002"))
    delivered(world).go("2026-03-12").sweep()
    delivered(world)
    assert file.told() == [(UNIT, "任务分解通知", ["甲一"]), (UNIT, "任务分解通知", ["甲二"]), ("示例甲委", "催办通知单", ["甲二"])]


def test_launching_says_which_of_its_units_nobody_can_be_reached_in(lite: World) -> None:
    enter(lite, row(UNIT, "contact", "甲一"))
    done = lite.launch(plan([item(1), item(2, lead_unit="示例乙局")]))
    told = [warning for warning in done.warnings if "联系得上" in warning]
    assert len(told) == 1
    assert "示例乙局" in told[0]
    assert UNIT not in told[0]
