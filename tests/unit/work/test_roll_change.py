"""Units renamed, merged, split and abolished: every open duty has an owner, nothing is owed twice, what went out keeps its name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from campaign.errors import BadPlan, CampaignError, Conflict
from campaign.records.campaigns import find_campaign, need_unit
from campaign.records.pages import views
from campaign.records.people import rolls
from campaign.records.people.below import units_below
from campaign.records.statements import table_of
from campaign.records.tables import Duty, Event, ItemUnit, Notice, PortalAccount, PortalGrant, Series, Unit
from campaign.rules.calendar import campaign_day
from campaign.work.duty.requests import ask_extension
from campaign.work.people.hand_over import HandedOver, Heirs
from campaign.work.people.heirs_file import open_work, read_heirs, write_table
from campaign.work.people.roll_change import abolish_unit, merge_units, rename_unit, split_unit
from campaign.work.people.roll_file import RollRow
from campaign.work.people.roll_import import import_roll
from tests.world import SLUG, World, day_of, item, plan

A, B, C = "示例甲局", "示例乙局", "示例丙局"
DUTY, EVENT, NOTICE = table_of(Duty), table_of(Event), table_of(Notice)
WEEKLY = {"every": "week", "on": ["FR"], "text": "每周五"}


def people(world: World, *rows: tuple[str, str, str]) -> None:
    """(unit, relation, person)"""
    lines = [
        RollRow(number, unit, None, None, None, (), False, relation, relation, name, f"1380000{number:04}", None, None)
        for number, (unit, relation, name) in enumerate(rows, 1)
    ]
    with world.store.begin() as tx:
        import_roll(tx, lines, world.by(), path=Path("名册.csv"))


def merge(world: World, unit: str = A, into: str = B) -> HandedOver:
    with world.store.begin() as tx:
        return merge_units(tx, need_unit(tx, unit), need_unit(tx, into), world.by(reason="机构改革"))


def abolish(world: World, unit: str = A, *, to: str | None = None, table: Path | None = None, **named: str) -> HandedOver:
    with world.store.begin() as tx:
        found, rest = need_unit(tx, unit), need_unit(tx, to) if to else None
        heirs = read_heirs(tx, table, found, rest) if table else Heirs({int(key[1:]): need_unit(tx, name) for key, name in named.items()}, {}, rest)
        return abolish_unit(tx, found, heirs, world.by(reason="机构改革"))


def owners(world: World) -> dict[int, str]:
    names = {unit.id: unit.name for unit in world.rows(Unit)}
    return {duty.id: names[duty.unit_id] for duty in world.duties()}


def own(world: World, done: HandedOver) -> tuple[int, int]:
    """How many duties moved and how many ended, without what is owed for the sake of a paper."""
    papers = {duty.id for duty in world.duties(DUTY.c.notice_id.is_not(None))}
    moves = [move for move in done.moves if move.duty_id not in papers]
    return sum(1 for move in moves if move.same_as is None), sum(1 for move in moves if move.same_as is not None)


def names_in(world: World, unit: str) -> set[tuple[str, str]]:
    with world.store.read() as tx:
        (line,) = [one for one in rolls.list_units(tx, campaign_day(world.now), merged=True) if one.name == unit]
        return {(str(one["relation"]), str(one["name"])) for one in line.persons}


def account(world: World, name: str, unit: str, role: str = "contact") -> None:
    with world.store.begin() as tx:
        row = PortalAccount(login=name, name=name, password_hash="x", created_at=world.now)
        tx.add(row)
        tx.flush()
        tx.add(PortalGrant(account_id=row.id, role=role, unit_id=need_unit(tx, unit).id))


def test_people_and_logins_go_along_on_a_merge_and_a_second_head_becomes_a_deputy(world: World) -> None:
    world.opened(plan([item(1), item(2, lead_unit=B)]))
    people(world, (A, "contact", "甲联"), (A, "unit_head", "甲首"), (B, "contact", "乙联"), (B, "unit_head", "乙首"))
    account(world, "甲联", A)
    world.go("2026-03-06")

    done = merge(world)

    assert names_in(world, B) == {("contact", "甲联"), ("contact", "乙联"), ("unit_head", "乙首"), ("supervisor_leader", "甲首")}
    assert names_in(world, A) == set()
    assert (len(done.persons), done.logins) == (2, ["甲联"])
    assert [grant.unit_id for grant in world.rows(PortalGrant)] == [world.unit(B).id]
    assert world.verify() == []


def test_whoever_reaches_the_successor_reaches_what_the_merged_unit_did(world: World) -> None:
    world.opened(plan([item(1), item(2), item(3, lead_unit=B)]))
    world.submit(1)
    world.review("review:submission:1")
    old = world.unit(A).id
    merge(world)
    with world.store.read() as tx:
        assert old in units_below(tx, [need_unit(tx, B).id])
    assert owners(world)[1] == A  # finished work stays with who did it
    assert owners(world)[2] == B


def test_what_both_owed_goes_on_once_and_the_rung_of_either_stays_as_a_floor(world: World) -> None:
    world.opened(plan([item(1, lead_unit=C, responsible_units=[A, B], deadline="2026-03-06")]))
    mine = world.duty(f"item:i1/perform/unit:{world.unit(A).code}").id
    twin = world.duty(f"item:i1/perform/unit:{world.unit(B).code}").id
    world.climb(3, one=mine)

    done = merge(world)

    assert own(world, done) == (0, 1)
    assert world.duty(mine).state == "cancelled"
    assert world.duty(twin).floor_rung == 3
    assert world.verify() == []


@pytest.mark.parametrize("how", ["waive", "cancel"])
def test_what_was_let_off_for_the_successor_does_not_swallow_what_is_still_owed(world: World, how: str) -> None:
    world.opened(plan([item(1, lead_unit=C, responsible_units=[A, B])]))
    mine, twin = (world.duty(f"item:i1/perform/unit:{world.unit(name).code}") for name in (A, B))
    world.change(how, twin.id)

    assert own(world, merge(world)) == (1, 0)

    assert (world.duty(mine.id).origin, world.duty(twin.id).origin) == (twin.origin, mine.origin)
    assert world.duty(mine.id).state == "open"
    again = world.launch(plan([item(1, lead_unit=C, responsible_units=[A, B])]))
    assert again.changed == []
    assert world.verify() == []


def test_what_was_handed_in_wins_over_what_was_not(world: World) -> None:
    world.opened(plan([item(1, lead_unit=C, responsible_units=[A, B])]))
    mine, twin = (world.duty(f"item:i1/perform/unit:{world.unit(name).code}").id for name in (A, B))
    world.submit(mine)
    assert own(world, merge(world)) == (1, 0)
    assert (world.duty(mine).state, world.duty(twin).state) == ("submitted", "cancelled")
    world.review("review:submission:1")
    assert world.duty(mine).state == "accepted"
    assert world.verify() == []


def test_a_recurring_report_goes_on_once_and_the_next_launch_finds_it(world: World) -> None:
    spec = plan([item(1, recurrence=WEEKLY, responsible_units=[B]), item(2, recurrence=WEEKLY)])
    world.opened(spec)
    merge(world)
    live = [one for one in world.rows(Series) if one.state == "active"]
    assert sorted(one.origin for one in live) == [f"item:i{number}/series/unit:{world.unit(B).code}" for number in (1, 2)]
    open_reports = list(world.duties(DUTY.c.state == "open", DUTY.c.kind == "report"))
    assert {duty.unit_id for duty in open_reports} == {world.unit(B).id}
    assert {duty.series_id for duty in open_reports} <= {one.id for one in live}

    assert world.launch(spec).changed == []
    world.launch(plan([*(item(number, recurrence=WEEKLY, responsible_units=[B]) for number in (1, 2)), item(3)]))

    assert {duty.state for duty in world.duties(DUTY.c.id.in_([duty.id for duty in open_reports]))} == {"open"}
    assert world.verify() == []


def test_papers_that_went_out_keep_the_old_name_and_those_that_did_not_follow_the_work(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-06"), item(2, lead_unit=B, deadline="2026-03-06")]))
    sent = world.notices(NOTICE.c.unit_id == world.unit(A).id)[0]
    world.go("2026-03-09").escalate()
    unsent = world.notices(NOTICE.c.unit_id == world.unit(A).id, NOTICE.c.sent_on.is_(None))
    assert merge(world).papers == len(unsent) > 0
    world.deliver()
    assert {one.unit_id for one in world.notices(NOTICE.c.state.in_(("open", "issued", "draft")))} <= {world.unit(B).id}
    with world.store.read() as tx:
        shown = {row.id: row.unit_name for row in views.notices_of(tx, find_campaign(tx, SLUG))}
    assert shown[sent.id] == A
    assert world.verify() == []


def test_the_history_of_a_moved_duty_says_who_had_it_and_why(world: World) -> None:
    world.opened(plan([item(1), item(2, lead_unit=B)]))
    merge(world)
    (told,) = world.rows(Event, EVENT.c.verb == "hand_over", EVENT.c.subject_id == 1)
    assert (told.subject, told.subject_id, told.reason, told.detail) == ("duty", 1, "机构改革", {"from": A, "to": B})


def test_a_request_about_a_duty_that_ends_in_a_merge_is_asked_no_more(world: World) -> None:
    world.opened(plan([item(1, lead_unit=C, responsible_units=[A, B])]))
    mine = world.duty(f"item:i1/perform/unit:{world.unit(A).code}")
    with world.store.begin() as tx:
        ask_extension(tx, tx.get_one(Duty, mine.id), day_of(mine.due_at).replace(month=4, day=10), world.by("示例联络员"))
    merge(world)
    assert world.duty("decide:request:1").state == "cancelled"
    assert world.verify() == []


def test_abolishing_is_refused_while_an_open_duty_would_be_nobodys(world: World) -> None:
    world.opened(plan([item(1), item(2), item(3, lead_unit=B), item(4, recurrence=WEEKLY)]))
    with pytest.raises(Conflict, match="#1「示例任务1」") as refused:
        abolish(world, d2=B)
    assert "定期" in refused.value.message
    assert "--table" in refused.value.message
    assert world.unit(A).state == "active"
    assert set(owners(world).values()) == {A, B}


def test_each_duty_may_get_a_successor_of_its_own_by_a_table(world: World, tmp_path: Path) -> None:
    spec = plan([item(1), item(2), item(3, lead_unit=B), item(4, lead_unit=C), item(5, recurrence=WEEKLY)])
    world.opened(spec)
    people(world, (A, "contact", "甲联"))
    with world.store.begin() as tx:
        rows = open_work(tx, need_unit(tx, A))
    assert {row[0] for row in rows} >= {"1", "2", "S1"}
    table = tmp_path / "承接表.csv"
    write_table(table, [(*row[:-1], B if row[0] == "1" else C) for row in rows])

    done = abolish(world, table=table)

    assert (owners(world)[1], owners(world)[2]) == (B, C)
    assert {row.unit_id for row in world.rows(Series) if row.state == "active"} == {world.unit(C).id}
    parts = {(row.item_id, row.role): row.unit_id for row in world.rows(ItemUnit)}
    assert parts[1, "lead"] == world.unit(B).id
    assert done.stayed == ["甲联"]
    assert world.verify() == []
    with pytest.raises(BadPlan, match="改写为承接的单位"):
        world.launch(plan([item(1), item(2), item(6)]))


def test_a_digest_to_an_abolished_unit_becomes_one_to_each_successor(world: World) -> None:
    world.launch(plan([item(1), item(2), item(3, lead_unit=B), item(4, lead_unit=C)]))
    world.go("2026-03-02").work_phase()
    abolish(world, d1=B, d2=C)
    world.deliver()
    told: dict[str, set[int]] = {}
    for one in world.receiver.arrived:
        told.setdefault(one.unit_name, set()).update(line.duty_id for line in one.lines)
    assert told[B] == {1, 3}
    assert told[C] == {2, 4}
    assert A not in told
    assert world.verify() == []


def test_drafts_that_are_split_need_a_signature_each(world: World) -> None:
    world.opened(plan([item(1, deadline="2026-03-06"), item(2, deadline="2026-03-06"), item(3, lead_unit=B), item(4, lead_unit=C)]))
    while not world.notices(NOTICE.c.state == "draft"):
        world.now = max(world.now, *(duty.next_rung_at for duty in world.duties(DUTY.c.id.in_((1, 2))) if duty.next_rung_at))
        world.sweep()
        world.deliver()
    abolish(world, d1=B, d2=C)
    drafts = world.notices(NOTICE.c.state == "draft")
    assert {one.unit_id for one in drafts} == {world.unit(B).id, world.unit(C).id}
    assert {duty.notice_id for duty in world.duties(DUTY.c.kind == "sign", DUTY.c.state == "open")} == {one.id for one in drafts}
    world.sign_all()
    world.deliver()
    assert world.verify() == []


def test_a_split_moves_what_the_table_names_and_leaves_the_rest(world: World) -> None:
    world.opened(plan([item(1), item(2), item(3, lead_unit=B)]))
    with world.store.begin() as tx:
        split_unit(tx, need_unit(tx, A), Heirs({1: need_unit(tx, B)}), world.by(reason="职能划转"))
    assert (owners(world)[1], owners(world)[2]) == (B, A)
    assert world.unit(A).state == "active"
    with pytest.raises(Conflict, match="自己承接"), world.store.begin() as tx:
        split_unit(tx, need_unit(tx, A), Heirs({2: need_unit(tx, A)}), world.by())
    assert world.verify() == []


def test_every_wrong_row_of_a_table_is_named_and_nothing_moves(world: World, tmp_path: Path) -> None:
    world.opened(plan([item(1), item(2), item(3, lead_unit=B)]))
    table = tmp_path / "t.csv"
    table.write_text("编号,事项,承接单位\n1,,没有这个局\n3,,示例乙局\nS9,,示例乙局\n2,,示例乙局\n#2,,示例乙局\n", "utf-8")
    with pytest.raises(CampaignError) as refused:
        abolish(world, table=table)
    for words in ("第 2 行 没有单位「没有这个局」", "第 3 行", "第 4 行", "第 6 行 「#2」写了两次", "没有转移任何事项"):
        assert words in refused.value.message
    assert owners(world)[2] == A


def test_a_successor_may_take_the_name_of_the_unit_that_went_into_it(world: World) -> None:
    world.opened(plan([item(1), item(2, lead_unit=B)]))
    old = world.unit(A).code
    merge(world)
    with world.store.begin() as tx:
        rename_unit(tx, need_unit(tx, B), A, world.by())
    assert world.unit(A).name == A
    assert world.unit(B).id == world.unit(A).id
    assert {unit.name for unit in world.rows(Unit) if unit.code == old} == {f"{A}（原，编号 {old}）"}
    assert world.launch(plan([item(1), item(2, lead_unit=B)])).changed == []


def test_the_office_of_a_running_campaign_stays_and_nobody_ends_twice(lite: World) -> None:
    lite.opened(plan([item(1), item(2, lead_unit=B)]))
    with pytest.raises(Conflict, match="办公室"):
        merge(lite, "示例创建办", B)
    with pytest.raises(Conflict, match="办公室"):
        abolish(lite, "示例创建办", to=B)
    merge(lite)
    with pytest.raises(Conflict, match="自己"):
        merge(lite, A, B)
    with pytest.raises(Conflict, match="自己承接"):
        abolish(lite, A, to=B)


def test_a_plan_that_names_the_old_unit_again_reaches_its_successor(world: World) -> None:
    spec: Any = plan([item(1), item(2, lead_unit=B)])
    world.opened(spec)
    abolish(world, to=B)
    assert world.launch(spec).changed == []
    world.launch(plan([item(1), item(2, lead_unit=B), item(3)]))
    assert owners(world)[3] == B
    assert world.verify() == []
