"""The lead unit: it sees where every unit stands, reminds them, and hands in what it compiled of theirs."""

from __future__ import annotations

import pytest

from campaign.errors import Conflict
from campaign.records.campaigns import find_duty
from campaign.records.pages import leading
from campaign.records.planning.calendars import load_calendar
from campaign.records.statements import table_of
from campaign.records.tables import CompiledPart, Duty, Item, Notice, Submission, SubmissionFile
from campaign.rules.calendar import yellow_through
from campaign.work.duty.lead import compile_parts, remind_units
from tests.world import World, file, item, plan

DUTY, NOTICE = table_of(Duty), table_of(Notice)
SHARED = plan([item(1, responsible_units=["示例乙局", "示例丙局", "示例丁局"], deadline="2026-03-20"), item(2, lead_unit="示例乙局")])


def share(world: World, unit: str) -> int:
    one: Duty = world.duties(DUTY.c.unit_id == world.unit(unit).id, DUTY.c.kind == "perform", DUTY.c.item_id == 1)[0]
    return one.id


def accepted(world: World, unit: str) -> int:
    world.submit(share(world, unit), f"{unit}干部", f"{unit}总结")
    world.review(share(world, unit))
    version: Submission = world.rows(Submission)[-1]
    return version.id


def compiled(world: World, part_ids: list[int], note: str = "") -> Submission:
    with world.store.begin() as tx:
        return compile_parts(tx, find_duty(tx, share(world, "示例甲局")), part_ids, [file("汇总报告")], world.by("示例甲局干部"), note=note)


def test_a_lead_unit_sees_its_items_and_where_each_unit_stands(world: World) -> None:
    world.opened(SHARED)
    accepted(world, "示例乙局")
    world.submit(share(world, "示例丙局"), "示例丙局干部")
    world.go("2026-03-23")
    with world.store.read() as tx:
        until = yellow_through(world.now, load_calendar(tx))
        lead = world.unit("示例甲局").id
        assert [row.key for row in leading.led_items(tx, {lead}, limit=10)] == ["i1"]
        counts = leading.counts_of_items(tx, [1], world.now, until)[1]
        units = [(row.unit, row.red, row.submitted, row.done) for row in leading.units_of_item(tx, 1, world.now, until, limit=10)]
    assert (counts["units"], counts["red"], counts["submitted"], counts["done"]) == (4, 2, 1, 1)
    assert {units[0], units[1]} == {("示例甲局", 1, 0, 0), ("示例丁局", 1, 0, 0)}, "who is late comes first"
    assert set(units[2:]) == {("示例乙局", 0, 0, 1), ("示例丙局", 0, 1, 0)}


def test_reminding_goes_through_the_outbox_to_who_has_not_handed_in_and_once_a_day(world: World) -> None:
    world.opened(SHARED)
    accepted(world, "示例乙局")
    world.submit(share(world, "示例丙局"), "示例丙局干部")
    told: list[tuple[list[str], list[str]]] = []
    for _ in range(2):
        with world.store.begin() as tx:
            told.append(remind_units(tx, 1, world.by("示例甲局干部")))
    assert told == [(["示例丁局"], []), ([], ["示例丁局"])]
    [reminder] = world.notices(NOTICE.c.kind == "工作提醒")
    assert (reminder.unit_id, reminder.rung, reminder.state) == (world.unit("示例丁局").id, 0, "open")
    world.deliver()
    assert world.notices(NOTICE.c.id == reminder.id)[0].state == "delivered"
    assert world.verify() == []


def test_a_reminder_counts_among_the_three_messages_of_a_day(world: World) -> None:
    world.opened(SHARED)
    unit = world.unit("示例丁局").id
    with world.store.begin() as tx:
        for one in world.notices(NOTICE.c.unit_id == unit):
            assert one.sent_on == world.now.date()
        for _ in range(2):
            tx.add(Notice(campaign_id=1, unit_id=unit, kind="调整通知", day=world.now.date(), batch=_, state="delivered", title="示例", created_at=world.now,
                          issued_at=world.now, delivered_at=world.now, sent_on=world.now.date()))  # fmt: skip
        remind_units(tx, 1, world.by("示例甲局干部"), unit_ids=[unit])
    world.deliver()
    assert world.notices(NOTICE.c.kind == "工作提醒")[0].state == "open", "the fourth message of the day waits"
    world.go("2026-03-03").deliver()
    assert world.notices(NOTICE.c.kind == "工作提醒")[0].state == "delivered"


def test_nobody_is_reminded_of_what_is_done(lite: World) -> None:
    lite.opened(SHARED)
    for unit in ("示例乙局", "示例丙局", "示例丁局"):
        accepted(lite, unit)
    with pytest.raises(Conflict, match="没有需要提醒的单位"), lite.store.begin() as tx:
        remind_units(tx, 1, lite.by())


def test_a_compilation_links_the_accepted_parts_and_names_who_is_missing(world: World) -> None:
    world.opened(SHARED)
    units = sorted(("示例乙局", "示例丙局"), key=lambda name: world.unit(name).code)
    parts = [accepted(world, unit) for unit in units]
    version = compiled(world, parts, "全区情况如下。")
    named = [row.name for row in world.rows(SubmissionFile, table_of(SubmissionFile).c.submission_id == version.id)]
    assert named == ["汇总报告.txt", *(f"{unit}-{unit}总结.txt" for unit in units)]
    assert version.note == f"全区情况如下。\n\n汇总 2 个单位的材料：{'、'.join(units)}。\n\n截至汇总尚未办结的单位：示例丁局。"
    assert [(row.submission_id, row.part_id) for row in world.rows(CompiledPart)] == [(version.id, part) for part in parts]
    assert compiled(world, parts, "全区情况如下。").id == version.id, "the same again is the same version"
    assert world.duty(share(world, "示例甲局")).state == "submitted"
    assert world.verify() == []


def test_a_compilation_takes_only_accepted_versions_of_its_own_item(lite: World) -> None:
    lite.opened(SHARED)
    lite.submit(share(lite, "示例丙局"), "示例丙局干部")
    with pytest.raises(Conflict, match="已不是审核通过的版本"):
        compiled(lite, [lite.rows(Submission)[0].id])


def test_only_the_lead_unit_compiles(lite: World) -> None:
    lite.opened(SHARED)
    assert lite.rows(Item)[0].key == "i1"
    with pytest.raises(Conflict, match="不是牵头单位的事项"), lite.store.begin() as tx:
        compile_parts(tx, find_duty(tx, share(lite, "示例丙局")), [], [file()], lite.by())
