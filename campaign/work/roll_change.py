"""更名与合并: a unit gets a new name, or goes on in another one; what it owes goes with it.

The old name stays as an alias, so plans and files that still use it find the unit. In a merge unfinished duties move with their rung and
deadline; where both units owed the same, the merged one's is cancelled with its reason. Finished work stays with the unit that did it. People
do not move by themselves: whether a contact person goes on is for the office to say, by `units import`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records import merging, rolls
from campaign.records.campaigns import find_unit
from campaign.records.duties import finish
from campaign.records.log import write_event
from campaign.records.tables import DutyState, Unit
from campaign.work.by import By


@dataclass(frozen=True, slots=True)
class Merged:
    moved: int
    cancelled: int


def rename_unit(tx: Session, unit: Unit, name: str, by: By) -> None:
    name = name.strip()
    if not name:
        raise Conflict("新名称不能为空。", code="no_name")
    _must_be_active(unit)
    owner = find_unit(tx, name)
    if owner is not None and owner.id != unit.id:
        raise Conflict(f"已有单位「{owner.name}」使用「{name}」:如是同一单位,请用 campaign units merge 合并。", code="name_taken", unit=owner.code)
    old = unit.name
    if old == name:
        return
    merging.drop_alias(tx, name)
    unit.name = name[:120]
    tx.add(unit)
    tx.flush()
    rolls.add_alias(tx, old, unit)
    write_event(tx, at=by.now, actor=by.actor, verb="rename_unit", reason=by.reason, subject="unit", subject_id=unit.id, detail={"from": old, "to": name})


def merge_units(tx: Session, unit: Unit, into: Unit, by: By) -> Merged:
    """`unit` goes on in `into`."""
    _must_be_active(unit)
    _must_be_active(into)
    if unit.id == into.id:
        raise Conflict(f"「{unit.name}」不能与自己合并。", code="same_unit", unit=unit.code)
    office_of = merging.office_of(tx, unit)
    if office_of is not None:
        raise Conflict(
            f"「{unit.name}」是「{office_of}」的办公室,不能并入其他单位:请待该活动结束,或改将「{into.name}」并入它。", code="is_office", unit=unit.code
        )
    moved: Counter[int] = Counter()
    cancelled: Counter[int] = Counter()
    for duty in merging.unfinished_duties(tx, unit):
        twin = merging.twin_of(tx, duty, unit, into)
        if twin is None:
            merging.move_duty(tx, duty, unit, into)
            moved[duty.campaign_id] += 1
        else:
            finish(tx, duty, DutyState.CANCELLED, by.now, f"单位合并,与 #{twin} 相同")
            cancelled[duty.campaign_id] += 1
    merging.move_series(tx, unit, into)
    merging.move_parts(tx, unit, into)
    merging.move_findings_and_children(tx, unit, into)
    unit.state, unit.successor_id = "merged", into.id
    tx.add(unit)
    tx.flush()
    campaigns: list[int | None] = [*sorted({*moved, *cancelled})]
    for campaign_id in campaigns or [None]:
        detail = {"into": into.name, "moved": moved[campaign_id or 0], "cancelled": cancelled[campaign_id or 0]}
        write_event(
            tx,
            at=by.now,
            actor=by.actor,
            verb="merge_units",
            reason=by.reason,
            campaign_id=campaign_id,
            subject="unit",
            subject_id=unit.id,
            detail=detail,
        )
    return Merged(moved.total(), cancelled.total())


def _must_be_active(unit: Unit) -> None:
    if unit.state != "active":
        raise Conflict(f"单位「{unit.name}」已{'合并' if unit.state == 'merged' else '撤销'},不能再改。", code="unit_over", unit=unit.code)
