"""更名、合并、拆分、撤销: a unit gets a new name, goes on in another one, gives a part away, or ends; what it owes always has an owner.

The old name stays as an alias or leads to the successor, so plans and files that still use it find the unit; papers that went out keep it. A
merged unit's people and logins go along. Refused while an open duty would be nobody's.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records import leases
from campaign.records.campaigns import find_unit
from campaign.records.log import write_event
from campaign.records.people import accounts, merging, rolls
from campaign.records.tables import Unit
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.people.hand_over import HandedOver, Heirs, hand_over, with_receipts, without_heir

LISTED = 12


def rename_unit(tx: Session, unit: Unit, name: str, by: By) -> None:
    name = name.strip()[:120]
    if not name:
        raise Conflict("新名称不能为空。", code="no_name")
    _must_be_active(unit)
    owner = find_unit(tx, name)
    if owner is not None and owner.id != unit.id:
        raise Conflict(f"已有单位「{owner.name}」使用「{name}」：如是同一单位，请用 campaign units merge 合并。", code="name_taken", unit=owner.code)
    old = unit.name
    if old == name:
        return
    _free_the_name(tx, name, unit)
    merging.drop_alias(tx, name)
    unit.name = name
    tx.add(unit)
    tx.flush()
    rolls.add_alias(tx, old, unit)
    write_event(tx, at=by.now, actor=by.actor, verb="rename_unit", reason=by.reason, subject="unit", subject_id=unit.id, detail={"from": old, "to": name})


def merge_units(tx: Session, unit: Unit, into: Unit, by: By) -> HandedOver:
    """`unit` goes on in `into`, with its people and logins."""
    _take_turns(tx)
    _must_be_active(into)
    if unit.id == into.id:
        raise Conflict(f"「{unit.name}」不能与自己合并。", code="same_unit", unit=unit.code)
    _must_not_be_office(tx, unit, into)
    return _end(tx, unit, Heirs(rest=into), by, state="merged", verb="merge_units")


def abolish_unit(tx: Session, unit: Unit, heirs: Heirs, by: By) -> HandedOver:
    """The unit ends. Every open duty and every series needs a successor, by name or by `heirs.rest`."""
    _take_turns(tx)
    _must_not_be_office(tx, unit, heirs.rest)
    _must_fit(unit, heirs)
    heirs = with_receipts(tx, unit, heirs, by)
    duties, series = without_heir(tx, unit, heirs)
    if duties or series:
        named = [f"#{duty.id}「{duty.title}」" for duty in duties] + [f"S{row.id}「{row.title}」（定期）" for row in series]
        more = f"等 {len(named)} 项" if len(named) > LISTED else f"，共 {len(named)} 项"
        raise Conflict(
            f"「{unit.name}」还有未办结的事项没有承接单位：{'、'.join(named[:LISTED])}{more}。"
            "请指定一个单位全部承接（--to），或用承接分派表逐项指定（--table，--make-table 生成待填的表）。",
            code="no_heir", unit=unit.code,
        )  # fmt: skip
    return _end(tx, unit, heirs, by, state="abolished", verb="abolish_unit")


def split_unit(tx: Session, unit: Unit, heirs: Heirs, by: By) -> HandedOver:
    """A part of what the unit owes goes to others; the unit, its people and its finished work stay."""
    _take_turns(tx)
    _must_not_be_office(tx, unit, None)
    _must_fit(unit, heirs)
    if not heirs.by_duty and not heirs.by_series:
        raise Conflict(f"没有指定「{unit.name}」的哪些事项由谁承接：请在承接分派表（--table）里逐项写明。", code="no_heir", unit=unit.code)
    done = hand_over(tx, unit, heirs, by, stays=True, verb="split_unit")
    write_event(tx, at=by.now, actor=by.actor, verb="split_unit", reason=by.reason, subject="unit", subject_id=unit.id,
                detail={"moved": done.moved, "cancelled": done.cancelled, "series": done.series})  # fmt: skip
    return done


def _end(tx: Session, unit: Unit, heirs: Heirs, by: By, *, state: str, verb: str) -> HandedOver:
    _must_be_active(unit)
    done = hand_over(tx, unit, heirs, by, stays=False, verb=verb)
    today, into = campaign_day(by.now), heirs.rest
    if into is not None:
        done.persons = rolls.move_people(tx, unit, into, today)
        done.logins = accounts.move_grants(tx, unit.id, into.id)
        merging.place_below(tx, unit, into)
    else:
        done.stayed = rolls.people_in(tx, unit, today)
    unit.state, unit.successor_id = state, into.id if into is not None else None
    tx.add(unit)
    tx.flush()
    # Whoever delivers a paper keeps its unit until its 签收 is asked for: we waited for that in the line above, so what was asked meanwhile is seen now.
    late = merging.unfinished_duties(tx, unit)
    if late:
        hand_over(tx, unit, with_receipts(tx, unit, heirs, by), by, stays=False, verb=verb)
    write_event(
        tx, at=by.now, actor=by.actor, verb=verb, reason=by.reason, subject="unit", subject_id=unit.id,
        detail={"unit": unit.name, "into": into.name if into else None, "moved": done.moved, "cancelled": done.cancelled, "series": done.series,
                "papers": done.papers, "persons": done.persons[:100], "logins": done.logins[:100]},
    )  # fmt: skip
    return done


def _take_turns(tx: Session) -> None:
    """Launches write by unit too: one of the two at a time."""
    leases.take_in(tx, "launch", "launch", 0)


def _free_the_name(tx: Session, name: str, unit: Unit) -> None:
    """A unit that is over gives its name to its successor, and keeps it with its code behind it."""
    before = merging.unit_named(tx, name)
    if before is not None and before.id != unit.id and before.state != "active":
        before.name = f"{name[:90]}（原，编号 {before.code}）"
        tx.add(before)
        tx.flush()


def _must_fit(unit: Unit, heirs: Heirs) -> None:
    _must_be_active(unit)
    for heir in [*heirs.by_duty.values(), *heirs.by_series.values(), *([heirs.rest] if heirs.rest else [])]:
        _must_be_active(heir)
        if heir.id == unit.id:
            raise Conflict(f"「{unit.name}」不能由自己承接：请写明另一个单位。", code="same_unit", unit=unit.code)


def _must_not_be_office(tx: Session, unit: Unit, into: Unit | None) -> None:
    _must_be_active(unit)
    office_of = merging.office_of(tx, unit)
    if office_of is not None:
        instead = f"，或改将「{into.name}」并入它" if into is not None else ""
        raise Conflict(
            f"「{unit.name}」是「{office_of}」的办公室，不能并入其他单位，也不能撤销或拆分：请待该活动结束{instead}。", code="is_office", unit=unit.code
        )


def _must_be_active(unit: Unit) -> None:
    if unit.state != "active":
        raise Conflict(f"单位「{unit.name}」已{'合并' if unit.state == 'merged' else '撤销'}，不能再改。", code="unit_over", unit=unit.code)
