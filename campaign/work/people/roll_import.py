"""Entering units, posts and people from a file: all of it or, with any complaint, nothing.

The same file again changes nothing. For each unit and post that the file names, it says who holds the post from now on: whoever is not in it
has left, and keeps the days until yesterday. Units, and posts of units, that the file does not name stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session

from campaign.records.campaigns import find_unit
from campaign.records.log import write_event
from campaign.records.people import rolls
from campaign.records.tables import Unit
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.people.roll_file import RollRow, refuse
from campaign.work.people.successors import send_afresh


@dataclass
class RollChange:
    """What an import did. `unreachable` are all active units that nobody can be reached in."""

    units: int = 0
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    persons: int = 0
    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    sent_afresh: int = 0


def import_roll(tx: Session, rows: Sequence[RollRow], by: By, *, path: Path) -> RollChange:
    done = RollChange()
    units = _enter_units(tx, rows, done, path)
    done.sent_afresh = send_afresh(tx, _enter_people(tx, rows, units, by, done), by)
    done.units = len(units)
    done.unreachable = rolls.unreachable_units(tx, campaign_day(by.now))
    detail = {"file": path.name, "created": done.created[:200], "changed": done.changed[:200], "joined": len(done.joined), "left": done.left[:200]}
    if done.created or done.changed or done.joined or done.left:
        write_event(tx, at=by.now, actor=by.actor, verb="import_units", reason=by.reason, subject="unit", detail=detail)
    return done


def _enter_units(tx: Session, rows: Sequence[RollRow], done: RollChange, path: Path) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    wrong: list[str] = []
    for row in rows:
        if row.unit not in units:
            units[row.unit] = find_unit(tx, row.unit) or _new_unit(tx, row, done, wrong)
        unit = units[row.unit]
        for name, label in (("code", "编号"), ("kind", "类别")):
            given, old = getattr(row, name), getattr(unit, name)
            if given is None or given == old:
                continue
            if name == "code" and rolls.code_taken(tx, given, unit):
                wrong.append(f"第 {row.line} 行 编号「{given}」已用于别的单位")
                continue
            setattr(unit, name, given)
            done.changed.append(f"{unit.name}的{label}：{old or '空'} → {given}")
        unit.external = unit.external or row.external
        for alias in row.aliases:
            owner = find_unit(tx, alias)
            if owner is None:
                rolls.add_alias(tx, alias, unit)
            elif owner.id != unit.id:
                wrong.append(f"第 {row.line} 行 别名「{alias}」已用于单位「{owner.name}」")
        tx.flush()
    for row in rows:
        if row.parent:
            _place_under(tx, row, units[row.unit], wrong, done)
    refuse(path, wrong)
    return units


def _new_unit(tx: Session, row: RollRow, done: RollChange, wrong: list[str]) -> Unit:
    code = row.code or rolls.next_code(tx)
    if row.code and rolls.code_taken(tx, row.code, None):
        wrong.append(f"第 {row.line} 行 编号「{row.code}」已用于别的单位")
        code = rolls.next_code(tx)
    unit = Unit(code=code[:16], name=row.unit[:120], kind=row.kind, external=row.external)
    tx.add(unit)
    tx.flush()
    done.created.append(unit.name)
    return unit


def _place_under(tx: Session, row: RollRow, unit: Unit, wrong: list[str], done: RollChange) -> None:
    parent = find_unit(tx, row.parent or "")
    if parent is None:
        wrong.append(f"第 {row.line} 行 上级单位「{row.parent}」既不在名册里，也不在这份文件里")
        return
    above: Unit | None = parent
    seen: set[int] = set()
    while above is not None and above.id not in seen:
        if above.id == unit.id:
            wrong.append(f"第 {row.line} 行 「{unit.name}」不能隶属于自己的下级「{parent.name}」")
            return
        seen.add(above.id)
        above = tx.get(Unit, above.parent_id) if above.parent_id else None
    if unit.parent_id != parent.id:
        if unit.name not in done.created:
            done.changed.append(f"{unit.name}的上级单位 → {parent.name}")
        unit.parent_id = parent.id
        tx.add(unit)
        tx.flush()


def _enter_people(tx: Session, rows: Sequence[RollRow], units: dict[str, Unit], by: By, done: RollChange) -> list[tuple[int, int]]:
    """Answers who begins today, as (unit, person)."""
    begin: list[tuple[int, int]] = []
    today = campaign_day(by.now)
    holders: dict[tuple[int, str], set[int]] = {}
    for row in rows:
        if row.relation is None:
            continue
        unit = units[row.unit]
        held = holders.setdefault((unit.id, row.relation), set())
        post = rolls.post_of(tx, unit, row.relation, row.post or row.relation)
        if row.person is None:
            continue
        person = rolls.person_of(tx, unit, row.person, row.phone, row.email, row.account)
        held.add(person.id)
        done.persons += 1
        if rolls.take_post(tx, person, post, today):
            done.joined.append(f"{unit.name} {row.post}：{person.name}")
            begin.append((unit.id, person.id))
    for (unit_id, relation), held in holders.items():
        if held:
            done.left += rolls.leave_posts(tx, unit_id, relation, held, today)
    return begin
