"""Nobody gets more than three messages a day, whatever posts he holds: the rest is one summary the next day, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign.records.papers.manners import MESSAGES_A_DAY
from campaign.records.papers.outbox import Outcome, Outgoing, write_notice
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Notice, NoticePerson
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import SUMMARY
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from tests.world import Receiver, World, item, phase, plan

NOTICE, TOLD = table_of(Notice), table_of(NoticePerson)
UNITS = [f"示例{number}街道" for number in range(1, 8)]
LEADER, CLERK = "示例分管领导", "示例三街联络员"
pytestmark = pytest.mark.without("digests", "receipts")


class Inbox(Receiver):
    """What each person got on each day."""

    def __init__(self, **says: str) -> None:
        super().__init__(**says)
        self.got: list[tuple[str, date, Outgoing]] = []

    def __call__(self, outgoing: Sequence[Outgoing], people: Mapping[int, Sequence[Any]], now: datetime) -> list[Outcome]:
        for one in outgoing:
            names = dict.fromkeys(person[1] for person in people[one.delivery_id] if person[5] is not None)
            self.got += [(name, campaign_day(now), one) for name in names if self.says.get(one.channel) != "unknown"]
        return super().__call__(outgoing, people, now)

    def busiest(self) -> int:
        return max(Counter((name, day) for name, day, _ in self.got).values())

    def of(self, name: str, kind: str | None = None) -> list[Outgoing]:
        return [one for who, _, one in self.got if who == name and kind in (None, one.kind)]


def row(unit: str, relation: str, name: str, number: int) -> RollRow:
    return RollRow(number, unit, None, None, None, (), False, relation, relation, name, f"138000{number:05}", None, None)


def crowded(world: World, *, contacts: Sequence[str] = (), **fields: Any) -> Inbox:
    """Seven streets with a head each, one leader for all, one contact for those named; each owes one thing by 6 March."""
    world.launch(plan([item(number, lead_unit=unit, deadline="2026-03-06") for number, unit in enumerate(UNITS, 1)], **fields))
    rows = [row(unit, "unit_head", f"{unit}负责人", number) for number, unit in enumerate(UNITS, 1)]
    rows += [row(unit, "supervisor_leader", LEADER, 100) for unit in UNITS]
    rows += [
        row(unit, "contact", CLERK, 200) if unit in contacts else row(unit, "contact", f"{unit}联络员", 200 + number) for number, unit in enumerate(UNITS, 1)
    ]
    with world.store.begin() as tx:
        import_roll(tx, rows, world.by(), path=Path("名册.csv"))
    world.receiver = inbox = Inbox()
    world.go("2026-03-02").work_phase()
    world.deliver()
    return inbox


def test_the_leader_of_seven_units_gets_three_papers_and_the_rest_as_one_summary_the_next_day(world: World) -> None:
    inbox = crowded(world)
    world.climb(4)

    papers = world.notices(NOTICE.c.kind == "督办通知书")
    assert [one.state for one in papers] == ["delivered"] * 7, "each unit's own head got it, so no unit's time begins later"
    assert len(inbox.of(LEADER, "督办通知书")) == MESSAGES_A_DAY

    world.wait(days=1).deliver()

    (summary,) = inbox.of(LEADER, SUMMARY)
    told = {line.duty_id for one in inbox.of(LEADER, "督办通知书") for line in one.lines}
    assert told | {line.duty_id for line in summary.lines} == set(range(1, 8))
    assert {line.title.split("：")[0] for line in summary.lines} <= set(UNITS), "each line says whose work it is"
    assert summary.number is None
    assert world.verify() == []


def test_what_was_done_meanwhile_is_not_in_the_summary(world: World) -> None:
    inbox = crowded(world)
    world.climb(4)
    for duty in range(1, 8):
        world.submit(duty)
    world.wait(days=1).deliver()

    assert inbox.of(LEADER, SUMMARY) == []
    assert world.verify() == []


def test_a_paper_whose_only_reader_has_had_three_waits_as_a_whole_and_arrives(world: World) -> None:
    inbox = crowded(world, contacts=UNITS)
    assert len(inbox.of(CLERK, "任务分解通知")) == MESSAGES_A_DAY
    while world.notices(NOTICE.c.state == "open"):
        world.wait(days=1).deliver()
        assert campaign_day(world.now) < date(2026, 3, 9), "two more days are enough for four"

    assert len(inbox.of(CLERK, "任务分解通知")) == 7
    assert inbox.busiest() == MESSAGES_A_DAY
    assert world.verify() == []


def test_a_repeated_sending_goes_to_whom_the_first_went(world: World) -> None:
    inbox = crowded(world)
    world.climb(4, deliver_last=False)
    inbox.says = {"webhook": "unknown", "file": "unknown"}
    world.deliver()
    inbox.says = {}
    world.wait(minutes=2).deliver()

    assert len(inbox.of(LEADER, "督办通知书")) == MESSAGES_A_DAY
    assert world.rows(NoticePerson, TOLD.c.put_off)
    assert world.verify() == []


def test_urgent_papers_reach_everybody_at_once(world: World) -> None:
    inbox = crowded(world, phases=[phase("p1", "readiness", "2026-03-02", "2026-03-31")])
    while not inbox.of(LEADER):
        world.climb(world.duty(1).rung + 1)

    assert len({one.unit_name for one in inbox.of(LEADER)}) == 7
    assert world.notices(NOTICE.c.kind == SUMMARY) == []


def test_a_bulletin_for_a_crowded_person_is_sent_to_him_the_next_day(world: World) -> None:
    inbox = crowded(world)
    world.climb(4)
    with world.store.begin() as tx:
        campaign = tx.execute(table_of(Campaign).select()).one()
        write_notice(tx, campaign_id=campaign.id, unit_id=world.unit(UNITS[0]).id, kind="调整通知", title="调整", body="有一项调整。", now=world.now,
                     audience="unit_head,supervisor_leader")  # fmt: skip
    world.deliver()
    assert inbox.of(LEADER, "调整通知") == []
    assert len(inbox.of(f"{UNITS[0]}负责人", "调整通知")) == 1

    world.wait(days=1).deliver()

    assert len(inbox.of(LEADER, "调整通知")) == 1
    assert len(inbox.of(f"{UNITS[0]}负责人", "调整通知")) == 1
    assert world.verify() == []


def test_in_a_month_of_silence_nobody_gets_more_than_three_a_day_and_every_paper_arrives(world: World) -> None:
    inbox = crowded(world, contacts=UNITS[:3])
    for _ in range(30):
        world.wait(days=1).sweep()
        world.sign_all()
        world.deliver()

    assert inbox.busiest() == MESSAGES_A_DAY
    assert {duty.rung for duty in world.duties() if duty.item_id} == {6}
    assert world.notices(NOTICE.c.state.in_(("open", "draft", "issued"))) == []
    lines = {name: {line.duty_id for one in inbox.of(name) for line in one.lines} for name in (LEADER, CLERK)}
    assert lines == {LEADER: set(range(1, 8)), CLERK: {1, 2, 3}}
    assert world.verify() == []
